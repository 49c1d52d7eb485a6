// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A little journal for tests of the rules: every body becomes a fact with the next counter, is admitted and
/// applied, and is kept, so that a test can apply them again from nothing.

#include "sync/base/random.hpp"
#include "sync/domain/rules.hpp"

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
    Outcome add(Body body)
    {
        const Fact next = fact(std::move(body));
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
    return all;
}

} // namespace montbrillant::test
