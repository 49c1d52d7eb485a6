// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Virtual time: events in the order of their times, and of two at one time the one that was asked for first.
/// A Task is a thread of a simulated program: it waits in virtual time, can be woken, and dies with its
/// program wherever it waits. One thread.

#include "sync/base/clock.hpp"
#include "tests/simulation/fiber.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <vector>

namespace montbrillant::simulation {

class Timeline {
public:
    [[nodiscard]] Millis now() const { return now_; }
    void after(Millis delay, std::function<void()> what);
    /// Everything up to and including `end`, which is the time then.
    void run_until(Millis end);

private:
    struct Event {
        Millis when{};
        std::uint64_t number{};
        std::function<void()> what;
        bool operator<(const Event& other) const
        {
            return when != other.when ? when > other.when : number > other.number;
        }
    };
    Millis now_{0};
    std::uint64_t number_ = 0;
    std::priority_queue<Event> events_;
};

class Task : public std::enable_shared_from_this<Task> {
public:
    /// What unwinds a task whose program is gone. No std::exception: nothing may take it for an error.
    struct Killed {};

    /// The body begins with the next event.
    [[nodiscard]] static std::shared_ptr<Task> start(Timeline& timeline, std::function<void(Task&)> body);

    /// In the task: until woken, or for so long.
    void wait(Millis most);
    /// In the task: for so long, woken or not.
    void hold(Millis duration);
    void wake();
    /// Not from a task: unwinds it at once.
    void kill();

private:
    Task(Timeline& timeline, std::function<void(Task&)> body);
    void resume_at(Millis delay);

    Timeline& timeline_;
    Fiber fiber_;
    std::uint64_t ticket_ = 0; ///< of the present wait: an older event resumes nothing
    bool begun_ = false;
    bool killed_ = false;
};

/// A machine's clocks: its wall may be wrong by days, its monotonic side starts anew with each boot.
class MachineClock final : public Clock {
public:
    explicit MachineClock(const Timeline& timeline) : timeline_(timeline) {}
    [[nodiscard]] WallTime wall() const override { return start + timeline_.now() + wrong_by; }
    [[nodiscard]] MonoTime mono() const override { return {(timeline_.now() - booted).count()}; }
    void wait(Millis) override {}

    static constexpr WallTime start{1504508400000}; ///< 4 September 2017, 07:00 UTC
    Millis wrong_by{0};
    Millis booted{0};

private:
    const Timeline& timeline_;
};

} // namespace montbrillant::simulation
