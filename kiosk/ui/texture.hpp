// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Pixels that the renderer keeps a copy of: pages of shaped text, badge pictures. The pixels live here, the
/// renderer uploads what became dirty and forgets what is gone; so a wipe here is a wipe there. UI thread.

#include <cstdint>
#include <memory>
#include <vector>

namespace montbrillant::ui {

using TextureId = std::uint32_t; ///< never 0, never used again

struct PixelRect {
    int x = 0;
    int y = 0;
    int w = 0;
    int h = 0;
};

struct Texture {
    TextureId id = 0;
    int width = 0;
    int height = 0;
    std::vector<std::uint32_t> pixels; ///< RGBA in memory order, straight alpha
    PixelRect dirty;                   ///< to be uploaded; the renderer empties it

    void touch(PixelRect area);
};

class Textures {
public:
    Texture& add(int width, int height);
    void remove(TextureId id); ///< the pixels are overwritten before they are freed

    /// Everything that exists now, in the order of ids. Pointers are good until the next add or remove.
    [[nodiscard]] const std::vector<std::unique_ptr<Texture>>& all() const { return all_; }

private:
    std::vector<std::unique_ptr<Texture>> all_;
    TextureId last_ = 0;
};

} // namespace montbrillant::ui
