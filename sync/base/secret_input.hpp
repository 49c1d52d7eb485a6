// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where a program gets a passphrase or a PIN from: a file, its environment, systemd, or a person at a
/// terminal. Nothing here prints or logs what it read.

#include "sync/base/sodium.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

namespace montbrillant {

inline constexpr std::size_t secret_bytes_max = 1024;
/// Names of the environment variable and of the systemd credential (systemd.exec(5), CREDENTIALS).
inline constexpr const char* passphrase_variable = "MONTBRILLANT_PASSPHRASE";
inline constexpr const char* passphrase_credential = "montbrillant-passphrase";

/// The first line of the file, without its line end. An empty one is an error.
[[nodiscard]] Result<crypto::SecretText> secret_from_file(const std::filesystem::path& file);
/// $MONTBRILLANT_PASSPHRASE, else $CREDENTIALS_DIRECTORY/montbrillant-passphrase; nothing when neither is
/// set.
[[nodiscard]] Result<std::optional<crypto::SecretText>> passphrase_from_surroundings();
/// Asks on standard error and reads standard input without echo. Only a terminal is asked: for any other
/// standard input, `remedy` says in the error what to do instead.
[[nodiscard]] Result<crypto::SecretText> ask_terminal(std::string_view prompt, std::string remedy);

} // namespace montbrillant
