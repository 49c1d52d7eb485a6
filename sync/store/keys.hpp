// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Keys of a device folder, in files of their own (0600) so that erasing reaches them: `event.key` holds the
/// event's keys (see event_keys.hpp), `keys.db` the keys of each delegate, each wrapped by the event master.
/// A person's record is sealed under a key of the delegate; record and wrapped key travel together, so nobody
/// on the way reads them. Two devices that met a person before they heard of each other made a key each: both
/// are kept, and a record names its own by `key_id`. Erasing a person deletes all of their keys and remembers
/// the id, beside the database and so beyond the reach of its backups: no key of theirs is ever kept again.
///
/// While the object lives the event's keys are in locked memory.

#include "sync/base/sqlite.hpp"
#include "sync/domain/person.hpp"
#include "sync/store/event_keys.hpp"
#include "sync/store/sealed_person.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

namespace montbrillant {

struct SealedRecord {
    DelegateId delegate;
    Bytes wrapped_key;
    Bytes sealed;
};

class KeyStore {
public:
    [[nodiscard]] static Result<std::unique_ptr<KeyStore>>
    open(const std::filesystem::path& folder, const sqlite::Database::Options& options, KeyAccess access);

    [[nodiscard]] bool has_event() const { return file_.has_value(); }
    [[nodiscard]] const EventKeys& event() const { return *event_; }
    /// Wrapped as the access says.
    [[nodiscard]] Result<> save_event(const EventKeys& keys);
    /// How the event's keys rest now; nothing before there are any.
    [[nodiscard]] const std::optional<EventKeyFile>& file() const { return file_; }
    /// Wraps them in another way, or under another secret. `secret` is for passphrase and pin.
    [[nodiscard]] Result<> protect(Protector protector, const KeySecret* secret);
    /// Lets a manager's PIN open them too. Only where they rest under PINs.
    [[nodiscard]] Result<> set_manager(const KeySecret& secret);

    /// Seals in one durable step: the keys of all are on disk when this returns.
    [[nodiscard]] Result<std::vector<SealedRecord>> seal(std::span<const Person> people);
    /// Under a key that is kept elsewhere: `wrapped`, or a fresh one. Nothing is written here.
    [[nodiscard]] Result<SealedRecord> seal_under(std::optional<Bytes> wrapped, const Person& person) const;
    /// Keeps keys that travelled with records, durable when this returns.
    /// Never replaces one: a record that is already here stays readable whatever arrives.
    [[nodiscard]] Result<> keep(std::span<const SealedRecord> records);
    [[nodiscard]] Result<Person> open_record(const SealedRecord& record) const;
    /// To open it later, or on another thread.
    [[nodiscard]] Result<SealedPerson> with_key(SealedRecord record,
                                                std::optional<Participation> decided) const;
    /// The key to seal under, and the key of one record.
    [[nodiscard]] Result<std::optional<Bytes>> wrapped_key(const DelegateId& id);
    [[nodiscard]] Result<std::optional<Bytes>> wrapped_key(const DelegateId& id, BytesView key_id);
    [[nodiscard]] static crypto::Hash key_id(BytesView wrapped_key);

    /// Deletes every key of these people for good and leaves nothing in the write-ahead log. Done twice, it
    /// is done once.
    [[nodiscard]] Result<> erase(std::span<const DelegateId> people);
    [[nodiscard]] bool is_erased(const DelegateId& id) const { return erased_.contains(id); }
    [[nodiscard]] const std::unordered_set<DelegateId>& erased() const { return erased_; }
    /// Deletes the keys of everybody and the event's own; what stays is the device's own key and what is
    /// public.
    [[nodiscard]] Result<> erase_event();
    /// And the device's own secret key, which nothing is signed with any more. After `erase_event`.
    [[nodiscard]] Result<> erase_device();
    [[nodiscard]] bool event_erased() const { return file_ && file_->protector() == Protector::erased; }
    [[nodiscard]] Result<std::uint64_t> count();
    /// Around many look-ups, with nothing kept or erased in between.
    [[nodiscard]] Result<sqlite::Transaction> begin_reading() { return database_.begin_reading(); }

private:
    KeyStore(std::filesystem::path folder, KeyAccess access, sqlite::Database database,
             sqlite::Statement insert, sqlite::Statement any_of, sqlite::Statement one_of);
    [[nodiscard]] Result<> load_event();
    [[nodiscard]] Result<std::shared_ptr<const KeySecret>> ask(Protector protector) const;
    [[nodiscard]] Result<> load_erased();
    [[nodiscard]] Result<SealedRecord> seal_one(const Person& person);
    [[nodiscard]] Result<> unwrap(const DelegateId& id, BytesView wrapped, crypto::Key& into) const;

    std::filesystem::path folder_;
    KeyAccess access_;
    sqlite::Database database_;
    sqlite::Statement insert_;
    sqlite::Statement any_of_;
    sqlite::Statement one_of_;
    crypto::Locked<EventKeys> event_;
    crypto::Locked<crypto::Key> file_key_; ///< opens event.key where it is wrapped
    std::optional<EventKeyFile> file_;
    std::unordered_set<DelegateId> erased_;
};

} // namespace montbrillant
