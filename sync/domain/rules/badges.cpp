// SPDX-License-Identifier: Apache-2.0
// Which badge is live, and which card proves it.
#include "sync/domain/rules/parts.hpp"

#include <algorithm>

namespace montbrillant::rules {
namespace {

bool replaces(const fact::BadgeIssued& f)
{
    return f.reason == IssueReason::lost || f.reason == IssueReason::damaged;
}

void make_live(State& state, const BadgeId& id, Changes& changes)
{
    Badge& badge = state.badges.edit(id);
    void_badge(state, badge.delegate, changes);
    badge.live = true;
    badge.awaits_card = false;
    delegate_for(state, badge.delegate, changes).badge = id;
    changes.push_back({EntityKind::badge, id.str()});
}

/// Of two that wait for their card only the newer may come to life.
std::vector<BadgeId> waiting_badges(const State& state, const DelegateId& delegate)
{
    std::vector<BadgeId> waiting;
    state.badges.each([&](const BadgeId& id, const Badge& badge) {
        if (badge.delegate == delegate && badge.awaits_card)
            waiting.push_back(id);
    });
    return waiting;
}

} // namespace

void void_badge(State& state, const DelegateId& id, Changes& changes)
{
    const Delegate* delegate = state.delegates.find(id);
    if (delegate == nullptr || delegate->badge.empty())
        return;
    const BadgeId badge = delegate->badge;
    state.badges.edit(badge).live = false;
    state.delegates.edit(id).badge = BadgeId();
    changes.push_back({EntityKind::badge, badge.str()});
    changes.push_back({EntityKind::delegate, id.str()});
}

void bind(State& state, const fact::CardBound& f, Changes& changes)
{
    Badge& badge = state.badges.edit(f.badge);
    badge.card = f.card;
    state.cards.edit(f.card) = {f.badge, f.tier};
    changes.push_back({EntityKind::badge, f.badge.str()});
    changes.push_back({EntityKind::card, f.card.str()});
    if (badge.awaits_card)
        make_live(state, f.badge, changes);
}

Outcome Admit::operator()(const fact::BadgeIssued& f) const
{
    if (state.badges.find(f.badge) != nullptr)
        return rejected("the badge id is taken");
    if (replaces(f) && !f.staff)
        return rejected("only staff replace a badge");
    const Delegate* delegate = state.delegates.find(f.delegate);
    if (delegate == nullptr)
        return conflict(ConflictKind::unknown_person, "nobody is registered under this id");
    if (replaces(f) && f.issue <= delegate->issue)
        return conflict(ConflictKind::second_badge, "the badge was replaced elsewhere meanwhile");
    if (!replaces(f) && !delegate->badge.empty())
        return conflict(ConflictKind::second_badge, "the delegate has the badge " + delegate->badge.str());
    return accepted();
}
/// A second badge exists on paper, so it is recorded, but void until staff decide (rule 10).
Changes Apply::operator()(const fact::BadgeIssued& f) const
{
    Changes changes{{EntityKind::badge, f.badge.str()}};
    const bool valid = stands() || outcome.conflict == ConflictKind::unknown_person;
    Delegate& delegate = delegate_for(state, f.delegate, changes);
    const bool waits = valid && f.reason == IssueReason::damaged && !delegate.badge.empty();
    delegate.issue = std::max(delegate.issue, f.issue);
    state.badges.edit(f.badge) =
        Badge{f.delegate, f.issue, false, {}, 0, false, f.reason, waits, f.valid_day, false};
    if (waits) {
        for (const auto& older : waiting_badges(state, f.delegate)) {
            if (older != f.badge)
                changes.push_back({EntityKind::badge, older.str()});
            state.badges.edit(older).awaits_card = older == f.badge;
        }
    } else if (valid) {
        make_live(state, f.badge, changes);
    }
    return changes;
}

Outcome Admit::operator()(const fact::BadgeRevoked& f) const
{
    const Badge* badge = state.badges.find(f.badge);
    if (badge == nullptr)
        return conflict(ConflictKind::unknown_badge, "the badge was never issued");
    return badge->live || badge->awaits_card ? accepted() : duplicate("the badge is void already");
}
Changes Apply::operator()(const fact::BadgeRevoked& f) const
{
    if (!stands())
        return {};
    Changes changes{{EntityKind::badge, f.badge.str()}};
    Badge& badge = state.badges.edit(f.badge);
    badge.awaits_card = false;
    if (badge.live)
        void_badge(state, badge.delegate, changes);
    return changes;
}

Outcome Admit::operator()(const fact::BadgeReturned& f) const
{
    const Badge* badge = state.badges.find(f.badge);
    if (badge == nullptr)
        return conflict(ConflictKind::unknown_badge, "the badge was never issued");
    return badge->returned ? duplicate("the badge is back already") : accepted();
}
Changes Apply::operator()(const fact::BadgeReturned& f) const
{
    if (!stands())
        return {};
    Changes changes{{EntityKind::badge, f.badge.str()}};
    Badge& badge = state.badges.edit(f.badge);
    badge.returned = true;
    badge.awaits_card = false;
    if (badge.live)
        void_badge(state, badge.delegate, changes);
    return changes;
}

Outcome Admit::operator()(const fact::PrintQueued& f) const
{
    const Badge* badge = state.badges.find(f.badge);
    if (badge == nullptr)
        return conflict(ConflictKind::unknown_badge, "the badge was never issued");
    return f.copy <= badge->copies ? duplicate("the copy is queued already") : accepted();
}
Changes Apply::operator()(const fact::PrintQueued& f) const
{
    if (!stands())
        return {};
    state.badges.edit(f.badge).copies = f.copy;
    return {{EntityKind::badge, f.badge.str()}};
}

Outcome Admit::operator()(const fact::BadgePrinted& f) const
{
    const Badge* badge = state.badges.find(f.badge);
    if (badge == nullptr)
        return conflict(ConflictKind::unknown_badge, "the badge was never issued");
    return badge->printed ? duplicate("the badge is printed already") : accepted();
}
Changes Apply::operator()(const fact::BadgePrinted& f) const
{
    if (!stands())
        return {};
    state.badges.edit(f.badge).printed = true;
    return {{EntityKind::badge, f.badge.str()}};
}

Outcome Admit::operator()(const fact::CardBound& f) const
{
    const Badge* badge = state.badges.find(f.badge);
    if (badge == nullptr)
        return conflict(ConflictKind::unknown_badge, "the badge was never issued");
    const Card* card = state.cards.find(f.card);
    if (card != nullptr && card->badge == f.badge)
        return duplicate("the card is bound to this badge already");
    if (card != nullptr && !card->badge.empty())
        return conflict(ConflictKind::card_on_two_badges, "the card belongs to " + card->badge.str());
    if (!badge->card.empty())
        return conflict(ConflictKind::card_on_two_badges, "the badge has the card " + badge->card.str());
    return accepted();
}
Changes Apply::operator()(const fact::CardBound& f) const
{
    Changes changes;
    if (stands())
        bind(state, f, changes);
    return changes;
}

Outcome Admit::operator()(const fact::CardFreed& f) const
{
    const Card* card = state.cards.find(f.card);
    if (card == nullptr || card->badge != f.badge)
        return duplicate("the card is not on this badge any more");
    return state.badges.find(f.badge)->live ? rejected("the badge is live: its card is in use") : accepted();
}
Changes Apply::operator()(const fact::CardFreed& f) const
{
    state.cards.edit(f.card) = {};
    state.badges.edit(f.badge).card = CardUid();
    return {{EntityKind::card, f.card.str()}, {EntityKind::badge, f.badge.str()}};
}

} // namespace montbrillant::rules

namespace montbrillant {

tl::expected<BadgeHolder, CardDoubt> holder_of(const State& state, const CardUid& uid)
{
    const Card* card = state.cards.find(uid);
    if (card == nullptr || card->badge.empty())
        return tl::unexpected(CardDoubt::unknown_card);
    const Badge* badge = state.badges.find(card->badge);
    if (badge == nullptr || !badge->live)
        return tl::unexpected(CardDoubt::badge_void);
    return BadgeHolder{badge->delegate, card->badge, card->tier};
}

} // namespace montbrillant
