// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"

#include <sstream>

namespace montbrillant {
namespace {

void write_lines(const std::string& text, const std::function<void(std::string_view)>& to)
{
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        to(line);
}

void describe(Subcommand app, GlobalOptions& options)
{
    app.option("--data", options.data, "The folder that holds the state; held by one process");
    app.option("--config", options.config, "The kiosk's configuration (TOML), for its devices");
    app.option("--at", options.at, "Play another day, the sample event only: 2017-09-04T08:30:00+02:00");
    app.option("--passphrase-file", options.passphrase_file,
               "The passphrase of the event's keys, in the first line of a file");
    app.option("--pin-file", options.pin_file, "A manager's PIN, where the keys rest under PINs");
    app.flag("--json", options.json, "One JSON object, or one a line, instead of text");
    app.needs_subcommand();
}

void add_all(const CommandTree& tree)
{
    add_event_commands(tree);
    add_people_commands(tree);
    add_code_commands(tree);
    add_check_in_command(tree);
    add_badge_commands(tree);
    add_locker_commands(tree);
    add_laptop_commands(tree);
    add_staff_commands(tree);
    add_session_commands(tree);
    add_report_command(tree);
    add_journal_commands(tree);
    add_sync_commands(tree);
    add_key_commands(tree);
}

} // namespace

Subcommand add_group(const CommandTree& tree, const std::string& name, const std::string& description,
                     const std::string& example)
{
    const Subcommand group = tree.app.subcommand(name, description);
    group.needs_subcommand();
    group.footer("Example: montbrillant " + example);
    return group;
}

Subcommand add_command(const CommandTree& tree, Subcommand group, const std::string& name,
                       const std::string& description, const std::string& example, Action run)
{
    const Subcommand command = group.subcommand(name, description);
    command.footer("Example: montbrillant " + example);
    command.when_chosen([&chosen = tree.action, run = std::move(run)] { chosen = run; });
    return command;
}

Parsed parse_command_line(const std::vector<std::string>& arguments, Output& output)
{
    Parsed parsed;
    CommandLine line(
        "montbrillant", "The on-site system of a meeting, without its glass.",
        "Example: montbrillant --data demo people search Dupont\n"
        "Exit codes: 0 done, 1 refused by a rule, 2 usage or input, 3 device, network or storage.");
    describe(line.arguments(), parsed.options);
    add_all({line.arguments(), parsed.action});
    std::ostringstream out;
    std::ostringstream err;
    if (const auto ended = line.parse(arguments, out, err)) {
        write_lines(out.str(), output.out);
        write_lines(err.str(), output.err);
        parsed.exit_code = *ended;
        parsed.action = nullptr;
    }
    output.json = parsed.options.json;
    return parsed;
}

Result<int> run_action(const Parsed& parsed, CommandHost& host, Output& output)
{
    try {
        return parsed.action(host, output);
    } catch (const std::exception& error) {
        return fail(ErrorKind::storage, std::string("the command broke off: ") + error.what());
    }
}

} // namespace montbrillant
