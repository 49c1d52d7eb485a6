// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a file probably is that is no CSV in UTF-8, in words that say what to do about it. Nothing is
/// converted on a guess: the same bytes are other letters in other code pages. Pure; any thread.

#include "sync/domain/people/csv.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace montbrillant {

/// Of a file's first record: another encoding, a workbook, an archive, other separators. Empty: nothing.
[[nodiscard]] std::string wrong_kind_of_file(const CsvRecord& first);

/// Of a text whose byte at `at` is no UTF-8: "is not UTF-8 at byte 4 (E9, which is é in Windows-1252): ...".
[[nodiscard]] std::string not_utf8(std::string_view text, std::size_t at);

/// The text that was meant when this one looks like UTF-8 read as Windows-1252 and saved again ("JosÃ©").
[[nodiscard]] std::optional<std::string> encoded_twice(std::string_view text);

} // namespace montbrillant
