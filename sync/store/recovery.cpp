// SPDX-License-Identifier: Apache-2.0
#include "sync/store/recovery.hpp"

#include "sync/base/crash_point.hpp"
#include "sync/base/log.hpp"
#include "sync/store/identity_file.hpp"
#include "sync/store/rebuilder.hpp"
#include "sync/store/schema.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

std::filesystem::path beside(const std::filesystem::path& file)
{
    return std::filesystem::path(file).concat(".rebuilt");
}

/// "20170904T063000Z"
std::string stamp(WallTime now)
{
    std::string text = rfc3339(now).substr(0, 19);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text + "Z";
}

/// Renames the file and its WAL; both keep the damage for whoever wants to look.
Result<std::vector<std::string>> set_aside(const std::filesystem::path& file, WallTime now)
{
    std::filesystem::path base = file.string() + ".damaged-" + stamp(now);
    for (int number = 2; std::filesystem::exists(base); ++number)
        base = fmt::format("{}.damaged-{}-{}", file.string(), stamp(now), number);
    std::vector<std::string> names;
    for (const auto* suffix : {"", "-wal", "-shm"}) {
        const std::filesystem::path from = file.string() + suffix;
        if (!std::filesystem::exists(from))
            continue;
        MB_CHECK(move_file(from, base.string() + suffix));
        if (std::string_view(suffix) != "-shm")
            names.push_back((base.string() + suffix).substr(file.parent_path().string().size() + 1));
    }
    return names;
}

void remove_with_wal(const std::filesystem::path& file)
{
    std::error_code ignored;
    for (const auto* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(file.string() + suffix, ignored);
}

Result<> finish_one(const std::filesystem::path& file, WallTime now)
{
    const auto rebuilt = beside(file);
    if (!std::filesystem::exists(rebuilt))
        return {};
    // Both there: the power failed before the damaged file was set aside, and the rebuild may be in part.
    if (std::filesystem::exists(file)) {
        remove_with_wal(rebuilt);
        return {};
    }
    MB_TRY(const auto left, set_aside(file, now)); // its WAL, which is not the new file's
    return move_file(rebuilt, file);
}

Result<std::vector<std::string>> replace(const std::filesystem::path& file, WallTime now)
{
    crash_point("recovery.rebuilt");
    MB_TRY(auto names, set_aside(file, now));
    crash_point("recovery.set_aside");
    MB_CHECK(move_file(beside(file), file));
    crash_point("recovery.replaced");
    return names;
}

tl::unexpected<Error> nobody(const std::filesystem::path& file)
{
    return fail(ErrorKind::storage, "the database is damaged, and nothing says any more whose it was",
                file.string(),
                "restore a backup, or enrol again in an empty folder; nothing in this one was changed");
}

/// keys.db must be readable first: without it no record can be checked.
Result<std::unique_ptr<KeyStore>> open_keys(const Store::Options& options, bool accept, Rescue& rescue,
                                            WallTime now)
{
    auto keys = KeyStore::open(options.folder, options.database, options.keys);
    if (keys || !accept || !says_damage(keys.error()))
        return keys;
    MB_TRY(auto names, rebuild_keys(options.folder, now));
    rescue.set_aside = std::move(names);
    return KeyStore::open(options.folder, options.database, options.keys);
}

} // namespace

bool says_damage(const Error& error)
{
    return sqlite::is_damage(error) || error.where == Store::journal_is_damaged;
}

std::string Rescue::words() const
{
    std::string text;
    if (!authority) {
        text = fmt::format("{} facts of this device were saved", kept + apart);
        if (apart > 0)
            text += fmt::format(" ({} of them behind a gap)", apart);
        text += "; the rest comes from the registry, and until then nothing is recorded here";
    } else {
        text = fmt::format("the log holds up to {}", kept);
        if (!first_lost.empty())
            text += "; there " + first_lost;
        if (!lost.empty())
            text += "; readable behind it and lost: " + lost;
    }
    text += fmt::format("; {} people can be read", people);
    for (const auto& name : set_aside)
        text += fmt::format("; the damaged file is kept as {}", name);
    return text;
}

Result<> finish_rebuild(const Store::Options& options, WallTime now)
{
    MB_CHECK(finish_one(options.folder / options.file_name, now));
    return finish_one(options.folder / "keys.db", now);
}

Result<Rescue> rebuild(const Store::Options& options, bool accept, Clock& clock, Random& random)
{
    const auto file = options.folder / options.file_name;
    Rescue rescue;
    MB_TRY(const auto keys, open_keys(options, accept, rescue, clock.wall()));
    const auto rebuilt = beside(file);
    remove_with_wal(rebuilt);
    {
        MB_TRY(auto database, sqlite::Database::open(rebuilt, options.database));
        MB_CHECK(migrate(database, rebuilt.string()));
        Rebuilder rebuilder(database, *keys, rescue);
        MB_CHECK(rebuilder.read(file));
        auto kept = read_identity(options.folder);
        if (!kept) {
            MB_TRY(kept, rebuilder.identity());
        }
        if (!kept || !keys->has_event()) {
            remove_with_wal(rebuilt);
            return nobody(file);
        }
        MB_CHECK(rebuilder.write(*kept, clock.wall(), random));
    }
    if (!accept) {
        remove_with_wal(rebuilt);
        return rescue;
    }
    MB_TRY(auto names, replace(file, clock.wall()));
    rescue.set_aside.insert(rescue.set_aside.end(), names.begin(), names.end());
    return rescue;
}

Result<std::vector<std::string>> rebuild_keys(const std::filesystem::path& folder, WallTime now)
{
    const auto file = folder / "keys.db";
    const auto rebuilt = beside(file);
    remove_with_wal(rebuilt);
    {
        MB_TRY(auto database, sqlite::Database::open(rebuilt, {}));
        MB_CHECK(migrate_keys(database, rebuilt.string()));
        MB_CHECK(copy_keys(file, database));
    }
    return replace(file, now);
}

Result<Rescue> rescue(const Store::Options& options, bool accept, Clock& clock, Random& random)
{
    MB_TRY(const auto lock, FileLock::take(options.folder / "lock"));
    MB_CHECK(finish_rebuild(options, clock.wall()));
    if (const auto sound = Store::examine(options); sound)
        return fail(ErrorKind::refused, "the database is not damaged", options.folder.string());
    else if (!says_damage(sound.error()))
        return fail(sound.error());
    return rebuild(options, accept, clock, random);
}

} // namespace montbrillant
