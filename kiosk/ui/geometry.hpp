// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Points and rectangles of the screen in pixels, x to the right, y down.

namespace montbrillant::ui {

struct Point {
    float x = 0;
    float y = 0;
};

struct Size {
    float w = 0;
    float h = 0;
    friend bool operator==(const Size&, const Size&) = default;
};

struct Rect {
    float x = 0;
    float y = 0;
    float w = 0;
    float h = 0;

    [[nodiscard]] float right() const { return x + w; }
    [[nodiscard]] float bottom() const { return y + h; }
    [[nodiscard]] Point center() const { return {x + w / 2, y + h / 2}; }
    [[nodiscard]] bool contains(Point p) const
    {
        return p.x >= x && p.x < right() && p.y >= y && p.y < bottom();
    }
    [[nodiscard]] bool overlaps(const Rect& o) const
    {
        return x < o.right() && o.x < right() && y < o.bottom() && o.y < bottom();
    }
    [[nodiscard]] Rect inset(float by) const { return {x + by, y + by, w - 2 * by, h - 2 * by}; }
    [[nodiscard]] Rect inset(float dx, float dy) const { return {x + dx, y + dy, w - 2 * dx, h - 2 * dy}; }
    /// Cuts a strip off and returns it; what remains loses `gap` as well.
    Rect cut_top(float height, float gap = 0)
    {
        const Rect strip{x, y, w, height};
        y += height + gap;
        h -= height + gap;
        return strip;
    }
    Rect cut_bottom(float height, float gap = 0)
    {
        const Rect strip{x, bottom() - height, w, height};
        h -= height + gap;
        return strip;
    }
    Rect cut_left(float width, float gap = 0)
    {
        const Rect strip{x, y, width, h};
        x += width + gap;
        w -= width + gap;
        return strip;
    }
    Rect cut_right(float width, float gap = 0)
    {
        const Rect strip{right() - width, y, width, h};
        w -= width + gap;
        return strip;
    }
    friend bool operator==(const Rect&, const Rect&) = default;
};

/// The largest rectangle of the aspect of `content` inside `box`, centred.
[[nodiscard]] inline Rect fit(Size content, Rect box)
{
    if (content.w <= 0 || content.h <= 0 || box.w <= 0 || box.h <= 0)
        return {box.center().x, box.center().y, 0, 0};
    const float scale = box.w / content.w < box.h / content.h ? box.w / content.w : box.h / content.h;
    const Size size{content.w * scale, content.h * scale};
    return {box.x + (box.w - size.w) / 2, box.y + (box.h - size.h) / 2, size.w, size.h};
}

/// The middle of `box`, at most `height` high, a little above the centre, where the eye expects it.
[[nodiscard]] inline Rect middle(Rect box, float height)
{
    if (height >= box.h)
        return box;
    return {box.x, box.y + (box.h - height) * 0.42F, box.w, height};
}

/// Where a rectangle written from left to right stands in a language written from right to left.
[[nodiscard]] inline Rect mirrored(Rect r, float screen_width)
{
    return {screen_width - r.x - r.w, r.y, r.w, r.h};
}

} // namespace montbrillant::ui
