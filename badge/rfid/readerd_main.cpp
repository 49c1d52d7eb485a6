// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/readerd.hpp"
#include "sync/base/arguments.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/log.hpp"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace montbrillant;

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free); // set by a signal handler

void on_signal(int) { stop.store(true); }

/// libnfc fails when the port becomes descriptor 0, so 0, 1 and 2 are always taken.
bool fill_standard_descriptors()
{
    for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR))
        if (fd > STDERR_FILENO) {
            ::close(fd);
            return true;
        }
    return false;
}

void install_signals()
{
    struct sigaction action = {};
    action.sa_handler = on_signal; // without SA_RESTART: a waiting poll ends
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    action.sa_handler = SIG_IGN; // a closed stdout is noticed by write
    ::sigaction(SIGPIPE, &action, nullptr);
}

int run(const std::string& device, const std::string& profile_file)
{
    ReaderProfile profile;
    if (!profile_file.empty()) {
        auto loaded = ReaderProfile::load(profile_file);
        if (!loaded) {
            log::error("{}", loaded.error().text());
            return exit_code(ErrorKind::input);
        }
        profile = std::move(*loaded);
    }
    SystemClock clock;
    ReaderPipes pipes(STDIN_FILENO, STDOUT_FILENO);
    Readerd readerd(device, std::move(profile), clock, pipes, stop);
    const auto result = readerd.run();
    if (result)
        return 0;
    log::error("{}", result.error().text());
    return exit_code(result.error().kind);
}

} // namespace

int main(int argc, char** argv)
{
    CommandLine line("montbrillant-readerd",
                     "Reads RFID cards from one PN532 reader and writes what happens as JSON lines.",
                     "Example: montbrillant-readerd --device pn532_uart:/dev/ttyUSB0\n"
                     "A tap is written as "
                     "{\"event\":\"tap\",\"uid\":\"04A1B2C3D4E5F6\",\"family\":\"type2\",\"tier\":0,...}; "
                     "{\"command\":\"quit\"} on stdin ends the program.\n"
                     "Exit codes: 0 done, 2 usage or profile, 3 the reader is missing, busy or lost.");
    std::string device;
    std::string profile_file;
    line.arguments()
        .option("--device", device, "libnfc connection string, for example pn532_uart:/dev/ttyUSB0")
        .required()
        .shown_as("CONNSTRING");
    line.arguments().option("--profile", profile_file, "reader profile (TOML)").shown_as("FILE");
    if (const auto ended = line.parse(argc, argv))
        return *ended;
    if (!fill_standard_descriptors())
        return exit_code(ErrorKind::device);
    install_signals();
    log::start("montbrillant-readerd", log::Level::info);
    return run(device, profile_file);
}
