// SPDX-License-Identifier: Apache-2.0
#pragma once

/// `--script`: a tour or a test plays a person. Lines come from a file or standard input, one order each;
/// every order gets one JSON line on standard output, {"ok":true,...} or {"ok":false,"why":...}. Only the
/// sample event may be scripted.
///
///     wait screen NAME [MS]      until that screen is shown (default 10000 ms); "ms": how long it took
///     wait locker STEP [MS]      ... and the locker's step: opened, given_back, ...
///     wait lend STEP [MS]        ... of a loan: scan_tag, terms, lent, joined_queue
///     wait device NAME STATE [MS]  reader, printer, bank or registry; ok, trouble or absent
///     wait control ID [MS]       until a control of this id can be pressed
///     wait idle [MS]             until no answer is awaited
///     press ID                   a finger on the control of this id
///     scan TEXT                  what the scanner would type, with Enter
///     shot FILE.png              the screen as it is
///     shots FOLDER/NAME          the screen in all six languages: NAME.ar.png ...
///     picture SCREEN FOLDER/NAME  a screen without anybody before it, in all six languages; also "timeout"
///     state                      screen, notice and what a person could read there
///     quit
///
/// UI thread.

#include "kiosk/shell/glass.hpp"

#include <functional>
#include <string>

namespace montbrillant {

class Script {
public:
    /// `write` gets each answer, a JSON line without line end.
    Script(Glass& glass, Clock& clock, std::function<void(const std::string&)> write);

    /// Starts an order; its answer comes now or in a later `turn`.
    void obey(const std::string& line);
    /// After each turn of the glass: has the awaited thing come?
    void turn();
    [[nodiscard]] bool busy() const { return static_cast<bool>(awaited_); }
    [[nodiscard]] bool finished() const { return finished_; }

private:
    using Condition = std::function<bool()>;
    void await(Condition condition, Millis patience);
    void wait(const std::vector<std::string>& words);
    [[nodiscard]] Condition condition_of(const std::vector<std::string>& words, std::size_t& used);
    void shots(const std::string& path);
    void picture(const std::vector<std::string>& words);
    void answer_state();
    void good();
    void bad(const std::string& why);

    Glass& glass_;
    Clock& clock_;
    std::function<void(const std::string&)> write_;
    Condition awaited_;
    MonoTime started_;
    MonoTime until_;
    std::string order_;
    bool finished_ = false;
};

/// "take_card": how scripts and pictures name a screen.
[[nodiscard]] std::string_view name_of(flow::Screen screen);
[[nodiscard]] std::optional<flow::Screen> screen_from(std::string_view name);

} // namespace montbrillant
