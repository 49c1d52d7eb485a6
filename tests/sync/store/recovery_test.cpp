// SPDX-License-Identifier: Apache-2.0
// A damaged file is found at the start: set aside, never deleted; own facts are saved from its pages; the
// rest comes back from the registry; whoever has no registry is told and asked.
#include "sync/store/recovery.hpp"
#include "tests/sync/store/store_support.hpp"

#include <fmt/format.h>
#include <fstream>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

std::string bytes_of(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void put(const std::filesystem::path& file, const std::string& bytes)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

std::vector<std::string> names_with(const std::filesystem::path& folder, const std::string& part)
{
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().filename().string().find(part) != std::string::npos)
            names.push_back(entry.path().filename().string());
    }
    return names;
}

/// The folder as a crash leaves it, WAL and all, while its store is open.
void copy_crashed(Site& from, const std::filesystem::path& to)
{
    for (const auto& entry : std::filesystem::directory_iterator(from.folder.path())) {
        if (entry.path().extension() != ".db-shm" && entry.path().filename() != "lock")
            std::filesystem::copy_file(entry.path(), to / entry.path().filename(),
                                       std::filesystem::copy_options::overwrite_existing);
    }
}

/// A kiosk that has pulled alice and bob, with facts of its own on their way; sealed records among them.
struct Hall {
    Authority registry;
    Device kiosk{"K1", registry.keys};
    std::map<EntityKey, std::string> before;
    std::size_t own = 0;

    explicit Hall(int laptops = 0)
    {
        must(registry.store->commit(registration("alice", "Alice")));
        must(registry.store->commit(registration("bob", "Bob")));
        pull(kiosk, registry);
        must(kiosk.store->commit(check_in_draft(kiosk.store->view(), "alice", "BA")));
        Draft eve = registration("eve", "Eve");
        std::get<fact::DelegateRegistered>(eve.facts.front()).provisional = true;
        must(kiosk.store->commit(eve));
        for (int i = 0; i < laptops; ++i)
            must(kiosk.store->commit(just({laptop(fmt::format("LT-{}", i))})));
        before = entities(kiosk.store->view());
        own = kiosk.store->waiting();
    }
    [[nodiscard]] std::filesystem::path file() const { return kiosk.database(); }
    /// What a sync round does.
    void sync()
    {
        pull(kiosk, registry);
        must(kiosk.store->reached_log_end());
        CHECK_FALSE(push(kiosk, registry).fork);
        pull(kiosk, registry);
    }
};

/// Names of what only one of the two shows, or shows differently.
std::string difference(const std::map<EntityKey, std::string>& one,
                       const std::map<EntityKey, std::string>& other)
{
    std::string names;
    for (const auto* side : {&one, &other}) {
        const auto& against = side == &one ? other : one;
        for (const auto& [key, value] : *side) {
            const auto found = against.find(key);
            if (found == against.end() || found->second != value)
                names += fmt::format("{} {}; ", name_of(key.kind), key.key);
        }
    }
    return names;
}

std::string name_at(Site& site, const std::string& id)
{
    const auto found = must(site.store->person(DelegateId(id)));
    return found ? found->badge_name : "";
}

} // namespace

TEST_CASE("a device whose database is damaged saves its own facts and gets the rest from the registry",
          "[rule6]")
{
    Hall hall;
    hall.kiosk.store.reset();
    std::string bytes = bytes_of(hall.file());
    bool facts_intact = true;
    SECTION("its first page is rubbish") { std::fill_n(bytes.begin(), 4096, '\x5a'); }
    SECTION("its header is gone") { std::fill_n(bytes.begin(), 100, '\0'); }
    SECTION("it is empty")
    {
        bytes.clear();
        facts_intact = false;
    }
    SECTION("a text stands in its place")
    {
        bytes = "Somebody's shopping list\n";
        facts_intact = false;
    }
    put(hall.file(), bytes);
    Store& store = hall.kiosk.open();
    CHECK(store.identity()->device == hall.kiosk.id);
    CHECK(store.must_pull_first());
    CHECK(store.waiting() == (facts_intact ? hall.own : 0));
    const auto aside = names_with(hall.kiosk.folder.path(), "montbrillant.db.damaged-");
    REQUIRE(aside.size() == 1);
    CHECK(bytes_of(hall.kiosk.folder.path() / aside.front()) == bytes);
    const auto refused = store.commit(just({laptop("LT-9")}));
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().text(), Catch::Contains("registry"));
    hall.sync();
    CHECK_FALSE(store.must_pull_first());
    CHECK(name_at(hall.kiosk, "bob") == "Bob");
    if (facts_intact) {
        CHECK(entities(store.view()) == hall.before);
        CHECK(name_at(hall.kiosk, "eve") == "Eve");
        CHECK(name_at(hall.registry, "eve") == "Eve");
        CHECK(must(store.print_jobs().find(print_key(BadgeId("BA"), 1, 1)))->state == "queued");
    }
    must(store.commit(just({laptop("LT-9")})));
    CHECK_FALSE(must(store.verify_journal()));
    CHECK(entities(hall.kiosk.open().view()) == entities(store.view()));
}

TEST_CASE("facts that were only in the write-ahead log are saved from it", "[rule6]")
{
    Hall hall(40);
    TemporaryFolder crashed;
    copy_crashed(hall.kiosk, crashed.path());
    const auto file = crashed.path() / "montbrillant.db";
    const auto wal = crashed.path() / "montbrillant.db-wal";
    REQUIRE(std::filesystem::file_size(wal) > 4096);
    std::string bytes = bytes_of(wal);
    bool all = true;
    SECTION("the database is destroyed beside it") {}
    SECTION("and the log's own header too") { std::fill_n(bytes.begin(), 32, '\x11'); }
    SECTION("and the log is cut")
    {
        bytes.resize(bytes.size() / 2);
        all = false;
    }
    put(wal, bytes);
    put(file, std::string(8192, '\x42'));
    Store store = must(Store::open({crashed.path()}, hall.kiosk.clock, hall.kiosk.random));
    CHECK(store.waiting() > 0);
    if (all)
        CHECK(store.waiting() == hall.own);
    CHECK(names_with(crashed.path(), ".damaged-").size() == 2);
}

TEST_CASE("facts behind a destroyed page join the chain after a pull, and the registry sees no fork",
          "[rule6]")
{
    Hall hall(80);
    const bool pushed_before = GENERATE(false, true);
    if (pushed_before)
        push(hall.kiosk, hall.registry);
    hall.kiosk.store.reset();
    std::string bytes = bytes_of(hall.file());
    // The leaf that holds the fact of LT-40, and those beside it.
    const auto at = bytes.find("\"LT-40\"");
    REQUIRE(at != std::string::npos);
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at / 4096 * 4096), 4096, '\x77');
    put(hall.file(), bytes);
    Store& store = hall.kiosk.open();
    REQUIRE(store.must_pull_first());
    CHECK(store.waiting() > 3);
    CHECK(store.waiting() < hall.own);
    hall.sync();
    CHECK_FALSE(must(store.verify_journal()));
    CHECK_FALSE(must(hall.registry.store->verify_journal()));
    CHECK(entities(store.view()) == entities(hall.registry.store->view()));
    if (pushed_before)
        CHECK(entities(store.view()) == hall.before);
    else
        CHECK(store.view().laptops.find(LaptopTag("LT-79")) != nullptr); // its page was whole
    CHECK(must(store.print_jobs().find(print_key(BadgeId("BA"), 1, 1)))->delegate == DelegateId("alice"));
    must(store.commit(just({laptop("LT-new")})));
    CHECK_FALSE(push(hall.kiosk, hall.registry).fork);
}

TEST_CASE("a sheet whose job was lost asks a person and never prints by itself", "[rule1]")
{
    Hall hall;
    hall.kiosk.store.reset();
    std::string bytes = bytes_of(hall.file());
    // Jobs lie in a table of their own: destroy its pages wherever its key is, but not the facts.
    for (std::size_t page = 1; page < bytes.size() / 4096; ++page) {
        const std::string content = bytes.substr(page * 4096, 4096);
        if (content.find("BA.1.1") != std::string::npos &&
            content.find("badge.print_queued") == std::string::npos)
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(page * 4096), 4096, '\x66');
    }
    put(hall.file(), bytes);
    Store& store = hall.kiosk.open();
    CHECK(must(store.print_jobs().find(print_key(BadgeId("BA"), 1, 1)))->state == "ask");
}

TEST_CASE("whoever orders the log is told what is left of it, and goes on only when a person says so",
          "[rule6]")
{
    Hall hall(30);
    push(hall.kiosk, hall.registry);
    pull(hall.kiosk, hall.registry);
    const auto head = hall.registry.store->log_head();
    const auto log_epoch = must(hall.registry.store->log_epoch());
    hall.registry.store.reset();
    const auto file = hall.registry.database();
    std::string bytes = bytes_of(file);
    const auto at = bytes.find("\"LT-20\"");
    REQUIRE(at != std::string::npos);
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at / 4096 * 4096), 4096, '\x77');
    put(file, bytes);
    const Store::Options options{hall.registry.folder.path()};
    for (int start = 0; start < 2; ++start) { // asking changes nothing
        const auto refused = Store::open(options, hall.registry.clock, hall.registry.random);
        REQUIRE_FALSE(refused);
        CHECK(exit_code(refused.error().kind) == 3);
        CHECK_THAT(refused.error().text(), Catch::Contains("the log holds up to") && Catch::Contains("K1") &&
                                               Catch::Contains("recover --accept"));
        CHECK(bytes_of(file) == bytes);
    }
    const Rescue found = must(rescue(options, false, hall.registry.clock, hall.registry.random));
    CHECK(found.authority);
    CHECK(found.kept > 2);
    CHECK(found.kept < head);
    CHECK(bytes_of(file) == bytes);
    const Rescue kept = must(rescue(options, true, hall.registry.clock, hall.registry.random));
    CHECK(kept.kept == found.kept);
    CHECK(kept.set_aside.size() == 1);
    Store& store = hall.registry.open();
    CHECK(store.log_head() == kept.kept);
    CHECK(must(store.log_epoch()) != log_epoch);
    CHECK_FALSE(must(store.verify_journal()));
    CHECK(name_at(hall.registry, "bob") == "Bob");
    // The kiosk has its own facts still, and sends what the registry lost.
    hall.kiosk.open();
    must(hall.kiosk.store->reset_log());
    CHECK_FALSE(push(hall.kiosk, hall.registry, must(store.chain_of(hall.kiosk.id, 1)).counter).fork);
    pull(hall.kiosk, hall.registry);
    CHECK(entities(hall.kiosk.store->view()) == entities(store.view()));
    CHECK(store.view().laptops.find(LaptopTag("LT-29")) != nullptr);
    CHECK_FALSE(rescue(options, true, hall.registry.clock, hall.registry.random)); // held by us
}

TEST_CASE("a folder that is whole is not recovered")
{
    Authority site;
    must(site.store->commit(registration("alice")));
    site.store.reset();
    const auto refused = rescue({site.folder.path()}, true, site.clock, site.random);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::refused);
    CHECK(names_with(site.folder.path(), ".damaged-").empty());
}

TEST_CASE("nobody is guessed: a folder that no longer says whose it is stays as it is")
{
    Hall hall;
    hall.kiosk.store.reset();
    std::filesystem::remove(hall.kiosk.folder.path() / "identity.json");
    put(hall.file(), std::string(9000, 'x'));
    const auto refused = Store::open({hall.kiosk.folder.path()}, hall.kiosk.clock, hall.kiosk.random);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().text(), Catch::Contains("whose it was"));
    CHECK(bytes_of(hall.file()) == std::string(9000, 'x'));
}

TEST_CASE("a damaged projection is built again from the facts, never guessed")
{
    Authority site;
    must(site.store->commit(registration("alice")));
    must(site.store->commit(just({laptop("LT-1")})));
    const auto before = entities(site.store->view());
    SECTION("a value is another") { site.tamper("UPDATE entity SET value = replace(value, 'FRA', 'FRB')"); }
    SECTION("a value is none") { site.tamper("UPDATE entity SET value = 'null' WHERE kind = 'delegate'"); }
    SECTION("a key is another") { site.tamper("UPDATE entity SET key = 'LT-2' WHERE key = 'LT-1'"); }
    CHECK(entities(site.open().view()) == before);
    CHECK_FALSE(must(site.store->verify_journal()));
}

TEST_CASE("a device without its delegates' keys takes them again", "[rule6]")
{
    Hall hall;
    hall.sync();
    hall.kiosk.store.reset();
    const auto keys = hall.kiosk.folder.path() / "keys.db";
    SECTION("the file is gone") { std::filesystem::remove(keys); }
    SECTION("the file is damaged") { put(keys, std::string(8192, '\x42')); }
    SECTION("the file is empty") { put(keys, ""); }
    hall.kiosk.open();
    hall.sync();
    CHECK(name_at(hall.kiosk, "alice") == "Alice");
    CHECK(name_at(hall.kiosk, "eve") == "Eve");
    CHECK(entities(hall.kiosk.store->view()) == entities(hall.registry.store->view()));
}

TEST_CASE("of an authority's damaged keys those are kept whose pages are whole")
{
    Authority site;
    for (int i = 0; i < 60; ++i)
        must(site.store->commit(registration(fmt::format("p{:02}", i), fmt::format("Name {}", i))));
    site.store.reset();
    const auto keys = site.folder.path() / "keys.db";
    std::string bytes = bytes_of(keys);
    REQUIRE(bytes.size() > 3 * 4096);
    std::fill_n(bytes.end() - 4096, 4096, '\x42');
    put(keys, bytes);
    CHECK_FALSE(Store::open({site.folder.path()}, site.clock, site.random));
    const Rescue kept = must(rescue({site.folder.path()}, true, site.clock, site.random));
    CHECK(kept.people > 10);
    CHECK(kept.people < 60);
    CHECK(kept.kept == 60);
    std::size_t readable = 0;
    must(site.open().each_person([&](const Person&) { ++readable; }));
    CHECK(readable == kept.people);
    CHECK(names_with(site.folder.path(), "keys.db.damaged-").size() == 1);
}

TEST_CASE("random damage never crashes the start, and never shows what the facts do not say", "[rule6]")
{
    Hall hall(25);
    hall.sync();
    must(hall.kiosk.store->commit(just({laptop("LT-last")})));
    const auto before = entities(hall.kiosk.store->view());
    TemporaryFolder pristine;
    const bool crashed = GENERATE(false, true);
    if (!crashed)
        hall.kiosk.store.reset();
    copy_crashed(hall.kiosk, pristine.path());
    hall.kiosk.store.reset();
    SeededRandom chance(crashed ? 41 : 42);
    int rebuilt = 0;
    for (int round = 0; round < 40; ++round) {
        INFO("round " << round << (crashed ? ", crashed" : ", closed"));
        Device kiosk("K1", hall.registry.keys);
        kiosk.store.reset();
        for (const auto& entry : std::filesystem::directory_iterator(kiosk.folder.path()))
            std::filesystem::remove(entry.path());
        std::filesystem::copy(pristine.path(), kiosk.folder.path(),
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::overwrite_existing);
        const std::filesystem::path wal = kiosk.database().string() + "-wal";
        const auto victim = crashed && chance.below(2) == 0 ? wal : kiosk.database();
        std::string bytes = bytes_of(victim);
        const auto page = chance.below(bytes.size() / 4096) * 4096;
        switch (chance.below(5)) {
        case 0: bytes.resize(chance.below(bytes.size())); break;
        case 1: std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(page), 4096, '\0'); break;
        case 2:
            for (std::size_t i = 0; i < 4096; ++i)
                bytes[page + i] = static_cast<char>(chance.below(256));
            break;
        default:
            for (std::uint64_t flips = 1 + chance.below(20); flips > 0; --flips)
                bytes[chance.below(bytes.size())] ^= static_cast<char>(1U << chance.below(8));
        }
        put(victim, bytes);
        auto opened = Store::open({kiosk.folder.path()}, kiosk.clock, kiosk.random);
        if (!opened) {
            CHECK(opened.error().kind == ErrorKind::storage);
            CHECK_FALSE(opened.error().what.empty());
            continue;
        }
        kiosk.store.emplace(std::move(*opened));
        if (!kiosk.store->must_pull_first()) {
            // A cut or garbled log may end earlier, as after a power cut; it is a state that was.
            if (victim != wal)
                CHECK(difference(entities(kiosk.store->view()), before) == "");
            continue;
        }
        ++rebuilt;
        pull(kiosk, hall.registry);
        must(kiosk.store->reached_log_end());
        CHECK_FALSE(must(kiosk.store->verify_journal()));
        auto shown = entities(kiosk.store->view());
        shown.erase({EntityKind::laptop, "LT-last"}); // never sent: saved if its page was whole
        auto wanted = before;
        wanted.erase({EntityKind::laptop, "LT-last"});
        CHECK(difference(shown, wanted) == "");
    }
    CHECK(rebuilt > 10);
}
