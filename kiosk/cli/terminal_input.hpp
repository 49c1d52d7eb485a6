// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What commands read from standard input: bounded lines, and secrets that a terminal does not show.

#include "sync/base/sodium.hpp"

#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace montbrillant {

/// The next line, cut after `bytes_max`; nothing at the end.
[[nodiscard]] std::optional<std::string> read_line(std::istream& in, std::size_t bytes_max);

/// One line of standard input. Only a terminal is asked, by `prompt` on standard error, and does not echo.
[[nodiscard]] Result<crypto::SecretText> read_secret(std::string_view prompt, std::size_t bytes_max);

} // namespace montbrillant
