// SPDX-License-Identifier: Apache-2.0
// J4 and J5: lockers and laptops beyond the first tap.
#include "tests/support/catch.hpp"
#include "tests/sync/domain/domain_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr std::chrono::minutes half_hour{30};
constexpr std::chrono::minutes ten_minutes{10};

/// Three wait in the order alice, bob, carol; one laptop is free.
Log queue_of_three()
{
    Log log = morning();
    REQUIRE(log.wish(check_in("carol", "BC")));
    REQUIRE(log.wish(check_in("boss", "BM")));
    REQUIRE(log.wish(lend("LT-2", "boss")));
    for (const auto* id : {"alice", "bob", "carol"})
        REQUIRE(log.wish(command::AskForLaptop{DelegateId(id), std::string("S1-") + id}));
    return log;
}

command::OfferLaptops offers(WallTime now) { return {now, ten_minutes, 3, {}}; }

std::vector<std::string> offered(const Log& log)
{
    std::vector<std::string> names;
    for (const auto& place : log.state.laptop_queue().waiting) {
        if (place.offered_until != WallTime{})
            names.push_back(place.delegate.str());
    }
    return names;
}

command::AssignLocker assign(const std::string& badge, WallTime now)
{
    return {BadgeId(badge), {door(1), door(2)}, 1, now, half_hour, {}};
}

} // namespace

TEST_CASE("for half an hour a door given back reopens for its last holder and is given out last", "[rule3]")
{
    Log log = morning();
    REQUIRE(log.wish(assign("BA", {})));
    REQUIRE(log.wish(command::ReleaseLocker{DelegateId("alice")}));
    const WallTime back = log.state.lockers.find(door(1))->since;
    const auto again = log.wish(command::ReopenLocker{BadgeId("BA"), back + half_hour, half_hour});
    REQUIRE(again);
    CHECK(again->locker == door(1));
    CHECK(again->facts.empty());
    CHECK(why(log.wish(command::ReopenLocker{BadgeId("BA"), back + half_hour + Millis{1}, half_hour})) ==
          Refusal::locker_not_theirs);
    CHECK(log.wish(assign("BB", back + Millis{1000}))->locker == door(2));
    // Full but for this door: now it is needed, and she reopens it no more.
    REQUIRE(log.wish(check_in("carol", "BC")));
    CHECK(log.wish(assign("BC", back + Millis{2000}))->locker == door(1));
    CHECK(why(log.wish(command::ReopenLocker{BadgeId("BA"), back + Millis{3000}, half_hour})) ==
          Refusal::locker_not_theirs);
}

TEST_CASE("a locker out of service is given to nobody, its holder still opens it")
{
    Log log = morning();
    REQUIRE(log.wish(command::ServiceLocker{door(1), false, staff, "hinge"}));
    CHECK(log.wish(assign("BA", {}))->locker == door(2));
    REQUIRE(log.wish(command::ServiceLocker{door(2), false, staff, "lock"}));
    CHECK(log.wish(assign("BA", {}))->locker == door(2));
    CHECK(why(log.wish(assign("BB", {}))) == Refusal::no_locker_free);
    CHECK(why(log.wish(command::ServiceLocker{door(1), false, staff, ""})) == Refusal::nothing_to_do);
    REQUIRE(log.wish(command::ServiceLocker{door(1), true, staff, "mended"}));
    CHECK(log.wish(assign("BB", {}))->locker == door(1));
}

TEST_CASE("a wrong door stops self-service at its bank until staff start it again")
{
    Log log = morning();
    REQUIRE(log.wish(command::ServiceBank{BankId("B"), false, {}, "wrong door"}));
    CHECK(why(log.wish(assign("BA", {}))) == Refusal::bank_out_of_service);
    CHECK(why(log.wish(command::ServiceBank{BankId("B"), true, DelegateId("bob"), ""})) ==
          Refusal::right_missing);
    REQUIRE(log.wish(command::ServiceBank{BankId("B"), true, staff, "looked at"}));
    CHECK(log.wish(assign("BA", {})).has_value());
}

TEST_CASE("at a full bank people wait, and a door that comes free is theirs in their order", "[rule3]")
{
    Log log = morning();
    REQUIRE(log.wish(check_in("carol", "BC")));
    const command::AssignLocker one_door{BadgeId("BA"), {door(1)}, 1, {}, {}, {}};
    REQUIRE(log.wish(one_door));
    auto bob = one_door;
    bob.badge = BadgeId("BB");
    CHECK(why(log.wish(bob)) == Refusal::no_locker_free);
    REQUIRE(log.wish(command::AskForLocker{BankId("B"), DelegateId("bob"), "K1-B1"}));
    CHECK(why(log.wish(command::AskForLocker{BankId("B"), DelegateId("bob"), "K1-B2"})) ==
          Refusal::already_waiting);
    REQUIRE(log.wish(command::ReleaseLocker{DelegateId("alice")}));
    auto carol = one_door;
    carol.badge = BadgeId("BC");
    CHECK(why(log.wish(carol)) == Refusal::no_locker_free);
    CHECK(log.wish(bob)->locker == door(1));
    CHECK(log.state.banks.find(BankId("B"))->waiting.empty());
}

TEST_CASE("staff at one's door is said at the next tap, and once")
{
    Log log = morning();
    REQUIRE(log.wish(assign("BA", {})));
    log.add(fact::LockerOpened{door(1), {}, UnlockId("u1"), "jammed", "smell"});
    CHECK(log.state.lockers.find(door(1))->opened_by_staff == WallTime{});
    log.add(fact::LockerOpened{door(1), {}, UnlockId("u2"), "opened", "smell"});
    CHECK(log.state.lockers.find(door(1))->opened_by_staff != WallTime{});
    log.add(fact::LockerOpened{door(1), DelegateId("alice"), UnlockId("u3"), "opened", ""});
    CHECK(log.state.lockers.find(door(1))->opened_by_staff == WallTime{});
}

TEST_CASE("a whole bank is opened by two different members of staff")
{
    Log log = morning();
    REQUIRE(log.wish(assign("BA", {})));
    const DelegateId boss("boss");
    CHECK(why(log.wish(command::OpenBank{BankId("B"), staff, staff, ""})) == Refusal::same_person_twice);
    CHECK(why(log.wish(command::OpenBank{BankId("B"), staff, DelegateId("bob"), ""})) ==
          Refusal::right_missing);
    CHECK(log.add(fact::BankOpened{BankId("B"), staff, staff, ""}).verdict == Verdict::rejected);
    REQUIRE(log.wish(command::OpenBank{BankId("B"), staff, boss, "alarm"}));
    CHECK(log.state.lockers.find(door(1))->opened_by_staff != WallTime{});
}

TEST_CASE("a free laptop is offered to the head of the queue and kept for them", "[rule4]")
{
    Log log = queue_of_three();
    REQUIRE(log.wish(offers({1000})));
    CHECK(offered(log) == std::vector<std::string>{"alice"});
    CHECK(log.wish(offers({2000}))->facts.empty());
    CHECK(why(log.wish(lend("LT-1", "bob"))) == Refusal::not_their_turn);
    REQUIRE(log.wish(lend("LT-1", "alice")));
    CHECK(log.state.laptop_queue().waiting.front().delegate == DelegateId("bob"));
}

TEST_CASE("an offer that runs out goes to the next, and the first place stays theirs for the next laptop",
          "[rule4]")
{
    Log log = queue_of_three();
    REQUIRE(log.wish(offers({1000})));
    const WallTime late = WallTime{1000} + ten_minutes + Millis{1};
    REQUIRE(log.wish(offers(late)));
    REQUIRE(log.wish(offers(late)));
    CHECK(offered(log) == std::vector<std::string>{"bob"});
    CHECK(log.state.laptop_queue().waiting.front().delegate == DelegateId("alice"));
    REQUIRE(log.wish(lend("LT-1", "bob")));
    REQUIRE(log.wish(command::TakeBackLaptop{LaptopTag("LT-2"), staff, false, "", {}, true}));
    REQUIRE(log.wish(offers(late + ten_minutes)));
    CHECK(offered(log) == std::vector<std::string>{"alice"});
}

TEST_CASE("the third offer let pass ends the place in the queue", "[rule4]")
{
    Log log = queue_of_three();
    WallTime now{1000};
    for (int miss = 1; miss <= 3; ++miss) {
        REQUIRE(log.wish(offers(now)));
        now = now + ten_minutes + Millis{1};
        REQUIRE(log.wish(offers(now)));                 // alice misses
        log.add(laptop("LT-1" + std::to_string(miss))); // another comes: she is first again
    }
    for (const auto& place : log.state.laptop_queue().waiting)
        CHECK(place.delegate != DelegateId("alice"));
}

TEST_CASE("a faulty laptop is exchanged in one step, loan and due time go on", "[rule4]")
{
    Log log = morning();
    auto wish = lend("LT-1", "alice");
    wish.accessories = {"mouse"};
    REQUIRE(log.wish(wish));
    CHECK(why(log.wish(command::SwapLaptop{LaptopTag("LT-2"), LaptopTag("LT-1"), staff, "", {}})) ==
          Refusal::not_lent);
    REQUIRE(log.wish(command::SwapLaptop{LaptopTag("LT-1"), LaptopTag("LT-2"), staff, "no picture", {}}));
    CHECK(log.delegate("alice").laptop == LaptopTag("LT-2"));
    const Laptop& instead = *log.state.laptops.find(LaptopTag("LT-2"));
    CHECK(instead.due == "2017-09-04T18:00");
    CHECK(instead.accessories == std::set<std::string>{"mouse"});
    CHECK(log.state.laptops.find(LaptopTag("LT-1"))->in_repair);
    CHECK(log.add(fact::LaptopRestored{LaptopTag("LT-1"), staff}).verdict == Verdict::accepted);
    CHECK(laptops_free(log.state) == 1);
}

TEST_CASE("a lost laptop is lent to nobody, its borrower still answers for it, and it may come back",
          "[rule4]")
{
    Log log = morning();
    REQUIRE(log.wish(lend("LT-1", "alice")));
    log.add(fact::LaptopLost{LaptopTag("LT-1"), staff});
    CHECK(log.delegate("alice").laptop == LaptopTag("LT-1"));
    CHECK(why(log.wish(lend("LT-2", "alice"))) == Refusal::has_laptop);
    REQUIRE(log.wish(command::TakeBackLaptop{LaptopTag("LT-1"), staff, false, "found", {}, true}));
    CHECK(log.delegate("alice").laptop.empty());
    CHECK(laptops_free(log.state) == 2);
}

TEST_CASE("offline a desk lends only what it holds itself", "[rule4]")
{
    Log log = morning();
    log.add(fact::LaptopMoved{LaptopTag("LT-2"), DeviceId("S2"), staff});
    auto wish = lend("LT-2", "alice");
    wish.desk = DeviceId("S1");
    CHECK(why(log.wish(wish)) == Refusal::laptop_elsewhere);
    wish.laptop = LaptopTag("LT-1");
    CHECK(log.wish(wish).has_value());
}

TEST_CASE("whoever leaves the queue holds no place in it", "[rule4]")
{
    Log log = queue_of_three();
    REQUIRE(log.wish(command::LeaveLaptopQueue{DelegateId("alice")}));
    CHECK(why(log.wish(command::LeaveLaptopQueue{DelegateId("alice")})) == Refusal::not_waiting);
    CHECK(log.wish(lend("LT-1", "bob")).has_value());
}
