// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/people_csv.hpp"

#include "sync/domain/people/unicode.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <numeric>

namespace montbrillant {
namespace {

constexpr std::size_t id_bytes_max = 32;
constexpr std::size_t shown_bytes_max = 40;
constexpr int fellows_per_delegation = 2;

constexpr std::string_view category_names =
    "member_state, sector_member, associate, academia, sme_pilot, invited, secretariat or press";
constexpr std::string_view role_names = "delegate, head, deputy_head, chair, vice_chair or rapporteur";
constexpr std::string_view flag_names = "newcomer, fellow, bsg_trainee or accessible, separated by ;,";
constexpr std::string_view language_codes = "ar, zh, en, fr, ru or es";
constexpr std::string_view state_names = "pending, approved or cancelled";

constexpr std::size_t index_of(std::string_view column)
{
    for (std::size_t i = 0; i < people_columns.size(); ++i) {
        if (people_columns[i] == column)
            return i;
    }
    return people_columns.size();
}

/// For people: short, one line, whatever bytes came.
std::string shown(std::string_view value)
{
    const bool cut = value.size() > shown_bytes_max;
    value = unicode::cut(value, shown_bytes_max);
    const bool bad = unicode::first_bad_byte(value).has_value();
    std::string out;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F || (bad && byte >= 0x80))
            out += fmt::format("\\x{:02X}", byte);
        else
            out += c;
    }
    return cut ? out + "…" : out;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::array<std::string_view, 8> spaces{
        " ", "\t", "\r", "\n", "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\x8B", "\xEF\xBB\xBF"};
    const auto one = [&](auto has, auto remove) {
        for (bool again = true; again;) {
            again = false;
            for (const auto space : spaces) {
                if (has(space)) {
                    remove(space.size());
                    again = true;
                }
            }
        }
    };
    one([&](std::string_view s) { return text.starts_with(s); },
        [&](std::size_t n) { text.remove_prefix(n); });
    one([&](std::string_view s) { return text.ends_with(s); }, [&](std::size_t n) { text.remove_suffix(n); });
    return text;
}

std::string lower_ascii(std::string_view text)
{
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t corner = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = corner + (a[i] == b[j] ? 0 : 1);
            corner = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row[b.size()];
}

/// The column that a misspelt one may mean, or nothing.
std::string_view nearest_column(std::string_view name)
{
    if (name.size() > 40)
        return {};
    const auto* best = std::min_element(people_columns.begin(), people_columns.end(), [&](auto a, auto b) {
        return edit_distance(name, a) < edit_distance(name, b);
    });
    return edit_distance(name, *best) <= 2 ? *best : std::string_view{};
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

/// What is wrong with the whole file, to be seen from its first row; empty: nothing.
std::string wrong_kind_of_file(const CsvRecord& record)
{
    const std::string& first = record.fields.front().text;
    if (first.starts_with("\xFF\xFE") || first.starts_with("\xFE\xFF"))
        return "the file is UTF-16: save it as \"CSV UTF-8\"";
    for (const auto& field : record.fields) {
        if (unicode::first_bad_byte(field.text))
            return "the header is not UTF-8: save the file as \"CSV UTF-8\"";
    }
    if (record.fields.size() == 1 && first.find(';') != std::string::npos)
        return "the columns are separated by semicolons: commas were expected";
    if (record.fields.size() == 1 && first.find('\t') != std::string::npos)
        return "the columns are separated by tabs: commas were expected";
    return {};
}

} // namespace

std::string CsvFault::text() const
{
    std::string out = fmt::format("row {}", row);
    if (column_no > 0)
        out += fmt::format(", column {}", column_no);
    if (!column.empty())
        out += fmt::format(" ({})", column);
    out += ": ";
    if (!value.empty())
        out += fmt::format("\"{}\" ", value);
    return out + what;
}

PeopleCsvReader::PeopleCsvReader(CsvOptions options, OnRow on_row)
    : options_(std::move(options)), on_row_(std::move(on_row)),
      csv_([this](const CsvRecord& record) { on_record(record); })
{
    places_.fill(absent);
}

CsvSummary PeopleCsvReader::finish()
{
    csv_.finish();
    if (!header_read_)
        summary_.header_faults.push_back({1, 0, "", "", "the file is empty: a header row was expected"});
    return std::move(summary_);
}

void PeopleCsvReader::on_record(const CsvRecord& record)
{
    if (give_up_ || record.blank())
        return;
    if (!header_read_) {
        read_header(record);
        header_read_ = true;
        give_up_ = !summary_.header_faults.empty();
    } else if (summary_.rows == rows_max) {
        summary_.header_faults.push_back(
            {record.row, 0, "", "", fmt::format("the file has more than {} rows", rows_max)});
        give_up_ = true;
    } else {
        read_row(record);
    }
}

void PeopleCsvReader::read_header(const CsvRecord& record)
{
    const auto refuse = [&](std::string_view column, std::string what) {
        summary_.header_faults.push_back({record.row, 0, std::string(column), "", std::move(what)});
    };
    if (const auto what = wrong_kind_of_file(record); !what.empty())
        return refuse("", what);
    if (!record.malformed.empty())
        return refuse("", record.malformed);
    name_columns(record);
    const bool any = std::any_of(places_.begin(), places_.end(), [](auto at) { return at != absent; });
    if (!any)
        return refuse("", "the first row must name the columns: " +
                              fmt::format("{}", fmt::join(people_columns, ", ")));
    for (const std::string_view needed : {"registration_id", "badge_name", "category", "language"}) {
        if (place(needed) == absent)
            refuse(needed, "this column is missing");
    }
    if (place("family_name") == absent && place("given_name") == absent)
        refuse("family_name", "this column or given_name is missing");
}

void PeopleCsvReader::name_columns(const CsvRecord& record)
{
    width_ = record.fields.size();
    for (std::size_t i = 0; i < width_; ++i) {
        const std::string_view given = trimmed(record.fields[i].text);
        const auto renamed = options_.renames.find(given);
        const std::string name = lower_ascii(renamed == options_.renames.end() ? given : renamed->second);
        const std::size_t index = index_of(name);
        if (index == people_columns.size()) {
            const auto near = nearest_column(name);
            std::string what = name.empty() ? "this column has no name and is not read"
                                            : "is not a known column and is not read";
            if (!near.empty())
                what += fmt::format(": did you mean {}?", near);
            summary_.warnings.push_back({record.row, i + 1, "", shown(given), std::move(what)});
        } else if (places_[index] != absent) {
            summary_.header_faults.push_back({record.row, i + 1, name, "", "this column is there twice"});
        } else {
            places_[index] = i;
        }
    }
}

std::size_t PeopleCsvReader::place(std::string_view column) const { return places_[index_of(column)]; }

void PeopleCsvReader::fault(CsvRow& row, std::string_view column, std::string_view value,
                            std::string what) const
{
    const std::size_t at = column.empty() ? absent : place(column);
    row.faults.push_back(
        {row.row, at == absent ? 0 : at + 1, std::string(column), shown(value), std::move(what)});
}

void PeopleCsvReader::warn(std::size_t row, std::string_view column, std::string_view value, std::string what)
{
    if (summary_.warnings.size() >= notes_max)
        return;
    const std::size_t at = place(column);
    summary_.warnings.push_back(
        {row, at == absent ? 0 : at + 1, std::string(column), shown(value), std::move(what)});
}

void PeopleCsvReader::read_row(const CsvRecord& record)
{
    ++summary_.rows;
    CsvRow row{record.row, {}};
    Person person;
    const bool surplus_is_empty =
        record.fields.size() < width_ ||
        std::all_of(
            record.fields.begin() + static_cast<std::ptrdiff_t>(width_), record.fields.end(),
            [](const CsvField& field) { return field.bytes == 0; });
    if (!record.malformed.empty()) {
        row.faults.push_back({record.row, record.malformed_column, "", "", record.malformed});
    } else if (record.fields.size() < width_ || !surplus_is_empty) {
        fault(row, "", "", fmt::format("has {} fields: {} were expected", record.fields.size(), width_));
    } else {
        person = read_person(record, row);
    }
    if (row.faults.empty()) {
        on_row_(row, std::move(person));
        return;
    }
    ++summary_.bad_rows;
    const std::string where = options_.file;
    on_row_(row, fail(ErrorKind::input, row.faults.front().text(), where));
}

std::string PeopleCsvReader::clean(const CsvField& field, std::size_t column, CsvRow& row)
{
    const std::string_view name = people_columns[column];
    const std::size_t limit = name == "registration_id" ? id_bytes_max : Person::text_bytes_max;
    // A little more than the limit may fit once it is trimmed and composed.
    if (field.bytes > CsvReader::field_bytes_kept) {
        fault(row, name, field.text,
              fmt::format("has {} bytes: at most {} were expected", field.bytes, limit));
        return {};
    }
    if (const auto at = unicode::first_bad_byte(field.text)) {
        fault(row, name, field.text, fmt::format("is not UTF-8 at byte {}", *at + 1));
        return {};
    }
    std::u32string plain;
    bool broken_line = false;
    for (const char32_t c : unicode::code_points(trimmed(field.text))) {
        const bool line_end = c == U'\r' || c == U'\n' || c == U'\t';
        if (unicode::is_control(c) && !line_end) {
            fault(row, name, field.text,
                  fmt::format("holds the control character U+{:04X}", static_cast<unsigned>(c)));
            return {};
        }
        broken_line = broken_line || line_end;
        if (!line_end)
            plain += c;
        else if (!plain.ends_with(U' '))
            plain += U' ';
    }
    if (broken_line)
        warn(row.row, name, field.text, "holds a line break or tab, read as a space");
    std::string out = unicode::nfc(unicode::utf8(plain));
    if (out.size() > limit) {
        fault(row, name, out, fmt::format("has {} bytes: at most {} were expected", out.size(), limit));
        return {};
    }
    return out;
}

Person PeopleCsvReader::read_person(const CsvRecord& record, CsvRow& row)
{
    std::array<std::string, people_columns.size()> values;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (places_[i] != absent)
            values[i] = clean(record.fields[places_[i]], i, row);
    }
    const auto value = [&](std::string_view column) -> std::string& { return values[index_of(column)]; };
    const bool clean_row = row.faults.empty();
    Person person;
    person.id = DelegateId(value("registration_id"));
    person.code = value("code");
    person.title = value("title");
    person.given_name = value("given_name");
    person.family_name = value("family_name");
    person.badge_name = value("badge_name");
    person.organization = value("organization");
    person.delegation = value("delegation");
    person.contact_point = value("contact_point");
    person.confirmed_by = value("confirmed_by");
    person.photo = value("photo");
    if (clean_row) { // otherwise a refused field would be called empty as well
        read_enumerations(values, person, row);
        check_person(person, row);
    }
    if (!person.id.empty())
        check_file(person, row);
    return person;
}

void PeopleCsvReader::read_enumerations(const std::array<std::string, people_columns.size()>& values,
                                        Person& person, CsvRow& row)
{
    const auto read = [&](std::string_view column, auto from_name, auto& out, std::string_view expected,
                          bool optional) {
        const std::string& text = values[index_of(column)];
        if (text.empty() && optional)
            return;
        if (const auto known = from_name(text))
            out = *known;
        else if (text.empty())
            fault(row, column, "", fmt::format("is empty: {} was expected", expected));
        else
            fault(row, column, text, fmt::format("is not known: {} was expected", expected));
    };
    read("category", category_from, person.category, category_names, false);
    read("role", role_from, person.role, role_names, true);
    read("language", language_from_code, person.language, language_codes, false);
    read("interpretation_language", language_from_code, person.interpretation_language, language_codes, true);
    read("state", registration_from, person.state, state_names, true);
    std::string_view flags = values[index_of("flags")];
    while (!flags.empty()) {
        const std::size_t end = std::min(flags.find(';'), flags.size());
        const std::string_view name = trimmed(flags.substr(0, end));
        flags.remove_prefix(std::min(end + 1, flags.size()));
        if (name.empty())
            continue;
        if (const auto flag = flag_from(name))
            person.flags.insert(*flag);
        else
            fault(row, "flags", name, fmt::format("is not known: {} were expected", flag_names));
    }
}

void PeopleCsvReader::check_person(const Person& person, CsvRow& row)
{
    if (person.id.empty())
        fault(row, "registration_id", "", "is empty: every person needs one");
    else if (!printable_id(person.id.str()))
        fault(row, "registration_id", person.id.str(), "must be of printable ASCII without spaces");
    if (person.badge_name.empty())
        fault(row, "badge_name", "", "is empty: the name in Latin letters was expected");
    if (person.family_name.empty() && person.given_name.empty())
        fault(row, place("family_name") == absent ? "given_name" : "family_name", "",
              "is empty: a family name or a given name was expected");
    if (!relative_path(person.photo))
        fault(row, "photo", person.photo, "must be a path below the folder of the CSV");
    if (person.category != Category::sme_pilot)
        return;
    if (is_leadership(person.role))
        fault(row, "role", name_of(person.role), "is not open to an SME of the pilot: delegate was expected");
    if (person.confirmed_by.empty())
        fault(row, "confirmed_by", "",
              "is empty: an SME of the pilot needs the Administration that confirmed it");
}

void PeopleCsvReader::check_file(const Person& person, CsvRow& row)
{
    const auto [same_id, new_id] = rows_by_id_.emplace(person.id.str(), row.row);
    if (!new_id)
        fault(row, "registration_id", person.id.str(),
              fmt::format("stands in row {} already", same_id->second));
    if (!person.code.empty()) {
        const auto [same_code, new_code] = rows_by_code_.emplace(person.code, row.row);
        if (!new_code)
            fault(row, "code", person.code, fmt::format("stands in row {} already", same_code->second));
    }
    if (!row.faults.empty() || person.delegation.empty())
        return;
    if (options_.delegation_known && !options_.delegation_known(person.delegation))
        warn(row.row, "delegation", person.delegation,
             "is not in the event profile: badges will show the code");
    if (person.state == Registration::cancelled)
        return;
    if (person.role == Role::head) {
        const auto [head, first] = head_rows_.emplace(person.delegation, row.row);
        if (!first)
            warn(row.row, "role", person.delegation,
                 fmt::format("has a head already, in row {}: staff will have to decide", head->second));
    }
    if (person.flags.contains(Flag::fellow) && ++fellows_[person.delegation] > fellows_per_delegation)
        warn(row.row, "flags", person.delegation,
             fmt::format("has more than {} fellows", fellows_per_delegation));
}

CsvReport read_people_csv(std::string_view text, CsvOptions options)
{
    CsvReport report;
    PeopleCsvReader reader(std::move(options), [&](const CsvRow& row, Result<Person> person) {
        report.faults.insert(report.faults.end(), row.faults.begin(), row.faults.end());
        if (person)
            report.people.push_back(std::move(*person));
    });
    reader.feed(text);
    CsvSummary summary = reader.finish();
    report.faults.insert(report.faults.begin(), std::make_move_iterator(summary.header_faults.begin()),
                         std::make_move_iterator(summary.header_faults.end()));
    report.warnings = std::move(summary.warnings);
    report.rows = summary.rows;
    report.bad_rows = summary.bad_rows;
    return report;
}

std::string people_csv_header()
{
    const std::vector<std::string> names(people_columns.begin(), people_columns.end());
    return csv_line(names);
}

std::string people_csv_row(const Person& person)
{
    std::string flags;
    for (const Flag flag : person.flags)
        flags.append(flags.empty() ? "" : ";").append(name_of(flag));
    const auto interpretation =
        person.interpretation_language ? language_code(*person.interpretation_language) : std::string_view{};
    const std::array<std::string, people_columns.size()> fields{person.id.str(),
                                                                person.code,
                                                                person.title,
                                                                person.given_name,
                                                                person.family_name,
                                                                person.badge_name,
                                                                person.organization,
                                                                person.delegation,
                                                                std::string(name_of(person.category)),
                                                                std::string(name_of(person.role)),
                                                                flags,
                                                                std::string(language_code(person.language)),
                                                                std::string(interpretation),
                                                                std::string(name_of(person.state)),
                                                                person.contact_point,
                                                                person.confirmed_by,
                                                                person.photo};
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
