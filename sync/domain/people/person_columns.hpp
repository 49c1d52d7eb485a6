// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A person as the columns of the CSV: what differs between two records of one person, and taking a column
/// over. Pure.

#include "sync/domain/people/people_columns.hpp"
#include "sync/domain/person.hpp"

#include <array>
#include <set>
#include <string>

namespace montbrillant {

/// In the order of `people_columns`, as they are written.
[[nodiscard]] std::array<std::string, people_columns.size()> column_texts(const Person& person);

/// Names of the columns in which two records differ.
[[nodiscard]] std::set<std::string> columns_that_differ(const Person& a, const Person& b);

/// Gives `to` what `from` has in these columns; the registration id is not taken over.
void take_columns(Person& to, const Person& from, const std::set<std::string>& columns);

} // namespace montbrillant
