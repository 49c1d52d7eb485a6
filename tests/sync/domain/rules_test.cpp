// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/sync/domain/domain_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

TEST_CASE("a check-in brings its badge and its print in one decision", "[rule1]")
{
    Log log;
    log.add(registered("alice"));
    const auto decided = log.wish(check_in("alice", "BA"));
    REQUIRE(decided);
    REQUIRE(decided->facts.size() == 3);
    CHECK(kind_of(decided->facts[0]) == fact::CheckedIn::kind);
    CHECK(kind_of(decided->facts[1]) == fact::BadgeIssued::kind);
    CHECK(kind_of(decided->facts[2]) == fact::PrintQueued::kind);
    CHECK(decided->badge == BadgeId("BA"));
    CHECK(log.state.delegates.find(DelegateId("alice"))->badge == BadgeId("BA"));
    CHECK(log.state.badges.find(BadgeId("BA"))->copies == 1);
}

TEST_CASE("a check-in that cannot have its badge does not happen at all", "[rule1]")
{
    Log log = morning();
    log.add(registered("dora"));
    const auto decided = decide(log.state, check_in("dora", "BA"));
    CHECK(why(decided) == Refusal::rule);
    CHECK_FALSE(log.state.delegates.find(DelegateId("dora"))->checked_in);
}

TEST_CASE("an unfinished first run carries on, a finished one is refused", "[rule1][rule2]")
{
    Log log = morning();
    auto again = log.wish(check_in("alice", "BX"));
    REQUIRE(again);
    CHECK(again->facts.empty());
    CHECK(again->badge == BadgeId("BA"));
    log.add(fact::BadgePrinted{BadgeId("BA"), 1});
    CHECK(log.wish(check_in("alice", "BX")).has_value());
    log.add(bound("04AA", "BA"));
    CHECK(why(log.wish(check_in("alice", "BX"))) == Refusal::already_has_badge);
    CHECK(log.state.badges.find(BadgeId("BX")) == nullptr);
}

TEST_CASE("a person unknown here checks in from the signed code alone", "[rule1]")
{
    Log log;
    CHECK(why(log.wish(check_in("eve", "BE"))) == Refusal::unknown_delegate);
    auto wish = check_in("eve", "BE");
    wish.provisional = member_state("DEU");
    REQUIRE(log.wish(wish));
    CHECK(log.state.delegates.find(DelegateId("eve"))->provisional);
    CHECK(log.state.delegates.find(DelegateId("eve"))->checked_in);
}

TEST_CASE("pending and cancelled registrations are told apart at check-in")
{
    Log log;
    auto pending = member_state("FRA");
    pending.state = Registration::pending;
    log.add(registered("p", pending));
    log.add(registered("c", cancelled(member_state("FRA"))));
    CHECK(why(log.wish(check_in("p", "BP"))) == Refusal::pending);
    CHECK(why(log.wish(check_in("c", "BC"))) == Refusal::cancelled);
}

TEST_CASE("a card on two badges is a conflict and stays with the first", "[rule2]")
{
    Log log = morning();
    CHECK(log.add(bound("04AA", "BA")).verdict == Verdict::accepted);
    const Outcome second = log.add(bound("04AA", "BB"));
    CHECK(second.conflict == ConflictKind::card_on_two_badges);
    CHECK(log.state.cards.find(CardUid("04AA"))->badge == BadgeId("BA"));
    CHECK(log.state.badges.find(BadgeId("BB"))->card.empty());
    CHECK(why(log.wish(command::BindCard{BadgeId("BB"), CardUid("04AA"), 1})) == Refusal::card_in_use);
}

TEST_CASE("a badge takes one card, and the same card again is nothing new", "[rule2]")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    CHECK(log.add(bound("04AA", "BA")).verdict == Verdict::duplicate);
    CHECK(log.add(bound("04BB", "BA")).conflict == ConflictKind::card_on_two_badges);
    CHECK(log.state.cards.find(CardUid("04BB")) == nullptr);
    CHECK(why(log.wish(command::BindCard{BadgeId("BA"), CardUid("04BB"), 1})) == Refusal::badge_has_card);
    CHECK(why(log.wish(command::BindCard{BadgeId("BZ"), CardUid("04BB"), 1})) == Refusal::unknown_badge);
}

TEST_CASE("a badge id belongs to one delegate for ever", "[rule2]")
{
    Log log = morning();
    CHECK(log.add(issued("BA", "carol")).verdict == Verdict::rejected);
    CHECK(log.state.badges.find(BadgeId("BA"))->delegate == DelegateId("alice"));
}

TEST_CASE("a second badge of one delegate is recorded and void", "[rule2][rule10]")
{
    Log log = morning();
    const Outcome second = log.add(issued("B2", "alice"));
    CHECK(second.conflict == ConflictKind::second_badge);
    CHECK_FALSE(log.state.badges.find(BadgeId("B2"))->live);
    CHECK(log.state.delegates.find(DelegateId("alice"))->badge == BadgeId("BA"));
}

TEST_CASE("a card on a void badge opens nothing, a card on a live one names its holder", "[rule10]")
{
    Log log = morning();
    log.add(issued("B2", "alice"));
    log.add(bound("04AA", "BA"));
    log.add(bound("04CC", "B2"));
    REQUIRE(holder_of(log.state, CardUid("04AA")));
    CHECK(holder_of(log.state, CardUid("04AA"))->delegate == DelegateId("alice"));
    REQUIRE_FALSE(holder_of(log.state, CardUid("04CC")));
    CHECK(holder_of(log.state, CardUid("04CC")).error() == CardDoubt::badge_void);
    CHECK(holder_of(log.state, CardUid("04FF")).error() == CardDoubt::unknown_card);
    CHECK(why(log.wish(command::BindCard{BadgeId("B2"), CardUid("04DD"), 1})) == Refusal::badge_void);
    CHECK(why(log.wish(command::AssignLocker{BadgeId("B2"), {door(1)}, 1})) == Refusal::badge_void);
}

TEST_CASE("a locker at two delegates is a conflict and stays with the first", "[rule3]")
{
    Log log = morning();
    CHECK(log.add(assigned(1, "alice")).verdict == Verdict::accepted);
    CHECK(log.add(assigned(1, "alice")).verdict == Verdict::duplicate);
    CHECK(log.add(assigned(1, "bob")).conflict == ConflictKind::locker_at_two);
    CHECK(log.state.lockers.find(door(1))->holder == DelegateId("alice"));
    CHECK(log.state.delegates.find(DelegateId("bob"))->lockers.empty());
}

TEST_CASE("a delegate has one locker, and asking again gives the same", "[rule3]")
{
    Log log = morning();
    const command::AssignLocker wish{BadgeId("BA"), {door(1), door(2)}, 1};
    CHECK(log.wish(wish)->locker == door(1));
    const auto again = log.wish(wish);
    CHECK(again->locker == door(1));
    CHECK(again->facts.empty());
    CHECK(log.add(assigned(2, "alice")).conflict == ConflictKind::locker_at_two);
    CHECK(log.state.lockers.find(door(2)) == nullptr);
    CHECK(log.wish(command::AssignLocker{BadgeId("BB"), {door(1), door(2)}, 1})->locker == door(2));
}

TEST_CASE("a full bank is said, a released door is free again", "[rule3]")
{
    Log log = morning();
    REQUIRE(log.wish(command::AssignLocker{BadgeId("BA"), {door(1)}, 1}));
    CHECK(why(log.wish(command::AssignLocker{BadgeId("BB"), {door(1)}, 1})) == Refusal::no_locker_free);
    REQUIRE(log.wish(command::ReleaseLocker{DelegateId("alice")}));
    CHECK(why(log.wish(command::ReleaseLocker{DelegateId("alice")})) == Refusal::no_locker_held);
    CHECK(log.wish(command::AssignLocker{BadgeId("BB"), {door(1)}, 1})->locker == door(1));
    CHECK(log.add(fact::LockerReleased{door(1), DelegateId("alice")}).verdict == Verdict::duplicate);
    CHECK(log.state.lockers.find(door(1))->holder == DelegateId("bob"));
}

TEST_CASE("a cancelled delegate still reaches their own locker and gets no new one", "[rule3]")
{
    Log log = morning();
    REQUIRE(log.wish(command::AssignLocker{BadgeId("BA"), {door(1)}, 1}));
    log.add(amended("alice", cancelled(member_state("FRA"))));
    log.add(amended("bob", cancelled(member_state("FRA"))));
    log.add(bound("04AA", "BA"));
    CHECK(log.wish(command::AssignLocker{BadgeId("BA"), {door(1)}, 1})->locker == door(1));
    CHECK(holder_of(log.state, CardUid("04AA")).has_value());
    CHECK(why(log.wish(command::AssignLocker{BadgeId("BB"), {door(2)}, 1})) == Refusal::cancelled);
    CHECK(log.wish(command::ReleaseLocker{DelegateId("alice")}).has_value());
}

TEST_CASE("a laptop at two borrowers is a conflict and stays with the first", "[rule4]")
{
    Log log = morning();
    CHECK(log.add(lent("LT-1", "alice")).verdict == Verdict::accepted);
    CHECK(log.add(lent("LT-1", "alice")).verdict == Verdict::duplicate);
    CHECK(log.add(lent("LT-1", "bob")).conflict == ConflictKind::laptop_at_two);
    CHECK(log.state.laptops.find(LaptopTag("LT-1"))->borrower == DelegateId("alice"));
    CHECK(log.state.delegates.find(DelegateId("bob"))->laptop.empty());
}

TEST_CASE("a delegate has one laptop", "[rule4]")
{
    Log log = morning();
    REQUIRE(log.wish(lend("LT-1", "alice")));
    CHECK(why(log.wish(lend("LT-2", "alice"))) == Refusal::has_laptop);
    CHECK(log.add(lent("LT-2", "alice")).conflict == ConflictKind::laptop_at_two);
    CHECK(log.state.laptops.find(LaptopTag("LT-2"))->borrower.empty());
    CHECK(why(log.wish(command::AskForLaptop{DelegateId("alice"), "S1-1"})) == Refusal::has_laptop);
}

TEST_CASE("laptops are lent in the order of the queue", "[rule4]")
{
    Log log = morning();
    REQUIRE(log.wish(check_in("carol", "BC")));
    REQUIRE(log.wish(command::AskForLaptop{DelegateId("alice"), "S1-1"}));
    REQUIRE(log.wish(command::AskForLaptop{DelegateId("bob"), "S1-2"}));
    CHECK(why(log.wish(command::AskForLaptop{DelegateId("bob"), "S1-3"})) == Refusal::already_waiting);
    // Two laptops, two people before her.
    CHECK(why(log.wish(lend("LT-1", "carol"))) == Refusal::not_their_turn);
    REQUIRE(log.wish(lend("LT-1", "bob")));
    REQUIRE(log.state.laptop_queue().waiting.size() == 1);
    CHECK(log.state.laptop_queue().waiting.front().delegate == DelegateId("alice"));
    CHECK(why(log.wish(lend("LT-2", "carol"))) == Refusal::not_their_turn);
    REQUIRE(log.wish(lend("LT-2", "alice")));
    CHECK(log.state.laptop_queue().waiting.empty());
}

TEST_CASE("a cancelled delegate holds no place in the queue", "[rule4]")
{
    Log log = morning();
    REQUIRE(log.wish(check_in("carol", "BC")));
    REQUIRE(log.wish(command::AskForLaptop{DelegateId("alice"), "S1-1"}));
    REQUIRE(log.wish(command::AskForLaptop{DelegateId("bob"), "S1-2"}));
    CHECK(why(log.wish(lend("LT-1", "carol"))) == Refusal::not_their_turn);
    log.add(amended("bob", cancelled(member_state("FRA"))));
    CHECK(log.wish(lend("LT-1", "carol")).has_value());
}

TEST_CASE("a wish that arrives after the loan holds no place in the queue", "[rule4]")
{
    Log log = morning();
    REQUIRE(log.wish(lend("LT-1", "alice")));
    CHECK(log.add(fact::LaptopAsked{DelegateId("alice"), "S2-1"}).verdict == Verdict::rejected);
    CHECK(log.wish(lend("LT-2", "bob")).has_value());
}

TEST_CASE("a returned laptop can be lent again, a faulty one not", "[rule4]")
{
    Log log = morning();
    REQUIRE(log.wish(lend("LT-1", "alice")));
    CHECK(why(log.wish(lend("LT-1", "bob"))) == Refusal::laptop_lent);
    REQUIRE(log.wish(command::TakeBackLaptop{LaptopTag("LT-1"), DelegateId("staff"), true, "screen"}));
    CHECK(log.state.delegates.find(DelegateId("alice"))->laptop.empty());
    CHECK(why(log.wish(lend("LT-1", "bob"))) == Refusal::laptop_in_repair);
    CHECK(laptops_free(log.state) == 1);
    CHECK(why(log.wish(command::TakeBackLaptop{LaptopTag("LT-1"), DelegateId("staff"), false, ""})) ==
          Refusal::not_lent);
    CHECK(log.add(fact::LaptopReturned{LaptopTag("LT-1"), DelegateId("staff"), false, ""}).verdict ==
          Verdict::duplicate);
}

TEST_CASE("only staff with the right lend, only to those who are in", "[rule4]")
{
    Log log = morning();
    auto wish = lend("LT-1", "alice");
    wish.staff = DelegateId("bob");
    CHECK(why(log.wish(wish)) == Refusal::right_missing);
    CHECK(why(log.wish(lend("LT-1", "carol"))) == Refusal::not_checked_in);
    CHECK(why(log.wish(lend("LT-9", "alice"))) == Refusal::laptop_unknown);
    CHECK(why(log.wish(command::AskForLaptop{DelegateId("carol"), "S1-1"})) == Refusal::not_checked_in);
}

TEST_CASE("a double check-in is a conflict that stays open, the first one stands", "[rule7]")
{
    Log log = morning();
    const Outcome second = log.add(checked_in("alice"));
    CHECK(second.conflict == ConflictKind::double_check_in);
    REQUIRE(log.state.conflicts.find(log.facts.back().first.id) != nullptr);
    const Conflict& task = *log.state.conflicts.find(log.facts.back().first.id);
    CHECK(task.open);
    CHECK(task.kind == "double_check_in");
    CHECK(task.subjects == std::vector<std::string>{"alice"});
}

TEST_CASE("a cancelled person who came in is inside, and it is a conflict", "[rule7]")
{
    Log log;
    log.add(registered("alice", cancelled(member_state("FRA"))));
    CHECK(log.add(checked_in("alice")).conflict == ConflictKind::cancelled_checked_in);
    CHECK(log.state.delegates.find(DelegateId("alice"))->checked_in);
}

TEST_CASE("clocks never decide an order: the first in the journal stands", "[rule8]")
{
    Log log = morning();
    Fact early = log.fact(assigned(1, "bob"));
    log.add(assigned(1, "alice"));
    early.at = {0};
    CHECK(admit(log.state, early).conflict == ConflictKind::locker_at_two);
}

TEST_CASE("a delegation has one head, the second is a conflict", "[rule9]")
{
    Log log;
    CHECK(log.add(registered("h1", member_state("FRA", Role::head))).verdict == Verdict::accepted);
    CHECK(log.add(registered("h2", member_state("FRA", Role::head))).conflict == ConflictKind::two_heads);
    CHECK(log.state.delegations.find("FRA")->head == DelegateId("h1"));
    CHECK(log.add(amended("h1", member_state("FRA", Role::head))).verdict == Verdict::accepted);
    CHECK(log.add(registered("h3", member_state("DEU", Role::head))).verdict == Verdict::accepted);
    CHECK(log.add(registered("d", member_state("FRA", Role::deputy_head))).verdict == Verdict::accepted);
}

TEST_CASE("a head who is cancelled, demoted or moved leaves the place to the next", "[rule9]")
{
    Log log;
    log.add(registered("h1", member_state("FRA", Role::head)));
    const auto change = GENERATE(0, 1, 2);
    if (change == 0)
        log.add(amended("h1", cancelled(member_state("FRA", Role::head))));
    if (change == 1)
        log.add(amended("h1", member_state("FRA")));
    if (change == 2)
        log.add(amended("h1", member_state("DEU", Role::head)));
    CHECK(log.state.delegations.find("FRA")->head.empty());
    CHECK(log.add(registered("h2", member_state("FRA", Role::head))).verdict == Verdict::accepted);
    CHECK(log.state.delegations.find("FRA")->head == DelegateId("h2"));
}

TEST_CASE("whoever belongs to no delegation heads none", "[rule9]")
{
    Log log;
    CHECK(log.add(registered("i1", member_state("", Role::head))).verdict == Verdict::accepted);
    CHECK(log.add(registered("i2", member_state("", Role::head))).verdict == Verdict::accepted);
    CHECK(log.state.delegations.find("") == nullptr);
}

TEST_CASE("an SME of the pilot leads nothing", "[rule9]")
{
    Log log;
    for (const auto role : {Role::head, Role::deputy_head, Role::chair, Role::vice_chair, Role::rapporteur})
        CHECK(log.add(registered("s", sme(role))).verdict == Verdict::rejected);
    CHECK(log.state.delegates.find(DelegateId("s")) == nullptr);
    CHECK(log.add(registered("s", sme())).verdict == Verdict::accepted);
    CHECK(log.add(amended("s", sme(Role::chair))).verdict == Verdict::rejected);
    CHECK(log.state.delegates.find(DelegateId("s"))->participation.role == Role::delegate);
}

TEST_CASE("duplicates and rejected facts change nothing")
{
    Log log = morning();
    const auto before = entities(log.state);
    CHECK(log.add(registered("alice", member_state("DEU"))).verdict == Verdict::duplicate);
    CHECK(log.add(fact::PrintQueued{BadgeId("BA"), 1}).verdict == Verdict::duplicate);
    CHECK(log.add(laptop("LT-1")).verdict == Verdict::duplicate);
    CHECK(log.add(amended("nobody", member_state("FRA"))).verdict == Verdict::rejected);
    CHECK(log.add(lent("LT-9", "alice")).verdict == Verdict::rejected);
    CHECK(log.add(fact::LaptopAsked{DelegateId("nobody"), "S1"}).verdict == Verdict::rejected);
    CHECK(log.add(fact::LaptopReturned{LaptopTag("LT-9"), {}, false, ""}).verdict == Verdict::rejected);
    CHECK(log.add_at_registry(fact::StaffAppointed{DelegateId("nobody"), {}, {}}).verdict ==
          Verdict::rejected);
    CHECK(log.add(fact::StaffPinSet{DelegateId("nobody"), ""}).verdict == Verdict::rejected);
    CHECK(entities(log.state) == before);
}

TEST_CASE("what a log says stands of things that nobody here knows breaks nothing")
{
    Log log;
    const auto stands = [&log](Body body) {
        return apply(log.state, log.fact(std::move(body)), Outcome{}).size();
    };
    CHECK(stands(fact::ConflictResolved{FactId("K9-1"), Choice::second, staff, ""}) == 0);
    CHECK(stands(fact::LaptopSwapped{LaptopTag("LT-8"), LaptopTag("LT-9"), staff, ""}) == 0);
    CHECK(stands(fact::LaptopOffered{DelegateId("nobody"), WallTime{1}}) == 0);
    CHECK(stands(fact::LaptopOfferMissed{DelegateId("nobody"), true}) == 0);
    CHECK(entities(log.state).empty());
    CHECK(stands(fact::DelegateErased{DelegateId("nobody")}) > 0); // and no record of theirs is taken later
    CHECK(log.delegate("nobody").erased);
}

TEST_CASE("every verdict, conflict and refusal has its word")
{
    for (const auto verdict : {Verdict::accepted, Verdict::duplicate, Verdict::conflict, Verdict::rejected})
        CHECK(verdict_from(name_of(verdict)) == verdict);
    CHECK_FALSE(verdict_from("maybe"));
    for (const auto kind : all_conflict_kinds)
        CHECK(conflict_from(name_of(kind)) == kind);
    CHECK_FALSE(conflict_from("quarrel"));
    for (int refusal = 0; refusal <= static_cast<int>(Refusal::rule); ++refusal)
        CHECK_FALSE(words(static_cast<Refusal>(refusal)).empty());
}
