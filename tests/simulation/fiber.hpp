// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A stack of its own for code that waits in the middle: the rounds of sync block on the network as they do
/// on a thread, and the simulator runs all of them on one. One thread; what a body throws comes out of
/// `resume`.

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>

namespace montbrillant::simulation {

class Fiber {
public:
    explicit Fiber(std::function<void()> body);
    /// The body must have ended, or never have begun.
    ~Fiber();
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;

    /// Runs the body up to its next `pause` or its end. A std::logic_error from the body itself.
    void resume();
    /// In a body: back to whoever resumed it.
    static void pause();
    [[nodiscard]] bool done() const { return done_; }

private:
    struct Context;
    static void start();
    static Fiber* running_;

    std::function<void()> body_;
    std::unique_ptr<Context> context_;
    std::exception_ptr thrown_;
    bool done_ = false;
};

} // namespace montbrillant::simulation
