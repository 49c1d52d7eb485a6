// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/page.hpp"

#include "kiosk/ui/screens/say.hpp"

#include <algorithm>

namespace montbrillant::ui {

using flow::Button;
using i18n::Id;

namespace {

void header(Ui& ui, const flow::Model& model, Rect area)
{
    if (const int step = flow::step_of(model.screen); step > 0) {
        step_indicator(ui, area, step);
        return;
    }
    TextLook look;
    look.type = Type::small;
    look.ink = ui.theme().soft_ink;
    look.middle = true;
    look.lines_max = 1;
    look.may_ellipsise = true;
    ui.text(area, model.settings.event_title.get(ui.language()), look);
}

void banner(Ui& ui, Rect& area, Outcome outcome, const std::string& sentence)
{
    area.cut_top(outcome_panel(ui, area, outcome, sentence), ui.u(gap_u));
}

void banners(Ui& ui, const flow::Model& model, const Page& page, Rect& area)
{
    const float before = area.y;
    if (model.broadcast && !model.broadcast->get(ui.language()).empty())
        banner(ui, area, Outcome::attention, model.broadcast->get(ui.language()));
    const auto notice = page.notice ? words_of(model.notice) : std::nullopt;
    if (notice)
        banner(ui, area, notice->outcome, say(ui, notice->sentence));
    else if (const auto missing = banner_of(model))
        banner(ui, area, Outcome::attention, say(ui, *missing));
    if (area.y > before)
        area.cut_top(ui.u(1.5F));
}

/// A low screen whose lower part must also hold a keyboard: both actions in one row.
bool in_one_row(const Ui& ui, const Page& page)
{
    return ui.wide() && ui.look().lowered && page.primary && page.quiet.size() == 1;
}

float actions_height(Ui& ui, const Page& page, float width)
{
    if (in_one_row(ui, page))
        return ui.u(primary_u);
    float height = page.primary ? ui.u(primary_u) : 0;
    if (!page.quiet.empty())
        height += quiet_row(ui, {0, 0, width, 0}, page.quiet, true) + (page.primary ? ui.u(gap_u) : 0);
    return height;
}

void actions(Ui& ui, const Page& page, Rect area)
{
    if (in_one_row(ui, page)) {
        area.h = ui.u(primary_u);
        quiet_button(ui, area.cut_left(area.w * 0.4F, ui.u(gap_u)), page.quiet.front());
        primary_button(ui, area, *page.primary);
        return;
    }
    if (page.primary)
        primary_button(ui, area.cut_top(ui.u(primary_u), ui.u(gap_u)), *page.primary);
    quiet_row(ui, area, page.quiet, false);
}

} // namespace

float corner_height(const Ui& ui) { return ui.u(control_u); }

void corner_bar(Ui& ui, const flow::Model& model)
{
    const auto screen = ui.screen();
    Rect bar{ui.u(margin_u), screen.h - ui.u(4) - corner_height(ui), screen.w - 2 * ui.u(margin_u),
             corner_height(ui)};
    auto language = button_of(Button::open_language, std::string(language_name(ui.language())), Icon::globe);
    auto info = button_of(Button::open_info, {}, Icon::info);
    auto staff = button_of(Button::call_staff, say(ui, Id::button_call_staff), Icon::person);
    language.on = model.screen == flow::Screen::language;
    info.on = model.screen == flow::Screen::info;
    staff.on = model.screen == flow::Screen::help;
    const float gap = ui.u(gap_u);
    const float side = bar.h;
    const float share = (bar.w - side - 2 * gap) / 2;
    quiet_button(ui, bar.cut_left(std::min(share, button_width(ui, language)), gap), language);
    quiet_button(ui, bar.cut_left(side, gap), info);
    quiet_button(ui, bar.cut_right(std::min(bar.w, button_width(ui, staff))), staff);
}

Areas begin_page(Ui& ui, const flow::Model& model, const Page& page)
{
    corner_bar(ui, model);
    const auto screen = ui.screen();
    Rect area{ui.u(margin_u), ui.u(4), screen.w - 2 * ui.u(margin_u),
              screen.h - ui.u(4) - ui.u(4) - corner_height(ui) - ui.u(4)};
    const auto below_top = [&](Rect& content) {
        if (page.top > content.y)
            content.cut_top(page.top - content.y);
    };
    if (page.header)
        header(ui, model, area.cut_top(ui.u(7), ui.u(5)));
    const bool split = ui.wide() && page.split;
    if (!split) {
        below_top(area);
        const float height = actions_height(ui, page, area.w);
        if (height > 0)
            actions(ui, page, area.cut_bottom(height, ui.u(4)));
        banners(ui, model, page, area);
        return {area, {}, false};
    }
    Rect aside = area.cut_right(area.w * page.aside_share, ui.u(7));
    if (const float height = actions_height(ui, page, aside.w); height > 0)
        actions(ui, page, aside.cut_bottom(height, ui.u(4)));
    below_top(area);
    banners(ui, model, page, area);
    return {area, aside, true};
}

} // namespace montbrillant::ui
