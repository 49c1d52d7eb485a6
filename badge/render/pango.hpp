// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of Cairo and Pango: surfaces, shapes, and text that fits a box. Lengths are points (1/72
/// inch), y downwards. Fonts: Noto Sans, Noto Sans Arabic UI (the plain Arabic one has lines half as tall
/// again, which costs size), Noto Sans CJK; shaping and direction are Pango's. One font map per thread, made
/// at the thread's first text; a Canvas belongs to one thread.

#include "badge/layout/layout.hpp"
#include "sync/base/bytes.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/language.hpp"
#include "sync/base/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

/// 8-bit grey, row by row without padding.
struct LumaImage {
    int width{}, height{};
    Bytes pixels;
};
/// R, G, B, A bytes, row by row without padding; opaque.
struct RgbaImage {
    int width{}, height{};
    Bytes pixels;
};

/// Points.
struct PtBox {
    double x{}, y{}, width{}, height{};
};

struct TextStyle {
    Fit fit;
    bool bold = false;
    Align align = Align::start;
    VerticalAlign vertical = VerticalAlign::middle;
    double leading = 1;
    double rotation = 0; ///< degrees, clockwise, about the box's centre
    double opacity = 1;
    Language language = Language::en;
    Rgb color;
};

/// What became of a text.
struct TextFitted {
    double size_pt{};
    bool overflow = false;  ///< did not fit at the smallest size: cut with an ellipsis
    int missing_glyphs = 0; ///< characters that no font has
    PtBox ink;              ///< where ink is, before rotation
};

class Canvas {
public:
    /// Vector pages in points; `created` is all the time that the file knows, so equal input is equal bytes.
    [[nodiscard]] static Canvas pdf(double width_pt, double height_pt, WallTime created);
    /// White pixels; drawing is in points all the same. The window's corner is at `left_px`, `top_px` of the
    /// whole drawing.
    [[nodiscard]] static Canvas raster(int width_px, int height_px, double px_per_pt, int left_px = 0,
                                       int top_px = 0);

    Canvas(Canvas&&) noexcept;
    Canvas& operator=(Canvas&&) noexcept;
    ~Canvas();

    void rect(PtBox box, Rgb color, double radius_pt = 0);
    void line(PtBox from_to, Rgb color, double stroke_pt);
    TextFitted text(const PtBox& box, std::string_view utf8, const TextStyle& style);
    /// Cropped to fill `box`. The bytes go into a PDF as they are.
    [[nodiscard]] Result<> jpeg(const PtBox& box, BytesView bytes, double radius_pt);
    /// Scaled to stand inside `box`.
    [[nodiscard]] Result<> png(const PtBox& box, BytesView bytes);
    /// Square modules with hard edges, `dark` row by row, on white; `quiet` modules stay free all round
    /// inside the box. A module is a whole number of pixels, in a PDF of 1/600 inch, which every printer has.
    void modules(const PtBox& box, int size, const std::vector<bool>& dark, int quiet);

    void next_page();
    /// Ends the drawing.
    [[nodiscard]] Result<Bytes> to_pdf();
    [[nodiscard]] Result<Bytes> to_png();
    [[nodiscard]] RgbaImage to_rgba();
    [[nodiscard]] LumaImage to_luma();

private:
    struct Impl;
    explicit Canvas(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Any PNG as grey on white; refused above `side_px_max` pixels a side.
[[nodiscard]] Result<LumaImage> luma_from_png(BytesView png);
inline constexpr int side_px_max = 8192;

} // namespace montbrillant
