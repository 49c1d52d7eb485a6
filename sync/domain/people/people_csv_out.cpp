// SPDX-License-Identifier: Apache-2.0
// People as CSV: for this program, and for a spreadsheet.
#include "sync/domain/people/people_csv.hpp"
#include "sync/domain/people/person_columns.hpp"

#include <algorithm>

namespace montbrillant {
namespace {

/// What spreadsheet programs take for the beginning of a formula (OWASP, CSV Injection).
bool begins_formula(std::string_view cell)
{
    constexpr std::array<std::string_view, 9> signs{"=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"};
    return std::any_of(signs.begin(), signs.end(), [cell](auto sign) { return cell.starts_with(sign); });
}

} // namespace

std::string people_csv_header()
{
    const std::vector<std::string> names(people_columns.begin(), people_columns.end());
    return csv_line(names);
}

std::string people_csv_row(const Person& person) { return csv_line(column_texts(person)); }

std::string people_csv_row_for_spreadsheet(const Person& person)
{
    auto fields = column_texts(person);
    for (auto& field : fields) {
        if (begins_formula(field))
            field.insert(field.begin(), '\'');
    }
    return csv_line(fields);
}

std::string write_people_csv(std::span<const Person> people)
{
    std::string out = people_csv_header();
    for (const Person& person : people)
        out += people_csv_row(person);
    return out;
}

} // namespace montbrillant
