// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A badge layout: where each thing stands, as data that an event's designer edits (schema beside it:
/// layout.schema.json). Millimetres, origin at the top left; type sizes in points. Loading is strict: an
/// unknown field, a box off the sheet, a palette that cannot be read or a text below its contrast is an
/// error that names file, element and field. A loaded layout is immutable; share it between threads.

#include "badge/layout/badge_content.hpp"
#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace montbrillant {

struct Rgb {
    std::uint8_t r{}, g{}, b{};
    friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// WCAG 2.2 contrast ratio, 1 to 21.
[[nodiscard]] double contrast(Rgb a, Rgb b);

/// A colour of its own, or one of the category: its ground, or the text that is readable on that ground.
enum class PaletteColor { ground, text };
using Color = std::variant<Rgb, PaletteColor>;

/// Millimetres.
struct Box {
    double x{}, y{}, width{}, height{};
};

/// The largest type size between `max_pt` and `min_pt` that holds the text in at most `lines` lines.
struct Fit {
    double max_pt = 12;
    double min_pt = 8;
    int lines = 1;
};

/// `start` is left, and right on the badge of a person who reads from right to left.
enum class Align { start, center, end };
enum class VerticalAlign { top, middle, bottom };

/// An element is drawn when every condition that is given holds. `has` and `lacks` name fields of
/// BadgeContent as in templates ("photo", "latin_name", "role").
struct When {
    std::vector<std::string> category, role, flag, language, has, lacks;
};

/// Text with fields in braces: {name} {latin_name} {organization} {delegation} {category} {letter} {role}
/// {event.1} {event.2} {event.3} {badge} {day} {mark}. A text whose fields are all empty is not drawn.
struct TextElement {
    std::string content; ///< when `translations` has none for the language
    std::map<Language, std::string> translations;
    Fit fit;
    bool bold = false;
    Align align = Align::start;
    VerticalAlign vertical = VerticalAlign::middle;
    double leading = 1;  ///< line distance as a factor of the font's own
    double rotation = 0; ///< degrees, clockwise, about the box's centre
    double opacity = 1;
};
/// A PNG beside the layout, scaled to fit inside the box.
struct ImageElement {
    std::string file;
    std::shared_ptr<const Bytes> png;
};
/// The person's photo, cropped to fill the box.
struct PhotoElement {
    double radius = 0; ///< mm
};
/// QR code, level Q, four quiet modules inside the box, on white. The box must be square.
struct QrElement {
    std::string content;
};
/// `rect` has its own colour, `band` that of the category.
struct RectElement {
    double radius = 0; ///< mm
};
/// From the box's top left corner to its bottom right one.
struct LineElement {
    double stroke_mm = 0.3;
};

struct Element {
    std::string name; ///< for messages: its `name`, or "element 3"
    Box box;
    Color color = Rgb{};
    When when;
    std::variant<TextElement, ImageElement, PhotoElement, QrElement, RectElement, LineElement> what;
};

/// Colour and letter of a category.
struct PaletteEntry {
    Rgb ground;
    Rgb text; ///< at least 4.5:1 on `ground`
    std::string letter;
};

enum class Side { front, back };

struct Layout {
    static constexpr int version = 1;
    static constexpr std::size_t file_bytes_max = 256U * 1024U;
    static constexpr std::size_t image_bytes_max = 4U * 1024U * 1024U;
    static constexpr std::size_t elements_max = 100; ///< a side
    static constexpr double size_mm_max = 420;
    static constexpr double contrast_min = 4.5;

    std::string name;
    std::string media; ///< IPP media name (PWG 5101.1): "iso_a6_105x148mm"
    double width_mm{}, height_mm{};
    bool mirror_rtl = false; ///< boxes change sides on the badge of a person who reads from right to left
    std::map<std::string, PaletteEntry, std::less<>> palette; ///< by category key; "default" is always there
    std::vector<Element> front, back;

    [[nodiscard]] const std::vector<Element>& side(Side which) const
    {
        return which == Side::front ? front : back;
    }
    [[nodiscard]] const PaletteEntry& palette_of(std::string_view category) const;
};

/// `folder` is where image files are looked for; `where` names the file in errors.
[[nodiscard]] Result<Layout> parse_layout(std::string_view json, const std::filesystem::path& folder,
                                          const std::string& where);
[[nodiscard]] Result<Layout> load_layout(const std::filesystem::path& file);

/// Where a layout of that name lies in a data directory such as /usr/share/montbrillant: layouts/NAME.json.
[[nodiscard]] std::filesystem::path layout_path(const std::filesystem::path& data_dir, std::string_view name);

/// Whether templates, `has` and `lacks` may name it.
[[nodiscard]] bool is_known_field(std::string_view name);

/// What the parts of a layout mean for one person.
[[nodiscard]] bool is_shown(const Element& element, const BadgeContent& content);
/// The template filled in; empty when it has fields and all of them are.
[[nodiscard]] std::string fill(std::string_view text, const Layout& layout, const BadgeContent& content);
[[nodiscard]] std::string text_of(const TextElement& element, const Layout& layout,
                                  const BadgeContent& content);
[[nodiscard]] Rgb rgb_of(const Color& color, const Layout& layout, const BadgeContent& content);
[[nodiscard]] Box box_of(const Element& element, const Layout& layout, const BadgeContent& content);

} // namespace montbrillant
