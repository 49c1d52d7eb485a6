// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/timeline.hpp"

#include <algorithm>
#include <utility>

namespace montbrillant::simulation {

void Timeline::after(Millis delay, std::function<void()> what)
{
    events_.push({now_ + std::max(delay, Millis(0)), number_++, std::move(what)});
}

void Timeline::run_until(Millis end)
{
    while (!events_.empty() && events_.top().when <= end) {
        now_ = events_.top().when;
        const auto what = events_.top().what;
        events_.pop();
        what();
    }
    now_ = end;
}

Task::Task(Timeline& timeline, std::function<void(Task&)> body)
    : timeline_(timeline), fiber_([this, work = std::move(body)] {
          try {
              work(*this);
          } catch (const Killed&) {
              // its program is gone
          }
      })
{
}

std::shared_ptr<Task> Task::start(Timeline& timeline, std::function<void(Task&)> body)
{
    std::shared_ptr<Task> task(new Task(timeline, std::move(body)));
    task->resume_at(Millis(0));
    return task;
}

void Task::resume_at(Millis delay)
{
    timeline_.after(delay, [weak = weak_from_this(), ticket = ticket_] {
        const auto task = weak.lock();
        if (task == nullptr || task->ticket_ != ticket || task->killed_)
            return;
        ++task->ticket_;
        task->begun_ = true;
        task->fiber_.resume();
    });
}

void Task::wait(Millis most)
{
    ++ticket_;
    resume_at(most);
    Fiber::pause();
    if (killed_)
        throw Killed{};
}

void Task::hold(Millis duration)
{
    for (const Millis until = timeline_.now() + duration; timeline_.now() < until;)
        wait(until - timeline_.now());
}

void Task::wake() { resume_at(Millis(0)); }

void Task::kill()
{
    if (std::exchange(killed_, true) || !begun_)
        return;
    fiber_.resume();
}

} // namespace montbrillant::simulation
