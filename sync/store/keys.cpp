// SPDX-License-Identifier: Apache-2.0
#include "sync/store/keys.hpp"

#include "sync/base/json.hpp"
#include "sync/store/page_scan.hpp"
#include "sync/store/schema.hpp"

#include <algorithm>

namespace montbrillant {
namespace {

Result<std::optional<Bytes>> first_blob(sqlite::Statement& select)
{
    MB_TRY(const bool found, select.step());
    std::optional<Bytes> blob;
    if (found)
        blob = select.blob(0);
    select.reset();
    return blob;
}

std::string key_context(const DelegateId& id) { return "key/" + id.str(); }

} // namespace

KeyStore::KeyStore(std::filesystem::path folder, KeyAccess access, sqlite::Database database,
                   sqlite::Statement insert, sqlite::Statement any_of, sqlite::Statement one_of)
    : folder_(std::move(folder)), access_(std::move(access)), database_(std::move(database)),
      insert_(std::move(insert)), any_of_(std::move(any_of)), one_of_(std::move(one_of))
{
}

Result<std::unique_ptr<KeyStore>> KeyStore::open(const std::filesystem::path& folder,
                                                 const sqlite::Database::Options& given, KeyAccess access)
{
    sqlite::Database::Options options = given;
    // An erasure proves itself by a second look, with nothing but what the folder holds.
    options.shared = true;
    const auto file = folder / "keys.db";
    if (options.vfs.empty() && std::filesystem::exists(folder / "event.key") && std::filesystem::exists(file))
        MB_CHECK(check_before_opening(file));
    MB_TRY(auto database, sqlite::Database::open(file, options));
    MB_CHECK(database.check_pages());
    MB_CHECK(migrate_keys(database, file.string()));
    MB_TRY(auto insert, database.prepare("INSERT INTO delegate_key (delegate, id, wrapped) VALUES (?, ?, ?) "
                                         "ON CONFLICT (delegate, id) DO NOTHING"));
    MB_TRY(auto any_of, database.prepare("SELECT wrapped FROM delegate_key WHERE delegate = ? LIMIT 1"));
    MB_TRY(auto one_of, database.prepare("SELECT wrapped FROM delegate_key WHERE delegate = ? AND id = ?"));
    std::unique_ptr<KeyStore> keys(new KeyStore(folder, std::move(access), std::move(database),
                                                std::move(insert), std::move(any_of), std::move(one_of)));
    MB_CHECK(keys->load_event());
    MB_CHECK(keys->load_erased());
    // A power cut may bring back the write-ahead log that the last erasure emptied, with its keys.
    if (!keys->erased_.empty())
        MB_CHECK(keys->database_.empty_log());
    return keys;
}

Result<> KeyStore::load_event()
{
    MB_TRY(file_, EventKeyFile::load(folder_));
    if (!file_)
        return {};
    const bool wrapped = file_->protector() == Protector::passphrase || file_->protector() == Protector::pin;
    std::shared_ptr<const KeySecret> secret;
    if (wrapped) {
        MB_TRY(secret, ask(file_->protector()));
    }
    MB_CHECK(file_->open(secret.get(), *event_, *file_key_));
    access_ = {}; // and the secret with it
    return {};
}

Result<std::shared_ptr<const KeySecret>> KeyStore::ask(Protector protector) const
{
    if (!access_.secret)
        return fail(ErrorKind::input, "the event's keys are locked", (folder_ / EventKeyFile::name).string());
    return access_.secret(protector);
}

Result<> KeyStore::load_erased()
{
    MB_TRY(auto select, database_.prepare("SELECT delegate FROM erased"));
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return {};
        erased_.emplace(select.text(0));
    }
}

Result<> KeyStore::protect(Protector protector, const KeySecret* secret)
{
    MB_TRY(auto file, EventKeyFile::make(*event_, protector, secret, *file_key_));
    MB_CHECK(file.save(folder_));
    file_ = std::move(file);
    return {};
}

Result<> KeyStore::save_event(const EventKeys& keys)
{
    std::shared_ptr<const KeySecret> secret;
    if (access_.at_rest != Protector::file) {
        MB_TRY(secret, ask(access_.at_rest));
    }
    *event_ = keys;
    MB_CHECK(protect(access_.at_rest, secret.get()));
    access_ = {};
    return {};
}

Result<> KeyStore::set_manager(const KeySecret& secret)
{
    if (!file_ || file_->protector() != Protector::pin)
        return fail(ErrorKind::refused, "the event's keys do not rest under PINs here");
    MB_CHECK(file_->set_manager(secret, *file_key_));
    return file_->save(folder_);
}

crypto::Hash KeyStore::key_id(BytesView wrapped_key) { return crypto::blake2b(wrapped_key); }

Result<std::optional<Bytes>> KeyStore::wrapped_key(const DelegateId& id)
{
    any_of_.reset();
    return first_blob(any_of_.bind({id.str()}));
}

Result<std::optional<Bytes>> KeyStore::wrapped_key(const DelegateId& id, BytesView key_id)
{
    one_of_.reset();
    return first_blob(one_of_.bind({id.str(), key_id}));
}

Result<> KeyStore::unwrap(const DelegateId& id, BytesView wrapped, crypto::Key& into) const
{
    MB_TRY(Bytes raw, crypto::open(event_->master, wrapped, as_bytes(key_context(id))));
    const crypto::WipeAtEnd raw_goes(raw);
    if (raw.size() != into.size())
        return fail(ErrorKind::storage, "a delegate key has the wrong length", id.str());
    std::copy(raw.begin(), raw.end(), into.begin());
    return {};
}

Result<SealedRecord> KeyStore::seal_under(std::optional<Bytes> wrapped, const Person& person) const
{
    if (event_erased())
        return fail(ErrorKind::refused, "the event was erased: nobody's data is kept any more");
    if (is_erased(person.id))
        return fail(ErrorKind::refused, "this person was erased: nothing is kept of them", person.id.str());
    crypto::Key key{};
    const crypto::WipeAtEnd key_goes(key);
    if (wrapped) {
        MB_CHECK(unwrap(person.id, *wrapped, key));
    } else {
        crypto::random_fill(key);
        wrapped = crypto::seal(event_->master, key, as_bytes(key_context(person.id)));
    }
    Json object;
    to_json(object, person);
    return SealedRecord{person.id, std::move(*wrapped),
                        crypto::seal(key, as_bytes(dump_json(object)), as_bytes(record_context(person.id)))};
}

Result<SealedRecord> KeyStore::seal_one(const Person& person)
{
    MB_TRY(auto known, wrapped_key(person.id));
    const bool fresh = !known;
    MB_TRY(auto record, seal_under(std::move(known), person));
    if (fresh) {
        const crypto::Hash name = key_id(record.wrapped_key);
        MB_CHECK(insert_.run({person.id.str(), BytesView(name), BytesView(record.wrapped_key)}));
    }
    return record;
}

Result<std::vector<SealedRecord>> KeyStore::seal(std::span<const Person> people)
{
    std::vector<SealedRecord> records;
    if (people.empty())
        return records;
    records.reserve(people.size());
    MB_TRY(auto transaction, database_.begin_immediate());
    for (const auto& person : people) {
        MB_TRY(auto record, seal_one(person));
        records.push_back(std::move(record));
    }
    MB_CHECK(transaction.commit());
    return records;
}

Result<> KeyStore::keep(std::span<const SealedRecord> records)
{
    if (records.empty() || event_erased())
        return {};
    MB_TRY(auto transaction, database_.begin_immediate());
    for (const auto& record : records) {
        if (is_erased(record.delegate))
            continue;
        const crypto::Hash name = key_id(record.wrapped_key);
        MB_CHECK(insert_.run({record.delegate.str(), BytesView(name), BytesView(record.wrapped_key)}));
    }
    return transaction.commit();
}

Result<SealedPerson> KeyStore::with_key(SealedRecord record, std::optional<Participation> decided) const
{
    crypto::Key key{};
    const crypto::WipeAtEnd key_goes(key);
    MB_CHECK(unwrap(record.delegate, record.wrapped_key, key));
    return SealedPerson(std::move(record.delegate), key, std::move(record.sealed), std::move(decided));
}

Result<Person> KeyStore::open_record(const SealedRecord& record) const
{
    MB_TRY(const auto person, with_key(record, {}));
    return person.open();
}

Result<> KeyStore::erase(std::span<const DelegateId> people)
{
    if (people.empty())
        return {};
    MB_TRY(auto transaction, database_.begin_immediate());
    MB_TRY(auto remember,
           database_.prepare("INSERT INTO erased (delegate) VALUES (?) ON CONFLICT DO NOTHING"));
    MB_TRY(auto forget, database_.prepare("DELETE FROM delegate_key WHERE delegate = ?"));
    for (const auto& id : people) {
        MB_CHECK(remember.run({id.str()}));
        MB_CHECK(forget.run({id.str()}));
    }
    MB_CHECK(transaction.commit());
    erased_.insert(people.begin(), people.end());
    return database_.empty_log();
}

Result<> KeyStore::erase_event()
{
    // The delegates' keys go first: without the master nobody could tell afterwards whose were left.
    MB_CHECK(database_.execute("DELETE FROM delegate_key"));
    MB_CHECK(database_.empty_log());
    event_->forget_secrets();
    crypto::wipe(*file_key_);
    return protect(Protector::erased, nullptr);
}

Result<> KeyStore::erase_device()
{
    crypto::wipe(event_->device.secret_key);
    return protect(Protector::erased, nullptr);
}

Result<std::uint64_t> KeyStore::count()
{
    MB_TRY(auto select, database_.prepare("SELECT count(*) FROM delegate_key"));
    MB_TRY(const bool row, select.step());
    return row ? static_cast<std::uint64_t>(select.integer(0)) : 0;
}

} // namespace montbrillant
