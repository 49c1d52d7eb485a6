// SPDX-License-Identifier: Apache-2.0
// montbrillant-kiosk: the composition root of a kiosk with its glass.
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/control_socket.hpp"
#include "kiosk/shell/glass.hpp"
#include "kiosk/shell/script.hpp"
#include "sync/base/hardening.hpp"
#include "sync/base/log.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <thread>

namespace montbrillant {
namespace {

constexpr std::string_view sample_event = "sg20-2017";

struct Options {
    std::string config;
    std::string role;
    std::string size;
    std::string language;
    std::string shot;
    std::string screen = "attract";
    std::string script;
    std::string at;
    std::string passphrase_file;
    std::string pin_file;
};

std::atomic<bool> stop_asked = false;
void ask_stop(int) { stop_asked = true; }

void describe(CLI::App& app, Options& options)
{
    app.description("The kiosk of a meeting: check-in, badge, card, locker, laptop.");
    app.footer("Example: montbrillant-kiosk --config kiosk.toml --role entrance");
    app.set_version_flag("--version", "montbrillant-kiosk " MONTBRILLANT_VERSION);
    app.add_option("--config", options.config, "The kiosk's configuration (TOML)")->required();
    app.add_option("--role", options.role, "Another role than the configuration's")
        ->check(CLI::IsMember({"entrance", "lockers", "service-desk", "desk", "all"}));
    app.add_option("--size", options.size, "Size of the window, such as 1080x1920");
    app.add_option("--lang", options.language, "First language: ar, zh, en, fr, ru, es");
    app.add_option("--shot", options.shot, "Write one picture of the screen and end");
    app.add_option("--screen", options.screen, "Which screen --shot shows; empty of people");
    app.add_option("--script", options.script, "Orders of a tour, - for standard input (sample event only)");
    app.add_option("--passphrase-file", options.passphrase_file,
                   "The passphrase of the event's keys, in the first line of a file");
    app.add_option("--pin-file", options.pin_file, "A manager's PIN, where the keys rest under PINs");
    app.add_option("--at", options.at, "Play another day: 2017-09-04T08:30:00+02:00 (sample event only)");
}

Result<KioskConfig> configured(const Options& options)
{
    MB_TRY(KioskConfig config, load_kiosk_config(options.config));
    if (!options.role.empty())
        config.role = options.role;
    if (!options.size.empty() &&
        (std::sscanf(options.size.c_str(), "%dx%d", &config.width, &config.height) != 2 ||
         config.width < 320 || config.height < 320 || config.width > 8192 || config.height > 8192))
        return fail(ErrorKind::input, "a size such as 1080x1920 was expected, from 320 to 8192",
                    options.size);
    if (!options.language.empty() && !language_from_code(options.language))
        return fail(ErrorKind::input, "one of ar, zh, en, fr, ru, es was expected",
                    "--lang " + options.language);
    if (!options.passphrase_file.empty())
        config.keys.passphrase_file = options.passphrase_file;
    config.keys.pin_file = options.pin_file;
    return config;
}

/// Commands that are given while the kiosk runs are carried out by the kiosk.
int serve_command(Kiosk& kiosk, const KioskConfig& config, Clock& clock, Random& random,
                  const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                  Output& output)
{
    const Parsed parsed = parse_command_line(arguments, output);
    if (!parsed.action)
        return parsed.exit_code;
    int exit = 0;
    const auto ran = kiosk.store_thread().run([&](Store&) -> Result<> {
        LiveHost host(config, clock, random, kiosk.desk(), folder);
        const auto done = run_action(parsed, host, output);
        exit = done ? *done : output.report(done.error());
        return {};
    });
    if (!ran)
        return output.report(ran.error());
    return exit;
}

/// Reads orders on a thread of its own, so that the glass never waits for them.
class Orders {
public:
    Orders(const std::string& source, Window& window)
    {
        if (source.empty())
            return;
        thread_ = std::thread([this, source, &window] {
            std::ifstream file;
            if (source != "-")
                file.open(source);
            std::istream& in = source == "-" ? std::cin : file;
            for (std::string line; std::getline(in, line);) {
                if (!line.empty() && !lines_.push(line))
                    break;
                window.wake();
            }
            lines_.close();
            window.wake();
        });
    }
    ~Orders()
    {
        if (thread_.joinable())
            thread_.detach(); // it may wait for a line that never comes
    }
    [[nodiscard]] std::optional<std::string> next() { return lines_.try_pop(); }

private:
    Queue<std::string> lines_{4096};
    std::thread thread_;
};

int run_glass(Glass& glass, Clock& clock, Orders& orders)
{
    Script script(glass, clock, [](const std::string& line) { std::cout << line << std::endl; });
    constexpr Millis watchdog{1000};
    constexpr Millis while_waiting{20};
    while (!stop_asked && !script.finished()) {
        if (!glass.turn(script.busy() ? while_waiting : watchdog))
            break;
        script.turn();
        if (!script.busy()) {
            if (auto line = orders.next())
                script.obey(*line);
        }
    }
    return 0;
}

Result<int> shoot(Glass& glass, Kiosk& kiosk, const Options& options)
{
    const auto screen = screen_from(options.screen);
    if (!screen)
        return fail(ErrorKind::input, "no screen has this name", "--screen " + options.screen);
    MB_CHECK(glass.screenshot_of(*screen, false, options.shot, kiosk.model().language));
    return 0;
}

Result<int> run(const Options& options)
{
    MB_TRY(const KioskConfig config, configured(options));
    SystemClock system_clock;
    std::optional<ShiftedClock> shifted;
    if (!options.at.empty()) {
        const auto time = from_rfc3339(options.at);
        if (!time)
            return fail(ErrorKind::input, "a time such as 2017-09-04T08:30:00+02:00 was expected",
                        "--at " + options.at);
        shifted.emplace(system_clock, *time);
    }
    Clock& clock = shifted ? static_cast<Clock&>(*shifted) : system_clock;
    SystemRandom random;
    WindowOptions window_options;
    window_options.width = config.width;
    window_options.height = config.height;
    window_options.full_screen = config.full_screen;
    window_options.software = !options.shot.empty() || !options.script.empty();
    MB_TRY(const auto window, Window::open(window_options));
    MB_TRY(const auto kiosk, Kiosk::start(config, clock, random, [&window] { window->wake(); }));
    const bool played = !options.script.empty() || !options.at.empty();
    if (played && kiosk->desk().profile().id.str() != sample_event)
        return fail(ErrorKind::refused, "only the sample event can be scripted or played on another day");
    Glass glass(*window, *kiosk, clock, ui::rgb(kiosk->accent()));
    if (!options.shot.empty())
        return shoot(glass, *kiosk, options);
    const auto serve = [&](const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                           Output& output) {
        return serve_command(*kiosk, config, clock, random, arguments, folder, output);
    };
    MB_TRY(const auto control, ControlServer::start(config.data / control_socket_name, serve));
    Orders orders(options.script, *window);
    return run_glass(glass, clock, orders);
}

} // namespace
} // namespace montbrillant

int main(int argc, char** argv)
{
    using namespace montbrillant;
    keep_memory_private();
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGTERM, ask_stop);
    std::signal(SIGINT, ask_stop);
    Options options;
    CLI::App app;
    describe(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    log::start("montbrillant-kiosk", log::Level::info);
    const auto done = run(options);
    if (done)
        return *done;
    std::cerr << done.error().text() << '\n';
    return exit_code(done.error().kind);
}
