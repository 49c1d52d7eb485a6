// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Something wrong (or, as a warning, odd) at one place of a CSV, for the person who has to mend it.

#include <cstddef>
#include <string>
#include <vector>

namespace montbrillant {

struct CsvFault {
    std::size_t row{};       ///< as a spreadsheet counts: the header is row 1
    std::size_t line{};      ///< as a text editor counts; said where it is another number than `row`
    std::size_t column_no{}; ///< 1-based; 0: the row as a whole
    std::string column{};    ///< our name of it
    std::string heading{};   ///< the file's name of it, where a map reads it as ours; else empty
    std::string value{};     ///< what stood there, shortened, controls and bad bytes as \xNN; may be empty
    std::string what{};      ///< what is wrong and what was expected

    /// "row 3, column 9 (category): "membr" is not known: member_state, ... was expected"
    [[nodiscard]] std::string text() const;
};

/// What a row callback gets beside the person.
struct CsvRow {
    std::size_t row{};
    std::size_t line{};
    std::vector<CsvFault> faults{};   ///< all of them; empty for a good row
    std::vector<CsvFault> warnings{}; ///< what is odd and allowed
};

} // namespace montbrillant
