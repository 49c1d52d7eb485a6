// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One row of a CSV of people as a person: texts trimmed and in NFC, names of categories and the like known,
/// each fault with its place and what was expected. Knows nothing of the other rows. One thread.

#include "sync/domain/people/event_profile.hpp"
#include "sync/domain/people/people_header.hpp"

#include <functional>
#include <memory>
#include <unordered_map>

namespace montbrillant {

struct CsvOptions {
    std::string file = "people.csv"; ///< for errors
    /// How another system's columns and texts are read; none: they are ours.
    std::shared_ptr<const PeopleMap> map{};
    /// The event that delegations and Administrations are looked up in; none: they are not checked.
    std::shared_ptr<const EventProfile> profile{};
    /// What is wrong with a photo on disk, given its path in the file; empty: nothing. Not asked for paths
    /// that leave the file's folder.
    std::function<std::string(const std::string& photo)> photo_fault{};
};

/// For reports about one of our columns: finds its place in the file.
class RowNotes {
public:
    RowNotes(const PeopleHeader& header, const CsvRecord& record, CsvRow& row)
        : header_(header), record_(record), row_(row)
    {
    }
    void fault(std::string_view column, std::string_view value, std::string what);
    void warn(std::string_view column, std::string_view value, std::string what);
    void fault_at(std::size_t place, std::string_view column, std::string_view value, std::string what);
    void fault_of_row(std::string what);
    /// Which of several fields gave a column its value.
    void came_from(std::size_t column, std::size_t place) { places_[column] = place; }
    [[nodiscard]] bool good() const { return row_.faults.empty(); }
    /// Where the column stands in the file, if it does.
    [[nodiscard]] std::optional<std::size_t> place_of(std::string_view column) const;
    [[nodiscard]] const CsvRecord& record() const { return record_; }

private:
    [[nodiscard]] CsvFault at(std::optional<std::size_t> place, std::string_view column,
                              std::string_view value, std::string what) const;

    const PeopleHeader& header_;
    const CsvRecord& record_;
    CsvRow& row_;
    std::array<std::optional<std::size_t>, people_columns.size()> places_{};
};

class RowReader {
public:
    explicit RowReader(const CsvOptions& options);

    /// What could be read; the notes say whether it may be used.
    [[nodiscard]] Person read(const PeopleHeader& header, RowNotes& notes) const;

private:
    using Values = std::array<std::string, people_columns.size()>;

    void read_fields(const PeopleHeader& header, RowNotes& notes, Values& values) const;
    void read_flag_columns(const PeopleHeader& header, RowNotes& notes, Person& person) const;
    void fill_by_map(const PeopleHeader& header, RowNotes& notes, Values& values) const;
    [[nodiscard]] std::string filled_template(const PeopleHeader& header, RowNotes& notes,
                                              const std::string& text, const Values& values) const;
    void read_names(const Values& values, Person& person, RowNotes& notes) const;
    void read_flags(const std::string& text, Person& person, RowNotes& notes) const;
    void read_delegation(Person& person, RowNotes& notes) const;
    void check(const Person& person, RowNotes& notes) const;
    void check_participation(const Person& person, RowNotes& notes) const;
    void check_texts(const Person& person, RowNotes& notes) const;

    const CsvOptions& options_;
    /// Names of delegations in the six languages, in lower case -> code; only for a map's files.
    std::unordered_map<std::string, std::string> delegations_by_name_;
};

} // namespace montbrillant
