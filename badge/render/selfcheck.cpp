// SPDX-License-Identifier: Apache-2.0
#include "badge/render/selfcheck.hpp"

#include "badge/render/qr.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

const Element* qr_of(const Layout& layout, const BadgeContent& content)
{
    for (const Element& element : layout.front) {
        if (std::holds_alternative<QrElement>(element.what) && is_shown(element, content))
            return &element;
    }
    return nullptr;
}

} // namespace

Result<> self_check(const Layout& layout, const BadgeContent& content, double dpi)
{
    const Element* qr = qr_of(layout, content);
    if (qr == nullptr)
        return fail(ErrorKind::input, "has no QR code on its front",
                    fmt::format("layout \"{}\"", layout.name));
    MB_TRY(const LumaImage image, render_luma(layout, content, dpi, box_of(*qr, layout, content)));
    const auto read = qr_decode(image);
    if (!read)
        return fail(ErrorKind::refused, "the badge's QR code cannot be read back from the drawing",
                    fmt::format("layout \"{}\"", layout.name), "make its box larger and keep it free");
    if (*read != fill(std::get<QrElement>(qr->what).content, layout, content))
        return fail(ErrorKind::refused, "the badge's QR code reads back as something else",
                    fmt::format("layout \"{}\"", layout.name));
    return {};
}

Result<RenderedBadge> render_checked_pdf(const Layout& layout, const BadgeContent& content, WallTime created)
{
    if (qr_of(layout, content) != nullptr)
        MB_CHECK(self_check(layout, content));
    return render_pdf(layout, content, created);
}

} // namespace montbrillant
