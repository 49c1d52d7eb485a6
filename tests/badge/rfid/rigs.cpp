// SPDX-License-Identifier: Apache-2.0
#include "tests/badge/rfid/rigs.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <sys/wait.h>

namespace montbrillant::test {
namespace {

template <class T> T value_or_throw(Result<T> result)
{
    if (!result)
        throw std::runtime_error(result.error().text());
    return std::move(*result);
}

std::vector<std::string> readerd_arguments(const std::filesystem::path& port,
                                           const std::filesystem::path& profile)
{
    std::vector<std::string> arguments{readerd_program(), "--device", connstring(port)};
    if (!profile.empty())
        arguments.insert(arguments.end(), {"--profile", profile.string()});
    return arguments;
}

std::vector<std::string> sim_arguments(const std::filesystem::path& port, std::vector<std::string> more)
{
    more.insert(more.begin(), {MONTBRILLANT_SIM_PN532, "--link", port.string()});
    return more;
}

bool ends_by_itself(ChildProcess& child)
{
    SystemClock clock;
    const MonoTime end = clock.mono() + patience;
    std::string line;
    while (clock.mono() < end)
        if (child.read_line(line, Millis(1000)) == ChildProcess::Read::ended)
            return true;
    return false;
}

} // namespace

std::string next_line(ChildProcess& child)
{
    SystemClock clock;
    const MonoTime end = clock.mono() + patience;
    std::string line;
    while (clock.mono() < end) {
        switch (child.read_line(line, Millis(1000))) {
        case ChildProcess::Read::line: return line;
        case ChildProcess::Read::timeout: break;
        case ChildProcess::Read::ended: throw std::runtime_error("the child ended");
        }
    }
    throw std::runtime_error("the child said nothing");
}

SimReader::SimReader(const std::filesystem::path& port, std::vector<std::string> more_arguments)
    : child_(value_or_throw(ChildProcess::start(sim_arguments(port, std::move(more_arguments)))))
{
    if (const auto line = next_line(child_); line != "ready " + port.string())
        throw std::runtime_error(line);
}

void SimReader::command(const std::string& lines)
{
    if (!child_.write_line(lines))
        throw std::runtime_error("the simulator does not listen");
    for (auto left = std::ranges::count(lines, '\n') + 1; left > 0; --left)
        if (const auto answer = next_line(child_); answer != "ok")
            throw std::runtime_error(lines + ": " + answer);
}

bool SimReader::ends() { return ends_by_itself(child_); }

std::string connstring(const std::filesystem::path& port) { return "pn532_uart:" + port.string(); }

std::string readerd_program() { return MONTBRILLANT_READERD; }

ReaderdRun::ReaderdRun(const std::filesystem::path& port, const std::filesystem::path& profile)
    : child_(value_or_throw(ChildProcess::start(readerd_arguments(port, profile))))
{
    const auto first = next();
    if (!std::holds_alternative<ReadyLine>(first))
        throw std::runtime_error(format_reader_line(first));
}

ReaderLine ReaderdRun::next()
{
    for (;;) {
        auto line = value_or_throw(parse_reader_line(next_line(child_)));
        if (!std::holds_alternative<BeatLine>(line))
            return line;
    }
}

std::optional<ReaderLine> ReaderdRun::disturbed_within_beats(int beats)
{
    for (; beats > 0; --beats) {
        auto line = value_or_throw(parse_reader_line(next_line(child_)));
        if (!std::holds_alternative<BeatLine>(line))
            return line;
    }
    return std::nullopt;
}

void ReaderdRun::command(const std::string& line)
{
    if (!child_.write_line(line))
        throw std::runtime_error("readerd does not listen");
}

bool ReaderdRun::ends() { return ends_by_itself(child_); }

Finished run_shell(const std::string& command)
{
    Finished finished;
    std::FILE* pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
    if (pipe == nullptr)
        throw std::runtime_error("no shell");
    std::array<char, 4096> chunk{};
    for (std::size_t got = 1; got > 0;) {
        got = std::fread(chunk.data(), 1, chunk.size(), pipe);
        finished.output.append(chunk.data(), got);
    }
    const int status = ::pclose(pipe);
    finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return finished;
}

} // namespace montbrillant::test
