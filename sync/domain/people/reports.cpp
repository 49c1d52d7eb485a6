// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/reports.hpp"

#include "sync/domain/people/csv.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace montbrillant {
namespace {

std::string yes_no(bool value) { return value ? "yes" : "no"; }

/// Per minute, for the queue at the entrance.
ReportTable arrivals(const ReportSource& source)
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

ReportTable delegations(const ReportSource& source)
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
ReportTable roster(const ReportSource& source)
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

ReportTable flagged(const ReportSource& source, Flag flag)
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
ReportTable newcomers(const ReportSource& source) { return flagged(source, Flag::newcomer); }
ReportTable fellows(const ReportSource& source) { return flagged(source, Flag::fellow); }

ReportTable attendance(const ReportSource& source)
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
ReportTable interpretation(const ReportSource& source)
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

ReportTable outstanding(const ReportSource& source)
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

using Report = ReportTable (*)(const ReportSource&);
const std::map<std::string, Report, std::less<>>& reports()
{
    static const std::map<std::string, Report, std::less<>> all{{"arrivals", arrivals},
                                                                {"attendance", attendance},
                                                                {"delegations", delegations},
                                                                {"fellows", fellows},
                                                                {"interpretation", interpretation},
                                                                {"newcomers", newcomers},
                                                                {"outstanding", outstanding},
                                                                {"roster", roster}};
    return all;
}

} // namespace

const Delegate& ReportSource::delegate(const Person& person) const
{
    static const Delegate nobody;
    const Delegate* known = state.delegates.find(person.id);
    return known == nullptr ? nobody : *known;
}

std::string ReportSource::arrival(const Person& person) const
{
    const Delegate& known = delegate(person);
    if (!known.checked_in)
        return {};
    const LocalTime at = local_time(profile.time_zone, known.checked_in_time);
    return fmt::format("{} {}", at.date.str(), at.time.str());
}

std::vector<std::string> report_names()
{
    std::vector<std::string> names;
    for (const auto& [name, report] : reports())
        names.push_back(name);
    return names;
}

std::optional<ReportTable> make_report(std::string_view name, const ReportSource& source)
{
    const auto found = reports().find(name);
    return found == reports().end() ? std::nullopt : std::optional(found->second(source));
}

std::string report_csv(const ReportTable& table)
{
    std::string text = csv_line(table.columns);
    for (const auto& row : table.rows)
        text += csv_line(row);
    return text;
}

} // namespace montbrillant
