// SPDX-License-Identifier: Apache-2.0
#include "kiosk/shell/renderer.hpp"

#include <SDL.h>
#include <algorithm>
#include <cmath>

namespace montbrillant {

static_assert(sizeof(SDL_Color) == sizeof(ui::Vertex::rgba));

namespace {

void overwrite(SDL_Texture* texture)
{
    int width = 0;
    int height = 0;
    SDL_QueryTexture(texture, nullptr, nullptr, &width, &height);
    const std::vector<std::uint32_t> nothing(
        static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
    SDL_UpdateTexture(texture, nullptr, nothing.data(), width * 4);
}

} // namespace

void Renderer::Destroy::operator()(SDL_Texture* texture) const { SDL_DestroyTexture(texture); }

void Renderer::upload(SDL_Texture* texture, ui::Texture& from) const
{
    if (from.dirty.w <= 0 || from.dirty.h <= 0)
        return;
    const SDL_Rect area{from.dirty.x, from.dirty.y, from.dirty.w, from.dirty.h};
    const auto first = static_cast<std::size_t>(area.y) * static_cast<std::size_t>(from.width) +
                       static_cast<std::size_t>(area.x);
    SDL_UpdateTexture(texture, &area, from.pixels.data() + first, from.width * 4);
    from.dirty = {};
}

void Renderer::sync(ui::Textures& textures)
{
    for (auto it = textures_.begin(); it != textures_.end();) {
        const auto& all = textures.all();
        const bool exists =
            std::any_of(all.begin(), all.end(), [&](const auto& t) { return t->id == it->first; });
        if (!exists)
            overwrite(it->second.get());
        it = exists ? std::next(it) : textures_.erase(it);
    }
    for (const auto& texture : textures.all()) {
        auto& mine = textures_[texture->id];
        if (!mine) {
            mine.reset(SDL_CreateTexture(sdl_, SDL_PIXELFORMAT_RGBA32, SDL_TEXTUREACCESS_STATIC,
                                         texture->width, texture->height));
            if (!mine)
                continue;
            SDL_SetTextureBlendMode(mine.get(), SDL_BLENDMODE_BLEND);
            SDL_SetTextureScaleMode(mine.get(), SDL_ScaleModeLinear); // the default leaves gaps in thin lines
            texture->touch({0, 0, texture->width, texture->height});
        }
        upload(mine.get(), *texture);
    }
}

void Renderer::draw(const ui::Frame& frame)
{
    sync(frame.textures);
    SDL_RenderSetViewport(sdl_, nullptr);
    SDL_RenderSetClipRect(sdl_, nullptr);
    SDL_SetRenderDrawColor(sdl_, frame.ground.r, frame.ground.g, frame.ground.b, 255);
    SDL_RenderClear(sdl_);
    const auto& geometry = frame.geometry;
    if (geometry.vertices.empty())
        return;
    const auto* vertex = geometry.vertices.data();
    constexpr int stride = sizeof(ui::Vertex);
    for (const auto& command : geometry.commands) {
        const auto texture = textures_.find(command.texture);
        if (command.index_count == 0 || texture == textures_.end() || !texture->second)
            continue;
        const SDL_Rect clip{
            static_cast<int>(std::floor(command.clip.x)), static_cast<int>(std::floor(command.clip.y)),
            static_cast<int>(std::ceil(command.clip.w)), static_cast<int>(std::ceil(command.clip.h))};
        SDL_RenderSetClipRect(sdl_, &clip);
        // ui::Vertex keeps its colour as the bytes r, g, b, a: SDL_Color.
        SDL_RenderGeometryRaw(sdl_, texture->second.get(), &vertex->x, stride,
                              reinterpret_cast<const SDL_Color*>(&vertex->rgba), stride, &vertex->u, stride,
                              static_cast<int>(geometry.vertices.size()),
                              geometry.indices.data() + command.index_first,
                              static_cast<int>(command.index_count), sizeof(std::uint16_t));
    }
    SDL_RenderSetClipRect(sdl_, nullptr);
}

} // namespace montbrillant
