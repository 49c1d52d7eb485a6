// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/control_socket.hpp"
#include "sync/base/hardening.hpp"
#include "sync/base/log.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <unistd.h>

namespace {

using namespace montbrillant;

void write_line(std::FILE* to, std::string_view line)
{
    std::fwrite(line.data(), 1, line.size(), to);
    std::fputc('\n', to);
}

/// Standard error: lines, and on a terminal one below them that changes.
class ErrorStream {
public:
    void line(std::string_view text)
    {
        clear();
        write_line(stderr, text);
    }
    void progress(std::string_view text)
    {
        clear();
        if (text.empty())
            return;
        if (terminal_)
            std::fwrite(text.data(), 1, text.size(), stderr);
        else
            write_line(stderr, text);
        shown_ = terminal_;
    }

private:
    void clear()
    {
        if (shown_)
            std::fputs("\r\x1b[K", stderr);
        shown_ = false;
    }
    bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    bool shown_ = false;
};

/// A full disk behind `> file` is an error; a reader that had enough (`| head`) is not worth words.
int flushed(int code)
{
    const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
    if (!lost)
        return code;
    if (errno != EPIPE)
        std::fputs("standard output cannot be written\n", stderr);
    return exit_code(ErrorKind::storage);
}

Result<KioskConfig> configure(const GlobalOptions& options)
{
    KioskConfig config = default_kiosk_config();
    if (!options.config.empty()) {
        MB_TRY(config, load_kiosk_config(options.config));
    }
    if (!options.data.empty())
        config.data = options.data;
    if (!options.passphrase_file.empty())
        config.keys.passphrase_file = options.passphrase_file;
    config.keys.pin_file = options.pin_file;
    return config;
}

Result<std::unique_ptr<Clock>> clock_of(const GlobalOptions& options, SystemClock& today)
{
    if (options.at.empty())
        return std::unique_ptr<Clock>(std::make_unique<SystemClock>());
    const auto at = from_rfc3339(options.at);
    if (!at)
        return fail(ErrorKind::input, "is no time such as 2017-09-04T08:30:00+02:00", "--at");
    return std::unique_ptr<Clock>(std::make_unique<ShiftedClock>(today, *at));
}

Result<int> run(const Parsed& parsed, const std::vector<std::string>& arguments, Output& output)
{
    MB_TRY(const KioskConfig config, configure(parsed.options));
    SystemClock today;
    SystemRandom random;
    MB_TRY(const auto clock, clock_of(parsed.options, today));
    FolderHost host(config, *clock, random, !parsed.options.at.empty());
    auto done = run_action(parsed, host, output);
    if (done || !host.held_by_another())
        return done;
    const auto cwd = std::filesystem::current_path();
    MB_TRY(const auto code, forward(config.data / control_socket_name, arguments, cwd, output));
    if (!code)
        return fail(ErrorKind::storage, "another process holds this folder and takes no commands",
                    config.data.string(), "stop it, or wait until it has ended");
    return *code;
}

} // namespace

int main(int argc, char** argv)
{
    keep_memory_private();
    std::signal(SIGPIPE, SIG_IGN);
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ); // a program may wait for each line
    log::start("montbrillant", log::Level::warn);
    ErrorStream errors;
    Output output{[](std::string_view line) { write_line(stdout, line); },
                  [&errors](std::string_view line) { errors.line(line); }, false,
                  [&errors](std::string_view line) { errors.progress(line); }};
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        const Parsed parsed = parse_command_line(arguments, output);
        if (!parsed.action)
            return flushed(parsed.exit_code);
        const auto done = run(parsed, arguments, output);
        return flushed(done ? *done : output.report(done.error()));
    } catch (const std::exception& error) {
        return output.report({ErrorKind::storage, error.what(), {}, {}});
    }
}
