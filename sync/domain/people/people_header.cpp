// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/people_header.hpp"

#include "sync/domain/people/csv_encoding.hpp"
#include "sync/domain/people/people_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

CsvFault of_row(const CsvRecord& record, std::string_view column, std::string what)
{
    CsvFault fault{record.row, record.line};
    fault.column = column;
    fault.what = std::move(what);
    return fault;
}

CsvFault of_column(const CsvRecord& record, std::size_t place, std::string_view column, std::string what)
{
    CsvFault fault = of_row(record, column, std::move(what));
    fault.line = record.fields[place].line;
    fault.column_no = place + 1;
    return fault;
}

} // namespace

PeopleHeader::PeopleHeader(const CsvRecord& record, const PeopleMap* map, std::vector<CsvFault>& faults,
                           std::vector<CsvFault>& warnings)
    : map_(map)
{
    if (auto what = wrong_kind_of_file(record); !what.empty()) {
        faults.push_back(of_row(record, "", std::move(what)));
        return;
    }
    if (!record.malformed.empty()) {
        faults.push_back(of_row(record, "", record.malformed));
        return;
    }
    for (std::size_t place = 0; place < record.fields.size(); ++place)
        name_column(record, place, faults, warnings);
    const bool any = std::any_of(places_.begin(), places_.end(), [](const auto& at) { return !at.empty(); });
    if (!any) {
        faults.push_back(
            of_row(record, "",
                   fmt::format("the first row must name the columns: {}", fmt::join(people_columns, ", "))));
        return;
    }
    check_needed(record, faults);
    check_templates(record, faults);
}

void PeopleHeader::name_column(const CsvRecord& record, std::size_t place, std::vector<CsvFault>& faults,
                               std::vector<CsvFault>& warnings)
{
    headings_.emplace_back(trimmed(record.fields[place].text));
    const std::string name = lower_ascii(headings_.back());
    theirs_.emplace(name, place);
    if (map_ != nullptr && take_by_map(place, name))
        return;
    const std::size_t index = index_of_column(name);
    if (index < people_columns.size()) {
        // Another system's words may mean the same column twice; ours may not.
        if (map_ == nullptr && !places_[index].empty())
            faults.push_back(of_column(record, place, name, "this column is there twice"));
        places_[index].push_back(place);
        return;
    }
    const auto near = nearest_name(people_columns, name);
    CsvFault odd = of_column(record, place, "",
                             name.empty() ? "this column has no name and is not read"
                                          : "is not a known column and is not read");
    odd.value = shown(headings_.back());
    if (!near.empty())
        odd.what += fmt::format(": did you mean {}?", near);
    warnings.push_back(std::move(odd));
}

bool PeopleHeader::take_by_map(std::size_t place, const std::string& theirs)
{
    bool known = false;
    if (const auto ours = map_->columns.find(theirs); ours != map_->columns.end()) {
        known = true;
        if (!ours->second.empty())
            places_[index_of_column(ours->second)].push_back(place);
    }
    if (const auto flag = map_->flags.find(theirs); flag != map_->flags.end()) {
        known = true;
        flags_.emplace(place, *flag_from(flag->second));
    }
    if (const auto split = map_->splits.find(theirs); split != map_->splits.end()) {
        known = true;
        splits_.emplace(place, split->second);
    }
    const auto used_in = [&theirs](const auto& one) {
        const auto names = names_in_template(one.second);
        return std::any_of(names->begin(), names->end(),
                           [&theirs](const auto& name) { return lower_ascii(name) == theirs; });
    };
    return known || (index_of_column(theirs) == people_columns.size() &&
                     std::any_of(map_->templates.begin(), map_->templates.end(), used_in));
}

/// Whether a value can come from anywhere.
bool PeopleHeader::has(std::string_view column) const
{
    if (!places_[index_of_column(column)].empty())
        return true;
    if (map_ == nullptr)
        return false;
    const bool named = column == "family_name" || column == "given_name";
    return map_->constants.contains(column) || map_->defaults.contains(column) ||
           map_->templates.contains(column) || (named && !splits_.empty());
}

void PeopleHeader::check_needed(const CsvRecord& record, std::vector<CsvFault>& faults) const
{
    const auto by_map = [this](std::string_view column) {
        std::string names;
        for (const auto& heading : map_ == nullptr ? PeopleMap::Texts{} : map_->columns) {
            if (heading.second == column)
                names += fmt::format("{}\"{}\"", names.empty() ? " (the map reads it from " : " or ",
                                     heading.first);
        }
        return names.empty() ? names : names + ")";
    };
    for (const std::string_view needed : {"registration_id", "badge_name", "category", "language"}) {
        if (!has(needed))
            faults.push_back(of_row(record, needed, "this column is missing" + by_map(needed)));
    }
    if (!has("family_name") && !has("given_name"))
        faults.push_back(
            of_row(record, "family_name", "this column or given_name is missing" + by_map("family_name")));
}

void PeopleHeader::check_templates(const CsvRecord& record, std::vector<CsvFault>& faults) const
{
    if (map_ == nullptr)
        return;
    for (const auto& [column, text] : map_->templates) {
        if (!places_[index_of_column(column)].empty())
            continue;
        const auto names = names_in_template(text);
        for (const auto& name : *names) {
            if (!their_place(lower_ascii(name)) && index_of_column(name) == people_columns.size())
                faults.push_back(
                    of_row(record, column,
                           fmt::format("the map makes it of \"{}\", and that column is missing", name)));
        }
    }
}

std::optional<std::size_t> PeopleHeader::their_place(std::string_view heading) const
{
    const auto found = theirs_.find(heading);
    return found == theirs_.end() ? std::nullopt : std::optional(found->second);
}

std::string PeopleHeader::heading(std::size_t place, std::string_view column) const
{
    return place >= headings_.size() || lower_ascii(headings_[place]) == column ? std::string()
                                                                                : shown(headings_[place]);
}

bool PeopleHeader::repeated_by(const CsvRecord& record) const
{
    if (record.fields.size() != headings_.size() || headings_.size() < 2)
        return false;
    return std::equal(
        headings_.begin(), headings_.end(), record.fields.begin(),
        [](const std::string& heading, const CsvField& field) { return heading == trimmed(field.text); });
}

} // namespace montbrillant
