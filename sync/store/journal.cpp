// SPDX-License-Identifier: Apache-2.0
// The local side of the store: own facts become rows.
#include "sync/base/crash_point.hpp"
#include "sync/store/store.hpp"

#include <algorithm>

namespace montbrillant {

std::string_view Store::conflict_name(const Outcome& outcome)
{
    return outcome.conflict ? name_of(*outcome.conflict) : std::string_view();
}

RowSum Store::sum_of(const crypto::Hash& log_hash, const Outcome& outcome)
{
    return outcome_sum(log_hash, name_of(outcome.verdict), conflict_name(outcome), outcome.reason);
}

Result<> Store::insert_row(const Row& row)
{
    MB_TRY(
        auto* insert,
        statement(
            "INSERT INTO journal (device, epoch, counter, seq, id, kind, verdict, conflict, reason, bytes, "
            "previous, hash, log_hash, delegate, sum) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    const StoredFact& fact = *row.fact;
    const bool ordered = row.seq.has_value();
    using sqlite::Value;
    const Value nothing = nullptr;
    const std::string_view conflict = conflict_name(row.outcome);
    const RowSum sum = ordered ? sum_of(row.log_hash, row.outcome) : RowSum{};
    return insert->run({fact.device.str(), std::int64_t{fact.epoch}, static_cast<std::int64_t>(fact.counter),
                        ordered ? Value(static_cast<std::int64_t>(*row.seq)) : nothing, row.id, row.kind,
                        ordered ? Value(name_of(row.outcome.verdict)) : nothing,
                        !ordered || conflict.empty() ? nothing : Value(conflict),
                        ordered ? Value(row.outcome.reason) : nothing, fact.bytes, BytesView(fact.previous),
                        BytesView(fact.hash), ordered ? Value(BytesView(row.log_hash)) : nothing,
                        fact.record ? Value(fact.record->delegate.str()) : nothing,
                        ordered ? Value(BytesView(sum)) : nothing});
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
        job.place = static_cast<std::int64_t>(fact.counter);
        MB_CHECK(print_jobs_->insert(job));
    }
    return {};
}

Result<Store::Admitted> Store::admit_draft(const Draft& draft, State& scratch)
{
    Admitted admitted;
    admitted.chain = {counter_, chain_};
    admitted.facts.reserve(draft.facts.size());
    admitted.outcomes.reserve(draft.facts.size());
    admitted.rows.reserve(draft.facts.size());
    for (const auto& body : draft.facts) {
        Fact fact{FactId(uuid7(clock_->wall(), *random_)),
                  identity_->device,
                  identity_->epoch,
                  admitted.chain.counter + 1,
                  clock_->wall(),
                  clock_->mono(),
                  draft.actor,
                  body};
        MB_TRY(StoredFact row, next_link(fact, admitted.chain));
        Outcome outcome = admit(scratch, fact);
        const bool task = outcome.verdict == Verdict::conflict && draft.tasks_allowed;
        if (outcome.verdict != Verdict::accepted && !task)
            return fail(ErrorKind::refused, outcome.reason, std::string(kind_of(body)));
        for (auto& change : apply(scratch, fact, outcome))
            admitted.changes.push_back(std::move(change));
        if (const auto owner = record_owner(fact.body))
            row.record = SealedRecord{*owner, {}, {}};
        admitted.rows.push_back(std::move(row));
        admitted.facts.push_back(std::move(fact));
        admitted.outcomes.push_back(std::move(outcome));
    }
    return admitted;
}

Result<> Store::may_write_facts()
{
    MB_CHECK(require(Side::any));
    if (pull_first_)
        return fail(ErrorKind::storage,
                    "this device was rebuilt after damage and has not heard from its registry", {},
                    "connect it to the registry once; meanwhile use another device");
    return {};
}

Result<std::vector<Fact>> Store::commit(const Draft& draft)
{
    MB_CHECK(may_write_facts());
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
    const bool erases = std::any_of(draft.facts.begin(), draft.facts.end(), is_erasure);
    const Step step{admitted.changes, head.seq, erases};
    bool written = false;
    if (identity_->authority) {
        MB_TRY(written, project(scratch, step));
    }
    MB_CHECK(write_draft_records(admitted, std::move(records)));
    for (const auto& [key, value] : draft.settings)
        MB_CHECK(set_setting(key, value));
    crash_point("store.before_commit");
    MB_CHECK(transaction.commit());
    crash_point("store.committed");

    counter_ = admitted.chain.counter;
    chain_ = admitted.chain.hash;
    head_ = head;
    if (identity_->authority) {
        confirmed_->absorb(scratch);
        projected(written, step);
        if (erases)
            MB_CHECK(finish_erasures());
        return std::move(admitted.facts);
    }
    for (const auto& fact : admitted.facts)
        waiting_.push_back({fact.counter, fact});
    show(scratch);
    return std::move(admitted.facts);
}

} // namespace montbrillant
