// SPDX-License-Identifier: Apache-2.0
// Two claims, and what people decide about them. The losing fact is kept in the conflict; to let it stand
// after all, the first claim gives way and the losing fact is admitted again.
#include "sync/domain/rules/parts.hpp"

#include <algorithm>

namespace montbrillant::rules {
namespace {

/// What a conflict is about, for the inbox: ids only.
struct Subjects {
    using Ids = std::vector<std::string>;
    Ids operator()(const fact::BadgeIssued& f) const { return {f.delegate.str(), f.badge.str()}; }
    Ids operator()(const fact::CardBound& f) const { return {f.card.str(), f.badge.str()}; }
    Ids operator()(const fact::LockerAssigned& f) const { return {f.locker.str(), f.delegate.str()}; }
    Ids operator()(const fact::LaptopLent& f) const { return {f.laptop.str(), f.delegate.str()}; }
    Ids operator()(const fact::LaptopSwapped& f) const { return {f.laptop.str(), f.instead.str()}; }
    Ids operator()(const fact::SessionAttended& f) const { return {f.delegate.str(), f.session.str()}; }
    Ids operator()(const fact::ConflictResolved& f) const { return {f.conflict.str()}; }
    template <class Other> Ids operator()(const Other& f) const
    {
        if constexpr (requires { f.delegate.str(); })
            return {f.delegate.str()};
        else if constexpr (requires { f.badge.str(); })
            return {f.badge.str()};
        else
            return {};
    }
};

/// The claim that stands gives way to `claim`.
struct GiveWay {
    State& state;
    Changes& changes;

    void operator()(const fact::CardBound& f) const
    {
        unbind(f.card);
        if (const Badge* badge = state.badges.find(f.badge); badge != nullptr)
            unbind(badge->card);
    }
    void operator()(const fact::LockerAssigned& f) const
    {
        if (const Locker* locker = state.lockers.find(f.locker); locker != nullptr)
            clear(f.locker, locker->holder);
        if (const Delegate* delegate = state.delegates.find(f.delegate); delegate != nullptr) {
            for (const auto& no : std::set<LockerNo>(delegate->lockers))
                clear(no, f.delegate);
        }
    }
    void operator()(const fact::LaptopLent& f) const
    {
        take(f.laptop);
        if (const Delegate* delegate = state.delegates.find(f.delegate); delegate != nullptr)
            take(delegate->laptop);
    }
    void operator()(const fact::LaptopSwapped& f) const { take(f.instead); }
    template <class Other> void operator()(const Other&) const {}

private:
    // By value: what is cleared may be what was handed in.
    void unbind(CardUid uid) const
    {
        const Card* card = state.cards.find(uid);
        if (card == nullptr || card->badge.empty())
            return;
        const BadgeId badge = card->badge;
        state.cards.edit(uid) = {};
        state.badges.edit(badge).card = CardUid();
        changes.push_back({EntityKind::card, uid.str()});
        changes.push_back({EntityKind::badge, badge.str()});
    }
    void clear(const LockerNo& no, DelegateId holder) const
    {
        if (holder.empty())
            return;
        state.lockers.edit(no).holder = DelegateId();
        state.delegates.edit(holder).lockers.erase(no);
        changes.push_back({EntityKind::locker, locker_key(no)});
        changes.push_back({EntityKind::delegate, holder.str()});
    }
    void take(LaptopTag tag) const
    {
        const Laptop* laptop = tag.empty() ? nullptr : state.laptops.find(tag);
        if (laptop == nullptr || laptop->borrower.empty())
            return;
        const DelegateId borrower = laptop->borrower;
        state.laptops.edit(tag).borrower = DelegateId();
        state.delegates.edit(borrower).laptop = LaptopTag();
        changes.push_back({EntityKind::laptop, tag.str()});
        changes.push_back({EntityKind::delegate, borrower.str()});
    }
};

void append(Changes& changes, Changes more)
{
    changes.insert(changes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// The second badge becomes the live one, the first is void.
void second_badge_stands(State& state, const fact::BadgeIssued& claim, Changes& changes)
{
    void_badge(state, claim.delegate, changes);
    state.badges.edit(claim.badge).live = true;
    delegate_for(state, claim.delegate, changes).badge = claim.badge;
    changes.push_back({EntityKind::badge, claim.badge.str()});
}

/// One of two heads goes on as a delegate.
void one_head(State& state, const DelegateId& loser, const DelegateId& winner, Changes& changes)
{
    if (!loser.empty()) {
        Delegate& former = delegate_for(state, loser, changes);
        former.participation.role = Role::delegate;
    }
    const std::string code = state.delegates.find(winner)->participation.delegation;
    state.delegations.edit(code).head = winner;
    changes.push_back({EntityKind::delegation, code});
}

void resolve_heads(State& state, const DelegateId& claimant, Choice choice, Changes& changes)
{
    const Delegate* person = state.delegates.find(claimant);
    const DelegationHead* delegation =
        person == nullptr ? nullptr : state.delegations.find(person->participation.delegation);
    if (delegation == nullptr || person->participation.role != Role::head || delegation->head == claimant)
        return; // somebody settled it otherwise meanwhile
    if (choice == Choice::second || delegation->head.empty())
        one_head(state, DelegateId(delegation->head), claimant, changes);
    else
        one_head(state, claimant, DelegateId(delegation->head), changes);
}

/// A cancelled person is inside: they are let in after all, or the check-in is taken back.
void resolve_cancelled(State& state, const DelegateId& id, Choice choice, Changes& changes)
{
    if (choice == Choice::first)
        void_badge(state, id, changes);
    Delegate& delegate = delegate_for(state, id, changes);
    if (choice == Choice::second)
        delegate.participation.state = Registration::approved;
    else
        delegate.checked_in = false;
}

} // namespace

namespace {

/// A badge that was handed back, or whose owner was erased, comes to life no more.
Outcome admit_second_badge(const State& state, const fact::BadgeIssued& claim)
{
    const Badge* badge = state.badges.find(claim.badge);
    if (badge == nullptr || badge->returned)
        return rejected("the badge was handed back");
    const Delegate* delegate = state.delegates.find(claim.delegate);
    return delegate == nullptr || delegate->erased ? rejected("the delegate is erased") : accepted();
}

} // namespace

Outcome admit_choice(const State& state, const Conflict& conflict, Choice choice)
{
    if (choice == Choice::first)
        return accepted();
    State scratch(&state);
    const auto claim = parse_fact(conflict.claim);
    if (!claim)
        return rejected("the losing claim cannot be read here");
    if (const auto* badge = std::get_if<fact::BadgeIssued>(&claim->body);
        badge != nullptr && conflict.kind == name_of(ConflictKind::second_badge))
        return admit_second_badge(state, *badge);
    switch (conflict_from(conflict.kind).value_or(ConflictKind::resolved_twice)) {
    case ConflictKind::card_on_two_badges:
    case ConflictKind::locker_at_two:
    case ConflictKind::laptop_at_two:
    case ConflictKind::unknown_badge: {
        Changes ignored;
        std::visit(GiveWay{scratch, ignored}, claim->body);
        const Outcome again = montbrillant::admit(scratch, *claim);
        return again.verdict == Verdict::conflict ? rejected("it still cannot stand: " + again.reason)
                                                  : accepted();
    }
    default: return accepted();
    }
}

Changes apply_choice(State& state, const Conflict& conflict, Choice choice)
{
    Changes changes;
    const auto claim = parse_fact(conflict.claim);
    const auto kind = conflict_from(conflict.kind);
    if (!claim || !kind)
        return changes;
    const DelegateId about(conflict.subjects.empty() ? std::string() : conflict.subjects.front());
    switch (*kind) {
    case ConflictKind::card_on_two_badges:
    case ConflictKind::locker_at_two:
    case ConflictKind::laptop_at_two:
    case ConflictKind::unknown_badge:
        if (choice == Choice::second) {
            std::visit(GiveWay{state, changes}, claim->body);
            append(changes, montbrillant::apply(state, *claim, montbrillant::admit(state, *claim)));
        }
        break;
    case ConflictKind::second_badge:
        if (const auto* issued = std::get_if<fact::BadgeIssued>(&claim->body);
            issued != nullptr && choice == Choice::second)
            second_badge_stands(state, *issued, changes);
        break;
    case ConflictKind::two_heads: resolve_heads(state, about, choice, changes); break;
    case ConflictKind::cancelled_checked_in: resolve_cancelled(state, about, choice, changes); break;
    case ConflictKind::record_at_two:
    case ConflictKind::import_over_correction:
        if (choice == Choice::second) {
            const Outcome stands;
            append(changes, std::visit(Apply{state, *claim, stands}, claim->body));
        }
        break;
    case ConflictKind::double_check_in:
    case ConflictKind::unknown_person:
    case ConflictKind::resolved_twice: break; // the people settled it; nothing else changes
    }
    return changes;
}

Outcome Admit::operator()(const fact::ConflictResolved& f) const
{
    const Conflict* open = state.conflicts.find(f.conflict);
    if (open == nullptr)
        return rejected("no such conflict is known");
    if (!open->open && open->choice == name_of(f.choice))
        return duplicate("it is resolved so already");
    if (!open->open)
        return conflict(ConflictKind::resolved_twice,
                        "it was resolved otherwise by " + open->closed_by.str());
    return admit_choice(state, *open, f.choice);
}
Changes Apply::operator()(const fact::ConflictResolved& f) const
{
    const Conflict* known = state.conflicts.find(f.conflict);
    if (!stands() || known == nullptr)
        return {};
    const Conflict before = *known;
    Changes changes = apply_choice(state, before, f.choice);
    Conflict& closed = state.conflicts.edit(f.conflict);
    closed.open = false;
    closed.choice = name_of(f.choice);
    closed.closed_by = f.staff;
    changes.push_back({EntityKind::conflict, f.conflict.str()});
    return changes;
}

} // namespace montbrillant::rules

namespace montbrillant {

std::vector<EntityKey> apply(State& state, const Fact& fact, const Outcome& outcome)
{
    if (outcome.verdict == Verdict::duplicate || outcome.verdict == Verdict::rejected)
        return {};
    auto changes = std::visit(rules::Apply{state, fact, outcome}, fact.body);
    if (outcome.conflict) {
        state.conflicts.edit(fact.id) = {std::string(name_of(*outcome.conflict)),
                                         std::visit(rules::Subjects{}, fact.body),
                                         true,
                                         fact.at,
                                         fact.device,
                                         {},
                                         {},
                                         fact_bytes(fact)};
        changes.push_back({EntityKind::conflict, fact.id.str()});
    }
    return changes;
}

RecordFate record_fate(const Outcome& outcome)
{
    if (outcome.verdict == Verdict::accepted)
        return RecordFate::stands;
    if (outcome.verdict != Verdict::conflict)
        return RecordFate::dropped;
    const bool lost = outcome.conflict == ConflictKind::record_at_two ||
                      outcome.conflict == ConflictKind::import_over_correction;
    return lost ? RecordFate::proposed : RecordFate::stands;
}

std::optional<FactId> promoted_record(const State& before, const Fact& fact)
{
    const auto* resolved = std::get_if<fact::ConflictResolved>(&fact.body);
    const Conflict* conflict = resolved == nullptr ? nullptr : before.conflicts.find(resolved->conflict);
    if (conflict == nullptr || !conflict->open || resolved->choice != Choice::second)
        return std::nullopt;
    const auto kind = conflict_from(conflict->kind);
    const bool of_record =
        kind == ConflictKind::record_at_two || kind == ConflictKind::import_over_correction;
    return of_record ? std::optional(resolved->conflict) : std::nullopt;
}

} // namespace montbrillant
