// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens/say.hpp"

#include <algorithm>
#include <array>

namespace montbrillant::ui {

namespace {

/// A round sign with an icon, for the few screens without a place to point at.
void sign(Ui& ui, Rect area, Icon icon, const Tint& tint)
{
    const float radius = std::min({area.w, area.h, ui.u(48)}) / 2;
    if (radius < ui.u(6))
        return;
    const Point center = ui.place(middle(area, 2 * radius)).center();
    ui.canvas().fill_circle(center, radius, tint.ground);
    ui.canvas().stroke_circle(center, radius, tint.edge, std::max(2.0F, ui.u(0.4F)));
    const float half = radius * 0.55F;
    draw_icon(ui.canvas(), icon, {center.x - half, center.y - half, 2 * half, 2 * half}, tint.ink);
}

std::vector<ButtonLook> comfort_buttons(const Ui& ui)
{
    auto text = labelled(ui, Button::large_text, Id::button_larger_text, Icon::text_size);
    auto contrast = labelled(ui, Button::high_contrast, Id::button_high_contrast, Icon::contrast);
    auto low = labelled(ui, Button::lowered, Id::button_lowered, Icon::lower);
    text.on = ui.look().large_text;
    contrast.on = ui.look().high_contrast;
    low.on = ui.look().lowered;
    return {text, contrast, low};
}

ButtonLook back_button(const Ui& ui) { return labelled(ui, Button::back, Id::button_back, Icon::back); }

} // namespace

void draw_help(Ui& ui, const flow::Model& model)
{
    Page page;
    page.notice = false; // it speaks of the screen below
    page.primary = back_button(ui);
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    column.title(say(ui, Id::help_title));
    column.lead(say(ui, Id::help_why));
    column.gap(2);
    sign(ui, areas.picture(column), Icon::person, ui.theme().good);
}

void draw_info(Ui& ui, const flow::Model& model)
{
    Page page;
    page.primary = back_button(ui);
    page.split = false;
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    column.title(say(ui, Id::info_title));
    column.gap(1);
    constexpr std::array<std::pair<Id, Id>, 3> parts{{{Id::info_what_head, Id::info_what},
                                                      {Id::info_who_head, Id::info_who},
                                                      {Id::info_when_head, Id::info_when}}};
    TextLook head;
    head.weight = Weight::bold;
    TextLook body;
    body.type = ui.look().large_text && !ui.wide() ? Type::body : Type::lead;
    const auto part = [&](Column& into, Id heading, Id words) {
        into.text(say(ui, heading), head);
        into.gap(0.75F);
        into.text(say(ui, words), body);
        into.gap(4);
    };
    if (ui.wide()) { // three columns, and the last sentence below the longest
        Rect row = column.rest();
        const float gap = ui.u(6);
        const float width = (row.w - 2 * gap) / 3;
        float low = row.y;
        for (const auto& [heading, words] : parts) {
            Column narrow(ui, row.cut_left(width, gap));
            part(narrow, heading, words);
            low = std::max(low, narrow.rest().y);
        }
        column.gap((low - column.rest().y) / ui.u(1));
    } else {
        for (const auto& [heading, words] : parts)
            part(column, heading, words);
    }
    body.ink = ui.theme().soft_ink;
    column.text(say(ui, Id::info_screen), body);
    column.gap(2);
    sign(ui, column.rest(), Icon::lock, ui.theme().quiet);
}

void draw_language(Ui& ui, const flow::Model& model)
{
    Page page;
    page.primary = back_button(ui);
    auto areas = begin_page(ui, model, page);
    const auto comfort = comfort_buttons(ui);
    Rect& low = areas.split ? areas.aside : areas.content;
    const float comfort_height = stacked_row(ui, low, comfort, true);
    stacked_row(ui, low.cut_bottom(comfort_height, ui.u(4)), comfort, false);
    const float gap = ui.u(gap_u);
    const float tile = ui.u(16) * (ui.look().large_text ? 1.2F : 1.0F);
    Rect grid = areas.content.cut_bottom(std::min(3 * tile + 2 * gap, areas.content.h), ui.u(4));
    Column column(ui, areas.content);
    column.title(say(ui, Id::language_title));
    const float w = (grid.w - gap) / 2;
    const float h = (grid.h - 2 * gap) / 3;
    std::size_t i = 0;
    for (const auto language : all_languages) {
        ButtonLook look;
        look.label = std::string(language_name(language));
        look.id = "language." + std::string(language_code(language));
        look.msg = flow::LanguageChosen{language};
        look.on = language == ui.language();
        look.large = true;
        if (look.on)
            look.icon = Icon::check;
        quiet_button(ui,
                     {grid.x + static_cast<float>(i % 2) * (w + gap),
                      grid.y + static_cast<float>(i / 2) * (h + gap), w, h},
                     look);
        ++i;
    }
    sign(ui, areas.picture(column), Icon::globe, ui.theme().quiet);
}

void draw_timeout_dialog(Ui& ui, const flow::Model& model)
{
    ui.modal();
    const auto& theme = ui.theme();
    const auto screen = ui.screen();
    Colour veil = rgb(0x000000);
    veil.a = 165;
    ui.canvas().fill({0, 0, screen.w, screen.h}, veil);
    const float width = std::min(screen.w - 2 * ui.u(margin_u), ui.u(150));
    const float pad = ui.u(6);
    const auto title = say(ui, Id::timeout_title);
    const auto words = i18n::plural(ui.language(), Id::timeout_seconds, model.timeout_seconds_left);
    TextLook head;
    head.type = Type::title;
    head.weight = Weight::bold;
    TextLook body;
    body.type = Type::lead;
    body.ink = theme.soft_ink;
    const float inner_width = width - 2 * pad;
    const float height = 2 * pad + ui.measure(title, head, inner_width).h +
                         ui.measure(words, body, inner_width).h + ui.u(2) + ui.u(5) + ui.u(primary_u) +
                         ui.u(gap_u) + ui.u(control_u);
    // Low enough for a seated person: the actions are where those of the screen were.
    const float y = std::max(ui.u(4), (screen.h - height) * (ui.wide() ? 0.5F : 0.72F));
    const Rect box{(screen.w - width) / 2, y, width, height};
    const auto around = ui.on(rgb(0x50555A));
    ui.fill(box, theme.surface, ui.u(3));
    if (ui.look().high_contrast)
        ui.stroke(box, theme.edge, ui.u(0.5F), ui.u(3));
    const auto ground = ui.on(theme.surface);
    Rect inner = box.inset(pad);
    const Rect quiet = inner.cut_bottom(ui.u(control_u), ui.u(gap_u));
    const Rect primary = inner.cut_bottom(ui.u(primary_u), ui.u(5));
    Column column(ui, inner);
    column.text(title, head);
    column.gap(2);
    column.text(words, body);
    primary_button(ui, primary, labelled(ui, Button::more_time, Id::timeout_more_time));
    quiet_button(ui, quiet, labelled(ui, Button::end_session, Id::timeout_end));
}

Look look_of(const flow::Model& model, Colour accent)
{
    return {model.large_text, model.high_contrast, model.lowered, accent};
}

void draw_screen(Ui& ui, const flow::Model& model)
{
    using flow::Screen;
    switch (model.screen) {
    case Screen::attract: draw_attract(ui, model); break;
    case Screen::search: draw_search(ui, model); break;
    case Screen::verify_code: draw_verify_code(ui, model); break;
    case Screen::confirm: draw_confirm(ui, model); break;
    case Screen::staff_release: draw_staff_release(ui, model); break;
    case Screen::printing: draw_printing(ui, model); break;
    case Screen::take_card: draw_take_card(ui, model); break;
    case Screen::done: draw_done(ui, model); break;
    case Screen::locker: draw_locker(ui, model); break;
    case Screen::desk_ticket: draw_desk_ticket(ui, model); break;
    case Screen::staff_sign_in: draw_staff_sign_in(ui, model); break;
    case Screen::staff_menu: draw_staff_menu(ui, model); break;
    case Screen::lend: draw_lend(ui, model); break;
    case Screen::take_back: draw_take_back(ui, model); break;
    case Screen::help: draw_help(ui, model); break;
    case Screen::info: draw_info(ui, model); break;
    case Screen::language: draw_language(ui, model); break;
    }
    if (model.timeout_dialog)
        draw_timeout_dialog(ui, model);
}

} // namespace montbrillant::ui
