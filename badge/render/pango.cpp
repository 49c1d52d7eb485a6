// SPDX-License-Identifier: Apache-2.0
#include "badge/render/pango.hpp"

#include "badge/render/jpeg.hpp"

#include <algorithm>
#include <array>
#include <cairo/cairo-pdf.h>
#include <cairo/cairo.h>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <numbers>
#include <pango/pangocairo.h>
#include <utility>

namespace montbrillant {
namespace {

// Text is laid out once at this size and then scaled: another font size per probe of the fit would cost a
// fontconfig sort each time (measured: 154 against 242 badges a second).
constexpr double base_pt = 20;
constexpr double print_dots_per_pt = 300 / 72.0; // and of 600 and 1200 dpi
constexpr const char* families = "Noto Sans,Noto Sans Arabic UI,Noto Sans CJK SC,Noto Sans CJK JP";

template <auto Destroy> struct Deleter {
    template <class T> void operator()(T* object) const { Destroy(object); }
};
using Surface = std::unique_ptr<cairo_surface_t, Deleter<cairo_surface_destroy>>;
using Cairo = std::unique_ptr<cairo_t, Deleter<cairo_destroy>>;
using PangoText = std::unique_ptr<PangoLayout, Deleter<g_object_unref>>;
using FontFace = std::unique_ptr<PangoFontDescription, Deleter<pango_font_description_free>>;

FontFace font_face(bool bold)
{
    FontFace face(pango_font_description_new());
    pango_font_description_set_family_static(face.get(), families);
    pango_font_description_set_weight(face.get(), bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(face.get(), base_pt * PANGO_SCALE);
    return face;
}

/// Fonts of this thread.
struct Fonts {
    std::unique_ptr<PangoFontMap, Deleter<g_object_unref>> map{pango_cairo_font_map_new()};
    std::unique_ptr<PangoContext, Deleter<g_object_unref>> context;
    FontFace regular = font_face(false);
    FontFace bold = font_face(true);

    Fonts()
    {
        pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map.get()), 72);
        context.reset(pango_font_map_create_context(map.get()));
        cairo_font_options_t* options = cairo_font_options_create();
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
        pango_cairo_context_set_font_options(context.get(), options);
        cairo_font_options_destroy(options);
    }
};

Fonts& fonts()
{
    thread_local Fonts mine;
    return mine;
}

// Han characters differ by region: the language says whose.
PangoLanguage* pango_language(Language language)
{
    if (language == Language::zh)
        return pango_language_from_string("zh-cn");
    return pango_language_from_string(std::string(language_code(language)).c_str());
}

std::string printable(std::string_view utf8)
{
    std::unique_ptr<char, Deleter<g_free>> valid(
        g_utf8_make_valid(utf8.data(), static_cast<gssize>(utf8.size())));
    std::string text(valid.get());
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = ' ';
    }
    return text;
}

struct Extents {
    PangoRectangle ink{};
    PangoRectangle logical{};
};

/// One text in one box: finds the size. Works in the box's own frame, in points.
class Fitter {
public:
    Fitter(PangoLayout* layout, const PtBox& box, const Fit& fit) : layout_(layout), box_(box), fit_(fit) {}

    TextFitted run()
    {
        TextFitted out;
        pango_layout_set_wrap(layout_, PANGO_WRAP_WORD);
        if (fits(fit_.max_pt)) {
            out.size_pt = fit_.max_pt;
        } else if (!fits(fit_.min_pt)) {
            out.size_pt = fit_.min_pt;
            out.overflow = true;
            cut();
        } else {
            out.size_pt = search();
            // The last probe may have been one that failed.
            (void)fits(out.size_pt);
        }
        out.missing_glyphs = pango_layout_get_unknown_glyphs_count(layout_);
        return out;
    }

    [[nodiscard]] Extents extents() const
    {
        Extents out;
        pango_layout_get_extents(layout_, &out.ink, &out.logical);
        return out;
    }

private:
    bool fits(double pt)
    {
        const double k = pt / base_pt;
        const double width = box_.width / k * PANGO_SCALE;
        const double height = box_.height / k * PANGO_SCALE;
        pango_layout_set_width(layout_, static_cast<int>(width));
        const auto [ink, logical] = extents();
        return logical.height <= height && ink.height <= height && logical.width <= width &&
               ink.width <= width && pango_layout_get_line_count(layout_) <= fit_.lines;
    }

    double search()
    {
        int good = 0; // half points above the minimum
        int bad = static_cast<int>(std::ceil((fit_.max_pt - fit_.min_pt) * 2));
        while (bad - good > 1) {
            const int middle = (good + bad) / 2;
            (fits(fit_.min_pt + middle / 2.0) ? good : bad) = middle;
        }
        return fit_.min_pt + good / 2.0;
    }

    void cut()
    {
        pango_layout_set_wrap(layout_, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_ellipsize(layout_, PANGO_ELLIPSIZE_END);
        for (int lines = fit_.lines; lines >= 1; --lines) {
            pango_layout_set_height(layout_, -lines);
            if (fits(fit_.min_pt))
                return;
        }
    }

    PangoLayout* layout_;
    PtBox box_;
    Fit fit_;
};

// Pango swaps left and right for a paragraph that runs from right to left; we mean the paper's sides.
PangoAlignment alignment(const TextStyle& style, bool text_is_rtl)
{
    if (style.align == Align::center)
        return PANGO_ALIGN_CENTER;
    const bool to_right = (style.align == Align::end) != right_to_left(style.language);
    return to_right == text_is_rtl ? PANGO_ALIGN_LEFT : PANGO_ALIGN_RIGHT;
}

PangoText make_text(std::string_view utf8, const TextStyle& style)
{
    const std::string text = printable(utf8);
    Fonts& own = fonts();
    pango_context_set_language(own.context.get(), pango_language(style.language));
    PangoText layout(pango_layout_new(own.context.get()));
    pango_layout_set_font_description(layout.get(), style.bold ? own.bold.get() : own.regular.get());
    pango_layout_set_line_spacing(layout.get(), static_cast<float>(style.leading));
    pango_layout_set_text(layout.get(), text.c_str(), static_cast<int>(text.size()));
    const bool rtl = pango_layout_get_line_readonly(layout.get(), 0)->resolved_dir == PANGO_DIRECTION_RTL;
    pango_layout_set_alignment(layout.get(), alignment(style, rtl));
    return layout;
}

// Where the layout's top goes inside a box of that height: by its lines, then pushed so that no ink is out.
double top_offset(const Extents& at_base, double k, double box_height, VerticalAlign vertical)
{
    const double scale = k / PANGO_SCALE;
    const double spare = box_height - at_base.logical.height * scale;
    double top = vertical == VerticalAlign::top ? 0 : vertical == VerticalAlign::bottom ? spare : spare / 2;
    top -= at_base.logical.y * scale;
    const double ink_top = at_base.ink.y * scale;
    const double ink_bottom = (at_base.ink.y + at_base.ink.height) * scale;
    top = std::min(top, box_height - ink_bottom);
    return std::max(top, -ink_top);
}

// The same for the sides: italic or Arabic ink may reach past its advance.
double left_offset(const Extents& at_base, double k, double box_width)
{
    const double scale = k / PANGO_SCALE;
    const double ink_left = at_base.ink.x * scale;
    const double ink_right = (at_base.ink.x + at_base.ink.width) * scale;
    return std::max(std::min(0.0, box_width - ink_right), -ink_left);
}

cairo_status_t append(void* closure, const unsigned char* data, unsigned int length)
{
    auto& out = *static_cast<Bytes*>(closure);
    out.insert(out.end(), data, data + length);
    return CAIRO_STATUS_SUCCESS;
}

cairo_status_t take(void* closure, unsigned char* data, unsigned int length)
{
    auto& rest = *static_cast<BytesView*>(closure);
    if (rest.size() < length)
        return CAIRO_STATUS_READ_ERROR;
    std::memcpy(data, rest.data(), length);
    rest = rest.subspan(length);
    return CAIRO_STATUS_SUCCESS;
}

std::uint32_t big_endian_32(BytesView at)
{
    return static_cast<std::uint32_t>(at[0]) << 24U | static_cast<std::uint32_t>(at[1]) << 16U |
           static_cast<std::uint32_t>(at[2]) << 8U | at[3];
}

Result<Surface> surface_from_png(BytesView png)
{
    constexpr std::array<std::uint8_t, 8> signature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    if (png.size() < 33 || !std::equal(signature.begin(), signature.end(), png.begin()))
        return fail(ErrorKind::input, "is not a PNG picture");
    // Before anything is decompressed: what size does the header claim (PNG, 11.2.2 IHDR)?
    if (big_endian_32(png.subspan(16)) > side_px_max || big_endian_32(png.subspan(20)) > side_px_max)
        return fail(ErrorKind::input, fmt::format("is a picture of more than {0} x {0} pixels", side_px_max));
    Surface surface(cairo_image_surface_create_from_png_stream(take, &png));
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
        return fail(ErrorKind::input, "is a damaged PNG picture");
    return surface;
}

std::uint32_t pixel_at(const unsigned char* row, int x)
{
    std::uint32_t pixel{};
    std::memcpy(&pixel, row + x * 4, 4);
    return pixel;
}

// ITU-R BT.601 luma in integers.
std::uint8_t luma(std::uint32_t pixel)
{
    const std::uint32_t r = pixel >> 16U & 255U;
    const std::uint32_t g = pixel >> 8U & 255U;
    const std::uint32_t b = pixel & 255U;
    return static_cast<std::uint8_t>((r * 299 + g * 587 + b * 114) / 1000);
}

LumaImage luma_of(cairo_surface_t* surface)
{
    cairo_surface_flush(surface);
    LumaImage out{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
    const unsigned char* data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    out.pixels.reserve(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height));
    for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x)
            out.pixels.push_back(luma(pixel_at(data + y * stride, x)));
    }
    return out;
}

void rounded(cairo_t* cr, const PtBox& box, double radius)
{
    const double r = std::min({radius, box.width / 2, box.height / 2});
    if (r <= 0) {
        cairo_rectangle(cr, box.x, box.y, box.width, box.height);
        return;
    }
    constexpr double quarter = std::numbers::pi / 2;
    const double right = box.x + box.width - r;
    const double bottom = box.y + box.height - r;
    cairo_new_sub_path(cr);
    cairo_arc(cr, right, box.y + r, r, -quarter, 0);
    cairo_arc(cr, right, bottom, r, 0, quarter);
    cairo_arc(cr, box.x + r, bottom, r, quarter, 2 * quarter);
    cairo_arc(cr, box.x + r, box.y + r, r, 2 * quarter, 3 * quarter);
    cairo_close_path(cr);
}

class Saved {
public:
    explicit Saved(cairo_t* cr) : cr_(cr) { cairo_save(cr); }
    Saved(const Saved&) = delete;
    Saved& operator=(const Saved&) = delete;
    ~Saved() { cairo_restore(cr_); }

private:
    cairo_t* cr_;
};

} // namespace

struct Canvas::Impl {
    Bytes stream; // the PDF as it grows
    Surface surface;
    Cairo cr;
    double dots_per_pt{};
    bool is_pdf = false;

    void color(Rgb rgb, double opacity = 1)
    {
        cairo_set_source_rgba(cr.get(), rgb.r / 255.0, rgb.g / 255.0, rgb.b / 255.0, opacity);
    }

    Result<> healthy() const
    {
        if (const auto status = cairo_status(cr.get()); status != CAIRO_STATUS_SUCCESS)
            return fail(ErrorKind::input, fmt::format("cannot be drawn: {}", cairo_status_to_string(status)));
        return {};
    }
};

Canvas::Canvas(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Canvas::Canvas(Canvas&&) noexcept = default;
Canvas& Canvas::operator=(Canvas&&) noexcept = default;
Canvas::~Canvas() = default;

Canvas Canvas::pdf(double width_pt, double height_pt, WallTime created)
{
    auto impl = std::make_unique<Impl>();
    impl->surface.reset(cairo_pdf_surface_create_for_stream(append, &impl->stream, width_pt, height_pt));
    cairo_pdf_surface_set_metadata(impl->surface.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                   rfc3339({created.ms / 1000 * 1000}).substr(0, 19).append("Z").c_str());
    impl->cr.reset(cairo_create(impl->surface.get()));
    impl->dots_per_pt = print_dots_per_pt;
    impl->is_pdf = true;
    return Canvas(std::move(impl));
}

Canvas Canvas::raster(int width_px, int height_px, double px_per_pt, int left_px, int top_px)
{
    auto impl = std::make_unique<Impl>();
    impl->surface.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px));
    impl->cr.reset(cairo_create(impl->surface.get()));
    cairo_set_source_rgb(impl->cr.get(), 1, 1, 1);
    cairo_paint(impl->cr.get());
    cairo_translate(impl->cr.get(), -left_px, -top_px);
    cairo_scale(impl->cr.get(), px_per_pt, px_per_pt);
    impl->dots_per_pt = px_per_pt;
    return Canvas(std::move(impl));
}

void Canvas::rect(PtBox box, Rgb color, double radius_pt)
{
    impl_->color(color);
    rounded(impl_->cr.get(), box, radius_pt);
    cairo_fill(impl_->cr.get());
}

void Canvas::line(PtBox from_to, Rgb color, double stroke_pt)
{
    cairo_t* cr = impl_->cr.get();
    impl_->color(color);
    cairo_set_line_width(cr, stroke_pt);
    cairo_move_to(cr, from_to.x, from_to.y);
    cairo_line_to(cr, from_to.x + from_to.width, from_to.y + from_to.height);
    cairo_stroke(cr);
}

TextFitted Canvas::text(const PtBox& box, std::string_view utf8, const TextStyle& style)
{
    cairo_t* cr = impl_->cr.get();
    const Saved saved(cr);
    cairo_translate(cr, box.x + box.width / 2, box.y + box.height / 2);
    cairo_rotate(cr, style.rotation * std::numbers::pi / 180);
    cairo_translate(cr, -box.width / 2, -box.height / 2);
    pango_cairo_update_context(cr, fonts().context.get());
    const PangoText layout = make_text(utf8, style);
    Fitter fitter(layout.get(), box, style.fit);
    TextFitted out = fitter.run();

    const double k = out.size_pt / base_pt;
    const Extents extents = fitter.extents();
    const double left = left_offset(extents, k, box.width);
    const double top = top_offset(extents, k, box.height, style.vertical);
    const double scale = k / PANGO_SCALE;
    out.ink = {box.x + left + extents.ink.x * scale, box.y + top + extents.ink.y * scale,
               extents.ink.width * scale, extents.ink.height * scale};
    if (out.overflow) {
        cairo_rectangle(cr, 0, 0, box.width, box.height);
        cairo_clip(cr);
    }
    cairo_translate(cr, left, top);
    cairo_scale(cr, k, k);
    impl_->color(style.color, style.opacity);
    pango_cairo_update_layout(cr, layout.get());
    pango_cairo_show_layout(cr, layout.get());
    return out;
}

Result<> Canvas::jpeg(const PtBox& box, BytesView bytes, double radius_pt)
{
    MB_TRY(const JpegSize size, jpeg_size(bytes));
    Surface photo(cairo_image_surface_create(CAIRO_FORMAT_RGB24, size.width, size.height));
    if (cairo_surface_status(photo.get()) != CAIRO_STATUS_SUCCESS)
        return fail(ErrorKind::input, "the photo does not fit into memory");
    if (impl_->is_pdf) {
        auto copy = std::make_unique<Bytes>(bytes.begin(), bytes.end());
        auto* owned = copy.release();
        cairo_surface_set_mime_data(
            photo.get(), CAIRO_MIME_TYPE_JPEG, owned->data(), owned->size(),
            [](void* data) { delete static_cast<Bytes*>(data); }, owned);
    } else {
        cairo_surface_flush(photo.get());
        MB_CHECK(jpeg_decode(bytes, size, cairo_image_surface_get_data(photo.get()),
                             cairo_image_surface_get_stride(photo.get())));
        cairo_surface_mark_dirty(photo.get());
    }
    cairo_t* cr = impl_->cr.get();
    const Saved saved(cr);
    rounded(cr, box, radius_pt);
    cairo_clip(cr);
    const double k = std::max(box.width / size.width, box.height / size.height);
    cairo_translate(cr, box.x + (box.width - size.width * k) / 2, box.y + (box.height - size.height * k) / 2);
    cairo_scale(cr, k, k);
    cairo_set_source_surface(cr, photo.get(), 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
    cairo_paint(cr);
    return impl_->healthy();
}

Result<> Canvas::png(const PtBox& box, BytesView bytes)
{
    MB_TRY(const Surface picture, surface_from_png(bytes));
    const int width = cairo_image_surface_get_width(picture.get());
    const int height = cairo_image_surface_get_height(picture.get());
    cairo_t* cr = impl_->cr.get();
    const Saved saved(cr);
    const double k = std::min(box.width / width, box.height / height);
    cairo_translate(cr, box.x + (box.width - width * k) / 2, box.y + (box.height - height * k) / 2);
    cairo_scale(cr, k, k);
    cairo_set_source_surface(cr, picture.get(), 0, 0);
    cairo_paint(cr);
    return impl_->healthy();
}

void Canvas::modules(const PtBox& box, int size, const std::vector<bool>& dark, int quiet)
{
    cairo_t* cr = impl_->cr.get();
    const double dot = 1 / impl_->dots_per_pt;
    const int across = size + 2 * quiet;
    const double module = std::max(1.0, std::floor(box.width / dot / across + 1e-6)) * dot;
    const auto snap = [&](double at) { return std::round(at / dot) * dot; };
    const double left = snap(box.x + (box.width - module * across) / 2) + quiet * module;
    const double top = snap(box.y + (box.height - module * across) / 2) + quiet * module;
    const Saved saved(cr);
    rect(box, Rgb{255, 255, 255});
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    impl_->color(Rgb{});
    for (int y = 0; y < size; ++y) {
        const auto is_dark = [&](int x) { return dark[static_cast<std::size_t>(y * size + x)]; };
        for (int x = 0; x < size; ++x) {
            const int start = x;
            while (x < size && is_dark(x))
                ++x;
            if (x > start)
                cairo_rectangle(cr, left + start * module, top + y * module, (x - start) * module, module);
        }
    }
    cairo_fill(cr);
}

void Canvas::next_page() { cairo_show_page(impl_->cr.get()); }

Result<Bytes> Canvas::to_pdf()
{
    cairo_show_page(impl_->cr.get());
    cairo_surface_finish(impl_->surface.get());
    if (const auto status = cairo_surface_status(impl_->surface.get()); status != CAIRO_STATUS_SUCCESS)
        return fail(ErrorKind::input, fmt::format("cannot be drawn: {}", cairo_status_to_string(status)));
    return std::move(impl_->stream);
}

Result<Bytes> Canvas::to_png()
{
    Bytes out;
    const auto status = cairo_surface_write_to_png_stream(impl_->surface.get(), append, &out);
    if (status != CAIRO_STATUS_SUCCESS)
        return fail(ErrorKind::input, fmt::format("cannot be drawn: {}", cairo_status_to_string(status)));
    return out;
}

RgbaImage Canvas::to_rgba()
{
    cairo_surface_t* surface = impl_->surface.get();
    cairo_surface_flush(surface);
    RgbaImage out{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
    const unsigned char* data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    out.pixels.reserve(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 4);
    for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
            const std::uint32_t pixel = pixel_at(data + y * stride, x);
            for (const unsigned shift : {16U, 8U, 0U})
                out.pixels.push_back(static_cast<std::uint8_t>(pixel >> shift & 255U));
            out.pixels.push_back(255);
        }
    }
    return out;
}

LumaImage Canvas::to_luma() { return luma_of(impl_->surface.get()); }

Result<LumaImage> luma_from_png(BytesView png)
{
    MB_TRY(const Surface picture, surface_from_png(png));
    // Painted onto white, so that every pixel format and transparency comes out the same.
    Surface flat(cairo_image_surface_create(CAIRO_FORMAT_RGB24, cairo_image_surface_get_width(picture.get()),
                                            cairo_image_surface_get_height(picture.get())));
    const Cairo cr(cairo_create(flat.get()));
    cairo_set_source_rgb(cr.get(), 1, 1, 1);
    cairo_paint(cr.get());
    cairo_set_source_surface(cr.get(), picture.get(), 0, 0);
    cairo_paint(cr.get());
    if (cairo_status(cr.get()) != CAIRO_STATUS_SUCCESS)
        return fail(ErrorKind::input, "the picture does not fit into memory");
    return luma_of(flat.get());
}

} // namespace montbrillant
