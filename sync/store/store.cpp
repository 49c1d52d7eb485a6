// SPDX-License-Identifier: Apache-2.0
#include "sync/store/store.hpp"

#include "sync/store/schema.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::string_view setting_identity = "identity.";

Result<crypto::Hash> hash_of(BytesView raw, std::string_view what)
{
    crypto::Hash hash{};
    if (raw.size() != hash.size())
        return fail(ErrorKind::storage, fmt::format("{} has the wrong length", what), "journal");
    std::copy(raw.begin(), raw.end(), hash.begin());
    return hash;
}

} // namespace

Store::Store(FileLock lock, std::unique_ptr<sqlite::Database> database, std::unique_ptr<KeyStore> keys,
             Clock& clock, Random& random)
    : lock_(std::move(lock)), database_(std::move(database)), keys_(std::move(keys)), clock_(&clock),
      random_(&random), print_jobs_(std::make_unique<PrintJobs>(*database_)),
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
    MB_TRY(auto lock, FileLock::take(options.folder / "lock"));
    const auto file = options.folder / options.file_name;
    MB_TRY(auto database, sqlite::Database::open(file, options.database));
    MB_CHECK(migrate(database, file.string()));
    MB_TRY(auto keys, KeyStore::open(options.folder, options.database, options.keys));
    Store store(std::move(lock), std::make_unique<sqlite::Database>(std::move(database)), std::move(keys),
                clock, random);
    MB_CHECK(store.load());
    return store;
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
    return upsert->bind({key, value}).run();
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
    if (identity.authority)
        MB_CHECK(set_setting("log_epoch", uuid7(clock_->wall(), *random_)));
    MB_CHECK(transaction.commit());
    return reload();
}

Result<> Store::set_registry_url(const std::string& url)
{
    MB_CHECK(require(Side::any));
    MB_CHECK(set_setting(fmt::format("{}registry_url", setting_identity), url));
    return load_identity();
}

Result<> Store::set_event_profile(const std::string& text)
{
    MB_CHECK(require(Side::any));
    MB_CHECK(set_setting(fmt::format("{}event_profile", setting_identity), text));
    return load_identity();
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
                    "setting identity.epoch");
    identity.registry_url = url.value_or("");
    identity.event_profile = profile.value_or("");
    identity_ = std::move(identity);
    return {};
}

Result<> Store::load_projection()
{
    MB_TRY(auto* select, statement("SELECT kind, key, value FROM entity"));
    for (;;) {
        MB_TRY(const bool row, select->step());
        if (!row)
            return {};
        MB_CHECK(confirmed_->read(select->text(0), select->text(1), select->text(2)));
    }
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
           statement("SELECT counter, bytes FROM journal WHERE device = ? AND epoch = ? AND seq IS NULL "
                     "ORDER BY counter"));
    select->bind({identity_->device.str(), std::int64_t{identity_->epoch}});
    for (;;) {
        MB_TRY(const bool row, select->step());
        if (!row)
            return {};
        MB_TRY(auto fact, parse_fact(select->text(1)));
        waiting_.push_back({static_cast<std::uint64_t>(select->integer(0)), std::move(fact)});
    }
}

Result<> Store::load()
{
    MB_CHECK(load_identity());
    if (!identity_)
        return {};
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
        waiting_.clear();
        identity_.reset();
    };
    forget();
    auto loaded = load();
    // Half a state would admit what the rules forbid: without an identity every call is refused.
    if (!loaded)
        forget();
    return loaded;
}

Result<> Store::require(Side side) const
{
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

} // namespace montbrillant
