// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The CSV of people (design/6-commands.md): a header row that names columns in any order, then one person a
/// row. Every fault of every row is reported with row, column, value and what was expected; the caller
/// decides whether the good rows count (`--skip-bad`). Texts come out trimmed and in NFC. What is odd but
/// allowed (unknown columns, a second head of a delegation, a third fellow) is a warning. One thread.

#include "sync/base/result.hpp"
#include "sync/domain/people/csv.hpp"
#include "sync/domain/person.hpp"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace montbrillant {

/// The contract's columns, in the order in which they are written.
inline constexpr std::array<std::string_view, 17> people_columns{"registration_id",
                                                                 "code",
                                                                 "title",
                                                                 "given_name",
                                                                 "family_name",
                                                                 "badge_name",
                                                                 "organization",
                                                                 "delegation",
                                                                 "category",
                                                                 "role",
                                                                 "flags",
                                                                 "language",
                                                                 "interpretation_language",
                                                                 "state",
                                                                 "contact_point",
                                                                 "confirmed_by",
                                                                 "photo"};

/// Something wrong (or, as a warning, odd) at one place of the file.
struct CsvFault {
    std::size_t row{};       ///< as a spreadsheet counts: the header is row 1
    std::size_t column_no{}; ///< 1-based; 0: the row as a whole
    std::string column;      ///< its name
    std::string value;       ///< what stood there, shortened, controls and bad bytes as \xNN; may be empty
    std::string what;        ///< what is wrong and what was expected

    /// "row 3, column 9 (category): "membr" is not known: member_state, ... was expected"
    [[nodiscard]] std::string text() const;
};

/// What the row callback gets beside the person.
struct CsvRow {
    std::size_t row{};
    std::vector<CsvFault> faults; ///< all of them; empty for a good row
};

struct CsvOptions {
    std::string file = "people.csv"; ///< for errors
    /// Another system's column names -> ours (`--map`).
    std::map<std::string, std::string, std::less<>> renames;
    /// Says whether a delegation is in the event profile; unknown ones are warned about. Empty: not checked.
    std::function<bool(std::string_view)> delegation_known;
};

struct CsvSummary {
    std::vector<CsvFault> header_faults; ///< not empty: no row could be read
    std::vector<CsvFault> warnings;      ///< at most `PeopleCsvReader::notes_max`
    std::size_t rows{};                  ///< data rows without blank ones
    std::size_t bad_rows{};
};

class PeopleCsvReader {
public:
    /// Called once per data row in the file's order; the error is the row's first fault.
    using OnRow = std::function<void(const CsvRow&, Result<Person>)>;
    PeopleCsvReader(CsvOptions options, OnRow on_row);
    PeopleCsvReader(const PeopleCsvReader&) = delete;
    PeopleCsvReader& operator=(const PeopleCsvReader&) = delete;

    void feed(std::string_view chunk) { csv_.feed(chunk); }
    [[nodiscard]] CsvSummary finish();

    static constexpr std::size_t rows_max = 1'000'000;
    static constexpr std::size_t notes_max = 1000;

private:
    static constexpr std::size_t absent = SIZE_MAX;

    void on_record(const CsvRecord& record);
    void read_header(const CsvRecord& record);
    void name_columns(const CsvRecord& record);
    void read_row(const CsvRecord& record);
    Person read_person(const CsvRecord& record, CsvRow& row);
    void read_enumerations(const std::array<std::string, people_columns.size()>& values, Person& person,
                           CsvRow& row);
    void check_person(const Person& person, CsvRow& row);
    void check_file(const Person& person, CsvRow& row);
    std::string clean(const CsvField& field, std::size_t column, CsvRow& row);
    void fault(CsvRow& row, std::string_view column, std::string_view value, std::string what) const;
    void warn(std::size_t row, std::string_view column, std::string_view value, std::string what);
    [[nodiscard]] std::size_t place(std::string_view column) const;

    CsvOptions options_;
    OnRow on_row_;
    CsvReader csv_;
    CsvSummary summary_;
    bool header_read_ = false;
    bool give_up_ = false;
    std::size_t width_ = 0;
    std::array<std::size_t, people_columns.size()> places_{}; ///< 0-based place of each column, or absent
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

[[nodiscard]] CsvReport read_people_csv(std::string_view text, CsvOptions options = {});

/// Header and rows in the contract's columns, UTF-8 without byte order mark, CRLF. Reading it back gives the
/// same people.
[[nodiscard]] std::string people_csv_header();
[[nodiscard]] std::string people_csv_row(const Person& person);
[[nodiscard]] std::string write_people_csv(std::span<const Person> people);

} // namespace montbrillant
