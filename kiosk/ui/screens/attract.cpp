// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens/say.hpp"

namespace montbrillant::ui {

namespace {

constexpr int hours_from_minutes = 120; ///< longer than this is said in hours

std::string opening(const Ui& ui, const flow::Model& model)
{
    if (model.minutes_to_opening < 0)
        return say(ui, Id::attract_open);
    if (model.minutes_to_opening >= hours_from_minutes)
        return i18n::plural(ui.language(), Id::attract_opens_in_hours, model.minutes_to_opening / 60);
    return i18n::plural(ui.language(), Id::attract_opens_in, model.minutes_to_opening);
}

void poster(Ui& ui, const flow::Model& model, Column& column)
{
    const auto& theme = ui.theme();
    TextLook date;
    date.type = Type::body;
    date.ink = theme.soft_ink;
    column.text(i18n::date(ui.language(), model.settings.today), date);
    column.gap(2);
    column.title(model.settings.event_title.get(ui.language()));
    column.lead(model.settings.event_place.get(ui.language()));
    TextLook when;
    when.type = Type::lead;
    when.weight = Weight::bold;
    when.ink = theme.lit;
    column.text(opening(ui, model), when);
    column.gap(2);
}

/// The language in itself, and what to do, in that language: nobody has to find out first.
void language_tile(Ui& ui, Rect rect, Language language, float name_height)
{
    const auto& theme = ui.theme();
    const auto id = "language." + std::string(language_code(language));
    const Tint tint = ui.pressed(id) ? theme.pressed : theme.quiet;
    const auto ground = ui.panel(rect, tint, ui.u(corner_u));
    Rect inner = rect.inset(ui.u(2.5F), ui.u(1.5F));
    TextLook name;
    name.type = Type::lead;
    name.weight = Weight::bold;
    name.ink = tint.ink;
    name.align = Align::center;
    name.middle = true;
    TextLook what;
    what.type = Type::small;
    what.ink = ui.pressed(id) ? tint.ink : theme.soft_ink;
    what.align = Align::center;
    what.shrink = 0.7F;
    what.middle = true;
    ui.text(inner.cut_top(name_height), std::string(language_name(language)), name);
    ui.text(inner, std::string(i18n::text(language, Id::attract_hold_code)), what);
    ui.hit(id, rect, flow::Msg{flow::LanguageChosen{language}});
}

void language_tiles(Ui& ui, Rect area)
{
    const float gap = ui.u(gap_u);
    const float w = (area.w - gap) / 2;
    const float h = (area.h - 2 * gap) / 3;
    TextLook name;
    name.type = Type::lead;
    name.weight = Weight::bold;
    float name_height = 0;
    for (const auto language : all_languages)
        name_height = std::max(name_height, ui.measure(std::string(language_name(language)), name, w).h);
    std::size_t i = 0;
    for (const auto language : all_languages) {
        const Rect cell{area.x + static_cast<float>(i % 2) * (w + gap),
                        area.y + static_cast<float>(i / 2) * (h + gap), w, h};
        language_tile(ui, cell, language, name_height);
        ++i;
    }
}

} // namespace

void draw_attract(Ui& ui, const flow::Model& model)
{
    Page page;
    page.aside_share = 0.47F;
    page.primary = labelled(ui, Button::start_search, Id::attract_type_name, Icon::search);
    auto areas = begin_page(ui, model, page);
    const float large = ui.look().large_text ? 1.3F : 1.0F;
    const float tiles = ui.u(18) * 3 * large + ui.u(gap_u) * 2;
    if (areas.split) {
        Column column(ui, areas.content);
        poster(ui, model, column);
        kiosk_picture(ui, column.rest(), flow::part_of(model));
        language_tiles(ui, areas.aside.cut_bottom(std::min(tiles, areas.aside.h)));
        return;
    }
    language_tiles(ui, areas.content.cut_bottom(tiles, ui.u(4)));
    Column column(ui, areas.content);
    poster(ui, model, column);
    kiosk_picture(ui, column.rest(), flow::part_of(model));
}

} // namespace montbrillant::ui
