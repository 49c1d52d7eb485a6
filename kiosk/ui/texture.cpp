// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/texture.hpp"

#include <algorithm>

namespace montbrillant::ui {

void Texture::touch(PixelRect area)
{
    if (dirty.w == 0 || dirty.h == 0) {
        dirty = area;
        return;
    }
    const int right = std::max(dirty.x + dirty.w, area.x + area.w);
    const int bottom = std::max(dirty.y + dirty.h, area.y + area.h);
    dirty.x = std::min(dirty.x, area.x);
    dirty.y = std::min(dirty.y, area.y);
    dirty.w = right - dirty.x;
    dirty.h = bottom - dirty.y;
}

Texture& Textures::add(int width, int height)
{
    auto texture = std::make_unique<Texture>();
    texture->id = ++last_;
    texture->width = width;
    texture->height = height;
    texture->pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
    texture->touch({0, 0, width, height});
    all_.push_back(std::move(texture));
    return *all_.back();
}

void Textures::remove(TextureId id)
{
    const auto it = std::find_if(all_.begin(), all_.end(), [id](const auto& t) { return t->id == id; });
    if (it == all_.end())
        return;
    volatile std::uint32_t* pixel = (*it)->pixels.data(); // volatile: the compiler may not drop the wipe
    for (std::size_t i = 0; i < (*it)->pixels.size(); ++i)
        pixel[i] = 0;
    all_.erase(it);
}

} // namespace montbrillant::ui
