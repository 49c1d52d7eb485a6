// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/local_time.hpp"

#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <unicode/gregocal.h>
#include <unicode/timezone.h>

namespace montbrillant {
namespace {

std::unique_ptr<icu::TimeZone> zone_named(std::string_view name)
{
    const auto id =
        icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
    return std::unique_ptr<icu::TimeZone>(icu::TimeZone::createTimeZone(id));
}

std::optional<int> digits(std::string_view text)
{
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::chrono::year_month_day calendar(LocalDate date)
{
    return {std::chrono::year(date.year), std::chrono::month(static_cast<unsigned>(date.month)),
            std::chrono::day(static_cast<unsigned>(date.day))};
}

constexpr std::int64_t day_ms = 86'400'000;

} // namespace

std::string LocalDate::str() const { return fmt::format("{:04}-{:02}-{:02}", year, month, day); }

std::string TimeOfDay::str() const { return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60); }

int days_between(LocalDate from, LocalDate to)
{
    return static_cast<int>(
        (std::chrono::sys_days(calendar(to)) - std::chrono::sys_days(calendar(from))).count());
}

std::optional<LocalDate> parse_date(std::string_view text)
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    const auto year = digits(text.substr(0, 4));
    const auto month = digits(text.substr(5, 2));
    const auto day = digits(text.substr(8, 2));
    if (!year || !month || !day)
        return std::nullopt;
    const LocalDate date{*year, *month, *day};
    return calendar(date).ok() ? std::optional(date) : std::nullopt;
}

std::optional<TimeOfDay> parse_time_of_day(std::string_view text)
{
    if (text.size() != 5 || text[2] != ':')
        return std::nullopt;
    const auto hour = digits(text.substr(0, 2));
    const auto minute = digits(text.substr(3, 2));
    if (!hour || !minute || *hour > 23 || *minute > 59)
        return std::nullopt;
    return TimeOfDay{*hour * 60 + *minute};
}

bool known_time_zone(std::string_view name)
{
    return !name.empty() && name.size() < 64 && *zone_named(name) != icu::TimeZone::getUnknown();
}

WallTime wall_time(std::string_view zone, LocalTime local)
{
    const auto days = std::chrono::sys_days(calendar(local.date)).time_since_epoch().count();
    const std::int64_t as_utc = days * day_ms + local.time.minutes * std::int64_t{60'000};
    int32_t raw = 0;
    int32_t saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone_named(zone)->getOffset(static_cast<UDate>(as_utc), true, raw, saving, status);
    return {as_utc - raw - saving};
}

LocalTime local_time(std::string_view zone, WallTime wall)
{
    int32_t raw = 0;
    int32_t saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone_named(zone)->getOffset(static_cast<UDate>(wall.ms), false, raw, saving, status);
    const auto shown =
        std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(wall.ms + raw + saving));
    const auto day = std::chrono::floor<std::chrono::days>(shown);
    const std::chrono::year_month_day date(day);
    const auto minutes = std::chrono::floor<std::chrono::minutes>(shown - day).count();
    return {{static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
             static_cast<int>(static_cast<unsigned>(date.day()))},
            {static_cast<int>(minutes)}};
}

} // namespace montbrillant
