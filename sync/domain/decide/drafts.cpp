// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/decide/drafts.hpp"

namespace montbrillant {

namespace drafts {

Decided admitted(const State& state, Decision decision, const DeviceId& device)
{
    State scratch(&state);
    std::uint64_t counter = 0;
    for (const auto& body : decision.facts) {
        Fact draft;
        draft.id = FactId("draft-" + std::to_string(++counter));
        draft.device = device;
        draft.counter = counter;
        draft.body = body;
        const Outcome outcome = admit(scratch, draft);
        if (outcome.verdict != Verdict::accepted)
            return refuse(Refusal::rule, outcome.reason);
        static_cast<void>(apply(scratch, draft, outcome));
    }
    return decision;
}

Decided admitted(const State& state, Body fact, const DeviceId& device)
{
    Decision decision;
    decision.facts.push_back(std::move(fact));
    return admitted(state, std::move(decision), device);
}

std::optional<Refused> not_served(const State& state, const DelegateId& delegate, const std::string& today)
{
    const Delegate* person = state.delegates.find(delegate);
    if (person == nullptr)
        return Refused{Refusal::unknown_delegate, {}};
    if (person->erased)
        return Refused{Refusal::erased, {}};
    if (!person->checked_in)
        return Refused{Refusal::not_checked_in, {}};
    // An expired or cancelled registration collects its own goods and gets nothing new.
    if (person->participation.state == Registration::cancelled)
        return Refused{Refusal::cancelled, {}};
    const Badge* badge = state.badges.find(person->badge);
    if (badge != nullptr && !badge->valid_day.empty() && !today.empty() && badge->valid_day != today)
        return Refused{Refusal::badge_expired, badge->valid_day};
    return std::nullopt;
}

bool has_right(const State& state, const DelegateId& staff, Right right)
{
    const Delegate* person = state.delegates.find(staff);
    return person != nullptr && person->rights.contains(right);
}

tl::expected<DelegateId, Refused> live_holder(const State& state, const BadgeId& id)
{
    const Badge* badge = state.badges.find(id);
    if (badge == nullptr)
        return refuse(Refusal::unknown_badge);
    if (!badge->live)
        return refuse(Refusal::badge_void);
    return badge->delegate;
}

} // namespace drafts

std::string_view words(Refusal refusal)
{
    switch (refusal) {
    case Refusal::unknown_delegate: return "nobody is registered under this id";
    case Refusal::pending: return "the registration waits for approval";
    case Refusal::cancelled: return "the registration is cancelled";
    case Refusal::erased: return "the registration was erased";
    case Refusal::already_registered: return "somebody is registered under this id";
    case Refusal::already_has_badge: return "this registration already has a badge";
    case Refusal::unknown_badge: return "no such badge was issued";
    case Refusal::badge_void: return "the badge is void until staff decide";
    case Refusal::badge_expired: return "the badge was for another day";
    case Refusal::card_in_use: return "the card already belongs to a badge";
    case Refusal::badge_has_card: return "the badge already has a card";
    case Refusal::not_checked_in: return "the delegate has not checked in";
    case Refusal::no_locker_free: return "every locker of the bank is taken";
    case Refusal::no_locker_held: return "the delegate holds no locker";
    case Refusal::locker_out_of_service: return "the locker is out of service";
    case Refusal::bank_out_of_service: return "the bank is closed for self-service";
    case Refusal::locker_not_theirs: return "the locker is not theirs any more";
    case Refusal::laptop_unknown: return "the tag is not in the inventory";
    case Refusal::laptop_lent: return "the laptop is lent already";
    case Refusal::laptop_in_repair: return "the laptop is in repair";
    case Refusal::laptop_lost: return "the laptop is reported lost";
    case Refusal::laptop_elsewhere:
        return "the laptop belongs to another desk, which alone lends it while offline";
    case Refusal::has_laptop: return "the delegate already has a laptop";
    case Refusal::not_their_turn: return "others are before them in the queue";
    case Refusal::already_waiting: return "the delegate waits already";
    case Refusal::not_waiting: return "the delegate does not wait";
    case Refusal::not_lent: return "the laptop is not lent";
    case Refusal::not_on_list: return "the delegate is not on the list of this session";
    case Refusal::right_missing: return "the staff badge does not carry this right";
    case Refusal::same_person_twice: return "two different members of staff are needed";
    case Refusal::letter_missing: return "the reference of the contact point's letter is missing";
    case Refusal::fellow_walks_in: return "a fellow must have been pre-registered";
    case Refusal::leadership_forbidden: return "an SME of the pilot holds no leadership role";
    case Refusal::confirmation_missing:
        return "an SME of the pilot needs the Administration that confirmed it";
    case Refusal::head_exists: return "the delegation already has a head";
    case Refusal::changed_meanwhile: return "somebody changed this record meanwhile";
    case Refusal::conflict_unknown: return "no such conflict is known";
    case Refusal::conflict_closed: return "the conflict is resolved already";
    case Refusal::event_closed: return "the event is closed";
    case Refusal::nothing_to_do: return "it is so already";
    case Refusal::rule: return "a rule refused it";
    }
    return {};
}

} // namespace montbrillant
