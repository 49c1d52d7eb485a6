// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Shaped texts, kept as white pixels with alpha on texture pages, so that a frame that changed nothing
/// shapes nothing. Holds names: `wipe` overwrites keys and pixels. Bounded by `pages_max`; when the pages are
/// full the cache starts anew with the next frame. UI thread.

#include "kiosk/ui/geometry.hpp"
#include "kiosk/ui/text_shaper.hpp"
#include "kiosk/ui/texture.hpp"

#include <string>
#include <unordered_map>

namespace montbrillant::ui {

class TextCache {
public:
    explicit TextCache(Textures& textures);

    /// Call once per frame before any text; drops everything when the language changed or the pages are full.
    void begin_frame(Language language);
    void wipe();

    [[nodiscard]] TextMetrics measure(const std::string& utf8, const TextStyle& style);
    [[nodiscard]] int caret_x(const std::string& utf8, const TextStyle& style);

    /// Where the ink of a text lies: on which page, and its offset in the logical box.
    struct Glyphs {
        TextureId page = 0; ///< 0: nothing to draw
        Rect pixels;        ///< on the page
        Point offset;
    };
    [[nodiscard]] Glyphs glyphs(const std::string& utf8, const TextStyle& style);

    /// Every page has white pixels here, so that shapes and texts share a texture.
    static constexpr Point white{2, 2};
    static constexpr int page_width = 2048;
    static constexpr int page_height = 1024;
    [[nodiscard]] TextureId first_page() const { return pages_.front(); }

private:
    struct Entry {
        TextMetrics metrics;
        Glyphs glyphs;
        bool rendered = false;
    };
    struct Shelf {
        int y = 0;
        int height = 0;
        int used = 0;
    };
    static constexpr std::size_t pages_max = 2;
    static constexpr std::size_t entries_max = 3000;

    Entry& entry(const std::string& utf8, const TextStyle& style);
    Glyphs place(const TextBitmap& bitmap);
    bool find_room(int width, int height, PixelRect& room);
    void open_page();
    Texture& page();
    void drop();

    Textures& textures_;
    TextShaper shaper_;
    std::unordered_map<std::string, Entry> entries_;
    std::vector<TextureId> pages_;
    std::vector<Shelf> shelves_; ///< of the last page
    int next_y_ = 0;
    bool full_ = false;
};

} // namespace montbrillant::ui
