// SPDX-License-Identifier: Apache-2.0
#include "badge/layout/layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace montbrillant {
namespace {

// WCAG 2.2, "relative luminance".
double luminance(Rgb color)
{
    const auto linear = [](std::uint8_t channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}

std::string event_line(const BadgeContent& content, std::size_t line)
{
    return line < content.event.size() ? content.event[line] : std::string();
}

std::string letter(const Layout& layout, const BadgeContent& content)
{
    return content.category_letter.empty() ? layout.palette_of(content.category).letter
                                           : content.category_letter;
}

using FieldGetter = std::string (*)(const Layout&, const BadgeContent&);
struct Field {
    std::string_view name;
    FieldGetter get;
};

constexpr std::array badge_fields{
    Field{"name", [](const Layout&, const BadgeContent& c) { return c.name; }},
    Field{"latin_name", [](const Layout&, const BadgeContent& c) { return c.latin_name; }},
    Field{"organization", [](const Layout&, const BadgeContent& c) { return c.organization; }},
    Field{"delegation", [](const Layout&, const BadgeContent& c) { return c.delegation; }},
    Field{"category", [](const Layout&, const BadgeContent& c) { return c.category_word; }},
    Field{"letter", [](const Layout& l, const BadgeContent& c) { return letter(l, c); }},
    Field{"role", [](const Layout&, const BadgeContent& c) { return c.role_word; }},
    Field{"event.1", [](const Layout&, const BadgeContent& c) { return event_line(c, 0); }},
    Field{"event.2", [](const Layout&, const BadgeContent& c) { return event_line(c, 1); }},
    Field{"event.3", [](const Layout&, const BadgeContent& c) { return event_line(c, 2); }},
    Field{"badge", [](const Layout&, const BadgeContent& c) { return c.badge.str(); }},
    Field{"day", [](const Layout&, const BadgeContent& c) { return c.day; }},
    Field{"mark", [](const Layout&, const BadgeContent& c) { return c.mark; }},
};

const Field* find_field(std::string_view name)
{
    const auto* const found = std::ranges::find(badge_fields, name, &Field::name);
    return found == badge_fields.end() ? nullptr : found;
}

bool has_field(std::string_view name, const BadgeContent& content)
{
    static const Layout no_palette = [] {
        Layout layout;
        layout.palette.emplace("default", PaletteEntry{});
        return layout;
    }();
    if (name == "photo")
        return !content.photo.empty();
    const Field* field = find_field(name);
    return field != nullptr && !field->get(no_palette, content).empty();
}

bool lists(const std::vector<std::string>& list, std::string_view value)
{
    return std::ranges::find(list, value) != list.end();
}

} // namespace

double contrast(Rgb a, Rgb b)
{
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

const PaletteEntry& Layout::palette_of(std::string_view category) const
{
    const auto found = palette.find(category);
    return found != palette.end() ? found->second : palette.find("default")->second;
}

std::filesystem::path layout_path(const std::filesystem::path& data_dir, std::string_view name)
{
    return data_dir / "layouts" / (std::string(name) + ".json");
}

bool is_known_field(std::string_view name) { return name == "photo" || find_field(name) != nullptr; }

bool is_shown(const Element& element, const BadgeContent& content)
{
    const When& when = element.when;
    const auto holds = [&](const std::string& name) { return has_field(name, content); };
    return (when.category.empty() || lists(when.category, content.category)) &&
           (when.role.empty() || lists(when.role, content.role)) &&
           (when.language.empty() || lists(when.language, language_code(content.language))) &&
           (when.flag.empty() ||
            std::ranges::any_of(when.flag, [&](const auto& flag) { return content.flags.contains(flag); })) &&
           std::ranges::all_of(when.has, holds) && std::ranges::none_of(when.lacks, holds);
}

std::string fill(std::string_view text, const Layout& layout, const BadgeContent& content)
{
    std::string out;
    bool any_field = false;
    bool any_value = false;
    while (!text.empty()) {
        const auto open = text.find('{');
        const auto close = open == std::string_view::npos ? open : text.find('}', open);
        if (close == std::string_view::npos) {
            out += text;
            break;
        }
        out += text.substr(0, open);
        const Field* field = find_field(text.substr(open + 1, close - open - 1));
        const std::string value = field == nullptr ? std::string() : field->get(layout, content);
        any_field = true;
        any_value = any_value || !value.empty();
        out += value;
        text.remove_prefix(close + 1);
    }
    return any_field && !any_value ? std::string() : out;
}

std::string text_of(const TextElement& element, const Layout& layout, const BadgeContent& content)
{
    const auto translated = element.translations.find(content.language);
    return fill(translated == element.translations.end() ? element.content : translated->second, layout,
                content);
}

Rgb rgb_of(const Color& color, const Layout& layout, const BadgeContent& content)
{
    if (const auto* rgb = std::get_if<Rgb>(&color))
        return *rgb;
    const PaletteEntry& entry = layout.palette_of(content.category);
    return std::get<PaletteColor>(color) == PaletteColor::ground ? entry.ground : entry.text;
}

Box box_of(const Element& element, const Layout& layout, const BadgeContent& content)
{
    Box box = element.box;
    if (layout.mirror_rtl && right_to_left(content.language))
        box.x = layout.width_mm - box.x - box.width;
    return box;
}

} // namespace montbrillant
