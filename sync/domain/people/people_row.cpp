// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/people_row.hpp"

#include "sync/domain/people/csv_encoding.hpp"
#include "sync/domain/people/people_text.hpp"
#include "sync/domain/people/unicode.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::size_t id_bytes_max = 32;

constexpr std::string_view category_names =
    "member_state, sector_member, associate, academia, sme_pilot, invited, secretariat or press";
constexpr std::string_view role_names = "delegate, head, deputy_head, chair, vice_chair or rapporteur";
constexpr std::string_view flag_names = "newcomer, fellow, bsg_trainee or accessible, separated by ;,";
constexpr std::string_view language_codes = "ar, zh, en, fr, ru or es";
constexpr std::string_view state_names = "pending, approved or cancelled";

std::size_t limit_of(std::string_view column)
{
    return column == "registration_id" ? id_bytes_max : Person::text_bytes_max;
}

bool relative_path(std::string_view path)
{
    return !path.starts_with('/') && path.find('\\') == std::string_view::npos && path != ".." &&
           !path.starts_with("../") && !path.ends_with("/..") && path.find("/../") == std::string_view::npos;
}

bool printable_id(std::string_view id)
{
    return std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

bool in_latin_letters(std::string_view text)
{
    if (is_plain_ascii(text))
        return true;
    const auto points = unicode::code_points(text);
    return std::all_of(points.begin(), points.end(), [](char32_t c) {
        return !unicode::is_letter(c) || unicode::script_of(c) == unicode::Script::latin;
    });
}

/// The text of a field of one of our columns (or of none, for a template), without what may not stand in it.
std::string clean(std::size_t place, std::string_view column, RowNotes& notes)
{
    const CsvField& field = notes.record().fields[place];
    const std::size_t limit = limit_of(column);
    const auto fault = [&](std::string what) {
        notes.fault_at(place, column, field.text, std::move(what));
        return std::string();
    };
    const auto too_long = [&](std::size_t bytes) {
        return fault(fmt::format("has {} bytes: at most {} were expected", bytes, limit));
    };
    if (field.bytes > CsvReader::field_bytes_kept)
        return too_long(field.bytes);
    const std::string_view text = trimmed(field.text);
    if (is_plain_ascii(text))
        return text.size() > limit ? too_long(text.size()) : std::string(text);
    if (const auto at = unicode::first_bad_byte(field.text))
        return fault(not_utf8(field.text, *at));
    std::u32string plain;
    bool broken_line = false;
    for (const char32_t c : unicode::code_points(text)) {
        const bool line_end = c == U'\r' || c == U'\n' || c == U'\t';
        if (unicode::is_control(c) && !line_end)
            return fault(fmt::format("holds the control character U+{:04X}", static_cast<unsigned>(c)));
        broken_line = broken_line || line_end;
        if (!line_end)
            plain += c;
        else if (!plain.ends_with(U' '))
            plain += U' ';
    }
    if (broken_line)
        notes.warn(column, field.text, "holds a line break or tab, read as a space");
    std::string out = unicode::nfc(unicode::utf8(plain));
    if (const auto meant = encoded_twice(out))
        notes.warn(
            column, out,
            fmt::format("looks like UTF-8 that was read as Windows-1252: was \"{}\" meant?", shown(*meant)));
    return out.size() > limit ? too_long(out.size()) : out;
}

} // namespace

std::optional<std::size_t> RowNotes::place_of(std::string_view column) const
{
    const std::size_t index = index_of_column(column);
    if (index == people_columns.size())
        return std::nullopt;
    const auto& all = header_.places(index);
    return places_[index] || all.empty() ? places_[index] : std::optional(all.front());
}

CsvFault RowNotes::at(std::optional<std::size_t> place, std::string_view column, std::string_view value,
                      std::string what) const
{
    CsvFault fault{row_.row, row_.line};
    fault.column = column;
    if (place) {
        fault.column_no = *place + 1;
        fault.heading = header_.heading(*place, column);
        if (*place < record_.fields.size())
            fault.line = record_.fields[*place].line;
    }
    fault.value = shown(value);
    fault.what = std::move(what);
    return fault;
}

void RowNotes::fault(std::string_view column, std::string_view value, std::string what)
{
    row_.faults.push_back(at(place_of(column), column, value, std::move(what)));
}

void RowNotes::warn(std::string_view column, std::string_view value, std::string what)
{
    row_.warnings.push_back(at(place_of(column), column, value, std::move(what)));
}

void RowNotes::fault_at(std::size_t place, std::string_view column, std::string_view value, std::string what)
{
    row_.faults.push_back(at(place, column, value, std::move(what)));
}

void RowNotes::fault_of_row(std::string what)
{
    row_.faults.push_back(at(std::nullopt, "", "", std::move(what)));
}

RowReader::RowReader(const CsvOptions& options) : options_(options)
{
    if (!options.map || !options.profile)
        return;
    for (const Delegation& delegation : options.profile->delegations) {
        for (const auto& name : delegation.names.texts)
            delegations_by_name_.emplace(lower_ascii(name), delegation.code);
    }
}

Person RowReader::read(const PeopleHeader& header, RowNotes& notes) const
{
    Values values;
    read_fields(header, notes, values);
    if (options_.map)
        fill_by_map(header, notes, values);
    const auto value = [&](std::string_view column) -> std::string& {
        return values[index_of_column(column)];
    };
    Person person;
    person.id = DelegateId(value("registration_id"));
    person.code = std::move(value("code"));
    person.title = std::move(value("title"));
    person.given_name = std::move(value("given_name"));
    person.family_name = std::move(value("family_name"));
    person.badge_name = std::move(value("badge_name"));
    person.organization = std::move(value("organization"));
    person.delegation = std::move(value("delegation"));
    person.contact_point = std::move(value("contact_point"));
    person.confirmed_by = std::move(value("confirmed_by"));
    person.photo = std::move(value("photo"));
    if (!notes.good()) // otherwise a refused field would be called empty as well
        return person;
    read_names(values, person, notes);
    read_flags(value("flags"), person, notes);
    read_flag_columns(header, notes, person);
    read_delegation(person, notes);
    check(person, notes);
    if (notes.good()) {
        check_participation(person, notes);
        check_texts(person, notes);
    }
    return person;
}

void RowReader::read_fields(const PeopleHeader& header, RowNotes& notes, Values& values) const
{
    for (std::size_t column = 0; column < values.size(); ++column) {
        for (const std::size_t place : header.places(column)) {
            notes.came_from(column, place);
            values[column] = clean(place, people_columns[column], notes);
            if (!values[column].empty())
                break;
        }
    }
}

void RowReader::fill_by_map(const PeopleHeader& header, RowNotes& notes, Values& values) const
{
    const PeopleMap& map = *options_.map;
    for (std::size_t column = 0; column < values.size(); ++column) {
        if (!values[column].empty() && people_columns[column] != "flags")
            values[column] = map.translate(people_columns[column], values[column]);
    }
    std::string& given = values[index_of_column("given_name")];
    std::string& family = values[index_of_column("family_name")];
    for (const auto& [place, order] : header.splits()) {
        if (!given.empty() || !family.empty())
            break;
        const std::string whole = clean(place, "family_name", notes);
        const SplitName name = split_name(whole, order);
        given = name.given;
        family = name.family;
        notes.came_from(index_of_column("family_name"), place);
        if (name.doubtful)
            notes.warn("family_name", whole,
                       fmt::format("has more than two words: read as given name \"{}\", family name \"{}\"",
                                   given, family));
    }
    const auto each_empty = [&](const PeopleMap::Texts& texts, auto make) {
        for (const auto& [column, text] : texts) {
            std::string& value = values[index_of_column(column)];
            if (value.empty())
                value = make(text);
        }
    };
    each_empty(map.templates,
               [&](const std::string& text) { return filled_template(header, notes, text, values); });
    each_empty(map.defaults, [](const std::string& text) { return text; });
    for (const auto& [column, text] : map.constants)
        values[index_of_column(column)] = text;
    for (std::size_t column = 0; column < values.size(); ++column) {
        const std::size_t limit = limit_of(people_columns[column]);
        if (values[column].size() > limit)
            notes.fault(people_columns[column], values[column],
                        fmt::format("has {} bytes: at most {} were expected", values[column].size(), limit));
    }
}

/// Empty when every column in it is.
std::string RowReader::filled_template(const PeopleHeader& header, RowNotes& notes, const std::string& text,
                                       const Values& values) const
{
    std::string out;
    bool any = false;
    std::string_view rest = text;
    for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
        out += rest.substr(0, open);
        const auto close = rest.find('}', open);
        const std::string_view name = trimmed(rest.substr(open + 1, close - open - 1));
        const std::size_t ours = index_of_column(name);
        std::string value;
        if (const auto place = header.their_place(lower_ascii(name)))
            value = clean(*place, "", notes);
        else if (ours < values.size())
            value = values[ours];
        any = any || !value.empty();
        out += value;
        rest.remove_prefix(close + 1);
    }
    out += rest;
    return any ? std::string(trimmed(out)) : std::string();
}

void RowReader::read_names(const Values& values, Person& person, RowNotes& notes) const
{
    const auto read = [&](std::string_view column, auto from_name, auto& out, std::string_view expected,
                          bool optional) {
        const std::string& text = values[index_of_column(column)];
        if (text.empty() && optional)
            return;
        const bool mapped = options_.map && options_.map->translates(column);
        if (const auto known = from_name(text))
            out = *known;
        else if (text.empty())
            notes.fault(column, "", fmt::format("is empty: {} was expected", expected));
        else
            notes.fault(column, text,
                        fmt::format("is not known: {}{} was expected", mapped ? "a text of the map or " : "",
                                    expected));
    };
    read("category", category_from, person.category, category_names, false);
    read("role", role_from, person.role, role_names, true);
    read("language", language_from_code, person.language, language_codes, false);
    read("interpretation_language", language_from_code, person.interpretation_language, language_codes, true);
    read("state", registration_from, person.state, state_names, true);
}

void RowReader::read_flags(const std::string& text, Person& person, RowNotes& notes) const
{
    std::string_view flags = text;
    const std::string_view separators = options_.map ? ";,|" : ";";
    while (!flags.empty()) {
        const std::size_t end = std::min(flags.find_first_of(separators), flags.size());
        const std::string_view theirs = trimmed(flags.substr(0, end));
        flags.remove_prefix(std::min(end + 1, flags.size()));
        const std::string name =
            options_.map ? options_.map->translate("flags", theirs) : std::string(theirs);
        if (name.empty())
            continue;
        if (const auto flag = flag_from(name))
            person.flags.insert(*flag);
        else
            notes.fault("flags", name, fmt::format("is not known: {} were expected", flag_names));
    }
}

void RowReader::read_flag_columns(const PeopleHeader& header, RowNotes& notes, Person& person) const
{
    for (const auto& [place, flag] : header.flags()) {
        const std::string text = clean(place, "flags", notes);
        const auto answer = yes_or_no(text);
        if (!answer)
            notes.fault_at(place, "flags", text, "is neither yes nor no");
        else if (*answer)
            person.flags.insert(flag);
    }
}

/// A map's file may name a delegation instead of its code.
void RowReader::read_delegation(Person& person, RowNotes& notes) const
{
    if (!options_.profile)
        return;
    for (auto [column, code] :
         {std::pair("delegation", &person.delegation), std::pair("confirmed_by", &person.confirmed_by)}) {
        if (code->empty() || options_.profile->delegation(*code) != nullptr)
            continue;
        if (const auto named = delegations_by_name_.find(lower_ascii(*code));
            named != delegations_by_name_.end())
            *code = named->second;
        else if (column == std::string_view("delegation"))
            notes.warn(column, *code, "is not in the event profile: badges will show the code");
    }
}

void RowReader::check(const Person& person, RowNotes& notes) const
{
    if (person.id.empty())
        notes.fault("registration_id", "", "is empty: every person needs one");
    else if (!printable_id(person.id.str()))
        notes.fault("registration_id", person.id.str(), "must be of printable ASCII without spaces");
    if (person.badge_name.empty())
        notes.fault("badge_name", "", "is empty: the name in Latin letters was expected");
    if (person.family_name.empty() && person.given_name.empty())
        notes.fault(notes.place_of("family_name") ? "family_name" : "given_name", "",
                    "is empty: a family name or a given name was expected");
    if (!relative_path(person.photo))
        notes.fault("photo", person.photo, "must be a path below the folder of the CSV");
    if (person.category != Category::sme_pilot)
        return;
    if (is_leadership(person.role))
        notes.fault("role", name_of(person.role),
                    "is not open to an SME of the pilot: delegate was expected");
    if (person.confirmed_by.empty())
        return notes.fault("confirmed_by", "",
                           "is empty: an SME of the pilot needs the Administration that confirmed it");
    const Delegation* by = options_.profile ? options_.profile->delegation(person.confirmed_by) : nullptr;
    if (options_.profile && (by == nullptr || by->category != Category::member_state))
        notes.fault(
            "confirmed_by", person.confirmed_by,
            "is no Member State of the event profile: the code of the Administration that confirmed the SME "
            "was expected");
}

/// Odd, and allowed: staff decide.
void RowReader::check_participation(const Person& person, RowNotes& notes) const
{
    if (person.interpretation_language && person.category != Category::member_state)
        notes.warn("interpretation_language", language_code(*person.interpretation_language),
                   "is not counted: interpretation is for Member States");
    if (person.flags.contains(Flag::fellow) && person.state == Registration::pending)
        notes.warn("flags", "fellow", "is for people whose registration is approved before they travel");
    const Delegation* delegation =
        options_.profile ? options_.profile->delegation(person.delegation) : nullptr;
    if (delegation == nullptr)
        return;
    if (person.flags.contains(Flag::fellow) && !delegation->fellowships)
        notes.warn("flags", "fellow",
                   fmt::format("is not expected of {}: the event profile gives it no fellowships",
                               person.delegation));
    if (person.flags.contains(Flag::bsg_trainee) && !delegation->developing)
        notes.warn("flags", "bsg_trainee",
                   fmt::format("is not expected of {}: the training is for developing countries",
                               person.delegation));
}

void RowReader::check_texts(const Person& person, RowNotes& notes) const
{
    if (!in_latin_letters(person.badge_name))
        notes.warn("badge_name", person.badge_name, "is not in Latin letters: the badge shows it as it is");
    if (person.photo.empty() || !options_.photo_fault)
        return;
    if (auto what = options_.photo_fault(person.photo); !what.empty())
        notes.warn("photo", person.photo, std::move(what));
}

} // namespace montbrillant
