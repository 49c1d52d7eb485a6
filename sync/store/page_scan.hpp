// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Reads rows out of the pages of an SQLite file and its WAL without trusting anything that joins them: no
/// header, no tree, no schema is needed. For a file that SQLite itself refuses. A page is damaged or it is
/// not; whoever asks checks what a row says (hash, seal) before it is believed. Format:
/// https://sqlite.org/fileformat2.html, sections 1.5 to 1.6 (b-tree pages), 2.1 (records) and 4 (WAL).

#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace montbrillant {

struct ScannedValue {
    enum class Type { null, integer, text, blob, other } type = Type::null;
    std::int64_t number{};
    std::string bytes; ///< of a text or blob
};
using ScannedRow = std::vector<ScannedValue>;

/// Every row of every page that can be read. First those of the pages as the last whole commit left them,
/// then the rest, newest first: overwritten images and what no checksum covers any more. A missing file has
/// no rows; an error is the disk's.
[[nodiscard]] Result<> scan_pages(const std::filesystem::path& file,
                                  const std::function<Result<>(const ScannedRow&)>& visit);

/// `Error::where` of damage that we found and not SQLite.
inline constexpr std::string_view damage_mark = "journal";

/// An error, marked so, when SQLite must not open the file because it would tidy away what can still be
/// saved.
///
/// A power cut tears at most the last commit of a WAL, because each is synced before the next begins; two
/// commits behind a frame that does not hold mean that the file was damaged since, and SQLite would forget
/// them in silence.
[[nodiscard]] Result<> check_before_opening(const std::filesystem::path& file);

} // namespace montbrillant
