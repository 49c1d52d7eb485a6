// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Writes pictures of the screen: the one wrapper of stb_image_write.

#include "sync/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace montbrillant {

/// `rgba` row by row, width x height x 4 bytes; alpha is written as it is.
[[nodiscard]] Result<> write_png(const std::filesystem::path& path, int width, int height,
                                 std::span<const std::uint8_t> rgba);

} // namespace montbrillant
