// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/csv_encoding.hpp"

#include "sync/domain/people/people_text.hpp"
#include "sync/domain/people/unicode.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace montbrillant {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view remedy = "save the file as \"CSV UTF-8\"";

/// 0x80 to 0x9F in Windows-1252 (WHATWG Encoding, index windows-1252); 0: the byte has no letter.
constexpr std::array<char16_t, 32> windows_1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

struct Beginning {
    std::string_view bytes;
    std::string_view words;
};

/// UTF-32 before UTF-16: its little-endian mark begins with the other's.
constexpr std::array<Beginning, 9> beginnings{{
    {"\xFF\xFE\0\0"sv, "the file is UTF-32"},
    {"\0\0\xFE\xFF"sv, "the file is UTF-32"},
    {"\xFF\xFE"sv, "the file is UTF-16 (little-endian)"},
    {"\xFE\xFF"sv, "the file is UTF-16 (big-endian)"},
    {"PK\x03\x04"sv, "the file is a workbook (.xlsx, .ods) or an archive, no CSV"},
    {"\xD0\xCF\x11\xE0"sv, "the file is an old workbook (.xls), no CSV"},
    {"\x1F\x8B"sv, "the file is compressed, no CSV"},
    {"%PDF"sv, "the file is a PDF, no CSV"},
    {"SQLite format 3"sv, "the file is a database, no CSV"},
}};

char32_t letter_of(unsigned char byte)
{
    return byte < 0x80 || byte > 0x9F ? byte : windows_1252[byte - 0x80U];
}

std::optional<char> byte_of(char32_t letter)
{
    if (letter < 0x80 || (letter >= 0xA0 && letter <= 0xFF))
        return static_cast<char>(letter);
    const auto found = std::find(windows_1252.begin(), windows_1252.end(), letter);
    if (found == windows_1252.end())
        return std::nullopt;
    return static_cast<char>(0x80 + (found - windows_1252.begin()));
}

/// UTF-16 without its mark: every ASCII letter has a NUL on one side.
std::string unmarked_utf16(std::string_view first)
{
    if (first.size() < 4)
        return {};
    if (first[0] == '\0' && first[1] != '\0' && first[2] == '\0')
        return fmt::format("the file is UTF-16 (big-endian, without a byte order mark): {}", remedy);
    if (first[0] != '\0' && first[1] == '\0' && first[2] != '\0')
        return fmt::format("the file is UTF-16 (little-endian, without a byte order mark): {}", remedy);
    return {};
}

std::string wrong_separator(const CsvRecord& first)
{
    const std::string_view text = first.fields.front().text;
    if (lower_ascii(text.substr(0, 4)) == "sep=")
        return fmt::format("\"{}\" is a spreadsheet's own mark: remove this line", shown(text));
    if (first.fields.size() > 1)
        return {};
    if (text.find(';') != std::string_view::npos)
        return "the columns are separated by semicolons: commas were expected";
    if (text.find('\t') != std::string_view::npos)
        return "the columns are separated by tabs: commas were expected";
    if (text.find('|') != std::string_view::npos)
        return "the columns are separated by bars (|): commas were expected";
    return {};
}

} // namespace

std::string wrong_kind_of_file(const CsvRecord& first)
{
    const std::string_view text = first.fields.front().text;
    for (const auto& [bytes, words] : beginnings) {
        if (text.starts_with(bytes))
            return fmt::format("{}: {}", words, remedy);
    }
    if (auto words = unmarked_utf16(text); !words.empty())
        return words;
    for (const auto& field : first.fields) {
        const std::string_view whole = unicode::cut(field.text, CsvReader::field_bytes_kept - 4);
        if (const auto at = unicode::first_bad_byte(whole))
            return "the header " + not_utf8(whole, *at);
    }
    return wrong_separator(first);
}

std::string not_utf8(std::string_view text, std::size_t at)
{
    const auto byte = static_cast<unsigned char>(text[at]);
    const char32_t letter = letter_of(byte);
    std::string out = fmt::format("is not UTF-8 at byte {} ({:02X}", at + 1, byte);
    if (letter >= 0xA0)
        out += fmt::format(", which is {} in Windows-1252", unicode::utf8(std::u32string(1, letter)));
    return out + fmt::format("): {}", remedy);
}

std::optional<std::string> encoded_twice(std::string_view text)
{
    std::string bytes;
    for (const char32_t letter : unicode::code_points(text)) {
        const auto byte = byte_of(letter);
        if (!byte)
            return std::nullopt;
        bytes += *byte;
    }
    if (bytes == text || unicode::first_bad_byte(bytes))
        return std::nullopt;
    return bytes;
}

} // namespace montbrillant
