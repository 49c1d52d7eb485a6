// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Triangles with anti-aliased edges: the kiosk's only wrapper of Dear ImGui, of which nothing but the draw
/// list is used (no context, no windows, no fonts, no input). UI thread.

#include "kiosk/ui/geometry.hpp"
#include "kiosk/ui/texture.hpp"
#include "kiosk/ui/theme.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace montbrillant::ui {

struct Vertex {
    float x;
    float y;
    float u;
    float v;
    std::uint32_t rgba; ///< bytes r, g, b, a in memory
};

struct DrawCommand {
    Rect clip;
    TextureId texture = 0;
    std::size_t index_first = 0;
    std::size_t index_count = 0;
};

/// Valid until the canvas begins the next frame.
struct Geometry {
    std::span<const Vertex> vertices;
    std::span<const std::uint16_t> indices;
    std::vector<DrawCommand> commands;
};

class Canvas {
public:
    Canvas();
    ~Canvas();
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;

    /// `solid` is a texture with white pixels at `white` (in its 0..1 coordinates).
    void begin(Size screen, TextureId solid, Point white);
    [[nodiscard]] Geometry end();

    void fill(Rect rect, Colour colour, float radius = 0);
    void stroke(Rect rect, Colour colour, float thickness, float radius = 0);
    void fill_circle(Point center, float radius, Colour colour);
    void stroke_circle(Point center, float radius, Colour colour, float thickness);
    void line(Point a, Point b, Colour colour, float thickness);
    /// A convex polygon, clockwise.
    void polygon(std::span<const Point> points, Colour colour);
    void polyline(std::span<const Point> points, Colour colour, float thickness, bool closed);
    /// From angle to angle in radians, clockwise from the right.
    void arc(Point center, float radius, float from, float to, Colour colour, float thickness);
    void image(TextureId texture, Rect target, Rect uv, Colour tint);
    void push_clip(Rect rect);
    void pop_clip();

private:
    struct ImGui;
    std::unique_ptr<ImGui> imgui_;
};

} // namespace montbrillant::ui
