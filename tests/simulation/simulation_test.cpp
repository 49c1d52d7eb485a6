// SPDX-License-Identifier: Apache-2.0
// A few short meetings with every build; scripts/soak plays long ones, and the bugs of mutants.toml.
#include "tests/simulation/kept_seeds.hpp"
#include "tests/simulation/simulation.hpp"
#include "tests/support/catch.hpp"

using namespace montbrillant::simulation;

TEST_CASE("in meetings where power, lines, clocks, backups and disks fail every rule holds, and all heals")
{
    Counts sum;
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        const auto outcome = simulate({.seed = seed, .kiosks = 3, .acts = 100, .trace = false});
        INFO("seed " << seed << ": " << outcome.violation);
        CHECK(outcome.violation.empty());
        sum += outcome.counts;
    }
    CHECK(sum.facts > 150);
    CHECK(sum.power_cuts > 0);
    CHECK(sum.conflicts > 0);
    CHECK(sum.offline_operations > 0);
}

TEST_CASE("meetings that broke a rule once break none any more")
{
    for (const auto& kept : kept_seeds) {
        const auto outcome =
            simulate({.seed = kept.seed, .kiosks = kept.kiosks, .acts = kept.acts, .trace = false});
        INFO("seed " << kept.seed << ", " << kept.why << ": " << outcome.violation);
        CHECK(outcome.violation.empty());
        CHECK(outcome.counts.facts > 0);
    }
}

TEST_CASE("one seed is one meeting, byte for byte")
{
    const Options options{.seed = 5, .kiosks = 2, .acts = 60, .trace = false};
    const auto once = simulate(options);
    const auto again = simulate(options);
    CHECK(once.digest == again.digest);
    CHECK(once.counts.facts == again.counts.facts);
    Options other = options;
    other.seed = 6;
    CHECK(simulate(other).digest != once.digest);
}
