// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/rules.hpp"

#include <array>
#include <utility>

namespace montbrillant {
namespace {

constexpr std::array<std::pair<Verdict, std::string_view>, 4> verdicts{{{Verdict::accepted, "accepted"},
                                                                        {Verdict::duplicate, "duplicate"},
                                                                        {Verdict::conflict, "conflict"},
                                                                        {Verdict::rejected, "rejected"}}};

Outcome accepted() { return {}; }
Outcome duplicate(std::string reason) { return {Verdict::duplicate, {}, std::move(reason)}; }
Outcome rejected(std::string reason) { return {Verdict::rejected, {}, std::move(reason)}; }
Outcome conflict(ConflictKind kind, std::string reason)
{
    return {Verdict::conflict, kind, std::move(reason)};
}

bool wants_to_head(const Participation& p)
{
    return p.role == Role::head && p.state != Registration::cancelled && !p.delegation.empty();
}

/// Rule 9: at most one current head per delegation; an SME of the pilot leads nothing.
Outcome admit_participation(const State& state, const DelegateId& id, const Participation& p)
{
    if (p.category == Category::sme_pilot && is_leadership(p.role))
        return rejected("an SME of the pilot holds no leadership role");
    if (!wants_to_head(p))
        return accepted();
    const DelegationHead* delegation = state.delegations.find(p.delegation);
    if (delegation != nullptr && !delegation->head.empty() && delegation->head != id)
        return conflict(ConflictKind::two_heads, "the delegation already has a head");
    return accepted();
}

struct Admit {
    const State& state;
    const Fact& fact;

    Outcome operator()(const fact::DelegateRegistered& f) const
    {
        if (state.delegates.find(f.delegate) != nullptr)
            return duplicate("the delegate is registered already");
        return admit_participation(state, f.delegate, f.participation);
    }
    Outcome operator()(const fact::DelegateAmended& f) const
    {
        if (state.delegates.find(f.delegate) == nullptr)
            return rejected("the delegate is not registered");
        return admit_participation(state, f.delegate, f.participation);
    }
    Outcome operator()(const fact::CheckedIn& f) const
    {
        const Delegate* delegate = state.delegates.find(f.delegate);
        if (delegate == nullptr)
            return rejected("the delegate is not registered");
        if (delegate->checked_in)
            return conflict(ConflictKind::double_check_in,
                            "checked in before at " + delegate->checked_in_at.str());
        if (delegate->participation.state == Registration::cancelled)
            return conflict(ConflictKind::cancelled_checked_in, "the registration is cancelled");
        return accepted();
    }
    Outcome operator()(const fact::BadgeIssued& f) const
    {
        const Delegate* delegate = state.delegates.find(f.delegate);
        if (delegate == nullptr)
            return rejected("the delegate is not registered");
        if (state.badges.find(f.badge) != nullptr)
            return rejected("the badge id is taken");
        if (!delegate->badge.empty())
            return conflict(ConflictKind::second_badge,
                            "the delegate has the badge " + delegate->badge.str());
        return accepted();
    }
    Outcome operator()(const fact::PrintQueued& f) const
    {
        const Badge* badge = state.badges.find(f.badge);
        if (badge == nullptr)
            return rejected("the badge was never issued");
        return f.copy <= badge->copies ? duplicate("the copy is queued already") : accepted();
    }
    Outcome operator()(const fact::BadgePrinted& f) const
    {
        const Badge* badge = state.badges.find(f.badge);
        if (badge == nullptr)
            return rejected("the badge was never issued");
        return badge->printed ? duplicate("the badge is printed already") : accepted();
    }
    Outcome operator()(const fact::CardBound& f) const
    {
        const Badge* badge = state.badges.find(f.badge);
        if (badge == nullptr)
            return rejected("the badge was never issued");
        const Card* card = state.cards.find(f.card);
        if (card != nullptr && card->badge == f.badge)
            return duplicate("the card is bound to this badge already");
        if (card != nullptr)
            return conflict(ConflictKind::card_on_two_badges, "the card belongs to " + card->badge.str());
        if (!badge->card.empty())
            return conflict(ConflictKind::card_on_two_badges, "the badge has the card " + badge->card.str());
        return accepted();
    }
    Outcome operator()(const fact::LockerAssigned& f) const
    {
        const Delegate* delegate = state.delegates.find(f.delegate);
        if (delegate == nullptr)
            return rejected("the delegate is not registered");
        const Locker* locker = state.lockers.find(f.locker);
        if (locker != nullptr && locker->holder == f.delegate)
            return duplicate("the locker is theirs already");
        if (locker != nullptr && !locker->holder.empty())
            return conflict(ConflictKind::locker_at_two, "the locker is held by " + locker->holder.str());
        if (!delegate->lockers.empty())
            return conflict(ConflictKind::locker_at_two,
                            "the delegate holds " + delegate->lockers.begin()->str());
        return accepted();
    }
    Outcome operator()(const fact::LockerOpened&) const { return accepted(); }
    Outcome operator()(const fact::LockerReleased& f) const
    {
        const Locker* locker = state.lockers.find(f.locker);
        if (locker == nullptr || locker->holder != f.delegate)
            return duplicate("the locker is not theirs any more");
        return accepted();
    }
    Outcome operator()(const fact::LaptopAdded& f) const
    {
        return state.laptops.find(f.laptop) != nullptr ? duplicate("the laptop is in the inventory")
                                                       : accepted();
    }
    Outcome operator()(const fact::LaptopAsked& f) const
    {
        const Delegate* delegate = state.delegates.find(f.delegate);
        if (delegate == nullptr)
            return rejected("the delegate is not registered");
        if (!delegate->laptop.empty())
            return rejected("the delegate has " + delegate->laptop.str());
        for (const auto& waiting : state.laptop_queue().waiting) {
            if (waiting.delegate == f.delegate)
                return duplicate("the delegate waits already");
        }
        return accepted();
    }
    Outcome operator()(const fact::LaptopLent& f) const
    {
        const Delegate* delegate = state.delegates.find(f.delegate);
        const Laptop* laptop = state.laptops.find(f.laptop);
        if (delegate == nullptr || laptop == nullptr)
            return rejected("the delegate or the laptop is not known");
        if (laptop->borrower == f.delegate)
            return duplicate("the laptop is lent to them already");
        if (!laptop->borrower.empty())
            return conflict(ConflictKind::laptop_at_two, "the laptop is lent to " + laptop->borrower.str());
        if (!delegate->laptop.empty())
            return conflict(ConflictKind::laptop_at_two, "the delegate has " + delegate->laptop.str());
        return accepted();
    }
    Outcome operator()(const fact::LaptopReturned& f) const
    {
        const Laptop* laptop = state.laptops.find(f.laptop);
        if (laptop == nullptr)
            return rejected("the laptop is not known");
        return laptop->borrower.empty() ? duplicate("the laptop is back already") : accepted();
    }
    Outcome operator()(const fact::StaffAppointed& f) const
    {
        return state.delegates.find(f.staff) == nullptr ? rejected("the person is not registered")
                                                        : accepted();
    }
    Outcome operator()(const fact::StaffPinSet& f) const
    {
        return state.delegates.find(f.staff) == nullptr ? rejected("the person is not registered")
                                                        : accepted();
    }
    Outcome operator()(const fact::TicketIssued&) const { return accepted(); }
    Outcome operator()(const fact::AttemptRefused&) const { return accepted(); }
    Outcome operator()(const fact::Unknown&) const { return accepted(); }
};

using Changes = std::vector<EntityKey>;

Changes set_participation(State& state, const DelegateId& id, const Participation& p, bool provisional,
                          bool head_stands)
{
    Delegate& delegate = state.delegates.edit(id);
    const std::string former = std::exchange(delegate.participation, p).delegation;
    delegate.provisional = provisional;
    Changes changes{{EntityKind::delegate, id.str()}};
    const bool heads = head_stands && wants_to_head(p);
    const DelegationHead* left = state.delegations.find(former);
    if (left != nullptr && left->head == id && !(heads && former == p.delegation)) {
        state.delegations.edit(former).head = DelegateId();
        changes.push_back({EntityKind::delegation, former});
    }
    if (heads) {
        state.delegations.edit(p.delegation).head = id;
        changes.push_back({EntityKind::delegation, p.delegation});
    }
    return changes;
}

/// Effects of an accepted fact; what a conflicting one still does is said at each.
struct Apply {
    State& state;
    const Fact& fact;
    bool stands; ///< false: a conflict, the first claim stands

    Changes operator()(const fact::DelegateRegistered& f) const
    {
        return set_participation(state, f.delegate, f.participation, f.provisional, stands);
    }
    Changes operator()(const fact::DelegateAmended& f) const
    {
        return set_participation(state, f.delegate, f.participation, false, stands);
    }
    Changes operator()(const fact::CheckedIn& f) const
    {
        Delegate& delegate = state.delegates.edit(f.delegate);
        if (delegate.checked_in)
            return {};
        // A cancelled person who came in is inside all the same; the conflict asks what to do.
        delegate.checked_in = true;
        delegate.checked_in_at = fact.device;
        delegate.checked_in_time = fact.at;
        return {{EntityKind::delegate, f.delegate.str()}};
    }
    Changes operator()(const fact::BadgeIssued& f) const
    {
        // A second badge exists on paper, so it is recorded, but void until staff decide (rule 10).
        state.badges.edit(f.badge) = Badge{f.delegate, f.issue, stands, {}, 0, false};
        Changes changes{{EntityKind::badge, f.badge.str()}};
        if (stands) {
            state.delegates.edit(f.delegate).badge = f.badge;
            changes.push_back({EntityKind::delegate, f.delegate.str()});
        }
        return changes;
    }
    Changes operator()(const fact::PrintQueued& f) const
    {
        state.badges.edit(f.badge).copies = f.copy;
        return {{EntityKind::badge, f.badge.str()}};
    }
    Changes operator()(const fact::BadgePrinted& f) const
    {
        state.badges.edit(f.badge).printed = true;
        return {{EntityKind::badge, f.badge.str()}};
    }
    Changes operator()(const fact::CardBound& f) const
    {
        if (!stands)
            return {};
        state.badges.edit(f.badge).card = f.card;
        state.cards.edit(f.card) = {f.badge, f.tier};
        return {{EntityKind::badge, f.badge.str()}, {EntityKind::card, f.card.str()}};
    }
    Changes operator()(const fact::LockerAssigned& f) const
    {
        if (!stands)
            return {};
        state.lockers.edit(f.locker) = {f.delegate, fact.at};
        state.delegates.edit(f.delegate).lockers.insert(f.locker);
        return {{EntityKind::locker, locker_key(f.locker)}, {EntityKind::delegate, f.delegate.str()}};
    }
    Changes operator()(const fact::LockerOpened&) const { return {}; }
    Changes operator()(const fact::LockerReleased& f) const
    {
        state.lockers.edit(f.locker) = {};
        state.delegates.edit(f.delegate).lockers.erase(f.locker);
        return {{EntityKind::locker, locker_key(f.locker)}, {EntityKind::delegate, f.delegate.str()}};
    }
    Changes operator()(const fact::LaptopAdded& f) const
    {
        state.laptops.edit(f.laptop).home = f.home;
        return {{EntityKind::laptop, f.laptop.str()}};
    }
    Changes operator()(const fact::LaptopAsked& f) const
    {
        state.laptop_queues.edit("").waiting.push_back({f.delegate, f.ticket});
        return {{EntityKind::laptop_queue, ""}};
    }
    Changes operator()(const fact::LaptopLent& f) const
    {
        if (!stands)
            return {};
        Laptop& laptop = state.laptops.edit(f.laptop);
        laptop.borrower = f.delegate;
        laptop.due = f.due;
        state.delegates.edit(f.delegate).laptop = f.laptop;
        std::erase_if(state.laptop_queues.edit("").waiting,
                      [&f](const auto& waiting) { return waiting.delegate == f.delegate; });
        return {{EntityKind::laptop, f.laptop.str()},
                {EntityKind::delegate, f.delegate.str()},
                {EntityKind::laptop_queue, ""}};
    }
    Changes operator()(const fact::LaptopReturned& f) const
    {
        Laptop& laptop = state.laptops.edit(f.laptop);
        const DelegateId borrower = std::exchange(laptop.borrower, DelegateId());
        laptop.due.clear();
        laptop.in_repair = f.faulty;
        state.delegates.edit(borrower).laptop = LaptopTag();
        return {{EntityKind::laptop, f.laptop.str()}, {EntityKind::delegate, borrower.str()}};
    }
    Changes operator()(const fact::StaffAppointed& f) const
    {
        state.delegates.edit(f.staff).rights = f.rights;
        return {{EntityKind::delegate, f.staff.str()}};
    }
    Changes operator()(const fact::StaffPinSet& f) const
    {
        state.delegates.edit(f.staff).pin_verifier = f.verifier;
        return {{EntityKind::delegate, f.staff.str()}};
    }
    Changes operator()(const fact::TicketIssued&) const { return {}; }
    Changes operator()(const fact::AttemptRefused&) const { return {}; }
    Changes operator()(const fact::Unknown&) const { return {}; }
};

/// What a conflict is about, for the inbox: ids only.
struct Subjects {
    std::vector<std::string> operator()(const fact::DelegateRegistered& f) const
    {
        return {f.delegate.str()};
    }
    std::vector<std::string> operator()(const fact::DelegateAmended& f) const { return {f.delegate.str()}; }
    std::vector<std::string> operator()(const fact::CheckedIn& f) const { return {f.delegate.str()}; }
    std::vector<std::string> operator()(const fact::BadgeIssued& f) const
    {
        return {f.delegate.str(), f.badge.str()};
    }
    std::vector<std::string> operator()(const fact::CardBound& f) const
    {
        return {f.card.str(), f.badge.str()};
    }
    std::vector<std::string> operator()(const fact::LockerAssigned& f) const
    {
        return {f.locker.str(), f.delegate.str()};
    }
    std::vector<std::string> operator()(const fact::LaptopLent& f) const
    {
        return {f.laptop.str(), f.delegate.str()};
    }
    template <class Other> std::vector<std::string> operator()(const Other&) const { return {}; }
};

} // namespace

std::string_view name_of(Verdict verdict)
{
    for (const auto& [candidate, name] : verdicts) {
        if (candidate == verdict)
            return name;
    }
    return {};
}

std::optional<Verdict> verdict_from(std::string_view wanted)
{
    for (const auto& [verdict, name] : verdicts) {
        if (name == wanted)
            return verdict;
    }
    return std::nullopt;
}

std::string_view name_of(ConflictKind kind)
{
    switch (kind) {
    case ConflictKind::double_check_in: return "double_check_in";
    case ConflictKind::second_badge: return "second_badge";
    case ConflictKind::card_on_two_badges: return "card_on_two_badges";
    case ConflictKind::locker_at_two: return "locker_at_two";
    case ConflictKind::laptop_at_two: return "laptop_at_two";
    case ConflictKind::cancelled_checked_in: return "cancelled_checked_in";
    case ConflictKind::two_heads: return "two_heads";
    }
    return {};
}

Outcome admit(const State& state, const Fact& fact) { return std::visit(Admit{state, fact}, fact.body); }

std::vector<EntityKey> apply(State& state, const Fact& fact, const Outcome& outcome)
{
    if (outcome.verdict == Verdict::duplicate || outcome.verdict == Verdict::rejected)
        return {};
    const bool stands = outcome.verdict == Verdict::accepted;
    Changes changes = std::visit(Apply{state, fact, stands}, fact.body);
    if (!stands && outcome.conflict) {
        state.conflicts.edit(fact.id) = {std::string(name_of(*outcome.conflict)),
                                         std::visit(Subjects{}, fact.body), true};
        changes.push_back({EntityKind::conflict, fact.id.str()});
    }
    return changes;
}

tl::expected<BadgeHolder, CardDoubt> holder_of(const State& state, const CardUid& uid)
{
    const Card* card = state.cards.find(uid);
    if (card == nullptr)
        return tl::unexpected(CardDoubt::unknown_card);
    const Badge* badge = state.badges.find(card->badge);
    if (badge == nullptr || !badge->live)
        return tl::unexpected(CardDoubt::badge_void);
    return BadgeHolder{badge->delegate, card->badge, card->tier};
}

std::size_t laptops_free(const State& state, const std::optional<DeviceId>& home)
{
    std::size_t free = 0;
    state.laptops.each([&](const LaptopTag&, const Laptop& laptop) {
        if (laptop.borrower.empty() && !laptop.in_repair && (!home || laptop.home == *home))
            ++free;
    });
    return free;
}

} // namespace montbrillant
