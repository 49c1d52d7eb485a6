// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/people_map.hpp"

#include "sync/base/files.hpp"
#include "sync/base/toml.hpp"
#include "sync/domain/people/people_columns.hpp"
#include "sync/domain/people/people_text.hpp"
#include "sync/domain/person.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::string_view any_other = "*";
constexpr std::string_view mapped_flags = "newcomer, fellow, bsg_trainee or accessible";

constexpr std::array<std::pair<std::string_view, PeopleMap::NameOrder>, 3> name_orders{
    {{"given_name family_name", PeopleMap::NameOrder::family_last},
     {"family_name given_name", PeopleMap::NameOrder::family_first},
     {"family_name, given_name", PeopleMap::NameOrder::family_comma_given}}};

bool is_ours(std::string_view column) { return index_of_column(column) < people_columns.size(); }

/// Notes that a key of a table of our columns is none of them.
void reject_stranger(TomlTable& table, const std::string& key)
{
    if (is_ours(key))
        return;
    const auto near = nearest_name(people_columns, lower_ascii(key));
    table.reject(key, fmt::format("\"{}\" is no column of ours", key),
                 near.empty() ? fmt::format("one of {}", fmt::join(people_columns, ", "))
                              : fmt::format("did you mean {}?", near));
}

/// What a column of ours may hold, in words; empty: `text` is fine, or the column takes any.
std::string_view misfit(std::string_view column, std::string_view text)
{
    if (text.empty())
        return {};
    if (column == "category" && !category_from(text))
        return "member_state, sector_member, associate, academia, sme_pilot, invited, secretariat or press";
    if (column == "role" && !role_from(text))
        return "delegate, head, deputy_head, chair, vice_chair or rapporteur";
    if (column == "flags" && !flag_from(text))
        return mapped_flags;
    if (column == "state" && !registration_from(text))
        return "pending, approved or cancelled";
    if ((column == "language" || column == "interpretation_language") && !language_from_code(text))
        return "ar, zh, en, fr, ru or es";
    return {};
}

/// A text of the map that will stand in a column of ours.
std::string text_for(TomlTable& table, const std::string& key, std::string_view column)
{
    std::string text = table.text(key);
    if (const auto expected = misfit(column, text); !expected.empty())
        table.reject(key, fmt::format("\"{}\" is no {} of ours", text, column),
                     fmt::format("{} was expected", expected));
    return text;
}

void read_columns(TomlTable& root, PeopleMap& map)
{
    TomlTable columns = root.table("columns");
    for (const auto& theirs : columns.keys()) {
        const std::string ours = columns.text(theirs);
        if (!ours.empty() && !is_ours(ours)) {
            const auto near = nearest_name(people_columns, lower_ascii(ours));
            columns.reject(theirs, fmt::format("\"{}\" is no column of ours", ours),
                           near.empty() ? fmt::format("one of {}", fmt::join(people_columns, ", "))
                                        : fmt::format("did you mean {}?", near));
        }
        if (!map.columns.emplace(lower_ascii(trimmed(theirs)), ours).second)
            columns.reject(theirs, fmt::format("the column \"{}\" stands here twice", theirs));
    }
}

void read_values(TomlTable& root, PeopleMap& map)
{
    auto values = root.table_if("values");
    if (!values)
        return;
    for (const auto& column : values->keys()) {
        reject_stranger(*values, column);
        TomlTable texts = values->table(column);
        for (const auto& theirs : texts.keys())
            map.values[column].emplace(lower_ascii(trimmed(theirs)), text_for(texts, theirs, column));
    }
}

void read_flags(TomlTable& root, PeopleMap& map)
{
    auto flags = root.table_if("flags");
    if (!flags)
        return;
    for (const auto& theirs : flags->keys()) {
        map.flags.emplace(lower_ascii(trimmed(theirs)), text_for(*flags, theirs, "flags"));
    }
}

void read_splits(TomlTable& root, PeopleMap& map)
{
    auto splits = root.table_if("split");
    if (!splits)
        return;
    for (const auto& theirs : splits->keys()) {
        const std::string order = splits->text(theirs);
        const auto* known = std::find_if(name_orders.begin(), name_orders.end(),
                                         [&](const auto& one) { return one.first == order; });
        if (known == name_orders.end())
            splits->reject(theirs, fmt::format("\"{}\" is no order of names", order),
                           fmt::format("\"{}\" was expected",
                                       fmt::join(std::array{name_orders[0].first, name_orders[1].first,
                                                            name_orders[2].first},
                                                 "\", \"")));
        else
            map.splits.emplace(lower_ascii(trimmed(theirs)), known->second);
    }
}

void read_templates(TomlTable& root, PeopleMap& map)
{
    auto templates = root.table_if("templates");
    if (!templates)
        return;
    for (const auto& column : templates->keys()) {
        reject_stranger(*templates, column);
        const std::string text = templates->text(column);
        if (const auto names = names_in_template(text); !names || names->empty())
            templates->reject(column, fmt::format("\"{}\" is no template", text),
                              "columns in braces were expected: \"{Order code}-{Position ID}\"");
        map.templates.emplace(column, text);
    }
}

void read_texts(TomlTable& root, std::string_view section, PeopleMap::Texts& out)
{
    auto table = root.table_if(section);
    if (!table)
        return;
    for (const auto& column : table->keys()) {
        reject_stranger(*table, column);
        out.emplace(column, text_for(*table, column, column));
    }
}

SplitName halves(std::string_view first, std::string_view second, bool second_is_family, bool doubtful)
{
    SplitName name{std::string(trimmed(first)), std::string(trimmed(second)), doubtful};
    if (!second_is_family)
        std::swap(name.given, name.family);
    return name;
}

} // namespace

std::string PeopleMap::translate(std::string_view column, std::string_view theirs) const
{
    const auto texts = values.find(column);
    if (texts == values.end())
        return std::string(theirs);
    const auto found = texts->second.find(lower_ascii(trimmed(theirs)));
    if (found != texts->second.end())
        return found->second;
    const auto other = texts->second.find(any_other);
    return other != texts->second.end() && !theirs.empty() ? other->second : std::string(theirs);
}

Result<PeopleMap> read_people_map(std::string_view text, const std::string& file)
{
    MB_TRY(TomlTable root, TomlTable::parse(text, file));
    PeopleMap map;
    read_columns(root, map);
    read_values(root, map);
    read_flags(root, map);
    read_splits(root, map);
    read_templates(root, map);
    read_texts(root, "defaults", map.defaults);
    read_texts(root, "constants", map.constants);
    MB_CHECK(root.finish());
    return map;
}

Result<PeopleMap> load_people_map(const std::filesystem::path& file)
{
    constexpr std::size_t map_bytes_max = 1024U * 1024U;
    MB_TRY(const std::string text, read_file(file, map_bytes_max));
    return read_people_map(text, file.string());
}

std::optional<bool> yes_or_no(std::string_view text)
{
    constexpr std::array yes{"yes", "y", "true", "1", "x", "oui", "si", "sí", "да", "是", "نعم"};
    constexpr std::array no{"", "no", "n", "false", "0", "-", "non", "нет", "否", "لا"};
    const std::string word = lower_ascii(trimmed(text));
    if (std::find(yes.begin(), yes.end(), word) != yes.end())
        return true;
    if (std::find(no.begin(), no.end(), word) != no.end())
        return false;
    return std::nullopt;
}

SplitName split_name(std::string_view whole, PeopleMap::NameOrder order)
{
    whole = trimmed(whole);
    if (order == PeopleMap::NameOrder::family_comma_given) {
        const auto comma = whole.find(',');
        if (comma == std::string_view::npos)
            return {{}, std::string(whole), whole.find(' ') != std::string_view::npos};
        return halves(whole.substr(0, comma), whole.substr(comma + 1), false, false);
    }
    const bool last = order == PeopleMap::NameOrder::family_last;
    const auto space = last ? whole.rfind(' ') : whole.find(' ');
    if (space == std::string_view::npos)
        return {{}, std::string(whole), false};
    return halves(whole.substr(0, space), whole.substr(space + 1), last, whole.find(' ') != whole.rfind(' '));
}

std::optional<std::vector<std::string>> names_in_template(std::string_view text)
{
    std::vector<std::string> names;
    for (;;) {
        const auto open = text.find('{');
        if (open == std::string_view::npos)
            return names;
        const auto close = text.find('}', open);
        if (close == std::string_view::npos || close == open + 1)
            return std::nullopt;
        names.emplace_back(trimmed(text.substr(open + 1, close - open - 1)));
        text.remove_prefix(close + 1);
    }
}

} // namespace montbrillant
