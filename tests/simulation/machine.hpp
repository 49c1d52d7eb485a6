// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A computer of the meeting: a disk that loses what was not synced when the power goes, a folder for the few
/// plain files, clocks and ids of its own. What runs on it is the owner's.

#include "sync/store/store.hpp"
#include "tests/simulation/world.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/sync/store/simulated_disk.hpp"

namespace montbrillant::simulation {

struct Machine {
    Machine(const World& world, std::uint64_t seed)
        : disk(seed), clock(world.timeline), ids(seed + 1), shared(seed % 2 == 0)
    {
    }

    [[nodiscard]] Store::Options options(const std::string& file_name)
    {
        return {folder.path(), file_name, {.vfs = disk.vfs(), .full_sync = true, .shared = shared}, {}};
    }
    /// The files of another machine, as a copy of its running disk has them. Nothing may be open here.
    void copy_from(const Machine& other);

    test::TemporaryFolder folder;
    test::SimulatedDisk disk;
    MachineClock clock;
    SeededRandom ids;
    bool shared; ///< somebody else may look into its databases while they are open
};

} // namespace montbrillant::simulation
