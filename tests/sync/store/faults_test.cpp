// SPDX-License-Identifier: Apache-2.0
// The disk fails, call by call, under every kind of commit: the store refuses in words, keeps what it
// acknowledged, shows nothing by half, and works again when the fault ends.
#include "tests/sync/store/morning.hpp"
#include "tests/sync/store/store_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// A kiosk and a registry with people inside and outside, badges, jobs and laptops.
struct Busy : Morning {
    std::uint64_t acknowledged = 0;

    explicit Busy(std::uint64_t seed) : Morning(seed, true)
    {
        for (Home* home : homes())
            must(home->start());
        for (int round = 0; round < 3; ++round)
            work();
    }
    /// Each kind of step once, without a fault.
    void work()
    {
        for (std::size_t kind = 0; kind < kinds; ++kind)
            must(step_of(kind, acknowledged));
    }
    void everything_is_whole()
    {
        for (Home* home : homes()) {
            const auto before = entities(home->store().view());
            home->stop();
            must(home->start());
            home->check();
            CHECK(entities(home->store().view()) == before);
        }
    }
};

/// Both disks: a step may write on either.
void fail_both(Busy& busy, std::uint64_t call, bool lasting)
{
    for (Home* home : busy.homes())
        home->disk.fail_in(call, lasting);
}

bool failed(Busy& busy) { return busy.kiosk().disk.failed() || busy.registry().disk.failed(); }

void mend_both(Busy& busy)
{
    for (Home* home : busy.homes())
        home->disk.mend();
}

} // namespace

TEST_CASE("whichever call to the disk fails, every step is done or refused in words, and works afterwards",
          "[rule1][rule6]")
{
    const bool lasting = GENERATE(false, true);
    std::size_t failures = 0;
    Busy busy(lasting ? 11 : 12);
    for (std::size_t kind = 0; kind < Busy::kinds; ++kind) {
        for (std::uint64_t call = 1;; ++call) {
            INFO("step " << kind << ", call " << call);
            fail_both(busy, call, lasting);
            const auto done = busy.step_of(kind, busy.acknowledged);
            if (!failed(busy))
                break;
            ++failures;
            if (!done) {
                CHECK(done.error().kind == ErrorKind::storage);
                CHECK_FALSE(done.error().what.empty());
            }
            mend_both(busy);
            must(busy.step_of(kind, busy.acknowledged));
            if (call % 25 == 0)
                busy.everything_is_whole();
        }
        mend_both(busy);
        busy.work();
        busy.everything_is_whole();
    }
    CHECK(failures >= 2 * Busy::kinds); // each step writes and syncs
}

TEST_CASE("whichever call to the disk fails at the start, the next start is whole", "[rule6]")
{
    Busy busy(21);
    Home& kiosk = busy.kiosk();
    std::uint64_t call = 1;
    for (;; ++call) {
        INFO("call " << call);
        kiosk.stop();
        kiosk.disk.fail_in(call);
        const auto started = kiosk.start();
        const bool hit = kiosk.disk.failed().has_value();
        kiosk.disk.mend();
        if (!started) {
            CHECK(started.error().kind == ErrorKind::storage);
            kiosk.stop();
            must(kiosk.start());
        }
        kiosk.check();
        if (!hit)
            break;
    }
    CHECK(call > 20);
}

TEST_CASE("a store that could not read itself again refuses everything, until the disk is well", "[rule6]")
{
    Busy busy(25);
    Home& kiosk = busy.kiosk();
    bool refused_once = false;
    for (std::uint64_t call = 1;; ++call) {
        INFO("call " << call);
        kiosk.disk.fail_in(call, true);
        kiosk.begins();
        const auto forgot = kiosk.store().reset_log();
        const bool hit = kiosk.disk.failed().has_value();
        if (!kiosk.store().identity()) {
            refused_once = true;
            CHECK_FALSE(kiosk.store().commit(just({laptop("LT-x")})));
            CHECK_FALSE(kiosk.store().own_facts_after(0, 1));
        }
        kiosk.disk.mend();
        must(kiosk.store().own_facts_after(0, 1));
        kiosk.done.log = kiosk.store().log_end();
        while (kiosk.store().cursor().seq < busy.registry().store().log_head())
            must(busy.step_of(Busy::pull_kind, busy.acknowledged));
        busy.everything_is_whole();
        if (!hit)
            break;
    }
    CHECK(refused_once);
}

TEST_CASE("a full disk refuses in words, keeps everything, and takes more when there is room",
          "[rule1][rule6]")
{
    Busy busy(31);
    SeededRandom chance(31);
    for (int round = 0; round < 12; ++round) {
        Home& kiosk = busy.kiosk();
        kiosk.disk.set_room(kiosk.disk.bytes_used() + chance.below(60000));
        Result<> step;
        for (int tries = 0; tries < 400 && step; ++tries)
            step = busy.step_of(chance.below(Busy::kinds), busy.acknowledged);
        REQUIRE_FALSE(step);
        CHECK(step.error().kind == ErrorKind::storage);
        CHECK_THAT(step.error().text(), Catch::Contains("free some space"));
        busy.everything_is_whole();
        mend_both(busy);
        busy.work();
        busy.everything_is_whole();
    }
}
