// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/ui.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace montbrillant::ui {

namespace {

constexpr Millis double_tap{250};
/// Fingers slide a little; a press that ends this far outside its rectangle still counts.
constexpr float slop_u = 1;

} // namespace

Ui::Ui() : cache_(textures_), theme_(Theme::light()) {}

void Ui::begin(Size screen, const Look& look, Language language)
{
    screen_ = screen;
    unit_ = std::min(screen.w, screen.h) / units_per_short_side;
    look_ = look;
    language_ = language;
    theme_ = look.high_contrast ? Theme::high_contrast() : Theme::light(look.accent);
    ground_ = theme_.ground;
    mirror_ = true;
    hits_.clear();
    texts_.clear();
    edges_.clear();
    cache_.begin_frame(language);
    canvas_.begin(screen, cache_.first_page(),
                  {TextCache::white.x / TextCache::page_width, TextCache::white.y / TextCache::page_height});
}

Frame Ui::end() { return {canvas_.end(), textures_, theme_.ground, screen_}; }

void Ui::wipe()
{
    cache_.wipe();
    drop_picture();
    hits_.clear();
    for (auto& record : texts_)
        std::fill(record.text.begin(), record.text.end(), '\0');
    texts_.clear();
    pressed_.reset();
    press_at_.reset();
    keyboard_turn_ = 0;
}

std::optional<Rect> Ui::find(std::string_view id) const
{
    for (const auto& hit : hits_) {
        if (hit.id == id)
            return hit.rect;
    }
    return std::nullopt;
}

std::optional<flow::Msg> Ui::pointer(const PointerEvent& event, MonoTime now)
{
    switch (event.kind) {
    case PointerKind::down: {
        pressed_.reset();
        press_at_ = event.at;
        const float near = u(4);
        const bool second_half = released_at_ && now - *released_at_ < double_tap &&
                                 std::abs(event.at.x - released_point_.x) < near &&
                                 std::abs(event.at.y - released_point_.y) < near;
        released_at_.reset();
        if (second_half)
            return std::nullopt;
        for (const auto& hit : hits_) {
            if (hit.rect.contains(event.at) && hit.enabled)
                pressed_ = hit.id;
        }
        return flow::Msg{flow::Touched{}};
    }
    case PointerKind::move: return std::nullopt;
    case PointerKind::up: return release(event.at, now);
    case PointerKind::cancel: pressed_.reset(); return std::nullopt;
    }
    return std::nullopt;
}

std::optional<flow::Msg> Ui::release(Point at, MonoTime now)
{
    if (!pressed_)
        return std::nullopt;
    const auto id = *pressed_;
    pressed_.reset();
    for (const auto& hit : hits_) {
        if (hit.id != id || !hit.enabled || !hit.rect.inset(-u(slop_u)).contains(at))
            continue;
        if (std::holds_alternative<Local>(hit.action)) {
            ++keyboard_turn_;
            return flow::Msg{flow::Touched{}};
        }
        const auto& msg = std::get<flow::Msg>(hit.action);
        // People type the same letter twice on purpose; only a screen's button is guarded.
        if (std::holds_alternative<flow::Pressed>(msg) || std::holds_alternative<flow::RowChosen>(msg) ||
            std::holds_alternative<flow::LanguageChosen>(msg)) {
            released_at_ = now;
            released_point_ = at;
        }
        return msg;
    }
    return std::nullopt;
}

void Ui::fill(Rect rect, Colour colour, float radius) { canvas_.fill(place(rect), colour, radius); }

void Ui::stroke(Rect rect, Colour colour, float thickness, float radius)
{
    canvas_.stroke(place(rect), colour, thickness, radius);
}

Ui::Ground Ui::panel(Rect rect, const Tint& tint, float radius)
{
    fill(rect, tint.ground, radius);
    if (tint.edge != tint.ground) {
        stroke(rect, tint.edge, std::max(2.0F, u(0.25F)), radius);
        edges_.push_back({tint.edge, ground_});
    }
    return {*this, tint.ground};
}

Ui::Ground Ui::on(Colour ground) { return {*this, ground}; }
Ui::Unmirrored Ui::unmirrored() { return Unmirrored{*this}; }

TextStyle Ui::style_of(const TextLook& look, float width, float factor) const
{
    const float large = look_.large_text ? large_text_factor : 1.0F;
    TextStyle style;
    style.px = static_cast<int>(std::lround(type_px(look.type) * unit_ / 8.0F * large * factor));
    style.weight = look.weight;
    style.align = look.align;
    style.width_px = std::max(1, static_cast<int>(std::floor(width)));
    style.lines_max = look.lines_max;
    return style;
}

Size Ui::measure(const std::string& text, const TextLook& look, float width)
{
    const auto m = cache_.measure(text, style_of(look, width, 1));
    return {static_cast<float>(m.width), static_cast<float>(m.height)};
}

float Ui::caret_x(const std::string& text, const TextLook& look, float width)
{
    return static_cast<float>(cache_.caret_x(text, style_of(look, width, 1)));
}

/// The narrowest width that needs no more lines.
TextStyle Ui::balanced(const std::string& text, TextStyle style)
{
    const int lines = cache_.measure(text, style).lines;
    if (lines < 2)
        return style;
    const int step = std::max(1, style.width_px / 24);
    for (auto narrower = style; narrower.width_px > style.width_px / 2; style = narrower) {
        narrower.width_px -= step;
        const auto metrics = cache_.measure(text, narrower);
        if (metrics.lines > lines || metrics.broken_word || metrics.ellipsised ||
            metrics.width > narrower.width_px)
            break;
    }
    return style;
}

float Ui::text(Rect box, const std::string& text, const TextLook& look)
{
    if (text.empty())
        return 0;
    const auto tight = [&](const TextMetrics& m) {
        return m.ellipsised || m.broken_word || (box.h > 0 && static_cast<float>(m.height) > box.h + 1) ||
               static_cast<float>(m.width) > box.w + 1;
    };
    float factor = 1;
    auto style = style_of(look, box.w, factor);
    auto metrics = cache_.measure(text, style);
    while (tight(metrics) && factor - 0.06F >= look.shrink) {
        factor -= 0.06F;
        style = style_of(look, box.w, factor);
        metrics = cache_.measure(text, style);
    }
    const bool too_long =
        tight(metrics) && !(look.may_ellipsise && (metrics.ellipsised || metrics.broken_word));
    const float full_width = static_cast<float>(style.width_px);
    if (look.balance && !tight(metrics)) {
        style = balanced(text, style);
        metrics = cache_.measure(text, style);
    }
    const auto height = static_cast<float>(metrics.height);
    const auto ink = look.ink.value_or(theme_.ink);
    Rect placed = place(box);
    if (look.middle && box.h > 0)
        placed.y += (box.h - height) / 2;
    const float spare = full_width - static_cast<float>(style.width_px);
    if (look.align == Align::center)
        placed.x += spare / 2;
    else if ((look.align == Align::end) != rtl())
        placed.x += spare;
    const auto glyphs = cache_.glyphs(text, style);
    if (glyphs.page != 0) {
        const Rect& p = glyphs.pixels;
        const Rect uv{p.x / TextCache::page_width, p.y / TextCache::page_height, p.w / TextCache::page_width,
                      p.h / TextCache::page_height};
        // Whole pixels: the alpha was made for them.
        canvas_.image(
            glyphs.page,
            {std::round(placed.x + glyphs.offset.x), std::round(placed.y + glyphs.offset.y), p.w, p.h}, uv,
            ink);
    }
    texts_.push_back(
        {text, place(box), {static_cast<float>(metrics.width), height}, style.px, too_long, ink, ground_});
    return height;
}

void Ui::drop_picture()
{
    if (picture_texture_ != 0)
        textures_.remove(picture_texture_);
    picture_texture_ = 0;
    picture_of_.reset();
}

void Ui::picture(Rect rect, const flow::Picture& picture)
{
    const auto bytes = static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) * 4;
    if (!picture.rgba || bytes == 0 || picture.rgba->size() != bytes)
        return;
    if (picture_of_ != picture.rgba) {
        drop_picture();
        auto& texture = textures_.add(picture.width, picture.height);
        std::memcpy(texture.pixels.data(), picture.rgba->data(), bytes);
        picture_texture_ = texture.id;
        picture_of_ = picture.rgba;
    }
    canvas_.image(picture_texture_, place(rect), {0, 0, 1, 1}, rgb(0xFFFFFF));
}

void Ui::hit(std::string id, Rect rect, Action action, bool enabled)
{
    hits_.push_back({std::move(id), place(rect), std::move(action), enabled});
}

} // namespace montbrillant::ui
