// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/icons.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <string_view>
#include <vector>

namespace montbrillant::ui {

namespace {

/// Strokes: M x y starts, L x y goes on, Z closes, O x y r is a circle, A x y r from to an arc (degrees,
/// clockwise from the right), R x y w h r a rounded rectangle, D x y r a dot.
std::string_view strokes(Icon icon)
{
    switch (icon) {
    case Icon::none: return "";
    case Icon::globe:
        return "O 12 12 9 M 3 12 L 21 12 A 4 12 10.5 -58 58 A 20 12 10.5 122 238 M 12 3 L 12 21";
    case Icon::info: return "O 12 12 9 M 12 11 L 12 16.5 D 12 7.8 1.1";
    case Icon::person: return "O 12 8 4 A 12 21 8 180 360 M 4 21 L 20 21";
    case Icon::check: return "M 4.5 12.5 L 10 18 L 20 6.5";
    case Icon::cross: return "M 6 6 L 18 18 M 18 6 L 6 18";
    case Icon::warning: return "M 12 3.5 L 22 20.5 L 2 20.5 Z M 12 10 L 12 14.5 D 12 17.4 1.1";
    case Icon::stop:
        return "M 8.3 3 L 15.7 3 L 21 8.3 L 21 15.7 L 15.7 21 L 8.3 21 L 3 15.7 L 3 8.3 Z M 8 12 L 16 12";
    case Icon::back: return "M 20 12 L 5 12 M 11 5.5 L 4.5 12 L 11 18.5";
    case Icon::erase: return "M 8 5 L 21 5 L 21 19 L 8 19 L 2.5 12 Z M 11 9 L 17 15 M 17 9 L 11 15";
    case Icon::search: return "O 10.5 10.5 6.5 M 15.3 15.3 L 21 21";
    case Icon::wifi: return "A 12 19 15 -135 -45 A 12 19 10 -135 -45 A 12 19 5 -135 -45 D 12 19 1.3";
    case Icon::locker: return "R 4 2.5 16 19 1.5 M 12 2.5 L 12 21.5 M 9 11 L 9 14 M 15 11 L 15 14";
    case Icon::laptop: return "R 4.5 4.5 15 11 1.2 M 2 19.5 L 22 19.5 L 20.5 16.2 L 3.5 16.2 Z";
    case Icon::printer:
        return "M 7 9 L 7 3 L 17 3 L 17 9 M 7 17 L 3.5 17 L 3.5 9 L 20.5 9 L 20.5 17 L 17 17 R 7 14 10 7 0.6";
    case Icon::card: return "R 2.5 5 19 14 2 M 2.5 9.5 L 21.5 9.5 M 6 15 L 11 15";
    case Icon::lock:
        return "R 5 10.5 14 10.5 1.5 A 12 8 4.5 180 360 M 7.5 8 L 7.5 10.5 M 16.5 8 L 16.5 10.5 D 12 15.7 "
               "1.3";
    case Icon::returned:
        return "M 8.5 4 L 3.5 9 L 8.5 14 M 3.5 9 L 14.5 9 A 14.5 14.5 5.5 -90 90 M 14.5 20 L 7 20";
    case Icon::room: return "M 6 21 L 6 3.5 L 18 3.5 L 18 21 M 3 21 L 21 21 D 14.6 12.5 1.1";
    case Icon::edit: return "M 4 20 L 4.8 16 L 16 4.8 L 19.2 8 L 8 19.2 Z M 13.8 7 L 17 10.2";
    case Icon::text_size:
        return "M 2.5 20 L 9 4.5 L 15.5 20 M 4.8 14.8 L 13.2 14.8 M 16 20 L 19 12.5 L 22 20 M 17.2 17.4 L "
               "20.8 17.4";
    case Icon::contrast: return "O 12 12 9 M 12 3 L 12 21 M 15 5 L 15 19 M 18 7.5 L 18 16.5";
    case Icon::lower: return "M 12 4 L 12 16 M 6 10.5 L 12 16.5 L 18 10.5 M 4 20.5 L 20 20.5";
    case Icon::star:
        return "M 12 3.5 L 14.5 9.3 L 20.8 9.9 L 16 14 L 17.5 20.2 L 12 16.9 L 6.5 20.2 L 8 14 L 3.2 9.9 L "
               "9.5 9.3 Z";
    }
    return "";
}

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}
    /// The next command letter, 0 at the end.
    char command()
    {
        skip();
        if (text_.empty())
            return 0;
        const char c = text_.front();
        text_.remove_prefix(1);
        return c;
    }
    float number()
    {
        skip();
        float value = 0;
        const auto [end, status] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        if (status == std::errc{})
            text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
        return value;
    }

private:
    void skip()
    {
        while (!text_.empty() && text_.front() == ' ')
            text_.remove_prefix(1);
    }
    std::string_view text_;
};

struct Pen {
    Canvas& canvas;
    Rect box;
    Colour colour;
    bool mirror;
    float thickness;
    std::vector<Point> path{};

    [[nodiscard]] float scale() const { return box.w / 24; }
    [[nodiscard]] Point at(float x, float y) const
    {
        return {box.x + (mirror ? 24 - x : x) * scale(), box.y + y * scale()};
    }
    void finish(bool closed)
    {
        if (path.size() > 1)
            canvas.polyline(path, colour, thickness, closed);
        path.clear();
    }
};

void arc(Pen& pen, Reader& in)
{
    const float x = in.number();
    const float y = in.number();
    const float r = in.number();
    float from = in.number() * std::numbers::pi_v<float> / 180;
    float to = in.number() * std::numbers::pi_v<float> / 180;
    if (pen.mirror) {
        const float turned = std::numbers::pi_v<float> - to;
        to = std::numbers::pi_v<float> - from;
        from = turned;
    }
    pen.canvas.arc(pen.at(x, y), r * pen.scale(), from, to, pen.colour, pen.thickness);
}

void stroke(Pen& pen, char command, Reader& in)
{
    const float x = in.number();
    const float y = in.number();
    const float s = pen.scale();
    switch (command) {
    case 'M':
    case 'L': pen.path.push_back(pen.at(x, y)); break;
    case 'O': pen.canvas.stroke_circle(pen.at(x, y), in.number() * s, pen.colour, pen.thickness); break;
    case 'D': pen.canvas.fill_circle(pen.at(x, y), in.number() * s, pen.colour); break;
    case 'R': {
        const float w = in.number();
        const float h = in.number();
        const Point corner = pen.at(pen.mirror ? x + w : x, y);
        pen.canvas.stroke({corner.x, corner.y, w * s, h * s}, pen.colour, pen.thickness, in.number() * s);
        break;
    }
    case 0: break;
    }
}

} // namespace

void draw_icon(Canvas& canvas, Icon icon, Rect box, Colour colour, bool mirror)
{
    Pen pen{canvas, fit({1, 1}, box), colour, mirror, 0};
    pen.thickness = std::max(2.0F, pen.box.w * 1.7F / 24);
    Reader in(strokes(icon));
    for (char command = in.command(); command != 0; command = in.command()) {
        if (command != 'L' && command != 'Z')
            pen.finish(false);
        if (command == 'Z')
            pen.finish(true);
        else if (command == 'A')
            arc(pen, in);
        else
            stroke(pen, command, in);
    }
    pen.finish(false);
}

} // namespace montbrillant::ui
