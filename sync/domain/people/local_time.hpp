// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Dates and hours as the event's own walls show them, and their way to and from WallTime by the time zone
/// database (ICU's copy of the IANA data). Pure functions of their arguments.

#include "sync/base/clock.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace montbrillant {

/// A day of the Gregorian calendar.
struct LocalDate {
    int year{};
    int month{}; ///< 1..12
    int day{};   ///< 1..31

    /// "2017-09-04"
    [[nodiscard]] std::string str() const;
    friend auto operator<=>(const LocalDate&, const LocalDate&) = default;
};

/// Days from `from` to `to`; negative when `to` is earlier.
[[nodiscard]] int days_between(LocalDate from, LocalDate to);

/// An hour of the day, to the minute.
struct TimeOfDay {
    int minutes{}; ///< since midnight, 0..1439

    /// "09:30"
    [[nodiscard]] std::string str() const;
    friend auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;
};

struct LocalTime {
    LocalDate date;
    TimeOfDay time;
    friend auto operator<=>(const LocalTime&, const LocalTime&) = default;
};

/// Strict: "2017-09-04" with a day that exists; "09:30" from 00:00 to 23:59.
[[nodiscard]] std::optional<LocalDate> parse_date(std::string_view text);
[[nodiscard]] std::optional<TimeOfDay> parse_time_of_day(std::string_view text);

/// Is `name` a zone of the IANA database ("Europe/Zurich")?
[[nodiscard]] bool known_time_zone(std::string_view name);

/// An hour that the clock change skips or repeats is read as the first that fits. `zone` must be known.
[[nodiscard]] WallTime wall_time(std::string_view zone, LocalTime local);
[[nodiscard]] LocalTime local_time(std::string_view zone, WallTime wall);

} // namespace montbrillant
