// SPDX-License-Identifier: Apache-2.0
// Walk-ins, corrections, heads of delegation, erasure.
#include "tests/support/catch.hpp"
#include "tests/sync/domain/domain_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

command::CorrectRecord correct(const Log& log, const std::string& id, Participation p,
                               std::set<std::string> changed, const std::string& letter = "")
{
    return {DelegateId(id), std::move(p), std::move(changed), log.delegate(id).revision, staff, letter};
}

} // namespace

TEST_CASE("a walk-in needs staff, a letter, and is no fellow")
{
    Log log = morning();
    command::RegisterWalkIn wish{DelegateId("walt"), member_state("FRA"), "TSB-117", staff};
    auto without = wish;
    without.letter.clear();
    CHECK(why(log.wish(without)) == Refusal::letter_missing);
    without = wish;
    without.staff = DelegateId("bob");
    CHECK(why(log.wish(without)) == Refusal::right_missing);
    auto fellow = wish;
    fellow.participation.flags.insert(Flag::fellow);
    CHECK(why(log.wish(fellow)) == Refusal::fellow_walks_in);
    REQUIRE(log.wish(wish));
    CHECK(log.delegate("walt").letter == "TSB-117");
    CHECK(why(log.wish(wish)) == Refusal::already_registered);
    CHECK(
        log.add(fact::DelegateRegistered{DelegateId("w2"), fellow.participation, false, "TSB-118"}).verdict ==
        Verdict::rejected);
}

TEST_CASE("an SME of the pilot walks in with its Administration and without a post", "[rule9]")
{
    Log log = morning();
    command::RegisterWalkIn wish{DelegateId("sme"), sme(Role::chair), "TSB-117", staff};
    CHECK(why(log.wish(wish)) == Refusal::leadership_forbidden);
    wish.participation = sme();
    wish.participation.confirmed_by.clear();
    CHECK(why(log.wish(wish)) == Refusal::confirmation_missing);
    CHECK(log.add(registered("sme", wish.participation)).verdict == Verdict::rejected);
    wish.participation = sme();
    CHECK(log.wish(wish).has_value());
}

TEST_CASE("an import never overwrites what staff put right on site", "[rule7]")
{
    Log log = morning();
    REQUIRE(log.wish(correct(log, "alice", member_state("FRA"), {"badge_name"})));
    CHECK(log.delegate("alice").corrected == std::set<std::string>{"badge_name"});
    fact::DelegateAmended import{DelegateId("alice"),
                                 member_state("DEU"),
                                 {"badge_name", "delegation"},
                                 log.delegate("alice").revision};
    const Outcome lost = log.add(import);
    CHECK(lost.conflict == ConflictKind::import_over_correction);
    CHECK(record_fate(lost) == RecordFate::proposed);
    CHECK(log.delegate("alice").participation.delegation == "FRA");
    import.changed = {"delegation"};
    CHECK(log.add(import).verdict == Verdict::accepted);
    CHECK(log.delegate("alice").participation.delegation == "DEU");
}

TEST_CASE("an import that makes an SME of the pilot a leader is nothing for people to choose", "[rule9]")
{
    Log log = morning();
    const unsigned base = log.delegate("alice").revision;
    REQUIRE(log.wish(correct(log, "alice", member_state("FRA"), {"category"})));
    fact::DelegateAmended import{DelegateId("alice"), sme(Role::chair), {"category", "role"}, base + 1};
    CHECK(log.add(import).verdict == Verdict::rejected);
    import.base = base;
    CHECK(log.add(import).verdict == Verdict::rejected);
    import.participation = sme();
    CHECK(log.add(import).conflict == ConflictKind::record_at_two);
}

TEST_CASE("two devices that amend one record apart disagree, and neither wins in silence", "[rule7]")
{
    Log log = morning();
    const auto base = log.delegate("alice").revision;
    CHECK(log.add(fact::DelegateCorrected{
                      DelegateId("alice"), member_state("DEU"), {"delegation"}, base, staff, {}})
              .verdict == Verdict::accepted);
    const Outcome second = log.add(
        fact::DelegateCorrected{DelegateId("alice"), member_state("ITA"), {"delegation"}, base, staff, {}});
    CHECK(second.conflict == ConflictKind::record_at_two);
    CHECK(log.delegate("alice").participation.delegation == "DEU");
    const FactId conflict = log.facts.back().first.id;
    const auto resolve = log.fact(fact::ConflictResolved{conflict, Choice::second, staff, ""});
    CHECK(promoted_record(log.state, resolve) == conflict);
    CHECK(log.add(resolve).verdict == Verdict::accepted);
    CHECK(log.delegate("alice").participation.delegation == "ITA");
    CHECK_FALSE(log.state.conflicts.find(conflict)->open);
    CHECK(why(log.wish(command::CorrectRecord{
              DelegateId("alice"), member_state("FRA"), {"delegation"}, base, staff, ""})) ==
          Refusal::changed_meanwhile);
}

TEST_CASE("a delegate's wish for a correction is a task until staff put it right")
{
    Log log = morning();
    REQUIRE(log.wish(command::RequestCorrection{DelegateId("alice")}));
    CHECK(log.delegate("alice").correction_wanted);
    CHECK(log.wish(command::RequestCorrection{DelegateId("alice")})->facts.empty());
    REQUIRE(log.wish(correct(log, "alice", member_state("FRA"), {"organization"})));
    CHECK_FALSE(log.delegate("alice").correction_wanted);
}

TEST_CASE("staff replace a head of delegation with a letter, the head before goes on as a delegate",
          "[rule9]")
{
    Log log = morning();
    log.add(amended("bob", member_state("FRA", Role::head)));
    const auto head = member_state("FRA", Role::head);
    CHECK(why(log.wish(correct(log, "alice", head, {"role"}))) == Refusal::letter_missing);
    const auto decided = log.wish(correct(log, "alice", head, {"role"}, "CH-3"));
    REQUIRE(decided);
    CHECK(decided->records == std::vector{DelegateId("bob"), DelegateId("alice")});
    CHECK(log.state.delegations.find("FRA")->head == DelegateId("alice"));
    CHECK(log.delegate("bob").participation.role == Role::delegate);
    CHECK(log.add(fact::DelegateCorrected{
                      DelegateId("carol"), member_state("DEU", Role::head), {"role"}, {}, staff, ""})
              .verdict == Verdict::rejected);
}

TEST_CASE("an erased delegate leaves a number for the statistics and nothing else")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    REQUIRE(log.wish(command::EraseDelegate{DelegateId("alice")}));
    const Delegate& gone = log.delegate("alice");
    CHECK(gone.erased);
    CHECK(gone.participation.delegation == "FRA");
    CHECK_FALSE(holder_of(log.state, CardUid("04AA")));
    CHECK(why(log.wish(check_in("alice", "B2"))) == Refusal::erased);
    CHECK(why(log.wish(command::EraseDelegate{DelegateId("alice")})) == Refusal::erased);
    CHECK(log.add(amended("alice", member_state("DEU"))).verdict == Verdict::rejected);
    CHECK(log.add(registered("alice", member_state("DEU"))).verdict == Verdict::duplicate);
}

TEST_CASE("a closed event takes no new check-in and no walk-in, and is erased only when it is closed")
{
    Log log = morning();
    CHECK(log.add_at_registry(fact::EventErased{"manager", ""}).verdict == Verdict::rejected);
    CHECK(log.add(fact::EventClosed{"manager"}).verdict == Verdict::rejected); // a kiosk closes nothing
    CHECK(log.add_at_registry(fact::EventClosed{"manager"}).verdict == Verdict::accepted);
    CHECK(log.add_at_registry(fact::EventClosed{"manager"}).verdict == Verdict::duplicate);
    CHECK(why(log.wish(check_in("carol", "BC"))) == Refusal::event_closed);
    CHECK(why(log.wish(command::RegisterWalkIn{DelegateId("w"), member_state("FRA"), "L", staff})) ==
          Refusal::event_closed);
    // What an offline kiosk did before it heard of it happened all the same.
    CHECK(log.add(checked_in("carol")).verdict == Verdict::accepted);
    CHECK(log.add_at_registry(fact::EventErased{"manager", ""}).verdict == Verdict::accepted);
    CHECK(log.state.meeting().erased);
}
