// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens/say.hpp"

#include <algorithm>

namespace montbrillant::ui {

namespace {

int seconds_left(const flow::Model& model)
{
    const auto passed = model.now - model.printing.started;
    const auto left = model.printing.expected - passed;
    return static_cast<int>((left.count() + 999) / 1000);
}

/// A bar that stands for the time the printer needs, and the same in words.
void print_progress(Ui& ui, const flow::Model& model, Column& column)
{
    const auto& theme = ui.theme();
    const int left = seconds_left(model);
    const auto expected = std::max<double>(1, static_cast<double>(model.printing.expected.count()));
    const auto passed = static_cast<double>((model.now - model.printing.started).count());
    const auto share = static_cast<float>(std::clamp(passed / expected, 0.04, 0.96));
    TextLook look;
    look.type = Type::lead;
    look.ink = theme.soft_ink;
    column.text(left > 0 ? i18n::plural(ui.language(), Id::printing_about, left) : say(ui, Id::printing_soon),
                look);
    column.gap(2);
    Rect bar = column.rest();
    bar.h = ui.u(1.5F);
    ui.fill(bar, theme.faint, ui.u(0.75F));
    ui.fill({bar.x, bar.y, bar.w * share, bar.h}, theme.lit, ui.u(0.75F));
    ui.edge(theme.lit);
    column.gap(6);
}

} // namespace

void draw_printing(Ui& ui, const flow::Model& model)
{
    auto areas = begin_page(ui, model, {});
    Column column(ui, areas.content);
    column.title(say(ui, Id::printing_title));
    print_progress(ui, model, column);
    if (model.card_bound) {
        Rect rest = column.rest();
        rest.cut_top(outcome_panel(ui, rest, Outcome::good, say(ui, Id::printing_card_ready)), ui.u(3));
        kiosk_picture(ui, areas.split ? areas.aside : rest, flow::part_of(model));
        return;
    }
    if (flow::part_of(model) == flow::Part::card_tray) {
        TextLook look;
        look.type = Type::lead;
        look.weight = Weight::bold;
        column.text(say(ui, Id::printing_card_meanwhile), look);
        column.gap(3);
    }
    kiosk_picture(ui, areas.picture(column), flow::part_of(model));
}

void draw_take_card(Ui& ui, const flow::Model& model)
{
    Page page;
    page.quiet = {labelled(ui, Button::card_later, Id::take_card_later)};
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    column.title(say(ui, Id::take_card_title));
    column.lead(say(ui, Id::take_card_why));
    if (model.printing.printed) {
        TextLook look;
        look.type = Type::body;
        column.text(say(ui, Id::take_card_badge_below), look);
    }
    column.gap(2);
    kiosk_picture(ui, areas.picture(column), flow::part_of(model));
}

} // namespace montbrillant::ui
