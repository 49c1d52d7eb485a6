// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/rules.hpp"

#include <algorithm>

namespace montbrillant {
namespace {

tl::unexpected<Refused> refuse(Refusal why, std::string detail = {})
{
    return tl::unexpected(Refused{why, std::move(detail)});
}

/// Tries the drafts in order on a scratch layer: a wish never yields a fact that its own kiosk would not
/// admit.
Decided admitted(const State& state, Decision decision)
{
    State scratch(&state);
    std::uint64_t counter = 0;
    for (const auto& body : decision.facts) {
        Fact draft;
        draft.id = FactId("draft-" + std::to_string(++counter));
        draft.counter = counter;
        draft.body = body;
        const Outcome outcome = admit(scratch, draft);
        if (outcome.verdict != Verdict::accepted)
            return refuse(Refusal::rule, outcome.reason);
        static_cast<void>(apply(scratch, draft, outcome));
    }
    return decision;
}

/// Those before `delegate` in the queue who can take a laptop: each has one set aside.
std::size_t waiting_before(const State& state, const DelegateId& delegate)
{
    std::size_t before = 0;
    for (const auto& place : state.laptop_queue().waiting) {
        if (place.delegate == delegate)
            break;
        const Delegate* other = state.delegates.find(place.delegate);
        if (other != nullptr && other->participation.state != Registration::cancelled)
            ++before;
    }
    return before;
}

/// A first run that was not finished carries on; a finished one is refused.
Decided resume(const State& state, const Delegate& delegate)
{
    const Badge* badge = state.badges.find(delegate.badge);
    if (badge == nullptr)
        return refuse(Refusal::rule, "the live badge is not known");
    if (badge->printed && !badge->card.empty())
        return refuse(Refusal::already_has_badge);
    Decision decision;
    decision.badge = delegate.badge;
    return decision;
}

} // namespace

std::string_view words(Refusal refusal)
{
    switch (refusal) {
    case Refusal::unknown_delegate: return "nobody is registered under this id";
    case Refusal::pending: return "the registration waits for approval";
    case Refusal::cancelled: return "the registration is cancelled";
    case Refusal::already_has_badge: return "this registration already has a badge";
    case Refusal::unknown_badge: return "no such badge was issued";
    case Refusal::badge_void: return "the badge is void until staff decide";
    case Refusal::card_in_use: return "the card already belongs to a badge";
    case Refusal::badge_has_card: return "the badge already has a card";
    case Refusal::not_checked_in: return "the delegate has not checked in";
    case Refusal::no_locker_free: return "every locker of the bank is taken";
    case Refusal::no_locker_held: return "the delegate holds no locker";
    case Refusal::laptop_unknown: return "the tag is not in the inventory";
    case Refusal::laptop_lent: return "the laptop is lent already";
    case Refusal::laptop_in_repair: return "the laptop is in repair";
    case Refusal::has_laptop: return "the delegate already has a laptop";
    case Refusal::not_their_turn: return "others are before them in the queue";
    case Refusal::already_waiting: return "the delegate waits already";
    case Refusal::not_lent: return "the laptop is not lent";
    case Refusal::right_missing: return "the staff badge does not carry this right";
    case Refusal::rule: return "a rule refused it";
    }
    return {};
}

Decided decide(const State& state, const command::CheckIn& wish)
{
    const Delegate* delegate = state.delegates.find(wish.delegate);
    Decision decision;
    if (delegate == nullptr) {
        if (!wish.provisional)
            return refuse(Refusal::unknown_delegate);
        decision.facts.push_back(fact::DelegateRegistered{wish.delegate, *wish.provisional, true});
    } else {
        if (delegate->participation.state == Registration::pending)
            return refuse(Refusal::pending);
        if (delegate->participation.state == Registration::cancelled)
            return refuse(Refusal::cancelled);
        if (!delegate->badge.empty())
            return resume(state, *delegate);
    }
    // Rule 1: these three stand together or not at all.
    if (delegate == nullptr || !delegate->checked_in)
        decision.facts.push_back(fact::CheckedIn{wish.delegate, wish.identified_by, wish.released_by});
    decision.facts.push_back(fact::BadgeIssued{wish.new_badge, wish.delegate, 1});
    decision.facts.push_back(fact::PrintQueued{wish.new_badge, 1});
    decision.badge = wish.new_badge;
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::BindCard& wish)
{
    const Badge* badge = state.badges.find(wish.badge);
    if (badge == nullptr)
        return refuse(Refusal::unknown_badge);
    if (!badge->live)
        return refuse(Refusal::badge_void);
    Decision decision;
    decision.badge = wish.badge;
    const Card* card = state.cards.find(wish.card);
    if (card != nullptr && card->badge == wish.badge)
        return decision;
    if (card != nullptr)
        return refuse(Refusal::card_in_use);
    if (!badge->card.empty())
        return refuse(Refusal::badge_has_card);
    decision.facts.push_back(fact::CardBound{wish.card, wish.badge, wish.tier});
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::AssignLocker& wish)
{
    const Badge* badge = state.badges.find(wish.badge);
    if (badge == nullptr)
        return refuse(Refusal::unknown_badge);
    if (!badge->live)
        return refuse(Refusal::badge_void);
    const Delegate* delegate = state.delegates.find(badge->delegate);
    if (delegate == nullptr || !delegate->checked_in)
        return refuse(Refusal::not_checked_in);
    Decision decision;
    if (!delegate->lockers.empty()) {
        decision.locker = *delegate->lockers.begin();
        return decision;
    }
    // An expired registration collects its own goods and gets nothing new.
    if (delegate->participation.state == Registration::cancelled)
        return refuse(Refusal::cancelled);
    const auto free = std::find_if(wish.doors.begin(), wish.doors.end(), [&state](const LockerNo& no) {
        const Locker* locker = state.lockers.find(no);
        return locker == nullptr || locker->holder.empty();
    });
    if (free == wish.doors.end())
        return refuse(Refusal::no_locker_free);
    decision.locker = *free;
    decision.facts.push_back(fact::LockerAssigned{*free, badge->delegate});
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

Decided decide(const State& state, const command::AskForLaptop& wish)
{
    const Delegate* delegate = state.delegates.find(wish.delegate);
    if (delegate == nullptr)
        return refuse(Refusal::unknown_delegate);
    if (!delegate->checked_in)
        return refuse(Refusal::not_checked_in);
    if (delegate->participation.state == Registration::cancelled)
        return refuse(Refusal::cancelled);
    if (!delegate->laptop.empty())
        return refuse(Refusal::has_laptop, delegate->laptop.str());
    for (const auto& waiting : state.laptop_queue().waiting) {
        if (waiting.delegate == wish.delegate)
            return refuse(Refusal::already_waiting, waiting.ticket);
    }
    Decision decision;
    decision.facts.push_back(fact::LaptopAsked{wish.delegate, wish.ticket});
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::LendLaptop& wish)
{
    const Delegate* staff = state.delegates.find(wish.staff);
    if (staff == nullptr || !staff->rights.contains(Right::lend))
        return refuse(Refusal::right_missing);
    const Delegate* delegate = state.delegates.find(wish.delegate);
    if (delegate == nullptr)
        return refuse(Refusal::unknown_delegate);
    if (!delegate->checked_in)
        return refuse(Refusal::not_checked_in);
    if (delegate->participation.state == Registration::cancelled)
        return refuse(Refusal::cancelled);
    if (!delegate->laptop.empty())
        return refuse(Refusal::has_laptop, delegate->laptop.str());
    const Laptop* laptop = state.laptops.find(wish.laptop);
    if (laptop == nullptr)
        return refuse(Refusal::laptop_unknown, wish.laptop.str());
    if (!laptop->borrower.empty())
        return refuse(Refusal::laptop_lent, wish.laptop.str());
    if (laptop->in_repair)
        return refuse(Refusal::laptop_in_repair, wish.laptop.str());
    // First come, first served.
    const std::size_t before = waiting_before(state, wish.delegate);
    if (laptops_free(state) <= before)
        return refuse(Refusal::not_their_turn, std::to_string(before));
    Decision decision;
    decision.facts.push_back(fact::LaptopLent{wish.laptop, wish.delegate, wish.staff, wish.due});
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::TakeBackLaptop& wish)
{
    const Laptop* laptop = state.laptops.find(wish.laptop);
    if (laptop == nullptr)
        return refuse(Refusal::laptop_unknown, wish.laptop.str());
    if (laptop->borrower.empty())
        return refuse(Refusal::not_lent, wish.laptop.str());
    Decision decision;
    decision.facts.push_back(fact::LaptopReturned{wish.laptop, wish.staff, wish.faulty, wish.condition});
    return admitted(state, std::move(decision));
}

} // namespace montbrillant
