// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/cards.hpp"

namespace montbrillant {

tl::expected<BadgeHolder, CardRefused> opener_of(const State& state, const CardUid& card, int tier)
{
    auto holder = holder_of(state, card);
    if (!holder) {
        const bool unknown = holder.error() == CardDoubt::unknown_card;
        return tl::unexpected(CardRefused{unknown ? CardRefusal::not_ours : CardRefusal::badge_void, {}});
    }
    if (tier < static_cast<int>(holder->tier))
        return tl::unexpected(CardRefused{CardRefusal::proves_less, std::move(holder->delegate)});
    return std::move(*holder);
}

} // namespace montbrillant
