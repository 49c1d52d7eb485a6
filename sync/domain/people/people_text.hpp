// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Texts of files that people typed: trimmed, folded and shown. Pure; any thread.

#include <span>
#include <string>
#include <string_view>

namespace montbrillant {

/// Without spaces at both ends, those of other scripts and byte order marks included.
[[nodiscard]] std::string_view trimmed(std::string_view text);

[[nodiscard]] std::string lower_ascii(std::string_view text);

/// Printable ASCII only: nothing to compose, to check or to escape.
[[nodiscard]] bool is_plain_ascii(std::string_view text);

/// For people: short, one line, whatever bytes came; controls and bad bytes as \xNN.
[[nodiscard]] std::string shown(std::string_view value);

/// The name that a misspelt one may mean, or nothing.
[[nodiscard]] std::string_view nearest_name(std::span<const std::string_view> names,
                                            std::string_view misspelt);

} // namespace montbrillant
