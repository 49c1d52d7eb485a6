// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/terminal_input.hpp"

#include <fmt/format.h>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace montbrillant {
namespace {

class EchoOff {
public:
    EchoOff()
    {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0)
            return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    }
    ~EchoOff()
    {
        if (changed_)
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;

private:
    termios before_{};
    bool changed_ = false;
};

} // namespace

std::optional<std::string> read_line(std::istream& in, std::size_t bytes_max)
{
    std::string line;
    for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
        if (c == '\n')
            return line;
        if (line.size() < bytes_max)
            line += static_cast<char>(c);
    }
    return line.empty() ? std::nullopt : std::optional(std::move(line));
}

Result<std::string> read_secret(std::string_view prompt, std::size_t bytes_max)
{
    std::optional<std::string> line;
    if (::isatty(STDIN_FILENO) == 1) {
        fmt::print(stderr, "{}: ", prompt);
        const EchoOff hidden;
        line = read_line(std::cin, bytes_max);
        fmt::print(stderr, "\n");
    } else {
        line = read_line(std::cin, bytes_max);
    }
    if (!line)
        return fail(ErrorKind::input, "is empty", "standard input");
    return std::move(*line);
}

} // namespace montbrillant
