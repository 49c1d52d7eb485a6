// SPDX-License-Identifier: Apache-2.0
#include "sync/store/store.hpp"

#include "sync/base/log.hpp"
#include "sync/base/number.hpp"
#include "sync/store/identity_file.hpp"
#include "sync/store/page_scan.hpp"
#include "sync/store/recovery.hpp"
#include "sync/store/schema.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::string_view setting_identity = "identity.";
/// Reading all pages of a larger file at every start would be noticed.
constexpr std::uintmax_t checked_always_bytes = 64U * 1024U * 1024U;

/// Whether a start looks at every page: after anything but a good end, and whenever that is quick.
bool reads_all(const std::filesystem::path& file)
{
    std::error_code none;
    const auto wal = std::filesystem::file_size(file.string() + "-wal", none);
    const bool closed_well = none || wal == 0;
    const auto size = std::filesystem::file_size(file, none);
    return !closed_well || none || size <= checked_always_bytes;
}

/// A device goes on by itself; whoever orders the log does not go on in silence.
Result<> recover(const Store::Options& options, const Error& damage, Clock& clock, Random& random)
{
    const auto kept = read_identity(options.folder);
    const bool device = kept && !kept->identity.authority;
    MB_TRY(const Rescue rescue, rebuild(options, device, clock, random));
    if (rescue.authority)
        return fail(
            ErrorKind::storage, fmt::format("the database is damaged ({}); {}", damage.what, rescue.words()),
            (options.folder / options.file_name).string(),
            "restore a backup, or go on with that: montbrillant journal recover --accept, at a registry "
            "montbrillant-registry recover --accept");
    if (!device)
        MB_CHECK(rebuild(options, true, clock, random));
    log::warn("the database was damaged ({}); {}", damage.what, rescue.words());
    return {};
}
constexpr std::string_view setting_heard = "registry.heard";

Result<crypto::Hash> hash_of(BytesView raw, std::string_view what)
{
    crypto::Hash hash{};
    if (raw.size() != hash.size())
        return fail(ErrorKind::storage, fmt::format("{} has the wrong length", what), "journal");
    std::copy(raw.begin(), raw.end(), hash.begin());
    return hash;
}

} // namespace

Store::Store(std::shared_ptr<FileLock> lock, const Options& options,
             std::unique_ptr<sqlite::Database> database, std::unique_ptr<KeyStore> keys, Clock& clock,
             Random& random)
    : lock_(std::move(lock)), folder_(options.folder), database_options_(options.database),
      plain_(options.database.vfs.empty()), database_(std::move(database)), keys_(std::move(keys)),
      clock_(&clock), random_(&random), print_jobs_(std::make_unique<PrintJobs>(*database_)),
      unlock_intents_(std::make_unique<UnlockIntents>(*database_)), confirmed_(std::make_unique<State>()),
      view_(std::make_unique<State>(confirmed_.get()))
{
}

Result<Store> Store::open(const Options& options, Clock& clock, Random& random)
{
    std::error_code failed;
    std::filesystem::create_directories(options.folder, failed);
    if (failed)
        return fail(ErrorKind::storage, "the data folder cannot be made: " + failed.message(),
                    options.folder.string());
    std::filesystem::permissions(options.folder, std::filesystem::perms::owner_all, failed);
    MB_TRY(auto taken, FileLock::take(options.folder / "lock"));
    const auto lock = std::make_shared<FileLock>(std::move(taken));
    const bool plain = options.database.vfs.empty();
    if (plain)
        MB_CHECK(finish_rebuild(options, clock.wall()));
    auto store = open_held(lock, options, clock, random);
    if (store || !plain || !says_damage(store.error()))
        return store;
    MB_CHECK(recover(options, store.error(), clock, random));
    return open_held(lock, options, clock, random);
}

/// Whether SQLite can read the file: all of it, unless it is large and was closed in good order.
Result<sqlite::Database> Store::open_database(const Options& options)
{
    const auto file = options.folder / options.file_name;
    if (options.database.vfs.empty() && std::filesystem::exists(identity_file(options.folder)))
        MB_CHECK(check_before_opening(file));
    const bool thoroughly = reads_all(file);
    MB_TRY(auto database, sqlite::Database::open(file, options.database));
    MB_CHECK(refuse_newer(database, file.string(), schema_version));
    if (thoroughly)
        MB_CHECK(database.check_pages());
    return database;
}

Result<> Store::examine(const Options& options)
{
    ManualClock clock;
    SeededRandom random(1);
    MB_TRY(auto store, open_held(nullptr, options, clock, random));
    return {};
}

Result<Store> Store::open_held(std::shared_ptr<FileLock> lock, const Options& options, Clock& clock,
                               Random& random)
{
    const bool plain = options.database.vfs.empty();
    const bool had_keys = !plain || std::filesystem::exists(options.folder / "keys.db");
    const bool thoroughly = reads_all(options.folder / options.file_name);
    MB_TRY(auto database, open_database(options));
    MB_TRY(auto keys, KeyStore::open(options.folder, options.database, options.keys));
    MB_CHECK(migrate(database, (options.folder / options.file_name).string()));
    Store store(std::move(lock), options, std::make_unique<sqlite::Database>(std::move(database)),
                std::move(keys), clock, random);
    MB_CHECK(store.load());
    if (plain && !store.identity_ && std::filesystem::exists(identity_file(options.folder)))
        return fail(ErrorKind::storage, "the database is empty or does not say whose it is",
                    std::string(journal_is_damaged));
    if (thoroughly && store.identity_)
        MB_CHECK(store.count_rows());
    if (plain && store.identity_) {
        MB_CHECK(store.keep_identity());
        if (!had_keys)
            MB_CHECK(store.ask_for_lost_keys());
    }
    MB_CHECK(store.finish_erasures());
    return store;
}

/// identity.json follows the database; a folder of an older program gets one.
Result<> Store::keep_identity()
{
    if (!plain_ || !identity_)
        return {};
    MB_TRY(const auto registry_id, setting(setting_registry_id));
    const KeptIdentity now{*identity_, registry_id.value_or("")};
    const auto read = read_identity(folder_);
    const Identity* kept = read ? &read->identity : nullptr;
    if (kept != nullptr && (kept->device != identity_->device || kept->event != identity_->event ||
                            kept->authority != identity_->authority))
        return fail(ErrorKind::storage,
                    fmt::format("the database says it is {} of {}, identity.json says {} of {}",
                                identity_->device.str(), identity_->event.str(), kept->device.str(),
                                kept->event.str()),
                    folder_.string(), "one of the two files is another folder's: put back its own");
    return read == now ? Result<>() : write_identity(folder_, now);
}

/// Without keys.db no record opens. A device takes records and keys again; an authority can only say so.
Result<> Store::ask_for_lost_keys()
{
    MB_TRY(auto* select, statement("SELECT count(*) FROM record"));
    MB_TRY(const bool row, select->step());
    const auto records = row ? select->integer(0) : 0;
    select->reset();
    if (records == 0 || keys_->event_erased())
        return {};
    log::warn("the records of {} people cannot be read: keys.db is missing{}", records,
              identity_->authority ? "; put it back from a copy" : "; they are fetched again");
    return identity_->authority ? Result<>() : reset_log();
}

Result<sqlite::Statement*> Store::statement(std::string_view sql)
{
    const auto found = statements_.find(sql);
    if (found != statements_.end()) {
        found->second.reset();
        return &found->second;
    }
    MB_TRY(auto prepared, database_->prepare(sql));
    return &statements_.emplace(std::string(sql), std::move(prepared)).first->second;
}

Result<std::optional<std::string>> Store::setting(std::string_view key)
{
    MB_TRY(auto* select, statement("SELECT value FROM setting WHERE key = ?"));
    MB_TRY(const bool found, select->bind({key}).step());
    std::optional<std::string> value;
    if (found)
        value = select->text(0);
    select->reset();
    return value;
}

Result<> Store::set_setting(std::string_view key, std::string_view value)
{
    MB_TRY(auto* upsert, statement("INSERT INTO setting (key, value) VALUES (?, ?) "
                                   "ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
    MB_CHECK(upsert->run({key, value}));
    return key == setting_registry_id ? keep_identity() : Result<>();
}

Result<> Store::initialise(const Identity& identity, const EventKeys& keys)
{
    if (identity_)
        return fail(ErrorKind::refused,
                    fmt::format("this folder already belongs to the event {}", identity_->event.str()), {},
                    "choose another folder with --data");
    MB_CHECK(keys_->save_event(keys));
    MB_TRY(auto transaction, database_->begin_immediate());
    const auto name = [](std::string_view key) { return fmt::format("{}{}", setting_identity, key); };
    MB_CHECK(set_setting(name("device"), identity.device.str()));
    MB_CHECK(set_setting(name("event"), identity.event.str()));
    MB_CHECK(set_setting(name("authority"), identity.authority ? "1" : "0"));
    MB_CHECK(set_setting(name("epoch"), std::to_string(identity.epoch)));
    MB_CHECK(set_setting(name("registry_url"), identity.registry_url));
    MB_CHECK(set_setting(name("event_profile"), identity.event_profile));
    MB_CHECK(set_setting(setting_kinds, kinds_known()));
    if (identity.authority)
        MB_CHECK(set_setting("log_epoch", uuid7(clock_->wall(), *random_)));
    MB_CHECK(transaction.commit());
    MB_CHECK(reload());
    return keep_identity();
}

Result<> Store::set_registry_url(const std::string& url)
{
    MB_CHECK(require(Side::any));
    MB_CHECK(set_setting(fmt::format("{}registry_url", setting_identity), url));
    MB_CHECK(load_identity());
    return keep_identity();
}

Result<> Store::set_event_profile(const std::string& text)
{
    MB_CHECK(require(Side::any));
    MB_CHECK(set_setting(fmt::format("{}event_profile", setting_identity), text));
    MB_CHECK(load_identity());
    return keep_identity();
}

Result<> Store::load_identity()
{
    const auto read = [this](std::string_view key) {
        return setting(fmt::format("{}{}", setting_identity, key));
    };
    MB_TRY(const auto device, read("device"));
    if (!device)
        return {};
    if (!keys_->has_event())
        return fail(ErrorKind::storage, "the file with the event's keys is missing", "event.key",
                    "restore it from a backup or enrol again");
    Identity identity;
    identity.device = DeviceId(*device);
    MB_TRY(const auto event, read("event"));
    MB_TRY(const auto authority, read("authority"));
    MB_TRY(const auto epoch, read("epoch"));
    MB_TRY(const auto url, read("registry_url"));
    MB_TRY(const auto profile, read("event_profile"));
    identity.event = EventId(event.value_or(""));
    identity.authority = authority == "1";
    const std::string digits = epoch.value_or("");
    const char* end = digits.data() + digits.size();
    if (const auto [stop, bad] = std::from_chars(digits.data(), end, identity.epoch);
        bad != std::errc() || stop != end)
        return fail(ErrorKind::storage, fmt::format("the epoch \"{}\" is not a number", digits),
                    std::string(journal_is_damaged));
    identity.registry_url = url.value_or("");
    identity.event_profile = profile.value_or("");
    identity_ = std::move(identity);
    MB_TRY(const auto heard, setting(setting_heard));
    last_heard_ = {number_from<std::int64_t>(heard.value_or("")).value_or(0)};
    return {};
}

Result<> Store::heard_registry()
{
    constexpr Millis often_enough{60 * 60 * 1000};
    const Millis since = clock_->wall() - last_heard_;
    if (since >= Millis(0) && since < often_enough)
        return {};
    MB_CHECK(set_setting(setting_heard, std::to_string(clock_->wall().ms)));
    last_heard_ = clock_->wall();
    return {};
}

Result<Store::Chain> Store::chain_of(const DeviceId& device, std::uint32_t epoch)
{
    MB_TRY(auto* select, statement("SELECT counter, hash FROM journal WHERE device = ? AND epoch = ? "
                                   "ORDER BY counter DESC LIMIT 1"));
    MB_TRY(const bool found, select->bind({device.str(), std::int64_t{epoch}}).step());
    Chain chain;
    if (found) {
        chain.counter = static_cast<std::uint64_t>(select->integer(0));
        MB_TRY(chain.hash, hash_of(select->blob(1), "a chain hash"));
    }
    select->reset();
    return chain;
}

Result<> Store::load_waiting()
{
    waiting_.clear();
    if (identity_->authority)
        return {};
    MB_TRY(auto* select,
           statement("SELECT counter, bytes, previous, hash FROM journal WHERE device = ? AND epoch = ? AND "
                     "seq IS NULL ORDER BY counter"));
    select->bind({identity_->device.str(), std::int64_t{identity_->epoch}});
    for (;;) {
        MB_TRY(const bool row, select->step());
        if (!row)
            return {};
        const std::string bytes = select->text(1);
        MB_TRY(const auto previous, hash_of(select->blob(2), "a chain hash"));
        MB_TRY(const auto hash, hash_of(select->blob(3), "a chain hash"));
        if (hash != chain_hash(previous, bytes))
            return fail(ErrorKind::storage,
                        fmt::format("the bytes of the own fact {} were changed", select->integer(0)),
                        std::string(journal_is_damaged));
        MB_TRY(auto fact, parse_fact(bytes));
        waiting_.push_back({static_cast<std::uint64_t>(select->integer(0)), std::move(fact)});
    }
}

/// A flipped bit in a key, or in whether there is a `seq`, moves a fact to where nobody would miss it. Past
/// the indexes, which may hold what the rows no longer say.
Result<> Store::count_rows()
{
    MB_TRY(auto* select,
           statement("SELECT count(*), count(seq), coalesce(min(seq), 1), coalesce(max(seq), 0), "
                     "sum(device = ?1 AND epoch = ?2) FROM journal NOT INDEXED"));
    MB_TRY(const bool row, select->bind({identity_->device.str(), std::int64_t{identity_->epoch}}).step());
    const auto number = [&](int column) {
        return row ? static_cast<std::uint64_t>(select->integer(column)) : 0;
    };
    const bool log_whole =
        number(1) == head_.seq && number(3) == head_.seq && (row && select->integer(2) == 1);
    const bool own_whole = identity_->authority || number(4) == counter_;
    const bool waiting_whole = number(0) - number(1) == waiting_.size();
    select->reset();
    if (!log_whole || !own_whole || !waiting_whole)
        return fail(ErrorKind::storage, "facts are missing or stand where they do not belong",
                    std::string(journal_is_damaged));
    return {};
}

Result<> Store::load()
{
    MB_CHECK(load_identity());
    if (!identity_)
        return {};
    MB_TRY(const auto pull_first, setting(setting_pull_first));
    pull_first_ = pull_first == "1";
    MB_CHECK(load_projection());
    MB_TRY(const Chain chain, chain_of(identity_->device, identity_->epoch));
    counter_ = chain.counter;
    chain_ = chain.hash;
    MB_TRY(auto* select,
           statement("SELECT seq, log_hash FROM journal WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1"));
    MB_TRY(const bool found, select->step());
    head_ = {};
    if (found) {
        head_.seq = static_cast<std::uint64_t>(select->integer(0));
        MB_TRY(head_.log_hash, hash_of(select->blob(1), "a log hash"));
    }
    select->reset();
    cursor_ = head_;
    MB_CHECK(load_waiting());
    rebuild_view();
    return {};
}

Result<> Store::reload()
{
    const auto forget = [this] {
        view_->clear();
        confirmed_->clear();
        unwritten_.clear();
        waiting_.clear();
        identity_.reset();
    };
    forget();
    auto loaded = load();
    // Half a state would admit what the rules forbid: without an identity every call is refused.
    unread_ = !loaded;
    if (unread_) {
        forget();
        remembered_.reset();
    }
    return loaded;
}

Result<> Store::require(Side side)
{
    if (unread_)
        MB_CHECK(reload());
    if (!identity_)
        return fail(ErrorKind::input, "no event is loaded in this folder", {},
                    "load one with: montbrillant event load FILE");
    if (side == Side::device && identity_->authority)
        return fail(ErrorKind::input, "this folder orders the log itself and pulls from nobody");
    if (side == Side::authority && !identity_->authority)
        return fail(ErrorKind::input, "this folder is a device's and orders nothing");
    return {};
}

void Store::rebuild_view()
{
    view_->clear();
    for (const auto& waiting : waiting_)
        static_cast<void>(apply(*view_, waiting.fact, admit(*view_, waiting.fact)));
}

void Store::show(State& admitted)
{
    if (!remembered_)
        return view_->absorb(admitted);
    remembered_->absorb(admitted);
    rebuild_view();
}

} // namespace montbrillant
