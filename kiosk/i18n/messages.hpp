// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Every sentence of the kiosk in six languages. The source is po/*.po (gettext; the msgid is a symbolic name
/// such as "attract.hold_code", en.po holds the English); the build checks and compiles them into a table, so
/// nothing is loaded or missing at run time. Any thread. Id::attract_hold_code is the msgid with underscores.

#include "kiosk/i18n/id.hpp"
#include "sync/base/language.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace montbrillant::i18n {

struct Arg {
    std::string_view name;  ///< without braces
    std::string_view value; ///< inserted between U+2068 and U+2069, so that a name keeps its own direction
};

[[nodiscard]] std::string_view text(Language language, Id id);

/// Replaces each {name}; a name without argument stays visible (a lint test looks for braces).
[[nodiscard]] std::string format(Language language, Id id, std::initializer_list<Arg> args);

/// The plural form for `n` (negative counts as 0); {n} becomes the number in European digits.
[[nodiscard]] std::string plural(Language language, Id id, long n);

/// "attract.hold_code"
[[nodiscard]] std::string_view id_name(Id id);

/// "2017-09-04" -> "Monday 4 September 2017" in the language's own order, Gregorian, European digits. A text
/// that is no date comes back unchanged.
[[nodiscard]] std::string date(Language language, std::string_view iso_date);

} // namespace montbrillant::i18n
