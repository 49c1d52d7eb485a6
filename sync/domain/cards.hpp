// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a card at a reader may do (rule 10). A reader says how much a card proved of itself (its tier,
/// badge/rfid/reader_protocol.hpp); the number alone can be copied, so no card may prove less than when it
/// was bound.

#include "sync/domain/rules.hpp"

namespace montbrillant {

enum class CardRefusal { not_ours, badge_void, proves_less };
struct CardRefused {
    CardRefusal why{};
    DelegateId delegate; ///< whose card it pretends to be, when it proves less
};

/// The holder of the live badge, when the card may open something.
[[nodiscard]] tl::expected<BadgeHolder, CardRefused> opener_of(const State& state, const CardUid& card,
                                                               int tier);

} // namespace montbrillant
