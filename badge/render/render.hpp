// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A badge from a layout and its content: one drawing for paper, file and screen. Any thread; equal arguments
/// give equal bytes. A badge is drawn even when something is not perfect; the warnings say what, for a list
/// before the meeting (preflight) or for staff.

#include "badge/layout/badge_content.hpp"
#include "badge/layout/layout.hpp"
#include "badge/render/pango.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/result.hpp"

#include <string>
#include <vector>

namespace montbrillant {

struct RenderWarning {
    enum class Kind {
        missing_glyphs, ///< no installed font has a character
        overflow,       ///< cut with an ellipsis at the smallest size
        small_name,     ///< the name came out under 12 pt
    };
    Kind kind{};
    std::string element; ///< the layout's name of it
    std::string text;    ///< a sentence, without personal data
};

struct RenderedBadge {
    Bytes bytes;
    int pages = 1; ///< PDF: 2 when the layout has a back
    std::vector<RenderWarning> warnings;
};

/// The document for the printer: every side a page of the layout's size; `created` is its only date.
[[nodiscard]] Result<RenderedBadge> render_pdf(const Layout& layout, const BadgeContent& content,
                                               WallTime created);

/// One side as PNG at `dpi` (36 to 1200).
[[nodiscard]] Result<RenderedBadge> render_png(const Layout& layout, const BadgeContent& content, double dpi,
                                               Side side = Side::front);

/// One side for the screen, `width_px` wide (16 to 4096), the height by the sheet's shape.
[[nodiscard]] Result<RgbaImage> render_rgba(const Layout& layout, const BadgeContent& content, int width_px,
                                            Side side = Side::front);

/// The part of the front inside `window`, in grey, for reading it back.
[[nodiscard]] Result<LumaImage> render_luma(const Layout& layout, const BadgeContent& content, double dpi,
                                            const Box& window);

} // namespace montbrillant
