// SPDX-License-Identifier: Apache-2.0
#include "kiosk/lockers/bank_worker.hpp"
#include "tests/kiosk/lockers/fakes.hpp"

using namespace montbrillant;
using namespace montbrillant::testing;
using Catch::Matchers::Contains;

TEST_CASE("a bank says once that it is online and how its doors stand")
{
    Rig rig;
    rig.bank.doors[4].open = true;
    rig.run(a_moment);
    REQUIRE(rig.told<BankOnline>().size() == 1);
    const auto doors = rig.told<BankOnline>().front().doors;
    REQUIRE(doors.size() == 4);
    CHECK(doors[3].open);
    CHECK_FALSE(doors[0].open);
    CHECK(rig.told<DoorChanged>().empty());
}

TEST_CASE("another door that moves instead stops self-service at the bank")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.wired_to[2] = 4;
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "wrong_door");
    CHECK_THAT(rig.result("u1").why, Contains("door 4 opened instead of 2"));
    CHECK(rig.told<BankQuarantined>().size() == 1);
    CHECK(rig.journal.rows.at("u1").outcome == UnlockOutcome::wrong_door);

    rig.tap("u2", 1);
    CHECK(rig.outcome("u2") == "refused");
    CHECK(rig.bank.doors[1].pulses == 0);

    rig.tap("u3", 3, true); // staff open door by door
    rig.run(a_moment);
    CHECK(rig.outcome("u3") == "opened");

    rig.session->lift_quarantine();
    rig.tap("u4", 1);
    rig.run(a_moment);
    CHECK(rig.outcome("u4") == "opened");
}

TEST_CASE("two doors that open at one pulse stop self-service too")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.after_fire = [&] { rig.bank.release(4); };
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "wrong_door");
    CHECK(rig.session->quarantined());
}

TEST_CASE("two doors asked for one after the other are nobody's wrong door")
{
    Rig rig;
    rig.run(a_moment);
    rig.tap("u1", 1);
    rig.tap("u2", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "opened");
    CHECK(rig.outcome("u2") == "opened");
    CHECK_FALSE(rig.session->quarantined());
}

TEST_CASE("a door that opens without a pulse is an alarm")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.doors[3].open = true;
    rig.run(a_moment);
    REQUIRE(rig.told<DoorAlarm>().size() == 1);
    CHECK(rig.told<DoorAlarm>().front().kind == UnlockOutcome::forced);
    CHECK(rig.told<DoorAlarm>().front().locker.str() == "B3");
    CHECK_FALSE(rig.session->quarantined());
}

TEST_CASE("a bouncing reed is no open door")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.doors[2].jammed = true;
    rig.tap("u1", 2);
    for (int i = 0; i < 20; ++i) { // two reads open, one closed
        rig.bank.doors[2].open = i % 3 != 0;
        rig.clock.advance(rig.session->until_next_turn());
        rig.session->turn();
    }
    CHECK(rig.told<DoorChanged>().empty());
    CHECK(rig.told<UnlockResult>().empty());
}

TEST_CASE("a door left open is an alarm once, and the journal knows whose")
{
    Rig rig;
    rig.run(a_moment);
    rig.tap("u1", 2);
    rig.run(Millis{180000});
    REQUIRE(rig.told<DoorAlarm>().size() == 1);
    CHECK(rig.told<DoorAlarm>().front().kind == UnlockOutcome::left_open);
    CHECK(rig.journal.rows.at("u1").outcome == UnlockOutcome::left_open);
    CHECK(rig.outcome("u1") == "opened"); // told when it was so

    rig.bank.doors[2].open = false;
    rig.run(a_moment);
    CHECK(rig.told<DoorChanged>().size() == 2);
}

TEST_CASE("an absent bank is offline in words, refuses at once and fires nothing when it comes")
{
    Rig rig;
    rig.bank.gone = true;
    rig.run(Millis{30000});
    REQUIRE(rig.told<BankOffline>().size() == 1);
    CHECK_THAT(rig.told<BankOffline>().front().why, Contains("the connection was refused"));
    CHECK(rig.bank.settles < 16); // back-off up to five seconds
    rig.tap("u1", 2);
    CHECK(rig.outcome("u1") == "offline");
    CHECK(rig.journal.rows.empty());
    rig.bank.gone = false;
    rig.run(Millis{6000});
    CHECK(rig.told<BankOnline>().size() == 1);
    CHECK(rig.bank.fired_ids.empty());
}

TEST_CASE("one lost read is no outage")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.reads_to_lose = 1;
    rig.run(a_moment);
    CHECK(rig.told<BankOffline>().empty());
    rig.bank.reads_to_lose = 1;
    rig.tap("u1", 2);
    rig.run(a_moment);
    CHECK(rig.outcome("u1") == "opened");
}

TEST_CASE("a bank lost in the middle of an unlock leaves it unknown, and comes back by itself")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.doors[2].jammed = true;
    rig.tap("u1", 2);
    rig.bank.gone = true;
    rig.run(Millis{20000});
    CHECK(rig.told<BankOffline>().size() == 1);
    CHECK(rig.outcome("u1") == "unknown");
    rig.bank.gone = false;
    rig.run(Millis{6000});
    CHECK(rig.told<BankOnline>().size() == 2);
    CHECK(rig.bank.doors[2].pulses == 1);
}

TEST_CASE("a bank that is not yet offline but does not answer a tap says so")
{
    Rig rig;
    rig.run(a_moment);
    rig.bank.gone = true;
    rig.tap("u1", 2);
    CHECK(rig.outcome("u1") == "offline");
    CHECK(rig.bank.fired_ids.empty());
}

TEST_CASE("the command line opens one door and waits for what becomes of it")
{
    ManualClock clock;
    FakeBank bank(clock);
    FakeJournal journal;
    const UnlockPermit permit = [](const UnlockRequest&) { return Result<>{}; };
    const auto opened = unlock_once(bank, journal, permit, clock, Rig::request("u1", 1));
    REQUIRE(opened.has_value());
    CHECK(opened->outcome == UnlockOutcome::opened);
    bank.doors[2].jammed = true;
    const auto jammed = unlock_once(bank, journal, permit, clock, Rig::request("u2", 2));
    REQUIRE(jammed.has_value());
    CHECK(jammed->outcome == UnlockOutcome::jammed);
    bank.gone = true;
    const auto offline = unlock_once(bank, journal, permit, clock, Rig::request("u3", 1));
    REQUIRE(offline.has_value());
    CHECK(offline->outcome == UnlockOutcome::offline);
    CHECK(bank.pulses() == 2);
}
