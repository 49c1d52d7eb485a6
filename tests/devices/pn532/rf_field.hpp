// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The cards above the antenna and what each thinks of the reader (ISO/IEC 14443-3, PICC states; HALT is
/// `parked`).

#include "tests/devices/pn532/card_model.hpp"

#include <memory>
#include <vector>

namespace montbrillant::pn532 {

class RfField {
public:
    /// False when a card with this UID is there already.
    [[nodiscard]] bool insert(std::unique_ptr<CardModel> card);
    [[nodiscard]] bool remove(BytesView uid);
    void remove_all() { cards_.clear(); }

    /// The field was off: nobody is selected, parked or asleep.
    void reset();
    /// The card that anticollision finds, or null: one that is not parked before one that is (assumed; a lone
    /// parked card is found again, as in the ACR122U trace of libnfc issue 476). With `uid` only that card.
    [[nodiscard]] CardModel* find(BytesView uid);
    void select(const CardModel& card);
    /// The selected card, while it is there.
    [[nodiscard]] CardModel* selected();
    void park_selected();
    void release_selected();

    /// A stricter world: parked cards stay silent until the field was off.
    void keep_parked_silent(bool on) { parked_silent_ = on; }

private:
    enum class State { idle, selected, parked };
    struct Present {
        std::unique_ptr<CardModel> card;
        State state = State::idle;
    };
    void leave_selected(State next);

    std::vector<Present> cards_;
    bool parked_silent_ = false;
};

} // namespace montbrillant::pn532
