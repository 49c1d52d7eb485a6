// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a badge must prove before it goes to a printer: its QR code, drawn as the printer will, reads back as
/// the badge's id. Everything that the layout draws over or beside it is
/// drawn too. Any thread.

#include "badge/render/render.hpp"

namespace montbrillant {

/// An error says that the code cannot be read, or reads as something else.
[[nodiscard]] Result<> self_check(const Layout& layout, const BadgeContent& content, double dpi = 300);

/// The document for the printer, checked: `render_pdf` and `self_check` in one. A layout without a QR code on
/// its front is not checked for one.
[[nodiscard]] Result<RenderedBadge> render_checked_pdf(const Layout& layout, const BadgeContent& content,
                                                       WallTime created);

} // namespace montbrillant
