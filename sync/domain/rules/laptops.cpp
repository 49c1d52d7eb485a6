// SPDX-License-Identifier: Apache-2.0
// First come, first served: the queue is in the order of the log (rule 4).
#include "sync/domain/rules/parts.hpp"

#include <algorithm>
#include <utility>

namespace montbrillant::rules {
namespace {

const QueuePlace* place_of(const State& state, const DelegateId& delegate)
{
    const auto& waiting = state.laptop_queue().waiting;
    const auto at = std::find_if(waiting.begin(), waiting.end(),
                                 [&delegate](const auto& place) { return place.delegate == delegate; });
    return at == waiting.end() ? nullptr : &*at;
}

QueuePlace& edit_place(State& state, const DelegateId& delegate)
{
    auto& waiting = state.laptop_queues.edit("").waiting;
    return *std::find_if(waiting.begin(), waiting.end(),
                         [&delegate](const auto& place) { return place.delegate == delegate; });
}

void leave_queue(State& state, const DelegateId& delegate, Changes& changes)
{
    if (place_of(state, delegate) == nullptr)
        return;
    std::erase_if(state.laptop_queues.edit("").waiting,
                  [&delegate](const auto& place) { return place.delegate == delegate; });
    changes.push_back({EntityKind::laptop_queue, ""});
}

/// Another laptop is free: whoever missed the last one is first again.
void nobody_is_passed_over(State& state, Changes& changes)
{
    const auto& waiting = state.laptop_queue().waiting;
    if (std::none_of(waiting.begin(), waiting.end(), [](const auto& place) { return place.passed_over; }))
        return;
    for (auto& place : state.laptop_queues.edit("").waiting)
        place.passed_over = false;
    changes.push_back({EntityKind::laptop_queue, ""});
}

/// Takes the laptop from its borrower.
void take_back(State& state, const LaptopTag& tag, Changes& changes)
{
    Laptop& laptop = state.laptops.edit(tag);
    const DelegateId borrower = std::exchange(laptop.borrower, DelegateId());
    laptop.due.clear();
    laptop.accessories.clear();
    changes.push_back({EntityKind::laptop, tag.str()});
    if (!borrower.empty())
        delegate_for(state, borrower, changes).laptop = LaptopTag();
}

} // namespace

void lend(State& state, const fact::LaptopLent& f, Changes& changes)
{
    Laptop& laptop = state.laptops.edit(f.laptop);
    laptop.borrower = f.delegate;
    laptop.due = f.due;
    laptop.accessories = f.accessories;
    laptop.lost = false; // it is in somebody's hands
    changes.push_back({EntityKind::laptop, f.laptop.str()});
    delegate_for(state, f.delegate, changes).laptop = f.laptop;
    leave_queue(state, f.delegate, changes);
}

Outcome Admit::operator()(const fact::LaptopAdded& f) const
{
    return state.laptops.find(f.laptop) != nullptr ? duplicate("the laptop is in the inventory") : accepted();
}
Changes Apply::operator()(const fact::LaptopAdded& f) const
{
    state.laptops.edit(f.laptop).home = f.home;
    Changes changes{{EntityKind::laptop, f.laptop.str()}};
    nobody_is_passed_over(state, changes);
    return changes;
}

Outcome Admit::operator()(const fact::LaptopMoved& f) const
{
    const Laptop* laptop = state.laptops.find(f.laptop);
    if (laptop == nullptr)
        return rejected("the laptop is not known");
    return laptop->home == f.home ? duplicate("the laptop is there already") : accepted();
}
Changes Apply::operator()(const fact::LaptopMoved& f) const
{
    state.laptops.edit(f.laptop).home = f.home;
    return {{EntityKind::laptop, f.laptop.str()}};
}

Outcome Admit::operator()(const fact::LaptopAsked& f) const
{
    const Delegate* delegate = state.delegates.find(f.delegate);
    if (delegate == nullptr)
        return rejected("the delegate is not registered");
    if (!delegate->laptop.empty())
        return rejected("the delegate has " + delegate->laptop.str());
    return place_of(state, f.delegate) != nullptr ? duplicate("the delegate waits already") : accepted();
}
Changes Apply::operator()(const fact::LaptopAsked& f) const
{
    state.laptop_queues.edit("").waiting.push_back({f.delegate, f.ticket, {}, 0, false});
    return {{EntityKind::laptop_queue, ""}};
}

Outcome Admit::operator()(const fact::LaptopQueueLeft& f) const
{
    return place_of(state, f.delegate) == nullptr ? duplicate("the delegate does not wait") : accepted();
}
Changes Apply::operator()(const fact::LaptopQueueLeft& f) const
{
    Changes changes;
    leave_queue(state, f.delegate, changes);
    return changes;
}

Outcome Admit::operator()(const fact::LaptopOffered& f) const
{
    const QueuePlace* place = place_of(state, f.delegate);
    if (place == nullptr)
        return rejected("the delegate does not wait");
    return place->offered_until == WallTime{} ? accepted() : duplicate("a laptop is set aside already");
}
Changes Apply::operator()(const fact::LaptopOffered& f) const
{
    if (place_of(state, f.delegate) == nullptr)
        return {};
    edit_place(state, f.delegate).offered_until = f.until;
    return {{EntityKind::laptop_queue, ""}};
}

Outcome Admit::operator()(const fact::LaptopOfferMissed& f) const
{
    const QueuePlace* place = place_of(state, f.delegate);
    const bool offered = place != nullptr && place->offered_until != WallTime{};
    return offered ? accepted() : duplicate("no laptop is set aside for them");
}
Changes Apply::operator()(const fact::LaptopOfferMissed& f) const
{
    if (place_of(state, f.delegate) == nullptr)
        return {};
    Changes changes{{EntityKind::laptop_queue, ""}};
    QueuePlace& place = edit_place(state, f.delegate);
    ++place.misses;
    place.passed_over = true;
    place.offered_until = {};
    if (f.ends)
        leave_queue(state, f.delegate, changes);
    return changes;
}

Outcome Admit::operator()(const fact::LaptopLent& f) const
{
    const Delegate* delegate = state.delegates.find(f.delegate);
    const Laptop* laptop = state.laptops.find(f.laptop);
    if (laptop == nullptr)
        return rejected("the laptop is not known");
    if (laptop->borrower == f.delegate)
        return duplicate("the laptop is lent to them already");
    if (!laptop->borrower.empty())
        return conflict(ConflictKind::laptop_at_two, "the laptop is lent to " + laptop->borrower.str());
    if (delegate == nullptr)
        return conflict(ConflictKind::unknown_person, "nobody is registered under this id");
    if (!delegate->laptop.empty())
        return conflict(ConflictKind::laptop_at_two, "the delegate has " + delegate->laptop.str());
    return accepted();
}
Changes Apply::operator()(const fact::LaptopLent& f) const
{
    Changes changes;
    if (stands() || outcome.conflict == ConflictKind::unknown_person)
        lend(state, f, changes);
    return changes;
}

Outcome Admit::operator()(const fact::LaptopReturned& f) const
{
    const Laptop* laptop = state.laptops.find(f.laptop);
    if (laptop == nullptr)
        return rejected("the laptop is not known");
    return laptop->borrower.empty() && !laptop->lost ? duplicate("the laptop is back already") : accepted();
}
Changes Apply::operator()(const fact::LaptopReturned& f) const
{
    Changes changes;
    take_back(state, f.laptop, changes);
    Laptop& laptop = state.laptops.edit(f.laptop);
    laptop.lost = false;
    laptop.in_repair = f.faulty;
    if (!f.faulty)
        nobody_is_passed_over(state, changes);
    return changes;
}

Outcome Admit::operator()(const fact::LaptopSwapped& f) const
{
    const Laptop* faulty = state.laptops.find(f.laptop);
    const Laptop* instead = state.laptops.find(f.instead);
    if (faulty == nullptr || instead == nullptr)
        return rejected("the laptop is not known");
    if (f.laptop == f.instead)
        return rejected("a laptop is not exchanged for itself");
    if (faulty->borrower.empty())
        return duplicate("the laptop is back already");
    if (!instead->borrower.empty())
        return conflict(ConflictKind::laptop_at_two, "the laptop is lent to " + instead->borrower.str());
    return accepted();
}
Changes Apply::operator()(const fact::LaptopSwapped& f) const
{
    const Laptop* faulty = state.laptops.find(f.laptop);
    if (!stands() || faulty == nullptr)
        return {};
    Changes changes;
    const Laptop loan = *faulty;
    take_back(state, f.laptop, changes);
    state.laptops.edit(f.laptop).in_repair = true;
    lend(state, {f.instead, loan.borrower, f.staff, loan.due, loan.accessories}, changes);
    return changes;
}

Outcome Admit::operator()(const fact::LaptopLost& f) const
{
    const Laptop* laptop = state.laptops.find(f.laptop);
    if (laptop == nullptr)
        return rejected("the laptop is not known");
    return laptop->lost ? duplicate("the laptop is lost already") : accepted();
}
/// Whoever borrowed it still answers for it.
Changes Apply::operator()(const fact::LaptopLost& f) const
{
    state.laptops.edit(f.laptop).lost = true;
    return {{EntityKind::laptop, f.laptop.str()}};
}

Outcome Admit::operator()(const fact::LaptopRestored& f) const
{
    const Laptop* laptop = state.laptops.find(f.laptop);
    if (laptop == nullptr)
        return rejected("the laptop is not known");
    return laptop->in_repair || laptop->lost ? accepted() : duplicate("the laptop is in use");
}
Changes Apply::operator()(const fact::LaptopRestored& f) const
{
    Laptop& laptop = state.laptops.edit(f.laptop);
    laptop.in_repair = false;
    laptop.lost = false;
    Changes changes{{EntityKind::laptop, f.laptop.str()}};
    nobody_is_passed_over(state, changes);
    return changes;
}

} // namespace montbrillant::rules

namespace montbrillant {

std::size_t laptops_free(const State& state, const std::optional<DeviceId>& home)
{
    std::size_t free = 0;
    state.laptops.each([&](const LaptopTag&, const Laptop& laptop) {
        if (laptop.free() && (!home || laptop.home == *home))
            ++free;
    });
    return free;
}

} // namespace montbrillant
