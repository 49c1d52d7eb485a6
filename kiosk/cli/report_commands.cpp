// SPDX-License-Identifier: Apache-2.0
// J9: what the event manager hands on. Each is a table; each export is a fact.
#include "kiosk/cli/command_line.hpp"
#include "sync/base/files.hpp"
#include "sync/base/json.hpp"
#include "sync/domain/people/csv.hpp"

#include <fmt/format.h>
#include <map>

namespace montbrillant {
namespace {

struct ReportOptions {
    std::string name;
    std::string out;
};

struct ReportTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
};

struct Source {
    const State& state;
    const EventProfile& profile;
    const std::vector<Person>& people; ///< in the order of their ids

    [[nodiscard]] const Delegate& delegate(const Person& person) const
    {
        static const Delegate nobody;
        const Delegate* known = state.delegates.find(person.id);
        return known == nullptr ? nobody : *known;
    }
    [[nodiscard]] std::string arrival(const Person& person) const
    {
        const Delegate& known = delegate(person);
        if (!known.checked_in)
            return {};
        const LocalTime at = local_time(profile.time_zone, known.checked_in_time);
        return fmt::format("{} {}", at.date.str(), at.time.str());
    }
};

std::string yes_no(bool value) { return value ? "yes" : "no"; }

/// Per minute, for the queue at the entrance.
ReportTable arrivals(const Source& source)
{
    std::map<std::string, std::size_t> minutes;
    for (const auto& person : source.people) {
        if (const std::string at = source.arrival(person); !at.empty())
            ++minutes[at];
    }
    ReportTable table{{"minute", "arrivals", "total"}, {}};
    std::size_t total = 0;
    for (const auto& [minute, count] : minutes) {
        total += count;
        table.rows.push_back({minute, std::to_string(count), std::to_string(total)});
    }
    return table;
}

ReportTable delegations(const Source& source)
{
    struct Row {
        std::string head;
        std::string deputies;
        std::size_t registered = 0;
        std::size_t arrived = 0;
    };
    std::map<std::string, Row> rows;
    for (const auto& person : source.people) {
        if (person.delegation.empty() || person.state != Registration::approved)
            continue;
        Row& row = rows[person.delegation];
        ++row.registered;
        row.arrived += source.delegate(person).checked_in ? 1U : 0U;
        const auto* current = source.state.delegations.find(person.delegation);
        if (current != nullptr && current->head == person.id)
            row.head = person.badge_name;
        if (person.role == Role::deputy_head)
            row.deputies += (row.deputies.empty() ? "" : "; ") + person.badge_name;
    }
    ReportTable table{{"delegation", "name", "head", "deputy_heads", "registered", "arrived"}, {}};
    for (const auto& [code, row] : rows)
        table.rows.push_back({code, source.profile.delegation_name(code, Language::en), row.head,
                              row.deputies, std::to_string(row.registered), std::to_string(row.arrived)});
    return table;
}

/// Who takes part in decisions: Member States and Sector Members; an SME of the pilot does not (rule 9).
ReportTable roster(const Source& source)
{
    ReportTable table{{"delegation", "registration_id", "badge_name", "category", "role", "arrived"}, {}};
    for (const auto& person : source.people) {
        const bool decides =
            person.category == Category::member_state || person.category == Category::sector_member;
        if (decides && person.state == Registration::approved)
            table.rows.push_back({person.delegation, person.id.str(), person.badge_name,
                                  std::string(name_of(person.category)), std::string(name_of(person.role)),
                                  yes_no(source.delegate(person).checked_in)});
    }
    std::stable_sort(table.rows.begin(), table.rows.end(),
                     [](const auto& a, const auto& b) { return a.front() < b.front(); });
    return table;
}

ReportTable flagged(const Source& source, Flag flag)
{
    ReportTable table{
        {"registration_id", "badge_name", "organization", "delegation", "arrived_in_person", "time"}, {}};
    for (const auto& person : source.people) {
        if (person.flags.contains(flag) && person.state != Registration::cancelled)
            table.rows.push_back({person.id.str(), person.badge_name, person.organization, person.delegation,
                                  yes_no(source.delegate(person).arrived), source.arrival(person)});
    }
    return table;
}
ReportTable newcomers(const Source& source) { return flagged(source, Flag::newcomer); }
ReportTable fellows(const Source& source) { return flagged(source, Flag::fellow); }

ReportTable attendance(const Source& source)
{
    ReportTable table{{"session", "registration_id", "badge_name", "came"}, {}};
    for (const auto& session : source.profile.sessions) {
        for (const auto& person : source.people) {
            const bool came = source.delegate(person).attended.contains(session.id);
            if (came || (session.eligible && person.flags.contains(*session.eligible)))
                table.rows.push_back({session.id.str(), person.id.str(), person.badge_name, yes_no(came)});
        }
    }
    return table;
}

/// Asked for by Member States alone; closing plenary only.
ReportTable interpretation(const Source& source)
{
    std::map<std::string, std::size_t> asked;
    for (const auto& person : source.people) {
        if (person.interpretation_language && person.category == Category::member_state &&
            person.state == Registration::approved)
            ++asked[std::string(language_code(*person.interpretation_language))];
    }
    ReportTable table{{"language", "asked_for_by"}, {}};
    for (const auto& [language, count] : asked)
        table.rows.push_back({language, std::to_string(count)});
    return table;
}

ReportTable outstanding(const Source& source)
{
    ReportTable table{{"registration_id", "badge_name", "locker", "laptop", "due"}, {}};
    for (const auto& person : source.people) {
        const Delegate& known = source.delegate(person);
        if (known.lockers.empty() && known.laptop.empty())
            continue;
        const Laptop* laptop = source.state.laptops.find(known.laptop);
        table.rows.push_back({person.id.str(), person.badge_name,
                              known.lockers.empty() ? "" : known.lockers.begin()->str(), known.laptop.str(),
                              laptop == nullptr ? "" : laptop->due});
    }
    return table;
}

using Report = ReportTable (*)(const Source&);
const std::map<std::string, Report>& reports()
{
    static const std::map<std::string, Report> all{{"arrivals", arrivals},
                                                   {"attendance", attendance},
                                                   {"delegations", delegations},
                                                   {"fellows", fellows},
                                                   {"interpretation", interpretation},
                                                   {"newcomers", newcomers},
                                                   {"outstanding", outstanding},
                                                   {"roster", roster}};
    return all;
}

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
    std::string text = csv_line(table.columns);
    for (const auto& row : table.rows)
        text += csv_line(row);
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
    const ReportTable table = reports().at(options.name)({store->view(), *profile, people});
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
    std::vector<std::string> names;
    for (const auto& [name, run] : reports())
        names.push_back(name);
    const Subcommand one = add_command(tree, tree.app, "report",
                                       "A table for the event manager, as CSV; a fact says that it was made",
                                       "--data demo report fellows --out fellows.csv", with(options, report));
    one.option("NAME", options->name, fmt::format("{}", fmt::join(names, ", "))).required().one_of(names);
    one.option("--out", options->out, "File to write, for you alone to read; else standard output");
}

} // namespace montbrillant
