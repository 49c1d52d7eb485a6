// SPDX-License-Identifier: Apache-2.0
#include "sync/store/intake.hpp"

#include "sync/base/crash_point.hpp"

#include <algorithm>
#include <iterator>

namespace montbrillant {

StoreIntake::StoreIntake(Store& store, std::string actor)
    : store_(store), actor_(std::move(actor)), scratch_(&store.view()), chain_{store.counter_, store.chain_},
      head_(store.head_)
{
}

Result<std::unique_ptr<Intake>> StoreIntake::begin(Store& store, std::string actor)
{
    MB_CHECK(store.may_write_facts());
    return std::unique_ptr<Intake>(new StoreIntake(store, std::move(actor)));
}

StoreIntake::~StoreIntake() = default;

Result<std::optional<Person>> StoreIntake::person(const DelegateId& id) { return store_.person(id); }

Result<std::optional<Person>> StoreIntake::proposal(const FactId& conflict)
{
    return store_.proposal(conflict);
}

Result<Outcome> StoreIntake::add(Body body, const Person& record)
{
    Store::Chain chain = chain_;
    Clock& clock = *store_.clock_;
    Fact fact{FactId(uuid7(clock.wall(), *store_.random_)),
              store_.identity_->device,
              store_.identity_->epoch,
              chain.counter + 1,
              clock.wall(),
              clock.mono(),
              actor_,
              std::move(body)};
    MB_TRY(StoredFact stored, next_link(fact, chain));
    Outcome outcome = admit(scratch_, fact);
    if (outcome.verdict == Verdict::duplicate || outcome.verdict == Verdict::rejected)
        return outcome;
    auto changes = apply(scratch_, fact, outcome);
    chain_ = chain;
    if (!writes_)
        return outcome;
    std::move(changes.begin(), changes.end(), std::back_inserter(changes_));
    waiting_.push_back({std::move(fact), std::move(stored), outcome});
    people_.push_back(record);
    if (waiting_.size() >= facts_per_write)
        MB_CHECK(write_waiting());
    return outcome;
}

void StoreIntake::only_admit()
{
    writes_ = false;
    transaction_.reset();
    waiting_.clear();
    people_.clear();
    changes_.clear();
    on_their_way_.clear();
}

Result<> StoreIntake::write_row(const Fact& fact, StoredFact& stored, const Outcome& outcome)
{
    if (const auto owner = record_owner(fact.body))
        stored.record = SealedRecord{*owner, {}, {}};
    Store::Row row{&stored, fact.id.str(), kind_of(fact.body), {}, outcome, {}};
    if (store_.identity_->authority) {
        head_ = {head_.seq + 1, crypto::blake2b(head_.log_hash, stored.hash)};
        row.seq = head_.seq;
        row.log_hash = head_.log_hash;
    }
    return store_.insert_row(row);
}

Result<> StoreIntake::write_waiting()
{
    MB_TRY(const auto records, store_.keys_->seal(people_));
    if (!transaction_) {
        MB_TRY(auto transaction, store_.database_->begin_immediate());
        transaction_.emplace(std::move(transaction));
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        auto& [fact, stored, outcome] = waiting_[i];
        MB_CHECK(write_row(fact, stored, outcome));
        MB_CHECK(store_.identity_->authority ? store_.write_by_fate(fact, outcome, records[i])
                                             : store_.write_own_record(records[i], fact.counter));
        if (!store_.identity_->authority)
            on_their_way_.push_back(std::move(fact));
    }
    if (store_.identity_->authority)
        MB_CHECK(store_.write_entities(scratch_, changes_));
    waiting_.clear();
    people_.clear();
    changes_.clear();
    crash_point("intake.written");
    return {};
}

Result<> StoreIntake::commit()
{
    if (!writes_)
        return fail(ErrorKind::refused, "the import was given up");
    MB_CHECK(write_waiting());
    const Store::Step step{{}, head_.seq, true};
    if (store_.identity_->authority)
        MB_CHECK(store_.project(scratch_, step));
    crash_point("intake.before_commit");
    MB_CHECK(transaction_->commit());
    crash_point("intake.committed");
    transaction_.reset();
    store_.counter_ = chain_.counter;
    store_.chain_ = chain_.hash;
    store_.head_ = head_;
    if (store_.identity_->authority) {
        store_.confirmed_->absorb(scratch_);
        store_.projected(true, step);
        return {};
    }
    for (auto& fact : on_their_way_) {
        const std::uint64_t counter = fact.counter;
        store_.waiting_.push_back({counter, std::move(fact)});
    }
    store_.show(scratch_);
    return {};
}

} // namespace montbrillant
