// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A kiosk's screen: takes what fingers, keys and the scanner do to the Kiosk, and draws its Model when
/// something changed. UI thread; nothing here waits except for the next event.

#include "kiosk/shell/kiosk.hpp"
#include "kiosk/shell/pacer.hpp"
#include "kiosk/shell/window.hpp"

#include <atomic>
#include <filesystem>

namespace montbrillant {

class Glass {
public:
    Glass(Window& window, Kiosk& kiosk, Clock& clock, ui::Colour accent);

    /// One turn: waits for an event or the next deadline, at most `longest`, then draws what is due. False:
    /// the window was closed.
    [[nodiscard]] bool turn(Millis longest);

    /// Presses the control of this id with a finger: down, then up. False: it is not on the screen.
    [[nodiscard]] bool press(std::string_view id);
    /// The finger of the last `press` has left the glass.
    [[nodiscard]] bool settled() const { return touches_under_way_ == 0; }
    /// It is on the glass and answers to a finger.
    [[nodiscard]] bool shows(std::string_view id) const;
    /// What the scanner would type.
    void scan(std::string_view text);
    /// The screen as it is, in `language`.
    [[nodiscard]] Result<> screenshot(const std::filesystem::path& file, Language language);
    /// Another screen without anybody before it, with the timeout dialog over it if that is asked for.
    [[nodiscard]] Result<> screenshot_of(flow::Screen screen, bool timeout, const std::filesystem::path& file,
                                         Language language);
    [[nodiscard]] Kiosk& kiosk() { return kiosk_; }
    void changed() { pacer_.changed(); }

private:
    void take(const InputEvent& event);
    void obey_glass_commands();
    void draw();
    [[nodiscard]] ui::Frame frame(const flow::Model& model);

    Window& window_;
    Kiosk& kiosk_;
    Clock& clock_;
    ui::Colour accent_;
    ui::Ui ui_;
    Pacer pacer_;
    bool closed_ = false;
    int touches_under_way_ = 0;
};

} // namespace montbrillant
