// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/people_csv.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace montbrillant {
namespace {

constexpr int fellows_per_delegation = 2;

} // namespace

PeopleCsvReader::PeopleCsvReader(CsvOptions options, OnRow on_row, OnHeader on_header)
    : options_(std::move(options)), reader_(options_), on_row_(std::move(on_row)),
      on_header_(std::move(on_header)), csv_([this](const CsvRecord& record) { on_record(record); })
{
}

CsvSummary PeopleCsvReader::finish()
{
    csv_.finish();
    if (!header_)
        summary_.file_faults.push_back({1, 1, 0, "", "", "", "the file is empty: a header row was expected"});
    return std::move(summary_);
}

void PeopleCsvReader::on_record(const CsvRecord& record)
{
    if (give_up_ || record.blank())
        return;
    if (!header_) {
        read_header(record);
    } else if (summary_.rows == rows_max) {
        summary_.file_faults.push_back({record.row, record.line, 0, "", "", "",
                                        fmt::format("the file has more than {} rows", rows_max)});
        give_up_ = true;
    } else {
        read_row(record);
    }
}

void PeopleCsvReader::read_header(const CsvRecord& record)
{
    std::vector<CsvFault> warnings;
    header_.emplace(record, options_.map.get(), summary_.file_faults, warnings);
    give_up_ = !summary_.file_faults.empty();
    if (on_header_)
        on_header_(warnings);
}

/// What is wrong with the row's form; empty: nothing.
std::string PeopleCsvReader::wrong_form(const CsvRecord& record) const
{
    const std::size_t width = header_->width();
    const std::size_t found = record.fields.size();
    if (found < width)
        return fmt::format("has {} fields: {} were expected", found, width);
    // A spreadsheet leaves empty fields at the end.
    const bool surplus_is_empty =
        std::all_of(record.fields.begin() + static_cast<std::ptrdiff_t>(width), record.fields.end(),
                    [](const CsvField& field) { return field.bytes == 0; });
    if (!surplus_is_empty)
        return fmt::format("has {} fields: {} were expected, and a comma in a text only between quotes",
                           found, width);
    return header_->repeated_by(record) ? "is the header again" : std::string();
}

void PeopleCsvReader::read_row(const CsvRecord& record)
{
    ++summary_.rows;
    CsvRow row{record.row, record.line};
    RowNotes notes(*header_, record, row);
    Person person;
    if (!record.malformed.empty()) {
        row.faults.push_back(
            {record.row, record.malformed_line, record.malformed_column, "", "", "", record.malformed});
    } else if (auto what = wrong_form(record); !what.empty()) {
        notes.fault_of_row(std::move(what));
    } else {
        person = reader_.read(*header_, notes);
        check_twice(person, notes, record.row);
        if (notes.good())
            check_delegation(person, notes, record.row);
    }
    if (row.faults.empty()) {
        on_row_(row, std::move(person));
        return;
    }
    ++summary_.bad_rows;
    on_row_(row, fail(ErrorKind::input, row.faults.front().text(), options_.file));
}

/// An id that a bad row has taken is taken all the same: whoever mends that row would have it twice.
void PeopleCsvReader::check_twice(const Person& person, RowNotes& notes, std::size_t row)
{
    if (person.id.empty())
        return;
    const auto [same_id, new_id] = rows_by_id_.emplace(person.id.str(), row);
    if (!new_id)
        notes.fault("registration_id", person.id.str(),
                    fmt::format("stands in row {} already", same_id->second));
    if (person.code.empty())
        return;
    const auto [same_code, new_code] = rows_by_code_.emplace(person.code, row);
    if (!new_code)
        notes.fault("code", person.code, fmt::format("stands in row {} already", same_code->second));
}

void PeopleCsvReader::check_delegation(const Person& person, RowNotes& notes, std::size_t row)
{
    if (person.delegation.empty() || person.state == Registration::cancelled)
        return;
    if (person.role == Role::head) {
        const auto [head, first] = head_rows_.emplace(person.delegation, row);
        if (!first)
            notes.warn("role", person.delegation,
                       fmt::format("has a head already, in row {}: staff will have to decide", head->second));
    }
    if (person.flags.contains(Flag::fellow) && ++fellows_[person.delegation] > fellows_per_delegation)
        notes.warn("flags", person.delegation,
                   fmt::format("has more than {} fellows", fellows_per_delegation));
}

CsvReport read_people_csv(std::string_view text, CsvOptions options)
{
    CsvReport report;
    PeopleCsvReader reader(
        std::move(options),
        [&](const CsvRow& row, Result<Person> person) {
            report.faults.insert(report.faults.end(), row.faults.begin(), row.faults.end());
            report.warnings.insert(report.warnings.end(), row.warnings.begin(), row.warnings.end());
            if (person)
                report.people.push_back(std::move(*person));
        },
        [&](const std::vector<CsvFault>& warnings) { report.warnings = warnings; });
    reader.feed(text);
    CsvSummary summary = reader.finish();
    report.faults.insert(report.faults.begin(), std::make_move_iterator(summary.file_faults.begin()),
                         std::make_move_iterator(summary.file_faults.end()));
    report.rows = summary.rows;
    report.bad_rows = summary.bad_rows;
    return report;
}

} // namespace montbrillant
