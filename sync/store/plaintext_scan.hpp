// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Looks for people's texts in files, byte for byte, to prove that they are in none: in UTF-8 (ASCII letters
/// in either case), UTF-16 of both byte orders, hexadecimal and base64, wherever in the file they begin. What
/// is found is told by file, place and form; the text itself is never repeated.
///
/// Costs about the size of the files in time, and eight times the size of the texts in memory.

#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace montbrillant {

class PlaintextScan {
public:
    /// Shorter texts stand by chance in any large file.
    explicit PlaintextScan(std::size_t bytes_min = 6) : bytes_min_(bytes_min) {}

    /// UTF-8. Returns a number that names it in what is found; the same text twice is looked for once.
    std::size_t look_for(std::string_view text);
    [[nodiscard]] std::size_t texts() const { return texts_.size(); }

    struct File {
        std::string name; ///< relative to the folder
        std::uint64_t bytes = 0;
    };
    struct Found {
        std::string file;
        std::uint64_t at = 0;
        std::string_view form; ///< "UTF-8", "UTF-16", "hex", "base64"
        std::size_t text = 0;
    };
    struct Report {
        std::vector<File> files;  ///< by name
        std::vector<Found> found; ///< at most `found_max`
    };
    static constexpr std::size_t found_max = 100;

    /// Every regular file of the folder and what is below it.
    [[nodiscard]] Result<Report> scan(const std::filesystem::path& folder) const;

private:
    struct Pattern {
        std::string bytes;
        std::string_view form;
        std::size_t text = 0;
    };
    static constexpr std::size_t prefix_bytes = 4;

    void add(std::string bytes, std::string_view form, std::size_t text);
    void find_in(std::string_view chunk, std::uint64_t at, std::size_t fresh_from, const std::string& file,
                 Report& report) const;
    [[nodiscard]] Result<std::uint64_t> scan_file(const std::filesystem::path& path, const std::string& name,
                                                  Report& report) const;

    std::size_t bytes_min_;
    std::size_t longest_ = 0;
    std::unordered_map<std::string, std::size_t> texts_;
    std::vector<Pattern> patterns_;
    std::unordered_multimap<std::uint32_t, std::size_t> by_prefix_;
    std::vector<bool> may_begin_; ///< by a hash of the prefix: most places are passed over with one look
};

} // namespace montbrillant
