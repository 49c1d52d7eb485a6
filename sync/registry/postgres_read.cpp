// SPDX-License-Identifier: Apache-2.0
// What a node reads out of the database: places in the log, pages of it, people.
#include "sync/registry/postgres_ledger.hpp"
#include "sync/registry/postgres_rows.hpp"

#include <algorithm>

namespace montbrillant::registry {
namespace postgres_rows {

Result<crypto::Hash> hash_of(BytesView raw)
{
    crypto::Hash hash{};
    if (raw.size() != hash.size())
        return fail(ErrorKind::storage, "a hash in the journal has the wrong length", "journal");
    std::copy(raw.begin(), raw.end(), hash.begin());
    return hash;
}

Outcome outcome_in(const postgres::Rows& rows, int row, int verdict)
{
    return {verdict_from(rows.text(row, verdict)).value_or(Verdict::rejected),
            conflict_from(rows.text(row, verdict + 1)), rows.text(row, verdict + 2)};
}

Result<LoggedFact> logged_in(const postgres::Rows& rows, int row)
{
    LoggedFact logged;
    StoredFact& fact = logged.fact;
    fact.device = DeviceId(rows.text(row, 0));
    fact.epoch = static_cast<std::uint32_t>(rows.integer(row, 1));
    fact.counter = static_cast<std::uint64_t>(rows.integer(row, 2));
    fact.bytes = rows.text(row, 3);
    MB_TRY(fact.previous, hash_of(rows.bytes(row, 4)));
    MB_TRY(fact.hash, hash_of(rows.bytes(row, 5)));
    if (!rows.is_null(row, 6))
        fact.record = SealedRecord{DelegateId(rows.text(row, 6)), {}, {}};
    logged.seq = static_cast<std::uint64_t>(rows.integer(row, 7));
    MB_TRY(logged.log_hash, hash_of(rows.bytes(row, 8)));
    logged.outcome = outcome_in(rows, row, 9);
    return logged;
}

std::unordered_map<std::string, SealedRecord> records_in(const postgres::Rows& rows)
{
    std::unordered_map<std::string, SealedRecord> records;
    for (int row = 0; row < rows.count(); ++row) {
        const BytesView sealed = rows.bytes(row, 2);
        const BytesView wrapped = rows.bytes(row, 3);
        records.emplace(rows.text(row, 0), SealedRecord{DelegateId(rows.text(row, 1)),
                                                        {wrapped.begin(), wrapped.end()},
                                                        {sealed.begin(), sealed.end()}});
    }
    return records;
}

} // namespace postgres_rows

using postgres_rows::hash_of;
using postgres_rows::logged_in;
using postgres_rows::records_in;

namespace {

std::optional<SealedRecord> first_in(std::unordered_map<std::string, SealedRecord>&& records)
{
    return records.empty() ? std::nullopt : std::optional(std::move(records.begin()->second));
}

} // namespace

Result<ChainEnd> PostgresLedger::chain_of(const DeviceId& device, std::uint32_t epoch)
{
    MB_TRY(const auto rows,
           read("SELECT counter, hash FROM montbrillant.journal WHERE device = $1 AND epoch = $2 "
                "ORDER BY counter DESC LIMIT 1",
                postgres::Values().text(device.str()).integer(epoch)));
    ChainEnd chain;
    if (rows.count() != 0) {
        chain.counter = static_cast<std::uint64_t>(rows.integer(0, 0));
        MB_TRY(chain.hash, hash_of(rows.bytes(0, 1)));
    }
    return chain;
}

Result<std::optional<crypto::Hash>> PostgresLedger::log_hash_at(std::uint64_t seq)
{
    if (seq == 0)
        return std::optional(crypto::Hash{});
    MB_TRY(const auto rows, read("SELECT log_hash FROM montbrillant.journal WHERE seq = $1",
                                 postgres::Values().integer(static_cast<std::int64_t>(seq))));
    if (rows.count() == 0)
        return std::optional<crypto::Hash>();
    MB_TRY(const auto hash, hash_of(rows.bytes(0, 0)));
    return std::optional(hash);
}

Result<std::vector<LoggedFact>> PostgresLedger::log_after(std::uint64_t seq, std::size_t limit)
{
    MB_TRY(const auto rows,
           read("SELECT device, epoch, counter, bytes, previous, hash, delegate, seq, log_hash, "
                "verdict, conflict, reason, id FROM montbrillant.journal WHERE seq > $1 "
                "ORDER BY seq LIMIT $2",
                postgres::Values()
                    .integer(static_cast<std::int64_t>(seq))
                    .integer(static_cast<std::int64_t>(limit))));
    std::vector<LoggedFact> logged;
    std::vector<std::optional<BytesView>> people;
    std::vector<std::optional<BytesView>> proposals;
    for (int row = 0; row < rows.count(); ++row) {
        MB_TRY(auto one, logged_in(rows, row));
        if (one.fact.record && record_fate(one.outcome) == RecordFate::proposed)
            proposals.emplace_back(rows.bytes(row, 12));
        if (one.fact.record)
            people.emplace_back(rows.bytes(row, 6));
        logged.push_back(std::move(one));
    }
    std::unordered_map<std::string, SealedRecord> records;
    std::unordered_map<std::string, SealedRecord> proposed;
    if (!people.empty()) {
        MB_TRY(const auto found,
               read("SELECT r.delegate, r.delegate, r.sealed, k.wrapped FROM montbrillant.record r JOIN "
                    "montbrillant_keys.delegate_key k ON k.delegate = r.delegate AND k.id = r.key "
                    "WHERE r.delegate = ANY($1)",
                    postgres::Values().blobs(people)));
        records = records_in(found);
    }
    if (!proposals.empty()) {
        MB_TRY(const auto found,
               read("SELECT p.fact, p.delegate, p.sealed, k.wrapped FROM montbrillant.proposal p JOIN "
                    "montbrillant_keys.delegate_key k ON k.delegate = p.delegate AND k.id = p.key "
                    "WHERE p.fact = ANY($1)",
                    postgres::Values().blobs(proposals)));
        proposed = records_in(found);
    }
    for (std::size_t i = 0; i < logged.size(); ++i) {
        auto& record = logged[i].fact.record;
        if (!record)
            continue;
        // A claim that lost and was decided about since has no proposal: what came of it is the record of
        // now.
        const auto found = records.find(record->delegate.str());
        const auto claim = proposed.find(rows.text(static_cast<int>(i), 12));
        if (claim != proposed.end())
            record = claim->second;
        else
            record = found == records.end() ? std::nullopt : std::optional(found->second);
    }
    return logged;
}

Result<Person> PostgresLedger::open_person(const SealedRecord& record) const
{
    MB_TRY(Person person, keys_->open_record(record));
    if (const Delegate* delegate = state_->delegates.find(person.id))
        overlay(person, delegate->participation);
    return person;
}

Result<std::optional<SealedRecord>> PostgresLedger::record_of(const DelegateId& id)
{
    MB_TRY(const auto rows,
           read("SELECT r.delegate, r.delegate, r.sealed, k.wrapped FROM montbrillant.record r JOIN "
                "montbrillant_keys.delegate_key k ON k.delegate = r.delegate AND k.id = r.key "
                "WHERE r.delegate = $1",
                postgres::Values().bytes(as_bytes(id.str()))));
    return first_in(records_in(rows));
}

Result<std::optional<SealedRecord>> PostgresLedger::proposal_of(const FactId& conflict)
{
    MB_TRY(const auto rows,
           read("SELECT p.fact, p.delegate, p.sealed, k.wrapped FROM montbrillant.proposal p JOIN "
                "montbrillant_keys.delegate_key k ON k.delegate = p.delegate AND k.id = p.key "
                "WHERE p.fact = $1",
                postgres::Values().bytes(as_bytes(conflict.str()))));
    return first_in(records_in(rows));
}

Result<std::optional<Person>> PostgresLedger::person(const DelegateId& id)
{
    MB_TRY(const auto record, record_of(id));
    if (!record)
        return std::optional<Person>();
    MB_TRY(auto person, open_person(*record));
    return std::optional(std::move(person));
}

Result<> PostgresLedger::each_person(const std::function<void(const Person&)>& visit)
{
    constexpr std::int64_t at_a_time = 1000;
    for (Bytes after;;) {
        MB_TRY(const auto rows,
               read("SELECT r.delegate, r.sealed, k.wrapped FROM montbrillant.record r JOIN "
                    "montbrillant_keys.delegate_key k ON k.delegate = r.delegate AND k.id = r.key "
                    "WHERE r.delegate > $1 ORDER BY r.delegate LIMIT $2",
                    postgres::Values().bytes(after).integer(at_a_time)));
        for (int row = 0; row < rows.count(); ++row) {
            const BytesView sealed = rows.bytes(row, 1);
            const BytesView wrapped = rows.bytes(row, 2);
            MB_TRY(const Person person, open_person({DelegateId(rows.text(row, 0)),
                                                     {wrapped.begin(), wrapped.end()},
                                                     {sealed.begin(), sealed.end()}}));
            visit(person);
        }
        if (rows.count() < at_a_time)
            return {};
        const BytesView last = rows.bytes(rows.count() - 1, 0);
        after.assign(last.begin(), last.end());
    }
}

} // namespace montbrillant::registry
