// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/tap_filter.hpp"

#include <algorithm>

namespace montbrillant {

bool TapFilter::over(Absence& absence, MonoTime now) const
{
    ++absence.missed;
    return absence.missed >= limits_.missed_looks_max && now - absence.last_seen >= limits_.absence_min;
}

void TapFilter::note_several(MonoTime now, std::size_t cards, std::vector<TapEvent>& events)
{
    if (cards < 2) {
        if (several_ && over(several_absence_, now))
            several_ = false;
        return;
    }
    several_absence_.seen(now);
    if (!several_)
        events.emplace_back(SeveralCards{});
    several_ = true;
}

void TapFilter::note_present(MonoTime now, std::span<const SeenCard> cards, std::vector<TapEvent>& events)
{
    if (!present_)
        return;
    if (std::ranges::find(cards, present_->uid, &SeenCard::uid) != cards.end()) {
        card_absence_.seen(now);
        return;
    }
    // Another card alone in the field proves that this one left.
    const bool swapped = cards.size() == 1 && !several_;
    if (over(card_absence_, now) || swapped) {
        events.emplace_back(TapEnded{present_->uid});
        present_.reset();
    }
}

std::vector<TapEvent> TapFilter::look(MonoTime now, std::span<const SeenCard> cards)
{
    std::vector<TapEvent> events;
    note_several(now, cards.size(), events);
    note_present(now, cards, events);
    if (cards.size() == 1 && !several_ && !present_) {
        present_ = cards.front();
        card_absence_.seen(now);
        events.emplace_back(TapBegan{*present_});
    }
    return events;
}

} // namespace montbrillant
