// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Every colour, size and distance of the screens. Contrasts follow the WCAG 2 formula; the lint tests hold
/// each used pair to 4.5:1 (text) and 3:1 (edges, parts of pictures).

#include <cstdint>
#include <optional>
#include <string_view>

namespace montbrillant::ui {

struct Colour {
    std::uint8_t r = 0;
    std::uint8_t g = 0;
    std::uint8_t b = 0;
    std::uint8_t a = 255;
    friend bool operator==(const Colour&, const Colour&) = default;
};

/// 0xRRGGBB
[[nodiscard]] constexpr Colour rgb(std::uint32_t hex)
{
    return {static_cast<std::uint8_t>(hex >> 16U), static_cast<std::uint8_t>(hex >> 8U),
            static_cast<std::uint8_t>(hex)};
}

/// WCAG 2 contrast, 1 to 21.
[[nodiscard]] double contrast(Colour a, Colour b);

/// "#0B5394"
[[nodiscard]] std::optional<Colour> colour_from(std::string_view hex);

/// Text on a ground, and the edge that separates the ground from what lies beneath.
struct Tint {
    Colour ink;
    Colour ground;
    Colour edge;
};

struct Theme {
    Colour ground;
    Colour surface;
    Colour ink;
    Colour soft_ink;
    Colour edge;
    Colour faint; ///< decoration only: never the sole bearer of a meaning, so no contrast is asked of it
    Tint primary;
    Tint pressed;
    Tint quiet;
    Tint key;
    Tint good;
    Tint attention;
    Tint stop;
    Colour lit; ///< the part of the kiosk that matters now

    /// `accent` comes from the event profile; under 4.5:1 against white it is refused and ours is used.
    [[nodiscard]] static Theme light(Colour accent = rgb(0x0B5394));
    [[nodiscard]] static Theme high_contrast();
};

/// Sizes of type at a short side of 1080, before large text.
enum class Type { small, body, lead, title, name, number };
[[nodiscard]] float type_px(Type type);

inline constexpr float large_text_factor = 1.3F;
inline constexpr float units_per_short_side = 135.0F;
/// Distances in units (1 u = short side / 135).
inline constexpr float margin_u = 5;
inline constexpr float gap_u = 2;
inline constexpr float corner_u = 2;
inline constexpr float control_u = 12;
inline constexpr float primary_u = 15;

} // namespace montbrillant::ui
