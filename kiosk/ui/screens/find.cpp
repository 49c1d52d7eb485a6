// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens/say.hpp"

#include <algorithm>

namespace montbrillant::ui {

namespace {

constexpr std::size_t rows_max = 5;
constexpr std::size_t code_length = 4;

void rows(Ui& ui, const flow::Model& model, Rect area)
{
    const auto count = std::min(model.rows.size(), rows_max);
    if (count == 0)
        return;
    const float gap = ui.u(1.5F);
    const float height =
        std::min(ui.u(15), (area.h - gap * static_cast<float>(rows_max - 1)) / static_cast<float>(rows_max));
    for (std::size_t i = 0; i < count; ++i)
        result_row(ui, area.cut_top(height, gap), i, model.rows[i]);
}

/// What of `area` may be touched by who asks for low controls.
Rect low_part(const Ui& ui, Rect area)
{
    if (const float top = ui.screen().h * 0.4F; ui.look().lowered && area.y < top)
        area.cut_top(top - area.y);
    return area;
}

/// Cuts the keyboard from the bottom of `area`, below 40 % of the screen for who asks for low controls.
Rect cut_keyboard(Ui& ui, Rect& area, float gap)
{
    float room = area.h;
    if (ui.look().lowered)
        room = std::min(room, area.bottom() - ui.screen().h * 0.4F);
    return area.cut_bottom(std::min(keyboard_height(ui, area.w), room), gap);
}

std::string search_title(const Ui& ui, const flow::Model& model)
{
    return say(ui, model.rows.empty() ? Id::search_title : Id::search_pick);
}

/// Portrait, from the bottom: keyboard, rows, field, title. Nothing to touch is above the rows.
void search_upright(Ui& ui, const flow::Model& model, Rect area)
{
    const Rect keys = cut_keyboard(ui, area, ui.u(3));
    Column column(ui, area);
    column.title(search_title(ui, model));
    if (model.rows.empty() && model.notice == flow::Notice::none)
        column.lead(say(ui, Id::search_hint));
    Rect rest = column.rest();
    text_field(ui, rest.cut_top(ui.u(13), ui.u(3)), model.typed, say(ui, Id::search_placeholder));
    rows(ui, model, low_part(ui, rest));
    if (model.rows.empty())
        kiosk_picture(ui, rest.inset(0, ui.u(2)), flow::part_of(model));
    keyboard(ui, keys);
}

} // namespace

void draw_search(Ui& ui, const flow::Model& model)
{
    Page page;
    page.quiet = {labelled(ui, Button::end_session, Id::button_cancel, Icon::cross)};
    page.aside_share = 0.5F;
    auto areas = begin_page(ui, model, page);
    if (!areas.split) {
        search_upright(ui, model, areas.content);
        return;
    }
    keyboard(ui, cut_keyboard(ui, areas.aside, ui.u(3)));
    text_field(ui, areas.aside.cut_bottom(ui.u(13)), model.typed, say(ui, Id::search_placeholder));
    Column column(ui, areas.content);
    column.title(search_title(ui, model));
    if (model.rows.empty() && model.notice == flow::Notice::none)
        column.lead(say(ui, Id::search_hint));
    Rect rest = column.rest();
    rows(ui, model, low_part(ui, rest));
    if (model.rows.empty())
        kiosk_picture(ui, rest, flow::part_of(model));
}

void draw_verify_code(Ui& ui, const flow::Model& model)
{
    Page page;
    page.primary = labelled(ui, Button::verify_submit, Id::button_continue);
    page.primary->enabled = model.typed.size() == code_length && !model.busy;
    page.quiet = {labelled(ui, Button::back, Id::button_back, Icon::back)};
    page.aside_share = 0.5F;
    auto areas = begin_page(ui, model, page);
    Rect& keys_from = areas.split ? areas.aside : areas.content;
    const Rect keys = cut_keyboard(ui, keys_from, ui.u(4));
    Column column(ui, areas.content);
    column.title(say(ui, Id::verify_title));
    column.lead(say(ui, Id::verify_where));
    column.gap(3);
    code_boxes(ui, column.rest().h > ui.u(20) ? column.rest().cut_top(ui.u(20)) : column.rest(), model.typed,
               code_length);
    keyboard(ui, keys);
}

} // namespace montbrillant::ui
