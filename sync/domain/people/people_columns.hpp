// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The columns of the CSV of people (design/6-commands.md), in the order in which they are written.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace montbrillant {

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

/// The place of a column in `people_columns`, or their number.
constexpr std::size_t index_of_column(std::string_view column)
{
    return static_cast<std::size_t>(std::find(people_columns.begin(), people_columns.end(), column) -
                                    people_columns.begin());
}

} // namespace montbrillant
