// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/store/power_world.hpp"

#include "tests/sync/store/morning.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant::test {
namespace {

/// So many cuts fall on the same two disks before new ones are taken.
constexpr std::uint64_t cuts_per_life = 25;
constexpr std::uint64_t calls_until_cut_max = 400;

/// Starts whoever was cut. The power may fail again while a start is under way.
void start_again(Home& home, SeededRandom& chance)
{
    for (;;) {
        home.stop();
        home.disk.restore_power();
        const bool again = chance.below(4) == 0;
        if (again)
            home.disk.cut_power_in(1 + chance.below(calls_until_cut_max));
        const auto started = home.start();
        if (home.disk.powered() && !started)
            throw Corrupt(started.error().text());
        if (started && !again)
            return;
    }
}

/// One life of two disks: lives through `cuts` cuts.
void live(const PowerOptions& options, std::uint64_t seed, std::uint64_t cuts, PowerCounts& counts)
{
    Morning morning(seed, options.full_sync);
    SeededRandom chance(seed + 17);
    for (Home* home : morning.homes())
        start_again(*home, chance);
    for (std::uint64_t cut = 0; cut < cuts; ++cut) {
        Home& victim = *morning.homes()[chance.below(2)];
        victim.disk.cut_power_in(1 + chance.below(calls_until_cut_max));
        while (victim.disk.powered())
            morning.step(counts.acknowledged);
        ++counts.cuts;
        start_again(victim, chance);
        victim.check();
        if (chance.below(8) == 0) { // the plug is pulled while it stops
            victim.disk.cut_power_in(1 + chance.below(40));
            start_again(victim, chance);
            victim.check();
        }
    }
}

} // namespace

PowerCounts cut_power(const PowerOptions& options)
{
    PowerCounts counts;
    for (std::uint64_t life = 0; counts.cuts < options.cuts; ++life) {
        const std::uint64_t seed = options.seed + 1000 * life;
        const auto note = [&](const std::exception& what) {
            if (counts.first.empty())
                counts.first = fmt::format("life {} of seed {}, cut {}: {}", life, options.seed, counts.cuts,
                                           what.what());
        };
        const std::uint64_t cuts = std::min(cuts_per_life, options.cuts - counts.cuts);
        try {
            live(options, seed, cuts, counts);
        } catch (const Lost& lost) {
            counts.lost += lost.count;
            note(lost);
        } catch (const Corrupt& corrupt) {
            ++counts.corrupt;
            note(corrupt);
        }
        counts.cuts += counts.cuts == 0 ? 1 : 0; // a life that ended before its first cut
    }
    return counts;
}

} // namespace montbrillant::test
