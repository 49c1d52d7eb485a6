// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of libjpeg-turbo: the size of a photo, and its pixels for the screen. Photos come from
/// outside: bounded, grey or colour only. Any thread.

#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

namespace montbrillant {

struct JpegSize {
    int width{}, height{};
};
inline constexpr int photo_side_px_max = 4096;

[[nodiscard]] Result<JpegSize> jpeg_size(BytesView jpeg);

/// Into rows of 32-bit pixels 0x00RRGGBB (little endian), `stride` bytes apart, that the caller owns.
[[nodiscard]] Result<> jpeg_decode(BytesView jpeg, JpegSize size, std::uint8_t* pixels, int stride);

} // namespace montbrillant
