// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens/say.hpp"

#include <algorithm>
#include <array>

namespace montbrillant::ui {

using flow::LockerStep;

namespace {

bool shows_door(LockerStep step)
{
    switch (step) {
    case LockerStep::opening:
    case LockerStep::opened:
    case LockerStep::already_open:
    case LockerStep::jammed:
    case LockerStep::left_open:
    case LockerStep::wrong_door:
    case LockerStep::elsewhere:
    case LockerStep::ask_empty:
    case LockerStep::close_door:
    case LockerStep::given_back: return true;
    case LockerStep::tap:
    case LockerStep::full:
    case LockerStep::offline:
    case LockerStep::refused: return false;
    }
    return false;
}

bool stands_open(LockerStep step)
{
    switch (step) {
    case LockerStep::opened:
    case LockerStep::already_open:
    case LockerStep::left_open:
    case LockerStep::ask_empty:
    case LockerStep::close_door: return true;
    case LockerStep::tap:
    case LockerStep::opening:
    case LockerStep::jammed:
    case LockerStep::wrong_door:
    case LockerStep::full:
    case LockerStep::offline:
    case LockerStep::refused:
    case LockerStep::elsewhere:
    case LockerStep::given_back: return false;
    }
    return false;
}

Tint tint_of(const Theme& theme, Outcome outcome)
{
    switch (outcome) {
    case Outcome::good: return theme.good;
    case Outcome::attention: return theme.attention;
    case Outcome::stop: return theme.stop;
    }
    return theme.attention;
}

/// The number of the door on the door itself, shut or ajar, in the colour of the outcome.
void door_picture(Ui& ui, Rect area, const std::string& door, Outcome outcome, bool open)
{
    if (area.h < ui.u(16))
        return;
    const Rect frame = fit({40, 48}, middle(area, ui.u(84)));
    const auto& theme = ui.theme();
    const Tint tint = tint_of(theme, outcome);
    const Icon icon = outcome == Outcome::good   ? Icon::check
                      : outcome == Outcome::stop ? Icon::stop
                                                 : Icon::warning;
    const auto around = ui.panel(frame, {theme.ink, theme.surface, theme.edge}, ui.u(1));
    const auto scope = ui.unmirrored();
    const Rect hole = ui.place(frame.inset(frame.w * 0.06F));
    if (open)
        ui.canvas().fill(hole, theme.faint);
    const Rect leaf{hole.x, hole.y, open ? hole.w * 0.8F : hole.w, hole.h};
    const auto ground = ui.panel(leaf, tint, ui.u(0.5F));
    if (open) { // the leaf stands out towards the person
        const std::array side{Point{leaf.right(), leaf.y},
                              Point{hole.right() - hole.w * 0.06F, hole.y + hole.h * 0.05F},
                              Point{hole.right() - hole.w * 0.06F, hole.bottom() - hole.h * 0.05F},
                              Point{leaf.right(), leaf.bottom()}};
        ui.canvas().polygon(side, theme.edge);
    }
    TextLook look;
    look.type = Type::number;
    look.weight = Weight::bold;
    look.align = Align::center;
    look.middle = true;
    look.shrink = 0.2F;
    look.lines_max = 1;
    look.ink = tint.ink;
    ui.text(leaf.inset(ui.u(1)), door, look);
    // Colour is never alone: the shape of the outcome under the number.
    const float size = leaf.w * 0.2F;
    draw_icon(ui.canvas(), icon, {leaf.center().x - size / 2, leaf.y + leaf.h * 0.72F, size, size}, tint.ink);
}

Page actions_of(Ui& ui, const flow::Model& model)
{
    Page page;
    const auto finish = labelled(ui, Button::end_session, Id::button_finish, Icon::check);
    switch (model.locker_step) {
    case LockerStep::tap: {
        auto low = labelled(ui, Button::locker_low_door, Id::locker_low_door, Icon::lower);
        low.on = model.low_door;
        page.quiet = {low, finish};
        break;
    }
    case LockerStep::opening: break;
    case LockerStep::opened:
    case LockerStep::already_open:
    case LockerStep::wrong_door:
        page.primary = labelled(ui, Button::locker_keep, Id::locker_keep, Icon::lock);
        page.quiet = {labelled(ui, Button::locker_give_back, Id::locker_give_back, Icon::returned)};
        break;
    case LockerStep::left_open: page.primary = finish; break;
    case LockerStep::jammed:
        page.primary = labelled(ui, Button::locker_again, Id::locker_again, Icon::locker);
        page.quiet = {finish};
        break;
    case LockerStep::ask_empty:
        page.primary = labelled(ui, Button::locker_is_empty, Id::locker_is_empty, Icon::check);
        page.quiet = {labelled(ui, Button::locker_keep, Id::locker_keep, Icon::lock)};
        break;
    case LockerStep::close_door:
        page.quiet = {labelled(ui, Button::locker_keep, Id::locker_keep, Icon::lock)};
        break;
    case LockerStep::full:
    case LockerStep::offline:
    case LockerStep::refused:
    case LockerStep::elsewhere:
    case LockerStep::given_back: page.primary = finish; break;
    }
    for (auto& look : page.quiet)
        look.enabled = !model.busy;
    return page;
}

} // namespace

void draw_locker(Ui& ui, const flow::Model& model)
{
    auto areas = begin_page(ui, model, actions_of(ui, model));
    const auto words = words_of(model.locker_step);
    Column column(ui, areas.content);
    column.title(say(ui, words.title));
    if (words.why)
        column.lead(say(ui, *words.why));
    column.gap(2);
    const Rect area = areas.picture(column);
    if (shows_door(model.locker_step))
        door_picture(ui, area, model.door, words.outcome, stands_open(model.locker_step));
    else
        kiosk_picture(ui, area,
                      model.locker_step == LockerStep::tap ? flow::part_of(model) : flow::Part::none);
}

} // namespace montbrillant::ui
