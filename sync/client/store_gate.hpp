// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The way of sync's threads to the Store, which belongs to one thread.

#include "sync/store/store.hpp"

#include <functional>
#include <optional>

namespace montbrillant {

class StoreGate {
public:
    using Work = std::function<Result<>(Store&)>;
    virtual ~StoreGate() = default;
    /// Runs `work` on the thread that owns the Store and waits for it. An error when that thread is gone.
    [[nodiscard]] virtual Result<> run(const Work& work) = 0;
};

/// For a caller that owns the Store itself: the command line and tests.
class DirectStoreGate final : public StoreGate {
public:
    explicit DirectStoreGate(Store& store) : store_(&store) {}
    [[nodiscard]] Result<> run(const Work& work) override { return work(*store_); }

private:
    Store* store_;
};

/// The same for work that has a result: ask<Cursor>(gate, [](Store& s) { return s.cursor(); }).
template <class T, class Question> [[nodiscard]] Result<T> ask(StoreGate& gate, Question question)
{
    std::optional<Result<T>> answer;
    MB_CHECK(gate.run([&](Store& store) -> Result<> {
        answer.emplace(question(store));
        return {};
    }));
    return std::move(*answer);
}

} // namespace montbrillant
