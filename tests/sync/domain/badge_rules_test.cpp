// SPDX-License-Identifier: Apache-2.0
// J3 and J10: lost, damaged, stolen, handed back; and the check-in taken back.
#include "tests/support/catch.hpp"
#include "tests/sync/domain/domain_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

command::ReplaceBadge replace(const std::string& delegate, IssueReason reason, const std::string& badge)
{
    return {DelegateId(delegate), reason, BadgeId(badge), DelegateId("staff")};
}

bool opens(const Log& log, const std::string& card)
{
    return holder_of(log.state, CardUid(card)).has_value();
}

} // namespace

TEST_CASE("a lost badge is void at once, its owner keeps locker and laptop", "[rule10]")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    REQUIRE(log.wish(command::AssignLocker{BadgeId("BA"), {door(1)}, 1}));
    log.add(lent("LT-1", "alice"));
    REQUIRE(log.wish(replace("alice", IssueReason::lost, "B2")));
    CHECK_FALSE(opens(log, "04AA"));
    CHECK(log.delegate("alice").badge == BadgeId("B2"));
    CHECK(log.badge("B2").issue == 2);
    CHECK(log.delegate("alice").lockers == std::set<LockerNo>{door(1)});
    CHECK(log.delegate("alice").laptop == LaptopTag("LT-1"));
    REQUIRE(log.wish(command::BindCard{BadgeId("B2"), CardUid("04BB"), 1}));
    CHECK(opens(log, "04BB"));
}

TEST_CASE("a damaged badge opens until the new card is bound", "[rule2][rule10]")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    REQUIRE(log.wish(replace("alice", IssueReason::damaged, "B2")));
    CHECK(opens(log, "04AA"));
    CHECK_FALSE(log.badge("B2").live);
    REQUIRE(log.wish(command::BindCard{BadgeId("B2"), CardUid("04BB"), 1}));
    CHECK_FALSE(opens(log, "04AA"));
    CHECK(opens(log, "04BB"));
    CHECK(log.delegate("alice").badge == BadgeId("B2"));
}

TEST_CASE("when only the paper was damaged its card moves to the new badge", "[rule2]")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    REQUIRE(log.wish(replace("alice", IssueReason::damaged, "B2")));
    REQUIRE(log.wish(command::BindCard{BadgeId("B2"), CardUid("04AA"), 1}));
    REQUIRE(opens(log, "04AA"));
    CHECK(holder_of(log.state, CardUid("04AA"))->badge == BadgeId("B2"));
    CHECK(log.badge("BA").card.empty());
    CHECK(why(log.wish(command::BindCard{BadgeId("BB"), CardUid("04AA"), 1})) == Refusal::card_in_use);
}

TEST_CASE("of two damaged replacements only the newer comes to life", "[rule2]")
{
    Log log = morning();
    REQUIRE(log.wish(replace("alice", IssueReason::damaged, "B2")));
    REQUIRE(log.wish(replace("alice", IssueReason::damaged, "B3")));
    CHECK_FALSE(log.badge("B2").awaits_card);
    CHECK(why(log.wish(command::BindCard{BadgeId("B2"), CardUid("04BB"), 1})) == Refusal::badge_void);
    REQUIRE(log.wish(command::BindCard{BadgeId("B3"), CardUid("04CC"), 1}));
    CHECK(log.delegate("alice").badge == BadgeId("B3"));
}

TEST_CASE("only staff replace a badge, and the same replacement at two desks is a conflict", "[rule10]")
{
    Log log = morning();
    auto by_bob = replace("alice", IssueReason::lost, "B2");
    by_bob.staff = DelegateId("bob");
    CHECK(why(log.wish(by_bob)) == Refusal::right_missing);
    CHECK(log.add(fact::BadgeIssued{BadgeId("B2"), DelegateId("alice"), 2, IssueReason::lost, {}, ""})
              .verdict == Verdict::rejected);
    REQUIRE(log.wish(replace("alice", IssueReason::lost, "B2")));
    const DelegateId staff("staff");
    const Outcome second =
        log.add(fact::BadgeIssued{BadgeId("B3"), DelegateId("alice"), 2, IssueReason::lost, staff, ""});
    CHECK(second.conflict == ConflictKind::second_badge);
    CHECK_FALSE(log.badge("B3").live);
    CHECK(log.badge("B2").live);
}

TEST_CASE("a stolen badge is revoked and opens nothing", "[rule10]")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    REQUIRE(log.wish(command::RevokeBadge{BadgeId("BA"), DelegateId("staff"), "stolen"}));
    CHECK_FALSE(opens(log, "04AA"));
    CHECK(log.delegate("alice").badge.empty());
    CHECK(why(log.wish(command::RevokeBadge{BadgeId("BA"), DelegateId("staff"), "stolen"})) ==
          Refusal::nothing_to_do);
    CHECK(why(log.wish(command::RevokeBadge{BadgeId("BX"), DelegateId("staff"), ""})) ==
          Refusal::unknown_badge);
    // Back at the desk she gets the next issue, not the old one.
    REQUIRE(log.wish(check_in("alice", "B2")));
    CHECK(log.badge("B2").issue == 2);
}

TEST_CASE("a badge handed back is void and its card is blank for the next delegate", "[rule2]")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    CHECK(log.add(fact::CardFreed{CardUid("04AA"), BadgeId("BA")}).verdict == Verdict::rejected);
    REQUIRE(log.wish(command::ReturnBadge{BadgeId("BA")}));
    CHECK_FALSE(opens(log, "04AA"));
    CHECK(why(log.wish(command::ReturnBadge{BadgeId("BA")})) == Refusal::nothing_to_do);
    REQUIRE(log.wish(command::BindCard{BadgeId("BB"), CardUid("04AA"), 1}));
    CHECK(holder_of(log.state, CardUid("04AA"))->delegate == DelegateId("bob"));
}

TEST_CASE("a check-in taken back leaves belongings where they are and lets the person come again")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    REQUIRE(log.wish(command::AssignLocker{BadgeId("BA"), {door(1)}, 1}));
    CHECK(why(log.wish(command::UndoCheckIn{DelegateId("alice"), DelegateId("bob"), "me"})) ==
          Refusal::right_missing);
    REQUIRE(log.wish(command::UndoCheckIn{DelegateId("alice"), DelegateId("staff"), "wrong person"}));
    CHECK_FALSE(log.delegate("alice").checked_in);
    CHECK_FALSE(opens(log, "04AA"));
    CHECK(log.delegate("alice").lockers.contains(door(1)));
    CHECK(why(log.wish(command::UndoCheckIn{DelegateId("alice"), DelegateId("staff"), ""})) ==
          Refusal::not_checked_in);
    REQUIRE(log.wish(check_in("alice", "B2")));
    CHECK(log.delegate("alice").checked_in);
    CHECK(log.badge("B2").issue == 2);
}

TEST_CASE("somebody else collects the badge: in, but no proof of a fellow's arrival")
{
    Log log = morning();
    auto collected = check_in("carol", "BC");
    collected.in_person = false;
    REQUIRE(log.wish(collected));
    CHECK(log.delegate("carol").checked_in);
    CHECK_FALSE(log.delegate("carol").arrived);
    // When she comes herself it is no double check-in.
    CHECK(log.add(checked_in("carol")).verdict == Verdict::accepted);
    CHECK(log.delegate("carol").arrived);
    CHECK(log.add(checked_in("carol")).conflict == ConflictKind::double_check_in);
}

TEST_CASE("a day badge serves its day and then still collects one's own goods")
{
    Log log = morning();
    Participation awaited = member_state("FRA");
    awaited.state = Registration::pending;
    log.add(registered("dora", awaited));
    CHECK(why(log.wish(check_in("dora", "BD"))) == Refusal::pending);
    auto day = check_in("dora", "BD");
    day.day_badge = "2017-09-04";
    REQUIRE(log.wish(day));
    command::AssignLocker locker{BadgeId("BD"), {door(1), door(2)}, 1, {}, {}, "2017-09-05"};
    CHECK(why(log.wish(locker)) == Refusal::badge_expired);
    locker.today = "2017-09-04";
    REQUIRE(log.wish(locker));
    locker.today = "2017-09-05";
    CHECK(log.wish(locker)->locker == door(1));
}

TEST_CASE("an identity document seen in the queue counts for a quarter of an hour")
{
    Log log = morning();
    CHECK(why(log.wish(command::SeeId{DelegateId("carol"), DelegateId("bob")})) == Refusal::right_missing);
    REQUIRE(log.wish(command::SeeId{DelegateId("carol"), DelegateId("staff")}));
    const WallTime seen = log.delegate("carol").id_seen_time;
    constexpr std::chrono::minutes quarter{15};
    CHECK(id_seen_by(log.state, DelegateId("carol"), seen + quarter, quarter) == DelegateId("staff"));
    CHECK_FALSE(id_seen_by(log.state, DelegateId("carol"), seen + quarter + Millis{1}, quarter));
    CHECK_FALSE(id_seen_by(log.state, DelegateId("alice"), seen, quarter));
}

TEST_CASE("what happened to somebody or to a badge that a restored registry forgot is kept as a conflict",
          "[rule7]")
{
    Log log;
    CHECK(log.add(checked_in("eve")).conflict == ConflictKind::unknown_person);
    CHECK(log.delegate("eve").provisional);
    CHECK(log.delegate("eve").checked_in);
    CHECK(log.add(issued("BE", "eve")).verdict == Verdict::accepted);
    CHECK(log.add(bound("04EE", "BX")).conflict == ConflictKind::unknown_badge);
    CHECK(log.state.cards.find(CardUid("04EE")) == nullptr);
    CHECK(log.add(assigned(1, "mallory")).conflict == ConflictKind::unknown_person);
    CHECK(log.state.lockers.find(door(1))->holder == DelegateId("mallory"));
    // The next import completes them.
    CHECK(log.add(registered("eve", member_state("DEU"))).verdict == Verdict::accepted);
    CHECK_FALSE(log.delegate("eve").provisional);
    CHECK(log.delegate("eve").participation.delegation == "DEU");
    CHECK(log.delegate("eve").checked_in);
}
