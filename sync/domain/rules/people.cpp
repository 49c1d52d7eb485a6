// SPDX-License-Identifier: Apache-2.0
// Who is registered, as what, and who is here.
#include "sync/domain/rules/parts.hpp"

#include <algorithm>
#include <utility>

namespace montbrillant::rules {
namespace {

bool wants_to_head(const Participation& p)
{
    return p.role == Role::head && p.state != Registration::cancelled && !p.delegation.empty();
}

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

/// Rule 7: whoever amends a record says which one they looked at.
Outcome admit_revision(const State& state, const DelegateId& id, const std::optional<unsigned>& base)
{
    const Delegate* delegate = state.delegates.find(id);
    if (delegate == nullptr)
        return rejected("the delegate is not registered");
    if (delegate->erased)
        return rejected("the delegate is erased");
    if (base && *base != delegate->revision)
        return conflict(ConflictKind::record_at_two, "the record was changed elsewhere meanwhile");
    return accepted();
}

bool overlap(const std::set<std::string>& a, const std::set<std::string>& b)
{
    return std::any_of(a.begin(), a.end(), [&b](const auto& column) { return b.contains(column); });
}

/// Asked before anything that people could decide otherwise: no choice makes such a participation stand.
Outcome admit_pilot(const Participation& p, bool provisional)
{
    if (p.category == Category::sme_pilot && is_leadership(p.role))
        return rejected("an SME of the pilot holds no leadership role");
    if (p.category == Category::sme_pilot && p.confirmed_by.empty() && !provisional)
        return rejected("an SME of the pilot needs the Administration that confirmed it");
    return accepted();
}

} // namespace

bool holds(const State& state, const std::optional<DelegateId>& staff, Right right)
{
    const Delegate* person = staff ? state.delegates.find(*staff) : nullptr;
    return person != nullptr && person->rights.contains(right);
}

Outcome admit_participation(const State& state, const DelegateId& id, const Participation& p,
                            bool provisional)
{
    if (auto outcome = admit_pilot(p, provisional); outcome.verdict != Verdict::accepted)
        return outcome;
    if (!wants_to_head(p))
        return accepted();
    const DelegationHead* delegation = state.delegations.find(p.delegation);
    if (delegation != nullptr && !delegation->head.empty() && delegation->head != id)
        return conflict(ConflictKind::two_heads, "the delegation already has a head");
    return accepted();
}

Delegate& delegate_for(State& state, const DelegateId& id, Changes& changes)
{
    changes.push_back({EntityKind::delegate, id.str()});
    if (state.delegates.find(id) == nullptr)
        state.delegates.edit(id).provisional = true;
    return state.delegates.edit(id);
}

Outcome Admit::operator()(const fact::DelegateRegistered& f) const
{
    const Delegate* known = state.delegates.find(f.delegate);
    const bool completes = known != nullptr && known->provisional && !f.provisional && !known->erased;
    if (known != nullptr && !completes)
        return duplicate("the delegate is registered already");
    if (!f.letter.empty() && f.participation.flags.contains(Flag::fellow))
        return rejected("a fellow must have been pre-registered");
    return admit_participation(state, f.delegate, f.participation, f.provisional);
}
Changes Apply::operator()(const fact::DelegateRegistered& f) const
{
    Changes changes = set_participation(state, f.delegate, f.participation, f.provisional, stands());
    state.delegates.edit(f.delegate).letter = f.letter;
    return changes;
}

Outcome Admit::operator()(const fact::DelegateAmended& f) const
{
    if (auto outcome = admit_pilot(f.participation, false); outcome.verdict != Verdict::accepted)
        return outcome;
    if (auto outcome = admit_revision(state, f.delegate, f.base); outcome.verdict != Verdict::accepted)
        return outcome;
    if (overlap(f.changed, state.delegates.find(f.delegate)->corrected))
        return conflict(ConflictKind::import_over_correction, "staff put this right on site");
    return admit_participation(state, f.delegate, f.participation, false);
}
Changes Apply::operator()(const fact::DelegateAmended& f) const
{
    if (record_fate(outcome) != RecordFate::stands)
        return {};
    ++state.delegates.edit(f.delegate).revision;
    return set_participation(state, f.delegate, f.participation, false, stands());
}

Outcome Admit::operator()(const fact::DelegateCorrected& f) const
{
    if (auto outcome = admit_pilot(f.participation, false); outcome.verdict != Verdict::accepted)
        return outcome;
    if (auto outcome = admit_revision(state, f.delegate, f.base); outcome.verdict != Verdict::accepted)
        return outcome;
    const Participation& before = state.delegates.find(f.delegate)->participation;
    const bool new_head = wants_to_head(f.participation) &&
                          !(wants_to_head(before) && before.delegation == f.participation.delegation);
    if (new_head && f.letter.empty())
        return rejected("a head of delegation needs the contact point's letter");
    return admit_participation(state, f.delegate, f.participation, false);
}
Changes Apply::operator()(const fact::DelegateCorrected& f) const
{
    if (record_fate(outcome) != RecordFate::stands)
        return {};
    Delegate& delegate = state.delegates.edit(f.delegate);
    ++delegate.revision;
    delegate.corrected.insert(f.changed.begin(), f.changed.end());
    delegate.correction_wanted = false;
    return set_participation(state, f.delegate, f.participation, false, stands());
}

Outcome Admit::operator()(const fact::CorrectionRequested& f) const
{
    const Delegate* delegate = state.delegates.find(f.delegate);
    if (delegate == nullptr)
        return rejected("the delegate is not registered");
    return delegate->correction_wanted ? duplicate("the desk knows of it already") : accepted();
}
Changes Apply::operator()(const fact::CorrectionRequested& f) const
{
    state.delegates.edit(f.delegate).correction_wanted = true;
    return {{EntityKind::delegate, f.delegate.str()}};
}

Outcome Admit::operator()(const fact::IdSeen& f) const
{
    if (state.delegates.find(f.delegate) == nullptr)
        return rejected("the delegate is not registered");
    return accepted();
}
Changes Apply::operator()(const fact::IdSeen& f) const
{
    Delegate& delegate = state.delegates.edit(f.delegate);
    delegate.id_seen_time = fact.at;
    delegate.id_seen_by = f.staff;
    return {{EntityKind::delegate, f.delegate.str()}};
}

Outcome Admit::operator()(const fact::CheckedIn& f) const
{
    const Delegate* delegate = state.delegates.find(f.delegate);
    if (delegate == nullptr)
        return conflict(ConflictKind::unknown_person, "nobody is registered under this id");
    const bool arrives = !delegate->arrived && f.in_person;
    if (delegate->checked_in && !arrives)
        return conflict(ConflictKind::double_check_in,
                        "checked in before at " + delegate->checked_in_at.str());
    if (delegate->participation.state == Registration::cancelled)
        return conflict(ConflictKind::cancelled_checked_in, "the registration is cancelled");
    return accepted();
}
/// A cancelled or unknown person who came in is inside all the same; the conflict asks what to do.
Changes Apply::operator()(const fact::CheckedIn& f) const
{
    Changes changes;
    Delegate& delegate = delegate_for(state, f.delegate, changes);
    delegate.arrived = delegate.arrived || f.in_person;
    if (delegate.checked_in)
        return changes;
    delegate.checked_in = true;
    delegate.checked_in_at = fact.device;
    delegate.checked_in_time = fact.at;
    return changes;
}

Outcome Admit::operator()(const fact::CheckInUndone& f) const
{
    const Delegate* delegate = state.delegates.find(f.delegate);
    if (delegate == nullptr)
        return rejected("the delegate is not registered");
    return delegate->checked_in ? accepted() : duplicate("the delegate is not checked in");
}
/// Locker and loan stay: they are the delegate's, not the badge's.
Changes Apply::operator()(const fact::CheckInUndone& f) const
{
    Changes changes;
    void_badge(state, f.delegate, changes);
    Delegate& delegate = delegate_for(state, f.delegate, changes);
    delegate.checked_in = false;
    delegate.arrived = false;
    return changes;
}

Outcome Admit::operator()(const fact::DelegateErased& f) const
{
    const Delegate* delegate = state.delegates.find(f.delegate);
    if (delegate == nullptr)
        return rejected("the delegate is not registered");
    return delegate->erased ? duplicate("the delegate is erased already") : accepted();
}
Changes Apply::operator()(const fact::DelegateErased& f) const
{
    Changes changes;
    void_badge(state, f.delegate, changes);
    const Participation before = delegate_for(state, f.delegate, changes).participation;
    Participation bare; // what statistics count
    bare.delegation = before.delegation;
    bare.category = before.category;
    bare.state = Registration::cancelled;
    for (auto& change : set_participation(state, f.delegate, bare, false, true))
        changes.push_back(std::move(change));
    Delegate& delegate = state.delegates.edit(f.delegate);
    delegate.erased = true;
    delegate.letter.clear();
    delegate.rights.clear();
    delegate.pin_verifier.clear();
    delegate.correction_wanted = false;
    return changes;
}

Outcome Admit::operator()(const fact::RecordRead&) const { return accepted(); }
Changes Apply::operator()(const fact::RecordRead&) const { return {}; }

} // namespace montbrillant::rules
