// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/widgets.hpp"

#include "kiosk/i18n/messages.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace montbrillant::ui {

namespace {

using Rows = std::array<std::string_view, 4>; // digits above three rows of letters

struct Layout {
    std::string_view name; ///< on the key that leads here
    Rows rows;
};

constexpr std::string_view digits = "1234567890";
constexpr Layout qwerty{"ABC", {digits, "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM-'"}};
constexpr Layout azerty{"ABC", {digits, "AZERTYUIOP", "QSDFGHJKLM", "WXCVBNÉÈÇ-'"}};
constexpr Layout spanish{"ABC", {digits, "QWERTYUIOP", "ASDFGHJKLÑ", "ZXCVBNM-'"}};
constexpr Layout cyrillic{"АБВ", {digits, "ЙЦУКЕНГШЩЗХ", "ФЫВАПРОЛДЖЭ", "ЯЧСМИТЬБЮЪЁ"}};
constexpr Layout arabic{"ابت", {digits, "ضصثقفغعهخحج", "شسيبلاتنمكط", "ئءؤرىةوزظدذ"}};

/// The own script first, then the others: a name may stand on the passport in another script than the
/// screen's.
std::array<Layout, 3> layouts(Language language)
{
    switch (language) {
    case Language::ar: return {arabic, qwerty, cyrillic};
    case Language::ru: return {cyrillic, qwerty, arabic};
    case Language::fr: return {azerty, cyrillic, arabic};
    case Language::es: return {spanish, cyrillic, arabic};
    case Language::zh: // pinyin: the search knows Chinese names by it
    case Language::en: return {qwerty, cyrillic, arabic};
    }
    return {qwerty, cyrillic, arabic};
}

std::vector<std::string> characters(std::string_view row)
{
    std::vector<std::string> out;
    for (const char c : row) {
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U)
            out.emplace_back();
        out.back() += c;
    }
    return out;
}

constexpr float rows_total = 5;

float key_gap(const Ui& ui) { return ui.u(1); }

void key(Ui& ui, Rect rect, const std::string& id, const std::string& label, Icon icon, Action action,
         Type type)
{
    const auto& theme = ui.theme();
    const Tint tint = ui.pressed(id) ? theme.pressed : theme.key;
    const auto ground = ui.panel(rect, tint, ui.u(1.25F));
    TextLook look;
    look.type = type;
    look.align = Align::center;
    look.middle = true;
    look.ink = tint.ink;
    look.shrink = 0.5F;
    look.lines_max = 1;
    if (icon == Icon::none)
        ui.text(rect.inset(ui.u(0.25F)), label, look);
    else
        draw_icon(ui.canvas(), icon, fit({1, 1}, rect.inset(rect.h * 0.26F)), tint.ink);
    ui.hit(id, rect, std::move(action));
}

void letter_row(Ui& ui, Rect row, float key_width, const std::vector<std::string>& keys)
{
    const float gap = key_gap(ui);
    const auto n = static_cast<float>(keys.size());
    float x = row.center().x - (n * key_width + (n - 1) * gap) / 2;
    for (const auto& label : keys) {
        key(ui, {x, row.y, key_width, row.h}, "key." + label, label, Icon::none,
            flow::Msg{flow::KeyTyped{label}}, Type::lead);
        x += key_width + gap;
    }
}

} // namespace

float keyboard_height(Ui& ui, float width)
{
    const float key_width = (width - 10 * key_gap(ui)) / 11;
    const float key_height = std::clamp(key_width * 1.1F, ui.u(8), ui.u(11));
    return key_height * rows_total + key_gap(ui) * (rows_total - 1);
}

void keyboard(Ui& ui, Rect area)
{
    const Rect placed = ui.place(area);
    const auto scope = ui.unmirrored();
    const auto all = layouts(ui.language());
    const auto turn = ui.keyboard_turn() % all.size();
    const auto& layout = all.at(turn);
    const float gap = key_gap(ui);
    const float height = (placed.h - gap * (rows_total - 1)) / rows_total;
    std::size_t columns = 10;
    for (const auto& row : layout.rows)
        columns = std::max(columns, characters(row).size());
    const auto n = static_cast<float>(columns);
    const float key_width = (placed.w - gap * (n - 1)) / n;
    Rect rest = placed;
    for (const auto& row : layout.rows)
        letter_row(ui, rest.cut_top(height, gap), key_width, characters(row));
    Rect bottom = rest.cut_top(height);
    const float side = key_width * 2 + gap;
    key(ui, bottom.cut_left(side, gap), "keyboard.next", std::string(all.at((turn + 1) % all.size()).name),
        Icon::none, Local::next_keyboard, Type::body);
    key(ui, bottom.cut_right(side, gap), "keyboard.erase", {}, Icon::erase, flow::Msg{flow::KeyErased{}},
        Type::body);
    key(ui, bottom, "keyboard.space", std::string(i18n::text(ui.language(), i18n::Id::keyboard_space)),
        Icon::none, flow::Msg{flow::KeyTyped{" "}}, Type::body);
}

void pin_pad(Ui& ui, Rect area, bool can_submit)
{
    const Rect placed = ui.place(area);
    const auto scope = ui.unmirrored();
    const float gap = ui.u(gap_u);
    const float w = (placed.w - 2 * gap) / 3;
    const float h = (placed.h - 3 * gap) / 4;
    const auto cell = [&](int column, int row) {
        return Rect{placed.x + static_cast<float>(column) * (w + gap),
                    placed.y + static_cast<float>(row) * (h + gap), w, h};
    };
    for (int digit = 1; digit <= 9; ++digit)
        key(ui, cell((digit - 1) % 3, (digit - 1) / 3), "digit." + std::to_string(digit),
            std::to_string(digit), Icon::none, flow::Msg{flow::DigitTyped{digit}}, Type::title);
    key(ui, cell(0, 3), hit_id(flow::Button::pin_erase), {}, Icon::erase,
        flow::Msg{flow::Pressed{flow::Button::pin_erase}}, Type::body);
    key(ui, cell(1, 3), "digit.0", "0", Icon::none, flow::Msg{flow::DigitTyped{0}}, Type::title);
    auto submit = button_of(flow::Button::pin_submit, {}, Icon::check);
    submit.enabled = can_submit;
    primary_button(ui, cell(2, 3), submit);
}

} // namespace montbrillant::ui
