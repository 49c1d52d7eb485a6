// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What everything in one simulated meeting shares: its time, its chances, what was seen of it. Whatever is
/// worth telling is noted; two runs of one seed note the same, byte for byte.

#include "sync/base/random.hpp"
#include "sync/base/sodium.hpp"
#include "tests/simulation/history.hpp"
#include "tests/simulation/timeline.hpp"

#include <fmt/format.h>
#include <set>
#include <stdexcept>
#include <string>

namespace montbrillant::simulation {

/// Something that must never be. Ends the run of its seed.
struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Counts {
    std::uint64_t facts = 0;              ///< in the registry's log at the end
    std::uint64_t handled = 0;            ///< facts written, ordered and taken, by each device for itself
    std::uint64_t operations = 0;         ///< that became facts at a device
    std::uint64_t offline_operations = 0; ///< of these, while the registry was out of reach
    std::uint64_t conflicts = 0;          ///< facts that lost to an earlier claim
    std::uint64_t power_cuts = 0;
    std::uint64_t restores = 0; ///< of the registry
    std::uint64_t copies = 0;   ///< disks of devices that were restored or cloned
    std::uint64_t forks = 0;    ///< devices that had to be enrolled anew
    std::uint64_t messages = 0;
    std::uint64_t taps = 0; ///< at locker terminals, let through to the board
};
Counts& operator+=(Counts& sum, const Counts& more);

class World {
public:
    World(std::uint64_t seed, bool trace) : chance(seed), trace_(trace) {}

    /// Uniform in [low, high].
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high)
    {
        return low + static_cast<std::int64_t>(chance.below(static_cast<std::uint64_t>(high - low) + 1));
    }
    [[nodiscard]] Millis millis_between(Millis low, Millis high)
    {
        return Millis(between(low.count(), high.count()));
    }
    /// So often of a thousand times.
    [[nodiscard]] bool happens(std::uint64_t per_mille) { return chance.below(1000) < per_mille; }

    void note(const std::string& line);
    [[nodiscard]] const crypto::Hash& digest() const { return digest_; }

    Timeline timeline;
    SeededRandom chance;
    History history;
    Counts counts;
    std::uint64_t disks = 0;      ///< so many had a name of their own
    std::set<std::string> copied; ///< devices that had two disks once
    bool faults = false;          ///< things break; off at the start and while all heals

private:
    crypto::Hash digest_{};
    bool trace_;
};

} // namespace montbrillant::simulation
