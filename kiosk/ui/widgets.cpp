// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/widgets.hpp"

#include "kiosk/i18n/messages.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace montbrillant::ui {

namespace {

constexpr std::array<std::string_view, 29> button_names{"start_search",
                                                        "back",
                                                        "end_session",
                                                        "open_language",
                                                        "open_info",
                                                        "call_staff",
                                                        "more_time",
                                                        "confirm_yes",
                                                        "confirm_not_me",
                                                        "please_correct",
                                                        "verify_submit",
                                                        "card_later",
                                                        "locker_wanted",
                                                        "locker_low_door",
                                                        "locker_keep",
                                                        "locker_give_back",
                                                        "locker_is_empty",
                                                        "locker_again",
                                                        "pin_erase",
                                                        "pin_submit",
                                                        "staff_lend",
                                                        "staff_take_back",
                                                        "staff_lock",
                                                        "lend_accept",
                                                        "take_back_complete",
                                                        "take_back_faulty",
                                                        "large_text",
                                                        "high_contrast",
                                                        "lowered"};
static_assert(static_cast<std::size_t>(flow::Button::lowered) + 1 == button_names.size());

struct Inside {
    Rect icon;
    Rect label;
};

Inside inside(Ui& ui, Rect rect, const ButtonLook& look, TextLook text)
{
    const float pad = ui.u(2.5F);
    Rect area = rect.inset(pad, 0);
    if (look.stacked) {
        area = rect.inset(ui.u(1), ui.u(1));
        const Rect top = area.cut_top(ui.u(8));
        const float size = ui.u(5);
        return {{top.center().x - size / 2, top.center().y - size / 2, size, size}, area};
    }
    if (look.icon == Icon::none)
        return {{}, area};
    const float icon = ui.u(5) * (ui.look().large_text ? 1.2F : 1.0F);
    const float gap = ui.u(1.75F);
    const float room = area.w - icon - gap;
    const float label = std::min(room, ui.measure(look.label, text, room).w + 2);
    const float start = area.x + (area.w - icon - gap - label) / 2;
    return {{start, rect.center().y - icon / 2, icon, icon}, {start + icon + gap, rect.y, label, rect.h}};
}

void button(Ui& ui, Rect rect, const ButtonLook& look, const Tint& tint, TextLook text)
{
    const float radius = ui.u(corner_u);
    const auto ground = ui.panel(rect, tint, radius);
    text.ink = tint.ink;
    text.align = Align::center;
    text.middle = true;
    text.lines_max = 2;
    text.shrink = 0.6F;
    auto parts = inside(ui, rect, look, text);
    if (look.icon != Icon::none && !look.label.empty())
        draw_icon(ui.canvas(), look.icon, ui.place(parts.icon), tint.ink,
                  ui.rtl() && look.icon == Icon::back);
    else if (look.icon != Icon::none)
        draw_icon(ui.canvas(), look.icon, ui.place(fit({1, 1}, rect.inset(ui.u(3)))), tint.ink);
    ui.text({parts.label.x, parts.label.y + ui.u(0.5F), parts.label.w, parts.label.h - ui.u(1)}, look.label,
            text);
    ui.hit(look.id, rect, look.msg, look.enabled);
}

} // namespace

std::string isolated(const std::string& theirs)
{
    return theirs.empty() ? theirs : "\u2068" + theirs + "\u2069";
}

std::string hit_id(flow::Button button)
{
    return "button." + std::string(button_names.at(static_cast<std::size_t>(button)));
}

ButtonLook button_of(flow::Button button, std::string label, Icon icon)
{
    ButtonLook look;
    look.label = std::move(label);
    look.msg = flow::Pressed{button};
    look.id = hit_id(button);
    look.icon = icon;
    return look;
}

void Column::title(const std::string& text)
{
    TextLook look;
    look.type = Type::title;
    look.weight = Weight::bold;
    look.balance = true;
    look.shrink = 0.72F;
    this->text(text, look);
    gap(2);
}

void Column::lead(const std::string& text)
{
    TextLook look;
    look.type = Type::lead;
    look.balance = true;
    look.ink = ui_.theme().soft_ink;
    this->text(text, look);
    gap(4);
}

void Column::text(const std::string& text, const TextLook& look)
{
    const float height = ui_.text({area_.x, area_.y, area_.w, 0}, text, look);
    area_.cut_top(height);
}

void Column::gap(float units) { area_.cut_top(ui_.u(units)); }

void primary_button(Ui& ui, Rect rect, const ButtonLook& look)
{
    TextLook text;
    text.type = Type::lead;
    text.weight = Weight::bold;
    const auto& theme = ui.theme();
    const Tint resting = look.enabled ? theme.primary : Tint{theme.soft_ink, theme.faint, theme.faint};
    const Tint off = ui.look().high_contrast ? theme.quiet : resting;
    button(ui, rect, look, ui.pressed(look.id) ? theme.pressed : look.enabled ? resting : off, text);
}

void quiet_button(Ui& ui, Rect rect, const ButtonLook& look)
{
    const auto& theme = ui.theme();
    Tint tint = look.on ? theme.primary : theme.quiet;
    if (ui.pressed(look.id))
        tint = theme.pressed;
    TextLook text;
    if (look.stacked) {
        text.type = Type::small;
        text.balance = true;
    }
    if (look.large) {
        text.type = Type::lead;
        text.weight = Weight::bold;
    }
    button(ui, rect, look, tint, text);
}

float stacked_row(Ui& ui, Rect area, std::span<const ButtonLook> buttons, bool dry_run)
{
    const auto count = static_cast<float>(buttons.size());
    const float gap = ui.u(gap_u);
    const float height = ui.u(18) * (ui.look().large_text ? 1.25F : 1.0F);
    const float share = (area.w - gap * (count - 1)) / count;
    for (auto look : buttons) {
        if (dry_run)
            break;
        look.stacked = true;
        Rect cell = area.cut_left(share, gap);
        cell.h = height;
        quiet_button(ui, cell, look);
    }
    return height;
}

float button_width(Ui& ui, const ButtonLook& look)
{
    const float icon =
        look.icon == Icon::none ? 0 : ui.u(5) * (ui.look().large_text ? 1.2F : 1.0F) + ui.u(1.75F);
    return ui.measure(look.label, {}, ui.screen().w).w + icon + ui.u(6);
}

float quiet_row(Ui& ui, Rect area, std::span<const ButtonLook> buttons, bool dry_run)
{
    if (buttons.empty())
        return 0;
    const auto count = static_cast<float>(buttons.size());
    const float gap = ui.u(gap_u);
    const float height = ui.u(control_u);
    const float share = (area.w - gap * (count - 1)) / count;
    const bool side_by_side = std::all_of(
        buttons.begin(), buttons.end(), [&](const auto& b) { return button_width(ui, b) * 0.85F <= share; });
    if (!dry_run) {
        Rect rest = area;
        for (const auto& look : buttons)
            quiet_button(ui, side_by_side ? [&] { Rect r = rest.cut_left(share, gap); r.h = height; return r; }()
                                          : rest.cut_top(height, gap),
                         look);
    }
    return side_by_side ? height : height * count + gap * (count - 1);
}

void text_field(Ui& ui, Rect rect, const std::string& text, const std::string& hint)
{
    const auto& theme = ui.theme();
    const auto ground = ui.panel(rect, {theme.ink, theme.surface, theme.primary.edge}, ui.u(corner_u));
    ui.stroke(rect, theme.primary.edge, ui.u(0.5F), ui.u(corner_u));
    Rect inner = rect.inset(ui.u(3), 0);
    const Rect icon = inner.cut_left(ui.u(5), ui.u(2));
    draw_icon(ui.canvas(), Icon::search, ui.place({icon.x, rect.center().y - icon.w / 2, icon.w, icon.w}),
              theme.soft_ink);
    TextLook look;
    look.type = Type::lead;
    look.middle = true;
    look.lines_max = 1;
    look.may_ellipsise = true;
    if (text.empty()) {
        look.ink = theme.soft_ink;
        look.may_ellipsise = false;
        look.shrink = 0.7F;
        ui.text(inner, hint, look);
    } else {
        ui.text(inner, text, look);
    }
    const Rect placed = ui.place(inner);
    const float caret =
        placed.x + (text.empty() ? (ui.rtl() ? placed.w : 0) : ui.caret_x(text, look, inner.w));
    const float height = ui.u(6.5F) * (ui.look().large_text ? 1.2F : 1.0F);
    const float away = ui.rtl() ? -ui.u(0.5F) : ui.u(0.5F); // off the letter
    ui.canvas().fill(
        {caret + (text.empty() ? 0 : away) - ui.u(0.25F), placed.center().y - height / 2, ui.u(0.5F), height},
        theme.lit);
}

void code_boxes(Ui& ui, Rect area, const std::string& text, std::size_t count)
{
    const auto& theme = ui.theme();
    area = ui.place(area);
    const auto n = static_cast<float>(count);
    const float gap = ui.u(gap_u);
    const float w = std::min((area.w - gap * (n - 1)) / n, ui.u(20));
    const float start = area.center().x - (w * n + gap * (n - 1)) / 2;
    const auto scope = ui.unmirrored();
    for (std::size_t i = 0; i < count; ++i) {
        const Rect box{start + static_cast<float>(i) * (w + gap), area.y, w, area.h};
        const auto ground = ui.panel(
            box, {theme.ink, theme.surface, i == text.size() ? theme.lit : theme.edge}, ui.u(corner_u));
        if (i == text.size())
            ui.stroke(box, theme.lit, ui.u(0.5F), ui.u(corner_u));
        TextLook look;
        look.type = Type::name;
        look.weight = Weight::bold;
        look.align = Align::center;
        look.middle = true;
        look.shrink = 0.6F;
        if (i < text.size())
            ui.text(box, text.substr(i, 1), look);
    }
}

void pin_dots(Ui& ui, Rect area, std::size_t typed)
{
    const auto shown = static_cast<float>(std::max<std::size_t>(typed, 4));
    const float step = ui.u(6);
    const float start = area.center().x - step * (shown - 1) / 2;
    for (std::size_t i = 0; i < static_cast<std::size_t>(shown); ++i) {
        const Point at{start + static_cast<float>(i) * step, area.center().y};
        if (i < typed)
            ui.canvas().fill_circle(at, ui.u(1.75F), ui.theme().ink);
        ui.canvas().stroke_circle(at, ui.u(1.75F), ui.theme().edge, ui.u(0.35F));
    }
    ui.edge(ui.theme().edge);
}

void result_row(Ui& ui, Rect rect, std::size_t index, const flow::SearchRow& row)
{
    const auto& theme = ui.theme();
    const auto id = "row." + std::to_string(index);
    const Tint tint = ui.pressed(id) ? theme.pressed : theme.quiet;
    const auto ground = ui.panel(rect, tint, ui.u(corner_u));
    Rect inner = rect.inset(ui.u(3), ui.u(1));
    TextLook name;
    name.type = Type::lead;
    name.weight = Weight::bold;
    name.ink = tint.ink;
    name.lines_max = 1;
    name.may_ellipsise = true;
    name.shrink = 0.8F;
    const auto name_text = isolated(row.name);
    const auto below_text = isolated(row.organization);
    TextLook below;
    below.type = Type::small;
    below.ink = ui.pressed(id) ? tint.ink : theme.soft_ink;
    below.lines_max = 1;
    below.may_ellipsise = true;
    const float name_height = ui.measure(name_text, name, inner.w).h;
    const float below_height = row.organization.empty() ? 0 : ui.measure(below_text, below, inner.w).h;
    if (name_height + below_height <= inner.h || row.organization.empty()) {
        inner.y += std::max(0.0F, (inner.h - name_height - below_height) / 2);
        ui.text({inner.x, inner.y, inner.w, name_height}, name_text, name);
        ui.text({inner.x, inner.y + name_height, inner.w, below_height}, below_text, below);
    } else { // low rows: side by side
        Rect right = inner.cut_right(inner.w * 0.42F, ui.u(2));
        name.middle = below.middle = true;
        below.align = Align::end;
        name.shrink = 0.6F;
        below.shrink = 0.7F;
        ui.text(inner, name_text, name);
        ui.text(right, below_text, below);
    }
    ui.hit(id, rect, flow::Msg{flow::RowChosen{index}});
}

namespace {

constexpr float outcome_icon_u = 6;

TextLook outcome_text()
{
    TextLook look;
    look.weight = Weight::bold;
    look.middle = true;
    return look;
}

} // namespace

float outcome_height(Ui& ui, float width, const std::string& sentence)
{
    const float text = ui.measure(sentence, outcome_text(), width - ui.u(outcome_icon_u + 8)).h;
    return std::max(ui.u(control_u), text + ui.u(4));
}

float outcome_panel(Ui& ui, Rect area, Outcome outcome, const std::string& sentence)
{
    const auto& theme = ui.theme();
    const Tint tint = outcome == Outcome::good   ? theme.good
                      : outcome == Outcome::stop ? theme.stop
                                                 : theme.attention;
    const Icon icon = outcome == Outcome::good   ? Icon::check
                      : outcome == Outcome::stop ? Icon::stop
                                                 : Icon::warning;
    const Rect box{area.x, area.y, area.w, outcome_height(ui, area.w, sentence)};
    const auto ground = ui.panel(box, tint, ui.u(corner_u));
    Rect inner = box.inset(ui.u(3), 0);
    const Rect left = inner.cut_left(ui.u(outcome_icon_u), ui.u(2));
    draw_icon(ui.canvas(), icon, ui.place({left.x, box.center().y - left.w / 2, left.w, left.w}), tint.ink);
    auto look = outcome_text();
    look.ink = tint.ink;
    ui.text(inner, sentence, look);
    return box.h;
}

void qr_symbol(Ui& ui, Rect area, const QrModules& qr)
{
    if (qr.size == 0)
        return;
    constexpr int quiet = 4; // ISO/IEC 18004, 6.3.8
    const float module = std::floor(std::min(area.w, area.h) / static_cast<float>(qr.size + 2 * quiet));
    const float side = module * static_cast<float>(qr.size + 2 * quiet);
    const Rect box = ui.place({area.center().x - side / 2, area.center().y - side / 2, side, side});
    ui.canvas().fill(box, rgb(0xFFFFFF), ui.u(1));
    const float x0 = std::round(box.x) + module * quiet;
    const float y0 = std::round(box.y) + module * quiet;
    for (int y = 0; y < qr.size; ++y) {
        for (int x = 0; x < qr.size;) {
            int run = 0;
            while (x + run < qr.size && qr.dark[static_cast<std::size_t>(y * qr.size + x + run)])
                ++run;
            if (run > 0)
                ui.canvas().fill({x0 + module * static_cast<float>(x), y0 + module * static_cast<float>(y),
                                  module * static_cast<float>(run), module},
                                 rgb(0x000000));
            x += std::max(run, 1);
        }
    }
}

void step_indicator(Ui& ui, Rect area, int step)
{
    using i18n::Id;
    const auto& theme = ui.theme();
    constexpr std::array labels{Id::step_find, Id::step_confirm, Id::step_badge};
    const float gap = ui.u(gap_u);
    const float w = (area.w - 2 * gap) / 3;
    for (int i = 1; i <= 3; ++i) {
        Rect cell = area.cut_left(w, gap);
        const bool here = i == step;
        const bool reached = i <= step;
        const Rect bar{cell.x, cell.bottom() - ui.u(1), cell.w, ui.u(1)};
        ui.fill(bar, reached ? theme.lit : theme.faint, ui.u(0.5F));
        if (reached)
            ui.edge(theme.lit);
        TextLook look;
        look.type = Type::small;
        look.weight = here ? Weight::bold : Weight::regular;
        look.ink = here ? theme.ink : theme.soft_ink;
        look.lines_max = 1;
        look.shrink = 0.7F;
        look.middle = true;
        const auto label = std::to_string(i) + "  " +
                           std::string(i18n::text(ui.language(), labels.at(static_cast<std::size_t>(i - 1))));
        ui.text({cell.x, cell.y, cell.w, cell.h - ui.u(1.5F)}, label, look);
    }
}

} // namespace montbrillant::ui
