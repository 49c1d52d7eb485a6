// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/canvas.hpp"

#include <cstddef>
#include <imgui.h>
#include <imgui_internal.h>

namespace montbrillant::ui {

static_assert(sizeof(Vertex) == sizeof(ImDrawVert) && offsetof(Vertex, u) == offsetof(ImDrawVert, uv) &&
              offsetof(Vertex, rgba) == offsetof(ImDrawVert, col));
static_assert(sizeof(ImDrawIdx) == sizeof(std::uint16_t));

namespace {

ImU32 packed(Colour c) { return IM_COL32(c.r, c.g, c.b, c.a); }
ImVec2 vec(Point p) { return {p.x, p.y}; }
ImTextureID texture_id(TextureId id)
{
    return reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(id));
}

} // namespace

struct Canvas::ImGui {
    ImDrawListSharedData shared;
    ImDrawList list{&shared};
};

Canvas::Canvas() : imgui_(std::make_unique<ImGui>())
{
    // Lines by geometry: a line texture would have to be baked into every text page.
    imgui_->shared.InitialFlags = ImDrawListFlags_AntiAliasedLines | ImDrawListFlags_AntiAliasedFill;
    imgui_->shared.SetCircleTessellationMaxError(0.2F);
    imgui_->shared.CurveTessellationTol = 0.5F;
}

Canvas::~Canvas() = default;

void Canvas::begin(Size screen, TextureId solid, Point white)
{
    imgui_->shared.ClipRectFullscreen = {0, 0, screen.w, screen.h};
    imgui_->shared.TexUvWhitePixel = vec(white);
    imgui_->list._ResetForNewFrame();
    imgui_->list.PushClipRectFullScreen();
    imgui_->list.PushTextureID(texture_id(solid));
}

Geometry Canvas::end()
{
    auto& list = imgui_->list;
    list._PopUnusedDrawCmd();
    Geometry out;
    out.vertices = {reinterpret_cast<const Vertex*>(list.VtxBuffer.Data),
                    static_cast<std::size_t>(list.VtxBuffer.Size)};
    out.indices = {list.IdxBuffer.Data, static_cast<std::size_t>(list.IdxBuffer.Size)};
    for (const auto& command : list.CmdBuffer) {
        const auto& clip = command.ClipRect;
        out.commands.push_back({{clip.x, clip.y, clip.z - clip.x, clip.w - clip.y},
                                static_cast<TextureId>(reinterpret_cast<std::uintptr_t>(command.TextureId)),
                                command.IdxOffset,
                                command.ElemCount});
    }
    return out;
}

void Canvas::fill(Rect r, Colour colour, float radius)
{
    imgui_->list.AddRectFilled({r.x, r.y}, {r.right(), r.bottom()}, packed(colour), radius);
}

void Canvas::stroke(Rect r, Colour colour, float thickness, float radius)
{
    const Rect inner = r.inset(thickness / 2); // the edge stays inside the rectangle
    imgui_->list.AddRect({inner.x, inner.y}, {inner.right(), inner.bottom()}, packed(colour), radius, 0,
                         thickness);
}

void Canvas::fill_circle(Point center, float radius, Colour colour)
{
    imgui_->list.AddCircleFilled(vec(center), radius, packed(colour));
}

void Canvas::stroke_circle(Point center, float radius, Colour colour, float thickness)
{
    imgui_->list.AddCircle(vec(center), radius, packed(colour), 0, thickness);
}

void Canvas::line(Point a, Point b, Colour colour, float thickness)
{
    imgui_->list.AddLine(vec(a), vec(b), packed(colour), thickness);
}

void Canvas::polygon(std::span<const Point> points, Colour colour)
{
    for (const auto& p : points)
        imgui_->list.PathLineTo(vec(p));
    imgui_->list.PathFillConvex(packed(colour));
}

void Canvas::polyline(std::span<const Point> points, Colour colour, float thickness, bool closed)
{
    for (const auto& p : points)
        imgui_->list.PathLineTo(vec(p));
    imgui_->list.PathStroke(packed(colour), closed ? ImDrawFlags_Closed : ImDrawFlags_None, thickness);
}

void Canvas::arc(Point center, float radius, float from, float to, Colour colour, float thickness)
{
    imgui_->list.PathArcTo(vec(center), radius, from, to);
    imgui_->list.PathStroke(packed(colour), ImDrawFlags_None, thickness);
}

void Canvas::image(TextureId texture, Rect target, Rect uv, Colour tint)
{
    imgui_->list.AddImage(texture_id(texture), {target.x, target.y}, {target.right(), target.bottom()},
                          {uv.x, uv.y}, {uv.right(), uv.bottom()}, packed(tint));
}

void Canvas::push_clip(Rect r) { imgui_->list.PushClipRect({r.x, r.y}, {r.right(), r.bottom()}, true); }
void Canvas::pop_clip() { imgui_->list.PopClipRect(); }

} // namespace montbrillant::ui
