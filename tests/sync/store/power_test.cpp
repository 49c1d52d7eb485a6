// SPDX-License-Identifier: Apache-2.0
// Power cuts on disks that keep what was synced and no more (rules 1 and 6). scripts/soak makes 10,000 and
// more.
#include "tests/support/catch.hpp"
#include "tests/sync/store/power_world.hpp"

using namespace montbrillant::test;

TEST_CASE("a hundred power cuts lose nothing that was acknowledged and leave nothing by half",
          "[rule1][rule6]")
{
    const auto counts = cut_power({.seed = 1, .cuts = 100, .full_sync = true});
    INFO(counts.first);
    CHECK(counts.cuts == 100);
    CHECK(counts.acknowledged > 800);
    CHECK(counts.lost == 0);
    CHECK(counts.corrupt == 0);
}

TEST_CASE("a store that does not sync each commit is caught losing some", "[rule6]")
{
    const auto counts = cut_power({.seed = 1, .cuts = 25, .full_sync = false});
    CHECK(counts.lost > 0);
    CHECK_FALSE(counts.first.empty());
}

TEST_CASE("one seed is one course of events")
{
    const auto once = cut_power({.seed = 5, .cuts = 8, .full_sync = true});
    const auto again = cut_power({.seed = 5, .cuts = 8, .full_sync = true});
    CHECK(once.acknowledged == again.acknowledged);
    CHECK(once.cuts == again.cuts);
    CHECK(cut_power({.seed = 6, .cuts = 8, .full_sync = true}).acknowledged != once.acknowledged);
}
