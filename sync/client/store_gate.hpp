// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The way to a Store from any thread: a function is run on the thread that owns it, and the caller waits. The
/// function must not wait for anything itself.

#include "sync/base/result.hpp"
#include "sync/store/store.hpp"

#include <functional>

namespace montbrillant {

class StoreGate {
public:
    virtual ~StoreGate() = default;
    /// The function's own result, or an error when the store's thread has stopped.
    [[nodiscard]] virtual Result<> run(const std::function<Result<>(Store&)>& work) = 0;
};

/// For programs whose one thread owns the store: the command line, tests.
class DirectStoreGate final : public StoreGate {
public:
    explicit DirectStoreGate(Store& store) : store_(store) {}
    [[nodiscard]] Result<> run(const std::function<Result<>(Store&)>& work) override { return work(store_); }

private:
    Store& store_;
};

} // namespace montbrillant
