// SPDX-License-Identifier: Apache-2.0
// Power cuts on disks that keep what was synced and no more (rules 1 and 6). scripts/soak makes 10,000 and
// more.
#include "tests/support/catch.hpp"
#include "tests/sync/store/power_home.hpp"
#include "tests/sync/store/power_world.hpp"

#include <algorithm>
#include <array>

using namespace montbrillant;
using namespace montbrillant::test;

TEST_CASE("fifty power cuts lose nothing that was acknowledged and leave nothing by half", "[rule1][rule6]")
{
    const auto counts = cut_power({.seed = 1, .cuts = 50, .full_sync = true});
    INFO(counts.first);
    CHECK(counts.cuts == 50);
    CHECK(counts.acknowledged > 400);
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

TEST_CASE("the key of an erased person does not come back with the power", "[rule11]")
{
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SimulatedDisk disk(seed);
        const TemporaryFolder folder;
        const sqlite::Database::Options options{.vfs = disk.vfs(), .full_sync = true, .read_only = false};
        Person person;
        person.id = DelegateId("p1");
        Bytes key;
        {
            auto keys = sound(KeyStore::open(folder.path(), options, {}));
            sound(keys->save_event(EventKeys::fresh()));
            key = sound(keys->seal(std::array{person})).front().wrapped_key;
            sound(keys->erase(std::array{person.id}));
            disk.cut_power_in(1);
        }
        disk.restore_power();
        const auto keys = sound(KeyStore::open(folder.path(), options, {}));
        CHECK(keys->is_erased(person.id));
        for (const auto& [name, bytes] : disk.image()) {
            INFO("seed " << seed << ", " << name);
            CHECK(std::search(bytes.begin(), bytes.end(), key.begin(), key.end()) == bytes.end());
        }
    }
}
