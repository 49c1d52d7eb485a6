// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The tables of a registry in PostgreSQL, in two schemas of one database: `montbrillant` holds the log, what
/// it says now, sealed records and settings; `montbrillant_keys` holds the delegates' keys, each wrapped by
/// the event master, and who was erased. A dump of the first alone can be kept for long: what is erased in
/// the second is erased in it.
///
/// Texts that a device or a file gave are bytea: PostgreSQL's text holds no zero byte, and nothing a device
/// sends may stop the queue.

#include "sync/registry/postgres.hpp"

namespace montbrillant::registry {

/// The lock of whoever writes: held until the end of a transaction, so whoever loses the connection loses the
/// lock and what was not committed in one.
inline constexpr std::int64_t writers_lock = 0x6d6f6e7462726c6c;
/// Channel of `NOTIFY`: the payload is the head of the log, or "settings".
inline constexpr std::string_view news_channel = "montbrillant";
inline constexpr std::string_view settings_news = "settings";

/// Makes or migrates the tables. Refuses what a newer program wrote, and a server that does not sync its
/// commits to the disk.
[[nodiscard]] Result<> migrate(postgres::Connection& connection);
/// Settings of every session: bounds on how long it waits, and holds others up.
[[nodiscard]] Result<> prepare_session(postgres::Connection& connection);

} // namespace montbrillant::registry
