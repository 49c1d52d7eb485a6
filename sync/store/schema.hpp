// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The schemas of a folder's two files, step by step. A step is a function with its reason above it, and
/// never changes once released: a later change is a later step. `PRAGMA user_version` counts the steps done,
/// in the transaction of the step, so a power cut leaves a file before or after a step.
///
/// To add one: write `step_N` in schema.cpp, add it to the list there, raise the number here, and keep what
/// today's program wrote as tests/sync/store/golden/.

#include "sync/base/sqlite.hpp"

namespace montbrillant {

inline constexpr std::int64_t schema_version = 4;     ///< montbrillant.db
inline constexpr std::int64_t key_schema_version = 2; ///< keys.db

/// Refuses a file of a newer program in words; changes nothing.
[[nodiscard]] Result<> refuse_newer(sqlite::Database& database, const std::string& file,
                                    std::int64_t known_version);

/// Brings the file to its version, each step in its own transaction. A newer file is refused.
[[nodiscard]] Result<> migrate(sqlite::Database& database, const std::string& file);
[[nodiscard]] Result<> migrate_keys(sqlite::Database& database, const std::string& file);

} // namespace montbrillant
