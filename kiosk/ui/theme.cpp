// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/theme.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace montbrillant::ui {

namespace {

double linear(std::uint8_t channel)
{
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(Colour c) { return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b); }

Colour darker(Colour c)
{
    const auto shade = [](std::uint8_t v) { return static_cast<std::uint8_t>(v * 7 / 10); };
    return {shade(c.r), shade(c.g), shade(c.b)};
}

constexpr Colour white = rgb(0xFFFFFF);
constexpr Colour black = rgb(0x000000);

} // namespace

double contrast(Colour a, Colour b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

std::optional<Colour> colour_from(std::string_view hex)
{
    if (hex.size() != 7 || hex.front() != '#')
        return std::nullopt;
    std::uint32_t value = 0;
    const auto* const end = hex.data() + hex.size();
    const auto [stopped, status] = std::from_chars(hex.data() + 1, end, value, 16);
    if (status != std::errc{} || stopped != end)
        return std::nullopt;
    return rgb(value);
}

Theme Theme::light(Colour accent)
{
    if (contrast(accent, white) < 4.5)
        accent = rgb(0x0B5394);
    Theme t;
    t.ground = rgb(0xF4F6F8);
    t.surface = white;
    t.ink = rgb(0x14202B);
    t.soft_ink = rgb(0x485866);
    t.edge = rgb(0x74828F);
    t.faint = rgb(0xDDE3E9);
    t.primary = {white, accent, accent};
    t.pressed = {white, darker(accent), darker(accent)};
    t.quiet = {t.ink, white, t.edge};
    t.key = {t.ink, rgb(0xE3E8ED), t.edge};
    t.good = {white, rgb(0x1B6E3C), rgb(0x1B6E3C)};
    t.attention = {rgb(0x5C3A00), rgb(0xFFF3D6), rgb(0xB06F00)};
    t.stop = {white, rgb(0xA4262C), rgb(0xA4262C)};
    t.lit = accent;
    return t;
}

Theme Theme::high_contrast()
{
    const Colour yellow = rgb(0xFFD400);
    Theme t;
    t.ground = black;
    t.surface = black;
    t.ink = white;
    t.soft_ink = white;
    t.edge = white;
    t.faint = rgb(0x555555);
    t.primary = {black, yellow, yellow};
    t.pressed = {black, white, white};
    t.quiet = {white, black, white};
    t.key = {white, black, white};
    t.good = {black, rgb(0x7CE38B), rgb(0x7CE38B)};
    t.attention = {yellow, black, yellow};
    t.stop = {black, rgb(0xFF8A80), rgb(0xFF8A80)};
    t.lit = yellow;
    return t;
}

float type_px(Type type)
{
    switch (type) {
    case Type::small: return 28;
    case Type::body: return 34;
    case Type::lead: return 44;
    case Type::title: return 60;
    case Type::name: return 84;
    case Type::number: return 176;
    }
    return 34;
}

} // namespace montbrillant::ui
