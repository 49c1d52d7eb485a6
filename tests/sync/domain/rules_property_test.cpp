// SPDX-License-Identifier: Apache-2.0
// Any wishes in any order, and any facts from devices that did not know of each other: the rules hold, and
// the facts alone give the same entities again. RapidCheck prints the shortest sequence that breaks one.
#include "tests/support/catch.hpp"
#include "tests/sync/domain/domain_support.hpp"

#include <algorithm>
#include <rapidcheck.h>
#include <stdexcept>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// A rule that does not hold: ends the run of one sequence.
void must_hold(bool holds, const char* rule)
{
    if (!holds)
        throw std::runtime_error(rule);
}

/// Draws from the numbers that RapidCheck made, so that it can shrink them; past the end: always the first.
class Tape {
public:
    explicit Tape(const std::vector<std::uint16_t>& numbers) : numbers_(numbers) {}
    std::uint64_t below(std::uint64_t bound)
    {
        return next_ < numbers_.size() ? numbers_[next_++] % bound : 0;
    }
    [[nodiscard]] bool ended() const { return next_ >= numbers_.size(); }

private:
    const std::vector<std::uint16_t>& numbers_;
    std::size_t next_ = 0;
};

/// Few of everything, so that they meet often.
class Crowd {
public:
    explicit Crowd(const std::vector<std::uint16_t>& tape) : tape_(tape) {}

    [[nodiscard]] bool ended() const { return tape_.ended(); }
    bool maybe(std::uint64_t one_in) { return tape_.below(one_in) == 0; }

    Body any_fact(const Log& log)
    {
        switch (tape_.below(4)) {
        case 0: return fact_of_people(log);
        case 1: return fact_of_badges();
        case 2: return fact_of_lockers_and_laptops();
        default: return fact_of_house(log);
        }
    }
    void any_wish(Log& log)
    {
        switch (tape_.below(4)) {
        case 0: return wish_of_people(log);
        case 1: return wish_of_badges(log);
        case 2: return wish_of_lockers(log);
        default: return wish_of_laptops(log);
        }
    }

private:
    std::string pick(const char* prefix, std::uint64_t count)
    {
        return prefix + std::to_string(tape_.below(count));
    }
    DelegateId delegate() { return DelegateId(pick("p", 8)); }
    DelegateId staff() { return DelegateId("p0"); }
    BadgeId badge() { return BadgeId(pick("B", 14)); }
    CardUid card() { return CardUid(pick("04", 6)); }
    LockerNo locker() { return door(static_cast<unsigned>(1 + tape_.below(4))); }
    LaptopTag tag() { return LaptopTag(pick("LT-", 3)); }
    WallTime time() { return {static_cast<std::int64_t>(tape_.below(2000))}; }
    Choice choice() { return maybe(2) ? Choice::first : Choice::second; }
    IssueReason reason() { return static_cast<IssueReason>(tape_.below(4)); }
    std::set<std::string> columns() { return {maybe(2) ? "role" : "badge_name"}; }
    std::optional<unsigned> base(const Log& log, const DelegateId& id)
    {
        const Delegate* known = log.state.delegates.find(id);
        if (known == nullptr || maybe(4))
            return std::nullopt;
        return known->revision - (known->revision > 0 && maybe(4) ? 1 : 0);
    }
    Participation participation()
    {
        Participation p = member_state(pick("D", 2), static_cast<Role>(tape_.below(6)));
        p.category = static_cast<Category>(tape_.below(8));
        p.confirmed_by = maybe(3) ? "" : "FRA";
        p.state = static_cast<Registration>(maybe(3) ? tape_.below(3) : 1);
        return p;
    }
    FactId any_conflict(const Log& log)
    {
        std::vector<FactId> ids;
        log.state.conflicts.each([&ids](const FactId& id, const Conflict&) { ids.push_back(id); });
        std::sort(ids.begin(), ids.end());
        return ids.empty() ? FactId("none") : ids[tape_.below(ids.size())];
    }

    Body fact_of_people(const Log& log)
    {
        const DelegateId who = delegate();
        switch (tape_.below(8)) {
        case 0: return fact::DelegateRegistered{who, participation(), maybe(2), maybe(4) ? "letter" : ""};
        case 1: return fact::DelegateAmended{who, participation(), columns(), base(log, who)};
        case 2:
            return fact::DelegateCorrected{who,     participation(), columns(), base(log, who),
                                           staff(), "letter"};
        case 3: return fact::CheckInUndone{who, staff(), ""};
        case 4: return fact::CorrectionRequested{who};
        case 5: return maybe(4) ? Body(fact::DelegateErased{who}) : Body(fact::IdSeen{who, staff()});
        default: return fact::CheckedIn{who, "code", {}, !maybe(4)};
        }
    }
    Body fact_of_badges()
    {
        switch (tape_.below(7)) {
        case 0:
            return fact::BadgeIssued{badge(),
                                     delegate(),
                                     static_cast<unsigned>(1 + tape_.below(3)),
                                     reason(),
                                     maybe(2) ? std::optional(staff()) : std::nullopt,
                                     ""};
        case 1: return fact::PrintQueued{badge(), static_cast<unsigned>(tape_.below(3))};
        case 2: return fact::BadgePrinted{badge(), 1};
        case 3:
            return maybe(2) ? Body(fact::BadgeRevoked{badge(), staff(), ""})
                            : Body(fact::BadgeReturned{badge()});
        case 4: return fact::CardFreed{card(), badge()};
        default: return fact::CardBound{card(), badge(), 1};
        }
    }
    Body fact_of_lockers_and_laptops()
    {
        switch (tape_.below(14)) {
        case 0: return fact::LockerReleased{locker(), delegate()};
        case 1: return fact::LockerAsked{BankId("B"), delegate(), "K1-B1"};
        case 2: return fact::LockerServiced{locker(), maybe(2), staff(), ""};
        case 3: return fact::BankServiced{BankId("B"), maybe(2), {}, ""};
        case 4: return fact::LockerOpened{locker(), {}, UnlockId("u"), "opened", ""};
        case 5: return fact::LaptopAdded{tag(), DeviceId("S1")};
        case 6: return fact::LaptopAsked{delegate(), "S1-1"};
        case 7: return fact::LaptopReturned{tag(), staff(), maybe(4), ""};
        case 8: return fact::LaptopSwapped{tag(), tag(), staff(), ""};
        case 9:
            return maybe(2) ? Body(fact::LaptopLost{tag(), staff()})
                            : Body(fact::LaptopRestored{tag(), staff()});
        case 10:
            return maybe(2) ? Body(fact::LaptopOffered{delegate(), time()})
                            : Body(fact::LaptopOfferMissed{delegate(), maybe(3)});
        case 11: return fact::BankOpened{BankId("B"), staff(), delegate(), ""};
        case 12: return fact::LaptopLent{tag(), delegate(), staff(), ""};
        default: return fact::LockerAssigned{locker(), delegate()};
        }
    }
    Body fact_of_house(const Log& log)
    {
        switch (tape_.below(8)) {
        case 0: return fact::StaffAppointed{delegate(), {Right::lend}, staff()};
        case 1: return fact::StaffPinFailed{delegate()};
        case 2: return fact::SessionAttended{SessionId("bsg"), delegate(), {}};
        case 3: return fact::TicketIssued{pick("K1-", 4), delegate(), ""};
        case 4: return fact::Announced{pick("room ", 3), {}};
        default: return fact::ConflictResolved{any_conflict(log), choice(), staff(), ""};
        }
    }

    void wish_of_people(Log& log)
    {
        const DelegateId who = delegate();
        switch (tape_.below(5)) {
        case 0:
            static_cast<void>(log.wish(command::RegisterWalkIn{who, participation(), "letter", staff()}));
            break;
        case 1: {
            const Delegate* known = log.state.delegates.find(who);
            static_cast<void>(log.wish(command::CorrectRecord{
                who, participation(), columns(), known == nullptr ? 0 : known->revision, staff(), "letter"}));
            break;
        }
        case 2: static_cast<void>(log.wish(command::RequestCorrection{who})); break;
        case 3: static_cast<void>(log.wish(command::UndoCheckIn{who, staff(), ""})); break;
        default:
            static_cast<void>(log.wish(command::ResolveConflict{any_conflict(log), choice(), staff(), ""}));
        }
    }
    void wish_of_badges(Log& log)
    {
        switch (tape_.below(6)) {
        case 0: {
            command::CheckIn wish{delegate(), "name", {}, badge(), {}};
            if (maybe(3))
                wish.provisional = participation();
            static_cast<void>(log.wish(wish));
            break;
        }
        case 1: static_cast<void>(log.wish(command::BindCard{badge(), card(), 1})); break;
        case 2:
            static_cast<void>(log.wish(command::ReplaceBadge{
                delegate(), maybe(2) ? IssueReason::lost : IssueReason::damaged, badge(), staff()}));
            break;
        case 3: static_cast<void>(log.wish(command::RevokeBadge{badge(), staff(), ""})); break;
        case 4: static_cast<void>(log.wish(command::ReturnBadge{badge()})); break;
        default: static_cast<void>(log.wish(command::AttendSession{SessionId("bsg"), delegate(), {}, {}}));
        }
    }
    void wish_of_lockers(Log& log)
    {
        switch (tape_.below(5)) {
        case 0: static_cast<void>(log.wish(command::ReleaseLocker{delegate()})); break;
        case 1: static_cast<void>(log.wish(command::AskForLocker{BankId("B"), delegate(), "K1-B1"})); break;
        case 2: static_cast<void>(log.wish(command::ServiceLocker{locker(), maybe(2), staff(), ""})); break;
        default: static_cast<void>(log.wish(command::AssignLocker{badge(), {locker(), locker()}, 1}));
        }
    }
    void wish_of_laptops(Log& log)
    {
        switch (tape_.below(6)) {
        case 0: static_cast<void>(log.wish(command::AskForLaptop{delegate(), "S1-1"})); break;
        case 1: static_cast<void>(log.wish(command::LendLaptop{tag(), delegate(), staff(), ""})); break;
        case 2: static_cast<void>(log.wish(command::TakeBackLaptop{tag(), staff(), false, ""})); break;
        case 3: static_cast<void>(log.wish(command::SwapLaptop{tag(), tag(), staff(), "", {}})); break;
        case 4: static_cast<void>(log.wish(command::OfferLaptops{time(), Millis{500}, 3, {}})); break;
        default: static_cast<void>(log.wish(command::LeaveLaptopQueue{delegate()}));
        }
    }

    Tape tape_;
};

void cards_and_badges_hold(const State& state) // rules 2 and 10
{
    state.cards.each([&](const CardUid& uid, const Card& card) {
        const auto holder = holder_of(state, uid);
        if (card.badge.empty())
            return must_hold(!holder, "rule 10: a blank card opens nothing");
        const Badge* badge = state.badges.find(card.badge);
        must_hold(badge != nullptr && badge->card == uid, "rule 2: a card and its badge name each other");
        must_hold(holder.has_value() == badge->live, "rule 10: only a live badge opens");
    });
    std::map<DelegateId, int> live;
    state.badges.each([&](const BadgeId& id, const Badge& badge) {
        if (badge.live) {
            must_hold(++live[badge.delegate] == 1, "rule 2: one live badge a delegate");
            must_hold(state.delegates.find(badge.delegate)->badge == id, "rule 2: the delegate names it");
        }
        must_hold(!(badge.live && (badge.awaits_card || badge.returned)),
                  "rule 10: a badge is live or is not");
        if (!badge.card.empty())
            must_hold(state.cards.find(badge.card)->badge == id,
                      "rule 2: a badge and its card name each other");
    });
    state.delegates.each([&](const DelegateId&, const Delegate& delegate) {
        must_hold(delegate.badge.empty() || state.badges.find(delegate.badge)->live, "rule 2: it is live");
    });
}

void lockers_hold(const State& state) // rule 3
{
    std::map<DelegateId, int> held;
    state.lockers.each([&](const LockerNo& no, const Locker& locker) {
        if (locker.holder.empty())
            return;
        must_hold(++held[locker.holder] == 1, "rule 3: one locker a delegate");
        must_hold(state.delegates.find(locker.holder)->lockers == std::set<LockerNo>{no},
                  "rule 3: holder and locker name each other");
    });
    state.delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        must_hold(static_cast<int>(delegate.lockers.size()) == held[id],
                  "rule 3: nobody holds what is not theirs");
    });
}

void laptops_hold(const State& state) // rule 4
{
    std::map<DelegateId, int> borrowed;
    state.laptops.each([&](const LaptopTag& tag, const Laptop& laptop) {
        if (laptop.borrower.empty())
            return;
        must_hold(++borrowed[laptop.borrower] == 1, "rule 4: one laptop a delegate");
        must_hold(state.delegates.find(laptop.borrower)->laptop == tag, "rule 4: both name each other");
    });
    state.delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        must_hold((delegate.laptop.empty() ? 0 : 1) == borrowed[id], "rule 4: nobody has what is not lent");
    });
    std::map<DelegateId, int> waiting;
    for (const auto& place : state.laptop_queue().waiting) {
        must_hold(++waiting[place.delegate] == 1, "rule 4: one place in the queue");
        must_hold(state.delegates.find(place.delegate)->laptop.empty(), "rule 4: who has one does not wait");
    }
}

void heads_hold(const State& state) // rule 9
{
    state.delegations.each([&](const std::string& code, const DelegationHead& delegation) {
        if (delegation.head.empty())
            return;
        const Participation& head = state.delegates.find(delegation.head)->participation;
        must_hold(head.role == Role::head && head.delegation == code && head.state != Registration::cancelled,
                  "rule 9: the head of a delegation is one");
    });
    state.delegates.each([&](const DelegateId&, const Delegate& delegate) {
        must_hold(!(delegate.participation.category == Category::sme_pilot &&
                    is_leadership(delegate.participation.role)),
                  "rule 9: an SME of the pilot leads nothing");
    });
}

void rules_hold(const State& state)
{
    cards_and_badges_hold(state);
    lockers_hold(state);
    laptops_hold(state);
    heads_hold(state);
}

void conflicts_are_kept(const Log& log) // rule 7
{
    std::size_t lost = 0;
    for (const auto& [fact, outcome] : log.facts) {
        must_hold(outcome.conflict.has_value() == (outcome.verdict == Verdict::conflict),
                  "rule 7: a kind each");
        must_hold((log.state.conflicts.find(fact.id) != nullptr) == outcome.conflict.has_value(),
                  "rule 7: a losing claim is a task");
        lost += outcome.conflict ? 1U : 0U;
    }
    std::size_t kept = 0;
    log.state.conflicts.each([&kept](const FactId&, const Conflict& conflict) {
        must_hold(conflict.open == conflict.choice.empty(), "rule 7: a task is closed by a choice");
        ++kept;
    });
    must_hold(kept == lost, "rule 7: open and resolved conflicts are the losing claims");
}

/// The bytes alone, read again and applied with the stored outcomes, as a device does that pulls; and
/// `apply` must have named every entity that it changed, as the store writes only those.
void facts_give_the_same_again(const Log& log)
{
    State again;
    std::map<EntityKey, std::string> stored;
    for (const auto& [fact, outcome] : log.facts) {
        const auto parsed = parse_fact(fact_bytes(fact));
        must_hold(parsed.has_value(), "a fact is read as it was written");
        must_hold(admit(again, *parsed).verdict == outcome.verdict, "rules 7 and 8: the order alone decides");
        for (const auto& change : apply(again, *parsed, outcome))
            stored[change] = again.write(change);
    }
    must_hold(entities(again) == entities(log.state), "the journal from scratch is the live projection");
    must_hold(stored == entities(log.state), "apply names every entity that it changes");
    State restored;
    for (const auto& [key, text] : stored)
        must_hold(restored.read(name_of(key.kind), key.key, text).has_value(), "an entity is read again");
    must_hold(entities(restored) == stored, "a projection at rest is the live one");
}

Log staffed()
{
    Log log;
    log.add(registered("p0"));
    log.add_at_registry(fact::StaffAppointed{
        DelegateId("p0"), {Right::release, Right::lend, Right::manage, Right::host}, {}});
    for (const auto* tag : {"LT-0", "LT-1", "LT-2"})
        log.add(laptop(tag));
    for (int id = 1; id < 7; ++id)
        log.add(registered("p" + std::to_string(id)));
    return log;
}

/// Long, for much to happen; the length is what RapidCheck shrinks.
std::vector<std::uint16_t> any_tape()
{
    constexpr std::size_t longest = 800;
    const auto number = rc::gen::noShrink(rc::gen::inRange<std::uint16_t>(0, 50'000));
    auto tape =
        *rc::gen::resize(rc::kNominalSize, rc::gen::container<std::vector<std::uint16_t>>(longest, number));
    tape.resize(*rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(1, longest)));
    return tape;
}

} // namespace

TEST_CASE("whatever is wished in whatever order, the rules hold", "[rule2][rule3][rule4][rule9][rule10]")
{
    REQUIRE(rc::check("wishes at one device", [] {
        const auto tape = any_tape();
        Crowd crowd(tape);
        Log log = staffed();
        while (!crowd.ended()) {
            crowd.any_wish(log);
            must_hold(log.refused_drafts == 0,
                      "a wish never yields a fact that its own kiosk does not admit");
        }
        rules_hold(log.state);
        must_hold(log.state.conflicts.own().empty(), "one device alone disagrees with nobody");
        facts_give_the_same_again(log);
    }));
}

TEST_CASE("whatever devices report in whatever order, the rules hold and conflicts are kept",
          "[rule2][rule3][rule4][rule7][rule9][rule10]")
{
    std::map<Verdict, int> seen;
    std::map<std::string, int> conflicts;
    REQUIRE(rc::check("facts of many devices", [&] {
        const auto tape = any_tape();
        Crowd crowd(tape);
        Log log = staffed();
        while (!crowd.ended()) {
            if (crowd.maybe(3))
                crowd.any_wish(log);
            else
                ++seen[log.add(crowd.any_fact(log)).verdict];
            must_hold(log.refused_drafts == 0,
                      "a wish never yields a fact that its own kiosk does not admit");
        }
        rules_hold(log.state);
        conflicts_are_kept(log);
        facts_give_the_same_again(log);
        log.state.conflicts.each([&](const FactId&, const Conflict& c) { ++conflicts[c.kind]; });
    }));
    for (const auto verdict : {Verdict::accepted, Verdict::duplicate, Verdict::conflict, Verdict::rejected})
        CHECK(seen[verdict] > 100); // the generator reaches all four
    for (const auto kind : all_conflict_kinds) {
        INFO(name_of(kind));
        CHECK(conflicts[std::string(name_of(kind))] > 0); // and every way to disagree
    }
}
