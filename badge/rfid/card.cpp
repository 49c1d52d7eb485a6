// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/card.hpp"

#include <algorithm>
#include <utility>

namespace montbrillant {
namespace {

constexpr std::uint8_t sak_classic = 0x08;
constexpr std::uint8_t sak_iso14443_4 = 0x20;
constexpr std::array<std::uint8_t, 2> atqa_desfire{0x03, 0x44};

constexpr std::array<std::pair<CardFamily, std::string_view>, 4> family_names{{
    {CardFamily::type2, "type2"},
    {CardFamily::desfire, "desfire"},
    {CardFamily::classic, "classic"},
    {CardFamily::other, "other"},
}};

bool allowed_length(std::size_t bytes) { return bytes == 4 || bytes == 7 || bytes == 10; }

} // namespace

CardFamily card_family(std::array<std::uint8_t, 2> atqa, std::uint8_t sak)
{
    if ((sak & sak_classic) != 0)
        return CardFamily::classic;
    if ((sak & sak_iso14443_4) != 0)
        return atqa == atqa_desfire ? CardFamily::desfire : CardFamily::other;
    return sak == 0 ? CardFamily::type2 : CardFamily::other;
}

std::string_view to_text(CardFamily family)
{
    const auto found = std::ranges::find(family_names, family, &decltype(family_names)::value_type::first);
    return found->second;
}

std::optional<CardFamily> card_family_from_text(std::string_view text)
{
    const auto found = std::ranges::find(family_names, text, &decltype(family_names)::value_type::second);
    if (found == family_names.end())
        return std::nullopt;
    return found->first;
}

std::optional<CardUid> card_uid(BytesView uid)
{
    if (!allowed_length(uid.size()))
        return std::nullopt;
    return CardUid(to_hex_upper(uid));
}

std::optional<CardUid> card_uid_from_text(std::string_view text)
{
    const bool upper_hex =
        std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
    if (!upper_hex || text.size() % 2 != 0 || !allowed_length(text.size() / 2))
        return std::nullopt;
    return CardUid(std::string(text));
}

} // namespace montbrillant
