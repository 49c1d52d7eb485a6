// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/text_cache.hpp"

#include <algorithm>

namespace montbrillant::ui {

namespace {

constexpr int gutter = 1;

void append_number(std::string& key, int n)
{
    key += static_cast<char>(n & 0xFF);
    key += static_cast<char>((n >> 8) & 0xFF);
}

std::string key_of(const std::string& utf8, const TextStyle& style)
{
    std::string key;
    key.reserve(utf8.size() + 8);
    append_number(key, style.px);
    append_number(key, style.width_px);
    append_number(key, style.lines_max);
    key += static_cast<char>(style.weight == Weight::bold ? 1 : 0);
    key += static_cast<char>(style.align);
    key += utf8;
    return key;
}

void overwrite(std::string& text)
{
    volatile char* byte = text.data();
    for (std::size_t i = 0; i < text.size(); ++i)
        byte[i] = '\0';
}

} // namespace

TextCache::TextCache(Textures& textures) : textures_(textures) { open_page(); }

void TextCache::begin_frame(Language language)
{
    if (language != shaper_.language()) {
        shaper_.set_language(language);
        drop();
    } else if (full_ || entries_.size() > entries_max) {
        drop();
    }
}

void TextCache::wipe() { drop(); }

void TextCache::drop()
{
    while (!entries_.empty()) {
        auto node = entries_.extract(entries_.begin());
        overwrite(node.key());
    }
    // Pango keeps the last text it laid out.
    static_cast<void>(shaper_.measure(" ", {}));
    for (const auto id : pages_)
        textures_.remove(id);
    pages_.clear();
    full_ = false;
    open_page();
}

void TextCache::open_page()
{
    auto& page = textures_.add(page_width, page_height);
    for (std::size_t y = 0; y < 4; ++y)
        std::fill_n(page.pixels.data() + y * static_cast<std::size_t>(page_width), 4, 0xFFFFFFFFU);
    pages_.push_back(page.id);
    shelves_ = {{0, 4, 4 + gutter}};
    next_y_ = 4 + gutter;
}

Texture& TextCache::page()
{
    const auto& all = textures_.all();
    return **std::find_if(all.begin(), all.end(), [this](const auto& t) { return t->id == pages_.back(); });
}

TextCache::Entry& TextCache::entry(const std::string& utf8, const TextStyle& style)
{
    const auto key = key_of(utf8, style);
    const auto it = entries_.find(key);
    if (it != entries_.end())
        return it->second;
    return entries_.emplace(key, Entry{shaper_.measure(utf8, style), {}, false}).first->second;
}

TextMetrics TextCache::measure(const std::string& utf8, const TextStyle& style)
{
    return entry(utf8, style).metrics;
}

int TextCache::caret_x(const std::string& utf8, const TextStyle& style)
{
    return shaper_.caret_x(utf8, style);
}

TextCache::Glyphs TextCache::glyphs(const std::string& utf8, const TextStyle& style)
{
    auto& found = entry(utf8, style);
    if (!found.rendered) {
        found.glyphs = place(shaper_.render(utf8, style));
        found.rendered = true;
    }
    return found.glyphs;
}

bool TextCache::find_room(int width, int height, PixelRect& room)
{
    for (auto& shelf : shelves_) {
        // A shelf much taller than the text would waste it.
        if (height <= shelf.height && height * 2 > shelf.height && shelf.used + width <= page_width) {
            room = {shelf.used, shelf.y, width, height};
            shelf.used += width + gutter;
            return true;
        }
    }
    if (next_y_ + height > page_height)
        return false;
    shelves_.push_back({next_y_, height, width + gutter});
    room = {0, next_y_, width, height};
    next_y_ += height + gutter;
    return true;
}

TextCache::Glyphs TextCache::place(const TextBitmap& bitmap)
{
    if (bitmap.width <= 0 || bitmap.width > page_width || bitmap.height > page_height)
        return {};
    PixelRect room;
    if (!find_room(bitmap.width, bitmap.height, room)) {
        full_ = full_ || pages_.size() >= pages_max;
        if (pages_.size() > pages_max * 2) // one frame that needs more than this is a bug of the screen
            return {};
        open_page();
        if (!find_room(bitmap.width, bitmap.height, room))
            return {};
    }
    auto& target = page();
    for (int y = 0; y < room.h; ++y) {
        const auto* from =
            bitmap.alpha.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(room.w);
        auto* to = target.pixels.data() + static_cast<std::size_t>(room.y + y) * page_width + room.x;
        std::transform(from, from + room.w, to,
                       [](std::uint8_t a) { return 0x00FFFFFFU | (std::uint32_t{a} << 24U); });
    }
    target.touch(room);
    return {target.id,
            {static_cast<float>(room.x), static_cast<float>(room.y), static_cast<float>(room.w),
             static_cast<float>(room.h)},
            {static_cast<float>(bitmap.x), static_cast<float>(bitmap.y)}};
}

} // namespace montbrillant::ui
