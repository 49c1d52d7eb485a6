// SPDX-License-Identifier: Apache-2.0

// montbrillant-sim-bank: a bank of lockers on Modbus TCP, for tests, scripts/run and the dock.
//
// The first line on stdout is "listening HOST:PORT". Then one line is answered to each line on stdin (or on a
// connection to --control, the same language), "ok", JSON, or "error: why":
//
//   close N | close all     somebody shuts a door
//   open N                  somebody forces a door
//   jam N on|off            a jammed door does not spring open
//   miswire N M             pulses for N reach M; miswire N N mends it
//   restart                 the board loses its power: counters, running pulses and connections are gone
//   pulses                  {"pulses":[...]}: physical pulses per door since the program began
//   state                   {"boots":1,"connections":1,"doors":[{"door":1,"open":false,...}],"fault":"none"}
//   fault NAME [COUNT] [all]  the next COUNT (1) writes, with "all" requests of any kind: drop, lose-reply,
//                           slow200, slow600, exception4, exception6; until the next fault:
//                           refuse-connections, blackhole; none
//   quit

#include "sync/base/arguments.hpp"
#include "sync/base/json.hpp"
#include "tests/devices/bank/bank_model.hpp"
#include "tests/devices/bank/modbus_server.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace montbrillant;
using namespace montbrillant::sim;

namespace {

constexpr std::size_t line_max = 4096;

struct Program {
    Program(int doors, Millis pulse, bool closed_is_1) : model(doors, pulse), server(model, closed_is_1) {}
    SystemClock clock;
    BankModel model;
    ModbusServer server;
    bool quit = false;
};

std::string pulses(const BankModel& model)
{
    Json out = {{"pulses", Json::array()}};
    for (int door = 1; door <= model.size(); ++door)
        out["pulses"].push_back(model.door(door).pulses);
    return dump_json(out);
}

std::string state(Program& program)
{
    const MonoTime now = program.clock.mono();
    program.model.tick(now);
    Json out = {{"boots", program.model.boots()},
                {"connections", program.server.connections()},
                {"fault", to_text(program.server.fault())},
                {"doors", Json::array()}};
    for (int number = 1; number <= program.model.size(); ++number) {
        const Door& door = program.model.door(number);
        out["doors"].push_back({{"door", number},
                                {"open", door.open},
                                {"jammed", door.jammed},
                                {"released", program.model.released(number, now)},
                                {"fires", door.counter},
                                {"pulses", door.pulses}});
    }
    return dump_json(out);
}

std::string order_fault(Program& program, std::istringstream& words)
{
    std::string name;
    std::string word;
    int count = 1;
    bool every = false;
    words >> name;
    const auto fault = fault_named(name);
    if (!fault)
        return "error: no such fault: " + name;
    while (words >> word) {
        if (word == "all")
            every = true;
        else if (auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), count);
                 failed != std::errc{} || end != word.data() + word.size() || count < 1)
            return "error: not a count: " + word;
    }
    const auto set = program.server.set_fault(*fault, count, every);
    return set ? "ok" : "error: " + set.error().text();
}

std::string restart(Program& program)
{
    program.model.restart(program.clock.mono());
    program.server.hang_up();
    return "ok";
}

std::string order_door(Program& program, const std::string& verb, std::istringstream& words)
{
    BankModel& model = program.model;
    std::string first;
    std::string second;
    words >> first >> second;
    program.model.tick(program.clock.mono());
    if (verb == "close" && first == "all") {
        for (int door = 1; door <= model.size(); ++door)
            model.close(door);
        return "ok";
    }
    int door = 0;
    std::from_chars(first.data(), first.data() + first.size(), door);
    if (door < 1 || door > model.size())
        return "error: no such door: " + first;
    if (verb == "close") {
        model.close(door);
    } else if (verb == "open") {
        model.open(door);
    } else if (verb == "jam" && (second == "on" || second == "off")) {
        model.jam(door, second == "on");
    } else if (verb == "miswire") {
        int other = 0;
        std::from_chars(second.data(), second.data() + second.size(), other);
        if (other < 1 || other > model.size())
            return "error: no such door: " + second;
        model.miswire(door, other);
    } else {
        return "error: say: " + verb + " N on|off";
    }
    return "ok";
}

std::string answer(Program& program, const std::string& line)
{
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "pulses")
        return pulses(program.model);
    if (verb == "state")
        return state(program);
    if (verb == "fault")
        return order_fault(program, words);
    if (verb == "restart")
        return restart(program);
    if (verb == "close" || verb == "open" || verb == "jam" || verb == "miswire")
        return order_door(program, verb, words);
    if (verb == "quit") {
        program.quit = true;
        return "ok";
    }
    return "error: unknown order: " + verb;
}

/// Lines in, lines out; stdin answers on stdout, a control connection on itself.
struct Conversation {
    int in = -1;
    int out = -1;
    FileDescriptor owned;
    std::string pending;
};

/// False when the other side has ended.
bool converse(Program& program, Conversation& talk)
{
    std::array<char, 1024> buffer{};
    const ssize_t got = ::read(talk.in, buffer.data(), buffer.size());
    if (got <= 0)
        return false;
    talk.pending.append(buffer.data(), static_cast<std::size_t>(got));
    for (auto end = talk.pending.find('\n'); end != std::string::npos; end = talk.pending.find('\n')) {
        const std::string reply = answer(program, talk.pending.substr(0, end)) + "\n";
        talk.pending.erase(0, end + 1);
        if (::write(talk.out, reply.data(), reply.size()) != static_cast<ssize_t>(reply.size()))
            return false;
    }
    return talk.pending.size() <= line_max;
}

Result<FileDescriptor> open_control(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(ErrorKind::input, "the path of the control socket is too long", path);
    path.copy(address.sun_path, path.size());
    ::unlink(path.c_str());
    FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd.get(), 4) != 0)
        return fail(ErrorKind::network, std::strerror(errno), path);
    return fd;
}

void serve(Program& program, FileDescriptor control)
{
    std::vector<Conversation> talks;
    talks.push_back({STDIN_FILENO, STDOUT_FILENO, {}, {}});
    while (!program.quit) {
        const auto patience = program.server.due(program.clock.mono());
        std::vector<pollfd> fds;
        if (control.valid())
            fds.push_back({control.get(), POLLIN, 0});
        for (const Conversation& talk : talks)
            fds.push_back({talk.in, POLLIN, 0});
        program.server.add_to(fds);
        ::poll(fds.data(), fds.size(), patience ? static_cast<int>(patience->count()) + 1 : -1);
        for (const pollfd& ready : fds) {
            if (ready.revents == 0)
                continue;
            const auto talk =
                std::find_if(talks.begin(), talks.end(), [&](const auto& t) { return t.in == ready.fd; });
            if (ready.fd == control.get()) {
                FileDescriptor fd(::accept4(control.get(), nullptr, nullptr, SOCK_CLOEXEC));
                const int number = fd.get();
                talks.push_back({number, number, std::move(fd), {}});
            } else if (talk == talks.end()) {
                program.server.readable(ready.fd, program.clock.mono());
            } else if (!converse(program, *talk)) {
                talks.erase(talk); // the end of stdin is not the end of the bank
            }
        }
    }
}

struct Options {
    std::string listen = "127.0.0.1:0";
    std::string port_file;
    std::string control;
    std::string feedback = "closed-is-1";
    int doors = 16;
};

Result<> run(const Options& options)
{
    constexpr Millis pulse{400};
    Program program(options.doors, pulse, options.feedback == "closed-is-1");
    const auto colon = options.listen.rfind(':');
    int port = -1;
    const std::string port_text = colon == std::string::npos ? "" : options.listen.substr(colon + 1);
    std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    if (port < 0 || port > 65535)
        return fail(ErrorKind::input, "say HOST:PORT", options.listen);
    MB_TRY(const std::uint16_t chosen,
           program.server.listen(options.listen.substr(0, colon), static_cast<std::uint16_t>(port)));
    FileDescriptor control;
    if (!options.control.empty()) {
        MB_TRY(control, open_control(options.control));
    }
    if (!options.port_file.empty())
        MB_CHECK(write_file(options.port_file, as_bytes(std::to_string(chosen) + "\n")));
    fmt::print("listening {}:{}\n", options.listen.substr(0, colon), chosen);
    std::fflush(stdout);
    serve(program, std::move(control));
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    CommandLine line(
        "montbrillant-sim-bank", "A bank of lockers on Modbus TCP, simulated",
        "Orders on stdin, one a line: close N, open N, jam N on|off, miswire N M, restart, pulses, state,\n"
        "fault NAME [COUNT] [all], quit. Faults: none, drop, lose-reply, slow200, slow600, exception4,\n"
        "exception6, refuse-connections, blackhole.\n\n"
        "Example: montbrillant-sim-bank --listen 127.0.0.1:1502 --control /tmp/bank.sock");
    const Subcommand app = line.arguments();
    app.option("--listen", options.listen, "HOST:PORT, port 0 for a free one");
    app.option("--port-file", options.port_file, "where to write the chosen port");
    app.option("--control", options.control, "UNIX socket for control lines, besides stdin");
    app.option("--feedback", options.feedback, "how its sensors are wired")
        .one_of({"closed-is-1", "open-is-1"});
    app.option("--doors", options.doors, "how many").between(1, 120);
    if (const auto ended = line.parse(argc, argv))
        return *ended;
    std::signal(SIGPIPE, SIG_IGN);
    if (const auto done = run(options); !done) {
        fmt::print(stderr, "montbrillant-sim-bank: {}\n", done.error().text());
        return exit_code(done.error().kind);
    }
    return 0;
}
