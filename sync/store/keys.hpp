// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Keys of a device folder, in files of their own (0600) so that erasing reaches them: `event.key` holds the
/// event's keys, `keys.db` the keys of each delegate, each wrapped by the event master. A person's record is
/// sealed under a key of the delegate; record and wrapped key travel together, so nobody on the way reads
/// them. Two devices that met a person before they heard of each other made a key each: both are kept, and a
/// record names its own by `key_id`. Erasing a person deletes all of their keys.

#include "sync/base/sodium.hpp"
#include "sync/base/sqlite.hpp"
#include "sync/domain/person.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace montbrillant {

/// Whole at the authority; a device has no `confirmation_secret`.
struct EventKeys {
    crypto::Key master{};                                 ///< seals personal data and delegate keys
    crypto::Key short_codes{};                            ///< derives the typed confirmation codes
    crypto::Key pepper{};                                 ///< of staff PINs
    crypto::PublicKey confirmation_public{};              ///< verifies confirmation QR codes
    std::optional<crypto::SecretKey> confirmation_secret; ///< signs them: registry only
    crypto::KeyPair device{};                             ///< signs this device's chain heads

    [[nodiscard]] static EventKeys fresh();
};

struct SealedRecord {
    DelegateId delegate;
    Bytes wrapped_key;
    Bytes sealed;
};

class KeyStore {
public:
    [[nodiscard]] static Result<std::unique_ptr<KeyStore>> open(const std::filesystem::path& folder,
                                                                const sqlite::Database::Options& options);

    [[nodiscard]] bool has_event() const { return has_event_; }
    [[nodiscard]] const EventKeys& event() const { return event_; }
    [[nodiscard]] Result<> save_event(const EventKeys& keys);

    /// Seals in one durable step: the keys of all are on disk when this returns.
    [[nodiscard]] Result<std::vector<SealedRecord>> seal(std::span<const Person> people);
    /// Keeps keys that travelled with records, durable when this returns.
    /// Never replaces one: a record that is already here stays readable whatever arrives.
    [[nodiscard]] Result<> keep(std::span<const SealedRecord> records);
    [[nodiscard]] Result<Person> open_record(const SealedRecord& record) const;
    /// The key to seal under, and the key of one record.
    [[nodiscard]] Result<std::optional<Bytes>> wrapped_key(const DelegateId& id);
    [[nodiscard]] Result<std::optional<Bytes>> wrapped_key(const DelegateId& id, BytesView key_id);
    [[nodiscard]] static crypto::Hash key_id(BytesView wrapped_key);

private:
    KeyStore(std::filesystem::path folder, sqlite::Database database, sqlite::Statement insert,
             sqlite::Statement any_of, sqlite::Statement one_of);
    [[nodiscard]] Result<> load_event();
    [[nodiscard]] Result<crypto::Key> unwrap(const DelegateId& id, BytesView wrapped) const;

    std::filesystem::path folder_;
    sqlite::Database database_;
    sqlite::Statement insert_;
    sqlite::Statement any_of_;
    sqlite::Statement one_of_;
    EventKeys event_;
    bool has_event_ = false;
};

} // namespace montbrillant
