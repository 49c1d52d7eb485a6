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

/// Title, place, day and countdown, white on the meeting's own colour from edge to edge: readable from the
/// queue. Portrait and large text: under each other. A low, wide screen: day and place beside the countdown.
class Poster {
public:
    Poster(Ui& ui, const flow::Model& model, bool band) : ui_(ui), accent_(ui.theme().primary), band_(band)
    {
        const auto day = i18n::date(ui.language(), model.settings.today);
        const auto& place = model.settings.event_place.get(ui.language());
        // The title is large already; with large text it stays as it is and the rest grows.
        const Type title = ui.look().large_text ? Type::lead : Type::title;
        add(band ? day + " · " + place : day, Type::body, Weight::regular, band ? 3 : 2);
        add(model.settings.event_title.get(ui.language()), title, Weight::bold, band ? 0 : 2.5F);
        if (!band)
            add(place, Type::lead, Weight::regular, 4);
        add(opening(ui, model), Type::lead, Weight::bold, 0);
        if (band)
            lines_.back().look.align = Align::end;
    }

    [[nodiscard]] float height(float width)
    {
        float height = 0;
        for (const auto& line : lines_)
            height += &line == &lines_.back() && band_
                          ? 0
                          : ui_.measure(line.text, line.look, width).h + ui_.u(line.gap);
        return height;
    }

    void draw(Rect ground, Rect text)
    {
        ui_.fill(ground, accent_.ground);
        const auto scope = ui_.on(accent_.ground);
        if (band_) {
            const auto& last = lines_.back();
            Rect right = text;
            right = right.cut_right(ui_.measure(last.text, last.look, text.w).w + 2);
            ui_.text({right.x, right.y - ui_.u(0.75F), right.w, 0}, last.text, last.look);
        }
        for (const auto& line : lines_) {
            if (&line != &lines_.back() || !band_)
                text.cut_top(ui_.text({text.x, text.y, text.w, 0}, line.text, line.look), ui_.u(line.gap));
        }
    }

private:
    struct Line {
        std::string text;
        TextLook look;
        float gap;
    };

    void add(std::string text, Type type, Weight weight, float gap)
    {
        TextLook look;
        look.type = type;
        look.weight = weight;
        look.ink = accent_.ink;
        lines_.push_back({std::move(text), look, gap});
    }

    Ui& ui_;
    Tint accent_;
    bool band_;
    std::vector<Line> lines_;
};

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
    what.middle = true;
    what.balance = true;
    what.shrink = 0.8F;
    ui.text(inner.cut_top(name_height), std::string(language_name(language)), name);
    ui.text(inner, std::string(i18n::text(language, Id::attract_hold_code)), what);
    ui.hit(id, rect, flow::Msg{flow::LanguageChosen{language}});
}

void language_tiles(Ui& ui, Rect area, std::size_t columns)
{
    const float gap = ui.u(gap_u);
    const auto across = static_cast<float>(columns);
    const auto down = static_cast<float>(all_languages.size() / columns);
    const float w = (area.w - gap * (across - 1)) / across;
    const float h = (area.h - gap * (down - 1)) / down;
    TextLook name;
    name.type = Type::lead;
    name.weight = Weight::bold;
    float name_height = 0;
    for (const auto language : all_languages)
        name_height = std::max(name_height, ui.measure(std::string(language_name(language)), name, w).h);
    std::size_t i = 0;
    for (const auto language : all_languages) {
        const Rect cell{area.x + static_cast<float>(i % columns) * (w + gap),
                        area.y + static_cast<float>(i / columns) * (h + gap), w, h};
        language_tile(ui, cell, language, name_height);
        ++i;
    }
}

} // namespace

void draw_attract(Ui& ui, const flow::Model& model)
{
    Page page;
    page.header = false;
    page.primary = labelled(ui, Button::start_search, Id::attract_type_name, Icon::search);
    const bool beside = ui.wide() && ui.look().large_text; // too tall for a band above
    const bool band = ui.wide() && !beside;
    Poster poster(ui, model, band);
    const auto screen = ui.screen();
    const float tile = ui.u(beside || ui.look().lowered ? 20 : 21) * (ui.look().large_text ? 1.3F : 1.0F);
    const float tiles = 3 * tile + 2 * ui.u(gap_u);
    const float width = beside ? screen.w * 0.5F : screen.w;
    const float above = ui.u(band ? 6 : 9);
    const Rect text{ui.u(margin_u), above, width - ui.u(margin_u) - ui.u(beside ? 7 : margin_u), 0};
    const float bottom = above + poster.height(text.w) + ui.u(band ? 5 : 7);
    poster.draw({0, 0, width, bottom}, text);
    page.top = bottom + ui.u(4);
    page.aside_share = beside ? 0.47F : 0.66F;
    auto areas = begin_page(ui, model, page);
    if (band)
        language_tiles(ui, areas.aside.cut_bottom(2 * tile + ui.u(gap_u)), 3);
    else if (beside)
        language_tiles(ui, areas.aside.cut_bottom(tiles), 2);
    else
        language_tiles(ui, areas.content.cut_bottom(tiles, ui.u(4)), 2);
    kiosk_picture(ui, areas.content, flow::part_of(model));
}

} // namespace montbrillant::ui
