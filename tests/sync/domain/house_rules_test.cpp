// SPDX-License-Identifier: Apache-2.0
// J6, J8 and the inbox: sessions, staff, tickets, help, announcements, conflicts and what people decide.
#include "tests/support/catch.hpp"
#include "tests/sync/domain/domain_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

const DelegateId boss("boss");

Decided resolve(Log& log, Choice choice)
{
    const FactId conflict = log.facts.back().first.id;
    return log.wish(command::ResolveConflict{conflict, choice, boss, "looked into"});
}

} // namespace

TEST_CASE("a session counts whoever is on its list, the host may admit others", "[attendance]")
{
    Log log = morning();
    Participation trainee = member_state("FRA");
    trainee.flags = {Flag::bsg_trainee};
    log.add(registered("tina", trainee));
    command::AttendSession tap{SessionId("bsg"), DelegateId("tina"), Flag::bsg_trainee, {}};
    REQUIRE(log.wish(tap));
    CHECK(log.delegate("tina").attended.contains(SessionId("bsg")));
    CHECK(log.wish(tap)->facts.empty());
    tap.delegate = DelegateId("alice");
    CHECK(why(log.wish(tap)) == Refusal::not_on_list);
    tap.admitted_by = staff;
    CHECK(why(log.wish(tap)) == Refusal::right_missing);
    tap.admitted_by = boss;
    CHECK(log.wish(tap).has_value());
    tap = {SessionId("open"), DelegateId("bob"), {}, {}};
    CHECK(log.wish(tap).has_value());
}

TEST_CASE("the registry makes the first manager, a manager every later one, nobody else anybody")
{
    Log log = morning();
    CHECK(log.add(fact::StaffAppointed{DelegateId("bob"), {Right::manage}, {}}).verdict == Verdict::rejected);
    CHECK(log.add(fact::StaffAppointed{DelegateId("bob"), {Right::manage}, staff}).verdict ==
          Verdict::rejected);
    CHECK(why(log.wish(command::AppointStaff{DelegateId("bob"), {Right::lend}, staff})) ==
          Refusal::right_missing);
    CHECK(log.wish(command::AppointStaff{DelegateId("bob"), {Right::lend}, boss}).has_value());
    CHECK(log.delegate("bob").rights == std::set<Right>{Right::lend});
}

TEST_CASE("wrong PINs are counted until the right one or a manager's badge")
{
    Log log = morning();
    log.add(fact::StaffPinFailed{staff});
    log.add(fact::StaffPinFailed{staff});
    CHECK(log.delegate("staff").pin_failures == 2);
    CHECK(log.delegate("staff").pin_failed_time != WallTime{});
    CHECK(log.add(fact::StaffPinLifted{staff, DelegateId("bob")}).verdict == Verdict::rejected);
    CHECK(log.add(fact::StaffPinLifted{staff, boss}).verdict == Verdict::accepted);
    CHECK(log.delegate("staff").pin_failures == 0);
    CHECK(log.add(fact::StaffPinLifted{staff, {}}).verdict == Verdict::duplicate);
}

TEST_CASE("desk tickets and calls for help stay open until staff close them")
{
    Log log = morning();
    log.add(fact::TicketIssued{"K1-17", DelegateId("carol"), "printer down"});
    CHECK(log.state.tickets.find("K1-17")->open);
    CHECK(log.add(fact::TicketIssued{"K1-17", {}, ""}).verdict == Verdict::duplicate);
    CHECK(log.add(fact::TicketClosed{"K1-17", staff}).verdict == Verdict::accepted);
    CHECK_FALSE(log.state.tickets.find("K1-17")->open);
    CHECK(log.add(fact::TicketClosed{"K1-18", staff}).verdict == Verdict::rejected);
    log.add(fact::HelpCalled{"confirm"});
    const FactId call = log.facts.back().first.id;
    CHECK(log.state.help_calls.find(call)->device == DeviceId("K1"));
    CHECK(log.add(fact::HelpAnswered{call, staff}).verdict == Verdict::accepted);
    CHECK(log.add(fact::HelpAnswered{call, staff}).verdict == Verdict::duplicate);
}

TEST_CASE("an announcement is on every screen until it ends, and only managers speak")
{
    Log log = morning();
    CHECK(why(log.wish(command::Announce{"Plenary moved to room C", staff})) == Refusal::right_missing);
    REQUIRE(log.wish(command::Announce{"Plenary moved to room C", boss}));
    CHECK(log.state.meeting().announcement == "Plenary moved to room C");
    REQUIRE(log.wish(command::Announce{"", boss}));
    CHECK(log.state.meeting().announcement.empty());
    CHECK(why(log.wish(command::Announce{"", boss})) == Refusal::nothing_to_do);
}

TEST_CASE("a conflict is closed by a person once, and a second opinion is a conflict again", "[rule7]")
{
    Log log = morning();
    log.add(checked_in("alice"));
    const FactId conflict = log.facts.back().first.id;
    REQUIRE(resolve(log, Choice::first));
    CHECK_FALSE(log.state.conflicts.find(conflict)->open);
    CHECK(log.state.conflicts.find(conflict)->closed_by == boss);
    CHECK(why(log.wish(command::ResolveConflict{conflict, Choice::second, boss, ""})) ==
          Refusal::conflict_closed);
    CHECK(why(log.wish(command::ResolveConflict{FactId("none"), Choice::first, boss, ""})) ==
          Refusal::conflict_unknown);
    CHECK(log.add(fact::ConflictResolved{conflict, Choice::first, staff, ""}).verdict == Verdict::duplicate);
    CHECK(log.add(fact::ConflictResolved{conflict, Choice::second, staff, ""}).conflict ==
          ConflictKind::resolved_twice);
    CHECK(log.last_conflict().open);
}

TEST_CASE("the second badge takes the place of the first when staff say so", "[rule2][rule10]")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    log.add(issued("B2", "alice"));
    SECTION("the second stands")
    {
        REQUIRE(resolve(log, Choice::second));
        CHECK(log.delegate("alice").badge == BadgeId("B2"));
        CHECK(log.badge("B2").live);
        CHECK_FALSE(holder_of(log.state, CardUid("04AA")));
    }
    SECTION("the first stands")
    {
        REQUIRE(resolve(log, Choice::first));
        CHECK(log.delegate("alice").badge == BadgeId("BA"));
        CHECK_FALSE(log.badge("B2").live);
    }
}

TEST_CASE("a card, a locker or a laptop goes to the second claim when staff say so", "[rule2][rule3][rule4]")
{
    Log log = morning();
    log.add(bound("04AA", "BA"));
    log.add(bound("04AA", "BB"));
    REQUIRE(resolve(log, Choice::second));
    CHECK(holder_of(log.state, CardUid("04AA"))->delegate == DelegateId("bob"));
    CHECK(log.badge("BA").card.empty());

    log.add(assigned(1, "alice"));
    log.add(assigned(1, "bob"));
    REQUIRE(resolve(log, Choice::second));
    CHECK(log.state.lockers.find(door(1))->holder == DelegateId("bob"));
    CHECK(log.delegate("alice").lockers.empty());

    log.add(lent("LT-1", "alice"));
    log.add(lent("LT-1", "bob"));
    REQUIRE(resolve(log, Choice::second));
    CHECK(log.delegate("bob").laptop == LaptopTag("LT-1"));
    CHECK(log.delegate("alice").laptop.empty());
}

TEST_CASE("a cancelled person who came in is let in after all, or their badge is void", "[rule10]")
{
    Log log = morning();
    log.add(registered("cara", cancelled(member_state("FRA"))));
    log.add(checked_in("cara"));
    const FactId conflict = log.facts.back().first.id;
    log.add(issued("BC", "cara"));
    log.add(bound("04CC", "BC"));
    SECTION("let in")
    {
        REQUIRE(log.wish(command::ResolveConflict{conflict, Choice::second, boss, ""}));
        CHECK(log.delegate("cara").participation.state == Registration::approved);
        CHECK(holder_of(log.state, CardUid("04CC")).has_value());
    }
    SECTION("turned away")
    {
        REQUIRE(log.wish(command::ResolveConflict{conflict, Choice::first, boss, ""}));
        CHECK_FALSE(log.delegate("cara").checked_in);
        CHECK_FALSE(holder_of(log.state, CardUid("04CC")).has_value());
    }
}

TEST_CASE("of two heads one stays, the other goes on as a delegate", "[rule9]")
{
    Log log = morning();
    log.add(registered("h1", member_state("ITA", Role::head)));
    log.add(registered("h2", member_state("ITA", Role::head)));
    const auto choice = GENERATE(Choice::first, Choice::second);
    REQUIRE(resolve(log, choice));
    const bool second = choice == Choice::second;
    CHECK(log.state.delegations.find("ITA")->head == DelegateId(second ? "h2" : "h1"));
    CHECK(log.delegate("h1").participation.role == (second ? Role::delegate : Role::head));
    CHECK(log.delegate("h2").participation.role == (second ? Role::head : Role::delegate));
}
