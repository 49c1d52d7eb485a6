// SPDX-License-Identifier: Apache-2.0
#pragma once

/// QR codes (ISO/IEC 18004) out and in: the one wrapper of libqrencode, and of ZXing-C++. Level Q, for badges
/// that get scuffed; four quiet modules. Upper-case letters and digits give the smallest code. Any thread.

#include "badge/render/pango.hpp"
#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

struct QrCode {
    static constexpr int quiet_modules = 4;
    static constexpr std::size_t text_bytes_max = 1000;
    int size{};             ///< modules a side
    std::vector<bool> dark; ///< row by row
};

[[nodiscard]] Result<QrCode> qr_encode(std::string_view text);

/// A picture of the code alone with its quiet zone, `module_px` pixels a module (1 to 64).
[[nodiscard]] Result<Bytes> qr_png(std::string_view text, int module_px);

/// The text of the QR code in the picture; nothing when there is none that can be read.
[[nodiscard]] std::optional<std::string> qr_decode(const LumaImage& image);
[[nodiscard]] Result<std::string> qr_decode_png(BytesView png);

} // namespace montbrillant
