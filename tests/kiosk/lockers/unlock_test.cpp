// SPDX-License-Identifier: Apache-2.0
#include "kiosk/lockers/bank_worker.hpp"
#include "tests/kiosk/lockers/fakes.hpp"

using namespace montbrillant;
using namespace montbrillant::testing;
using Catch::Matchers::Contains;

namespace {

const std::vector<UnlockState> acked_and_done = {UnlockState::acked, UnlockState::finished};

Result<> revoked() { return fail(ErrorKind::refused, "this badge was replaced"); }

} // namespace

TEST_CASE("a tap opens its door with one pulse, and the intent is on disk before it")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.before_fire = [&] {
        REQUIRE(rig.journal.rows.contains("u1"));
        CHECK(rig.journal.rows.at("u1").intent.fires_before == 0);
        CHECK(rig.journal.rows.at("u1").states.empty());
    };
    rig.tap("u1", 3);
    CHECK(rig.told<UnlockFired>().size() == 1);
    CHECK(rig.told<UnlockResult>().empty()); // an acknowledgement is not an open door
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "opened");
    CHECK(rig.result("u1").after < Millis{100}); // when it opened, not when three reads agreed
    CHECK(rig.bank.doors[3].pulses == 1);
    CHECK(rig.bank.pulses() == 1);
    CHECK(rig.states("u1") == acked_and_done);
    CHECK(rig.journal.rows.at("u1").outcome == UnlockOutcome::opened);
}

TEST_CASE("an unlock whose answer is lost is proven by the counter and not repeated")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.script = {Wire::reply_lost};
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "opened");
    CHECK(rig.bank.doors[2].pulses == 1);
    CHECK(rig.states("u1") == std::vector{UnlockState::unknown, UnlockState::fired, UnlockState::finished});
}

TEST_CASE("an unlock that never reached the board is repeated once, proven by the counter")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.script = {Wire::request_lost};
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "opened");
    CHECK(rig.bank.fired_ids == std::vector<std::string>{"u1", "u1"});
    CHECK(rig.bank.doors[2].pulses == 1);
}

TEST_CASE("a repetition that loses its answer too is proven by the counter")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.script = {Wire::request_lost, Wire::reply_lost};
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "opened");
    CHECK(rig.bank.doors[2].pulses == 1);
}

TEST_CASE("after one repetition there is no third try")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.script = {Wire::request_lost, Wire::request_lost, Wire::good};
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "offline");
    CHECK_THAT(rig.result("u1").why, Contains("nothing fired"));
    CHECK(rig.bank.fired_ids.size() == 2);
    CHECK(rig.bank.pulses() == 0);
    CHECK(rig.told<UnlockFired>().empty());
}

TEST_CASE("a board without a counter is never told twice")
{
    Rig rig(false);
    rig.run(a_moment);
    SECTION("the request was lost")
    {
        rig.bank.script = {Wire::request_lost};
        rig.tap("u1", 2);
        CHECK(rig.outcome("u1") == "unknown");
        CHECK(rig.bank.pulses() == 0);
    }
    SECTION("the answer was lost, and the door itself proves the pulse")
    {
        rig.bank.script = {Wire::reply_lost};
        rig.tap("u1", 2);
        rig.run(a_moment);
        CHECK(rig.outcome("u1") == "opened");
    }
    SECTION("the answer was lost, and the door is jammed")
    {
        rig.bank.doors[2].jammed = true;
        rig.bank.script = {Wire::reply_lost};
        rig.tap("u1", 2);
        CHECK(rig.outcome("u1") == "unknown");
    }
    rig.run(a_moment);
    CHECK(rig.bank.fired_ids.size() == 1);
    CHECK(rig.told<DoorAlarm>().empty());
}

TEST_CASE("a board that restarted in between is not told again: its counter proves nothing")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.script = {Wire::reply_lost};
    rig.bank.after_fire = [&] {
        rig.bank.boots = 2;
        rig.bank.doors[2].counter = 0;
    };
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "unknown");
    CHECK(rig.bank.fired_ids.size() == 1);
}

TEST_CASE("an unlock whose time is over is not fired")
{
    Rig rig;
    rig.run(a_moment);
    const MonoTime tapped = rig.clock.mono();
    SECTION("it waited in the queue")
    {
        rig.clock.advance(Millis{1501});
        rig.session->ask(Rig::request("u1", 2), tapped);
        CHECK(rig.outcome("u1") == "too_late");
        CHECK(rig.journal.rows.empty());
    }
    SECTION("the permit took too long")
    {
        rig.permit = [&](const UnlockRequest&) {
            rig.clock.advance(Millis{1501});
            return Result<>{};
        };
        rig.session->ask(Rig::request("u1", 2), tapped);
        CHECK(rig.outcome("u1") == "too_late");
        CHECK(rig.journal.rows.at("u1").outcome == UnlockOutcome::too_late);
    }
    SECTION("a slow bank had to be settled first")
    {
        rig.bank.quiet = Millis{1600};
        rig.bank.in_doubt = true;
        rig.session->ask(Rig::request("u1", 2), tapped);
        CHECK(rig.outcome("u1") == "too_late");
    }
    rig.run(a_moment);
    CHECK(rig.bank.fired_ids.empty());
}

TEST_CASE("a repetition is not fired after the unlock's time is over")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.quiet = Millis{1300};
    rig.bank.script = {Wire::request_lost};
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "offline");
    CHECK(rig.bank.fired_ids.size() == 1);
    CHECK(rig.bank.pulses() == 0);
}

TEST_CASE("a badge that is revoked between the tap and the fire opens nothing")
{
    Rig rig;
    rig.run(a_moment);
    rig.permit = [&](const UnlockRequest& request) {
        CHECK(rig.journal.rows.contains(request.id.str())); // asked last, right before the write
        return revoked();
    };
    rig.tap("u1", 2);
    CHECK(rig.outcome("u1") == "refused");
    CHECK_THAT(rig.result("u1").why, Contains("replaced"));
    CHECK(rig.bank.fired_ids.empty());
    CHECK(rig.journal.rows.at("u1").outcome == UnlockOutcome::refused);
}

TEST_CASE("a badge that is revoked before the repetition opens nothing")
{
    Rig rig;
    rig.run(a_moment);
    int asked = 0;
    rig.permit = [&](const UnlockRequest&) { return ++asked == 1 ? Result<>{} : revoked(); };
    rig.bank.script = {Wire::request_lost};
    rig.tap("u1", 2);
    CHECK(rig.outcome("u1") == "refused");
    CHECK(rig.bank.fired_ids.size() == 1);
    CHECK(rig.bank.pulses() == 0);
}

TEST_CASE("an unlock that a crash cut off is unknown after the restart and never fired")
{
    Rig rig;
    rig.run(a_moment);
    int pulses_before_crash = 0;
    SECTION("after the intent, before the coil")
    {
        rig.bank.before_fire = [] { throw PowerCut(); };
    }
    SECTION("after the coil, before the answer")
    {
        pulses_before_crash = 1;
        rig.bank.after_fire = [] { throw PowerCut(); };
    }
    CHECK_THROWS_AS(rig.tap("u1", 2), PowerCut);
    CHECK_FALSE(rig.journal.rows.at("u1").outcome.has_value());

    rig.bank.before_fire = nullptr;
    rig.bank.after_fire = nullptr;
    const auto commands = rig.bank.fired_ids.size();
    rig.restart();
    rig.run(Millis{10000});
    CHECK(rig.outcome("u1") == "unknown");
    CHECK(rig.journal.rows.at("u1").outcome == UnlockOutcome::unknown);
    CHECK(rig.bank.pulses() == pulses_before_crash);
    CHECK(rig.bank.fired_ids.size() == commands);

    rig.events.clear();
    rig.restart();
    rig.run(a_moment);
    CHECK(rig.told<UnlockResult>().empty()); // told once
}

TEST_CASE("intents of other banks are left to their own sessions")
{
    Rig rig;
    UnlockIntent other;
    other.id = UnlockId("u9");
    other.locker = {BankId("A"), 2};
    REQUIRE(rig.journal.intend(other).has_value());
    rig.run(a_moment);
    CHECK_FALSE(rig.journal.rows.at("u9").outcome.has_value());
}

TEST_CASE("nothing fires before the journal has been read")
{
    Rig rig;
    rig.journal.disk_full = true;
    rig.run(a_moment);
    REQUIRE(rig.told<BankOffline>().size() == 1);
    CHECK_THAT(rig.told<BankOffline>().front().why, Contains("journal cannot be read"));
    rig.tap("u1", 2);
    CHECK(rig.outcome("u1") == "offline");
    rig.journal.disk_full = false;
    rig.run(Millis{6000});
    CHECK(rig.told<BankOnline>().size() == 1);
    CHECK(rig.bank.fired_ids.empty());
}

TEST_CASE("one unlock id fires once, whoever repeats the message")
{
    Rig rig;
    rig.run(a_moment);
    rig.tap("u1", 2);
    rig.run(a_moment);
    rig.bank.doors[2].open = false;
    rig.restart();
    rig.run(a_moment);
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.bank.doors[2].pulses == 1);
    CHECK(rig.told<UnlockResult>().back().outcome == UnlockOutcome::refused);
    CHECK(rig.journal.rows.at("u1").outcome == UnlockOutcome::opened); // the first one's, untouched
}

TEST_CASE("an intent that cannot be stored is not fired")
{
    Rig rig;
    rig.run(a_moment);
    rig.journal.disk_full = true;
    rig.tap("u1", 2);
    CHECK(rig.outcome("u1") == "refused");
    CHECK(rig.bank.fired_ids.empty());
}

TEST_CASE("a write without an answer that cannot be noted is not repeated")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.script = {Wire::request_lost};
    rig.bank.after_fire = [&] { rig.journal.disk_full = true; };
    rig.tap("u1", 2);
    CHECK(rig.outcome("u1") == "unknown");
    CHECK(rig.bank.fired_ids.size() == 1);
}

TEST_CASE("a door that stands open is fired all the same and said to be open already")
{
    Rig rig;
    rig.bank.doors[2].open = true;
    rig.run(a_moment);
    rig.tap("u1", 2);
    CHECK(rig.outcome("u1") == "already_open");
    CHECK(rig.bank.doors[2].pulses == 1);
}

TEST_CASE("a door that does not open within eight seconds is jammed")
{
    Rig rig;
    rig.bank.doors[2].jammed = true;
    rig.run(a_moment);
    rig.tap("u1", 2);
    rig.run(Millis{7900});
    CHECK(rig.told<UnlockResult>().empty());
    rig.run(Millis{200});
    CHECK(rig.outcome("u1") == "jammed");
}

TEST_CASE("an acknowledgement that the counter belies is not called a jam")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.after_fire = [&] { // acknowledged by the board, never carried out
        rig.bank.doors[2] = {};
    };
    rig.tap("u1", 2);
    rig.run(Millis{9000});
    CHECK(rig.outcome("u1") == "offline");
    CHECK_THAT(rig.result("u1").why, Contains("counter shows that nothing fired"));
}

TEST_CASE("a door that the bank does not have is refused")
{
    Rig rig;
    rig.run(a_moment);
    rig.tap("u1", 5);
    rig.session->ask({UnlockId("u2"), {BankId("A"), 1}, {}, false}, rig.clock.mono());
    CHECK(rig.outcome("u1") == "refused");
    CHECK(rig.outcome("u2") == "refused");
    CHECK(rig.journal.rows.empty());
}

TEST_CASE("every outcome has its word, and every word its outcome")
{
    for (const char* word : {"opened", "already_open", "jammed", "left_open", "forced", "wrong_door",
                             "refused", "too_late", "offline", "unknown"}) {
        INFO(word);
        REQUIRE(unlock_outcome(word).has_value());
        CHECK(to_text(*unlock_outcome(word)) == word);
    }
    CHECK_FALSE(unlock_outcome("ajar").has_value());
}
