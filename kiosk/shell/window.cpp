// SPDX-License-Identifier: Apache-2.0
#include "kiosk/shell/window.hpp"

#include "kiosk/shell/png.hpp"
#include "kiosk/shell/pointer_queue.hpp"
#include "kiosk/shell/renderer.hpp"
#include "kiosk/shell/wedge.hpp"

#include <SDL.h>
#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace montbrillant {

namespace {

constexpr std::int64_t mouse_finger = -1;
constexpr int events_per_turn = 64;

struct DestroyWindow {
    void operator()(SDL_Window* window) const { SDL_DestroyWindow(window); }
};
struct DestroyRenderer {
    void operator()(SDL_Renderer* renderer) const { SDL_DestroyRenderer(renderer); }
};

struct VideoSystem {
    VideoSystem() : ready(SDL_Init(SDL_INIT_VIDEO) == 0) {}
    ~VideoSystem() { SDL_Quit(); }
    VideoSystem(const VideoSystem&) = delete;
    VideoSystem& operator=(const VideoSystem&) = delete;
    bool ready;
};

void set_hints(bool software)
{
    // Fingers come as fingers, once; SDL must not turn them into a mouse that it captures
    // (ocornut/imgui#8150).
    SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");
    SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    if (software) {
        SDL_SetHint(SDL_HINT_RENDER_DRIVER, "software");
        SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0"); // otherwise X11 loads GL all the same
    }
}

MonoTime at(Uint32 timestamp) { return MonoTime{static_cast<std::int64_t>(timestamp)}; }
MonoTime ticks() { return MonoTime{static_cast<std::int64_t>(SDL_GetTicks())}; }

} // namespace

struct Window::Sdl {
    VideoSystem video;
    std::unique_ptr<SDL_Window, DestroyWindow> window;
    std::unique_ptr<SDL_Renderer, DestroyRenderer> sdl_renderer;
    std::unique_ptr<Renderer> renderer;
    Uint32 wake_event = 0;
    PointerQueue pointers;
    WedgeDetector wedge;
    MonoTime looked; ///< when `next_events` last returned
    std::vector<InputEvent> out;
    std::atomic<int> width{0}; // scripts read them on their own thread
    std::atomic<int> height{0};

    void measure()
    {
        int w = 0;
        int h = 0;
        SDL_GetRendererOutputSize(sdl_renderer.get(), &w, &h);
        width = w;
        height = h;
    }

    [[nodiscard]] ui::Size size() const { return {static_cast<float>(width), static_cast<float>(height)}; }

    /// Mouse coordinates are in window units, which are not pixels on every display.
    [[nodiscard]] ui::Point mouse_point(int x, int y) const
    {
        int w = 0;
        int h = 0;
        SDL_GetWindowSize(window.get(), &w, &h);
        const auto pixels = size();
        return {static_cast<float>(x) * pixels.w / static_cast<float>(std::max(w, 1)),
                static_cast<float>(y) * pixels.h / static_cast<float>(std::max(h, 1))};
    }

    void emit(WedgeDetector::Output output)
    {
        if (!output.text.empty())
            out.emplace_back(TextTyped{std::move(output.text)});
        if (output.scan)
            out.emplace_back(ScanRead{std::move(*output.scan)});
        if (output.enter)
            out.emplace_back(KeyPressed{Key::enter});
    }

    void key(const SDL_KeyboardEvent& event)
    {
        switch (event.keysym.sym) {
        case SDLK_RETURN:
        case SDLK_KP_ENTER: emit(wedge.enter(at(event.timestamp))); break;
        case SDLK_BACKSPACE: out.emplace_back(KeyPressed{Key::backspace}); break;
        case SDLK_ESCAPE: out.emplace_back(KeyPressed{Key::escape}); break;
        }
    }

    void finger(const SDL_TouchFingerEvent& event, ui::PointerKind kind)
    {
        const auto pixels = size();
        pointers.push(kind, {event.x * pixels.w, event.y * pixels.h}, event.fingerId);
    }

    void mouse(const SDL_MouseButtonEvent& event, ui::PointerKind kind)
    {
        if (event.which != SDL_TOUCH_MOUSEID && event.button == SDL_BUTTON_LEFT)
            pointers.push(kind, mouse_point(event.x, event.y), mouse_finger);
    }

    void take(const SDL_Event& event)
    {
        if (event.type == wake_event) {
            out.emplace_back(Woken{});
            return;
        }
        switch (event.type) {
        case SDL_FINGERDOWN: finger(event.tfinger, ui::PointerKind::down); break;
        case SDL_FINGERMOTION: finger(event.tfinger, ui::PointerKind::move); break;
        case SDL_FINGERUP: finger(event.tfinger, ui::PointerKind::up); break;
        case SDL_MOUSEBUTTONDOWN: mouse(event.button, ui::PointerKind::down); break;
        case SDL_MOUSEBUTTONUP: mouse(event.button, ui::PointerKind::up); break;
        case SDL_TEXTINPUT: emit(wedge.character(event.text.text, at(event.text.timestamp))); break;
        case SDL_KEYDOWN: key(event.key); break;
        case SDL_RENDER_TARGETS_RESET:
        case SDL_RENDER_DEVICE_RESET:
            renderer->forget();
            out.emplace_back(WindowChanged{});
            break;
        case SDL_WINDOWEVENT:
            measure();
            out.emplace_back(WindowChanged{});
            break;
        case SDL_QUIT: out.emplace_back(QuitAsked{}); break;
        }
    }
};

Window::Window(std::unique_ptr<Sdl> sdl) : sdl_(std::move(sdl)) {}
Window::~Window() = default;

Result<std::unique_ptr<Window>> Window::open(const WindowOptions& options)
{
    set_hints(options.software);
    auto sdl = std::make_unique<Sdl>();
    const auto failed = [](const char* what) {
        return fail(ErrorKind::device, std::string(what) + ": " + SDL_GetError(), "display",
                    "start it under X, or with SDL_VIDEODRIVER=dummy");
    };
    if (!sdl->video.ready)
        return failed("there is no display");
    const Uint32 flags = options.full_screen ? Uint32{SDL_WINDOW_FULLSCREEN_DESKTOP} : Uint32{0};
    sdl->window.reset(SDL_CreateWindow(options.title.c_str(), SDL_WINDOWPOS_UNDEFINED,
                                       SDL_WINDOWPOS_UNDEFINED, options.width, options.height,
                                       flags | SDL_WINDOW_ALLOW_HIGHDPI));
    if (!sdl->window)
        return failed("the window could not be made");
    sdl->sdl_renderer.reset(SDL_CreateRenderer(sdl->window.get(), -1,
                                               options.software ? Uint32{SDL_RENDERER_SOFTWARE} : Uint32{0}));
    if (!sdl->sdl_renderer)
        return failed("nothing can draw into the window");
    SDL_SetRenderDrawBlendMode(sdl->sdl_renderer.get(), SDL_BLENDMODE_NONE);
    sdl->renderer = std::make_unique<Renderer>(sdl->sdl_renderer.get());
    sdl->measure();
    sdl->wake_event = SDL_RegisterEvents(1);
    if (options.full_screen)
        SDL_ShowCursor(SDL_DISABLE);
    SDL_StartTextInput();
    return std::unique_ptr<Window>(new Window(std::move(sdl)));
}

ui::Size Window::size() const { return sdl_->size(); }

std::vector<InputEvent> Window::next_events(Millis wait)
{
    auto& sdl = *sdl_;
    sdl.out.clear();
    sdl.wedge.busy(ticks() - sdl.looked);
    if (const auto flush = sdl.wedge.deadline())
        wait = std::clamp(*flush - ticks(), Millis{1}, std::max(wait, Millis{1}));
    if (sdl.pointers.pending())
        wait = Millis{0};
    SDL_Event event;
    int got = wait.count() > 0 ? SDL_WaitEventTimeout(&event, static_cast<int>(wait.count()))
                               : SDL_PollEvent(&event);
    for (int n = 0; got != 0; got = SDL_PollEvent(&event)) {
        sdl.take(event);
        if (++n >= events_per_turn)
            break;
    }
    if (got == 0)
        sdl.emit(sdl.wedge.idle(ticks()));
    for (const auto& pointer : sdl.pointers.take())
        sdl.out.emplace_back(pointer);
    sdl.looked = ticks();
    return std::exchange(sdl.out, {});
}

void Window::draw(const ui::Frame& frame)
{
    sdl_->renderer->draw(frame);
    SDL_RenderPresent(sdl_->sdl_renderer.get());
}

Result<> Window::screenshot(const ui::Frame& frame, const std::filesystem::path& path)
{
    sdl_->renderer->draw(frame);
    const auto pixels = size();
    const auto width = static_cast<int>(pixels.w);
    const auto height = static_cast<int>(pixels.h);
    std::vector<std::uint8_t> rgba(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    if (SDL_RenderReadPixels(sdl_->sdl_renderer.get(), nullptr, SDL_PIXELFORMAT_RGBA32, rgba.data(),
                             width * 4) != 0)
        return fail(ErrorKind::device, std::string("the screen could not be read: ") + SDL_GetError());
    for (std::size_t i = 3; i < rgba.size(); i += 4)
        rgba[i] = 255;
    return write_png(path, width, height, rgba);
}

void Window::wake()
{
    SDL_Event event{};
    event.type = sdl_->wake_event;
    SDL_PushEvent(&event); // a full queue is awake already
}

void Window::inject_touch(ui::PointerKind kind, ui::Point point)
{
    SDL_Event event{};
    event.type = kind == ui::PointerKind::down   ? SDL_FINGERDOWN
                 : kind == ui::PointerKind::move ? SDL_FINGERMOTION
                                                 : SDL_FINGERUP;
    const auto pixels = size();
    event.tfinger.fingerId = 1;
    event.tfinger.x = point.x / pixels.w;
    event.tfinger.y = point.y / pixels.h;
    SDL_PushEvent(&event);
}

void Window::inject_text(std::string_view utf8)
{
    while (!utf8.empty()) {
        std::size_t length = 1;
        while (length < utf8.size() && (static_cast<unsigned char>(utf8[length]) & 0xC0U) == 0x80U)
            ++length;
        SDL_Event event{};
        event.type = SDL_TEXTINPUT;
        std::memcpy(event.text.text, utf8.data(), std::min(length, sizeof event.text.text - 1));
        SDL_PushEvent(&event);
        utf8.remove_prefix(length);
    }
}

void Window::inject_key(Key key)
{
    SDL_Event event{};
    event.type = SDL_KEYDOWN;
    event.key.state = SDL_PRESSED;
    event.key.keysym.sym = key == Key::enter       ? SDLK_RETURN
                           : key == Key::backspace ? SDLK_BACKSPACE
                                                   : SDLK_ESCAPE;
    SDL_PushEvent(&event);
}

} // namespace montbrillant
