// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The arguments of a subcommand: CLI11, compiled once. It is headers only, and every file that includes it
/// pays for all of it again, more than for the command itself.
///
/// Handles, to be passed by value; the CommandTree owns what they name. What an argument is written into must
/// outlive the parsing.

#include <cstddef>
#include <cstdint>
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

    [[nodiscard]] CLI::App& app() const { return *app_; }

private:
    CLI::App* app_;
};

} // namespace montbrillant
