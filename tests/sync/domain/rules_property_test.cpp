// SPDX-License-Identifier: Apache-2.0
// Any wishes in any order, and any facts from devices that did not know of each other: the rules hold, and
// the facts alone give the same entities again. The seed that fails is printed.
#include "tests/support/catch.hpp"
#include "tests/sync/domain/domain_support.hpp"

#include <algorithm>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// Few of everything, so that they meet often.
class Meeting {
public:
    explicit Meeting(std::uint64_t seed) : random_(seed) {}

    std::string pick(const char* prefix, std::uint64_t count)
    {
        return prefix + std::to_string(random_.below(count));
    }
    DelegateId delegate() { return DelegateId(pick("p", 8)); }
    BadgeId badge() { return BadgeId(pick("B", 12)); }
    CardUid card() { return CardUid(pick("04", 6)); }
    LockerNo locker() { return door(static_cast<unsigned>(1 + random_.below(4))); }
    LaptopTag tag() { return LaptopTag(pick("LT-", 3)); }
    bool maybe(std::uint64_t one_in) { return random_.below(one_in) == 0; }
    Participation participation()
    {
        Participation p = member_state(pick("D", 2), static_cast<Role>(random_.below(6)));
        p.category = static_cast<Category>(random_.below(8));
        p.state = static_cast<Registration>(maybe(3) ? random_.below(3) : 1);
        return p;
    }

    Body any_fact()
    {
        switch (random_.below(14)) {
        case 0: return fact::DelegateRegistered{delegate(), participation(), maybe(2)};
        case 1: return fact::DelegateAmended{delegate(), participation()};
        case 2: return fact::CheckedIn{delegate(), "code", {}};
        case 3: return fact::BadgeIssued{badge(), delegate(), 1};
        case 4: return fact::PrintQueued{badge(), static_cast<unsigned>(random_.below(3))};
        case 5: return fact::BadgePrinted{badge(), 1};
        case 6: return fact::CardBound{card(), badge(), 1};
        case 7: return fact::LockerAssigned{locker(), delegate()};
        case 8: return fact::LockerReleased{locker(), delegate()};
        case 9: return fact::LaptopAdded{tag(), DeviceId("S1")};
        case 10: return fact::LaptopAsked{delegate(), "S1-1"};
        case 11: return fact::LaptopLent{tag(), delegate(), DelegateId("p0"), ""};
        case 12: return fact::LaptopReturned{tag(), DelegateId("p0"), maybe(4), ""};
        default: return fact::StaffAppointed{delegate(), {Right::lend}};
        }
    }

    void any_wish(Log& log)
    {
        switch (random_.below(7)) {
        case 0: {
            command::CheckIn wish{delegate(), "name", {}, badge(), {}};
            if (maybe(3))
                wish.provisional = participation();
            static_cast<void>(log.wish(wish));
            break;
        }
        case 1: static_cast<void>(log.wish(command::BindCard{badge(), card(), 1})); break;
        case 2: static_cast<void>(log.wish(command::AssignLocker{badge(), {locker(), locker()}, 1})); break;
        case 3: static_cast<void>(log.wish(command::ReleaseLocker{delegate()})); break;
        case 4: static_cast<void>(log.wish(command::AskForLaptop{delegate(), "S1-1"})); break;
        case 5:
            static_cast<void>(log.wish(command::LendLaptop{tag(), delegate(), DelegateId("p0"), ""}));
            break;
        case 6:
            static_cast<void>(log.wish(command::TakeBackLaptop{tag(), DelegateId("p0"), false, ""}));
            break;
        }
    }

private:
    SeededRandom random_;
};

void cards_and_badges_hold(const State& state) // rules 2 and 10
{
    state.cards.each([&](const CardUid& uid, const Card& card) {
        REQUIRE(state.badges.find(card.badge) != nullptr);
        REQUIRE(state.badges.find(card.badge)->card == uid);
        const auto holder = holder_of(state, uid);
        REQUIRE(holder.has_value() == state.badges.find(card.badge)->live);
    });
    std::map<DelegateId, int> live;
    state.badges.each([&](const BadgeId& id, const Badge& badge) {
        if (badge.live) {
            REQUIRE(++live[badge.delegate] == 1);
            REQUIRE(state.delegates.find(badge.delegate)->badge == id);
        }
        if (!badge.card.empty())
            REQUIRE(state.cards.find(badge.card)->badge == id);
    });
}

void lockers_hold(const State& state) // rule 3
{
    std::map<DelegateId, int> held;
    state.lockers.each([&](const LockerNo& no, const Locker& locker) {
        if (locker.holder.empty())
            return;
        REQUIRE(++held[locker.holder] == 1);
        REQUIRE(state.delegates.find(locker.holder)->lockers == std::set<LockerNo>{no});
    });
    state.delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        REQUIRE(static_cast<int>(delegate.lockers.size()) == held[id]);
    });
}

void laptops_hold(const State& state) // rule 4
{
    std::map<DelegateId, int> borrowed;
    state.laptops.each([&](const LaptopTag& tag, const Laptop& laptop) {
        if (laptop.borrower.empty())
            return;
        REQUIRE(++borrowed[laptop.borrower] == 1);
        REQUIRE(state.delegates.find(laptop.borrower)->laptop == tag);
    });
    state.delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        REQUIRE((delegate.laptop.empty() ? 0 : 1) == borrowed[id]);
    });
    std::map<DelegateId, int> waiting;
    for (const auto& place : state.laptop_queue().waiting) {
        REQUIRE(++waiting[place.delegate] == 1);
        REQUIRE(state.delegates.find(place.delegate)->laptop.empty());
    }
}

void heads_hold(const State& state) // rule 9
{
    state.delegations.each([&](const std::string& code, const DelegationHead& delegation) {
        if (delegation.head.empty())
            return;
        const Participation& head = state.delegates.find(delegation.head)->participation;
        REQUIRE(head.role == Role::head);
        REQUIRE(head.delegation == code);
        REQUIRE(head.state != Registration::cancelled);
    });
    state.delegates.each([&](const DelegateId&, const Delegate& delegate) {
        REQUIRE_FALSE((delegate.participation.category == Category::sme_pilot &&
                       is_leadership(delegate.participation.role)));
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
    for (const auto& [fact, outcome] : log.facts) {
        REQUIRE(outcome.conflict.has_value() == (outcome.verdict == Verdict::conflict));
        REQUIRE((log.state.conflicts.find(fact.id) != nullptr) == outcome.conflict.has_value());
    }
}

/// The bytes alone, read again and applied with the stored outcomes, as a device does that pulls; and
/// `apply` must have named every entity that it changed, as the store writes only those.
void facts_give_the_same_again(const Log& log)
{
    State again;
    std::map<EntityKey, std::string> stored;
    for (const auto& [fact, outcome] : log.facts) {
        const auto parsed = parse_fact(fact_bytes(fact));
        REQUIRE(parsed);
        REQUIRE(admit(again, *parsed).verdict == outcome.verdict);
        for (const auto& change : apply(again, *parsed, outcome))
            stored[change] = again.write(change);
    }
    REQUIRE(entities(again) == entities(log.state));
    REQUIRE(stored == entities(log.state));
}

} // namespace

TEST_CASE("whatever is wished in whatever order, the rules hold", "[rule2][rule3][rule4][rule9][rule10]")
{
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        Meeting meeting(seed);
        Log log;
        log.add(registered("p0"));
        log.add(fact::StaffAppointed{DelegateId("p0"), {Right::lend}});
        for (const auto* tag : {"LT-0", "LT-1", "LT-2"})
            log.add(laptop(tag));
        for (int id = 1; id < 7; ++id)
            log.add(registered("p" + std::to_string(id)));
        for (int step = 0; step < 120; ++step) {
            meeting.any_wish(log);
            REQUIRE(log.refused_drafts == 0);
        }
        rules_hold(log.state);
        REQUIRE(log.state.conflicts.own().empty()); // one device alone disagrees with nobody
        facts_give_the_same_again(log);
    }
}

TEST_CASE("whatever devices report in whatever order, the rules hold and conflicts are kept",
          "[rule2][rule3][rule4][rule7][rule9][rule10]")
{
    std::map<Verdict, int> seen;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        Meeting meeting(seed);
        Log log;
        for (int step = 0; step < 150; ++step) {
            if (meeting.maybe(3))
                meeting.any_wish(log);
            else
                ++seen[log.add(meeting.any_fact()).verdict];
            REQUIRE(log.refused_drafts == 0);
        }
        rules_hold(log.state);
        conflicts_are_kept(log);
        facts_give_the_same_again(log);
    }
    for (const auto verdict : {Verdict::accepted, Verdict::duplicate, Verdict::conflict, Verdict::rejected})
        CHECK(seen[verdict] > 100); // the generator reaches all four
}
