// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens/say.hpp"

#include <algorithm>

namespace montbrillant::ui {

using flow::LendStep;

namespace {

/// A laptop drawn large, its tag on the lid.
void laptop_picture(Ui& ui, Rect area, const std::string& tag)
{
    if (area.h < ui.u(18))
        return;
    const Rect box = ui.place(fit({100, 66}, middle(area, ui.u(72))));
    const auto& theme = ui.theme();
    const float s = box.w / 100;
    const float thin = std::max(2.0F, ui.u(0.4F));
    const Rect lid{box.x + 14 * s, box.y, 72 * s, 50 * s};
    ui.canvas().fill(lid, theme.surface, 4 * s);
    ui.canvas().stroke(lid, theme.edge, thin, 4 * s);
    ui.edge(theme.edge);
    const Rect base{box.x + 2 * s, box.y + 54 * s, 96 * s, 8 * s};
    ui.canvas().fill(base, theme.surface, 4 * s);
    ui.canvas().stroke(base, theme.edge, thin, 4 * s);
    const Rect label{lid.center().x - 22 * s, lid.center().y - 10 * s, 44 * s, 20 * s};
    ui.canvas().stroke(label, theme.lit, thin * 1.5F, 2 * s);
    ui.edge(theme.lit);
    const auto ground = ui.on(theme.surface);
    const auto scope = ui.unmirrored();
    TextLook look;
    look.type = Type::title;
    look.weight = Weight::bold;
    look.align = Align::center;
    look.middle = true;
    look.lines_max = 1;
    look.shrink = 0.2F;
    ui.text(label.inset(s), tag, look);
}

void big_number(Ui& ui, Rect area, const std::string& label, const std::string& number)
{
    const auto& theme = ui.theme();
    area = middle(area, ui.u(52));
    const auto ground = ui.panel(area, {theme.ink, theme.surface, theme.edge}, ui.u(corner_u));
    Rect inner = area.inset(ui.u(3));
    TextLook small;
    small.type = Type::lead;
    small.ink = theme.soft_ink;
    small.align = Align::center;
    ui.text(inner.cut_top(ui.measure(label, small, inner.w).h), label, small);
    TextLook large;
    large.type = Type::number;
    large.weight = Weight::bold;
    large.align = Align::center;
    large.middle = true;
    large.shrink = 0.4F;
    ui.text(inner, number, large);
}

std::string person_name(const flow::Model& model)
{
    if (!model.person)
        return {};
    return model.person->badge_name.empty() ? model.person->name : model.person->badge_name;
}

void lend_terms(Ui& ui, const flow::Model& model, Column& column)
{
    column.title(i18n::format(ui.language(), Id::lend_terms_title,
                              {{"tag", model.laptop.str()}, {"name", person_name(model)}}));
    column.lead(say(ui, Id::lend_terms_why));
}

void lend_lent(Ui& ui, const flow::Model& model, Column& column)
{
    column.title(i18n::format(ui.language(), Id::lend_lent_title, {{"tag", model.laptop.str()}}));
    if (!model.due.empty())
        column.lead(i18n::format(ui.language(), Id::lend_lent_due, {{"due", model.due}}));
}

} // namespace

void draw_lend(Ui& ui, const flow::Model& model)
{
    Page page;
    const auto cancel = labelled(ui, Button::back, Id::button_cancel, Icon::cross);
    switch (model.lend_step) {
    case LendStep::tap_badge:
    case LendStep::scan_tag: page.quiet = {cancel}; break;
    case LendStep::terms:
        page.primary = labelled(ui, Button::lend_accept, Id::lend_accept, Icon::check);
        page.primary->enabled = !model.busy;
        page.quiet = {cancel};
        break;
    case LendStep::lent:
    case LendStep::joined_queue:
        page.primary = labelled(ui, Button::back, Id::button_finish, Icon::check);
        break;
    }
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    switch (model.lend_step) {
    case LendStep::tap_badge: column.title(say(ui, Id::lend_tap_badge_title)); break;
    case LendStep::scan_tag:
        column.title(say(ui, Id::lend_scan_tag_title));
        if (model.person)
            column.lead(isolated(person_name(model)));
        break;
    case LendStep::terms: lend_terms(ui, model, column); break;
    case LendStep::lent: lend_lent(ui, model, column); break;
    case LendStep::joined_queue:
        column.title(say(ui, Id::lend_queue_title));
        column.lead(say(ui, Id::lend_queue_why));
        break;
    }
    column.gap(2);
    const Rect area = areas.picture(column);
    if (model.lend_step == LendStep::joined_queue)
        big_number(ui, area, say(ui, Id::lend_queue_place), std::to_string(model.queue_place));
    else if (model.lend_step == LendStep::terms || model.lend_step == LendStep::lent)
        laptop_picture(ui, area, model.laptop.str());
    else
        kiosk_picture(ui, area, flow::part_of(model));
}

void draw_take_back(Ui& ui, const flow::Model& model)
{
    Page page;
    const bool scanned = !model.laptop.empty();
    const auto back = labelled(ui, Button::back, Id::button_back, Icon::back);
    page.quiet = {back};
    if (scanned) {
        page.primary = labelled(ui, Button::take_back_complete, Id::take_back_complete, Icon::check);
        page.primary->enabled = !model.busy;
        page.quiet = {labelled(ui, Button::take_back_faulty, Id::take_back_faulty, Icon::warning), back};
    }
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    if (scanned)
        column.title(i18n::format(ui.language(), Id::take_back_check, {{"tag", model.laptop.str()}}));
    else
        column.title(say(ui, Id::take_back_title));
    column.gap(2);
    const Rect area = areas.picture(column);
    if (scanned)
        laptop_picture(ui, area, model.laptop.str());
    else
        kiosk_picture(ui, area, flow::part_of(model));
}

} // namespace montbrillant::ui
