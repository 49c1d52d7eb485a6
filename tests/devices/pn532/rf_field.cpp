// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/pn532/rf_field.hpp"

#include <algorithm>

namespace montbrillant::pn532 {

bool RfField::insert(std::unique_ptr<CardModel> card)
{
    const auto same = [&](const Present& other) {
        return other.card->identity().uid == card->identity().uid;
    };
    if (std::ranges::any_of(cards_, same))
        return false;
    cards_.push_back({std::move(card), State::idle});
    return true;
}

bool RfField::remove(BytesView uid)
{
    return std::erase_if(cards_, [&](const Present& other) {
               return std::ranges::equal(other.card->identity().uid, uid);
           }) > 0;
}

void RfField::reset()
{
    for (Present& present : cards_)
        present.state = State::idle;
}

CardModel* RfField::find(BytesView uid)
{
    const auto wanted = [&](const Present& present) {
        return uid.empty() || std::ranges::equal(present.card->identity().uid, uid);
    };
    for (Present& present : cards_)
        if (present.state != State::parked && wanted(present))
            return present.card.get();
    if (parked_silent_)
        return nullptr;
    for (Present& present : cards_)
        if (wanted(present))
            return present.card.get();
    return nullptr;
}

void RfField::select(const CardModel& card)
{
    release_selected();
    for (Present& present : cards_)
        if (present.card.get() == &card) {
            present.state = State::selected;
            present.card->on_select();
        }
}

CardModel* RfField::selected()
{
    const auto found = std::ranges::find(cards_, State::selected, &Present::state);
    return found == cards_.end() ? nullptr : found->card.get();
}

void RfField::leave_selected(State next)
{
    for (Present& present : cards_)
        if (present.state == State::selected)
            present.state = next;
}

void RfField::park_selected() { leave_selected(State::parked); }
void RfField::release_selected() { leave_selected(State::idle); }

} // namespace montbrillant::pn532
