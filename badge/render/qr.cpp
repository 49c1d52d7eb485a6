// SPDX-License-Identifier: Apache-2.0
#include "badge/render/qr.hpp"

#define ZX_USE_UTF8 // text() in UTF-8, as every later release has it
#include <ZXing/ReadBarcode.h>
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <qrencode.h>

namespace montbrillant {
namespace {

struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

} // namespace

Result<QrCode> qr_encode(std::string_view text)
{
    if (text.empty() || text.size() > QrCode::text_bytes_max)
        return fail(ErrorKind::input, fmt::format("a QR code holds 1 to {} bytes, not {}",
                                                  QrCode::text_bytes_max, text.size()));
    if (text.find('\0') != std::string_view::npos)
        return fail(ErrorKind::input, "a QR code's text may not hold a zero byte");
    const std::string terminated(text);
    const std::unique_ptr<QRcode, Free> code(
        QRcode_encodeString(terminated.c_str(), 0, QR_ECLEVEL_Q, QR_MODE_8, 1));
    if (!code)
        return fail(ErrorKind::input, "the text does not fit a QR code of level Q");
    QrCode out{code->width, {}};
    const auto count = static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width);
    out.dark.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        out.dark.push_back((code->data[i] & 1U) != 0); // libqrencode: bit 0 is black
    return out;
}

Result<Bytes> qr_png(std::string_view text, int module_px)
{
    if (module_px < 1 || module_px > 64)
        return fail(ErrorKind::input, "a module is 1 to 64 pixels");
    MB_TRY(const QrCode code, qr_encode(text));
    const int side = (code.size + 2 * QrCode::quiet_modules) * module_px;
    Canvas canvas = Canvas::raster(side, side, 1);
    const auto side_pt = static_cast<double>(side);
    canvas.modules({0, 0, side_pt, side_pt}, code.size, code.dark, QrCode::quiet_modules);
    return canvas.to_png();
}

std::optional<std::string> qr_decode(const LumaImage& image)
{
    ZXing::DecodeHints hints;
    hints.setFormats(ZXing::BarcodeFormat::QRCode);
    const auto found =
        ZXing::ReadBarcode({image.pixels.data(), image.width, image.height, ZXing::ImageFormat::Lum}, hints);
    if (!found.isValid())
        return std::nullopt;
    return found.text();
}

Result<std::string> qr_decode_png(BytesView png)
{
    MB_TRY(const LumaImage image, luma_from_png(png));
    auto text = qr_decode(image);
    if (!text)
        return fail(ErrorKind::input, "no QR code can be read in the picture");
    return *std::move(text);
}

} // namespace montbrillant
