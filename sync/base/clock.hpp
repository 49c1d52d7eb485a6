// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Time is an argument. Only composition roots own a SystemClock; everything else is handed a Clock or a
/// time. Wall time is a claim and never decides an order; durations come from the monotonic side.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace montbrillant {

using Millis = std::chrono::milliseconds;

/// Milliseconds since 1970-01-01 UTC.
struct WallTime {
    std::int64_t ms{};
    friend auto operator<=>(const WallTime&, const WallTime&) = default;
    friend WallTime operator+(WallTime t, Millis d) { return {t.ms + d.count()}; }
    friend Millis operator-(WallTime a, WallTime b) { return Millis{a.ms - b.ms}; }
};

/// Milliseconds since an arbitrary start; comparable only within one boot.
struct MonoTime {
    std::int64_t ms{};
    friend auto operator<=>(const MonoTime&, const MonoTime&) = default;
    friend MonoTime operator+(MonoTime t, Millis d) { return {t.ms + d.count()}; }
    friend Millis operator-(MonoTime a, MonoTime b) { return Millis{a.ms - b.ms}; }
};

/// Thread-safe in every implementation.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual WallTime wall() const = 0;
    [[nodiscard]] virtual MonoTime mono() const = 0;
    /// Waits without spinning. A simulated clock returns at once, advanced.
    virtual void wait(Millis duration) = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] WallTime wall() const override;
    [[nodiscard]] MonoTime mono() const override;
    void wait(Millis duration) override;
};

/// Another clock whose wall side is set forward or back: to play a past or future day of a meeting.
class ShiftedClock final : public Clock {
public:
    ShiftedClock(Clock& clock, WallTime start_at) : clock_(clock), shift_(start_at - clock.wall()) {}
    [[nodiscard]] WallTime wall() const override { return clock_.wall() + shift_; }
    [[nodiscard]] MonoTime mono() const override { return clock_.mono(); }
    void wait(Millis duration) override { clock_.wait(duration); }

private:
    Clock& clock_;
    Millis shift_;
};

/// Moves only when told to; `wait` advances it. One thread.
class ManualClock final : public Clock {
public:
    explicit ManualClock(WallTime start = {1504510200000}) : wall_(start) {}
    [[nodiscard]] WallTime wall() const override { return wall_; }
    [[nodiscard]] MonoTime mono() const override { return mono_; }
    void wait(Millis duration) override { advance(duration); }
    void advance(Millis duration)
    {
        wall_ = wall_ + duration;
        mono_ = mono_ + duration;
    }

private:
    WallTime wall_;
    MonoTime mono_{1000};
};

/// "2017-09-04T08:30:00.000Z" (RFC 3339, UTC).
[[nodiscard]] std::string rfc3339(WallTime time);
/// "2017-09-04T08:30:00Z" or with an offset, "2017-09-04T08:30:00+02:00"; nothing for any other text.
[[nodiscard]] std::optional<WallTime> from_rfc3339(const std::string& text);

} // namespace montbrillant
