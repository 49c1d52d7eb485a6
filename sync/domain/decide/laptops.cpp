// SPDX-License-Identifier: Apache-2.0
// J5: first come, first served, provably.
#include "sync/domain/decide/drafts.hpp"

#include <algorithm>

namespace montbrillant {

using namespace drafts;

namespace {

/// Those before `delegate` in the queue for whom a laptop is kept: who can take one, and did not let the
/// present one pass.
std::size_t kept_for_others(const State& state, const DelegateId& delegate)
{
    std::size_t kept = 0;
    for (const auto& place : state.laptop_queue().waiting) {
        if (place.delegate == delegate)
            break;
        if (!place.passed_over && !not_served(state, place.delegate, {}))
            ++kept;
    }
    return kept;
}

std::optional<Refused> not_lendable(const State& state, const LaptopTag& tag,
                                    const std::optional<DeviceId>& desk)
{
    const Laptop* laptop = state.laptops.find(tag);
    if (laptop == nullptr)
        return Refused{Refusal::laptop_unknown, tag.str()};
    if (!laptop->borrower.empty())
        return Refused{Refusal::laptop_lent, tag.str()};
    if (laptop->in_repair)
        return Refused{Refusal::laptop_in_repair, tag.str()};
    if (laptop->lost)
        return Refused{Refusal::laptop_lost, tag.str()};
    if (desk && laptop->home != *desk)
        return Refused{Refusal::laptop_elsewhere, laptop->home.str()};
    return std::nullopt;
}

} // namespace

Decided decide(const State& state, const command::AskForLaptop& wish)
{
    if (const auto no = not_served(state, wish.delegate, {}))
        return tl::unexpected(*no);
    const Delegate* delegate = state.delegates.find(wish.delegate);
    if (!delegate->laptop.empty())
        return refuse(Refusal::has_laptop, delegate->laptop.str());
    for (const auto& waiting : state.laptop_queue().waiting) {
        if (waiting.delegate == wish.delegate)
            return refuse(Refusal::already_waiting, waiting.ticket);
    }
    return admitted(state, fact::LaptopAsked{wish.delegate, wish.ticket});
}

Decided decide(const State& state, const command::LeaveLaptopQueue& wish)
{
    const auto& waiting = state.laptop_queue().waiting;
    if (std::none_of(waiting.begin(), waiting.end(),
                     [&wish](const auto& place) { return place.delegate == wish.delegate; }))
        return refuse(Refusal::not_waiting);
    return admitted(state, fact::LaptopQueueLeft{wish.delegate});
}

Decided decide(const State& state, const command::OfferLaptops& wish)
{
    Decision decision;
    std::size_t free = laptops_free(state, wish.desk);
    std::vector<DelegateId> wanted;
    for (const auto& place : state.laptop_queue().waiting) {
        const bool offered = place.offered_until != WallTime{};
        if (offered && place.offered_until < wish.now) {
            decision.facts.push_back(
                fact::LaptopOfferMissed{place.delegate, place.misses + 1 >= wish.misses_max});
        } else if (offered) {
            free -= std::min<std::size_t>(free, 1);
        } else if (!place.passed_over && !not_served(state, place.delegate, {})) {
            wanted.push_back(place.delegate);
        }
    }
    for (const auto& delegate : wanted) {
        if (free == 0)
            break;
        --free;
        decision.facts.push_back(fact::LaptopOffered{delegate, wish.now + wish.offer});
    }
    return admitted(state, std::move(decision));
}

Decided decide(const State& state, const command::LendLaptop& wish)
{
    if (!has_right(state, wish.staff, Right::lend))
        return refuse(Refusal::right_missing);
    if (const auto no = not_served(state, wish.delegate, wish.today))
        return tl::unexpected(*no);
    const Delegate* delegate = state.delegates.find(wish.delegate);
    if (!delegate->laptop.empty())
        return refuse(Refusal::has_laptop, delegate->laptop.str());
    if (const auto no = not_lendable(state, wish.laptop, wish.desk))
        return tl::unexpected(*no);
    const std::size_t kept = kept_for_others(state, wish.delegate);
    if (laptops_free(state, wish.desk) <= kept)
        return refuse(Refusal::not_their_turn, std::to_string(kept));
    return admitted(state,
                    fact::LaptopLent{wish.laptop, wish.delegate, wish.staff, wish.due, wish.accessories});
}

Decided decide(const State& state, const command::TakeBackLaptop& wish)
{
    const Laptop* laptop = state.laptops.find(wish.laptop);
    if (laptop == nullptr)
        return refuse(Refusal::laptop_unknown, wish.laptop.str());
    if (laptop->borrower.empty() && !laptop->lost)
        return refuse(Refusal::not_lent, wish.laptop.str());
    return admitted(state, fact::LaptopReturned{wish.laptop, wish.staff, wish.faulty, wish.condition,
                                                wish.missing, wish.wiped});
}

Decided decide(const State& state, const command::SwapLaptop& wish)
{
    if (!has_right(state, wish.staff, Right::lend))
        return refuse(Refusal::right_missing);
    const Laptop* faulty = state.laptops.find(wish.laptop);
    if (faulty == nullptr)
        return refuse(Refusal::laptop_unknown, wish.laptop.str());
    if (faulty->borrower.empty())
        return refuse(Refusal::not_lent, wish.laptop.str());
    if (const auto no = not_lendable(state, wish.instead, wish.desk))
        return tl::unexpected(*no);
    return admitted(state, fact::LaptopSwapped{wish.laptop, wish.instead, wish.staff, wish.condition});
}

} // namespace montbrillant
