// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "sync/base/json.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace montbrillant {
namespace {

struct JournalOptions {
    std::size_t count = 20;
    std::string file;
};

Result<int> verify(CommandHost& host, Output& output)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto broken, store->verify_journal());
    if (broken)
        return fail(ErrorKind::storage, broken->why,
                    fmt::format("fact {} of {}", broken->counter, broken->device.str()),
                    "this folder was changed by another program, or the disk is failing");
    output.say({{"intact", true}}, "every link holds");
    return 0;
}

Json row_json(const Store::JournalRow& row)
{
    const auto fact = parse_json(row.bytes, "journal");
    return {{"seq", row.seq ? Json(*row.seq) : Json(nullptr)},
            {"verdict", row.verdict},
            {"fact", fact ? *fact : Json(row.bytes)}};
}

Result<int> tail(CommandHost& host, Output& output, const JournalOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto rows, store->journal(options.count));
    for (const auto& row : rows) {
        const Json line = row_json(row);
        const Json& fact = line["fact"];
        const auto data = fact.find("data");
        output.say(line,
                   fmt::format("{:>6} {:<9} {:<8} {:<22} {}", row.seq ? std::to_string(*row.seq) : "-",
                               row.verdict, json_text_or(fact, "device", ""), json_text_or(fact, "kind", ""),
                               data == fact.end() ? "" : dump_json(*data)));
    }
    return 0;
}

Result<int> export_all(CommandHost& host, Output& output, const JournalOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto rows, store->journal(0));
    std::string lines;
    for (const auto& row : rows)
        lines.append(dump_json(row_json(row))) += '\n';
    MB_CHECK(write_file(host.path(options.file), as_bytes(lines), 0600));
    output.say({{"facts", rows.size()}, {"file", options.file}},
               fmt::format("{} facts in {}", rows.size(), options.file));
    return 0;
}

} // namespace

void add_journal_commands(const CommandTree& tree)
{
    CLI::App& journal =
        add_group(tree, "journal", "What happened, fact by fact", "--data demo journal tail -n 5");
    const auto options = std::make_shared<JournalOptions>();
    add_command(tree, journal, "verify", "Checks every hash link and names the first broken one",
                "--data demo journal verify", verify);
    add_command(tree, journal, "tail", "The last facts, oldest first", "--data demo journal tail -n 5",
                with(options, tail))
        .add_option("-n", options->count, "How many")
        ->check(CLI::Range(1, 1000000));
    add_command(tree, journal, "export", "All facts as JSON lines", "--data demo journal export facts.jsonl",
                with(options, export_all))
        .add_option("FILE", options->file, "File to write")
        ->required();
}

} // namespace montbrillant
