// SPDX-License-Identifier: Apache-2.0
// people import: all good rows or none. What is wrong, with the text or with the rules, is known before the
// first fact is written; the facts are then written in batches, and an import that was cut short is taken up
// by running it again.
#include "kiosk/cli/command_line.hpp"
#include "sync/base/json.hpp"
#include "sync/base/toml.hpp"
#include "sync/domain/people/people_csv.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::size_t csv_bytes_max = 1024U * 1024U * 1024U;
constexpr std::size_t rows_per_commit = 2000;
constexpr std::size_t missing_named_max = 100;
constexpr std::size_t missing_shown_max = 20;

struct ImportOptions {
    std::string file;
    std::string map;
    bool skip_bad = false;
};

struct Row {
    std::size_t row{};
    Person person;
};

/// What the file says, and what is wrong with it.
struct Reading {
    std::vector<Row> rows;
    std::size_t rows_in_file{};
    std::size_t bad_rows{};
    bool header_bad = false;
    std::vector<std::string> faults;
    std::vector<std::string> notes; ///< rows that are skipped and are nobody's mistake
};

/// What must be written: `facts[i]` carries the record of `people[i]`.
struct Plan {
    std::vector<Body> facts;
    std::vector<Person> people;
    std::size_t imported{};
    std::size_t amended{};
    std::size_t unchanged{};
    std::size_t erased{};
};

Result<std::map<std::string, std::string, std::less<>>> read_map(const std::filesystem::path& file)
{
    std::map<std::string, std::string, std::less<>> renames;
    MB_TRY(TomlTable table, TomlTable::load(file));
    TomlTable columns = table.table("columns");
    for (const auto& theirs : columns.keys()) {
        const std::string ours = columns.text(theirs);
        if (std::find(people_columns.begin(), people_columns.end(), ours) == people_columns.end())
            columns.reject(theirs, fmt::format("\"{}\" is no column of ours", ours),
                           fmt::format("one of {}", fmt::join(people_columns, ", ")));
        renames.emplace(theirs, ours);
    }
    MB_CHECK(table.finish());
    return renames;
}

Result<Reading> read_rows(CommandHost& host, const Output& output, const EventProfile& profile,
                          const ImportOptions& options)
{
    MB_TRY(const std::string text, read_file(host.path(options.file), csv_bytes_max));
    CsvOptions csv;
    csv.file = options.file;
    csv.delegation_known = [&profile](std::string_view code) { return profile.delegation(code) != nullptr; };
    if (!options.map.empty()) {
        MB_TRY(csv.renames, read_map(host.path(options.map)));
    }
    Reading reading;
    PeopleCsvReader reader(csv, [&reading](const CsvRow& row, Result<Person> person) {
        for (const auto& fault : row.faults)
            reading.faults.push_back(fault.text());
        if (person)
            reading.rows.push_back({row.row, std::move(*person)});
    });
    reader.feed(text);
    const CsvSummary summary = reader.finish();
    for (const auto& warning : summary.warnings)
        output.err(fmt::format("{}: note: {}", options.file, warning.text()));
    for (const auto& fault : summary.header_faults)
        reading.faults.push_back(fault.text());
    reading.header_bad = !summary.header_faults.empty();
    reading.rows_in_file = summary.rows;
    reading.bad_rows = summary.bad_rows;
    return reading;
}

/// Tries every change on a scratch layer, so that a rule's refusal is a bad row too. Heads come last: who
/// leaves the post in this file makes room first.
Result<Plan> make_plan(Store& store, Reading& reading)
{
    std::stable_partition(reading.rows.begin(), reading.rows.end(),
                          [](const Row& row) { return row.person.role != Role::head; });
    Plan plan;
    State scratch(&store.view());
    for (auto& [row, person] : reading.rows) {
        // The other system may never have heard of the erasure: its list is not wrong, and nobody comes back.
        if (store.is_erased(person.id)) {
            reading.notes.push_back(
                fmt::format("row {}: {} was erased here; the row is skipped", row, person.id.str()));
            ++plan.erased;
            continue;
        }
        const Delegate* known = store.view().delegates.find(person.id);
        if (known != nullptr) {
            MB_TRY(const auto before, store.person(person.id));
            if (before && *before == person && !known->provisional) {
                ++plan.unchanged;
                continue;
            }
        }
        Fact fact;
        if (known == nullptr)
            fact.body = fact::DelegateRegistered{person.id, participation_of(person), false};
        else
            fact.body = fact::DelegateAmended{person.id, participation_of(person)};
        const Outcome outcome = admit(scratch, fact);
        if (outcome.verdict != Verdict::accepted) {
            reading.faults.push_back(fmt::format("row {}: {}", row, outcome.reason));
            ++reading.bad_rows;
            continue;
        }
        static_cast<void>(apply(scratch, fact, outcome));
        ++(known == nullptr ? plan.imported : plan.amended);
        plan.facts.push_back(std::move(fact.body));
        plan.people.push_back(person);
    }
    return plan;
}

Result<> write_plan(CommandHost& host, Store& store, Plan& plan, const Output& output)
{
    constexpr Millis second{1000};
    MonoTime said = host.clock().mono();
    for (std::size_t i = 0; i < plan.facts.size();) {
        const std::size_t end = std::min(i + rows_per_commit, plan.facts.size());
        Draft draft;
        draft.actor = "import";
        for (; i < end; ++i) {
            draft.facts.push_back(std::move(plan.facts[i]));
            draft.records.push_back(plan.people[i]);
        }
        MB_CHECK(store.commit(draft));
        if (const MonoTime now = host.clock().mono(); now - said >= second) {
            output.err(fmt::format("{} of {} people", i, plan.facts.size()));
            said = now;
        }
    }
    return {};
}

/// Registered here and not in the file: named for people to look at, never cancelled.
std::vector<std::string> missing_from(const Store& store, const Reading& reading)
{
    std::set<DelegateId> present;
    for (const auto& row : reading.rows)
        present.insert(row.person.id);
    std::vector<std::string> missing;
    store.view().delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        if (!delegate.provisional && !delegate.erased &&
            delegate.participation.state != Registration::cancelled && !present.contains(id))
            missing.push_back(id.str());
    });
    std::sort(missing.begin(), missing.end());
    return missing;
}

void report(const Plan& plan, const Reading& reading, std::vector<std::string> missing, const Output& output)
{
    const std::size_t skipped = reading.bad_rows + plan.erased;
    std::string text = fmt::format("{} people imported, {} amended, {} unchanged, {} rows skipped",
                                   plan.imported, plan.amended, plan.unchanged, skipped);
    const std::size_t count = missing.size();
    missing.resize(std::min(count, missing_named_max));
    if (count > 0) {
        const auto shown = static_cast<std::ptrdiff_t>(std::min(count, missing_shown_max));
        text += fmt::format("\n{} registered before are not in the file and stay as they are: {}{}", count,
                            fmt::join(missing.begin(), missing.begin() + shown, ", "),
                            count > missing_shown_max ? ", ..." : "");
    }
    output.say({{"imported", plan.imported},
                {"amended", plan.amended},
                {"unchanged", plan.unchanged},
                {"skipped", skipped},
                {"missing", count},
                {"missing_ids", missing}},
               text);
}

Result<int> import(CommandHost& host, Output& output, const ImportOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto profile, profile_of(*store));
    MB_TRY(Reading reading, read_rows(host, output, *profile, options));
    MB_TRY(Plan plan, make_plan(*store, reading));
    for (const auto& note : reading.notes)
        output.err(fmt::format("{}: note: {}", options.file, note));
    for (const auto& fault : reading.faults)
        output.err(fmt::format("{}: {}", options.file, fault));
    if (reading.header_bad)
        return fail(ErrorKind::input, "the header cannot be used; nothing was imported", options.file);
    if (reading.bad_rows > 0 && !options.skip_bad)
        return fail(ErrorKind::input,
                    fmt::format("{} of {} rows are bad; nothing was imported", reading.bad_rows,
                                reading.rows_in_file),
                    options.file, "correct them, or import the good ones with --skip-bad");
    MB_CHECK(write_plan(host, *store, plan, output));
    if (host.live()) {
        MB_TRY(Desk* const desk, host.desk());
        std::vector<DelegateId> changed;
        for (const auto& person : plan.people)
            changed.push_back(person.id);
        desk->refresh(changed);
    }
    report(plan, reading, missing_from(*store, reading), output);
    return 0;
}

} // namespace

void add_import_command(const CommandTree& tree, CLI::App& people)
{
    const auto options = std::make_shared<ImportOptions>();
    CLI::App& one =
        add_command(tree, people, "import", "Imports a CSV: all rows, or none and every bad row named",
                    "--data demo people import people.csv --skip-bad", with(options, import));
    one.add_option("FILE", options->file, "CSV, UTF-8, with a header row")->required();
    one.add_option(
        "--map", options->map,
        "TOML with a table [columns]: \"their column\" = \"our column\", for another system's export");
    one.add_flag("--skip-bad", options->skip_bad, "Import the good rows, name the others");
}

} // namespace montbrillant
