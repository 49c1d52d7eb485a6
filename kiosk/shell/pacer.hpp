// SPDX-License-Identifier: Apache-2.0
#pragma once

/// When to draw and how long to sleep: nothing happens, nothing is drawn, nobody wakes. Pure.

#include "sync/base/clock.hpp"

#include <algorithm>
#include <optional>

namespace montbrillant {

class Pacer {
public:
    /// The watchdog wants to hear from the loop at least this often.
    static constexpr Millis wait_max{5000};

    /// Something happened: input, an answer, a second of a countdown.
    void changed() { frames_due_ = 2; }

    /// Frames drawn around a change of the window may never reach the glass (libsdl-org/SDL#10782), so it is
    /// drawn for a while at 10 Hz.
    void window_changed(MonoTime now)
    {
        changed();
        settle_until_ = now + Millis{1500};
    }

    [[nodiscard]] bool frame_due(MonoTime now) const
    {
        return frames_due_ > 0 || (now < settle_until_ && now - drawn_at_ >= settle_step);
    }

    void drawn(MonoTime now)
    {
        frames_due_ = std::max(0, frames_due_ - 1);
        drawn_at_ = now;
    }

    /// Until the next frame, the model's deadline or the watchdog; zero only when a frame is due.
    [[nodiscard]] Millis wait(MonoTime now, std::optional<MonoTime> deadline) const
    {
        if (frame_due(now))
            return Millis{0};
        Millis wait = wait_max;
        if (now < settle_until_)
            wait = std::min(wait, drawn_at_ + settle_step - now);
        if (deadline)
            wait = std::min(wait, *deadline - now);
        return std::max(wait, Millis{1});
    }

private:
    static constexpr Millis settle_step{100};
    int frames_due_ = 2;
    MonoTime settle_until_{};
    MonoTime drawn_at_{};
};

} // namespace montbrillant
