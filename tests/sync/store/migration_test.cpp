// SPDX-License-Identifier: Apache-2.0
// Folders that older programs wrote (tests/sync/store/golden/schema-N, dumped with sqlite3) open with
// today's.
#include "sync/store/schema.hpp"
#include "tests/sync/store/simulated_disk.hpp"
#include "tests/sync/store/store_support.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr std::size_t dump_bytes_max = 1000000;

/// Lays a golden folder out; its databases on the disk given, or as files.
void lay_out(const std::string& name, const std::filesystem::path& folder,
             const sqlite::Database::Options& options)
{
    const std::filesystem::path golden = std::filesystem::path(MONTBRILLANT_GOLDEN) / name;
    std::filesystem::copy_file(golden / "event.key", folder / "event.key");
    for (const auto* file : {"montbrillant", "keys"}) {
        auto database = must(sqlite::Database::open(folder / fmt::format("{}.db", file), options));
        must(database.execute(must(read_file(golden / fmt::format("{}.sql", file), dump_bytes_max))));
    }
}

std::int64_t number(const std::filesystem::path& file, const sqlite::Database::Options& options,
                    std::string_view sql)
{
    auto database = must(sqlite::Database::open(file, options));
    auto select = must(database.prepare(sql));
    REQUIRE(must(select.step()));
    return select.integer(0);
}

void the_desk_is_whole(Store& store)
{
    CHECK(store.identity()->event == EventId("sg20-2017"));
    CHECK(store.identity()->authority);
    CHECK(store.log_head() == 18);
    CHECK_FALSE(must(store.verify_journal()));
    const Delegate* zoe = store.view().delegates.find(DelegateId("R-1"));
    REQUIRE(zoe != nullptr);
    CHECK(zoe->checked_in);
    CHECK(zoe->laptop == LaptopTag("LT-1"));
    CHECK(store.view().delegates.find(DelegateId("R-3"))->rights.size() == 3);
    CHECK(store.view().delegations.find("ARE")->head == DelegateId("R-1"));
    CHECK(must(store.person(DelegateId("R-2")))->badge_name == "Xiaoming WANG");
    CHECK(must(store.person(DelegateId("R-5")))->family_name == "Щербакова");
    const auto jobs = must(store.print_jobs().open_jobs());
    REQUIRE(jobs.size() == 2); // in the order they were wished for
    CHECK(jobs[0].delegate == DelegateId("R-1"));
    CHECK(jobs[1].delegate == DelegateId("R-3"));
}

} // namespace

TEST_CASE("a folder of an older schema opens with everything that was in it, and goes on")
{
    const std::string schema = GENERATE("schema-1", "schema-3");
    Site site;
    lay_out(schema + "/desk", site.folder.path(), {});
    the_desk_is_whole(site.open());
    must(site.store->commit(check_in_draft(site.store->view(), "R-2", "B2")));
    Store& again = site.open();
    CHECK(again.log_head() == 21);
    CHECK(must(again.print_jobs().open_jobs()).back().delegate == DelegateId("R-2"));
    CHECK_FALSE(must(again.verify_journal()));
    CHECK(std::filesystem::exists(site.folder.path() / "identity.json"));
    site.store.reset();
    CHECK(number(site.database(), {}, "PRAGMA user_version") == schema_version);
    CHECK(number(site.folder.path() / "keys.db", {}, "PRAGMA user_version") == key_schema_version);
}

TEST_CASE("a kiosk of an older schema opens with what it had pulled and what still waits")
{
    const std::string schema = GENERATE("schema-1", "schema-3");
    Site site;
    lay_out(schema + "/kiosk", site.folder.path(), {});
    Store& store = site.open();
    CHECK(store.identity()->device == DeviceId("K1"));
    CHECK_FALSE(store.identity()->authority);
    CHECK(store.cursor().seq == 1);
    CHECK(store.waiting() == 1);
    CHECK(store.confirmed().laptops.find(LaptopTag("LT-9")) != nullptr);
    CHECK(store.view().laptops.find(LaptopTag("LT-10")) != nullptr);
    CHECK_FALSE(must(store.verify_journal()));
    must(store.commit(just({laptop("LT-11")})));
    CHECK(must(store.own_facts_after(0, 10)).size() == 3);
}

TEST_CASE("a migration that the power cuts short begins again and loses nothing", "[rule6]")
{
    for (std::uint64_t call = 1;; call += 3) {
        INFO("the power fails at call " << call);
        SimulatedDisk disk(call);
        TemporaryFolder folder;
        ManualClock clock;
        SeededRandom random(1);
        const sqlite::Database::Options options{disk.vfs(), true, false};
        lay_out("schema-1/desk", folder.path(), options);
        disk.cut_power_in(call);
        {
            const auto cut = Store::open({folder.path(), "montbrillant.db", options}, clock, random);
            static_cast<void>(cut);
        }
        const bool was_cut = !disk.powered();
        disk.restore_power();
        {
            Store store = must(Store::open({folder.path(), "montbrillant.db", options}, clock, random));
            the_desk_is_whole(store);
        }
        CHECK(number(folder.path() / "montbrillant.db", options, "PRAGMA user_version") == schema_version);
        if (!was_cut) {
            CHECK(call > 50);
            break;
        }
    }
}

TEST_CASE("a newer file of either kind is refused in words, and neither file is changed")
{
    Site site;
    lay_out("schema-1/desk", site.folder.path(), {});
    const auto newer = GENERATE("montbrillant.db", "keys.db");
    const auto other = std::string(newer) == "keys.db" ? "montbrillant.db" : "keys.db";
    const auto file = site.folder.path() / newer;
    const auto before = number(site.folder.path() / other, {}, "PRAGMA user_version");
    must(must(sqlite::Database::open(file, {})).execute("PRAGMA user_version = 99"));
    const auto refused = Store::open({site.folder.path()}, site.clock, site.random);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().text(), Catch::Contains("newer program") && Catch::Contains(newer));
    CHECK(number(file, {}, "PRAGMA user_version") == 99);
    CHECK(number(site.folder.path() / other, {}, "PRAGMA user_version") == before);
}
