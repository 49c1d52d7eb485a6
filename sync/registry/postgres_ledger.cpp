// SPDX-License-Identifier: Apache-2.0
// A node's life: it opens and follows the log. What it reads for others is in postgres_read.cpp, what it
// writes in postgres_push.cpp.
#include "sync/registry/postgres_ledger.hpp"

#include "sync/base/log.hpp"
#include "sync/base/number.hpp"
#include "sync/registry/postgres_rows.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

constexpr std::string_view key_check_context = "montbrillant registry keys";
constexpr std::string_view setting_version = "settings.version";
constexpr std::int64_t rows_per_look = 2000;
constexpr Millis between_attempts{1000};

std::map<std::string, std::string> settings_in(const postgres::Rows& rows)
{
    std::map<std::string, std::string> settings;
    for (int row = 0; row < rows.count(); ++row)
        settings.emplace(rows.text(row, 0), rows.text(row, 1));
    return settings;
}

std::string value_of(const std::map<std::string, std::string>& settings, std::string_view key)
{
    const auto found = settings.find(std::string(key));
    return found == settings.end() ? std::string() : found->second;
}

} // namespace

PostgresLedger::PostgresLedger(const Options& options, std::unique_ptr<KeyStore> keys, Clock& clock,
                               Random& random)
    : options_(options), keys_(std::move(keys)), clock_(&clock), random_(&random),
      state_(std::make_unique<State>())
{
}

Result<std::unique_ptr<PostgresLedger>> PostgresLedger::prepare(const Options& options, Clock& clock,
                                                                Random& random)
{
    std::error_code failed;
    std::filesystem::create_directories(options.key_folder, failed);
    if (failed)
        return fail(ErrorKind::storage, "the key folder cannot be made: " + failed.message(),
                    options.key_folder.string());
    std::filesystem::permissions(options.key_folder, std::filesystem::perms::owner_all, failed);
    MB_TRY(auto keys, KeyStore::open(options.key_folder, {}, options.keys));
    std::unique_ptr<PostgresLedger> ledger(new PostgresLedger(options, std::move(keys), clock, random));
    MB_TRY(auto* connection, ledger->connection());
    MB_CHECK(migrate(*connection));
    return ledger;
}

Result<std::unique_ptr<PostgresLedger>> PostgresLedger::open(const Options& options, Clock& clock,
                                                             Random& random)
{
    MB_TRY(auto ledger, prepare(options, clock, random));
    if (!options.event_file.empty())
        MB_CHECK(ledger->initialise());
    MB_CHECK(ledger->load());
    MB_CHECK(ledger->update_profile());
    return ledger;
}

Result<postgres::Connection*> PostgresLedger::connection()
{
    if (connection_ && !connection_->lost())
        return &*connection_;
    if (in_turn_)
        return fail(ErrorKind::network, "the connection to PostgreSQL was lost in a transaction");
    connection_.reset();
    if (why_not_ && clock_->mono() < again_at_)
        return fail(*why_not_);
    auto opened = postgres::Connection::open(options_.connection);
    const auto prepared = opened ? prepare_session(*opened) : Result<>(tl::unexpected(opened.error()));
    if (!prepared) {
        why_not_ = prepared.error();
        again_at_ = clock_->mono() + between_attempts;
        return fail(*why_not_);
    }
    why_not_.reset();
    connection_ = std::move(*opened);
    return &*connection_;
}

Result<postgres::Rows> PostgresLedger::read(std::string_view sql, const postgres::Values& values)
{
    MB_TRY(auto* first, connection());
    auto rows = first->run(sql, values);
    if (rows || !first->lost())
        return rows;
    MB_TRY(auto* second, connection());
    return second->run(sql, values);
}

/// An empty database becomes the event's.
Result<> PostgresLedger::initialise()
{
    MB_TRY(const auto event, setting(setting_event));
    if (event && *event != options_.event.str())
        return fail(ErrorKind::refused, fmt::format("this registry belongs to the event {}", *event),
                    options_.event_file, "use another database in --store");
    if (event)
        return {};
    if (!keys_->has_event())
        MB_CHECK(keys_->save_event(EventKeys::fresh())); // before anything is sealed under them
    MB_TRY(auto* connection, this->connection());
    connection->queue("BEGIN");
    for (const auto& [key, value] :
         std::map<std::string_view, std::string>{{setting_event, options_.event.str()},
                                                 {setting_profile, options_.event_profile},
                                                 {setting_key_check, to_hex(seal_key_check(options_.event))},
                                                 {setting_log_epoch, uuid7(clock_->wall(), *random_)},
                                                 {Store::setting_kinds, std::to_string(Body::kinds)}})
        connection->queue("INSERT INTO montbrillant.setting VALUES ($1, $2) ON CONFLICT DO NOTHING",
                          postgres::Values().text(key).text(value));
    connection->queue("COMMIT");
    return connection->finish().map([](const auto&) {});
}

Result<> PostgresLedger::update_profile()
{
    if (options_.event_file.empty() || identity_.event_profile == options_.event_profile)
        return {};
    const auto text = [this](const auto&) -> Result<std::string> { return options_.event_profile; };
    MB_CHECK(revise(setting_profile, text));
    identity_.event_profile = options_.event_profile;
    return {};
}

Bytes PostgresLedger::seal_key_check(const EventId& event) const
{
    return crypto::seal(keys_->event().master, as_bytes(event.str()), as_bytes(key_check_context));
}

Result<> PostgresLedger::check_keys(const std::map<std::string, std::string>& settings)
{
    const auto file = (options_.key_folder / EventKeyFile::name).string();
    if (!keys_->has_event())
        return fail(ErrorKind::input, "this node has not got the event's keys", file,
                    "copy event.key into it from the key folder of a node that runs");
    if (keys_->event_erased())
        return {};
    const auto sealed = from_hex(value_of(settings, setting_key_check));
    if (!sealed || !crypto::open(keys_->event().master, *sealed, as_bytes(key_check_context)))
        return fail(ErrorKind::input, "these are not the keys of this database's event", file,
                    "copy event.key from the key folder of a node that runs");
    return {};
}

Result<> PostgresLedger::identify(const std::map<std::string, std::string>& settings)
{
    const auto event = value_of(settings, setting_event);
    if (event.empty())
        return fail(ErrorKind::input, "no event is loaded in this database", {},
                    "start it once with: montbrillant-registry serve --event FILE");
    MB_CHECK(check_keys(settings));
    identity_ = {registry_device(), EventId(event), true, 1, "", value_of(settings, setting_profile)};
    log_epoch_ = value_of(settings, setting_log_epoch);
    kinds_ = value_of(settings, Store::setting_kinds);
    settings_version_ = number_from<std::uint64_t>(value_of(settings, setting_version)).value_or(0);
    return {};
}

Result<> PostgresLedger::load()
{
    MB_TRY(auto* connection, this->connection());
    connection->queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    connection->queue("SELECT key, value FROM montbrillant.setting");
    connection->queue("SELECT seq, log_hash FROM montbrillant.journal ORDER BY seq DESC LIMIT 1");
    connection->queue("SELECT kind, key, value FROM montbrillant.entity");
    connection->queue("COMMIT");
    MB_TRY(const auto results, connection->finish());
    whole_ = false; // half a state would admit what the rules forbid
    state_->clear();
    chains_.clear();
    head_ = {};
    MB_CHECK(identify(settings_in(results[1])));
    if (kinds_ != std::to_string(Body::kinds)) {
        MB_CHECK(replay_all());
        whole_ = true;
        return finish_erasures();
    }
    const postgres::Rows& entities = results[3];
    for (int row = 0; row < entities.count(); ++row)
        MB_CHECK(state_->read(entities.text(row, 0), entities.text(row, 1), entities.text(row, 2)));
    if (results[2].count() != 0) {
        MB_TRY(head_.log_hash, postgres_rows::hash_of(results[2].bytes(0, 1)));
        head_.seq = static_cast<std::uint64_t>(results[2].integer(0, 0));
    }
    followed_ = head_.seq;
    whole_ = true;
    return finish_erasures();
}

void PostgresLedger::queue_news(postgres::Connection& connection) const
{
    connection.queue("SELECT key, value FROM montbrillant.setting "
                     "WHERE key IN ('log_epoch', 'settings.version', 'projection.kinds')");
    connection.queue(
        "SELECT device, epoch, counter, bytes, previous, hash, delegate, seq, log_hash, verdict, "
        "conflict, reason FROM montbrillant.journal WHERE seq >= $1 ORDER BY seq LIMIT $2",
        postgres::Values().integer(static_cast<std::int64_t>(head_.seq)).integer(rows_per_look));
}

/// The two results that `queue_news` asked for.
Result<PostgresLedger::Seen> PostgresLedger::take_news(std::span<const postgres::Rows> results)
{
    const auto settings = settings_in(results[0]);
    if (value_of(settings, setting_log_epoch) != log_epoch_)
        return Seen::another_log;
    const postgres::Rows& rows = results[1];
    int row = 0;
    if (head_.seq != 0) {
        const bool there = rows.count() != 0 && rows.integer(0, 7) == static_cast<std::int64_t>(head_.seq) &&
                           std::ranges::equal(rows.bytes(0, 8), head_.log_hash);
        if (!there)
            return Seen::another_log;
        row = 1;
    }
    kinds_ = value_of(settings, Store::setting_kinds);
    settings_version_ = number_from<std::uint64_t>(value_of(settings, setting_version)).value_or(0);
    for (; row < rows.count(); ++row) {
        MB_TRY(const LoggedFact logged, postgres_rows::logged_in(rows, row));
        MB_CHECK(replay(logged));
    }
    followed_ = head_.seq;
    return rows.count() == rows_per_look ? Seen::more : Seen::all;
}

/// What another node ordered, with the outcome that it gave it.
Result<> PostgresLedger::replay(const LoggedFact& logged)
{
    const StoredFact& stored = logged.fact;
    if (logged.seq != head_.seq + 1 || logged.log_hash != crypto::blake2b(head_.log_hash, stored.hash))
        return fail(ErrorKind::storage, fmt::format("row {} does not follow row {}", logged.seq, head_.seq),
                    "journal", "restore the database from a dump");
    if (const auto fact = readable_fact(stored)) {
        for (auto& change : apply(*state_, *fact, logged.outcome)) {
            if (touched_ != nullptr)
                touched_->insert(std::move(change));
        }
        erasures_ = erasures_ || is_erasure(fact->body);
    }
    head_ = {logged.seq, logged.log_hash};
    if (const auto known = chains_.find({stored.device, stored.epoch}); known != chains_.end())
        known->second = {stored.counter, stored.hash};
    return {};
}

Result<> PostgresLedger::follow()
{
    if (!whole_ && touched_ == nullptr)
        return load();
    for (int lost = 0;;) {
        MB_TRY(auto* connection, this->connection());
        queue_news(*connection);
        const auto results = connection->finish();
        if (!results && connection->lost() && lost++ == 0)
            continue;
        if (!results)
            return fail(results.error());
        MB_TRY(const Seen seen, take_news(*results));
        if (seen == Seen::another_log) {
            log::warn("the database was changed under this node: its log is read anew");
            return load();
        }
        if (seen == Seen::all)
            return erasures_ ? finish_erasures() : Result<>();
    }
}

/// What is in the log is carried out in this node's key folder, too.
Result<> PostgresLedger::finish_erasures()
{
    erasures_ = false;
    if (state_->meeting().erased)
        return keys_->event_erased() ? Result<>() : keys_->erase_event();
    std::vector<DelegateId> people;
    state_->delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        if (delegate.erased && !keys_->is_erased(id))
            people.push_back(id);
    });
    return keys_->erase(people);
}

Result<std::optional<std::string>> PostgresLedger::setting(std::string_view key)
{
    MB_TRY(const auto rows,
           read("SELECT value FROM montbrillant.setting WHERE key = $1", postgres::Values().text(key)));
    return rows.count() == 0 ? std::optional<std::string>() : std::optional(rows.text(0, 0));
}

void PostgresLedger::on_news(std::function<void()> wake)
{
    watch_.reset();
    if (!wake)
        return;
    auto watch = PostgresWatch::start(options_.connection, news_channel,
                                      [this, wake = std::move(wake)](const std::string& payload) {
                                          const auto head = number_from<std::uint64_t>(payload);
                                          if (!head || *head > followed_)
                                              wake();
                                      });
    if (watch)
        watch_ = std::move(*watch);
    else
        log::warn("news of other nodes come late: {}", watch.error().text());
}

Result<> PostgresLedger::backup_to(const std::filesystem::path& file)
{
    return fail(
        ErrorKind::refused, "a registry in PostgreSQL is saved with PostgreSQL's own tools", file.string(),
        "pg_dump --format=custom --schema=montbrillant --file=FILE ADDRESS; the keys apart from it: see "
        "montbrillant-postgresql(7)");
}

} // namespace montbrillant::registry
