// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/fiber.hpp"

#include <cstdlib>
#include <stdexcept>
#include <ucontext.h>
#include <utility>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace montbrillant::simulation {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t stack_bytes = 2U << 20U;
#else
constexpr std::size_t stack_bytes = 512U << 10U; // pages that nobody touches cost nothing
#endif

} // namespace

/// The address sanitizer is told of every change of stacks.
struct Fiber::Context {
    ucontext_t own{};
    ucontext_t caller{};
    std::unique_ptr<std::byte[]> stack = std::make_unique_for_overwrite<std::byte[]>(stack_bytes);
    const void* caller_stack = nullptr;
    std::size_t caller_bytes = 0;
    void* fake_own = nullptr;
    void* fake_caller = nullptr;

    void enter()
    {
#if defined(__SANITIZE_ADDRESS__)
        __sanitizer_start_switch_fiber(&fake_caller, stack.get(), stack_bytes);
#endif
        swapcontext(&caller, &own);
#if defined(__SANITIZE_ADDRESS__)
        __sanitizer_finish_switch_fiber(fake_caller, nullptr, nullptr);
#endif
    }
    void entered()
    {
#if defined(__SANITIZE_ADDRESS__)
        __sanitizer_finish_switch_fiber(fake_own, &caller_stack, &caller_bytes);
#endif
    }
    void leave(bool for_good)
    {
#if defined(__SANITIZE_ADDRESS__)
        __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_own, caller_stack, caller_bytes);
#endif
        static_cast<void>(for_good);
        swapcontext(&own, &caller);
        entered();
    }
};

Fiber* Fiber::running_ = nullptr;

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)), context_(std::make_unique<Context>())
{
    getcontext(&context_->own);
    context_->own.uc_stack.ss_sp = context_->stack.get();
    context_->own.uc_stack.ss_size = stack_bytes;
    context_->own.uc_link = nullptr;
    makecontext(&context_->own, &Fiber::start, 0);
}

Fiber::~Fiber() = default;

void Fiber::start()
{
    Fiber* self = running_;
    self->context_->entered();
    try {
        self->body_();
    } catch (...) {
        self->thrown_ = std::current_exception();
    }
    self->done_ = true;
    self->context_->leave(true);
    std::abort(); // nobody resumes what is done
}

void Fiber::resume()
{
    if (done_)
        return;
    if (running_ == this)
        throw std::logic_error("a fiber resumes itself");
    Fiber* const before = std::exchange(running_, this);
    context_->enter();
    running_ = before;
    if (thrown_)
        std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void Fiber::pause() { running_->context_->leave(false); }

} // namespace montbrillant::simulation
