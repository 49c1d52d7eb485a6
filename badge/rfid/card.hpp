// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a reader knows of a card without talking to it: its UID and, from ATQA and SAK (ISO/IEC 14443-3;
/// NXP AN10833), the family that decides which credential may be asked for. Pure values.

#include "sync/base/bytes.hpp"
#include "sync/base/ids.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace montbrillant {

enum class CardFamily {
    type2,   ///< NTAG21x, Ultralight: READ without authentication
    desfire, ///< MIFARE DESFire and others that answer like one (ISO/IEC 14443-4)
    classic, ///< MIFARE Classic: never trusted
    other,   ///< phones, transport and bank cards
};

struct SeenCard {
    CardUid uid;
    CardFamily family{};
    friend bool operator==(const SeenCard&, const SeenCard&) = default;
};

/// `atqa` as on the wire of the reader, high byte first: {0x03, 0x44} is a DESFire's.
[[nodiscard]] CardFamily card_family(std::array<std::uint8_t, 2> atqa, std::uint8_t sak);

/// "type2", "desfire", "classic", "other".
[[nodiscard]] std::string_view to_text(CardFamily family);
[[nodiscard]] std::optional<CardFamily> card_family_from_text(std::string_view text);

/// Nothing unless the UID has 4, 7 or 10 bytes: libnfc hands on any length that the chip claims.
[[nodiscard]] std::optional<CardUid> card_uid(BytesView uid);
/// The same from the printed form: 8, 14 or 20 upper-case hexadecimal digits.
[[nodiscard]] std::optional<CardUid> card_uid_from_text(std::string_view text);

} // namespace montbrillant
