// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The yardstick of a registry: the rows that it wrote, put into the same tables of the same engine once more
/// by nothing but prepared statements, one commit for each batch, on one connection.

#include "sync/base/sqlite.hpp"
#include "sync/registry/postgres.hpp"

#include <filesystem>
#include <vector>

namespace montbrillant::bench {

/// Seconds that the engine alone takes for the log in `file`, in batches of `sizes` in turn.
[[nodiscard]] double bare_sqlite_seconds(const std::filesystem::path& file, const std::filesystem::path& copy,
                                         const std::vector<std::size_t>& sizes);
/// Likewise from the database at `address` into the empty one at `copy`.
[[nodiscard]] double bare_postgres_seconds(const std::string& address, const std::string& copy,
                                           const std::vector<std::size_t>& sizes);

} // namespace montbrillant::bench
