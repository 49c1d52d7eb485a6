// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The glass: an SDL window, what fingers, keys and a keyboard-wedge scanner do on it, and frames drawn to
/// it. One per process. UI thread, except `wake`.
///
///     auto window = Window::open({.width = 1080, .height = 1920, .title = "Montbrillant"});
///     for (;;) {
///         for (auto& event : (*window)->next_events(pacer.wait(clock.mono(), deadline))) ...
///         if (pacer.frame_due(clock.mono())) { ui.begin(window->size(), ...); draw_screen(ui, model);
///                                              window->draw(ui.end()); pacer.drawn(clock.mono()); }
///     }
///
/// Environment: SDL_VIDEODRIVER=dummy needs neither X nor GL.

#include "kiosk/ui/ui.hpp"
#include "sync/base/result.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace montbrillant {

struct WindowOptions {
    int width = 1080;
    int height = 1920;
    std::string title = "Montbrillant";
    bool full_screen = false; ///< the whole display, no cursor; width and height are ignored
    bool software = false;    ///< never load GL: tests, pictures of the screen
};

enum class Key { enter, backspace, escape };

struct TextTyped {
    std::string text; ///< UTF-8, a physical keyboard
};
struct KeyPressed {
    Key key{};
};
/// A scanner that types (see wedge.hpp).
struct ScanRead {
    std::string text;
};
struct WindowChanged {}; ///< size, focus, exposure: draw again
struct Woken {};         ///< somebody called wake()
struct QuitAsked {};

using InputEvent =
    std::variant<ui::PointerEvent, TextTyped, KeyPressed, ScanRead, WindowChanged, Woken, QuitAsked>;

class Window {
public:
    [[nodiscard]] static Result<std::unique_ptr<Window>> open(const WindowOptions& options);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    /// Pixels of the drawing surface, the coordinates of pointer events.
    [[nodiscard]] ui::Size size() const;

    /// Waits at most `wait` for the first event and takes at most 64. Contains at most one press or release,
    /// so draw (or at least begin a frame) before the next call; a queue that still holds one ends the wait
    /// at once.
    [[nodiscard]] std::vector<InputEvent> next_events(Millis wait);

    void draw(const ui::Frame& frame);
    /// The frame as a PNG, exactly as it would appear; not presented.
    [[nodiscard]] Result<> screenshot(const ui::Frame& frame, const std::filesystem::path& path);

    /// Ends a wait from any thread.
    void wake();

    /// Scripts: what hardware would do, through SDL's own queue. Any thread.
    void inject_touch(ui::PointerKind kind, ui::Point at);
    void inject_text(std::string_view utf8); ///< one character each, as a keyboard or scanner sends
    void inject_key(Key key);

private:
    struct Sdl;
    explicit Window(std::unique_ptr<Sdl> sdl);
    std::unique_ptr<Sdl> sdl_;
};

} // namespace montbrillant
