// SPDX-License-Identifier: Apache-2.0
#include "sync/base/arguments.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <iostream>

namespace montbrillant {
namespace {

constexpr int usage_error = 2;

} // namespace

Argument Argument::required() const
{
    option_->required();
    return *this;
}

Argument Argument::one_of(const std::vector<std::string>& words) const
{
    option_->check(CLI::IsMember(words));
    return *this;
}

Argument Argument::between(int least, int most) const
{
    option_->check(CLI::Range(least, most));
    return *this;
}

Argument Argument::sized(std::size_t least, std::size_t most) const
{
    option_->check([least, most](const std::string& text) {
        return text.size() < least || text.size() > most ? fmt::format("needs {} to {} bytes", least, most)
                                                         : std::string();
    });
    return *this;
}

Argument Argument::separated_by(char character) const
{
    option_->delimiter(character);
    return *this;
}

Argument Argument::shown_as(const std::string& kind) const
{
    option_->type_name(kind);
    return *this;
}

Argument Subcommand::option(const std::string& name, std::string& into, const std::string& help) const
{
    return Argument(*app_->add_option(name, into, help));
}

Argument Subcommand::option(const std::string& name, std::vector<std::string>& into,
                            const std::string& help) const
{
    return Argument(*app_->add_option(name, into, help));
}

Argument Subcommand::option(const std::string& name, std::size_t& into, const std::string& help) const
{
    return Argument(*app_->add_option(name, into, help));
}

Argument Subcommand::option(const std::string& name, unsigned& into, const std::string& help) const
{
    return Argument(*app_->add_option(name, into, help));
}

Argument Subcommand::option(const std::string& name, std::uint16_t& into, const std::string& help) const
{
    return Argument(*app_->add_option(name, into, help));
}

Argument Subcommand::option(const std::string& name, int& into, const std::string& help) const
{
    return Argument(*app_->add_option(name, into, help));
}

Argument Subcommand::flag(const std::string& name, bool& into, const std::string& help) const
{
    return Argument(*app_->add_flag(name, into, help));
}

void Subcommand::footer(const std::string& text) const { app_->footer(text); }

Subcommand Subcommand::subcommand(const std::string& name, const std::string& about) const
{
    return Subcommand(*app_->add_subcommand(name, about));
}

void Subcommand::needs_subcommand() const
{
    app_->require_subcommand(1);
    app_->fallthrough();
}

void Subcommand::when_chosen(std::function<void()> what) const { app_->callback(std::move(what)); }

CommandLine::CommandLine(const std::string& program, const std::string& about, const std::string& footer)
    : app_(std::make_unique<CLI::App>(about, program))
{
    app_->footer(footer);
    app_->set_version_flag("--version", program + " " MONTBRILLANT_VERSION);
}

CommandLine::~CommandLine() = default;

std::optional<int> CommandLine::parse(int argc, const char* const* argv)
{
    return parse({argv + 1, argv + argc}, std::cout, std::cerr);
}

std::optional<int> CommandLine::parse(const std::vector<std::string>& words, std::ostream& out,
                                      std::ostream& err)
{
    std::vector<std::string> reversed(words.rbegin(), words.rend()); // as CLI11 wants it
    try {
        app_->parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app_->exit(error, out, err) == 0 ? 0 : usage_error;
    }
    return std::nullopt;
}

} // namespace montbrillant
