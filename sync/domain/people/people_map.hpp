// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How another system's export is read as a CSV of people (`people import --map`): a TOML file. All sections
/// but [columns] may be left out; texts are compared without regard to ASCII case.
///
///     [columns]                          # their column = ours; "" = known, and not read
///     "Last Name" = "family_name"
///     "Price" = ""
///     [values.category]                  # in this column of ours, their text = ours; "*" = any other text
///     "Member State" = "member_state"
///     [flags]                            # their yes-or-no column = the flag that a yes sets
///     "First ITU meeting" = "newcomer"
///     [split]                            # their column with a whole name; used where ours are empty
///     "Name" = "given_name family_name"  # the last word is the family name; or "family_name given_name"
///                                        # (the first word), or "family_name, given_name"
///     [templates]                        # our column, where it is empty, from their columns or ours
///     registration_id = "{Order code}-{Position ID}"
///     [defaults]                         # our column, where it is still empty
///     language = "en"
///     [constants]                        # our column, whatever the file says
///     state = "approved"
///
/// One of our columns may be named by several of theirs: the first that is not empty counts. A column of the
/// file that the map does not name is read when its name is one of ours. A loaded map is a value.

#include "sync/base/result.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

struct PeopleMap {
    using Texts = std::map<std::string, std::string, std::less<>>;
    enum class NameOrder { family_last, family_first, family_comma_given };

    Texts columns;                                        ///< theirs, in lower case -> ours
    std::map<std::string, Texts, std::less<>> values;     ///< ours -> (theirs, in lower case -> ours)
    Texts flags;                                          ///< theirs, in lower case -> flag
    std::map<std::string, NameOrder, std::less<>> splits; ///< theirs, in lower case
    Texts templates;                                      ///< ours -> text with {columns}
    Texts defaults;
    Texts constants;

    [[nodiscard]] bool translates(std::string_view column) const { return values.contains(column); }
    /// Our text for theirs in one of our columns; theirs itself when the map has nothing to say.
    [[nodiscard]] std::string translate(std::string_view column, std::string_view theirs) const;
};

/// A map with a mistake is refused with file, line and column.
[[nodiscard]] Result<PeopleMap> read_people_map(std::string_view text, const std::string& file);
[[nodiscard]] Result<PeopleMap> load_people_map(const std::filesystem::path& file);

/// Of a yes-or-no column, in the words that other systems use; nothing for another text.
[[nodiscard]] std::optional<bool> yes_or_no(std::string_view text);

/// The two names of a whole one.
struct SplitName {
    std::string given;
    std::string family;
    bool doubtful = false; ///< of more than two words: the cut may be wrong
};
[[nodiscard]] SplitName split_name(std::string_view whole, PeopleMap::NameOrder order);

/// The names in braces of a template, in order; nothing when a brace does not close.
[[nodiscard]] std::optional<std::vector<std::string>> names_in_template(std::string_view text);

} // namespace montbrillant
