// SPDX-License-Identifier: Apache-2.0
// Walk-ins, corrections, identity documents, erasure.
#include "sync/domain/decide/drafts.hpp"

namespace montbrillant {

using namespace drafts;

namespace {

/// Rule 9, said before a draft is made.
std::optional<Refused> not_allowed(const Participation& p)
{
    if (p.category != Category::sme_pilot)
        return std::nullopt;
    if (is_leadership(p.role))
        return Refused{Refusal::leadership_forbidden, {}};
    if (p.confirmed_by.empty())
        return Refused{Refusal::confirmation_missing, {}};
    return std::nullopt;
}

bool leads(const Participation& p) { return p.role == Role::head && p.state != Registration::cancelled; }

/// The head whom `wish` replaces, if there is one.
std::optional<DelegateId> replaced_head(const State& state, const command::CorrectRecord& wish)
{
    if (!leads(wish.participation))
        return std::nullopt;
    const DelegationHead* delegation = state.delegations.find(wish.participation.delegation);
    if (delegation == nullptr || delegation->head.empty() || delegation->head == wish.delegate)
        return std::nullopt;
    return delegation->head;
}

} // namespace

Decided decide(const State& state, const command::RegisterWalkIn& wish)
{
    if (state.meeting().closed)
        return refuse(Refusal::event_closed);
    if (!has_right(state, wish.staff, Right::release))
        return refuse(Refusal::right_missing);
    if (wish.letter.empty())
        return refuse(Refusal::letter_missing);
    if (state.delegates.find(wish.delegate) != nullptr)
        return refuse(Refusal::already_registered);
    if (wish.participation.flags.contains(Flag::fellow))
        return refuse(Refusal::fellow_walks_in);
    if (const auto no = not_allowed(wish.participation))
        return tl::unexpected(*no);
    if (const auto* delegation = state.delegations.find(wish.participation.delegation);
        leads(wish.participation) && delegation != nullptr && !delegation->head.empty())
        return refuse(Refusal::head_exists, delegation->head.str());
    Decision decision;
    decision.facts.push_back(fact::DelegateRegistered{wish.delegate, wish.participation, false, wish.letter});
    decision.records = {wish.delegate};
    return admitted(state, std::move(decision));
}

/// With a letter, a new head takes the place of the one before, who goes on as a delegate.
Decided decide(const State& state, const command::CorrectRecord& wish)
{
    if (!has_right(state, wish.staff, Right::release) && !has_right(state, wish.staff, Right::manage))
        return refuse(Refusal::right_missing);
    const Delegate* delegate = state.delegates.find(wish.delegate);
    if (delegate == nullptr)
        return refuse(Refusal::unknown_delegate);
    if (delegate->erased)
        return refuse(Refusal::erased);
    if (delegate->revision != wish.base)
        return refuse(Refusal::changed_meanwhile);
    if (wish.changed.empty())
        return refuse(Refusal::nothing_to_do);
    if (const auto no = not_allowed(wish.participation))
        return tl::unexpected(*no);
    if (leads(wish.participation) && delegate->participation.role != Role::head && wish.letter.empty())
        return refuse(Refusal::letter_missing);
    Decision decision;
    if (const auto former = replaced_head(state, wish)) {
        if (wish.letter.empty())
            return refuse(Refusal::head_exists, former->str());
        const Delegate& head = *state.delegates.find(*former);
        Participation steps_back = head.participation;
        steps_back.role = Role::delegate;
        decision.facts.push_back(
            fact::DelegateCorrected{*former, steps_back, {"role"}, head.revision, wish.staff, wish.letter});
        decision.records.push_back(*former);
    }
    decision.facts.push_back(fact::DelegateCorrected{wish.delegate, wish.participation, wish.changed,
                                                     wish.base, wish.staff, wish.letter});
    decision.records.push_back(wish.delegate);
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::RequestCorrection& wish)
{
    const Delegate* delegate = state.delegates.find(wish.delegate);
    if (delegate == nullptr)
        return refuse(Refusal::unknown_delegate);
    if (delegate->correction_wanted)
        return Decision{};
    return admitted(state, fact::CorrectionRequested{wish.delegate});
}

Decided decide(const State& state, const command::SeeId& wish)
{
    if (!has_right(state, wish.staff, Right::release))
        return refuse(Refusal::right_missing);
    if (state.delegates.find(wish.delegate) == nullptr)
        return refuse(Refusal::unknown_delegate);
    return admitted(state, fact::IdSeen{wish.delegate, wish.staff});
}

Decided decide(const State& state, const command::EraseDelegate& wish)
{
    const Delegate* delegate = state.delegates.find(wish.delegate);
    if (delegate == nullptr)
        return refuse(Refusal::unknown_delegate);
    if (delegate->erased)
        return refuse(Refusal::erased);
    return admitted(state, fact::DelegateErased{wish.delegate});
}

std::optional<DelegateId> id_seen_by(const State& state, const DelegateId& id, WallTime now, Millis valid)
{
    const Delegate* delegate = state.delegates.find(id);
    if (delegate == nullptr || delegate->id_seen_by.empty() || now - delegate->id_seen_time > valid)
        return std::nullopt;
    return delegate->id_seen_by;
}

} // namespace montbrillant
