// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A little journal for tests of the rules: every body becomes a fact with the next counter, is admitted and
/// applied, and is kept, so that a test can apply them again from nothing.

#include "sync/base/random.hpp"
#include "sync/domain/decide.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace montbrillant::test {

class Log {
public:
    explicit Log(std::string device = "K1") : device_(std::move(device)) {}

    [[nodiscard]] Fact fact(Body body)
    {
        Fact fact;
        fact.counter = ++counter_;
        fact.id = FactId(device_ + "-" + std::to_string(counter_));
        fact.device = DeviceId(device_);
        fact.at = {1504510200000 + static_cast<std::int64_t>(counter_)};
        fact.actor = "kiosk";
        fact.body = std::move(body);
        return fact;
    }
    Outcome add(Body body) { return add(fact(std::move(body))); }
    /// As the registry's own command line writes it.
    Outcome add_at_registry(Body body)
    {
        Fact next = fact(std::move(body));
        next.device = registry_device();
        return add(next);
    }
    Outcome add(const Fact& next)
    {
        const Outcome outcome = admit(state, next);
        static_cast<void>(apply(state, next, outcome));
        facts.emplace_back(next, outcome);
        return outcome;
    }
    /// Decides the wish and applies what came of it.
    template <class Wish> Decided wish(const Wish& wanted)
    {
        auto decided = decide(state, wanted);
        if (decided) {
            for (const auto& body : decided->facts)
                refused_drafts += add(body).verdict == Verdict::accepted ? 0 : 1;
        }
        return decided;
    }

    State state;
    std::vector<std::pair<Fact, Outcome>> facts;
    [[nodiscard]] const Delegate& delegate(const std::string& id) const
    {
        return *state.delegates.find(DelegateId(id));
    }
    [[nodiscard]] const Badge& badge(const std::string& id) const { return *state.badges.find(BadgeId(id)); }
    /// Of the fact that came last.
    [[nodiscard]] const Conflict& last_conflict() const
    {
        return *state.conflicts.find(facts.back().first.id);
    }

    int refused_drafts = 0; ///< facts of a decision that did not stand: must stay 0

private:
    std::string device_;
    std::uint64_t counter_ = 0;
};

inline Participation member_state(std::string delegation, Role role = Role::delegate)
{
    Participation p;
    p.delegation = std::move(delegation);
    p.role = role;
    return p;
}

inline Participation sme(Role role = Role::delegate)
{
    Participation p = member_state("FRA", role);
    p.category = Category::sme_pilot;
    p.confirmed_by = "FRA";
    return p;
}

inline Participation cancelled(Participation p)
{
    p.state = Registration::cancelled;
    return p;
}

inline fact::DelegateRegistered registered(const std::string& id, Participation p = member_state("FRA"))
{
    return {DelegateId(id), std::move(p), false};
}
inline fact::DelegateAmended amended(const std::string& id, Participation p)
{
    return {DelegateId(id), std::move(p)};
}
inline fact::CheckedIn checked_in(const std::string& id) { return {DelegateId(id), "code", {}}; }
inline fact::BadgeIssued issued(const std::string& badge, const std::string& delegate)
{
    return {BadgeId(badge), DelegateId(delegate), 1};
}
inline fact::CardBound bound(const std::string& card, const std::string& badge)
{
    return {CardUid(card), BadgeId(badge), 1};
}
inline LockerNo door(unsigned number) { return {BankId("B"), static_cast<std::uint16_t>(number)}; }
inline fact::LockerAssigned assigned(unsigned number, const std::string& delegate)
{
    return {door(number), DelegateId(delegate)};
}
inline fact::LaptopAdded laptop(const std::string& tag) { return {LaptopTag(tag), DeviceId("S1")}; }
inline fact::LaptopLent lent(const std::string& tag, const std::string& delegate)
{
    return {LaptopTag(tag), DelegateId(delegate), DelegateId("staff"), "2017-09-04T18:00"};
}
/// Whoever staffs the desk in morning().
inline const DelegateId staff("staff");

inline command::LendLaptop lend(const std::string& tag, const std::string& delegate)
{
    return {LaptopTag(tag), DelegateId(delegate), staff, "2017-09-04T18:00", {}, {}, {}};
}
inline command::CheckIn check_in(const std::string& delegate, const std::string& badge)
{
    return {DelegateId(delegate), "code", {}, BadgeId(badge), {}};
}

/// Everything a State shows, as the store would write it: two equal maps are two equal states.
inline std::map<EntityKey, std::string> entities(const State& state)
{
    std::map<EntityKey, std::string> all;
    const auto add = [&](EntityKind kind, std::string key) {
        EntityKey entity{kind, std::move(key)};
        std::string text = state.write(entity);
        all.emplace(std::move(entity), std::move(text));
    };
    state.delegates.each([&](const auto& id, const auto&) { add(EntityKind::delegate, id.str()); });
    state.badges.each([&](const auto& id, const auto&) { add(EntityKind::badge, id.str()); });
    state.cards.each([&](const auto& id, const auto&) { add(EntityKind::card, id.str()); });
    state.lockers.each([&](const auto& no, const auto&) { add(EntityKind::locker, locker_key(no)); });
    state.laptops.each([&](const auto& tag, const auto&) { add(EntityKind::laptop, tag.str()); });
    state.laptop_queues.each([&](const auto& key, const auto&) { add(EntityKind::laptop_queue, key); });
    state.delegations.each([&](const auto& code, const auto&) { add(EntityKind::delegation, code); });
    state.conflicts.each([&](const auto& id, const auto&) { add(EntityKind::conflict, id.str()); });
    state.banks.each([&](const auto& id, const auto&) { add(EntityKind::bank, id.str()); });
    state.tickets.each([&](const auto& number, const auto&) { add(EntityKind::ticket, number); });
    state.help_calls.each([&](const auto& id, const auto&) { add(EntityKind::help_call, id.str()); });
    state.meetings.each([&](const auto& key, const auto&) { add(EntityKind::meeting, key); });
    return all;
}

/// Why a wish was refused; the test ends when it was not.
inline Refusal why(const Decided& decided) { return decided ? Refusal::rule : decided.error().why; }

/// Alice and Bob are checked in with badges, Carol is registered; "staff" releases and lends, "boss" manages
/// and hosts; two laptops are on the shelf.
inline Log morning()
{
    Log log;
    for (const auto* id : {"alice", "bob", "carol", "staff", "boss"})
        log.add(registered(id));
    log.add_at_registry(fact::StaffAppointed{DelegateId("staff"), {Right::release, Right::lend}, {}});
    log.add_at_registry(fact::StaffAppointed{DelegateId("boss"), {Right::manage, Right::host}, {}});
    static_cast<void>(log.wish(check_in("alice", "BA")));
    static_cast<void>(log.wish(check_in("bob", "BB")));
    for (const auto* tag : {"LT-1", "LT-2"})
        log.add(laptop(tag));
    return log;
}

} // namespace montbrillant::test
