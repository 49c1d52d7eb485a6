// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/store/store_support.hpp"

#include "sync/base/child_process.hpp"
#include "sync/store/schema.hpp"

#include <fmt/format.h>
#include <fstream>
#include <sys/wait.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

std::string name_of_person(Store& store, const std::string& id)
{
    const auto found = must(store.person(DelegateId(id)));
    return found ? found->badge_name : "";
}

std::size_t rows(Store& store) { return must(store.journal(0)).size(); }

bool holds(const std::filesystem::path& file, std::string_view needle)
{
    std::ifstream in(file, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    return content.find(needle) != std::string::npos;
}

} // namespace

TEST_CASE("what was committed is there after a restart, entity by entity")
{
    Authority site;
    must(site.store->commit(registration("alice")));
    must(site.store->commit(registration("bob")));
    must(site.store->commit(check_in_draft(site.store->view(), "alice", "BA")));
    must(site.store->commit(just({bound("04A1", "BA"), assigned(14, "alice"), laptop("LT-1")})));
    const auto before = entities(site.store->view());
    const auto head = site.store->log_head();
    Store& again = site.open();
    CHECK(entities(again.view()) == before);
    CHECK(again.log_head() == head);
    CHECK(again.own_counter() == 8);
    CHECK(name_of_person(again, "alice") == "Zoé Müller-Ødegård");
    CHECK_FALSE(must(again.person(DelegateId("carol"))));
    must(again.commit(just({laptop("LT-2")})));
    CHECK_FALSE(must(again.verify_journal()));
}

TEST_CASE("a projection that nothing damaged has the sum of its rows, so that no start builds it again")
{
    Authority site;
    must(site.store->commit(registration("alice")));
    must(site.store->commit(check_in_draft(site.store->view(), "alice", "BA"))); // alice's row again
    must(site.store->commit(just({bound("04A1", "BA"), assigned(14, "alice")})));
    must(site.store->write_projection());
    const auto written = must(site.store->setting(Store::setting_total));
    RowSum total = place_sum(site.store->log_head());
    site.store.reset();
    auto database = must(sqlite::Database::open(site.database(), {}));
    auto select = must(database.prepare("SELECT kind, key, value FROM entity"));
    while (must(select.step()))
        mix(total, entity_sum(select.text(0), select.text(1), select.text(2)));
    CHECK(written == to_hex(total));
}

TEST_CASE("rows of the projection follow the log in steps, and a start plays what came after them")
{
    Authority site;
    const auto rows_on_disk = [&site] {
        site.store.reset();
        auto database = must(sqlite::Database::open(site.database(), {}));
        auto select = must(database.prepare("SELECT count(*) FROM entity"));
        return must(select.step()) ? select.integer(0) : -1;
    };
    std::vector<std::int64_t> rows;
    bool waited = false;
    for (int laptops = 1; laptops <= 200; ++laptops) {
        must(site.store->commit(just({laptop(fmt::format("LT-{}", laptops))})));
        if (laptops % 20 != 0)
            continue;
        const auto before = entities(site.store->view());
        rows.push_back(rows_on_disk());
        waited = waited || rows.back() < laptops;
        CHECK(rows.back() >= laptops - 128);
        CHECK(entities(site.open().view()) == before);
    }
    CHECK(waited);
    CHECK(rows.back() > 0);
    must(site.store->write_projection());
    CHECK(rows_on_disk() == 200);
    CHECK_FALSE(must(site.open().verify_journal()));
}

TEST_CASE("facts that change nothing do not make a start longer and longer")
{
    Authority site;
    Draft refusals;
    for (int i = 0; i < 1100; ++i)
        refusals.facts.emplace_back(fact::AttemptRefused{{}, "forged"});
    must(site.store->commit(refusals));
    CHECK(must(site.store->setting(Store::setting_place)) == "1100");
}

TEST_CASE("nothing of who is erased waits to be written over")
{
    Authority site;
    must(site.store->commit(registration("alice")));
    CHECK(must(site.store->setting(Store::setting_place)).value_or("0") == "0");
    must(site.store->commit(just({fact::DelegateErased{DelegateId("alice")}})));
    CHECK(must(site.store->setting(Store::setting_place)) == "2");
}

TEST_CASE("rows that are said to be of another place in the log are built again from the facts")
{
    const auto* place = GENERATE("1", "3", "9", "x");
    Authority site;
    for (const auto* tag : {"LT-1", "LT-2"})
        must(site.store->commit(just({laptop(tag)})));
    const auto before = entities(site.store->view());
    site.tamper(fmt::format("UPDATE setting SET value = '{}' WHERE key = 'projection.seq'", place));
    CHECK(entities(site.open().view()) == before);
    CHECK(must(site.store->setting(Store::setting_place)) == "2");
    CHECK_FALSE(must(site.store->verify_journal()));
}

TEST_CASE("a row of the projection is silent about what is as it is by default")
{
    Authority site;
    must(site.store->commit(registration("alice")));
    const EntityKey alice{EntityKind::delegate, "alice"};
    CHECK(site.store->view().write(alice).find("checked_in") == std::string::npos);
    must(site.store->commit(check_in_draft(site.store->view(), "alice", "BA")));
    CHECK(site.store->view().write(alice).find(R"("checked_in":true)") != std::string::npos);
}

TEST_CASE("a folder belongs to one event for ever, and needs one to commit")
{
    Site site;
    Store& store = site.open();
    const auto early = store.commit(just({laptop("LT-1")}));
    REQUIRE_FALSE(early);
    CHECK(early.error().kind == ErrorKind::input);
    CHECK_FALSE(store.set_event_profile("x"));
    const Identity identity{DeviceId("K1"), EventId("e"), true, 1, "", ""};
    must(store.initialise(identity, EventKeys::fresh()));
    const auto twice = store.initialise(identity, EventKeys::fresh());
    REQUIRE_FALSE(twice);
    CHECK(twice.error().kind == ErrorKind::refused);
    must(store.set_event_profile("name = \"f\""));
    CHECK(site.open().identity()->event_profile == "name = \"f\"");
}

TEST_CASE("a draft that a rule refuses leaves nothing behind", "[rule1]")
{
    Authority site;
    Store& store = *site.store;
    must(store.commit(registration("alice")));
    const auto before = entities(store.view());
    Draft draft = registration("bob");
    draft.settings["key"] = "value";
    draft.facts.push_back(assigned(1, "bob"));
    draft.facts.push_back(assigned(1, "alice"));
    const auto refused = store.commit(draft);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::refused);
    CHECK(entities(store.view()) == before);
    CHECK(rows(store) == 1);
    CHECK(store.own_counter() == 1);
    CHECK_FALSE(must(store.setting("key")));
    CHECK_FALSE(must(store.person(DelegateId("bob"))));
    CHECK(entities(site.open().view()) == before);
}

TEST_CASE("a transaction that the disk refuses leaves memory and disk as they were", "[rule1][rule6]")
{
    Authority site;
    must(site.store->commit(registration("alice")));
    // A row of the same key is in the way: the insert of the print job fails after the rest was written.
    site.tamper("INSERT INTO print_job VALUES ('BA.1.1','x','x','queued',0,'',0,0,'',0)");
    Store& store = site.open();
    const auto before = entities(store.view());
    const Draft draft = check_in_draft(store.view(), "alice", "BA");
    const auto failed = store.commit(draft);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::storage);
    CHECK(entities(store.view()) == before);
    CHECK(rows(store) == 1);
    must(store.commit(check_in_draft(store.view(), "alice", "BB")));
    CHECK(store.own_counter() == 4);
    CHECK_FALSE(must(store.verify_journal()));
    CHECK(site.open().view().delegates.find(DelegateId("alice"))->badge == BadgeId("BB"));
}

TEST_CASE("a check-in, its badge and its print job are one commit", "[rule1]")
{
    Authority site;
    must(site.store->commit(registration("alice")));
    must(site.store->commit(check_in_draft(site.store->view(), "alice", "BA")));
    Store& store = site.open();
    const auto jobs = must(store.print_jobs().open_jobs());
    REQUIRE(jobs.size() == 1);
    CHECK(jobs.front().key == print_key(BadgeId("BA"), 1, 1));
    CHECK(jobs.front().delegate == DelegateId("alice"));
    CHECK(jobs.front().state == "queued");
    CHECK(store.view().delegates.find(DelegateId("alice"))->checked_in);
}

TEST_CASE("a fact too long to be read again is refused before it is written", "[rule6]")
{
    const EventKeys keys = EventKeys::fresh();
    Device kiosk("K1", keys);
    const auto refused = kiosk.store->commit(just({fact::AttemptRefused{{}, std::string(20000, 'x')}}));
    CHECK_FALSE(refused);
    CHECK_FALSE(kiosk.store->commit(just({fact::LaptopAdded{LaptopTag(""), DeviceId("K1")}})));
    must(kiosk.store->commit(just({fact::AttemptRefused{{}, "forged"}})));
    CHECK(kiosk.open().waiting() == 1);
}

TEST_CASE("text that is not UTF-8 is the same in memory as on disk")
{
    Authority site;
    must(site.store->commit(just({laptop("LT-\xff")})));
    const auto before = entities(site.store->view());
    CHECK(entities(site.open().view()) == before);
}

TEST_CASE("no file of the folder holds a name", "[rule11]")
{
    Authority site;
    Draft draft = registration("alice", "Quetzalcoatl");
    draft.records.front().contact_point = "Popocatepetl";
    must(site.store->commit(draft));
    must(site.store->commit(check_in_draft(site.store->view(), "alice", "BA")));
    std::size_t files = 0;
    bool journal_seen = false;
    for (const auto& entry : std::filesystem::directory_iterator(site.folder.path())) {
        INFO(entry.path().filename().string());
        CHECK_FALSE(holds(entry.path(), "Quetzalcoatl"));
        CHECK_FALSE(holds(entry.path(), "Popocatepetl"));
        journal_seen = journal_seen || holds(entry.path(), "delegate.registered");
        ++files;
    }
    CHECK(files >= 5);   // database, its journal, keys, their journal, event.key, lock
    CHECK(journal_seen); // the search can find what is there
    CHECK((std::filesystem::status(site.folder.path()).permissions() & std::filesystem::perms::mask) ==
          std::filesystem::perms::owner_all);
    const auto key_file = std::filesystem::status(site.folder.path() / "event.key").permissions();
    CHECK((key_file & std::filesystem::perms::mask) == std::filesystem::perms(0600));
}

TEST_CASE("a record opens under its own delegate only")
{
    Authority site;
    must(site.store->commit(registration("alice", "Alice")));
    must(site.store->commit(registration("bob", "Bob")));
    site.tamper("UPDATE record SET sealed = (SELECT sealed FROM record WHERE delegate = 'bob'), "
                "key = (SELECT key FROM record WHERE delegate = 'bob') WHERE delegate = 'alice'");
    const auto swapped = site.open().person(DelegateId("alice"));
    CHECK((!swapped || !*swapped));
}

TEST_CASE("a folder that another process holds is refused in words")
{
    Authority site;
    std::array<int, 2> report{};
    REQUIRE(::pipe(report.data()) == 0);
    const pid_t other = ::fork();
    if (other == 0) {
        ManualClock clock;
        SeededRandom random(2);
        const auto store = Store::open({site.folder.path()}, clock, random);
        const std::string said = store ? "opened" : store.error().text();
        const auto written = ::write(report[1], said.data(), said.size());
        ::_exit(written < 0 ? 1 : 0);
    }
    ::close(report[1]);
    std::array<char, 1024> said{};
    const auto got = ::read(report[0], said.data(), said.size());
    ::close(report[0]);
    ::waitpid(other, nullptr, 0);
    REQUIRE(got > 0);
    CHECK_THAT(std::string(said.data(), static_cast<std::size_t>(got)),
               Catch::Contains("another process holds it") && Catch::Contains("lock"));
}

TEST_CASE("a file of a newer program is refused in words and stays as it is")
{
    Authority site;
    must(site.store->commit(just({laptop("LT-1")})));
    site.tamper(fmt::format("PRAGMA user_version = {}", schema_version + 1));
    const auto refused = Store::open({site.folder.path()}, site.clock, site.random);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().text(), Catch::Contains("newer program"));
    site.tamper(fmt::format("PRAGMA user_version = {}", schema_version));
    CHECK(rows(site.open()) == 1);
}

TEST_CASE("missing and damaged event keys are said in words")
{
    Authority site;
    site.store.reset();
    const auto file = site.folder.path() / "event.key";
    SECTION("missing") { std::filesystem::remove(file); }
    SECTION("cut") { std::filesystem::resize_file(file, 40); }
    SECTION("emptied") { must(write_file(file, as_bytes("{}"))); }
    const auto refused = Store::open({site.folder.path()}, site.clock, site.random);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind != ErrorKind::refused);
    CHECK_THAT(refused.error().text(), Catch::Contains("event.key"));
}

TEST_CASE("the journal shows its last rows, oldest first")
{
    Authority site;
    for (const auto* tag : {"LT-1", "LT-2", "LT-3"})
        must(site.store->commit(just({laptop(tag)})));
    const auto last = must(site.store->journal(2));
    REQUIRE(last.size() == 2);
    CHECK(last[0].seq == 2);
    CHECK_THAT(last[1].bytes, Catch::Contains("LT-3"));
    CHECK(last[1].verdict == "accepted");
}

TEST_CASE("print jobs and unlock intents come back after a restart as they were left", "[rule5]")
{
    Authority site;
    UnlockIntentRow intent;
    intent.id = UnlockId("u1");
    intent.locker = door(14);
    intent.badge = BadgeId("BA");
    intent.not_after = {99};
    intent.fires_before = 7;
    must(site.store->unlock_intents().insert(intent));
    PrintJobRow job;
    job.key = PrintKey("BA.1.1");
    must(site.store->print_jobs().insert(job));
    CHECK_FALSE(site.store->unlock_intents().insert(intent)); // one intent fires once
    CHECK_FALSE(site.store->print_jobs().insert(job));        // one sheet per key
    Store& store = site.open();
    const auto open = must(store.unlock_intents().unfinished());
    REQUIRE(open.size() == 1);
    CHECK(open.front().locker == door(14));
    CHECK(open.front().fires_before == 7);
    must(store.unlock_intents().record(UnlockId("u1"), "done", "opened"));
    job.state = "done";
    must(store.print_jobs().update(job));
    Store& again = site.open();
    CHECK(must(again.unlock_intents().unfinished()).empty());
    CHECK(must(again.unlock_intents().find(UnlockId("u1")))->outcome == "opened");
    CHECK(must(again.print_jobs().open_jobs()).empty());
    CHECK(must(again.print_jobs().find(PrintKey("BA.1.1")))->state == "done");
}

TEST_CASE("sheets wait in the order they were wished for, whatever their badges are called", "[rule1]")
{
    Authority site;
    const std::vector<std::string> people{"alice", "bob", "carol"};
    const std::vector<std::string> badges{"BC", "BA", "BB"};
    for (std::size_t i = 0; i < people.size(); ++i) {
        must(site.store->commit(registration(people[i])));
        must(site.store->commit(check_in_draft(site.store->view(), people[i], badges[i])));
    }
    const auto open = must(site.open().print_jobs().open_jobs());
    const auto all = must(site.store->print_jobs().all(2));
    REQUIRE(open.size() == 3);
    REQUIRE(all.size() == 2);
    for (std::size_t i = 0; i < people.size(); ++i)
        CHECK(open[i].badge == BadgeId(badges[i]));
    CHECK(all.front().badge == BadgeId("BB"));
    CHECK(all.back().badge == BadgeId("BA"));
}

TEST_CASE("a backup taken while in use opens as the same store")
{
    Authority site;
    must(site.store->commit(registration("alice")));
    TemporaryFolder other;
    must(site.store->backup_to(other.path() / "montbrillant.db"));
    for (const auto* file : {"event.key", "keys.db", "keys.db-wal"})
        std::filesystem::copy(site.folder.path() / file, other.path() / file);
    Store copy = must(Store::open({other.path()}, site.clock, site.random));
    CHECK(entities(copy.view()) == entities(site.store->view()));
    CHECK(name_of_person(copy, "alice") == "Zoé Müller-Ødegård");
}
