// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A folder whose database is damaged. Nothing is ever deleted: a damaged file is set aside under a name with
/// the time, and what can be read out of its pages is checked (hash chains, seals) and kept.
///
///  - A *device* is rebuilt at once: its identity from identity.json, its own facts from the pages; the rest
///  comes
///    back from the registry. Until a pull has reached the end of the registry's log it commits nothing: the
///    registry may know facts of its own that the damage took, and a second fact of the same number would be
///    a fork. Facts behind a gap join the chain after that pull.
///  - An *authority* has nobody to ask. `Store::open` refuses, and a person decides: restore a backup, or go
///  on with
///    the log up to its first broken link (`rescue` with `accept`). Devices then send again what they have.
///
/// A rebuild is written beside and renamed into place, so the power may fail at any point of it.

#include "sync/store/store.hpp"

namespace montbrillant {

/// The error says that what is on disk is damaged, not that the disk is full or away.
[[nodiscard]] bool says_damage(const Error& error);

/// What a rebuild keeps, or would keep.
struct Rescue {
    bool authority = false;
    std::uint64_t kept = 0;   ///< facts of the log (authority) or of the device itself, without a gap
    std::uint64_t apart = 0;  ///< own facts of a device behind a gap: they join after the next pull
    std::string first_lost;   ///< authority: the first broken link, in words
    std::string lost;         ///< authority: readable facts behind it, by device: "K1 5-9, registry 12"
    std::uint64_t people = 0; ///< records that open
    std::vector<std::string> set_aside; ///< names of the damaged files, once they are

    [[nodiscard]] std::string words() const;
};

/// Ends a rebuild that the power cut short. Before anything is opened; the caller holds the folder.
[[nodiscard]] Result<> finish_rebuild(const Store::Options& options, WallTime now);

/// Rebuilds the database from its pages; without `accept` only says what that would keep. The caller holds
/// the folder and has closed the database. Needs event.key.
[[nodiscard]] Result<Rescue> rebuild(const Store::Options& options, bool accept, Clock& clock,
                                     Random& random);

/// The same for keys.db. Returns the names of the files set aside.
[[nodiscard]] Result<std::vector<std::string>> rebuild_keys(const std::filesystem::path& folder,
                                                            WallTime now);

/// `rebuild` for a person at a command line: takes the folder, and refuses one that is not damaged.
[[nodiscard]] Result<Rescue> rescue(const Store::Options& options, bool accept, Clock& clock, Random& random);

} // namespace montbrillant
