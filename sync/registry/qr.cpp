// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/qr.hpp"

#include <memory>
#include <qrencode.h>

namespace montbrillant::registry {
namespace {

constexpr unsigned quiet_modules = 4;
constexpr unsigned module_px_max = 32;
constexpr std::size_t stored_block_max = 65535; // RFC 1951, 3.2.4

struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

void put32(Bytes& out, std::uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
}

/// CRC of PNG (ISO/IEC 15948, annex D), bit by bit: the picture is small.
std::uint32_t crc32(BytesView bytes)
{
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const auto byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

/// RFC 1950, 8.
std::uint32_t adler32(BytesView bytes)
{
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (const auto byte : bytes) {
        a = (a + byte) % 65521U;
        b = (b + a) % 65521U;
    }
    return b << 16U | a;
}

void put_chunk(Bytes& out, std::string_view type, BytesView data)
{
    put32(out, static_cast<std::uint32_t>(data.size()));
    Bytes checked(type.begin(), type.end());
    checked.insert(checked.end(), data.begin(), data.end());
    out.insert(out.end(), checked.begin(), checked.end());
    put32(out, crc32(checked));
}

/// A zlib stream (RFC 1950) of stored blocks.
Bytes stored(BytesView data)
{
    Bytes out{0x78, 0x01};
    for (std::size_t at = 0; at < data.size(); at += stored_block_max) {
        const auto block = data.subspan(at, std::min(stored_block_max, data.size() - at));
        const auto size = static_cast<std::uint16_t>(block.size());
        out.push_back(at + block.size() == data.size() ? 1 : 0);
        for (const auto part : {size, static_cast<std::uint16_t>(~size)}) {
            out.push_back(static_cast<std::uint8_t>(part & 0xFFU));
            out.push_back(static_cast<std::uint8_t>(part >> 8U));
        }
        out.insert(out.end(), block.begin(), block.end());
    }
    put32(out, adler32(data));
    return out;
}

bool is_dark(const QRcode& code, unsigned x, unsigned y)
{
    const auto width = static_cast<unsigned>(code.width);
    const bool inside =
        x >= quiet_modules && y >= quiet_modules && x < width + quiet_modules && y < width + quiet_modules;
    return inside && (code.data[(y - quiet_modules) * width + x - quiet_modules] & 1U) != 0;
}

/// One bit a pixel, 1 is white; each row after a filter byte of 0.
Bytes rows_of(const QRcode& code, unsigned side, unsigned module_px)
{
    Bytes rows;
    for (unsigned y = 0; y < side; ++y) {
        rows.push_back(0);
        const auto row = rows.size();
        rows.resize(row + (side + 7) / 8);
        for (unsigned x = 0; x < side; ++x) {
            if (!is_dark(code, x / module_px, y / module_px))
                rows[row + x / 8] |= static_cast<std::uint8_t>(0x80U >> x % 8);
        }
    }
    return rows;
}

} // namespace

Result<Bytes> qr_png(const std::string& text, unsigned module_px)
{
    if (module_px < 1 || module_px > module_px_max)
        return fail(ErrorKind::input, "a module is 1 to 32 pixels", "QR code");
    const std::unique_ptr<QRcode, Free> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
    if (!code)
        return fail(ErrorKind::input, "the text does not fit a QR code", "QR code");
    const unsigned side = (static_cast<unsigned>(code->width) + 2 * quiet_modules) * module_px;
    Bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    Bytes header;
    put32(header, side);
    put32(header, side);
    header.insert(header.end(), {1, 0, 0, 0, 0}); // 1 bit, grey, no interlace
    put_chunk(png, "IHDR", header);
    put_chunk(png, "IDAT", stored(rows_of(*code, side, module_px)));
    put_chunk(png, "IEND", {});
    return png;
}

} // namespace montbrillant::registry
