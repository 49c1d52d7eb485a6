// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Unlock intents: on disk before the coil is written. Every call is durable when it returns. Same thread as
/// the Store.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/sqlite.hpp"

#include <optional>
#include <vector>

namespace montbrillant {

struct UnlockIntentRow {
    UnlockId id;
    LockerNo locker;
    BadgeId badge;
    bool by_staff = false;
    WallTime not_after;
    std::int64_t fires_before = -1; ///< the door's fire counter; negative: the bank has none
    std::string state = "intended"; ///< see kiosk/lockers/unlock.hpp
    std::string outcome;
};

class UnlockIntents {
public:
    explicit UnlockIntents(sqlite::Database& database) : database_(&database) {}
    [[nodiscard]] Result<> insert(const UnlockIntentRow& row);
    [[nodiscard]] Result<> record(const UnlockId& id, const std::string& state, const std::string& outcome);
    [[nodiscard]] Result<std::optional<UnlockIntentRow>> find(const UnlockId& id);
    /// Without an outcome yet.
    [[nodiscard]] Result<std::vector<UnlockIntentRow>> unfinished();

private:
    sqlite::Database* database_;
};

} // namespace montbrillant
