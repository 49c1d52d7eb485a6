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

std::string search_title(const Ui& ui, const flow::Model& model)
{
    return say(ui, model.rows.empty() ? Id::search_title : Id::search_pick);
}

/// Portrait, from the bottom: keyboard, rows, field, title. Nothing to touch is above the rows.
void search_upright(Ui& ui, const flow::Model& model, Rect area)
{
    const Rect keys = area.cut_bottom(keyboard_height(ui, area.w), ui.u(3));
    Column column(ui, area);
    column.title(search_title(ui, model));
    if (model.rows.empty() && model.notice == flow::Notice::none)
        column.lead(say(ui, Id::search_hint));
    Rect rest = column.rest();
    text_field(ui, rest.cut_top(ui.u(13), ui.u(3)), model.typed, say(ui, Id::search_placeholder));
    const float row_area = std::min(rest.h, 5 * ui.u(15) + 4 * ui.u(1.5F));
    rows(ui, model, ui.look().lowered ? rest.cut_bottom(row_area) : rest);
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
    keyboard(ui, areas.aside.cut_bottom(std::min(keyboard_height(ui, areas.aside.w), areas.aside.h)));
    text_field(ui, areas.aside.cut_bottom(ui.u(13), ui.u(3)).inset(0, 0), model.typed,
               say(ui, Id::search_placeholder));
    Column column(ui, areas.content);
    column.title(search_title(ui, model));
    if (model.rows.empty() && model.notice == flow::Notice::none)
        column.lead(say(ui, Id::search_hint));
    Rect rest = column.rest();
    if (ui.look().lowered && rest.y < ui.screen().h * 0.4F)
        rest.cut_top(ui.screen().h * 0.4F - rest.y);
    rows(ui, model, rest);
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
    const Rect keys = keys_from.cut_bottom(std::min(keyboard_height(ui, keys_from.w), keys_from.h), ui.u(4));
    Column column(ui, areas.content);
    column.title(say(ui, Id::verify_title));
    column.lead(say(ui, Id::verify_where));
    column.gap(3);
    code_boxes(ui, column.rest().h > ui.u(20) ? column.rest().cut_top(ui.u(20)) : column.rest(), model.typed,
               code_length);
    keyboard(ui, keys);
}

} // namespace montbrillant::ui
