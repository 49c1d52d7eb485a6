// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace montbrillant {

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

} // namespace montbrillant
