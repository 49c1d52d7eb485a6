// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The CSV of people (design/6-commands.md): a header row that names columns in any order, then one person a
/// row. Every fault of every row is reported with row, column, value and what was expected; the caller
/// decides whether the good rows count (`--skip-bad`). Texts come out trimmed and in NFC, and nothing else is
/// changed: what a spreadsheet would take for a formula is a text. What is odd but allowed (unknown columns,
/// a second head of a delegation, a third fellow) is a warning. Memory grows with the ids and codes of the
/// file alone. One thread.

#include "sync/domain/people/csv.hpp"
#include "sync/domain/people/people_row.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace montbrillant {

struct CsvSummary {
    std::vector<CsvFault>
        file_faults;    ///< of the header, or of the file as a whole: nothing of it may be used
    std::size_t rows{}; ///< data rows without blank ones
    std::size_t bad_rows{};
};

class PeopleCsvReader {
public:
    /// Called once per data row in the file's order; the error is the row's first fault.
    using OnRow = std::function<void(const CsvRow&, Result<Person>)>;
    /// Called once, before the first row, with what is odd about the header.
    using OnHeader = std::function<void(const std::vector<CsvFault>& warnings)>;
    PeopleCsvReader(CsvOptions options, OnRow on_row, OnHeader on_header = {});
    PeopleCsvReader(const PeopleCsvReader&) = delete;
    PeopleCsvReader& operator=(const PeopleCsvReader&) = delete;

    void feed(std::string_view chunk) { csv_.feed(chunk); }
    [[nodiscard]] CsvSummary finish();
    /// The file cannot be used: reading on finds nothing more.
    [[nodiscard]] bool gave_up() const { return give_up_; }
    /// Whether a row of the file so far, good or bad, is of this person.
    [[nodiscard]] bool has_id(const DelegateId& id) const { return rows_by_id_.contains(id.str()); }

    static constexpr std::size_t rows_max = 1'000'000;

private:
    void on_record(const CsvRecord& record);
    void read_header(const CsvRecord& record);
    void read_row(const CsvRecord& record);
    [[nodiscard]] std::string wrong_form(const CsvRecord& record) const;
    void check_twice(const Person& person, RowNotes& notes, std::size_t row);
    void check_delegation(const Person& person, RowNotes& notes, std::size_t row);

    CsvOptions options_;
    RowReader reader_;
    OnRow on_row_;
    OnHeader on_header_;
    CsvReader csv_;
    CsvSummary summary_;
    std::optional<PeopleHeader> header_;
    bool give_up_ = false;
    std::unordered_map<std::string, std::size_t> rows_by_id_;
    std::unordered_map<std::string, std::size_t> rows_by_code_;
    std::unordered_map<std::string, std::size_t> head_rows_;
    std::unordered_map<std::string, int> fellows_;
};

struct CsvReport {
    std::vector<Person> people;   ///< of the good rows
    std::vector<CsvFault> faults; ///< header first, then by row
    std::vector<CsvFault> warnings;
    std::size_t rows{};
    std::size_t bad_rows{};

    [[nodiscard]] bool all_good() const { return faults.empty(); }
};

/// A whole text at once.
[[nodiscard]] CsvReport read_people_csv(std::string_view text, CsvOptions options = {});

/// Header and rows in the contract's columns, UTF-8 without byte order mark, CRLF. Reading it back gives the
/// same people.
[[nodiscard]] std::string people_csv_header();
[[nodiscard]] std::string people_csv_row(const Person& person);
[[nodiscard]] std::string write_people_csv(std::span<const Person> people);

/// The same for a spreadsheet program, which would run a cell that begins with = + - @, a tab or their wide
/// forms: such a cell gets an apostrophe before it. Not to be imported again.
[[nodiscard]] std::string people_csv_row_for_spreadsheet(const Person& person);

} // namespace montbrillant
