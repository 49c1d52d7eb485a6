// SPDX-License-Identifier: Apache-2.0
#include "kiosk/shell/png.hpp"

#include "sync/base/bytes.hpp"
#include "sync/base/files.hpp"

#include <stb/stb_image_write.h>

namespace montbrillant {

Result<> write_png(const std::filesystem::path& path, int width, int height,
                   std::span<const std::uint8_t> rgba)
{
    if (width <= 0 || height <= 0 ||
        rgba.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4)
        return fail(ErrorKind::input, "the picture has no such size", path.string());
    Bytes png;
    const auto append = [](void* context, void* data, int size) {
        const auto* bytes = static_cast<const std::uint8_t*>(data);
        auto& out = *static_cast<Bytes*>(context);
        out.insert(out.end(), bytes, bytes + size);
    };
    if (stbi_write_png_to_func(append, &png, width, height, 4, rgba.data(), width * 4) == 0)
        return fail(ErrorKind::storage, "the picture could not be encoded", path.string());
    return write_file(path, png);
}

} // namespace montbrillant
