// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/postgres_turn.hpp"
#include "sync/registry/postgres_rows.hpp"

#include <algorithm>
#include <utility>

namespace montbrillant::registry {
namespace {

constexpr int looks_max = 1000;

} // namespace

PostgresLedger::Turn::Turn(PostgresLedger& ledger, postgres::Connection& connection)
    : ledger_(&ledger), connection_(&connection)
{
    ledger_->in_turn_ = true;
}

PostgresLedger::Turn::Turn(Turn&& other) noexcept
    : ledger_(other.ledger_), connection_(std::exchange(other.connection_, nullptr))
{
}

PostgresLedger::Turn::~Turn() { roll_back(); }

void PostgresLedger::Turn::end()
{
    connection_ = nullptr;
    ledger_->in_turn_ = false;
}

void PostgresLedger::Turn::roll_back()
{
    if (connection_ == nullptr)
        return;
    connection_->forget(); // outside of the transaction it would count for itself
    if (!connection_->lost())
        static_cast<void>(connection_->execute("ROLLBACK"));
    end();
}

Result<PostgresLedger::Turn> PostgresLedger::Turn::begin(PostgresLedger& ledger)
{
    if (!ledger.whole_ && ledger.touched_ == nullptr)
        MB_CHECK(ledger.load());
    for (int look = 0; look < looks_max; ++look) {
        MB_TRY(auto* connection, ledger.connection());
        Turn turn(ledger, *connection);
        connection->queue("BEGIN ISOLATION LEVEL READ COMMITTED");
        connection->queue("SELECT pg_advisory_xact_lock($1)", postgres::Values().integer(writers_lock));
        ledger.queue_news(*connection);
        MB_TRY(const auto results, connection->finish());
        MB_TRY(const Seen seen, ledger.take_news(std::span(results).subspan(2)));
        if (seen == Seen::all)
            return turn;
        turn.roll_back(); // nobody waits for the lock while this node catches up
        MB_CHECK(seen == Seen::another_log ? ledger.load() : ledger.follow());
    }
    return fail(ErrorKind::storage, "the log grows faster than this node can read it");
}

Result<> PostgresLedger::Turn::commit(std::string_view news)
{
    connection_->queue("SELECT pg_notify($1, $2)", postgres::Values().text(news_channel).text(news));
    connection_->queue("COMMIT");
    const auto results = connection_->finish();
    if (!results)
        return fail(results.error());
    end();
    return {};
}

Result<ChainEnd> PostgresLedger::Rows::chain_end(const DeviceId& device, std::uint32_t epoch)
{
    const ChainKey key{device, epoch};
    if (const auto here = chains_.find(key); here != chains_.end())
        return here->second;
    if (const auto known = ledger_.chains_.find(key); known != ledger_.chains_.end())
        return known->second;
    MB_TRY(const auto chain, ledger_.chain_of(device, epoch)); // on this connection: it is in a turn
    return chains_[key] = chain;
}

Result<std::optional<LogRows::Known>> PostgresLedger::Rows::known(const StoredFact& fact)
{
    const auto here = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) {
        return line.stored->device == fact.device && line.stored->epoch == fact.epoch &&
               line.stored->counter == fact.counter;
    });
    if (here != lines_.end())
        return std::optional(Known{here->stored->hash, {fact.counter, here->place.seq, here->outcome, true}});
    MB_TRY(const auto rows,
           connection_.run("SELECT hash, seq, verdict, conflict, reason FROM montbrillant.journal "
                           "WHERE device = $1 AND epoch = $2 AND counter = $3",
                           postgres::Values()
                               .text(fact.device.str())
                               .integer(fact.epoch)
                               .integer(static_cast<std::int64_t>(fact.counter))));
    if (rows.count() == 0)
        return std::optional<Known>();
    Known known;
    std::ranges::copy(rows.bytes(0, 0).first(known.hash.size()), known.hash.begin());
    known.answer = {fact.counter, static_cast<std::uint64_t>(rows.integer(0, 1)),
                    Outcome{verdict_from(rows.text(0, 2)).value_or(Verdict::rejected),
                            conflict_from(rows.text(0, 3)), rows.text(0, 4)},
                    true};
    return std::optional(std::move(known));
}

bool PostgresLedger::Rows::opens(const SealedRecord& record) const
{
    return ledger_.keys_->open_record(record).has_value();
}

Result<> PostgresLedger::Rows::write(const OrderedFact& ordered)
{
    const StoredFact& stored = ordered.stored;
    lines_.push_back({&stored, ordered.place, ordered.fact ? ordered.fact->id.str() : "",
                      std::string(ordered.fact ? kind_of(ordered.fact->body) : Store::unreadable),
                      ordered.outcome});
    chains_[{stored.device, stored.epoch}] = {stored.counter, stored.hash};
    if (ordered.settled)
        settle(*ordered.settled, ordered.promoted);
    if (ordered.fact && ordered.outcome.verdict == Verdict::accepted)
        note_erasure(ordered.fact->body);
    if (ordered.record == RecordFate::stands)
        records_[stored.record->delegate] = &*stored.record;
    else if (ordered.record == RecordFate::proposed)
        proposals_[ordered.fact->id] = &*stored.record;
    return {};
}

void PostgresLedger::Rows::queue()
{
    queue_journal();
    queue_records();
    queue_erasures();
    lines_.clear();
}

void PostgresLedger::Rows::note_erasure(const Body& body)
{
    if (const auto* person = std::get_if<fact::DelegateErased>(&body))
        erased_.push_back(person->delegate);
    everybody_erased_ = everybody_erased_ || std::holds_alternative<fact::EventErased>(body);
}

void PostgresLedger::Rows::settle(const FactId& conflict, bool promoted)
{
    queue_records(); // what came before must not come after
    if (promoted)
        connection_.queue("INSERT INTO montbrillant.record SELECT p.delegate, p.key, p.sealed FROM "
                          "montbrillant.proposal p WHERE p.fact = $1 AND NOT EXISTS (SELECT FROM "
                          "montbrillant_keys.erased e WHERE e.delegate = p.delegate) "
                          "ON CONFLICT (delegate) DO UPDATE SET key = excluded.key, sealed = excluded.sealed",
                          postgres::Values().bytes(as_bytes(conflict.str())));
    connection_.queue("DELETE FROM montbrillant.proposal WHERE fact = $1",
                      postgres::Values().bytes(as_bytes(conflict.str())));
}

void PostgresLedger::Rows::queue_journal()
{
    if (lines_.empty())
        return;
    std::vector<std::int64_t> seq;
    std::vector<std::int64_t> epoch;
    std::vector<std::int64_t> counter;
    Texts device;
    Texts verdict;
    Texts conflict;
    std::array<Blobs, 8> blobs; // id, kind, reason, bytes, previous, hash, log_hash, delegate
    for (const Line& line : lines_) {
        const StoredFact& fact = *line.stored;
        seq.push_back(static_cast<std::int64_t>(line.place.seq));
        epoch.push_back(fact.epoch);
        counter.push_back(static_cast<std::int64_t>(fact.counter));
        device.emplace_back(fact.device.str());
        verdict.emplace_back(name_of(line.outcome.verdict));
        conflict.push_back(line.outcome.conflict ? std::optional(name_of(*line.outcome.conflict))
                                                 : std::nullopt);
        const std::array<std::optional<BytesView>, 8> values{
            postgres_rows::view_of(line.id),
            postgres_rows::view_of(line.kind),
            postgres_rows::view_of(line.outcome.reason),
            postgres_rows::view_of(fact.bytes),
            postgres_rows::view_of(fact.previous),
            postgres_rows::view_of(fact.hash),
            postgres_rows::view_of(line.place.log_hash),
            fact.record ? postgres_rows::view_of(fact.record->delegate.str()) : std::nullopt};
        for (std::size_t i = 0; i < blobs.size(); ++i)
            blobs.at(i).push_back(values.at(i));
    }
    connection_.queue(
        "INSERT INTO montbrillant.journal (seq, device, epoch, counter, id, kind, verdict, conflict, reason, "
        "bytes, previous, hash, log_hash, delegate) SELECT * FROM unnest($1::bigint[], $2::text[], "
        "$3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[], $7::text[], $8::text[], $9::bytea[], "
        "$10::bytea[], $11::bytea[], $12::bytea[], $13::bytea[], $14::bytea[])",
        postgres::Values()
            .integers(seq)
            .texts(device)
            .integers(epoch)
            .integers(counter)
            .blobs(blobs[0])
            .blobs(blobs[1])
            .texts(verdict)
            .texts(conflict)
            .blobs(blobs[2])
            .blobs(blobs[3])
            .blobs(blobs[4])
            .blobs(blobs[5])
            .blobs(blobs[6])
            .blobs(blobs[7]));
}

/// What erased people's devices still send is not kept.
void PostgresLedger::Rows::queue_records()
{
    std::vector<const SealedRecord*> records;
    std::vector<FactId> facts;
    for (const auto& [id, record] : records_) {
        if (!is_erased(id))
            records.push_back(record);
    }
    queue_keys_and(records, facts);
    records.clear();
    for (const auto& [fact, record] : proposals_) {
        if (is_erased(record->delegate))
            continue;
        records.push_back(record);
        facts.push_back(fact);
    }
    queue_keys_and(records, facts);
    records_.clear();
    proposals_.clear();
}

/// Keys first, then what is sealed under them: records, or proposals with the facts that made them.
void PostgresLedger::Rows::queue_keys_and(const std::vector<const SealedRecord*>& records,
                                          const std::vector<FactId>& facts)
{
    if (records.empty())
        return;
    std::vector<crypto::Hash> ids;
    std::array<Blobs, 5> blobs; // fact, delegate, key id, wrapped key, sealed
    ids.reserve(records.size());
    for (const SealedRecord* record : records) {
        ids.push_back(KeyStore::key_id(record->wrapped_key));
        blobs[1].push_back(postgres_rows::view_of(record->delegate.str()));
        blobs[2].push_back(postgres_rows::view_of(ids.back()));
        blobs[3].push_back(postgres_rows::view_of(record->wrapped_key));
        blobs[4].push_back(postgres_rows::view_of(record->sealed));
    }
    for (const auto& fact : facts)
        blobs[0].push_back(postgres_rows::view_of(fact.str()));
    connection_.queue("INSERT INTO montbrillant_keys.delegate_key (delegate, id, wrapped) SELECT * FROM "
                      "unnest($1::bytea[], $2::bytea[], $3::bytea[]) ON CONFLICT DO NOTHING",
                      postgres::Values().blobs(blobs[1]).blobs(blobs[2]).blobs(blobs[3]));
    if (facts.empty())
        return connection_.queue(
            "INSERT INTO montbrillant.record (delegate, key, sealed) SELECT * FROM unnest($1::bytea[], "
            "$2::bytea[], $3::bytea[]) ON CONFLICT (delegate) DO UPDATE SET key = excluded.key, "
            "sealed = excluded.sealed",
            postgres::Values().blobs(blobs[1]).blobs(blobs[2]).blobs(blobs[4]));
    connection_.queue(
        "INSERT INTO montbrillant.proposal (fact, delegate, key, sealed) SELECT * FROM unnest($1::bytea[], "
        "$2::bytea[], $3::bytea[], $4::bytea[]) ON CONFLICT (fact) DO UPDATE SET key = excluded.key, "
        "sealed = excluded.sealed",
        postgres::Values().blobs(blobs[0]).blobs(blobs[1]).blobs(blobs[2]).blobs(blobs[4]));
}

void PostgresLedger::Rows::queue_erasures()
{
    if (everybody_erased_) {
        for (const auto* sql : {"DELETE FROM montbrillant_keys.delegate_key",
                                "DELETE FROM montbrillant.record", "DELETE FROM montbrillant.proposal"})
            connection_.queue(sql);
    }
    if (erased_.empty())
        return;
    Blobs people;
    for (const auto& id : erased_)
        people.push_back(postgres_rows::view_of(id.str()));
    for (const auto* sql : {"DELETE FROM montbrillant_keys.delegate_key WHERE delegate = ANY($1)",
                            "DELETE FROM montbrillant.record WHERE delegate = ANY($1)",
                            "DELETE FROM montbrillant.proposal WHERE delegate = ANY($1)",
                            "INSERT INTO montbrillant_keys.erased SELECT DISTINCT * FROM unnest($1::bytea[]) "
                            "ON CONFLICT DO NOTHING"})
        connection_.queue(sql, postgres::Values().blobs(people));
}

bool PostgresLedger::Rows::is_erased(const DelegateId& id) const
{
    const Delegate* delegate = state_.delegates.find(id);
    return ledger_.keys_->is_erased(id) || (delegate != nullptr && delegate->erased);
}

} // namespace montbrillant::registry
