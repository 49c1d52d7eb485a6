// SPDX-License-Identifier: Apache-2.0
// J9: what the event manager hands on. Each is a table; each export is a fact.
#include "kiosk/cli/command_line.hpp"
#include "sync/base/files.hpp"
#include "sync/base/json.hpp"
#include "sync/domain/people/reports.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

struct ReportOptions {
    std::string name;
    std::string out;
};

Result<> hand_out(CommandHost& host, const Output& output, const ReportOptions& options,
                  const ReportTable& table)
{
    if (options.out.empty() && output.json) {
        for (const auto& row : table.rows) {
            Json object;
            for (std::size_t i = 0; i < row.size(); ++i)
                object[table.columns[i]] = row[i];
            output.out(dump_json(object));
        }
        return {};
    }
    std::string text = report_csv(table);
    if (!options.out.empty())
        return write_file(host.path(options.out), as_bytes(text), 0600);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    output.out(text);
    return {};
}

Result<int> report(CommandHost& host, Output& output, const ReportOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto profile, profile_of(*store));
    std::vector<Person> people;
    MB_CHECK(store->each_person([&people](const Person& person) { people.push_back(person); }));
    std::sort(people.begin(), people.end(), [](const Person& a, const Person& b) { return a.id < b.id; });
    const ReportTable table = *make_report(options.name, {store->view(), *profile, people});
    MB_CHECK(store->commit(
        {{fact::ExportMade{options.name, static_cast<unsigned>(table.rows.size())}}, "manager", {}, {}}));
    MB_CHECK(hand_out(host, output, options, table));
    if (!options.out.empty())
        output.say({{"report", options.name}, {"rows", table.rows.size()}, {"file", options.out}},
                   fmt::format("{} rows in {}", table.rows.size(), options.out));
    return 0;
}

} // namespace

void add_report_command(const CommandTree& tree)
{
    const auto options = std::make_shared<ReportOptions>();
    const auto names = report_names();
    const Subcommand one = add_command(tree, tree.app, "report",
                                       "A table for the event manager, as CSV; a fact says that it was made",
                                       "--data demo report fellows --out fellows.csv", with(options, report));
    one.option("NAME", options->name, fmt::format("{}", fmt::join(names, ", "))).required().one_of(names);
    one.option("--out", options->out, "File to write, for you alone to read; else standard output");
}

} // namespace montbrillant
