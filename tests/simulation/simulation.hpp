// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A deterministic meeting: kiosks, a desk and their registry in one process, the real code of domain, store,
/// sync client and registry, on virtual clocks, a virtual network and disks that lose their power. One seed
/// is one course of events, byte for byte. Things break for a while, then everything heals for thirty virtual
/// minutes without a new fact, and all that must be true is looked at (invariants.hpp).

#include "tests/simulation/world.hpp"

namespace montbrillant::simulation {

struct Options {
    std::uint64_t seed = 1;
    unsigned kiosks = 8; ///< and one desk
    unsigned acts = 650; ///< things that people want, about so many
    bool trace = false;  ///< tells what happens on standard output
};

struct Outcome {
    Counts counts;
    Millis duration{};     ///< virtual
    std::string violation; ///< empty: none
    crypto::Hash digest{}; ///< of everything that happened
};

[[nodiscard]] Outcome simulate(const Options& options);

} // namespace montbrillant::simulation
