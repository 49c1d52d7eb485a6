// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The schema, step by step. Each step is a function with its reason; PRAGMA user_version counts them.

#include "sync/base/sqlite.hpp"

namespace montbrillant {

inline constexpr std::int64_t schema_version = 2;

/// Brings the file to `schema_version`, each step in its own transaction. A newer file is refused in words.
[[nodiscard]] Result<> migrate(sqlite::Database& database, const std::string& file);

} // namespace montbrillant
