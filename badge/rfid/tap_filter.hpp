// SPDX-License-Identifier: Apache-2.0
#pragma once

/// From looks at the field to events. A card that stays is one tap, however often it is seen; its presence
/// ends only after two looks in a row without it *and* a short time, because a hand trembles. Two cards at
/// once are no tap but one complaint per situation. Pure: time and looks come in, events go out. One thread.

#include "badge/rfid/card.hpp"
#include "sync/base/clock.hpp"

#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace montbrillant {

struct TapBegan {
    SeenCard card;
    friend bool operator==(const TapBegan&, const TapBegan&) = default;
};
struct TapEnded {
    CardUid uid;
    friend bool operator==(const TapEnded&, const TapEnded&) = default;
};
struct SeveralCards {
    friend bool operator==(const SeveralCards&, const SeveralCards&) = default;
};
using TapEvent = std::variant<TapBegan, TapEnded, SeveralCards>;

struct TapFilterLimits {
    int missed_looks_max = 2; ///< so many looks in a row without the card end its presence ...
    Millis absence_min{120};  ///< ... when it was last seen at least this long ago
};

class TapFilter {
public:
    explicit TapFilter(TapFilterLimits limits = {}) : limits_(limits) {}

    /// One look: every card that answered.
    [[nodiscard]] std::vector<TapEvent> look(MonoTime now, std::span<const SeenCard> cards);

    /// The card whose tap was announced and has not ended.
    [[nodiscard]] const std::optional<SeenCard>& present() const { return present_; }
    /// Several cards were seen and nobody has sorted them out yet.
    [[nodiscard]] bool several() const { return several_; }

private:
    /// Counts looks since something was last true.
    struct Absence {
        int missed = 0;
        MonoTime last_seen{};
        void seen(MonoTime now) { *this = {0, now}; }
    };
    [[nodiscard]] bool over(Absence& absence, MonoTime now) const;
    void note_several(MonoTime now, std::size_t cards, std::vector<TapEvent>& events);
    void note_present(MonoTime now, std::span<const SeenCard> cards, std::vector<TapEvent>& events);

    TapFilterLimits limits_;
    std::optional<SeenCard> present_;
    Absence card_absence_;
    bool several_ = false;
    Absence several_absence_;
};

} // namespace montbrillant
