// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A bounded queue between two threads. Every method may be called by any thread.

#include "sync/base/clock.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace montbrillant {

template <class T> class Queue {
public:
    explicit Queue(std::size_t capacity) : capacity_(capacity) {}

    /// False when the queue is full or closed: the caller decides what that means.
    [[nodiscard]] bool push(T value)
    {
        {
            const std::lock_guard lock(mutex_);
            if (closed_ || items_.size() >= capacity_)
                return false;
            items_.push_back(std::move(value));
        }
        ready_.notify_one();
        return true;
    }

    /// Waits up to `patience`; nothing when time ran out or the queue was closed and is empty.
    [[nodiscard]] std::optional<T> pop(Millis patience)
    {
        std::unique_lock lock(mutex_);
        ready_.wait_for(lock, patience, [this] { return closed_ || !items_.empty(); });
        return take();
    }

    [[nodiscard]] std::optional<T> try_pop()
    {
        const std::lock_guard lock(mutex_);
        return take();
    }

    /// Wakes every waiting thread; what is inside can still be popped.
    void close()
    {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        ready_.notify_all();
    }

    [[nodiscard]] bool closed() const
    {
        const std::lock_guard lock(mutex_);
        return closed_;
    }

private:
    std::optional<T> take()
    {
        if (items_.empty())
            return std::nullopt;
        std::optional<T> value(std::move(items_.front()));
        items_.pop_front();
        return value;
    }

    mutable std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<T> items_;
    std::size_t capacity_;
    bool closed_ = false;
};

} // namespace montbrillant
