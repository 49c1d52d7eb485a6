// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What must be true of a meeting: of one device at any time, and of all of them once everything has healed
/// (design: rules 1 to 11; research note on sync, 5.4, I1 to I11). Each throws a Violation that says what is
/// not.

#include "tests/simulation/replay.hpp"
#include "tests/simulation/workload.hpp"

namespace montbrillant::simulation {

/// Rules 2, 3, 4, 9 and 10 within one State: what points at each other agrees, and nothing is held twice.
void check_structure(const State& state, const std::string& whose);

/// What a device shows is what its own journal says, by the oracle (I3, I6).
void check_view(Store& store, Replay& replay, const std::string& whose);

struct Healed {
    World& world;
    RegistryNode& registry;
    std::vector<Kiosk*> kiosks; ///< in use
    const Workload& workload;
};
/// After thirty minutes without faults and without a new fact.
void check_healed(const Healed& meeting);

} // namespace montbrillant::simulation
