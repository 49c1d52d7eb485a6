// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens/say.hpp"

#include <algorithm>

namespace montbrillant::ui {

namespace {

constexpr std::size_t pin_min = 4;

void device_line(Ui& ui, Rect row, flow::Device device, const flow::DeviceHealth& health)
{
    using State = flow::DeviceHealth::State;
    const auto& theme = ui.theme();
    const bool ok = health.state == State::ok;
    const bool trouble = health.state == State::trouble;
    const auto ground =
        ui.panel(row, trouble ? theme.attention : Tint{theme.ink, theme.surface, theme.edge}, ui.u(corner_u));
    const Colour ink = trouble ? theme.attention.ink : theme.ink;
    Rect inner = row.inset(ui.u(2.5F), ui.u(0.5F));
    const Rect icon = inner.cut_left(ui.u(4.5F), ui.u(2));
    draw_icon(ui.canvas(),
              ok        ? Icon::check
              : trouble ? Icon::warning
                        : Icon::cross,
              ui.place({icon.x, row.center().y - icon.w / 2, icon.w, icon.w}), ok ? theme.lit : ink);
    TextLook name;
    name.weight = Weight::bold;
    name.middle = true;
    name.shrink = 0.6F;
    name.lines_max = 1;
    name.ink = ink;
    ui.text(inner.cut_left(inner.w * 0.32F, ui.u(1)), say(ui, words_of(device)), name);
    TextLook words;
    words.type = Type::small;
    words.middle = true;
    words.ink = ink;
    words.lines_max = 3;
    words.shrink = 0.7F;
    words.may_ellipsise = trouble;
    ui.text(inner,
            ok        ? say(ui, Id::device_ok)
            : trouble ? isolated(health.words)
                      : say(ui, Id::device_absent),
            words);
}

float device_lines(Ui& ui, const flow::Model& model, Rect area)
{
    const float from = area.y;
    const float gap = ui.u(1);
    const auto count = static_cast<float>(flow::device_count);
    const float height = std::clamp((area.h - gap * (count - 1)) / count, ui.u(7), ui.u(13));
    for (std::size_t i = 0; i < flow::device_count; ++i)
        device_line(ui, area.cut_top(height, gap), static_cast<flow::Device>(i), model.devices.at(i));
    return area.y - from;
}

void staff_name(Ui& ui, const flow::Model& model, Column& column)
{
    if (!model.staff)
        return;
    TextLook look;
    look.type = Type::lead;
    look.ink = ui.theme().soft_ink;
    look.lines_max = 1;
    look.may_ellipsise = true;
    column.text(isolated(model.staff->name), look);
    column.gap(2);
}

} // namespace

void draw_staff_sign_in(Ui& ui, const flow::Model& model)
{
    Page page;
    page.quiet = {labelled(ui, Button::end_session, Id::button_cancel, Icon::cross)};
    auto areas = begin_page(ui, model, page);
    Rect& pad_from = areas.split ? areas.aside : areas.content;
    const float pad_width = std::min(pad_from.w, ui.u(84));
    float pad_height = std::min(pad_from.h, 4 * ui.u(15) + 3 * ui.u(gap_u));
    if (ui.look().lowered)
        pad_height = std::min(pad_height, pad_from.bottom() - ui.screen().h * 0.4F);
    Rect pad = pad_from.cut_bottom(pad_height, ui.u(4));
    pad = {pad.center().x - pad_width / 2, pad.y, pad_width, pad_height};
    Column column(ui, areas.content);
    column.title(say(ui, Id::staff_sign_in_title));
    staff_name(ui, model, column);
    Rect dots = column.rest();
    if (!areas.split) { // just above the digits
        dots = dots.cut_bottom(std::min(dots.h, ui.u(14)));
    } else {
        dots.h = std::min(dots.h, ui.u(14));
    }
    pin_dots(ui, ui.place(dots), model.pin_digits);
    pin_pad(ui, pad, model.pin_digits >= pin_min && !model.busy);
}

void draw_staff_menu(Ui& ui, const flow::Model& model)
{
    Page page;
    auto lend = labelled(ui, Button::staff_lend, Id::staff_lend, Icon::laptop);
    auto back = labelled(ui, Button::staff_take_back, Id::staff_take_back, Icon::returned);
    const bool can_lend = model.settings.service_desk && model.staff && model.staff->can_lend;
    if (can_lend)
        page.quiet = {lend, back};
    page.primary = labelled(ui, Button::staff_lock, Id::staff_lock, Icon::lock);
    if (can_lend) {
        page.primary = lend;
        page.quiet = {back, labelled(ui, Button::staff_lock, Id::staff_lock, Icon::lock)};
    }
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    column.title(say(ui, Id::staff_menu_title));
    staff_name(ui, model, column);
    TextLook head;
    head.weight = Weight::bold;
    column.gap(1);
    column.text(say(ui, Id::staff_devices), head);
    column.gap(1.5F);
    device_lines(ui, model, column.rest());
}

} // namespace montbrillant::ui
