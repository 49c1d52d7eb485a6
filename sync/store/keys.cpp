// SPDX-License-Identifier: Apache-2.0
#include "sync/store/keys.hpp"

#include "sync/base/files.hpp"
#include "sync/base/json.hpp"

#include <algorithm>

namespace montbrillant {
namespace {

constexpr std::size_t key_file_bytes_max = 4096;

template <std::size_t N>
Result<std::array<std::uint8_t, N>> hex_array(const Json& object, std::string_view key)
{
    const auto raw = from_hex(json_text_or(object, key, ""));
    if (!raw || raw->size() != N)
        return fail(ErrorKind::storage, "the key \"" + std::string(key) + "\" is missing or damaged",
                    "event.key", "restore the file from a backup or enrol again");
    std::array<std::uint8_t, N> out{};
    std::copy(raw->begin(), raw->end(), out.begin());
    return out;
}

Result<std::optional<Bytes>> first_blob(sqlite::Statement& select)
{
    MB_TRY(const bool found, select.step());
    std::optional<Bytes> blob;
    if (found)
        blob = select.blob(0);
    select.reset();
    return blob;
}

std::string record_context(const DelegateId& id) { return "person/" + id.str(); }
std::string key_context(const DelegateId& id) { return "key/" + id.str(); }

} // namespace

EventKeys EventKeys::fresh()
{
    EventKeys keys;
    keys.master = crypto::new_key();
    keys.short_codes = crypto::new_key();
    keys.pepper = crypto::new_key();
    const crypto::KeyPair confirmation = crypto::new_sign_key();
    keys.confirmation_public = confirmation.public_key;
    keys.confirmation_secret = confirmation.secret_key;
    keys.device = crypto::new_sign_key();
    return keys;
}

KeyStore::KeyStore(std::filesystem::path folder, sqlite::Database database, sqlite::Statement insert,
                   sqlite::Statement any_of, sqlite::Statement one_of)
    : folder_(std::move(folder)), database_(std::move(database)), insert_(std::move(insert)),
      any_of_(std::move(any_of)), one_of_(std::move(one_of))
{
}

Result<std::unique_ptr<KeyStore>> KeyStore::open(const std::filesystem::path& folder,
                                                 const sqlite::Database::Options& options)
{
    MB_TRY(auto database, sqlite::Database::open(folder / "keys.db", options));
    MB_CHECK(database.execute("CREATE TABLE IF NOT EXISTS delegate_key ("
                              "delegate TEXT NOT NULL, id BLOB NOT NULL, wrapped BLOB NOT NULL, "
                              "PRIMARY KEY (delegate, id)) STRICT, WITHOUT ROWID"));
    MB_TRY(auto insert, database.prepare("INSERT INTO delegate_key (delegate, id, wrapped) VALUES (?, ?, ?) "
                                         "ON CONFLICT (delegate, id) DO NOTHING"));
    MB_TRY(auto any_of, database.prepare("SELECT wrapped FROM delegate_key WHERE delegate = ? LIMIT 1"));
    MB_TRY(auto one_of, database.prepare("SELECT wrapped FROM delegate_key WHERE delegate = ? AND id = ?"));
    std::unique_ptr<KeyStore> keys(
        new KeyStore(folder, std::move(database), std::move(insert), std::move(any_of), std::move(one_of)));
    MB_CHECK(keys->load_event());
    return keys;
}

Result<> KeyStore::load_event()
{
    const auto file = folder_ / "event.key";
    if (!std::filesystem::exists(file))
        return {};
    MB_TRY(const std::string text, read_file(file, key_file_bytes_max));
    MB_TRY(const Json object, parse_json(text, file.string()));
    MB_TRY(event_.master, hex_array<32>(object, "master"));
    MB_TRY(event_.short_codes, hex_array<32>(object, "short_codes"));
    MB_TRY(event_.pepper, hex_array<32>(object, "pepper"));
    MB_TRY(event_.confirmation_public, hex_array<32>(object, "confirmation_public"));
    MB_TRY(event_.device.public_key, hex_array<32>(object, "device_public"));
    MB_TRY(event_.device.secret_key, hex_array<64>(object, "device_secret"));
    if (object.contains("confirmation_secret")) {
        MB_TRY(event_.confirmation_secret, hex_array<64>(object, "confirmation_secret"));
    }
    has_event_ = true;
    return {};
}

Result<> KeyStore::save_event(const EventKeys& keys)
{
    Json object{{"master", to_hex(keys.master)},
                {"short_codes", to_hex(keys.short_codes)},
                {"pepper", to_hex(keys.pepper)},
                {"confirmation_public", to_hex(keys.confirmation_public)},
                {"device_public", to_hex(keys.device.public_key)},
                {"device_secret", to_hex(keys.device.secret_key)}};
    if (keys.confirmation_secret)
        object["confirmation_secret"] = to_hex(*keys.confirmation_secret);
    MB_CHECK(write_file(folder_ / "event.key", as_bytes(dump_json(object)), 0600));
    event_ = keys;
    has_event_ = true;
    return {};
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

Result<crypto::Key> KeyStore::unwrap(const DelegateId& id, BytesView wrapped) const
{
    MB_TRY(const Bytes raw, crypto::open(event_.master, wrapped, as_bytes(key_context(id))));
    crypto::Key key{};
    if (raw.size() != key.size())
        return fail(ErrorKind::storage, "a delegate key has the wrong length", id.str());
    std::copy(raw.begin(), raw.end(), key.begin());
    return key;
}

Result<std::vector<SealedRecord>> KeyStore::seal(std::span<const Person> people)
{
    std::vector<SealedRecord> records;
    records.reserve(people.size());
    MB_TRY(auto transaction, database_.begin_immediate());
    for (const auto& person : people) {
        MB_TRY(auto wrapped, wrapped_key(person.id));
        crypto::Key key{};
        if (wrapped) {
            MB_TRY(key, unwrap(person.id, *wrapped));
        } else {
            key = crypto::new_key();
            wrapped = crypto::seal(event_.master, key, as_bytes(key_context(person.id)));
            const crypto::Hash name = key_id(*wrapped);
            MB_CHECK(insert_.bind({person.id.str(), BytesView(name), BytesView(*wrapped)}).run());
        }
        Json object;
        to_json(object, person);
        records.push_back(
            {person.id, *wrapped,
             crypto::seal(key, as_bytes(dump_json(object)), as_bytes(record_context(person.id)))});
    }
    MB_CHECK(transaction.commit());
    return records;
}

Result<> KeyStore::keep(std::span<const SealedRecord> records)
{
    if (records.empty())
        return {};
    MB_TRY(auto transaction, database_.begin_immediate());
    for (const auto& record : records) {
        const crypto::Hash name = key_id(record.wrapped_key);
        MB_CHECK(insert_.bind({record.delegate.str(), BytesView(name), BytesView(record.wrapped_key)}).run());
    }
    return transaction.commit();
}

Result<Person> KeyStore::open_record(const SealedRecord& record) const
{
    MB_TRY(const crypto::Key key, unwrap(record.delegate, record.wrapped_key));
    MB_TRY(const Bytes plain, crypto::open(key, record.sealed, as_bytes(record_context(record.delegate))));
    MB_TRY(const Json object, parse_json(to_text(plain), "record " + record.delegate.str()));
    return person_from_json(object, "record " + record.delegate.str());
}

} // namespace montbrillant
