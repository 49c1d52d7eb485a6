// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where a registry keeps its data: made with an event, opened, restored, moved. A folder on SQLite may be
/// held by nobody else meanwhile; a database on PostgreSQL may be served by other nodes.

#include "sync/registry/service.hpp"
#include "sync/store/key_access.hpp"
#include "sync/store/recovery.hpp"

#include <filesystem>

namespace montbrillant::registry {

/// "sqlite:/var/lib/montbrillant/registry.db": the database file inside the registry's own folder.
/// "postgresql://user@host/name": a database that several nodes share; the folder is then that of this node's
/// keys.
struct StoreAddress {
    std::filesystem::path folder;
    std::string file_name{};
    KeySources keys{};      ///< where the secret comes from that opens the event's keys
    std::string database{}; ///< of PostgreSQL; empty: SQLite
};
/// `key_folder` is for PostgreSQL and must be named there.
[[nodiscard]] Result<StoreAddress> read_store_address(const std::string& address,
                                                      const std::string& key_folder = {});

/// Opens the store; with `event_file` an empty one is made the authority of that event, with fresh keys, and
/// one of the same event gets the new text of the profile.
[[nodiscard]] Result<Service> open_service(const StoreAddress& address, const std::string& event_file,
                                           Clock& clock, Random& random);
/// The same of a store that was made before: nothing is made in its place.
[[nodiscard]] Result<Service> open_existing(const StoreAddress& address, Clock& clock, Random& random);

/// Puts a backup in the place of the database. The log gets a new epoch, so that devices send again what the
/// backup lacks; devices enrolled after the backup stay enrolled. The keys in the folder stay as they are.
struct Restored {
    std::uint64_t head{};
    std::size_t devices{};
};
[[nodiscard]] Result<Restored> restore(const StoreAddress& address, const std::filesystem::path& backup,
                                       Clock& clock, Random& random);
/// The part of it that needs no files: `store` has the backup's database; `devices` is the setting
/// `Admission::setting_name` of the database before, where it could be read.
[[nodiscard]] Result<Restored> begin_again(Store& store, const std::optional<std::string>& devices,
                                           Clock& clock, Random& random);

/// After a database of PostgreSQL was put back from a dump, and before a node serves it again: the same as
/// after `restore`.
[[nodiscard]] Result<Restored> declare_restored(const StoreAddress& address, Clock& clock, Random& random);

/// Moves a registry from SQLite, where nothing runs, to an empty database of PostgreSQL.
[[nodiscard]] Result<std::uint64_t> copy(const StoreAddress& from, const StoreAddress& to, Clock& clock,
                                         Random& random);

/// What of a damaged database can be kept; `accept` goes on with it (sync/store/recovery.hpp).
[[nodiscard]] Result<Rescue> recover(const StoreAddress& address, bool accept, Clock& clock, Random& random);

} // namespace montbrillant::registry
