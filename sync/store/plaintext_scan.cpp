// SPDX-License-Identifier: Apache-2.0
#include "sync/store/plaintext_scan.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace montbrillant {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;
constexpr std::size_t filter_bits = std::size_t{1} << 22U;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::uint32_t prefix_of(std::string_view bytes)
{
    std::uint32_t prefix = 0;
    for (std::size_t i = 0; i < 4; ++i)
        prefix = prefix << 8U | static_cast<std::uint8_t>(lower(bytes[i]));
    return prefix;
}

std::size_t filter_place(std::uint32_t prefix) { return (prefix * 2654435761U) >> 10U; }
static_assert(filter_bits == std::size_t{1} << (32U - 10U));

/// Code points of well-formed UTF-8; anything else is left out.
std::u32string code_points(std::string_view text)
{
    std::u32string points;
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<std::uint8_t>(text[i]);
        const std::size_t more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        char32_t point = more == 0 ? first : first & (0x3FU >> more);
        for (std::size_t k = 1; k <= more && i + k < text.size(); ++k)
            point = point << 6U | (static_cast<std::uint8_t>(text[i + k]) & 0x3FU);
        points += point;
        i += more + 1;
    }
    return points;
}

std::string utf16(std::string_view text, bool big_endian)
{
    std::string out;
    const auto unit = [&](std::uint32_t value) {
        const char high = static_cast<char>(value >> 8U & 0xFFU);
        const char low = static_cast<char>(value & 0xFFU);
        out += big_endian ? high : low;
        out += big_endian ? low : high;
    };
    for (const char32_t point : code_points(text)) {
        if (point < 0x10000) {
            unit(point);
        } else {
            unit(0xD800U + ((point - 0x10000U) >> 10U));
            unit(0xDC00U + ((point - 0x10000U) & 0x3FFU));
        }
    }
    return out;
}

/// The characters that do not depend on what stands before and after, for a text that begins at byte `shift`
/// of a group of three (RFC 4648, 4).
std::string base64_inside(std::string_view text, std::size_t shift)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    const std::size_t bits = (shift + text.size()) * 8;
    for (std::size_t bit = (shift * 8 + 5) / 6 * 6; bit + 6 <= bits; bit += 6) {
        std::size_t value = 0;
        for (std::size_t k = bit; k < bit + 6; ++k) {
            const auto byte = static_cast<std::uint8_t>(text[k / 8 - shift]);
            value = value << 1U | (byte >> (7 - k % 8) & 1U);
        }
        out += alphabet[value];
    }
    return out;
}

bool same(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

void PlaintextScan::add(std::string bytes, std::string_view form, std::size_t text)
{
    if (bytes.size() < prefix_bytes)
        return;
    const std::uint32_t prefix = prefix_of(bytes);
    may_begin_.resize(filter_bits);
    may_begin_[filter_place(prefix)] = true;
    longest_ = std::max(longest_, bytes.size());
    by_prefix_.emplace(prefix, patterns_.size());
    patterns_.push_back({std::move(bytes), form, text});
}

std::size_t PlaintextScan::look_for(std::string_view text)
{
    if (text.size() < bytes_min_)
        return 0;
    const auto [known, fresh] = texts_.emplace(text, texts_.size() + 1);
    const std::size_t number = known->second;
    if (!fresh)
        return number;
    add(std::string(text), "UTF-8", number);
    add(utf16(text, false), "UTF-16", number);
    add(utf16(text, true), "UTF-16", number);
    add(to_hex(as_bytes(text)), "hex", number);
    for (std::size_t shift = 0; shift < 3; ++shift) {
        // A short piece of base64 stands in any hash.
        if (std::string inside = base64_inside(text, shift); inside.size() >= bytes_min_ + 2)
            add(std::move(inside), "base64", number);
    }
    return number;
}

void PlaintextScan::find_in(std::string_view chunk, std::uint64_t at, std::size_t fresh_from,
                            const std::string& file, Report& report) const
{
    for (std::size_t i = 0; i + prefix_bytes <= chunk.size(); ++i) {
        const std::uint32_t prefix = prefix_of(chunk.substr(i, prefix_bytes));
        if (!may_begin_[filter_place(prefix)])
            continue;
        const auto [from, to] = by_prefix_.equal_range(prefix);
        for (auto one = from; one != to; ++one) {
            const Pattern& pattern = patterns_[one->second];
            const bool told_before = i + pattern.bytes.size() <= fresh_from;
            if (!told_before && report.found.size() < found_max &&
                same(chunk.substr(i, pattern.bytes.size()), pattern.bytes))
                report.found.push_back({file, at + i, pattern.form, pattern.text});
        }
    }
}

Result<std::uint64_t> PlaintextScan::scan_file(const std::filesystem::path& path, const std::string& name,
                                               Report& report) const
{
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return fail(ErrorKind::storage, "cannot be opened", path.string());
    std::string chunk;
    std::uint64_t read = 0;
    std::size_t kept = 0; // the end of the chunk before: a text may lie across
    for (;;) {
        chunk.resize(kept + chunk_bytes);
        in.read(chunk.data() + kept, static_cast<std::streamsize>(chunk_bytes));
        const auto got = static_cast<std::size_t>(in.gcount());
        chunk.resize(kept + got);
        if (got == 0)
            return read;
        if (!patterns_.empty())
            find_in(chunk, read - kept, kept, name, report);
        read += got;
        kept = std::min(chunk.size(), longest_);
        chunk.erase(0, chunk.size() - kept);
    }
}

Result<PlaintextScan::Report> PlaintextScan::scan(const std::filesystem::path& folder) const
{
    Report report;
    std::error_code failed;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failed)) {
        if (!entry.is_regular_file())
            continue;
        const std::string name = entry.path().lexically_relative(folder).string();
        MB_TRY(const std::uint64_t bytes, scan_file(entry.path(), name, report));
        report.files.push_back({name, bytes});
    }
    if (failed)
        return fail(ErrorKind::storage, "the folder cannot be listed: " + failed.message(), folder.string());
    std::sort(report.files.begin(), report.files.end(),
              [](const File& a, const File& b) { return a.name < b.name; });
    return report;
}

} // namespace montbrillant
