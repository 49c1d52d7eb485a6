// SPDX-License-Identifier: Apache-2.0
// What a node writes, always in a turn: a transaction that begins with the writers' lock and a look at what
// others wrote.
#include "sync/base/log.hpp"
#include "sync/registry/postgres_rows.hpp"
#include "sync/registry/postgres_turn.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace montbrillant::registry {
namespace {

constexpr std::string_view kinds_mixed =
    "mixed"; ///< nodes that know other kinds of facts wrote the projection

std::string kinds_known() { return std::to_string(Body::kinds); }

/// The statement failed because of what it was given, not because of the server.
bool is_about_data(const std::string& sql_state)
{
    return sql_state.starts_with("22") || sql_state.starts_with("23") || sql_state.starts_with("54");
}

} // namespace

std::vector<EntityKey> each_once(std::vector<EntityKey> keys)
{
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

void PostgresLedger::queue_entities(postgres::Connection& connection, const State& state,
                                    std::span<const EntityKey> keys) const
{
    if (keys.empty())
        return;
    std::vector<std::string> values;
    values.reserve(keys.size());
    std::vector<std::optional<std::string_view>> kinds;
    std::vector<std::optional<BytesView>> names;
    std::vector<std::optional<BytesView>> texts;
    for (const auto& key : keys) {
        values.push_back(state.write(key));
        kinds.emplace_back(name_of(key.kind));
        names.push_back(postgres_rows::view_of(key.key));
        texts.push_back(postgres_rows::view_of(values.back()));
    }
    connection.queue("INSERT INTO montbrillant.entity (kind, key, value) SELECT * FROM unnest($1::text[], "
                     "$2::bytea[], $3::bytea[]) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
                     postgres::Values().texts(kinds).blobs(names).blobs(texts));
    if (kinds_ != kinds_known() && kinds_ != kinds_mixed)
        connection.queue("UPDATE montbrillant.setting SET value = $2 WHERE key = $1",
                         postgres::Values().text(Store::setting_kinds).text(kinds_mixed));
}

/// What was committed is this node's now.
Result<> PostgresLedger::take_over(Ordering& ordering, const Rows& rows)
{
    state_->absorb(ordering.state());
    head_ = ordering.head();
    followed_ = head_.seq;
    for (const auto& [key, chain] : rows.chains())
        chains_[key] = chain;
    if (!ordering.erasures())
        return {};
    vacuum();
    return finish_erasures();
}

Result<std::vector<PushResult>> PostgresLedger::attempt(std::span<const DevicePush> pushes)
{
    MB_TRY(auto turn, Turn::begin(*this));
    Ordering ordering(*state_, head_);
    Rows rows(*this, turn.connection(), ordering.state());
    std::vector<PushResult> results;
    results.reserve(pushes.size());
    for (const DevicePush& push : pushes) {
        MB_TRY(auto result, ordering.take(push, rows));
        results.push_back(std::move(result));
    }
    if (ordering.head() == head_)
        return results; // only repeats, gaps and forks: nothing to write
    rows.queue();
    queue_entities(turn.connection(), ordering.state(), each_once(ordering.changes()));
    MB_CHECK(turn.commit(std::to_string(ordering.head().seq)));
    MB_CHECK(take_over(ordering, rows));
    return results;
}

std::vector<Result<PushResult>> PostgresLedger::take_pushes(std::span<const DevicePush> pushes)
{
    auto taken = attempt(pushes);
    if (!taken && connection_ && connection_->lost()) // it may have been committed: the log tells
        taken = attempt(pushes);
    if (taken)
        return {std::make_move_iterator(taken->begin()), std::make_move_iterator(taken->end())};
    if (pushes.size() == 1 || !connection_ || !is_about_data(connection_->sql_state()))
        return {pushes.size(), tl::unexpected(taken.error())};
    // What one device sent must not stop the others.
    log::error("a turn of {} pushes is taken one by one: {}", pushes.size(), taken.error().text());
    std::vector<Result<PushResult>> results;
    for (const auto& push : pushes)
        results.push_back(std::move(take_pushes({&push, 1}).front()));
    return results;
}

/// The registry's own facts have a chain, too; every node writes it on.
Result<> PostgresLedger::record(const Body& body, const std::string& by)
{
    std::optional<StoredFact> tried;
    auto outcome = attempt_own(body, by, tried);
    if (!outcome && connection_ && connection_->lost())
        outcome = attempt_own(body, by, tried);
    if (!outcome)
        return fail(outcome.error());
    if (outcome->verdict == Verdict::accepted)
        return {};
    return fail(ErrorKind::refused, outcome->reason, std::string(kind_of(body)));
}

/// `tried`: what an attempt before this one sent; it may have been committed.
Result<Outcome> PostgresLedger::attempt_own(const Body& body, const std::string& by,
                                            std::optional<StoredFact>& tried)
{
    MB_TRY(auto turn, Turn::begin(*this));
    Ordering ordering(*state_, head_);
    Rows rows(*this, turn.connection(), ordering.state());
    if (tried) {
        MB_TRY(const auto known, rows.known(*tried));
        if (known && known->hash == tried->hash)
            return known->answer.outcome;
    }
    MB_TRY(ChainEnd chain, rows.chain_end(identity_.device, identity_.epoch));
    Fact fact{FactId(uuid7(clock_->wall(), *random_)),
              identity_.device,
              identity_.epoch,
              chain.counter + 1,
              clock_->wall(),
              clock_->mono(),
              by,
              body};
    MB_TRY(const StoredFact stored, next_link(fact, chain));
    tried = stored;
    MB_TRY(Outcome outcome, ordering.place(stored, rows));
    if (outcome.verdict != Verdict::accepted)
        return outcome;
    rows.queue();
    queue_entities(turn.connection(), ordering.state(), each_once(ordering.changes()));
    MB_CHECK(turn.commit(std::to_string(ordering.head().seq)));
    MB_CHECK(take_over(ordering, rows));
    return outcome;
}

Result<> PostgresLedger::revise(std::string_view key, const Change& change)
{
    auto changed = attempt_change(key, change);
    if (!changed && connection_ && connection_->lost())
        changed = attempt_change(key, change);
    return changed;
}

Result<> PostgresLedger::attempt_change(std::string_view key, const Change& change)
{
    MB_TRY(auto turn, Turn::begin(*this));
    auto& connection = turn.connection();
    MB_TRY(const auto rows, connection.run("SELECT value FROM montbrillant.setting WHERE key = $1",
                                           postgres::Values().text(key)));
    MB_TRY(const auto text,
           change(rows.count() == 0 ? std::optional<std::string>() : std::optional(rows.text(0, 0))));
    connection.queue("INSERT INTO montbrillant.setting VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET "
                     "value = excluded.value",
                     postgres::Values().text(key).text(text));
    connection.queue("INSERT INTO montbrillant.setting VALUES ('settings.version', '1') ON CONFLICT (key) DO "
                     "UPDATE SET value = (setting.value::bigint + 1)::text");
    return turn.commit(settings_news);
}

/// Outside of a turn: whether a write is taken is a question that must not stop one.
Result<> PostgresLedger::try_write(WallTime now)
{
    MB_TRY(auto* connection, this->connection());
    return connection
        ->run("INSERT INTO montbrillant.setting VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET "
              "value = excluded.value",
              postgres::Values().text(setting_tried).text(rfc3339(now)))
        .map([](const auto&) {});
}

/// The projection in the database is of programs that know other kinds of facts: it is built again from all
/// facts, here and there.
Result<> PostgresLedger::replay_all()
{
    std::set<EntityKey> touched;
    touched_ = &touched;
    state_->clear();
    head_ = {};
    auto followed = follow();
    if (followed) {
        auto turn = Turn::begin(*this);
        followed = turn ? write_projection(*turn, touched) : Result<>(tl::unexpected(turn.error()));
    }
    touched_ = nullptr;
    return followed;
}

Result<> PostgresLedger::write_projection(Turn& turn, const std::set<EntityKey>& touched)
{
    constexpr std::size_t at_a_time = 5000;
    kinds_ = kinds_known();
    auto& connection = turn.connection();
    connection.queue("DELETE FROM montbrillant.entity");
    const std::vector<EntityKey> keys(touched.begin(), touched.end());
    for (std::size_t at = 0; at < keys.size(); at += at_a_time) {
        queue_entities(connection, *state_,
                       std::span(keys).subspan(at, std::min(at_a_time, keys.size() - at)));
        MB_CHECK(connection.finish().map([](const auto&) {}));
    }
    connection.queue("INSERT INTO montbrillant.setting VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET "
                     "value = excluded.value",
                     postgres::Values().text(Store::setting_kinds).text(kinds_));
    return turn.commit(settings_news);
}

} // namespace montbrillant::registry
