// SPDX-License-Identifier: Apache-2.0
// What `journal verify` sees of somebody's work on the rows, and what it cannot see.
#include "tests/sync/store/store_support.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// "K1 3: its bytes ..." or "" when all holds.
std::string broken_link(Site& site)
{
    site.store.reset();
    auto opened = Store::open({site.folder.path()}, site.clock, site.random);
    if (!opened)
        return opened.error().text(); // so much that the start finds it
    site.store.emplace(std::move(*opened));
    const auto broken = must(site.store->verify_journal());
    return broken ? fmt::format("{} {}: {}", broken->device.str(), broken->counter, broken->why) : "";
}

/// A registry with facts of its own and of a kiosk, one of them in conflict, and a kiosk with facts on their
/// way.
struct Exchange {
    Authority registry;
    Device kiosk{"K1", registry.keys};

    Exchange()
    {
        must(registry.store->commit(registration("alice")));
        must(registry.store->commit(registration("bob")));
        pull(kiosk, registry);
        must(kiosk.store->commit(check_in_draft(kiosk.store->view(), "alice", "BA")));
        must(registry.store->commit(check_in_draft(registry.store->view(), "alice", "BR")));
        must(registry.store->commit(just({laptop("LT-1"), fact::AttemptRefused{{}, "forged"}})));
        push(kiosk, registry);
        pull(kiosk, registry);
        must(
            kiosk.store->commit(just({laptop("LT-2"), laptop("LT-3"), fact::AttemptRefused{{}, "garbled"}})));
    }
};

} // namespace

TEST_CASE("verifying the journal names the first broken link")
{
    Authority site;
    for (const auto* tag : {"LT-1", "LT-2", "LT-3", "LT-4"})
        must(site.store->commit(just({laptop(tag)})));
    CHECK(broken_link(site).empty());
    SECTION("one byte of a fact was changed")
    {
        site.tamper("UPDATE journal SET bytes = replace(bytes, 'LT-2', 'LT-9') WHERE counter = 2");
        CHECK_THAT(broken_link(site), Catch::StartsWith("registry 2: "));
    }
    SECTION("a fact was changed together with its hash")
    {
        site.tamper("UPDATE journal SET hash = zeroblob(32) WHERE counter = 3");
        CHECK_THAT(broken_link(site), Catch::StartsWith("registry 3: "));
    }
    SECTION("a fact was taken out")
    {
        site.tamper("DELETE FROM journal WHERE counter = 2");
        CHECK_THAT(broken_link(site), Catch::Contains("fact 2"));
    }
    SECTION("two places in the log were exchanged")
    {
        site.tamper(
            "UPDATE journal SET seq = 9 WHERE counter = 2; UPDATE journal SET seq = 2 WHERE counter = 3;"
            "UPDATE journal SET seq = 3 WHERE counter = 2;");
        CHECK_THAT(broken_link(site), Catch::StartsWith("registry 3: "));
    }
    SECTION("two facts were exchanged")
    {
        site.tamper("UPDATE journal SET counter = 9 WHERE counter = 2; UPDATE journal SET counter = 2 WHERE "
                    "counter = 3;"
                    "UPDATE journal SET counter = 3 WHERE counter = 9;");
        CHECK_THAT(broken_link(site), Catch::StartsWith("registry 2: "));
    }
    SECTION("a fact was put in behind the last")
    {
        site.tamper(
            "INSERT INTO journal SELECT device, epoch, 5, 5, id, kind, verdict, conflict, reason, bytes, "
            "previous, hash, log_hash, delegate, sum FROM journal WHERE counter = 4");
        CHECK_THAT(broken_link(site), Catch::Contains("fact 5 of registry: it is not what stood"));
    }
    SECTION("a fact of another device was put in")
    {
        site.tamper(
            "INSERT INTO journal SELECT 'K9', epoch, 1, 5, id, kind, verdict, conflict, reason, bytes, "
            "previous, hash, log_hash, delegate, sum FROM journal WHERE counter = 1");
        CHECK_THAT(broken_link(site), Catch::Contains("fact 1 of K9: it is not what stood"));
    }
    SECTION("something is shown that no fact says")
    {
        site.tamper("INSERT INTO entity SELECT kind, 'LT-9', value, sum FROM entity WHERE key = 'LT-1'");
        site.tamper("UPDATE setting SET value = value WHERE key = 'projection.kinds'");
        const auto said = broken_link(site); // or it was built again at the start
        CHECK((said.empty() || said.find("no fact") != std::string::npos));
        CHECK(site.store->view().laptops.find(LaptopTag("LT-9")) == nullptr);
    }
    SECTION("something is no longer shown")
    {
        site.tamper("DELETE FROM entity WHERE key = 'LT-3'");
        CHECK(broken_link(site).empty()); // the start notices and builds it again from the facts
        CHECK(site.store->view().laptops.find(LaptopTag("LT-3")) != nullptr);
    }
}

TEST_CASE("whatever column of whatever row is changed, verifying or starting says so")
{
    Exchange hall;
    Site* site = GENERATE_REF(static_cast<Site*>(&hall.registry), static_cast<Site*>(&hall.kiosk));
    const auto rows = must(site->store->journal(0)).size();
    REQUIRE(rows >= 9);
    site->store.reset();
    TemporaryFolder pristine;
    std::filesystem::copy(site->folder.path(), pristine.path(), std::filesystem::copy_options::recursive);
    for (std::size_t row = 0; row < rows; ++row) {
        for (const auto* column : {"device", "epoch", "counter", "seq", "id", "kind", "verdict", "conflict",
                                   "reason", "bytes", "previous", "hash", "log_hash"}) {
            INFO(column << " of row " << row);
            site->store.reset();
            for (const auto* file : {"montbrillant.db", "keys.db", "identity.json"})
                std::filesystem::copy_file(pristine.path() / file, site->folder.path() / file,
                                           std::filesystem::copy_options::overwrite_existing);
            const std::string c = column;
            const bool number = c == "epoch" || c == "counter" || c == "seq";
            const bool blob = c == "previous" || c == "hash" || c == "log_hash";
            const std::string other = number ? fmt::format("coalesce({}, 0) + 100", c)
                                      : blob ? std::string("x'") + std::string(64, 'a') + "'"
                                             : fmt::format("coalesce({}, '') || '~'", c);
            site->tamper(fmt::format(
                "UPDATE journal SET {} = {} WHERE (device, epoch, counter) = (SELECT device, epoch, "
                "counter FROM journal ORDER BY device, epoch, counter LIMIT 1 OFFSET {})",
                c, other, row));
            auto opened = Store::open({site->folder.path()}, site->clock, site->random);
            if (!opened) {
                CHECK(opened.error().kind == ErrorKind::storage);
                continue;
            }
            // A device that found the damage at its start was rebuilt.
            const bool rebuilt = opened->must_pull_first();
            const bool waits = c == "verdict" || c == "conflict" || c == "reason" || c == "log_hash";
            const auto broken = must(opened->verify_journal());
            const bool seen = broken.has_value() || rebuilt;
            if (!seen) {
                // What the log says about a fact means nothing before the log has it.
                CHECK(waits);
                CHECK(opened->waiting() > 0);
            }
        }
    }
}

TEST_CASE("the end of a journal cut off is seen where it shows, and else by the registry")
{
    Exchange hall;
    SECTION("what it did is still shown")
    {
        hall.registry.tamper(
            "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal WHERE kind = 'laptop.added')"
            " OR seq > (SELECT max(seq) FROM journal WHERE kind = 'laptop.added')");
        CHECK_FALSE(broken_link(hall.registry).empty());
    }
    SECTION("it did nothing that is shown: only the registry knows, and gives it back")
    {
        push(hall.kiosk, hall.registry);
        const auto last = hall.kiosk.store->own_counter();
        hall.kiosk.tamper(fmt::format("DELETE FROM journal WHERE device = 'K1' AND counter = {}", last));
        CHECK(broken_link(hall.kiosk).empty());
        CHECK(hall.kiosk.store->own_counter() == last - 1);
        pull(hall.kiosk, hall.registry);
        CHECK(hall.kiosk.store->own_counter() == last);
    }
    SECTION("and a journal that goes on differently is a fork")
    {
        push(hall.kiosk, hall.registry);
        hall.kiosk.tamper(fmt::format("DELETE FROM journal WHERE device = 'K1' AND counter = {}",
                                      hall.kiosk.store->own_counter()));
        must(hall.kiosk.open().commit(just({laptop("LT-other")})));
        CHECK(push(hall.kiosk, hall.registry).fork);
    }
}

TEST_CASE("rows are visited one at a time, in the order of the log and then what waits")
{
    Exchange hall;
    std::vector<Store::JournalRow> rows;
    must(hall.kiosk.store->each_journal_row([&rows](const Store::JournalRow& row) -> Result<> {
        rows.push_back(row);
        return {};
    }));
    const auto waiting = hall.kiosk.store->waiting();
    REQUIRE(rows.size() == hall.kiosk.store->log_head() + waiting);
    for (std::size_t i = 0; i + waiting < rows.size(); ++i)
        CHECK(rows[i].seq == i + 1);
    CHECK(rows.back().verdict == "waiting");
    CHECK(rows.back().counter == hall.kiosk.store->own_counter());
    int seen = 0;
    const auto ended = hall.kiosk.store->each_journal_row([&seen](const Store::JournalRow&) -> Result<> {
        return ++seen < 3 ? Result<>() : fail(ErrorKind::storage, "the disk is full");
    });
    CHECK_FALSE(ended);
    CHECK(seen == 3);
}
