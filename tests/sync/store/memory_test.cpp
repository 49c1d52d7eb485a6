// SPDX-License-Identifier: Apache-2.0
// SQLite runs out of memory at every allocation, under every kind of commit: what was refused left nothing,
// and the next try succeeds.
#include "tests/sync/store/morning.hpp"
#include "tests/sync/store/store_support.hpp"

#include <sqlite3.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

sqlite3_mem_methods real;
std::uint64_t allocations = 0;
std::uint64_t fail_at = 0; ///< 0: none

bool fails() { return ++allocations == fail_at; }
void* allocate(int size) { return fails() ? nullptr : real.xMalloc(size); }
void* reallocate(void* old, int size) { return fails() ? nullptr : real.xRealloc(old, size); }

/// Before anything in this program has used SQLite.
const bool installed = [] {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK)
        return false;
    static sqlite3_mem_methods ours = real;
    ours.xMalloc = allocate;
    ours.xRealloc = reallocate;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK;
}();

void fail_in(std::uint64_t count)
{
    allocations = 0;
    fail_at = count;
}

/// Whether the allocation that should fail was reached.
bool reached() { return allocations >= fail_at; }

void must_say_so(const Result<>& done)
{
    if (!done) {
        CHECK(done.error().kind == ErrorKind::storage);
        CHECK_FALSE(done.error().what.empty());
    }
}

void everything_is_whole(Morning& morning)
{
    for (Home* home : morning.homes()) {
        const auto before = entities(home->store().view());
        home->stop();
        must(home->start());
        home->check();
        CHECK(entities(home->store().view()) == before);
    }
}

} // namespace

TEST_CASE("whichever allocation fails in a commit, it is done or refused in words, and works afterwards",
          "[rule1][rule6]")
{
    REQUIRE(installed);
    Morning morning(51);
    std::uint64_t acknowledged = 0;
    for (Home* home : morning.homes())
        must(home->start());
    for (int round = 0; round < 3; ++round) {
        for (std::size_t kind = 0; kind < Morning::kinds; ++kind)
            must(morning.step_of(kind, acknowledged));
    }
    std::size_t failures = 0;
    for (std::size_t kind = 0; kind < Morning::kinds; ++kind) {
        for (std::uint64_t count = 1;; ++count) {
            INFO("step " << kind << ", allocation " << count);
            fail_in(count);
            const auto done = morning.step_of(kind, acknowledged);
            const bool hit = reached();
            fail_in(0);
            if (!hit)
                break;
            ++failures;
            must_say_so(done);
            must(morning.step_of(kind, acknowledged));
        }
        everything_is_whole(morning);
    }
    CHECK(failures > 100);
}

TEST_CASE("whichever allocation fails at the start, the next start is whole", "[rule6]")
{
    REQUIRE(installed);
    Morning morning(52);
    Home& kiosk = morning.kiosk();
    must(kiosk.start());
    std::uint64_t acknowledged = 0;
    must(morning.registry().start());
    for (std::size_t kind = 0; kind < Morning::kinds; ++kind)
        must(morning.step_of(kind, acknowledged));
    // The first ones each, then fewer: opening allocates thousands of times for a few reasons.
    for (std::uint64_t count = 1;; count += count < 100 ? 1 : 1 + count / 40) {
        INFO("allocation " << count);
        kiosk.stop();
        fail_in(count);
        const auto started = kiosk.start();
        const bool hit = reached();
        fail_in(0);
        must_say_so(started);
        if (!started)
            must(kiosk.start());
        kiosk.check();
        if (!hit)
            break;
    }
}
