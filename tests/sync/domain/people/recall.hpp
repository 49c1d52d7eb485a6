// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How many of the queries of our own corpus (corpus/*.tsv) find the person they are meant for among many
/// others. A corpus file has one person a line, tab-separated: family name, given name, badge name, then
/// queries as people type them, with the spellings of passports and of everyday, in either order, some with
/// one slip. Lines that begin with # are for people.

#include "sync/domain/people/event_profile.hpp"
#include "sync/domain/people/search.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace montbrillant::test {

struct CorpusPerson {
    Person person;
    std::vector<std::string> queries;
};

/// What one corpus gave. A hit that has the same badge name counts as the person: nobody could tell them
/// apart.
struct Recall {
    std::string script; ///< the file's name
    std::size_t queries = 0;
    std::size_t found = 0; ///< in the first five
    std::size_t full_names = 0;
    std::size_t full_names_first = 0; ///< badge name in plain letters, in either order: the person is first
    std::vector<std::string> missed;  ///< "query -> badge name"

    [[nodiscard]] double share() const { return static_cast<double>(found) / static_cast<double>(queries); }
};

/// The corpora of a folder, in the order of their names. Throws when a file cannot be read.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<CorpusPerson>>>
read_corpora(const std::filesystem::path& folder);

/// Adds the people of all corpora to an index of `others` made-up people and asks their queries.
[[nodiscard]] std::vector<Recall> measure_recall(const std::filesystem::path& folder,
                                                 const EventProfile& profile, std::size_t others);

} // namespace montbrillant::test
