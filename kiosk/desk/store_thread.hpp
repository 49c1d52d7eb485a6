// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The thread that owns the Store and the Desk of a running kiosk. Workers come through `run` (and wait) or
/// `post` (and do not).

#include "sync/base/queue.hpp"
#include "sync/client/store_gate.hpp"

#include <functional>
#include <thread>

namespace montbrillant {

class StoreThread final : public StoreGate {
public:
    static constexpr std::size_t tasks_max = 1024;

    /// `store` belongs to this thread until the object is gone.
    explicit StoreThread(Store& store);
    ~StoreThread() override;
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    /// Any other thread; from the store's own thread it runs at once.
    [[nodiscard]] Result<> run(const std::function<Result<>(Store&)>& work) override;
    /// Any thread. False: too much waits already.
    [[nodiscard]] bool post(std::function<void()> task);
    /// Finishes what waits and ends the thread.
    void stop();

private:
    void loop();

    Store& store_;
    Queue<std::function<void()>> tasks_{tasks_max};
    std::thread thread_;
};

} // namespace montbrillant
