// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/people_text.hpp"

#include "sync/domain/people/unicode.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>
#include <vector>

namespace montbrillant {
namespace {

constexpr std::size_t shown_bytes_max = 40;
constexpr std::size_t spelt_bytes_max = 40;
constexpr std::size_t slips_max = 2;

constexpr std::array<std::string_view, 8> spaces{" ",        "\t",           "\r",           "\n",
                                                 "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\x8B", "\xEF\xBB\xBF"};

/// How many bytes of space stand at one end.
template <class Stands> std::size_t space_at_end(Stands stands)
{
    for (const auto space : spaces) {
        if (stands(space))
            return space.size();
    }
    return 0;
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

} // namespace

std::string_view trimmed(std::string_view text)
{
    const auto starts = [&text](std::string_view space) { return text.starts_with(space); };
    const auto ends = [&text](std::string_view space) { return text.ends_with(space); };
    while (const std::size_t bytes = space_at_end(starts))
        text.remove_prefix(bytes);
    while (const std::size_t bytes = space_at_end(ends))
        text.remove_suffix(bytes);
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

bool is_plain_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

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

std::string_view nearest_name(std::span<const std::string_view> names, std::string_view misspelt)
{
    if (names.empty() || misspelt.size() > spelt_bytes_max)
        return {};
    const auto best = std::min_element(names.begin(), names.end(), [&](auto a, auto b) {
        return edit_distance(misspelt, a) < edit_distance(misspelt, b);
    });
    return edit_distance(misspelt, *best) <= slips_max ? *best : std::string_view{};
}

} // namespace montbrillant
