// SPDX-License-Identifier: Apache-2.0
// The local side of the store: own facts become rows, and the chain can be checked.
#include "sync/base/crash_point.hpp"
#include "sync/store/store.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
StoredFact Store::seal_link(const Fact& fact, Chain& chain) const
{
    StoredFact stored{fact.device, fact.epoch, fact.counter, fact_bytes(fact), chain.hash, {}, {}};
    stored.hash = chain_hash(stored.previous, stored.bytes);
    chain = {fact.counter, stored.hash};
    return stored;
}

Result<> Store::insert_row(const Row& row)
{
    MB_TRY(
        auto* insert,
        statement(
            "INSERT INTO journal (device, epoch, counter, seq, id, kind, verdict, conflict, reason, bytes, "
            "previous, hash, log_hash, delegate) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    const StoredFact& fact = *row.fact;
    const bool ordered = row.seq.has_value();
    using sqlite::Value;
    const Value nothing = nullptr;
    const std::string conflict(row.outcome.conflict ? name_of(*row.outcome.conflict) : "");
    return insert
        ->bind({fact.device.str(), std::int64_t{fact.epoch}, static_cast<std::int64_t>(fact.counter),
                ordered ? Value(static_cast<std::int64_t>(*row.seq)) : nothing, row.id, row.kind,
                ordered ? Value(name_of(row.outcome.verdict)) : nothing,
                !ordered || conflict.empty() ? nothing : Value(conflict),
                ordered ? Value(row.outcome.reason) : nothing, fact.bytes, BytesView(fact.previous),
                BytesView(fact.hash), ordered ? Value(BytesView(row.log_hash)) : nothing,
                fact.record ? Value(fact.record->delegate.str()) : nothing})
        .run();
}

Result<> Store::write_entities(const State& state, std::span<const EntityKey> changes)
{
    std::vector<EntityKey> once(changes.begin(), changes.end());
    std::sort(once.begin(), once.end());
    once.erase(std::unique(once.begin(), once.end()), once.end());
    MB_TRY(auto* upsert, statement("INSERT INTO entity (kind, key, value) VALUES (?, ?, ?) "
                                   "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"));
    for (const auto& change : once)
        MB_CHECK(upsert->bind({name_of(change.kind), change.key, state.write(change)}).run());
    return {};
}

/// Rule 1: the print job is a row of the same transaction as the check-in.
Result<> Store::write_side_effects(std::span<const Fact> facts, const State& after)
{
    for (const auto& fact : facts) {
        const auto* queued = std::get_if<fact::PrintQueued>(&fact.body);
        if (queued == nullptr)
            continue;
        const Badge* badge = after.badges.find(queued->badge);
        PrintJobRow job;
        job.key = print_key(queued->badge, badge->issue, queued->copy);
        job.badge = queued->badge;
        job.delegate = badge->delegate;
        job.updated = fact.at;
        MB_CHECK(print_jobs_->insert(job));
    }
    return {};
}

Result<Store::Admitted> Store::admit_draft(const Draft& draft, State& scratch)
{
    Admitted admitted;
    admitted.chain = {counter_, chain_};
    for (const auto& body : draft.facts) {
        admitted.rows.push_back(
            seal_link({FactId(uuid7(clock_->wall(), *random_)), identity_->device, identity_->epoch,
                       admitted.chain.counter + 1, clock_->wall(), clock_->mono(), draft.actor, body},
                      admitted.chain));
        // Through its own bytes: what is committed now is what a restart and every other device will read.
        MB_TRY(Fact fact, parse_fact(admitted.rows.back().bytes));
        Outcome outcome = admit(scratch, fact);
        const bool task = outcome.verdict == Verdict::conflict && draft.tasks_allowed;
        if (outcome.verdict != Verdict::accepted && !task)
            return fail(ErrorKind::refused, outcome.reason, std::string(kind_of(body)));
        for (auto& change : apply(scratch, fact, outcome))
            admitted.changes.push_back(std::move(change));
        if (const auto owner = record_owner(fact.body))
            admitted.rows.back().record = SealedRecord{*owner, {}, {}};
        admitted.facts.push_back(std::move(fact));
        admitted.outcomes.push_back(std::move(outcome));
    }
    return admitted;
}

Result<std::vector<Fact>> Store::commit(const Draft& draft)
{
    MB_CHECK(require(Side::any));
    State scratch(&view());
    MB_TRY(Admitted admitted, admit_draft(draft, scratch));
    MB_TRY(auto records, keys_->seal(draft.records));
    Cursor head = head_;
    MB_TRY(auto transaction, database_->begin_immediate());
    MB_CHECK(write_side_effects(admitted.facts, scratch));
    for (std::size_t i = 0; i < admitted.facts.size(); ++i) {
        const Fact& fact = admitted.facts[i];
        Row row{&admitted.rows[i], fact.id.str(), kind_of(fact.body), {}, admitted.outcomes[i], {}};
        if (identity_->authority) {
            head = {head.seq + 1, crypto::blake2b(head.log_hash, admitted.rows[i].hash)};
            row.seq = head.seq;
            row.log_hash = head.log_hash;
        }
        MB_CHECK(insert_row(row));
    }
    if (identity_->authority)
        MB_CHECK(write_entities(scratch, admitted.changes));
    MB_CHECK(write_draft_records(admitted, std::move(records)));
    for (const auto& [key, value] : draft.settings)
        MB_CHECK(set_setting(key, value));
    crash_point("store.before_commit");
    MB_CHECK(transaction.commit());
    crash_point("store.committed");

    counter_ = admitted.chain.counter;
    chain_ = admitted.chain.hash;
    head_ = head;
    State& target = identity_->authority ? *confirmed_ : *view_;
    for (std::size_t i = 0; i < admitted.facts.size(); ++i) {
        static_cast<void>(apply(target, admitted.facts[i], admitted.outcomes[i]));
        if (!identity_->authority)
            waiting_.push_back({admitted.facts[i].counter, admitted.facts[i]});
    }
    return std::move(admitted.facts);
}

Result<std::optional<Store::BrokenLink>> Store::verify_journal()
{
    MB_TRY(auto broken, verify_chains());
    return broken ? Result<std::optional<BrokenLink>>(std::move(broken)) : verify_log();
}

Result<std::optional<Store::BrokenLink>> Store::verify_log()
{
    MB_TRY(auto select, database_->prepare("SELECT device, counter, hash, seq, log_hash FROM journal "
                                           "WHERE seq IS NOT NULL ORDER BY seq"));
    Cursor place;
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return std::optional<BrokenLink>();
        place = {place.seq + 1, crypto::blake2b(place.log_hash, select.blob(2))};
        if (select.integer(3) != static_cast<std::int64_t>(place.seq) ||
            select.blob(4) != Bytes(place.log_hash.begin(), place.log_hash.end()))
            return std::optional(BrokenLink{DeviceId(select.text(0)),
                                            static_cast<std::uint64_t>(select.integer(1)),
                                            fmt::format("it is not what stood at {} in the log", place.seq)});
    }
}

Result<std::optional<Store::BrokenLink>> Store::verify_chains()
{
    MB_TRY(auto select,
           database_->prepare("SELECT device, epoch, counter, bytes, previous, hash FROM journal "
                              "ORDER BY device, epoch, counter"));
    std::string device;
    std::int64_t epoch = -1;
    Chain chain;
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return std::optional<BrokenLink>();
        if (select.text(0) != device || select.integer(1) != epoch) {
            device = select.text(0);
            epoch = select.integer(1);
            chain = {};
        }
        const auto counter = static_cast<std::uint64_t>(select.integer(2));
        const auto broken = [&](std::string why) {
            return std::optional(BrokenLink{DeviceId(device), counter, std::move(why)});
        };
        if (counter != chain.counter + 1)
            return broken(fmt::format("fact {} is missing", chain.counter + 1));
        if (select.blob(4) != Bytes(chain.hash.begin(), chain.hash.end()))
            return broken("it does not follow the fact before it");
        chain = {counter, chain_hash(chain.hash, select.text(3))};
        if (select.blob(5) != Bytes(chain.hash.begin(), chain.hash.end()))
            return broken("its bytes or its hash were changed");
    }
}

Result<std::vector<Store::JournalRow>> Store::journal(std::size_t limit)
{
    MB_TRY(auto select, database_->prepare("SELECT seq, coalesce(verdict, 'waiting'), bytes FROM journal "
                                           "ORDER BY seq IS NULL DESC, seq DESC, counter DESC LIMIT ?"));
    select.bind({limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(limit)});
    std::vector<JournalRow> rows;
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            break;
        JournalRow found{{}, select.text(1), select.text(2)};
        if (!select.is_null(0))
            found.seq = static_cast<std::uint64_t>(select.integer(0));
        rows.push_back(std::move(found));
    }
    std::reverse(rows.begin(), rows.end());
    return rows;
}

} // namespace montbrillant
