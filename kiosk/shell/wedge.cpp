// SPDX-License-Identifier: Apache-2.0
#include "kiosk/shell/wedge.hpp"

#include <utility>

namespace montbrillant {

std::string WedgeDetector::take()
{
    count_ = 0;
    return std::exchange(held_, {});
}

WedgeDetector::Output WedgeDetector::character(std::string_view utf8, MonoTime at)
{
    Output out = idle(at);
    if (held_.size() + utf8.size() <= bytes_max)
        held_ += utf8;
    ++count_;
    last_ = at;
    return out;
}

WedgeDetector::Output WedgeDetector::enter(MonoTime at)
{
    Output out = idle(at);
    if (count_ >= characters_min) {
        out.scan = take();
        return out;
    }
    out.text += take();
    out.enter = true;
    return out;
}

WedgeDetector::Output WedgeDetector::idle(MonoTime now)
{
    Output out;
    if (count_ > 0 && now - last_ > gap_max)
        out.text = take();
    return out;
}

std::optional<MonoTime> WedgeDetector::deadline() const
{
    if (count_ == 0)
        return std::nullopt;
    return last_ + (gap_max + Millis{1});
}

} // namespace montbrillant
