// SPDX-License-Identifier: Apache-2.0
#include "sync/base/secret_input.hpp"

#include "sync/base/files.hpp"

#include <cstdlib>
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

Result<crypto::SecretText> secret_from_file(const std::filesystem::path& file)
{
    MB_TRY(std::string text, read_file(file, secret_bytes_max));
    std::string line = text.substr(0, text.find_first_of("\r\n"));
    crypto::wipe(text);
    if (line.empty())
        return fail(ErrorKind::input, "the first line is empty", file.string());
    crypto::SecretText secret(line);
    crypto::wipe(line);
    return secret;
}

Result<std::optional<crypto::SecretText>> passphrase_from_surroundings()
{
    std::optional<crypto::SecretText> found;
    if (const char* text = std::getenv(passphrase_variable); text != nullptr && *text != '\0') {
        found.emplace(std::string(text));
        return found;
    }
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr)
        return found;
    const auto file = std::filesystem::path(folder) / passphrase_credential;
    if (std::error_code none; std::filesystem::exists(file, none)) {
        MB_TRY(found, secret_from_file(file));
    }
    return found;
}

Result<crypto::SecretText> ask_terminal(std::string_view prompt, std::string remedy)
{
    if (::isatty(STDIN_FILENO) != 1)
        return fail(ErrorKind::input, fmt::format("{}: nobody can be asked", prompt), "standard input",
                    std::move(remedy));
    std::string line;
    {
        fmt::print(stderr, "{}: ", prompt);
        const EchoOff hidden;
        for (int c = std::cin.get(); c != '\n' && c != std::istream::traits_type::eof(); c = std::cin.get()) {
            if (line.size() < secret_bytes_max)
                line += static_cast<char>(c);
        }
        fmt::print(stderr, "\n");
    }
    crypto::SecretText secret(line);
    crypto::wipe(line);
    if (secret.empty())
        return fail(ErrorKind::input, "is empty", "standard input");
    return secret;
}

} // namespace montbrillant
