// SPDX-License-Identifier: Apache-2.0
#include "sync/base/clock.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <thread>

namespace montbrillant {

WallTime SystemClock::wall() const
{
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<Millis>(since).count()};
}

MonoTime SystemClock::mono() const
{
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<Millis>(since).count()};
}

void SystemClock::wait(Millis duration) { std::this_thread::sleep_for(duration); }

std::string rfc3339(WallTime time)
{
    using namespace std::chrono;
    const sys_time<milliseconds> point{milliseconds{time.ms}};
    const auto day = floor<days>(point);
    const year_month_day date{day};
    const hh_mm_ss clock{point - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

std::optional<WallTime> from_rfc3339(const std::string& text)
{
    using namespace std::chrono;
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, used = 0;
    if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &y, &mo, &d, &h, &mi, &s, &used) != 6)
        return std::nullopt;
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
    const std::string zone = text.substr(static_cast<std::size_t>(used));
    int zone_h = 0, zone_m = 0;
    char sign = '+';
    int zone_used = 0;
    const bool utc = zone == "Z";
    if (!utc && (std::sscanf(zone.c_str(), "%c%2d:%2d%n", &sign, &zone_h, &zone_m, &zone_used) != 3 ||
                 static_cast<std::size_t>(zone_used) != zone.size() || (sign != '+' && sign != '-')))
        return std::nullopt;
    if (!date.ok() || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59)
        return std::nullopt;
    const int offset_min = (sign == '-' ? -1 : 1) * (zone_h * 60 + zone_m);
    const auto point = sys_days{date} + hours{h} + minutes{mi - offset_min} + seconds{s};
    return WallTime{duration_cast<milliseconds>(point.time_since_epoch()).count()};
}

} // namespace montbrillant
