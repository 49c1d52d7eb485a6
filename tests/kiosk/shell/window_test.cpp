// SPDX-License-Identifier: Apache-2.0
// A real SDL window on the dummy driver with the software renderer: no display, no GL.
#include "kiosk/shell/pacer.hpp"
#include "kiosk/shell/png.hpp"
#include "kiosk/shell/window.hpp"
#include "kiosk/ui/screens.hpp"
#include "sync/base/child_process.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/files.hpp"
#include "tests/kiosk/ui/sample_models.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <thread>
#include <unistd.h>

using namespace montbrillant;
using ui::PointerKind;

namespace {

std::unique_ptr<Window> open_window(int width = 540, int height = 960)
{
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    WindowOptions options;
    options.width = width;
    options.height = height;
    options.software = true;
    auto window = Window::open(options);
    REQUIRE(window);
    return std::move(*window);
}

flow::Model sample(std::string_view name)
{
    for (auto& s : sample_models(Language::en)) {
        if (s.name == name)
            return s.model;
    }
    FAIL("no sample " << name);
    return {};
}

ui::Frame frame(ui::Ui& ui, const Window& window, const flow::Model& model)
{
    ui.begin(window.size(), ui::look_of(model), model.language);
    ui::draw_screen(ui, model);
    return ui.end();
}

/// Turns of the loop until an event of type T comes; at most about two seconds.
template <class T> std::optional<T> wait_for(Window& window)
{
    for (int i = 0; i < 40; ++i) {
        for (auto& event : window.next_events(Millis{50})) {
            if (auto* found = std::get_if<T>(&event))
                return std::move(*found);
        }
    }
    return std::nullopt;
}

} // namespace

TEST_CASE("a finger on a button becomes that button's message")
{
    const auto window = open_window();
    ui::Ui ui;
    const auto model = sample("confirm");
    window->draw(frame(ui, *window, model));
    const auto at = ui.find("button.confirm_yes")->center();
    window->inject_touch(PointerKind::down, at);
    window->inject_touch(PointerKind::up, at); // in one burst
    std::vector<flow::Msg> messages;
    for (int turn = 0; turn < 20 && messages.size() < 2; ++turn) {
        int transitions = 0;
        for (const auto& event : window->next_events(Millis{20})) {
            if (const auto* pointer = std::get_if<ui::PointerEvent>(&event)) {
                transitions += pointer->kind == PointerKind::move ? 0 : 1;
                if (auto msg = ui.pointer(*pointer, MonoTime{1000 + turn}))
                    messages.push_back(*msg);
            }
        }
        CHECK(transitions <= 1);
        window->draw(frame(ui, *window, model));
    }
    REQUIRE(messages.size() == 2);
    CHECK(std::holds_alternative<flow::Touched>(messages[0]));
    CHECK(std::get<flow::Pressed>(messages[1]).button == flow::Button::confirm_yes);
}

TEST_CASE("a scanner that types arrives as one scan")
{
    const auto window = open_window();
    window->inject_text("MB1.sg20-2017.7K2M");
    window->inject_key(Key::enter);
    const auto scan = wait_for<ScanRead>(*window);
    REQUIRE(scan);
    CHECK(scan->text == "MB1.sg20-2017.7K2M");
}

TEST_CASE("a code longer than what one turn takes is one scan, however long the kiosk draws in between")
{
    const auto window = open_window();
    const std::string code(300, 'A');
    window->inject_text(code);
    window->inject_key(Key::enter);
    SystemClock clock;
    std::optional<ScanRead> scan;
    for (int turns = 0; !scan && turns < 20; ++turns) {
        for (const auto& event : window->next_events(Millis{20})) {
            CHECK_FALSE(std::holds_alternative<TextTyped>(event));
            if (const auto* read = std::get_if<ScanRead>(&event))
                scan = *read;
        }
        for (const MonoTime drawn = clock.mono() + Millis{60}; clock.mono() < drawn;) {
        }
    }
    REQUIRE(scan);
    CHECK(scan->text == code);
}

TEST_CASE("a scan whose second half comes while the kiosk draws is one scan")
{
    const auto window = open_window();
    window->inject_text("MB1.sg20-");
    while (!window->next_events(Millis{1}).empty()) {
    }
    SystemClock clock;
    for (const MonoTime drawn = clock.mono() + Millis{80}; clock.mono() < drawn;) {
    }
    window->inject_text("2017.7K2M");
    window->inject_key(Key::enter);
    const auto scan = wait_for<ScanRead>(*window);
    REQUIRE(scan);
    CHECK(scan->text == "MB1.sg20-2017.7K2M");
}

TEST_CASE("a letter from a keyboard arrives as text, whatever its script")
{
    const auto window = open_window();
    window->inject_text("Щ");
    const auto typed = wait_for<TextTyped>(*window);
    REQUIRE(typed);
    CHECK(typed->text == "Щ");
}

TEST_CASE("another thread ends the wait")
{
    const auto window = open_window();
    while (!window->next_events(Millis{1}).empty()) {
    }
    std::thread worker([&] { window->wake(); });
    const auto woken = wait_for<Woken>(*window);
    worker.join();
    CHECK(woken);
}

TEST_CASE("the picture of a screen shows what was drawn")
{
    const test::TemporaryFolder folder;
    const auto window = open_window();
    ui::Ui ui;
    const auto file = folder.path() / "confirm.png";
    REQUIRE(window->screenshot(frame(ui, *window, sample("confirm")), file));
    const auto png = read_file(file, 10'000'000);
    REQUIRE(png);
    CHECK(png->substr(1, 3) == "PNG");
    CHECK(png->size() > 10'000);
    const auto other = folder.path() / "attract.png";
    REQUIRE(window->screenshot(frame(ui, *window, sample("attract")), other));
    CHECK(*read_file(other, 10'000'000) != *png);
}

TEST_CASE("after a wipe the screen at rest is pixel for pixel what a fresh kiosk shows")
{
    const test::TemporaryFolder folder;
    const auto window = open_window();
    const auto attract = sample("attract");
    ui::Ui fresh;
    REQUIRE(window->screenshot(frame(fresh, *window, attract), folder.path() / "fresh.png"));
    ui::Ui used;
    for (const auto* name : {"search-rows", "confirm", "done"})
        window->draw(frame(used, *window, sample(name)));
    used.wipe();
    REQUIRE(window->screenshot(frame(used, *window, attract), folder.path() / "wiped.png"));
    CHECK(*read_file(folder.path() / "fresh.png", 10'000'000) ==
          *read_file(folder.path() / "wiped.png", 10'000'000));
}

TEST_CASE("a kiosk at rest under X does not wake")
{
    auto xvfb =
        ChildProcess::start({"Xvfb", "-displayfd", "1", "-screen", "0", "800x1200x24", "-nolisten", "tcp"});
    REQUIRE(xvfb);
    std::string display;
    REQUIRE(xvfb->read_line(display, Millis{20000}) == ChildProcess::Read::line);
    setenv("DISPLAY", (":" + display).c_str(), 1);
    setenv("SDL_VIDEODRIVER", "x11", 1);
    WindowOptions options;
    options.width = 540;
    options.height = 960;
    options.software = true;
    auto window = Window::open(options);
    REQUIRE(window);
    SystemClock clock;
    ui::Ui ui;
    Pacer pacer;
    const auto model = sample("attract");
    int turns = 0;
    const auto run_for = [&](Millis duration) {
        turns = 0;
        for (const auto end = clock.mono() + duration; clock.mono() < end; ++turns) {
            for (const auto& event : (*window)->next_events(pacer.wait(clock.mono(), end))) {
                if (std::holds_alternative<WindowChanged>(event))
                    pacer.window_changed(clock.mono());
            }
            if (pacer.frame_due(clock.mono())) {
                (*window)->draw(frame(ui, **window, model));
                pacer.drawn(clock.mono());
            }
        }
    };
    run_for(Millis{2500}); // the window appears and settles
    CHECK(turns > 3);
    run_for(Millis{3000});
    CHECK(turns <= 3); // the end itself, and what a server may say once
    (*window).reset();
}

TEST_CASE("a picture that cannot be written says which")
{
    const std::vector<std::uint8_t> rgba(4 * 4 * 4, 255);
    const auto missing = write_png("/nonexistent-folder/x.png", 4, 4, rgba);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().text().find("x.png") != std::string::npos);
    CHECK_FALSE(write_png("/tmp/never", 5, 4, rgba));
}
