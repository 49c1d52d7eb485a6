// SPDX-License-Identifier: Apache-2.0
// The plug is pulled from a process that commits check-ins (rules 1 and 6): whatever it acknowledged is
// there and whole, and nothing is there by half. SIGKILL keeps the page cache, so this proves the order of
// writing and the recovery at start-up, not the disk's own promise.
#include "tests/sync/store/store_support.hpp"

#include "sync/base/child_process.hpp"
#include "tests/sync/store/kill_loop.hpp"

#include <fstream>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr Millis patience{20000};

/// Opens the folder as the next start would: every check-in up to `acknowledged` is whole, and one more at
/// most (committed, not yet said).
std::uint64_t everything_is_whole(Site& site, std::uint64_t acknowledged)
{
    Store& store = site.open();
    REQUIRE_FALSE(must(store.verify_journal()));
    REQUIRE(store.own_counter() % 4 == 0);
    const std::uint64_t found = store.own_counter() / 4;
    REQUIRE(found >= acknowledged);
    REQUIRE(found <= acknowledged + 1);
    REQUIRE(must(store.print_jobs().all(1000000)).size() == found);
    for (std::uint64_t i = 1; i <= found; ++i) {
        const std::string number = std::to_string(i);
        const Delegate* delegate = store.view().delegates.find(DelegateId("p" + number));
        REQUIRE(delegate != nullptr);
        REQUIRE(delegate->checked_in);
        REQUIRE(delegate->badge == BadgeId("B" + number));
        REQUIRE(must(store.print_jobs().find(print_key(delegate->badge, 1, 1))));
        REQUIRE(must(store.person(DelegateId("p" + number)))->badge_name == "Somebody " + number);
    }
    site.store.reset();
    return found;
}

/// Reads acknowledgements until `enough`, then kills; returns the last that was said.
std::uint64_t run_and_kill(const Site& site, std::uint64_t enough, std::uint64_t said)
{
    auto child = must(ChildProcess::start({DURABILITY_CHILD, site.folder.path().string()}));
    std::string line;
    for (std::uint64_t read = 0; read < enough; ++read) {
        if (child.read_line(line, patience) != ChildProcess::Read::line)
            break;
        said = std::stoull(line);
    }
    child.kill();
    // What it had said before it died counts too.
    while (child.read_line(line, patience) == ChildProcess::Read::line)
        said = std::stoull(line);
    return said;
}

} // namespace

TEST_CASE("whatever was acknowledged before the plug was pulled is there and whole", "[rule1][rule6]")
{
    SeededRandom random(7);
    const bool authority = GENERATE(true, false);
    Site site;
    must(site.open().initialise({DeviceId("K1"), EventId("e"), authority, 1, "", ""}, EventKeys::fresh()));
    site.store.reset();
    std::uint64_t said = 0;
    for (int round = 0; round < 8; ++round)
        said = everything_is_whole(site, run_and_kill(site, 1 + random.below(12), said));
    CHECK(said >= 8);
}

TEST_CASE("a crash just before and just after the commit leaves all of the check-in or none",
          "[rule1][rule6]")
{
    Site site;
    must(site.open().initialise({DeviceId("K1"), EventId("e"), true, 1, "", ""}, EventKeys::fresh()));
    site.store.reset();
    const auto crash_at = [&](const char* point) {
        REQUIRE(::setenv("MONTBRILLANT_CRASH_AT", point, 1) == 0);
        const auto said = run_and_kill(site, 100, 0);
        ::unsetenv("MONTBRILLANT_CRASH_AT");
        return said;
    };
    CHECK(crash_at("store.before_commit") == 0);
    CHECK(everything_is_whole(site, 0) == 0); // nothing was committed
    CHECK(crash_at("store.committed") == 0);
    CHECK(everything_is_whole(site, 0) == 1); // committed, never said
    CHECK(crash_at("store.committed") == 0);
    CHECK(everything_is_whole(site, 1) == 2);
}

TEST_CASE("a kiosk and its registry killed at random moments of any commit keep what they acknowledged",
          "[rule1][rule6]")
{
    SystemClock clock;
    const auto counts = kill_loop(KILL_CHILD, 25, 3, clock);
    INFO(counts.first);
    CHECK(counts.violations == 0);
    CHECK(counts.kills == 25);
    CHECK(counts.acknowledged > 200);
}

TEST_CASE("a rebuild that is cut short at any point is done again or finished", "[rule6]")
{
    const auto* point = GENERATE("recovery.rebuilt", "recovery.set_aside", "recovery.replaced");
    Site site;
    must(site.open().initialise({DeviceId("K1"), EventId("e"), false, 1, "", ""}, EventKeys::fresh()));
    must(site.store->commit(just({laptop("LT-1"), laptop("LT-2")})));
    site.store.reset();
    {
        std::ofstream header(site.database(), std::ios::binary | std::ios::in);
        header << std::string(100, 'x');
    }
    REQUIRE(::setenv("MONTBRILLANT_CRASH_AT", point, 1) == 0);
    static_cast<void>(run_and_kill(site, 1, 0));
    ::unsetenv("MONTBRILLANT_CRASH_AT");
    Store& store = site.open();
    CHECK(store.must_pull_first());
    CHECK(store.waiting() == 2);
    std::size_t aside = 0;
    for (const auto& entry : std::filesystem::directory_iterator(site.folder.path())) {
        const auto name = entry.path().filename().string();
        aside += name.find(".damaged-") != std::string::npos ? 1U : 0U;
        CHECK(name.find(".rebuilt") == std::string::npos);
    }
    CHECK(aside == 1);
}
