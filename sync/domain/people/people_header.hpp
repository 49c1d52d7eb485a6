// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The header row of a CSV of people: which field of a row is which column of ours, directly or by a map.
/// A value once read; any thread.

#include "sync/domain/people/csv.hpp"
#include "sync/domain/people/csv_fault.hpp"
#include "sync/domain/people/people_columns.hpp"
#include "sync/domain/people/people_map.hpp"
#include "sync/domain/person.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

class PeopleHeader {
public:
    /// `map` may be null and must outlive the object. What is wrong with the header goes to `faults`: then no
    /// row can be read.
    PeopleHeader(const CsvRecord& record, const PeopleMap* map, std::vector<CsvFault>& faults,
                 std::vector<CsvFault>& warnings);

    [[nodiscard]] std::size_t width() const { return headings_.size(); }
    /// 0-based places of the fields that one of our columns comes from, in the order in which they count.
    [[nodiscard]] const std::vector<std::size_t>& places(std::size_t column) const { return places_[column]; }
    [[nodiscard]] const std::map<std::size_t, Flag>& flags() const { return flags_; }
    [[nodiscard]] const std::map<std::size_t, PeopleMap::NameOrder>& splits() const { return splits_; }
    /// The place of one of their columns, in lower case; nothing when the file has none.
    [[nodiscard]] std::optional<std::size_t> their_place(std::string_view heading) const;
    /// The file's name of a field where it is another than ours; else empty.
    [[nodiscard]] std::string heading(std::size_t place, std::string_view column) const;
    /// The row says the header again.
    [[nodiscard]] bool repeated_by(const CsvRecord& record) const;

private:
    void name_column(const CsvRecord& record, std::size_t place, std::vector<CsvFault>& faults,
                     std::vector<CsvFault>& warnings);
    [[nodiscard]] bool take_by_map(std::size_t place, const std::string& theirs);
    void check_needed(const CsvRecord& record, std::vector<CsvFault>& faults) const;
    void check_templates(const CsvRecord& record, std::vector<CsvFault>& faults) const;
    [[nodiscard]] bool has(std::string_view column) const;

    const PeopleMap* map_;
    std::vector<std::string> headings_; ///< as they stand in the file, trimmed
    std::map<std::string, std::size_t, std::less<>> theirs_;
    std::array<std::vector<std::size_t>, people_columns.size()> places_;
    std::map<std::size_t, Flag> flags_;
    std::map<std::size_t, PeopleMap::NameOrder> splits_;
};

} // namespace montbrillant
