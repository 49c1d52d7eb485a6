// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Meetings that once broke a rule, played with every build. `montbrillant-simulate` prints the line to add
/// when it finds one. A seed is one course of events as long as the simulator draws its chances as it did:
/// after a change of the workload these are good seeds among others, and the fault has a test of its own
/// where the mended code is.

#include <array>
#include <cstdint>

namespace montbrillant::simulation {

struct KeptSeed {
    std::uint64_t seed;
    unsigned kiosks;
    unsigned acts;
    const char* why;
};

inline constexpr std::array kept_seeds{
    KeptSeed{1, 3, 100, "power cuts, a cut line and two conflicts in the shortest meeting"},
    KeptSeed{2000006, 8, 650, "the power goes when an enrolment was just done"},
};

} // namespace montbrillant::simulation
