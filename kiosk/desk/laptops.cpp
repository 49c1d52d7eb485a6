// SPDX-License-Identifier: Apache-2.0
// J5: first come, first served.
#include "kiosk/desk/desk.hpp"
#include "kiosk/desk/words.hpp"
#include "sync/base/number.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

/// What a scanner read as a tag may have been somebody's confirmation: a long text is not kept.
Refused without_nonsense(Refused refused, const LaptopTag& laptop)
{
    constexpr std::size_t tag_bytes_max = 32;
    if (laptop.str().size() > tag_bytes_max)
        refused.detail.clear();
    return refused;
}

} // namespace

std::string Desk::today() const { return local_time(profile_->time_zone, clock_.wall()).date.str(); }

/// Until the desk closes on the last day of the meeting.
std::string Desk::due() const
{
    for (const auto& hours : profile_->registration_hours) {
        if (hours.day == profile_->last_day)
            return fmt::format("{} {}", hours.day.str(), hours.until.str());
    }
    return profile_->last_day.str();
}

std::optional<DeviceId> Desk::home_of_laptops() const
{
    return alone_ ? std::optional(store_.identity()->device) : std::nullopt;
}

Served<LoanOffer> Desk::join_queue(const DelegateId& delegate)
{
    const auto& waiting = store_.view().laptop_queue().waiting;
    for (std::size_t place = 0; place < waiting.size(); ++place) {
        if (waiting[place].delegate == delegate)
            return LoanOffer{
                flow::LendStep::joined_queue, {}, static_cast<unsigned>(place + 1), waiting[place].ticket};
    }
    constexpr std::string_view counter = "queue_counter";
    const auto last = store_.setting(counter);
    if (!last)
        return storage_trouble(last.error());
    const int number = number_from<int>(last->value_or("0")).value_or(0) + 1;
    const std::string ticket = fmt::format("{}-L{}", store_.identity()->device.str(), number);
    const auto decided = decide(store_.view(), command::AskForLaptop{delegate, ticket});
    if (!decided)
        return turn_away(decided.error(), delegate);
    Draft draft;
    draft.facts = decided->facts;
    draft.actor = delegate.str();
    draft.settings.emplace(counter, std::to_string(number));
    if (auto facts = commit(std::move(draft)); !facts)
        return storage_trouble(facts.error());
    const auto place = static_cast<unsigned>(store_.view().laptop_queue().waiting.size());
    return LoanOffer{flow::LendStep::joined_queue, {}, place, ticket};
}

/// First come, first served: everybody before them in the queue who can still come has one set aside.
Served<LoanOffer> Desk::may_borrow(const DelegateId& delegate)
{
    const State& state = store_.view();
    const Delegate* person = state.delegates.find(delegate);
    if (person == nullptr || !person->checked_in)
        return turn_away(Refused{Refusal::not_checked_in, {}}, delegate);
    if (person->participation.state == Registration::cancelled)
        return turn_away(Refused{Refusal::cancelled, {}}, delegate);
    if (!person->laptop.empty())
        return turn_away(Refused{Refusal::has_laptop, person->laptop.str()}, delegate);
    std::size_t before = 0;
    for (const auto& place : state.laptop_queue().waiting) {
        if (place.delegate == delegate)
            break;
        const Delegate* other = state.delegates.find(place.delegate);
        if (other != nullptr && other->participation.state != Registration::cancelled)
            ++before;
    }
    if (laptops_free(state, home_of_laptops()) <= before)
        return join_queue(delegate);
    return LoanOffer{flow::LendStep::scan_tag, due(), 0, {}};
}

Served<LoanOffer> Desk::lend(const DelegateId& staff, const DelegateId& delegate, const LaptopTag& laptop,
                             bool terms_accepted)
{
    if (laptop.empty())
        return may_borrow(delegate);
    const auto decided = decide(
        store_.view(), command::LendLaptop{laptop, delegate, staff, due(), {}, home_of_laptops(), today()});
    if (!decided)
        return turn_away(without_nonsense(decided.error(), laptop), delegate);
    if (!terms_accepted)
        return LoanOffer{flow::LendStep::terms, due(), 0, {}};
    Draft draft;
    draft.facts = decided->facts;
    draft.actor = staff.str();
    if (auto facts = commit(std::move(draft)); !facts)
        return storage_trouble(facts.error());
    return LoanOffer{flow::LendStep::lent, due(), 0, {}};
}

Served<LaptopTag> Desk::take_back(const DelegateId& staff, const LaptopTag& laptop, bool faulty,
                                  const std::string& condition)
{
    const auto decided = decide(store_.view(), command::TakeBackLaptop{laptop, staff, faulty, condition});
    if (!decided)
        return turn_away(without_nonsense(decided.error(), laptop));
    Draft draft;
    draft.facts = decided->facts;
    draft.actor = staff.str();
    if (auto facts = commit(std::move(draft)); !facts)
        return storage_trouble(facts.error());
    return laptop;
}

} // namespace montbrillant
