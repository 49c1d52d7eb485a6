// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Facts about lockers and their banks.

#include "sync/base/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace montbrillant::fact {

struct LockerAssigned {
    static constexpr std::string_view kind = "locker.assigned";
    LockerNo locker;
    DelegateId delegate;
};
/// A pulse was asked for and this came of it: opened, already_open, jammed, unknown, ...
struct LockerOpened {
    static constexpr std::string_view kind = "locker.opened";
    LockerNo locker;
    std::optional<DelegateId> delegate; ///< whose tap; none: staff, see the reason
    UnlockId unlock;
    std::string outcome;
    std::string reason;
};
struct LockerReleased {
    static constexpr std::string_view kind = "locker.released";
    LockerNo locker;
    DelegateId delegate;
};
/// The bank is full: the delegate waits for a door of it.
struct LockerAsked {
    static constexpr std::string_view kind = "locker.asked";
    BankId bank;
    DelegateId delegate;
    std::string ticket;
};
/// Out of service, or back in it. Its holder still opens it.
struct LockerServiced {
    static constexpr std::string_view kind = "locker.serviced";
    LockerNo locker;
    bool in_service{};
    DelegateId staff;
    std::string reason;
};
/// Something was left in a locker; stays in the journal.
struct ItemFound {
    static constexpr std::string_view kind = "locker.item_found";
    LockerNo locker;
    DelegateId staff;
    std::string item;
};
/// Every door of the bank, by two different members of staff.
struct BankOpened {
    static constexpr std::string_view kind = "bank.opened";
    BankId bank;
    DelegateId first;
    DelegateId second;
    std::string reason;
};
/// Self-service at the bank stops (a wrong door opened) or goes on.
struct BankServiced {
    static constexpr std::string_view kind = "bank.serviced";
    BankId bank;
    bool in_service{};
    std::optional<DelegateId> staff; ///< nobody: the kiosk itself stopped it
    std::string reason;
};

} // namespace montbrillant::fact
