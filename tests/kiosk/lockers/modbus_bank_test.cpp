// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/lockers/sim_bank.hpp"

#include "sync/base/random.hpp"

using namespace montbrillant;
using namespace montbrillant::testing;
using Catch::Matchers::Contains;

namespace {

struct SampleSim : SimBank {
    explicit SampleSim(std::vector<std::string> more = {})
        : SimBank(SIM_BANK, FIRMWARE_CONFIG_DIR "/banks/sample-16.toml", std::move(more))
    {
    }
};

/// Whatever was done to the wire: a pulse for every unlock that was told as fired, and no other.
void check_pulses(SimBank& sim, LiveBank& live) { CHECK(sim.pulses() == live.fired_per_door()); }

int sum(const std::vector<int>& pulses)
{
    int out = 0;
    for (const int n : pulses)
        out += n;
    return out;
}

} // namespace

TEST_CASE("a door of the simulated bank opens by one pulse and is seen to close")
{
    SampleSim sim;
    LiveBank live(sim.map());
    CHECK(live.wait_for<BankOnline>().doors.size() == 16);
    const UnlockResult result = live.unlock("u1", 7);
    CHECK(to_text(result.outcome) == "opened");
    CHECK(result.locker.str() == "B7");
    CHECK(sim.door(7).at("open") == true);
    CHECK(live.wait_for<DoorChanged>(1).open);
    sim.order("close 7");
    CHECK_FALSE(live.wait_for<DoorChanged>(2).open);
    CHECK(sum(sim.pulses()) == 1);
    check_pulses(sim, live);
}

TEST_CASE("a bank whose inputs mean open instead of closed is read rightly")
{
    SampleSim sim({"--feedback", "open-is-1"});
    BankMap map = sim.map();
    map.feedback = Feedback::open_is_1;
    LiveBank live(map);
    for (const DoorState& door : live.wait_for<BankOnline>().doors)
        CHECK_FALSE(door.open);
    CHECK(to_text(live.unlock("u1", 1).outcome) == "opened");
}

TEST_CASE("the pulse of the map is set on the board and the board times it")
{
    SampleSim sim;
    BankMap map = sim.map();
    map.pulse = PulseSetting{0, Millis{5000}};
    LiveBank live(map);
    live.wait_for<BankOnline>();
    CHECK(to_text(live.unlock("u1", 3).outcome) == "opened");
    CHECK(sim.door(3).at("released") == true);
    auto link = ModbusLink::tcp({"127.0.0.1", sim.port()}, 1, Millis{2000});
    REQUIRE(link.has_value());
    CHECK(link->read_registers(0, 1).value().front() == 5000);
}

TEST_CASE("a lost answer costs no second pulse")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    sim.order("fault lose-reply");
    CHECK(to_text(live.unlock("u1", 2).outcome) == "opened");
    CHECK(sim.pulses().at(1) == 1);
    check_pulses(sim, live);
}

TEST_CASE("a lost request is repeated once and opens the door")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    sim.order("fault drop");
    CHECK(to_text(live.unlock("u1", 2).outcome) == "opened");
    CHECK(sim.pulses().at(1) == 1);
    check_pulses(sim, live);
}

TEST_CASE("without counters the same lost answer is never followed by a second pulse")
{
    SampleSim sim;
    BankMap map = sim.map();
    map.counters.reset();
    LiveBank live(map);
    live.wait_for<BankOnline>();
    sim.order("jam 2 on");
    sim.order("fault lose-reply");
    CHECK(to_text(live.unlock("u1", 2).outcome) == "unknown");
    CHECK(sim.pulses().at(1) == 1);
    sim.order("fault drop");
    CHECK(to_text(live.unlock("u2", 3).outcome) == "unknown");
    CHECK(sim.pulses().at(2) == 0);
}

TEST_CASE("a slow board fires once")
{
    SampleSim sim;
    LiveBank live(sim.sample());
    live.wait_for<BankOnline>();
    sim.order("fault slow200");
    CHECK(to_text(live.unlock("u1", 4).outcome) == "opened");
    sim.order("fault slow600"); // later than the response timeout, acted upon after it
    CHECK(to_text(live.unlock("u2", 5).outcome) == "opened");
    CHECK(sum(sim.pulses()) == 2);
    check_pulses(sim, live);
}

TEST_CASE("an exception of the board is repeated once, then told")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    sim.order("fault exception6");
    CHECK(to_text(live.unlock("u1", 4).outcome) == "opened");
    sim.order("fault exception4 2");
    const UnlockResult failed = live.unlock("u2", 5);
    CHECK(to_text(failed.outcome) == "offline");
    CHECK_THAT(failed.why, Contains("exception 4"));
    CHECK(sum(sim.pulses()) == 1);
    check_pulses(sim, live);
}

TEST_CASE("a bank that swallows everything is offline and fires nothing when it is back")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    sim.order("fault blackhole");
    CHECK(to_text(live.unlock("u1", 4).outcome) == "offline");
    CHECK_THAT(live.wait_for<BankOffline>().why, Contains("no answer in time"));
    CHECK(to_text(live.unlock("u2", 4).outcome) == "offline");
    sim.order("fault none");
    live.wait_for<BankOnline>(2);
    CHECK(sum(sim.pulses()) == 0);
    CHECK(to_text(live.unlock("u3", 4).outcome) == "opened");
    check_pulses(sim, live);
}

TEST_CASE("a bank that refuses connections is offline in words and comes back by itself")
{
    SampleSim sim;
    sim.order("fault refuse-connections");
    LiveBank live(sim.map());
    CHECK_THAT(live.wait_for<BankOffline>().why, Contains("the connection was refused"));
    CHECK(to_text(live.unlock("u1", 4).outcome) == "offline");
    sim.order("fault none");
    live.wait_for<BankOnline>();
    CHECK(sum(sim.pulses()) == 0);
    sim.order("fault refuse-connections"); // lost in the middle
    live.wait_for<BankOffline>(2);
    sim.order("fault none");
    live.wait_for<BankOnline>(2);
    CHECK(to_text(live.unlock("u2", 4).outcome) == "opened");
    check_pulses(sim, live);
}

TEST_CASE("a lost read is retried and no outage")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    sim.order("fault drop 1 all");
    CHECK(to_text(live.unlock("u1", 4).outcome) == "opened");
    check_pulses(sim, live);
}

TEST_CASE("a board that loses its power keeps no one waiting and repeats nothing")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    CHECK(to_text(live.unlock("u1", 4).outcome) == "opened");
    sim.order("restart");
    CHECK(to_text(live.unlock("u2", 5).outcome) == "opened");
    check_pulses(sim, live);
}

TEST_CASE("jammed, forced, already open and miswired doors of the simulator are told apart")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    sim.order("jam 2 on");
    CHECK(to_text(live.unlock("u1", 2).outcome) == "jammed");
    sim.order("open 3");
    CHECK(live.wait_for<DoorAlarm>().kind == UnlockOutcome::forced);
    CHECK(to_text(live.unlock("u2", 3).outcome) == "already_open");
    sim.order("miswire 5 6");
    CHECK(to_text(live.unlock("u3", 5).outcome) == "wrong_door");
    live.wait_for<BankQuarantined>();
    CHECK(to_text(live.unlock("u4", 8).outcome) == "refused");
    CHECK(sim.pulses().at(7) == 0);
    live.worker().lift_quarantine();
    CHECK(to_text(live.unlock("u5", 8).outcome) == "opened");
}

TEST_CASE("a badge revoked while its tap is under way opens nothing")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    live.revoked = true;
    CHECK(to_text(live.unlock("u1", 2).outcome) == "refused");
    CHECK(sum(sim.pulses()) == 0);
}

TEST_CASE("more requests than the queue holds are refused at once, and what waited too long is not fired")
{
    SampleSim sim;
    UnlockRules rules = LiveBank::quick();
    rules.not_after = Millis{500};
    LiveBank live(sim.sample(), rules);
    live.wait_for<BankOnline>();
    sim.order("fault slow600 100"); // each takes the bank for over 0.9 s
    std::size_t taken = 0;
    while (taken < 100 && live.worker().request(Rig::request("u" + std::to_string(taken), 1)))
        ++taken;
    CHECK(taken >= BankWorker::requests_max);
    CHECK(taken <= BankWorker::requests_max + 1);
    std::size_t late = 0;
    for (std::size_t i = 0; i < taken; ++i)
        late += live.result("u" + std::to_string(i)).outcome == UnlockOutcome::too_late ? 1U : 0U;
    CHECK(late >= taken - 2);
    check_pulses(sim, live);
}

TEST_CASE("whatever happens to the wire, pulses equal the unlocks that fired")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    SeededRandom random(20);
    const std::vector<std::string> faults = {
        "none",       "drop",    "drop 2",     "lose-reply",   "lose-reply 2",
        "drop 3 all", "slow200", "exception4", "exception6 2", "lose-reply 2 all"};
    for (int i = 0; i < 10; ++i) {
        const auto door = static_cast<std::uint16_t>(1 + random.below(16));
        sim.order("fault " + faults[random.below(faults.size())]);
        INFO("unlock " << i << " of door " << door);
        (void)live.unlock("u" + std::to_string(i), door);
        sim.order("fault none");
        sim.order("close all");
    }
    check_pulses(sim, live);
}

TEST_CASE("the command line opens a door of the simulator without a thread")
{
    SampleSim sim;
    SystemClock clock;
    ModbusBank bank(sim.map(), clock);
    FakeJournal journal;
    const UnlockPermit permit = [](const UnlockRequest&) { return Result<>{}; };
    const auto result = unlock_once(bank, journal, permit, clock, Rig::request("u1", 9));
    REQUIRE(result.has_value());
    CHECK(to_text(result->outcome) == "opened");
    CHECK(sum(sim.pulses()) == 1);
}

TEST_CASE("a worker stops while its bank is gone")
{
    SampleSim sim;
    LiveBank live(sim.map());
    live.wait_for<BankOnline>();
    sim.order("fault blackhole");
    live.wait_for<BankOffline>();
    live.worker().stop();
    CHECK_FALSE(live.worker().request(Rig::request("u1", 1)));
}
