// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Draws a ui::Frame with SDL_Renderer, which chooses opengl, opengles2 or software itself. Keeps one SDL
/// texture per ui::Texture, uploads what is dirty and overwrites what is gone before it lets go. UI thread.

#include "kiosk/ui/ui.hpp"

#include <memory>
#include <unordered_map>
#include <vector>

struct SDL_Renderer;
struct SDL_Texture;

namespace montbrillant {

class Renderer {
public:
    /// Borrows the renderer, which must outlive this.
    explicit Renderer(SDL_Renderer* sdl) : sdl_(sdl) {}

    /// Without presenting.
    void draw(const ui::Frame& frame);
    /// The driver lost its textures; the next draw uploads all anew.
    void forget() { textures_.clear(); }

private:
    struct Destroy {
        void operator()(SDL_Texture* texture) const;
    };
    using TexturePtr = std::unique_ptr<SDL_Texture, Destroy>;

    void sync(ui::Textures& textures);
    void upload(SDL_Texture* texture, ui::Texture& from) const;

    SDL_Renderer* sdl_;
    std::unordered_map<ui::TextureId, TexturePtr> textures_;
};

} // namespace montbrillant
