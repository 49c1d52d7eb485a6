// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The arguments of a program: CLI11, compiled once. It is headers only, and every file that includes it pays
/// for all of it again, more than for the program itself.
///
/// `Subcommand` and `Argument` are handles, to be passed by value, into a CommandLine, which must outlive
/// them. What an argument is written into must live until it is parsed. One thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace montbrillant {

class Argument {
public:
    explicit Argument(CLI::Option& option) : option_(&option) {}

    Argument required() const;
    Argument one_of(const std::vector<std::string>& words) const;
    Argument between(int least, int most) const;
    /// A text of so many bytes.
    Argument sized(std::size_t least, std::size_t most) const;
    /// Several values in one word.
    Argument separated_by(char character) const;
    /// What the help calls its value, instead of TEXT.
    Argument shown_as(const std::string& kind) const;

private:
    CLI::Option* option_;
};

class Subcommand {
public:
    explicit Subcommand(CLI::App& app) : app_(&app) {}

    /// "--why": an option; "ID": what stands at its place.
    Argument option(const std::string& name, std::string& into, const std::string& help) const;
    Argument option(const std::string& name, std::vector<std::string>& into, const std::string& help) const;
    Argument option(const std::string& name, std::size_t& into, const std::string& help) const;
    Argument option(const std::string& name, unsigned& into, const std::string& help) const;
    Argument option(const std::string& name, std::uint16_t& into, const std::string& help) const;
    Argument option(const std::string& name, int& into, const std::string& help) const;
    Argument flag(const std::string& name, bool& into, const std::string& help) const;
    /// What stands below the list of arguments in its help.
    void footer(const std::string& text) const;

    [[nodiscard]] Subcommand subcommand(const std::string& name, const std::string& about) const;
    /// One of its subcommands must be given. The program's own options may also follow it.
    void needs_subcommand() const;
    void when_chosen(std::function<void()> what) const;

private:
    CLI::App* app_;
};

class CommandLine {
public:
    /// `program` with its version is what --version says.
    CommandLine(const std::string& program, const std::string& about, const std::string& footer);
    ~CommandLine();

    [[nodiscard]] Subcommand arguments() { return Subcommand(*app_); }

    /// An exit code when nothing is left to do: --help, --version, or an error that was said (2).
    [[nodiscard]] std::optional<int> parse(int argc, const char* const* argv);
    /// The same, without the program's name, and what it says goes to `out` and `err`.
    [[nodiscard]] std::optional<int> parse(const std::vector<std::string>& words, std::ostream& out,
                                           std::ostream& err);

private:
    std::unique_ptr<CLI::App> app_;
};

} // namespace montbrillant
