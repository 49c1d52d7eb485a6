// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Rows of the tables as values. For the files of PostgresLedger alone.

#include "sync/registry/postgres.hpp"
#include "sync/store/store.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace montbrillant::registry::postgres_rows {

/// A parameter of a statement; the bytes must outlive it.
template <class T> std::optional<BytesView> view_of(const T& bytes) { return BytesView(bytes); }
inline std::optional<BytesView> view_of(const std::string& text) { return as_bytes(text); }
[[nodiscard]] Result<crypto::Hash> hash_of(BytesView raw);
/// Columns from `verdict` on: verdict, conflict, reason.
[[nodiscard]] Outcome outcome_in(const postgres::Rows& rows, int row, int verdict);
/// Columns: device, epoch, counter, bytes, previous, hash, delegate, seq, log_hash, verdict, conflict,
/// reason. The record has its owner only.
[[nodiscard]] Result<LoggedFact> logged_in(const postgres::Rows& rows, int row);
/// By the first column; then delegate, sealed, wrapped key.
[[nodiscard]] std::unordered_map<std::string, SealedRecord> records_in(const postgres::Rows& rows);

} // namespace montbrillant::registry::postgres_rows
