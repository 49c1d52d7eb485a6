// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/terminal_input.hpp"

#include "sync/base/secret_input.hpp"

#include <iostream>
#include <unistd.h>

namespace montbrillant {
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

Result<crypto::SecretText> read_secret(std::string_view prompt, std::size_t bytes_max)
{
    if (::isatty(STDIN_FILENO) == 1)
        return ask_terminal(prompt, "");
    std::optional<std::string> line = read_line(std::cin, bytes_max);
    if (!line)
        return fail(ErrorKind::input, "is empty", "standard input");
    crypto::SecretText secret(*line);
    crypto::wipe(*line);
    return secret;
}

} // namespace montbrillant
