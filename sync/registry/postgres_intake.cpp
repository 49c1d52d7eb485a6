// SPDX-License-Identifier: Apache-2.0
// A file of people becomes facts of the registry's own, in one turn of this node.
#include "sync/registry/postgres_rows.hpp"
#include "sync/registry/postgres_turn.hpp"

#include <deque>

namespace montbrillant::registry {

/// Rows go into the open transaction as they come. The key of whoever was looked up last is at hand: their
/// new record is sealed under the same one.
class PostgresLedger::PeopleIntake final : public Intake {
public:
    PeopleIntake(PostgresLedger& ledger, std::string actor, Turn turn, const ChainEnd& chain)
        : ledger_(ledger), actor_(std::move(actor)), turn_(std::move(turn)), chain_(chain),
          ordering_(*ledger.state_, ledger.head_), view_(ordering_.state()),
          rows_(ledger, turn_->connection(), view_)
    {
    }

    [[nodiscard]] const State& view() const override { return view_; }
    [[nodiscard]] bool orders() const override { return true; }
    [[nodiscard]] bool is_erased(const DelegateId& id) const override { return rows_.is_erased(id); }
    [[nodiscard]] Result<std::optional<Person>> person(const DelegateId& id) override;
    [[nodiscard]] Result<std::optional<Person>> proposal(const FactId& conflict) override;
    [[nodiscard]] Result<Outcome> add(Body body, const Person& record) override;
    void only_admit() override;
    [[nodiscard]] Result<> commit() override;

private:
    [[nodiscard]] Fact next(Body body) const;
    [[nodiscard]] Result<> write_waiting();

    PostgresLedger& ledger_;
    std::string actor_;
    std::optional<Turn> turn_; ///< none: only admitting
    ChainEnd chain_;
    Ordering ordering_;
    const State& view_; ///< of `ordering_`
    Rows rows_;
    std::deque<StoredFact> waiting_; ///< in `rows_`, which points to them
    std::size_t written_ = 0;        ///< of the changes that `ordering_` counted
    std::optional<SealedRecord> looked_up_;
};

Result<std::optional<Person>> PostgresLedger::PeopleIntake::person(const DelegateId& id)
{
    MB_TRY(looked_up_, ledger_.record_of(id));
    if (!looked_up_)
        return std::optional<Person>();
    MB_TRY(auto person, ledger_.open_person(*looked_up_));
    return std::optional(std::move(person));
}

Result<std::optional<Person>> PostgresLedger::PeopleIntake::proposal(const FactId& conflict)
{
    MB_TRY(const auto proposed, ledger_.proposal_of(conflict));
    if (!proposed)
        return std::optional<Person>();
    MB_TRY(auto person, ledger_.keys_->open_record(*proposed));
    return std::optional(std::move(person));
}

Fact PostgresLedger::PeopleIntake::next(Body body) const
{
    const WallTime now = ledger_.clock_->wall();
    return {FactId(uuid7(now, *ledger_.random_)),
            ledger_.identity_.device,
            ledger_.identity_.epoch,
            chain_.counter + 1,
            now,
            ledger_.clock_->mono(),
            actor_,
            std::move(body)};
}

Result<Outcome> PostgresLedger::PeopleIntake::add(Body body, const Person& record)
{
    Fact fact = next(std::move(body));
    Outcome outcome = admit(ordering_.state(), fact);
    if (outcome.verdict == Verdict::duplicate || outcome.verdict == Verdict::rejected)
        return outcome;
    if (!turn_) {
        ++chain_.counter;
        static_cast<void>(apply(ordering_.state(), fact, outcome));
        return outcome;
    }
    MB_TRY(StoredFact stored, next_link(fact, chain_));
    const bool known = looked_up_ && looked_up_->delegate == record.id;
    MB_TRY(stored.record,
           ledger_.keys_->seal_under(known ? std::optional(looked_up_->wrapped_key) : std::nullopt, record));
    waiting_.push_back(std::move(stored));
    MB_TRY(outcome, ordering_.place(waiting_.back(), rows_));
    if (waiting_.size() >= facts_per_write)
        MB_CHECK(write_waiting());
    return outcome;
}

void PostgresLedger::PeopleIntake::only_admit() { turn_.reset(); }

Result<> PostgresLedger::PeopleIntake::write_waiting()
{
    rows_.queue();
    const auto changes = std::span(ordering_.changes()).subspan(written_);
    ledger_.queue_entities(turn_->connection(), ordering_.state(),
                           each_once({changes.begin(), changes.end()}));
    written_ = ordering_.changes().size();
    MB_CHECK(turn_->connection().finish().map([](const auto&) {}));
    waiting_.clear();
    return {};
}

Result<> PostgresLedger::PeopleIntake::commit()
{
    if (!turn_)
        return fail(ErrorKind::refused, "the import was given up");
    MB_CHECK(write_waiting());
    MB_CHECK(turn_->commit(std::to_string(ordering_.head().seq)));
    turn_.reset();
    return ledger_.take_over(ordering_, rows_);
}

Result<std::unique_ptr<Intake>> PostgresLedger::take_in(const std::string& actor)
{
    MB_TRY(auto turn, Turn::begin(*this));
    MB_TRY(const auto chain, chain_of(identity_.device, identity_.epoch));
    return std::make_unique<PeopleIntake>(*this, actor, std::move(turn), chain);
}

} // namespace montbrillant::registry
