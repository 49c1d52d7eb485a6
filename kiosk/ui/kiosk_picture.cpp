// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/widgets.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace montbrillant::ui {

namespace {

/// The device seen from the front, on a grid of 200 by 220: screen above, a panel with scanner, printer slot
/// and reader below it, the card tray under the panel.
constexpr Size grid{200, 220};

class Drawing {
public:
    Drawing(Ui& ui, Rect area) : ui_(ui), box_(fit(grid, area)), thin_(std::max(2.0F, box_.w / 160)) {}

    [[nodiscard]] float s() const { return box_.w / grid.w; }
    [[nodiscard]] Point at(float x, float y) const { return {box_.x + x * s(), box_.y + y * s()}; }
    [[nodiscard]] Rect rect(float x, float y, float w, float h) const
    {
        return {box_.x + x * s(), box_.y + y * s(), w * s(), h * s()};
    }
    [[nodiscard]] Colour line_colour() const { return ui_.theme().edge; }
    [[nodiscard]] Colour lit() const { return ui_.theme().lit; }
    [[nodiscard]] float thin() const { return thin_; }
    [[nodiscard]] float bold() const { return thin_ * 2; }

    void box(float x, float y, float w, float h, float r, bool is_lit, bool filled = true)
    {
        const Rect where = rect(x, y, w, h);
        if (filled)
            ui_.canvas().fill(where, ui_.theme().surface, r * s());
        ui_.canvas().stroke(where, is_lit ? lit() : line_colour(), is_lit ? bold() : thin(), r * s());
    }
    void line(float ax, float ay, float bx, float by, Colour c, float thickness)
    {
        ui_.canvas().line(at(ax, ay), at(bx, by), c, thickness);
    }
    void arc(float x, float y, float r, float from, float to, Colour c, float thickness)
    {
        constexpr float degree = std::numbers::pi_v<float> / 180;
        ui_.canvas().arc(at(x, y), r * s(), from * degree, to * degree, c, thickness);
    }
    void arrow(float x, float from, float to)
    {
        const float head = to > from ? -6.0F : 6.0F;
        line(x, from, x, to, lit(), bold());
        const std::array points{at(x - 6, to + head), at(x, to), at(x + 6, to + head)};
        ui_.canvas().polyline(points, lit(), bold(), false);
    }
    Canvas& canvas() { return ui_.canvas(); }
    const Theme& theme() { return ui_.theme(); }

private:
    Ui& ui_;
    Rect box_;
    float thin_;
};

void scanner(Drawing& d, bool lit)
{
    d.box(34, 140, 34, 22, 4, lit);
    const Colour c = lit ? d.lit() : d.line_colour();
    d.line(40, 151, 62, 151, c, lit ? d.bold() : d.thin());
    if (!lit)
        return;
    // The beam, and a sheet with a square code held into it.
    Colour beam = d.lit();
    beam.a = 38;
    const std::array cone{d.at(40, 163), d.at(62, 163), d.at(76, 186), d.at(26, 186)};
    d.canvas().polygon(cone, beam);
    d.box(24, 184, 54, 34, 3, true);
    for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) {
            if (i != 1 || j != 1)
                d.canvas().fill(
                    d.rect(31 + 7 * static_cast<float>(i), 190 + 7 * static_cast<float>(j), 5.5F, 5.5F),
                    d.lit());
        }
    }
    d.line(58, 194, 72, 194, d.lit(), d.thin());
    d.line(58, 201, 72, 201, d.lit(), d.thin());
    d.line(58, 208, 66, 208, d.lit(), d.thin());
}

void printer_slot(Drawing& d, bool lit)
{
    d.box(78, 146, 44, 9, 3, lit);
    if (!lit)
        return;
    d.box(83, 151, 34, 44, 2, true);
    d.line(90, 166, 110, 166, d.lit(), d.bold());
    d.line(90, 174, 110, 174, d.lit(), d.thin());
    d.line(94, 181, 106, 181, d.lit(), d.thin());
    d.arrow(100, 199, 217);
}

void reader(Drawing& d, bool lit, bool with_card)
{
    d.box(134, 140, 32, 22, 4, lit);
    const Colour c = lit ? d.lit() : d.line_colour();
    const float w = lit ? d.bold() : d.thin();
    for (const float r : {4.0F, 8.0F})
        d.arc(145, 151, r, -45, 45, c, w);
    d.canvas().fill_circle(d.at(144, 151), 1.6F * d.s(), c);
    if (!with_card)
        return;
    d.box(126, 178, 48, 32, 4, true);
    d.line(126, 187, 174, 187, d.lit(), d.bold());
    d.line(133, 199, 150, 199, d.lit(), d.thin());
    d.arrow(150, 177, 165);
}

void card_tray(Drawing& d, bool lit)
{
    const float y = 176;
    d.box(76, y, 48, 14, 3, lit);
    d.line(82, y + 5, 118, y + 5, lit ? d.lit() : d.line_colour(), lit ? d.bold() : d.thin());
    if (!lit)
        return;
    // A card that is being drawn out, and the way to the reader.
    d.box(80, 186, 40, 27, 3, true);
    d.line(80, 193, 120, 193, d.lit(), d.bold());
    d.line(126, 203, 150, 203, d.lit(), d.bold());
    d.line(150, 203, 150, 169, d.lit(), d.bold());
    const std::array head{d.at(144, 175), d.at(150, 168), d.at(156, 175)};
    d.canvas().polyline(head, d.lit(), d.bold(), false);
}

} // namespace

void kiosk_picture(Ui& ui, Rect area, flow::Part part)
{
    if (area.h < ui.u(14) || area.w < ui.u(14)) // too small to be of use
        return;
    Drawing d(ui, ui.place(area));
    ui.edge(ui.theme().edge);
    if (part != flow::Part::none)
        ui.edge(ui.theme().lit);
    d.box(58, 2, 84, 122, 6, false);
    d.canvas().fill(d.rect(64, 8, 72, 110), ui.theme().faint, 3 * d.s());
    d.canvas().fill(d.rect(71, 18, 44, 7), ui.theme().surface, 2 * d.s());
    d.canvas().fill(d.rect(71, 30, 30, 5), ui.theme().surface, 2 * d.s());
    d.canvas().fill(d.rect(71, 92, 58, 16), ui.theme().surface, 3 * d.s());
    d.line(92, 124, 92, 130, d.line_colour(), d.thin());
    d.line(108, 124, 108, 130, d.line_colour(), d.thin());
    d.box(22, 130, 156, 42, 7, false);
    scanner(d, part == flow::Part::scanner);
    reader(d, part == flow::Part::reader || part == flow::Part::card_tray, part == flow::Part::reader);
    card_tray(d, part == flow::Part::card_tray);
    printer_slot(d, part == flow::Part::printer_slot);
}

} // namespace montbrillant::ui
