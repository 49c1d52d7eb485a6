// SPDX-License-Identifier: Apache-2.0
// people export and people sample: CSV files, row by row.
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/progress.hpp"
#include "sync/base/files.hpp"
#include "sync/base/json.hpp"
#include "sync/domain/people/people_csv.hpp"
#include "sync/domain/people/sample_people.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr unsigned for_the_owner = 0600;
constexpr unsigned for_everybody = 0644;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

struct ExportOptions {
    std::string out;
    bool for_spreadsheet = false;
};

struct SampleOptions {
    std::size_t count = 0;
    std::uint64_t seed = 1;
    std::string out;
};

/// Rows on their way to a file, many at a time.
class RowWriter {
public:
    explicit RowWriter(FileWriter file) : file_(std::move(file)) {}
    [[nodiscard]] Result<> write(std::string_view row)
    {
        rows_ += row;
        return rows_.size() < together ? Result<>() : flush();
    }
    [[nodiscard]] Result<> commit()
    {
        MB_CHECK(flush());
        return file_.commit();
    }

private:
    static constexpr std::size_t together = 256U * 1024U;
    [[nodiscard]] Result<> flush()
    {
        MB_CHECK(file_.write(as_bytes(rows_)));
        rows_.clear();
        return {};
    }
    FileWriter file_;
    std::string rows_;
};

using WriteText = std::function<Result<>(std::string_view)>;

/// Gives how many people there were.
Result<std::size_t> write_everybody(Store& store, bool for_spreadsheet, const WriteText& write,
                                    Progress& progress)
{
    std::size_t people = 0;
    Result<> written =
        write(for_spreadsheet ? std::string(byte_order_mark) + people_csv_header() : people_csv_header());
    MB_CHECK(store.each_person([&](const Person& person) {
        if (!written)
            return;
        written = write(for_spreadsheet ? people_csv_row_for_spreadsheet(person) : people_csv_row(person));
        ++people;
        progress.at(people, people, "people");
    }));
    MB_CHECK(written);
    return people;
}

/// That everybody's data left the house is a fact before it does.
Result<> note_export(Store& store, std::size_t people)
{
    Draft draft;
    draft.facts.push_back(fact::ExportMade{"people", static_cast<unsigned>(people)});
    draft.actor = "manager";
    MB_CHECK(store.commit(draft));
    return {};
}

Result<int> export_to(CommandHost& host, Output& output, Store& store, const ExportOptions& options)
{
    MB_TRY(auto beside, FileWriter::create(host.path(options.out), for_the_owner));
    RowWriter file(std::move(beside));
    std::size_t people = 0;
    {
        Progress progress(output, host.clock(), options.out, {});
        MB_TRY(people, write_everybody(
                           store, options.for_spreadsheet,
                           [&file](std::string_view text) { return file.write(text); }, progress));
    }
    MB_CHECK(note_export(store, people));
    MB_CHECK(file.commit());
    output.say({{"people", people}, {"file", options.out}},
               fmt::format("{} people in {}", people, options.out));
    return 0;
}

Result<int> export_all(CommandHost& host, Output& output, const ExportOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto event, profile_of(*store));
    if (!options.out.empty())
        return export_to(host, output, *store, options);
    std::size_t people = 0;
    MB_CHECK(store->each_person([&people](const Person&) { ++people; }));
    MB_CHECK(note_export(*store, people));
    Progress progress(output, host.clock(), "export", {});
    const auto say = [&output](std::string_view row) -> Result<> {
        row.remove_suffix(1); // the line's own end follows
        output.out(row);
        return {};
    };
    MB_CHECK(write_everybody(*store, options.for_spreadsheet, say, progress));
    return 0;
}

Result<int> sample(CommandHost& host, Output& output, const SampleOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto profile, profile_of(*store));
    MB_TRY(auto beside, FileWriter::create(host.path(options.out), for_everybody));
    RowWriter file(std::move(beside));
    {
        Progress progress(output, host.clock(), options.out, options.count);
        SamplePeople people(*profile, options.seed);
        MB_CHECK(file.write(people_csv_header()));
        for (std::size_t made = 1; made <= options.count; ++made) {
            MB_CHECK(file.write(people_csv_row(people.next())));
            progress.at(made, made, "people");
        }
    }
    MB_CHECK(file.commit());
    output.say({{"people", options.count}, {"file", options.out}},
               fmt::format("{} made-up people in {}", options.count, options.out));
    return 0;
}

} // namespace

void add_export_command(const CommandTree& tree, Subcommand people)
{
    const auto options = std::make_shared<ExportOptions>();
    const Subcommand one =
        add_command(tree, people, "export", "Everybody as CSV", "", with(options, export_all));
    one.footer(
        "Every text is written exactly as it is: importing the file gives the same people. A cell that\n"
        "begins with = + - or @ is a formula to a spreadsheet program, which runs it: for a file to look at\n"
        "in one, use --for-spreadsheet.\n\n"
        "Example: montbrillant --data demo people export --out people.csv");
    one.option("--out", options->out,
               "File to write, readable to its owner only; without it, standard output");
    one.flag(
        "--for-spreadsheet", options->for_spreadsheet,
        "Put an apostrophe before such cells and a byte order mark at the start; not to be imported again");
}

void add_sample_command(const CommandTree& tree, Subcommand people)
{
    const auto options = std::make_shared<SampleOptions>();
    const Subcommand one =
        add_command(tree, people, "sample", "Writes a CSV of made-up delegates in all scripts",
                    "--data demo people sample 4000 --seed 1 --out people.csv", with(options, sample));
    one.option("N", options->count, "How many").required().between(1, 1000000);
    one.option("--seed", options->seed, "The same seed gives the same people");
    one.option("--out", options->out, "CSV to write").required();
}

} // namespace montbrillant
