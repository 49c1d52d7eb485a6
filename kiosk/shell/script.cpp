// SPDX-License-Identifier: Apache-2.0
#include "kiosk/shell/script.hpp"

#include "sync/base/json.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <sstream>

namespace montbrillant {
namespace {

constexpr Millis patience_default{10000};

using flow::LendStep;
using flow::LockerStep;
using flow::Screen;

constexpr std::array<std::pair<Screen, std::string_view>, 17> screens{
    {{Screen::attract, "attract"},
     {Screen::search, "search"},
     {Screen::verify_code, "verify_code"},
     {Screen::confirm, "confirm"},
     {Screen::staff_release, "staff_release"},
     {Screen::printing, "printing"},
     {Screen::take_card, "take_card"},
     {Screen::done, "done"},
     {Screen::locker, "locker"},
     {Screen::desk_ticket, "desk_ticket"},
     {Screen::staff_sign_in, "staff_sign_in"},
     {Screen::staff_menu, "staff_menu"},
     {Screen::lend, "lend"},
     {Screen::take_back, "take_back"},
     {Screen::help, "help"},
     {Screen::info, "info"},
     {Screen::language, "language"}}};
constexpr std::array<std::pair<LockerStep, std::string_view>, 14> locker_steps{
    {{LockerStep::tap, "tap"},
     {LockerStep::opening, "opening"},
     {LockerStep::opened, "opened"},
     {LockerStep::already_open, "already_open"},
     {LockerStep::jammed, "jammed"},
     {LockerStep::left_open, "left_open"},
     {LockerStep::wrong_door, "wrong_door"},
     {LockerStep::full, "full"},
     {LockerStep::offline, "offline"},
     {LockerStep::refused, "refused"},
     {LockerStep::elsewhere, "elsewhere"},
     {LockerStep::ask_empty, "ask_empty"},
     {LockerStep::close_door, "close_door"},
     {LockerStep::given_back, "given_back"}}};
constexpr std::array<std::pair<LendStep, std::string_view>, 5> lend_steps{
    {{LendStep::tap_badge, "tap_badge"},
     {LendStep::scan_tag, "scan_tag"},
     {LendStep::terms, "terms"},
     {LendStep::lent, "lent"},
     {LendStep::joined_queue, "joined_queue"}}};
constexpr std::array<std::string_view, flow::device_count> devices{"reader", "printer", "bank", "registry"};
constexpr std::array<std::string_view, 3> device_states{"absent", "ok", "trouble"};

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<std::pair<Enum, std::string_view>, N>& names,
                             std::string_view wanted)
{
    for (const auto& [value, name] : names) {
        if (name == wanted)
            return value;
    }
    return std::nullopt;
}

template <class Enum, std::size_t N>
std::string_view text_of(const std::array<std::pair<Enum, std::string_view>, N>& names, Enum wanted)
{
    for (const auto& [value, name] : names) {
        if (value == wanted)
            return name;
    }
    return {};
}

template <std::size_t N>
std::optional<std::size_t> place_of(const std::array<std::string_view, N>& names, std::string_view wanted)
{
    const auto found = std::find(names.begin(), names.end(), wanted);
    return found == names.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(found - names.begin()));
}

std::vector<std::string> words_of(const std::string& line)
{
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

/// All after the order's first word, blanks inside kept.
std::string rest_of(const std::string& line)
{
    const auto blank = line.find(' ');
    return blank == std::string::npos ? std::string() : line.substr(blank + 1);
}

} // namespace

std::string_view name_of(Screen screen) { return text_of(screens, screen); }
std::optional<Screen> screen_from(std::string_view name) { return value_of(screens, name); }

Script::Script(Glass& glass, Clock& clock, std::function<void(const std::string&)> write)
    : glass_(glass), clock_(clock), write_(std::move(write))
{
}

void Script::good()
{
    const Millis took = clock_.mono() - started_;
    write_(dump_json({{"ok", true},
                      {"order", order_},
                      {"ms", took.count()},
                      {"screen", name_of(glass_.kiosk().model().screen)}}));
}

void Script::bad(const std::string& why)
{
    write_(dump_json({{"ok", false},
                      {"order", order_},
                      {"why", why},
                      {"screen", name_of(glass_.kiosk().model().screen)}}));
}

void Script::await(Condition condition, Millis patience)
{
    until_ = clock_.mono() + patience;
    awaited_ = std::move(condition);
    turn();
}

void Script::turn()
{
    if (!awaited_)
        return;
    if (awaited_()) {
        awaited_ = nullptr;
        good();
    } else if (clock_.mono() >= until_) {
        awaited_ = nullptr;
        bad("it did not come in time");
    }
}

Script::Condition Script::condition_of(const std::vector<std::string>& words, std::size_t& used)
{
    Kiosk& kiosk = glass_.kiosk();
    const std::string_view what = words.size() > 1 ? std::string_view(words[1]) : std::string_view();
    used = 2;
    if (what == "idle")
        return [&kiosk] { return !kiosk.model().busy; };
    if (words.size() < 3)
        return nullptr;
    used = 3;
    if (what == "control")
        return [this, id = words[2]] { return glass_.shows(id); };
    if (const auto screen = what == "screen" ? screen_from(words[2]) : std::nullopt)
        return [&kiosk, screen] { return kiosk.model().screen == *screen; };
    if (const auto step = what == "locker" ? value_of(locker_steps, words[2]) : std::nullopt)
        return [&kiosk, step] {
            return kiosk.model().screen == Screen::locker && kiosk.model().locker_step == *step;
        };
    if (const auto step = what == "lend" ? value_of(lend_steps, words[2]) : std::nullopt)
        return [&kiosk, step] {
            const auto& model = kiosk.model();
            return model.screen == Screen::lend && model.lend_step == *step && !model.busy;
        };
    if (what == "device" && words.size() > 3) {
        used = 4;
        const auto device = place_of(devices, words[2]);
        const auto state = place_of(device_states, words[3]);
        if (device && state)
            return [&kiosk, device, state] {
                return static_cast<std::size_t>(kiosk.model().devices[*device].state) == *state;
            };
    }
    return nullptr;
}

void Script::wait(const std::vector<std::string>& words)
{
    std::size_t used = 0;
    Condition condition = condition_of(words, used);
    if (!condition)
        return bad("wait for what? screen, locker, lend, device, control or idle, and which");
    Millis patience = patience_default;
    if (words.size() > used) {
        std::int64_t ms = 0;
        std::from_chars(words[used].data(), words[used].data() + words[used].size(), ms);
        patience = Millis{ms};
    }
    await(std::move(condition), patience);
}

void Script::shots(const std::string& path)
{
    for (const auto language : all_languages) {
        const auto written =
            glass_.screenshot(fmt::format("{}.{}.png", path, language_code(language)), language);
        if (!written)
            return bad(written.error().text());
    }
    good();
}

void Script::picture(const std::vector<std::string>& words)
{
    const bool timeout = words.size() == 3 && words[1] == "timeout";
    const auto screen = timeout ? Screen::search : words.size() == 3 ? screen_from(words[1]) : std::nullopt;
    if (!screen)
        return bad("which screen, and into which file?");
    for (const auto language : all_languages) {
        const auto file = fmt::format("{}.{}.png", words[2], language_code(language));
        const auto written = glass_.screenshot_of(*screen, timeout, file, language);
        if (!written)
            return bad(written.error().text());
    }
    good();
}

void Script::answer_state()
{
    const flow::Model& model = glass_.kiosk().model();
    write_(dump_json({{"ok", true},
                      {"order", order_},
                      {"screen", name_of(model.screen)},
                      {"language", language_code(model.language)},
                      {"notice", static_cast<int>(model.notice)},
                      {"locker", text_of(locker_steps, model.locker_step)},
                      {"lend", text_of(lend_steps, model.lend_step)},
                      {"door", model.door},
                      {"ticket", model.ticket},
                      {"badge", model.badge_id.str()},
                      {"delegate", model.person ? model.person->id.str() : ""},
                      {"card_bound", model.card_bound},
                      {"rows", model.rows.size()},
                      {"printed", model.printing.printed}}));
}

void Script::obey(const std::string& line)
{
    order_ = line;
    started_ = clock_.mono();
    const auto words = words_of(line);
    const std::string rest = rest_of(line);
    if (words.empty())
        return bad("an empty order");
    if (words[0] == "wait")
        return wait(words);
    if (words[0] == "press") {
        if (!glass_.press(rest))
            return bad("no such control on this screen");
        return await([this] { return glass_.settled(); }, patience_default);
    }
    if (words[0] == "scan") {
        glass_.scan(rest);
        return good();
    }
    if (words[0] == "shot") {
        const auto written = glass_.screenshot(rest, glass_.kiosk().model().language);
        return written ? good() : bad(written.error().text());
    }
    if (words[0] == "shots")
        return shots(rest);
    if (words[0] == "picture")
        return picture(words);
    if (words[0] == "state")
        return answer_state();
    if (words[0] == "quit") {
        finished_ = true;
        return good();
    }
    bad("an unknown order");
}

} // namespace montbrillant
