// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/text_shaper.hpp"

#include <algorithm>
#include <cairo.h>
#include <pango/pangocairo.h>

namespace montbrillant::ui {

namespace {

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <class T> using Object = std::unique_ptr<T, Unref>;

struct FreeFont {
    void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};

constexpr const char* families = "Noto Sans, Noto Sans Arabic UI, Noto Sans Arabic, Noto Sans CJK SC";

const char* pango_code(Language language)
{
    return language == Language::zh ? "zh-hans" : language_code(language).data();
}

PangoAlignment alignment(Align align, Language language)
{
    switch (align) {
    // With auto-dir off Pango does not turn LEFT around under a right-to-left base direction.
    case Align::start: return right_to_left(language) ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
    case Align::center: return PANGO_ALIGN_CENTER;
    case Align::end: return right_to_left(language) ? PANGO_ALIGN_LEFT : PANGO_ALIGN_RIGHT;
    }
    return PANGO_ALIGN_LEFT;
}

bool word_character(gunichar c)
{
    return g_unichar_isalpha(c) && g_unichar_get_script(c) != G_UNICODE_SCRIPT_HAN;
}

/// Whether a line ends inside a word of a script that separates words.
bool breaks_a_word(PangoLayout* layout, const std::string& utf8)
{
    const int lines = pango_layout_get_line_count(layout);
    for (int i = 0; i + 1 < lines; ++i) {
        const auto* line = pango_layout_get_line_readonly(layout, i);
        const auto end = static_cast<std::size_t>(line->start_index + line->length);
        if (end == 0 || end >= utf8.size())
            continue;
        const char* at = utf8.data() + end;
        if (word_character(g_utf8_get_char(at)) && word_character(g_utf8_get_char(g_utf8_prev_char(at))))
            return true;
    }
    return false;
}

} // namespace

struct TextShaper::Pango {
    Object<PangoFontMap> fonts{pango_cairo_font_map_new()};
    Object<PangoContext> context{pango_font_map_create_context(fonts.get())};
    Object<PangoLayout> layout{pango_layout_new(context.get())};
    std::unique_ptr<PangoFontDescription, FreeFont> font{pango_font_description_from_string(families)};
    Language language = Language::en;

    Pango()
    {
        pango_cairo_context_set_resolution(context.get(), 96);
        cairo_font_options_t* options = cairo_font_options_create();
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
        pango_cairo_context_set_font_options(context.get(), options);
        cairo_font_options_destroy(options);
        pango_context_set_round_glyph_positions(context.get(), FALSE);
        pango_layout_set_auto_dir(layout.get(), FALSE);
        pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    }

    void set(const std::string& utf8, const TextStyle& style)
    {
        PangoLayout* lay = layout.get();
        pango_font_description_set_absolute_size(font.get(), static_cast<double>(style.px) * PANGO_SCALE);
        pango_font_description_set_weight(font.get(), style.weight == Weight::bold ? PANGO_WEIGHT_BOLD
                                                                                   : PANGO_WEIGHT_NORMAL);
        pango_layout_set_font_description(lay, font.get());
        pango_layout_set_width(lay, style.width_px > 0 ? style.width_px * PANGO_SCALE : -1);
        pango_layout_set_height(lay, style.lines_max > 0 ? -style.lines_max : -1000);
        pango_layout_set_ellipsize(lay, style.lines_max > 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
        pango_layout_set_alignment(lay, alignment(style.align, language));
        pango_layout_set_text(lay, utf8.data(), static_cast<int>(utf8.size()));
    }
};

TextShaper::TextShaper() : pango_(std::make_unique<Pango>()) { set_language(Language::en); }
TextShaper::~TextShaper() = default;

Language TextShaper::language() const { return pango_->language; }

void TextShaper::set_language(Language language)
{
    pango_->language = language;
    pango_context_set_language(pango_->context.get(), pango_language_from_string(pango_code(language)));
    pango_context_set_base_dir(pango_->context.get(),
                               right_to_left(language) ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_layout_context_changed(pango_->layout.get());
}

TextMetrics TextShaper::measure(const std::string& utf8, const TextStyle& style)
{
    pango_->set(utf8, style);
    PangoLayout* lay = pango_->layout.get();
    PangoRectangle logical;
    pango_layout_get_pixel_extents(lay, nullptr, &logical);
    return {logical.width, logical.height, pango_layout_get_line_count(lay),
            pango_layout_is_ellipsized(lay) != 0, breaks_a_word(lay, utf8)};
}

TextBitmap TextShaper::render(const std::string& utf8, const TextStyle& style)
{
    pango_->set(utf8, style);
    PangoRectangle ink;
    pango_layout_get_pixel_extents(pango_->layout.get(), &ink, nullptr);
    if (ink.width <= 0 || ink.height <= 0)
        return {};
    TextBitmap out{ink.x - 1, ink.y - 1, ink.width + 2, ink.height + 2, {}};
    cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_A8, out.width, out.height);
    cairo_t* cr = cairo_create(surface);
    cairo_translate(cr, -out.x, -out.y);
    pango_cairo_show_layout(cr, pango_->layout.get());
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface));
    const auto* rows = cairo_image_surface_get_data(surface);
    const auto width = static_cast<std::size_t>(out.width);
    out.alpha.resize(width * static_cast<std::size_t>(out.height));
    for (std::size_t y = 0; rows != nullptr && y < static_cast<std::size_t>(out.height); ++y)
        std::copy_n(rows + y * stride, width, out.alpha.data() + y * width);
    cairo_surface_destroy(surface);
    return out;
}

int TextShaper::caret_x(const std::string& utf8, const TextStyle& style)
{
    pango_->set(utf8, style);
    PangoRectangle strong;
    pango_layout_get_cursor_pos(pango_->layout.get(), static_cast<int>(utf8.size()), &strong, nullptr);
    return PANGO_PIXELS(strong.x);
}

} // namespace montbrillant::ui
