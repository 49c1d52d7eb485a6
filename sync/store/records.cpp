// SPDX-License-Identifier: Apache-2.0
// Sealed records of people, in layers as states are: what the registry ordered, in front of it what this
// device wrote and is still on its way, beside it what lost to an earlier claim.
#include "sync/store/store.hpp"

#include <algorithm>

namespace montbrillant {

Result<> Store::write_record(const SealedRecord& record)
{
    if (is_erased(record.delegate))
        return {};
    MB_TRY(auto* upsert,
           statement("INSERT INTO record (delegate, key, sealed) VALUES (?, ?, ?) "
                     "ON CONFLICT (delegate) DO UPDATE SET key = excluded.key, sealed = excluded.sealed"));
    const crypto::Hash key = KeyStore::key_id(record.wrapped_key);
    return upsert->run({record.delegate.str(), BytesView(key), BytesView(record.sealed)});
}

Result<> Store::write_own_record(const SealedRecord& record, std::uint64_t counter)
{
    if (is_erased(record.delegate))
        return {};
    MB_TRY(auto* upsert,
           statement("INSERT INTO own_record (delegate, counter, key, sealed) VALUES (?, ?, ?, ?) "
                     "ON CONFLICT (delegate) DO UPDATE SET counter = excluded.counter, "
                     "key = excluded.key, sealed = excluded.sealed"));
    const crypto::Hash key = KeyStore::key_id(record.wrapped_key);
    return upsert->run({record.delegate.str(), static_cast<std::int64_t>(counter), BytesView(key),
                        BytesView(record.sealed)});
}

Result<> Store::write_proposal(const FactId& conflict, const SealedRecord& record)
{
    if (is_erased(record.delegate))
        return {};
    MB_TRY(auto* upsert,
           statement("INSERT INTO proposal (fact, delegate, key, sealed) VALUES (?, ?, ?, ?) "
                     "ON CONFLICT (fact) DO UPDATE SET key = excluded.key, sealed = excluded.sealed"));
    const crypto::Hash key = KeyStore::key_id(record.wrapped_key);
    return upsert->run({conflict.str(), record.delegate.str(), BytesView(key), BytesView(record.sealed)});
}

/// The registry's order is known: a record that lost becomes a proposal, any other is the one of now.
Result<> Store::write_by_fate(const Fact& fact, const Outcome& outcome, const SealedRecord& record)
{
    if (record_fate(outcome) == RecordFate::proposed)
        return write_proposal(fact.id, record);
    return write_record(record);
}

/// People decided: the proposal becomes the record, or goes. `before`: without the deciding fact.
Result<> Store::settle_proposal(const State& before, const Fact& fact)
{
    const auto* resolved = std::get_if<fact::ConflictResolved>(&fact.body);
    return resolved == nullptr
               ? Result<>()
               : settle_proposal(resolved->conflict, promoted_record(before, fact).has_value());
}

Result<> Store::settle_proposal(const FactId& conflict, bool promoted)
{
    if (promoted) {
        MB_TRY(const auto proposed, read_proposal(conflict));
        if (proposed)
            MB_CHECK(write_record(*proposed));
    }
    MB_TRY(auto* forget, statement("DELETE FROM proposal WHERE fact = ?"));
    return forget->run({conflict.str()});
}

/// At an authority a draft is ordered at once; a device keeps its records in front until they come back.
Result<> Store::write_draft_records(const Admitted& draft, std::vector<SealedRecord> records)
{
    for (std::size_t i = 0; i < draft.facts.size(); ++i) {
        const Fact& fact = draft.facts[i];
        if (identity_->authority)
            MB_CHECK(settle_proposal(view(), fact));
        else if (const auto promoted = promoted_record(view(), fact)) {
            MB_TRY(const auto proposed, read_proposal(*promoted));
            if (proposed)
                MB_CHECK(write_own_record(*proposed, fact.counter));
        }
        const auto owner = record_owner(fact.body);
        if (!owner)
            continue;
        const auto theirs =
            std::find_if(records.begin(), records.end(),
                         [&owner](const SealedRecord& record) { return record.delegate == *owner; });
        if (theirs == records.end())
            continue; // participation alone changed
        MB_CHECK(identity_->authority ? write_by_fate(fact, draft.outcomes[i], *theirs)
                                      : write_own_record(*theirs, fact.counter));
        records.erase(theirs);
    }
    if (!records.empty())
        return fail(ErrorKind::input, "a record without a fact that carries it",
                    records.front().delegate.str());
    return {};
}

/// Columns: delegate, sealed, key.
Result<std::optional<SealedRecord>> Store::first_record(sqlite::Statement& select)
{
    MB_TRY(const bool found, select.step());
    std::optional<SealedRecord> record;
    Bytes key;
    if (found) {
        record = SealedRecord{DelegateId(select.text(0)), {}, select.blob(1)};
        key = select.blob(2);
    }
    select.reset();
    if (!record)
        return record;
    MB_TRY(auto wrapped, keys_->wrapped_key(record->delegate, key));
    if (!wrapped)
        return std::optional<SealedRecord>(); // erased: the record is there and nobody can read it
    record->wrapped_key = std::move(*wrapped);
    return record;
}

Result<std::optional<SealedRecord>> Store::read_record(const DelegateId& id)
{
    for (const auto* sql : {"SELECT delegate, sealed, key FROM own_record WHERE delegate = ?",
                            "SELECT delegate, sealed, key FROM record WHERE delegate = ?"}) {
        MB_TRY(auto* select, statement(sql));
        MB_TRY(auto record, first_record(select->bind({id.str()})));
        if (record)
            return record;
    }
    return std::optional<SealedRecord>();
}

Result<std::optional<SealedRecord>> Store::read_proposal(const FactId& conflict)
{
    MB_TRY(auto* select, statement("SELECT delegate, sealed, key FROM proposal WHERE fact = ?"));
    return first_record(select->bind({conflict.str()}));
}

Result<SealedPerson> Store::with_view(SealedRecord record) const
{
    const Delegate* delegate = view().delegates.find(record.delegate);
    return keys_->with_key(std::move(record),
                           delegate == nullptr ? std::nullopt : std::optional(delegate->participation));
}

Result<std::optional<Person>> Store::person(const DelegateId& id)
{
    MB_TRY(auto record, read_record(id));
    if (!record)
        return std::optional<Person>();
    MB_TRY(const auto sealed, with_view(std::move(*record)));
    MB_TRY(auto person, sealed.open());
    return std::optional(std::move(person));
}

Result<std::optional<Person>> Store::proposal(const FactId& conflict)
{
    MB_TRY(const auto record, read_proposal(conflict));
    if (!record)
        return std::optional<Person>();
    MB_TRY(auto person, keys_->open_record(*record));
    return std::optional(std::move(person));
}

Result<> Store::each_sealed(const std::function<void(SealedPerson)>& visit)
{
    MB_TRY(auto select, database_->prepare("SELECT delegate, sealed, key FROM own_record UNION ALL "
                                           "SELECT delegate, sealed, key FROM record WHERE delegate NOT IN "
                                           "(SELECT delegate FROM own_record) ORDER BY delegate"));
    MB_TRY(const auto same_keys, keys_->begin_reading());
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return {};
        SealedRecord record{DelegateId(select.text(0)), {}, select.blob(1)};
        MB_TRY(auto wrapped, keys_->wrapped_key(record.delegate, select.blob(2)));
        if (!wrapped)
            continue;
        record.wrapped_key = std::move(*wrapped);
        MB_TRY(auto sealed, with_view(std::move(record)));
        visit(std::move(sealed));
    }
}

Result<> Store::each_sealed(std::span<const DelegateId> people,
                            const std::function<void(SealedPerson)>& visit)
{
    MB_TRY(const auto same_keys, keys_->begin_reading());
    Result<> all;
    for (const auto& id : people) {
        MB_TRY(auto record, read_record(id));
        if (!record)
            continue;
        auto sealed = with_view(std::move(*record));
        if (sealed)
            visit(std::move(*sealed));
        else if (all)
            all = tl::unexpected(std::move(sealed.error()));
    }
    return all;
}

Result<> Store::each_person(const std::function<void(const Person&)>& visit)
{
    Result<> opened;
    MB_CHECK(each_sealed([&](const SealedPerson& sealed) {
        if (!opened)
            return;
        const auto person = sealed.open();
        if (person)
            visit(*person);
        else
            opened = tl::unexpected(person.error());
    }));
    return opened;
}

} // namespace montbrillant
