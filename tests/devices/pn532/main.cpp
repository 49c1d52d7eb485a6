// SPDX-License-Identifier: Apache-2.0
#include "sync/base/arguments.hpp"
#include "sync/base/clock.hpp"
#include "tests/devices/pn532/control.hpp"
#include "tests/devices/pn532/simulator.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <unistd.h>

namespace {

using namespace montbrillant;

std::atomic<bool> stop{false};

void install_signals()
{
    struct sigaction action = {};
    action.sa_handler = [](int) { stop.store(true); };
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &action, nullptr);
}

int wait_ms(const pn532::Simulator& simulator, MonoTime now)
{
    constexpr Millis longest{1000};
    const auto due = simulator.next_due();
    const Millis left = due ? std::clamp(*due - now, Millis(0), longest) : longest;
    return static_cast<int>(left.count());
}

int run(const std::string& link, const std::string& socket)
{
    SystemClock clock;
    pn532::Simulator simulator(link);
    auto control = pn532::Control::open(socket);
    const auto plugged = simulator.plug();
    if (!control || !plugged) {
        std::fprintf(stderr, "%s\n", (control ? plugged.error() : control.error()).text().c_str());
        return exit_code(ErrorKind::device);
    }
    control->announce("ready " + simulator.pty().path().string());
    while (!stop.load() && !simulator.finished() && !control->orphaned()) {
        std::vector<pollfd> waiting = control->descriptors();
        waiting.push_back({simulator.pty().fd(), POLLIN, 0});
        ::poll(waiting.data(), waiting.size(), wait_ms(simulator, clock.mono()));
        control->serve([&](std::string_view line) { return simulator.command(line, clock.mono()); });
        simulator.tick(clock.mono());
    }
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    CommandLine line("montbrillant-sim-pn532",
                     "Plays a PN532 card reader on a pseudo-terminal, for libnfc to open.",
                     "Example: montbrillant-sim-pn532 --link /tmp/reader\n"
                     "         nfc-list with LIBNFC_DEVICE=pn532_uart:/tmp/reader finds it.\n"
                     "Prints \"ready PATH\", then answers each line of stdin: insert UID "
                     "[ntag213|desfire|classic], remove [UID],\n"
                     "tap UID MS, fault NAME [COUNT], unplug, replug, quit.");
    std::string link;
    std::string socket;
    const Subcommand app = line.arguments();
    app.option("--link", link, "symlink to the terminal, replaced atomically, removed at the end")
        .shown_as("PATH");
    app.option("--control", socket, "takes the same lines from a Unix socket, too").shown_as("UNIX_SOCKET");
    if (const auto ended = line.parse(argc, argv))
        return *ended;
    install_signals();
    return run(link, socket);
}
