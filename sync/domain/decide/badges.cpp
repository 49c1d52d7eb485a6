// SPDX-License-Identifier: Apache-2.0
// Check-in and what becomes of badges and cards.
#include "sync/domain/decide/drafts.hpp"

namespace montbrillant {

using namespace drafts;

namespace {

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

/// The card of the badge that this one replaces moves along when only the paper was damaged.
bool was_theirs(const State& state, const Card& card, const Badge& badge)
{
    const Badge* before = state.badges.find(card.badge);
    return before != nullptr && before->delegate == badge.delegate && before->issue < badge.issue;
}

/// What staff who release people do to somebody who is checked in; why not, otherwise.
std::optional<Refused> not_inside(const State& state, const DelegateId& staff, const DelegateId& id)
{
    if (!has_right(state, staff, Right::release))
        return Refused{Refusal::right_missing, {}};
    const Delegate* delegate = state.delegates.find(id);
    if (delegate == nullptr)
        return Refused{Refusal::unknown_delegate, {}};
    if (!delegate->checked_in)
        return Refused{Refusal::not_checked_in, {}};
    return std::nullopt;
}

} // namespace

Decided decide(const State& state, const command::CheckIn& wish)
{
    if (state.meeting().closed)
        return refuse(Refusal::event_closed);
    const Delegate* delegate = state.delegates.find(wish.delegate);
    Decision decision;
    if (delegate == nullptr) {
        if (!wish.provisional)
            return refuse(Refusal::unknown_delegate);
        decision.facts.push_back(fact::DelegateRegistered{wish.delegate, *wish.provisional, true, {}});
    } else {
        if (delegate->erased)
            return refuse(Refusal::erased);
        if (delegate->participation.state == Registration::pending && wish.day_badge.empty())
            return refuse(Refusal::pending);
        if (delegate->participation.state == Registration::cancelled)
            return refuse(Refusal::cancelled);
        if (!delegate->badge.empty())
            return resume(state, *delegate);
    }
    // Rule 1: these three stand together or not at all.
    if (delegate == nullptr || !delegate->checked_in)
        decision.facts.push_back(
            fact::CheckedIn{wish.delegate, wish.identified_by, wish.released_by, wish.in_person});
    const unsigned issue = delegate == nullptr ? 1 : delegate->issue + 1;
    const IssueReason reason = wish.day_badge.empty() ? IssueReason::first : IssueReason::day;
    decision.facts.push_back(
        fact::BadgeIssued{wish.new_badge, wish.delegate, issue, reason, wish.released_by, wish.day_badge});
    decision.facts.push_back(fact::PrintQueued{wish.new_badge, 1});
    decision.badge = wish.new_badge;
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::UndoCheckIn& wish)
{
    if (auto refused = not_inside(state, wish.staff, wish.delegate))
        return tl::unexpected(std::move(*refused));
    return admitted(state, fact::CheckInUndone{wish.delegate, wish.staff, wish.reason});
}

Decided decide(const State& state, const command::ReplaceBadge& wish)
{
    if (auto refused = not_inside(state, wish.staff, wish.delegate))
        return tl::unexpected(std::move(*refused));
    const unsigned issue = state.delegates.find(wish.delegate)->issue + 1;
    Decision decision;
    decision.facts.push_back(
        fact::BadgeIssued{wish.new_badge, wish.delegate, issue, wish.reason, wish.staff, {}});
    decision.facts.push_back(fact::PrintQueued{wish.new_badge, 1});
    decision.badge = wish.new_badge;
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::RevokeBadge& wish)
{
    if (!has_right(state, wish.staff, Right::release))
        return refuse(Refusal::right_missing);
    const Badge* badge = state.badges.find(wish.badge);
    if (badge == nullptr)
        return refuse(Refusal::unknown_badge);
    if (!badge->live && !badge->awaits_card)
        return refuse(Refusal::nothing_to_do);
    return admitted(state, fact::BadgeRevoked{wish.badge, wish.staff, wish.reason});
}

Decided decide(const State& state, const command::BindCard& wish)
{
    const Badge* badge = state.badges.find(wish.badge);
    if (badge == nullptr)
        return refuse(Refusal::unknown_badge);
    if (!badge->live && !badge->awaits_card)
        return refuse(Refusal::badge_void);
    Decision decision;
    decision.badge = wish.badge;
    const Card* card = state.cards.find(wish.card);
    const bool in_use = card != nullptr && !card->badge.empty();
    if (in_use && card->badge == wish.badge)
        return decision;
    if (in_use && !was_theirs(state, *card, *badge))
        return refuse(Refusal::card_in_use);
    if (!badge->card.empty())
        return refuse(Refusal::badge_has_card);
    if (in_use) {
        if (state.badges.find(card->badge)->live)
            decision.facts.push_back(fact::BadgeReturned{card->badge});
        decision.facts.push_back(fact::CardFreed{wish.card, card->badge});
    }
    decision.facts.push_back(fact::CardBound{wish.card, wish.badge, wish.tier});
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::ReturnBadge& wish)
{
    const Badge* badge = state.badges.find(wish.badge);
    if (badge == nullptr)
        return refuse(Refusal::unknown_badge);
    if (badge->returned)
        return refuse(Refusal::nothing_to_do);
    Decision decision;
    decision.badge = wish.badge;
    decision.facts.push_back(fact::BadgeReturned{wish.badge});
    if (!badge->card.empty())
        decision.facts.push_back(fact::CardFreed{badge->card, wish.badge});
    return admitted(state, std::move(decision));
}

} // namespace montbrillant
