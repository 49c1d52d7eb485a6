// SPDX-License-Identifier: Apache-2.0
#include "sync/base/clock.hpp"

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

} // namespace montbrillant
