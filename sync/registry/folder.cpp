// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/folder.hpp"

#include "sync/base/files.hpp"
#include "sync/base/log.hpp"
#include "sync/domain/people/event_profile.hpp"
#include "sync/registry/postgres_ledger.hpp"
#include "sync/registry/sqlite_ledger.hpp"
#include "sync/store/event_end.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

constexpr std::string_view scheme = "sqlite:";
constexpr std::array<std::string_view, 2> postgres_schemes{"postgresql://", "postgres://"};

bool is_postgres(const std::string& address)
{
    return std::ranges::any_of(postgres_schemes, [&](auto start) { return address.starts_with(start); });
}

Result<> require_sqlite(const StoreAddress& address, std::string remedy)
{
    if (address.database.empty())
        return {};
    return fail(ErrorKind::refused,
                "a registry in PostgreSQL is saved and put back with PostgreSQL's own tools", "--store",
                std::move(remedy));
}

Result<PostgresLedger::Options> ledger_options(const StoreAddress& address, const std::string& event_file)
{
    PostgresLedger::Options options;
    options.connection.address = address.database;
    options.key_folder = address.folder;
    options.keys = key_access(address.keys);
    options.event_file = event_file;
    if (!event_file.empty()) {
        MB_TRY(options.event_profile, read_file(event_file, protocol::profile_bytes_max));
        MB_TRY(const auto profile, load_event_profile(options.event_profile, event_file));
        options.event = profile.id;
    }
    return options;
}

Result<std::unique_ptr<PostgresLedger>>
open_ledger(const StoreAddress& address, const std::string& event_file, Clock& clock, Random& random)
{
    MB_TRY(const auto options, ledger_options(address, event_file));
    return PostgresLedger::open(options, clock, random);
}

Store::Options options_of(const StoreAddress& address)
{
    Store::Options options;
    options.folder = address.folder;
    options.file_name = address.file_name;
    options.keys = key_access(address.keys);
    return options;
}

Result<> load_event(Store& store, const std::string& file)
{
    MB_TRY(const auto text, read_file(file, protocol::profile_bytes_max));
    MB_TRY(const auto profile, load_event_profile(text, file));
    if (!store.identity())
        return store.initialise({DeviceId("registry"), profile.id, true, 1, "", text}, EventKeys::fresh());
    if (store.identity()->event != profile.id)
        return fail(ErrorKind::refused,
                    fmt::format("this registry belongs to the event {}", store.identity()->event.str()), file,
                    "use another folder in --store");
    return store.set_event_profile(text);
}

/// The devices of the folder before the restore, if its database can still be read.
Result<std::optional<std::string>> admission_of(const StoreAddress& address, Clock& clock, Random& random)
{
    MB_TRY(auto store, Store::open(options_of(address), clock, random));
    return store.setting(Admission::setting_name);
}

Result<> replace_database(const StoreAddress& address, const std::filesystem::path& backup)
{
    const auto file = address.folder / address.file_name;
    auto beside = file;
    beside += ".restored";
    std::error_code failed;
    std::filesystem::remove(beside, failed);
    {
        MB_TRY(auto database,
               sqlite::Database::open(backup, {.vfs = "", .full_sync = true, .read_only = true}));
        MB_CHECK(database.backup_to(beside));
    }
    for (const auto* suffix : {"-wal", "-shm"})
        std::filesystem::remove(file.string() + suffix, failed);
    std::filesystem::rename(beside, file, failed);
    if (failed)
        return fail(ErrorKind::storage, "the database cannot be replaced: " + failed.message(),
                    file.string());
    return {};
}

} // namespace

Result<StoreAddress> read_store_address(const std::string& address, const std::string& key_folder)
{
    if (is_postgres(address)) {
        MB_CHECK(postgres::public_address(address).map([](const auto&) {}));
        if (key_folder.empty())
            return fail(ErrorKind::input, "a node on PostgreSQL needs a folder for the event's keys",
                        "--key-dir",
                        "name one of its own, for example --key-dir /var/lib/montbrillant/node-1");
        return StoreAddress{std::filesystem::absolute(key_folder), {}, {}, address};
    }
    const std::filesystem::path file =
        address.starts_with(scheme) ? address.substr(scheme.size()) : std::string();
    if (!file.has_filename())
        return fail(ErrorKind::input, "this is no store", "--store",
                    "write sqlite:FILE, for example sqlite:/var/lib/montbrillant/registry.db, or "
                    "postgresql://USER@HOST/NAME");
    return StoreAddress{std::filesystem::absolute(file).parent_path(), file.filename().string()};
}

Result<Service> open_service(const StoreAddress& address, const std::string& event_file, Clock& clock,
                             Random& random)
{
    if (!address.database.empty()) {
        MB_TRY(auto ledger, open_ledger(address, event_file, clock, random));
        return Service::open(std::move(ledger), clock, random);
    }
    MB_TRY(auto store, Store::open(options_of(address), clock, random));
    if (!event_file.empty())
        MB_CHECK(load_event(store, event_file));
    return Service::open(std::move(store), clock, random);
}

Result<Service> open_existing(const StoreAddress& address, Clock& clock, Random& random)
{
    const auto file = address.folder / address.file_name;
    if (address.database.empty() && !std::filesystem::exists(file))
        return fail(ErrorKind::input, "there is no registry here", file.string(),
                    "start it once with: montbrillant-registry serve --event FILE");
    return open_service(address, {}, clock, random);
}

Result<Restored> begin_again(Store& store, const std::optional<std::string>& devices, Clock& clock,
                             Random& random)
{
    MB_CHECK(store.set_log_epoch(uuid7(clock.wall(), random)));
    MB_CHECK(repeat_erasures(store));
    SqliteLedger ledger(store);
    MB_TRY(auto admission, Admission::load(ledger));
    if (devices)
        MB_CHECK(admission.merge(ledger, *devices));
    return Restored{store.log_head(), admission.devices().size()};
}

Result<Restored> declare_restored(const StoreAddress& address, Clock& clock, Random& random)
{
    if (address.database.empty())
        return fail(ErrorKind::refused, "a registry on SQLite is put back by restore", "--store",
                    "montbrillant-registry restore FILE");
    MB_TRY(auto ledger, open_ledger(address, {}, clock, random));
    MB_CHECK(ledger->declare_restored());
    MB_TRY(const auto admission, Admission::load(*ledger));
    return Restored{ledger->log_end().seq, admission.devices().size()};
}

Result<std::uint64_t> copy(const StoreAddress& from, const StoreAddress& to, Clock& clock, Random& random)
{
    if (!from.database.empty() || to.database.empty())
        return fail(ErrorKind::input, "a registry moves from SQLite to PostgreSQL", "--from",
                    "write --from sqlite:FILE --store postgresql://USER@HOST/NAME");
    if (!std::filesystem::exists(from.folder / from.file_name))
        return fail(ErrorKind::input, "there is no registry here", (from.folder / from.file_name).string());
    MB_TRY(auto store, Store::open(options_of(from), clock, random));
    MB_TRY(const auto options, ledger_options(to, {}));
    return PostgresLedger::copy(options, store, clock, random);
}

Result<Restored> restore(const StoreAddress& address, const std::filesystem::path& backup, Clock& clock,
                         Random& random)
{
    MB_CHECK(require_sqlite(address, "pg_restore, then montbrillant-registry restored"));
    if (!std::filesystem::exists(backup))
        return fail(ErrorKind::input, "there is no such file", backup.string());
    MB_TRY(const auto keys, EventKeyFile::load(address.folder));
    if (keys && keys->protector() == Protector::erased)
        return fail(ErrorKind::refused, "the event was erased: no backup of it is restored", backup.string());
    auto before = admission_of(address, clock, random);
    if (!before)
        log::warn("devices enrolled after the backup must be enrolled again: {}", before.error().text());
    MB_CHECK(replace_database(address, backup));
    MB_TRY(auto store, Store::open(options_of(address), clock, random));
    return begin_again(store, before ? *before : std::nullopt, clock, random);
}

Result<Rescue> recover(const StoreAddress& address, bool accept, Clock& clock, Random& random)
{
    MB_CHECK(require_sqlite(address, "pg_restore, then montbrillant-registry restored"));
    return rescue(options_of(address), accept, clock, random);
}

} // namespace montbrillant::registry
