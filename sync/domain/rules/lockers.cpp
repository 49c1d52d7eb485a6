// SPDX-License-Identifier: Apache-2.0
// Which locker is whose, and which may be given out.
#include "sync/domain/rules/parts.hpp"

#include <algorithm>

namespace montbrillant::rules {
namespace {

void leave_queue(State& state, const BankId& id, const DelegateId& delegate, Changes& changes)
{
    const Bank* bank = state.banks.find(id);
    const auto theirs = [&delegate](const QueuePlace& place) { return place.delegate == delegate; };
    if (bank == nullptr || std::none_of(bank->waiting.begin(), bank->waiting.end(), theirs))
        return;
    std::erase_if(state.banks.edit(id).waiting, theirs);
    changes.push_back({EntityKind::bank, id.str()});
}

std::vector<LockerNo> held_lockers(const State& state, const BankId& bank)
{
    std::vector<LockerNo> held;
    state.lockers.each([&](const LockerNo& no, const Locker& locker) {
        if (no.bank == bank && !locker.holder.empty())
            held.push_back(no);
    });
    return held;
}

} // namespace

void assign(State& state, const fact::LockerAssigned& f, WallTime at, Changes& changes)
{
    Locker& locker = state.lockers.edit(f.locker);
    locker.holder = f.delegate;
    locker.since = at;
    locker.last_holder = DelegateId();
    locker.opened_by_staff = {};
    changes.push_back({EntityKind::locker, locker_key(f.locker)});
    delegate_for(state, f.delegate, changes).lockers.insert(f.locker);
    leave_queue(state, f.locker.bank, f.delegate, changes);
}

Outcome Admit::operator()(const fact::LockerAssigned& f) const
{
    const Delegate* delegate = state.delegates.find(f.delegate);
    const Locker* locker = state.lockers.find(f.locker);
    if (locker != nullptr && locker->holder == f.delegate && !f.delegate.empty())
        return duplicate("the locker is theirs already");
    if (locker != nullptr && !locker->holder.empty())
        return conflict(ConflictKind::locker_at_two, "the locker is held by " + locker->holder.str());
    if (delegate == nullptr)
        return conflict(ConflictKind::unknown_person, "nobody is registered under this id");
    if (!delegate->lockers.empty())
        return conflict(ConflictKind::locker_at_two,
                        "the delegate holds " + delegate->lockers.begin()->str());
    return accepted();
}
/// What somebody unknown put into a free locker is theirs all the same.
Changes Apply::operator()(const fact::LockerAssigned& f) const
{
    Changes changes;
    if (stands() || outcome.conflict == ConflictKind::unknown_person)
        assign(state, f, fact.at, changes);
    return changes;
}

Outcome Admit::operator()(const fact::LockerOpened&) const { return accepted(); }
/// The holder is told at their next tap that staff were at their door.
Changes Apply::operator()(const fact::LockerOpened& f) const
{
    const Locker* locker = state.lockers.find(f.locker);
    const bool opened = f.outcome == "opened" || f.outcome == "already_open";
    if (locker == nullptr || locker->holder.empty() || !opened)
        return {};
    const bool by_holder = f.delegate == locker->holder;
    if (f.delegate && (!by_holder || locker->opened_by_staff == WallTime{}))
        return {};
    state.lockers.edit(f.locker).opened_by_staff = by_holder ? WallTime{} : fact.at;
    return {{EntityKind::locker, locker_key(f.locker)}};
}

Outcome Admit::operator()(const fact::LockerReleased& f) const
{
    const Locker* locker = state.lockers.find(f.locker);
    if (locker == nullptr || locker->holder != f.delegate)
        return duplicate("the locker is not theirs any more");
    return accepted();
}
Changes Apply::operator()(const fact::LockerReleased& f) const
{
    Locker& locker = state.lockers.edit(f.locker);
    locker.holder = DelegateId();
    locker.last_holder = f.delegate;
    locker.since = fact.at;
    locker.opened_by_staff = {};
    state.delegates.edit(f.delegate).lockers.erase(f.locker);
    return {{EntityKind::locker, locker_key(f.locker)}, {EntityKind::delegate, f.delegate.str()}};
}

Outcome Admit::operator()(const fact::LockerAsked& f) const
{
    const Delegate* delegate = state.delegates.find(f.delegate);
    if (delegate == nullptr)
        return rejected("the delegate is not registered");
    if (!delegate->lockers.empty())
        return rejected("the delegate holds " + delegate->lockers.begin()->str());
    const Bank* bank = state.banks.find(f.bank);
    const bool waits =
        bank != nullptr && std::any_of(bank->waiting.begin(), bank->waiting.end(),
                                       [&f](const auto& p) { return p.delegate == f.delegate; });
    return waits ? duplicate("the delegate waits already") : accepted();
}
Changes Apply::operator()(const fact::LockerAsked& f) const
{
    state.banks.edit(f.bank).waiting.push_back({f.delegate, f.ticket, {}, 0, false});
    return {{EntityKind::bank, f.bank.str()}};
}

Outcome Admit::operator()(const fact::LockerServiced& f) const
{
    const Locker* locker = state.lockers.find(f.locker);
    const bool in_service = locker == nullptr || !locker->out_of_service;
    return in_service == f.in_service ? duplicate("the locker is so already") : accepted();
}
Changes Apply::operator()(const fact::LockerServiced& f) const
{
    state.lockers.edit(f.locker).out_of_service = !f.in_service;
    return {{EntityKind::locker, locker_key(f.locker)}};
}

Outcome Admit::operator()(const fact::ItemFound&) const { return accepted(); }
Changes Apply::operator()(const fact::ItemFound&) const { return {}; }

/// The doors are open when this is written; who may ask for it is `decide`'s question.
Outcome Admit::operator()(const fact::BankOpened& f) const
{
    return f.first == f.second ? rejected("two different members of staff open a whole bank") : accepted();
}
Changes Apply::operator()(const fact::BankOpened& f) const
{
    Changes changes;
    for (const auto& no : held_lockers(state, f.bank)) {
        state.lockers.edit(no).opened_by_staff = fact.at;
        changes.push_back({EntityKind::locker, locker_key(no)});
    }
    return changes;
}

Outcome Admit::operator()(const fact::BankServiced& f) const
{
    const Bank* bank = state.banks.find(f.bank);
    const bool in_service = bank == nullptr || !bank->out_of_service;
    return in_service == f.in_service ? duplicate("the bank is so already") : accepted();
}
Changes Apply::operator()(const fact::BankServiced& f) const
{
    state.banks.edit(f.bank).out_of_service = !f.in_service;
    return {{EntityKind::bank, f.bank.str()}};
}

} // namespace montbrillant::rules
