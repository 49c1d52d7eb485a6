// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/csv_fault.hpp"

#include <fmt/format.h>

namespace montbrillant {

std::string CsvFault::text() const
{
    std::string out = fmt::format("row {}", row);
    if (line != 0 && line != row)
        out += fmt::format(", line {}", line);
    if (column_no > 0)
        out += fmt::format(", column {}", column_no);
    if (!heading.empty() && !column.empty())
        out += fmt::format(" ({}, read as {})", heading, column);
    else if (!column.empty() || !heading.empty())
        out += fmt::format(" ({})", column.empty() ? heading : column);
    out += ": ";
    if (!value.empty())
        out += fmt::format("\"{}\" ", value);
    return out + what;
}

} // namespace montbrillant
