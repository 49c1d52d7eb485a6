// SPDX-License-Identifier: Apache-2.0
#include "kiosk/desk/store_thread.hpp"

#include "sync/base/log.hpp"

#include <future>
#include <memory>

namespace montbrillant {

StoreThread::StoreThread(Store& store) : store_(store), thread_([this] { loop(); }) {}

StoreThread::~StoreThread() { stop(); }

void StoreThread::stop()
{
    tasks_.close();
    if (thread_.joinable())
        thread_.join();
}

void StoreThread::loop()
{
    constexpr Millis patience{1000};
    for (;;) {
        auto task = tasks_.pop(patience);
        if (!task && tasks_.closed())
            return;
        try {
            if (task)
                (*task)();
        } catch (const std::exception& error) {
            log::error("a task of the store's thread ended: {}", error.what());
        }
    }
}

bool StoreThread::post(std::function<void()> task) { return tasks_.push(std::move(task)); }

Result<> StoreThread::run(const std::function<Result<>(Store&)>& work)
{
    if (std::this_thread::get_id() == thread_.get_id())
        return work(store_);
    auto done = std::make_shared<std::promise<Result<>>>();
    auto answer = done->get_future();
    const auto task = [this, &work, done] {
        try {
            done->set_value(work(store_));
        } catch (const std::exception& error) {
            done->set_value(fail(ErrorKind::storage, error.what()));
        }
    };
    if (!post(task))
        return fail(ErrorKind::storage, "the kiosk is stopping, or too much waits to be saved");
    return answer.get();
}

} // namespace montbrillant
