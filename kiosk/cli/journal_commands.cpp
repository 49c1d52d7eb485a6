// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "sync/base/json.hpp"
#include "sync/store/recovery.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

struct JournalOptions {
    std::size_t count = 20;
    std::string file;
    bool accept = false;
};

Result<int> verify(CommandHost& host, Output& output)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto broken, store->verify_journal());
    if (broken)
        return fail(ErrorKind::storage, broken->why,
                    broken->counter == 0
                        ? host.config().data.string()
                        : fmt::format("fact {} of {}", broken->counter, broken->device.str()),
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
                   fmt::format("{:>6} {:<9} {:<8} {:<10} {:<22} {}", row.seq ? std::to_string(*row.seq) : "-",
                               row.verdict, json_text_or(fact, "device", ""), json_text_or(fact, "actor", ""),
                               json_text_or(fact, "kind", ""), data == fact.end() ? "" : dump_json(*data)));
    }
    return 0;
}

/// All that somebody needs who checks the chains with a program of their own; montbrillant(1) says how.
Json export_json(const Store::JournalRow& row)
{
    Json line = row_json(row);
    line["conflict"] = row.conflict;
    line["reason"] = row.reason;
    line["device"] = row.device.str();
    line["epoch"] = row.epoch;
    line["counter"] = row.counter;
    line["bytes"] = row.bytes;
    line["previous"] = to_hex(row.previous);
    line["hash"] = to_hex(row.hash);
    line["log_hash"] = to_hex(row.log_hash);
    return line;
}

Result<int> export_all(CommandHost& host, Output& output, const JournalOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(auto writer, FileWriter::create(host.path(options.file), 0600));
    std::size_t rows = 0;
    MB_CHECK(store->each_journal_row([&](const Store::JournalRow& row) {
        ++rows;
        return writer.write(as_bytes(dump_json(export_json(row)) + "\n"));
    }));
    MB_CHECK(writer.commit());
    output.say({{"facts", rows}, {"file", options.file}}, fmt::format("{} facts in {}", rows, options.file));
    return 0;
}

Result<int> recover(CommandHost& host, Output& output, const JournalOptions& options)
{
    if (host.live())
        return fail(ErrorKind::refused, "the kiosk that runs could open its database: it is not damaged");
    Store::Options store;
    store.folder = host.config().data;
    MB_TRY(const Rescue found, rescue(store, options.accept, host.clock(), host.random()));
    output.say({{"kept", found.kept},
                {"apart", found.apart},
                {"people", found.people},
                {"first_lost", found.first_lost},
                {"lost", found.lost},
                {"set_aside", found.set_aside}},
               (options.accept ? "" : "Nothing was changed. With --accept: ") + found.words());
    return 0;
}

} // namespace

void add_journal_commands(const CommandTree& tree)
{
    const Subcommand journal =
        add_group(tree, "journal", "What happened, fact by fact", "--data demo journal tail -n 5");
    const auto options = std::make_shared<JournalOptions>();
    add_command(tree, journal, "verify", "Checks every hash link and names the first broken one",
                "--data demo journal verify", verify);
    add_command(tree, journal, "tail", "The last facts, oldest first", "--data demo journal tail -n 5",
                with(options, tail))
        .option("-n", options->count, "How many")
        .between(1, 1000000);
    add_command(tree, journal, "export", "All facts as JSON lines", "--data demo journal export facts.jsonl",
                with(options, export_all))
        .option("FILE", options->file, "File to write")
        .required();
    add_command(tree, journal, "recover", "What of a damaged database can be kept; --accept goes on with it",
                "--data demo journal recover", with(options, recover))
        .flag("--accept", options->accept, "Set the damaged files aside and go on with what can be kept");
}

} // namespace montbrillant
