// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a bank tells the kiosk. Values: copied into the kiosk's queue of messages.

#include "kiosk/lockers/unlock.hpp"

#include <string>
#include <variant>
#include <vector>

namespace montbrillant {

/// The bank answers. `doors` is how it stands now; later changes come as DoorChanged.
struct BankOnline {
    BankId bank;
    std::vector<DoorState> doors;
};

/// The bank has not been read for a second, or never: unlocks are answered `offline` at once.
struct BankOffline {
    BankId bank;
    std::string why; ///< in words, for staff
};

/// The pulse was acknowledged or proven. Not yet an open door.
struct UnlockFired {
    UnlockId id;
    LockerNo locker;
};

/// The end of an unlock; exactly one for each request that was taken, and one (unknown) at start-up for each
/// that a crash left behind.
struct UnlockResult {
    UnlockId id;
    LockerNo locker;
    UnlockOutcome outcome{};
    Millis after{};  ///< from the tap
    std::string why; ///< in words, for staff; may be empty
};

struct DoorChanged {
    LockerNo locker;
    bool open = false;
};

/// A door in a state that a person should look at.
struct DoorAlarm {
    LockerNo locker;
    UnlockOutcome kind{}; ///< forced or left_open
};

/// The wrong door moved: only staff open doors here until `lift_quarantine`. Keep it over a restart.
struct BankQuarantined {
    BankId bank;
    std::string why;
};

using BankEvent =
    std::variant<BankOnline, BankOffline, UnlockFired, UnlockResult, DoorChanged, DoorAlarm, BankQuarantined>;

} // namespace montbrillant
