// SPDX-License-Identifier: Apache-2.0
#include "kiosk/i18n/messages.hpp"

#include <cstdio>
#include <memory>
#include <unicode/calendar.h>
#include <unicode/datefmt.h>
#include <unicode/timezone.h>

namespace montbrillant::i18n {

std::string date(Language language, std::string_view iso_date)
{
    int year = 0;
    int month = 0;
    int day = 0;
    const std::string unchanged(iso_date);
    if (std::sscanf(unchanged.c_str(), "%4d-%2d-%2d", &year, &month, &day) != 3 || month < 1 || month > 12)
        return unchanged;
    // British order for English: the day before the month, as on every paper of an international meeting.
    const std::string region = language == Language::en ? "en_GB" : std::string(language_code(language));
    const auto name = region + "@calendar=gregorian;numbers=latn";
    const icu::Locale locale(name.c_str());
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::Calendar> calendar(
        icu::Calendar::createInstance(icu::TimeZone::getGMT()->clone(), locale, status));
    const std::unique_ptr<icu::DateFormat> pattern(
        icu::DateFormat::createInstanceForSkeleton("yMMMMEEEEd", locale, status));
    if (U_FAILURE(status) || !calendar || !pattern)
        return unchanged;
    calendar->set(year, month - 1, day, 12, 0, 0);
    pattern->setTimeZone(*icu::TimeZone::getGMT());
    icu::UnicodeString words;
    pattern->format(calendar->getTime(status), words);
    std::string utf8;
    words.toUTF8String(utf8);
    return U_FAILURE(status) ? unchanged : utf8;
}

} // namespace montbrillant::i18n
