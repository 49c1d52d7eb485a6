// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/decide/drafts.hpp"

#include <algorithm>

namespace montbrillant {

using namespace drafts;

namespace {

/// The last holder's tap still opens it.
bool reopens(const Locker& locker, WallTime now, Millis reopen)
{
    return locker.holder.empty() && !locker.last_holder.empty() && now - locker.since <= reopen;
}

bool bank_closed(const State& state, const BankId& id)
{
    const Bank* bank = state.banks.find(id);
    return bank != nullptr && bank->out_of_service;
}

/// Free doors in service, in the order of preference; those that somebody may still reopen come last.
std::vector<LockerNo> free_doors(const State& state, const command::AssignLocker& wish)
{
    std::vector<LockerNo> free;
    for (const auto& no : wish.doors) {
        const Locker* locker = state.lockers.find(no);
        if (locker == nullptr || (locker->holder.empty() && !locker->out_of_service))
            free.push_back(no);
    }
    std::stable_partition(free.begin(), free.end(), [&](const LockerNo& no) {
        const Locker* locker = state.lockers.find(no);
        return locker == nullptr || !reopens(*locker, wish.now, wish.reopen);
    });
    return free;
}

/// First come, first served: a free door goes to whoever waits for one.
bool their_turn(const State& state, const BankId& id, const DelegateId& delegate, std::size_t free)
{
    const Bank* bank = state.banks.find(id);
    if (bank == nullptr)
        return free > 0;
    std::size_t before = 0;
    for (const auto& place : bank->waiting) {
        if (place.delegate == delegate)
            break;
        if (!not_served(state, place.delegate, {}))
            ++before;
    }
    return free > before;
}

} // namespace

Decided decide(const State& state, const command::AssignLocker& wish)
{
    const auto holder = live_holder(state, wish.badge);
    if (!holder)
        return tl::unexpected(holder.error());
    const Delegate* delegate = state.delegates.find(*holder);
    if (delegate == nullptr)
        return refuse(Refusal::not_checked_in);
    Decision decision;
    // Nothing locks belongings in: not a cancelled registration, not a day that is over.
    if (!delegate->lockers.empty()) {
        decision.locker = *delegate->lockers.begin();
        return decision;
    }
    if (const auto no = not_served(state, *holder, wish.today))
        return tl::unexpected(*no);
    if (!wish.doors.empty() && bank_closed(state, wish.doors.front().bank))
        return refuse(Refusal::bank_out_of_service);
    const auto free = free_doors(state, wish);
    if (free.empty() || !their_turn(state, free.front().bank, *holder, free.size()))
        return refuse(Refusal::no_locker_free);
    decision.locker = free.front();
    decision.facts.push_back(fact::LockerAssigned{free.front(), *holder});
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::ReleaseLocker& wish)
{
    const Delegate* delegate = state.delegates.find(wish.delegate);
    if (delegate == nullptr)
        return refuse(Refusal::unknown_delegate);
    if (delegate->lockers.empty())
        return refuse(Refusal::no_locker_held);
    Decision decision;
    decision.locker = *delegate->lockers.begin();
    decision.facts.push_back(fact::LockerReleased{decision.locker, wish.delegate});
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::AskForLocker& wish)
{
    if (const auto no = not_served(state, wish.delegate, {}))
        return tl::unexpected(*no);
    if (!state.delegates.find(wish.delegate)->lockers.empty())
        return refuse(Refusal::nothing_to_do);
    const Bank* bank = state.banks.find(wish.bank);
    if (bank != nullptr) {
        for (const auto& place : bank->waiting) {
            if (place.delegate == wish.delegate)
                return refuse(Refusal::already_waiting, place.ticket);
        }
    }
    return admitted(state, fact::LockerAsked{wish.bank, wish.delegate, wish.ticket});
}

/// Opens without assigning: the fact that the door opened is the lock's to write.
Decided decide(const State& state, const command::ReopenLocker& wish)
{
    const auto holder = live_holder(state, wish.badge);
    if (!holder)
        return tl::unexpected(holder.error());
    std::optional<LockerNo> theirs;
    state.lockers.each([&](const LockerNo& no, const Locker& locker) {
        if (locker.last_holder == *holder && reopens(locker, wish.now, wish.reopen) &&
            (!theirs || no < *theirs))
            theirs = no;
    });
    if (!theirs)
        return refuse(Refusal::locker_not_theirs);
    Decision decision;
    decision.locker = *theirs;
    return decision;
}

Decided decide(const State& state, const command::ServiceLocker& wish)
{
    if (!has_right(state, wish.staff, Right::release) && !has_right(state, wish.staff, Right::manage))
        return refuse(Refusal::right_missing);
    const Locker* locker = state.lockers.find(wish.locker);
    if ((locker != nullptr && locker->out_of_service) != wish.in_service)
        return refuse(Refusal::nothing_to_do);
    return admitted(state, fact::LockerServiced{wish.locker, wish.in_service, wish.staff, wish.reason});
}

Decided decide(const State& state, const command::ServiceBank& wish)
{
    if (wish.staff && !has_right(state, *wish.staff, Right::release) &&
        !has_right(state, *wish.staff, Right::manage))
        return refuse(Refusal::right_missing);
    if (bank_closed(state, wish.bank) != wish.in_service)
        return refuse(Refusal::nothing_to_do);
    return admitted(state, fact::BankServiced{wish.bank, wish.in_service, wish.staff, wish.reason});
}

Decided decide(const State& state, const command::OpenBank& wish)
{
    if (wish.first == wish.second)
        return refuse(Refusal::same_person_twice);
    for (const auto& staff : {wish.first, wish.second}) {
        const Delegate* person = state.delegates.find(staff);
        if (person == nullptr || person->rights.empty())
            return refuse(Refusal::right_missing, staff.str());
    }
    return admitted(state, fact::BankOpened{wish.bank, wish.first, wish.second, wish.reason});
}

} // namespace montbrillant
