// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/world.hpp"

#include <cstdio>

namespace montbrillant::simulation {

Counts& operator+=(Counts& sum, const Counts& more)
{
    sum.facts += more.facts;
    sum.handled += more.handled;
    sum.operations += more.operations;
    sum.offline_operations += more.offline_operations;
    sum.conflicts += more.conflicts;
    sum.power_cuts += more.power_cuts;
    sum.restores += more.restores;
    sum.copies += more.copies;
    sum.forks += more.forks;
    sum.messages += more.messages;
    sum.taps += more.taps;
    return sum;
}

void World::note(const std::string& line)
{
    const std::string told = fmt::format("{} {}", timeline.now().count(), line);
    digest_ = crypto::blake2b(digest_, as_bytes(told));
    if (trace_)
        std::puts(told.c_str());
}

} // namespace montbrillant::simulation
