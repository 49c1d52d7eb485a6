// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/folder.hpp"

#include "sync/base/files.hpp"
#include "sync/base/log.hpp"
#include "sync/domain/people/event_profile.hpp"
#include "sync/store/event_end.hpp"

#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

constexpr std::string_view scheme = "sqlite:";

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

Result<StoreAddress> read_store_address(const std::string& address)
{
    const std::filesystem::path file =
        address.starts_with(scheme) ? address.substr(scheme.size()) : std::string();
    if (!file.has_filename())
        return fail(ErrorKind::input, fmt::format("\"{}\" is no store", address), "--store",
                    "write sqlite:FILE, for example sqlite:/var/lib/montbrillant/registry.db");
    return StoreAddress{std::filesystem::absolute(file).parent_path(), file.filename().string(), {}};
}

Result<Service> open_service(const StoreAddress& address, const std::string& event_file, Clock& clock,
                             Random& random)
{
    MB_TRY(auto store, Store::open(options_of(address), clock, random));
    if (!event_file.empty())
        MB_CHECK(load_event(store, event_file));
    return Service::open(std::move(store), clock, random);
}

Result<Restored> begin_again(Store& store, const std::optional<std::string>& devices, Clock& clock,
                             Random& random)
{
    MB_CHECK(store.set_log_epoch(uuid7(clock.wall(), random)));
    MB_CHECK(repeat_erasures(store));
    MB_TRY(auto admission, Admission::load(store));
    if (devices)
        MB_CHECK(admission.merge(store, *devices));
    return Restored{store.log_head(), admission.devices().size()};
}

Result<Restored> restore(const StoreAddress& address, const std::filesystem::path& backup, Clock& clock,
                         Random& random)
{
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
    return rescue(options_of(address), accept, clock, random);
}

} // namespace montbrillant::registry
