// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The command line as a tree of subcommands. One file each adds a group; the contract of names, shapes and
/// exit codes is in the man page montbrillant(1).

#include "kiosk/cli/host.hpp"
#include "sync/base/arguments.hpp"

#include <memory>
#include <string>
#include <vector>

namespace montbrillant {

/// What a chosen subcommand does; it returns an error or the exit code 0 to 3.
using Action = std::function<Result<int>(CommandHost&, Output&)>;

struct CommandTree {
    Subcommand app;
    Action& action; ///< set by the subcommand that was chosen
};

/// A group of subcommands, and one in it (or in the app itself). `example` is what follows the program's name
/// in its help. Options that are bound to a command must outlive the parsing: the action shares them.
Subcommand add_group(const CommandTree& tree, const std::string& name, const std::string& description,
                     const std::string& example);
Subcommand add_command(const CommandTree& tree, Subcommand group, const std::string& name,
                       const std::string& description, const std::string& example, Action run);

template <class Options>
[[nodiscard]] Action with(std::shared_ptr<Options> options,
                          Result<int> (*run)(CommandHost&, Output&, const Options&))
{
    return [options = std::move(options), run](CommandHost& host, Output& output) {
        return run(host, output, *options);
    };
}

void add_event_commands(const CommandTree& tree);
void add_people_commands(const CommandTree& tree);
void add_import_command(const CommandTree& tree, Subcommand people);
void add_export_command(const CommandTree& tree, Subcommand people);
void add_sample_command(const CommandTree& tree, Subcommand people);
void add_code_commands(const CommandTree& tree);
void add_check_in_command(const CommandTree& tree);
void add_badge_commands(const CommandTree& tree);
void add_badge_desk_commands(const CommandTree& tree, Subcommand badge);
void add_badge_device_commands(const CommandTree& tree, Subcommand badge);
void add_locker_commands(const CommandTree& tree);
void add_laptop_commands(const CommandTree& tree);
void add_staff_commands(const CommandTree& tree);
void add_session_commands(const CommandTree& tree);
void add_report_command(const CommandTree& tree);
void add_journal_commands(const CommandTree& tree);
void add_sync_commands(const CommandTree& tree);
void add_key_commands(const CommandTree& tree);

/// Options beside the subcommand.
struct GlobalOptions {
    std::string data;
    std::string config;
    std::string at; ///< play another day of the sample event
    std::string passphrase_file;
    std::string pin_file;
    bool json = false;
};

/// Parses; gives the action, or an exit code for --help, --version and usage errors (written to `output`).
struct Parsed {
    GlobalOptions options;
    Action action;
    int exit_code = 0;
};
[[nodiscard]] Parsed parse_command_line(const std::vector<std::string>& arguments, Output& output);

/// Runs the action; an exception becomes an error. A running kiosk parses on any thread and runs on its
/// store's, with a LiveHost; its own folder, configuration and clock stand, whatever the options say.
[[nodiscard]] Result<int> run_action(const Parsed& parsed, CommandHost& host, Output& output);

} // namespace montbrillant
