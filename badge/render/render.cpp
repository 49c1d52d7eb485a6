// SPDX-License-Identifier: Apache-2.0
#include "badge/render/render.hpp"

#include "badge/render/qr.hpp"

#include <cmath>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr double pt_per_mm = 72 / 25.4;
constexpr double name_pt_min = 12;

PtBox points(const Box& box)
{
    return {box.x * pt_per_mm, box.y * pt_per_mm, box.width * pt_per_mm, box.height * pt_per_mm};
}

/// Draws the elements of one side, one overload per kind.
class Drawing {
public:
    Drawing(Canvas& canvas, const Layout& layout, const BadgeContent& content,
            std::vector<RenderWarning>& warnings)
        : canvas_(canvas), layout_(layout), content_(content), warnings_(warnings)
    {
    }

    Result<> draw(const Element& element)
    {
        if (!is_shown(element, content_))
            return {};
        element_ = &element;
        box_ = points(box_of(element, layout_, content_));
        color_ = rgb_of(element.color, layout_, content_);
        auto drawn = std::visit([this](const auto& what) { return draw(what); }, element.what);
        if (!drawn && drawn.error().where.empty())
            drawn.error().where = fmt::format("layout \"{}\", {}", layout_.name, element.name);
        return drawn;
    }

private:
    Result<> draw(const TextElement& element)
    {
        const std::string text = text_of(element, layout_, content_);
        if (text.empty())
            return {};
        const TextFitted fitted =
            canvas_.text(box_, text,
                         {element.fit, element.bold, element.align, element.vertical, element.leading,
                          element.rotation, element.opacity, content_.language, color_});
        if (fitted.missing_glyphs > 0)
            warn(RenderWarning::Kind::missing_glyphs,
                 fmt::format("{} characters are in no installed font", fitted.missing_glyphs));
        if (fitted.overflow)
            warn(RenderWarning::Kind::overflow,
                 fmt::format("is too long and was cut at {} pt", fitted.size_pt));
        else if (fitted.size_pt < name_pt_min && element.content.find("{name}") != std::string::npos)
            warn(RenderWarning::Kind::small_name, fmt::format("came out at {} pt only", fitted.size_pt));
        return {};
    }

    Result<> draw(const ImageElement& element) { return canvas_.png(box_, *element.png); }

    Result<> draw(const PhotoElement& element)
    {
        return content_.photo.empty() ? Result<>{}
                                      : canvas_.jpeg(box_, content_.photo, element.radius * pt_per_mm);
    }

    Result<> draw(const QrElement& element)
    {
        const std::string text = fill(element.content, layout_, content_);
        if (text.empty())
            return {};
        MB_TRY(const QrCode code, qr_encode(text));
        canvas_.modules(box_, code.size, code.dark, QrCode::quiet_modules);
        return {};
    }

    Result<> draw(const RectElement& element)
    {
        canvas_.rect(box_, color_, element.radius * pt_per_mm);
        return {};
    }

    Result<> draw(const LineElement& element)
    {
        canvas_.line(box_, color_, element.stroke_mm * pt_per_mm);
        return {};
    }

    void warn(RenderWarning::Kind kind, std::string text)
    {
        warnings_.push_back({kind, element_->name, fmt::format("{}: {}", element_->name, text)});
    }

    Canvas& canvas_;
    const Layout& layout_;
    const BadgeContent& content_;
    std::vector<RenderWarning>& warnings_;
    const Element* element_ = nullptr;
    PtBox box_;
    Rgb color_;
};

Result<> check(const BadgeContent& content)
{
    const auto too_long = [](const std::string& text) { return text.size() > BadgeContent::text_bytes_max; };
    bool bad = content.event.size() > BadgeContent::event_lines_max || too_long(content.badge.str());
    for (const auto& line : content.event)
        bad = bad || too_long(line);
    for (const auto* text :
         {&content.name, &content.latin_name, &content.organization, &content.delegation,
          &content.category_word, &content.category_letter, &content.role_word, &content.day, &content.mark})
        bad = bad || too_long(*text);
    if (bad)
        return fail(ErrorKind::input,
                    fmt::format("a text of the badge has more than {} bytes, or the event "
                                "more than {} lines",
                                BadgeContent::text_bytes_max, BadgeContent::event_lines_max));
    return {};
}

Result<> draw_side(Canvas& canvas, const Layout& layout, const BadgeContent& content, Side side,
                   std::vector<RenderWarning>& warnings)
{
    MB_CHECK(check(content));
    Drawing drawing(canvas, layout, content, warnings);
    for (const Element& element : layout.side(side))
        MB_CHECK(drawing.draw(element));
    return {};
}

int pixels(double mm, double dpi) { return static_cast<int>(std::lround(mm / 25.4 * dpi)); }

Result<Canvas> draw_raster(const Layout& layout, const BadgeContent& content, double dpi, Side side,
                           std::vector<RenderWarning>& warnings)
{
    Canvas canvas = Canvas::raster(pixels(layout.width_mm, dpi), pixels(layout.height_mm, dpi), dpi / 72);
    MB_CHECK(draw_side(canvas, layout, content, side, warnings));
    return canvas;
}

Result<> check_dpi(double dpi)
{
    if (dpi >= 36 && dpi <= 1200)
        return {};
    return fail(ErrorKind::input, "the resolution must be from 36 to 1200 dpi");
}

} // namespace

Result<RenderedBadge> render_pdf(const Layout& layout, const BadgeContent& content, WallTime created)
{
    RenderedBadge out;
    Canvas canvas = Canvas::pdf(layout.width_mm * pt_per_mm, layout.height_mm * pt_per_mm, created);
    MB_CHECK(draw_side(canvas, layout, content, Side::front, out.warnings));
    if (!layout.back.empty()) {
        canvas.next_page();
        MB_CHECK(draw_side(canvas, layout, content, Side::back, out.warnings));
        out.pages = 2;
    }
    MB_TRY(out.bytes, canvas.to_pdf());
    return out;
}

Result<RenderedBadge> render_png(const Layout& layout, const BadgeContent& content, double dpi, Side side)
{
    MB_CHECK(check_dpi(dpi));
    RenderedBadge out;
    MB_TRY(Canvas canvas, draw_raster(layout, content, dpi, side, out.warnings));
    MB_TRY(out.bytes, canvas.to_png());
    return out;
}

Result<RgbaImage> render_rgba(const Layout& layout, const BadgeContent& content, int width_px, Side side)
{
    if (width_px < 16 || width_px > 4096)
        return fail(ErrorKind::input, "the width must be from 16 to 4096 pixels");
    std::vector<RenderWarning> warnings;
    MB_TRY(Canvas canvas, draw_raster(layout, content, width_px / layout.width_mm * 25.4, side, warnings));
    return canvas.to_rgba();
}

Result<LumaImage> render_luma(const Layout& layout, const BadgeContent& content, double dpi,
                              const Box& window)
{
    MB_CHECK(check_dpi(dpi));
    std::vector<RenderWarning> warnings;
    Canvas canvas = Canvas::raster(pixels(window.width, dpi), pixels(window.height, dpi), dpi / 72,
                                   pixels(window.x, dpi), pixels(window.y, dpi));
    MB_CHECK(draw_side(canvas, layout, content, Side::front, warnings));
    return canvas.to_luma();
}

} // namespace montbrillant
