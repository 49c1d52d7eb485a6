// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Facts about a great many people as one transaction: a file of them is in the journal as a whole or not at
/// all, whatever ends the process before `commit` returns. Memory does not grow with the records: they are
/// sealed and written as they come, into a transaction that a crash drops. Keys of an import that came to
/// nothing may stay behind and are harmless.
///
/// While an intake lives its store takes no other write. Thread: the store's.

#include "sync/store/store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace montbrillant {

class Intake {
public:
    /// Without `commit` nothing has happened.
    virtual ~Intake() = default;
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    /// What the store's view will be; every accepted fact is in it already.
    [[nodiscard]] virtual const State& view() const = 0;
    /// Whether facts get their place in the log here; only then is a record that lost kept as a proposal.
    [[nodiscard]] virtual bool orders() const = 0;
    [[nodiscard]] virtual bool is_erased(const DelegateId& id) const = 0;
    /// As it was before this intake.
    [[nodiscard]] virtual Result<std::optional<Person>> person(const DelegateId& id) = 0;
    [[nodiscard]] virtual Result<std::optional<Person>> proposal(const FactId& conflict) = 0;

    /// Accepted facts and conflicts are written with the person's record; duplicate and rejected ones are
    /// not.
    [[nodiscard]] virtual Result<Outcome> add(Body body, const Person& record) = 0;

    /// From now on facts are admitted and no longer written: the rest of a file whose import has failed is
    /// only looked through.
    virtual void only_admit() = 0;

    [[nodiscard]] virtual Result<> commit() = 0;

    static constexpr std::size_t facts_per_write = 1000;

protected:
    Intake() = default;
};

/// Into a folder, of a device or of an authority.
class StoreIntake final : public Intake {
public:
    /// `store` must outlive the object and stay where it is. `actor` signs the facts.
    [[nodiscard]] static Result<std::unique_ptr<Intake>> begin(Store& store, std::string actor);
    ~StoreIntake() override;
    StoreIntake(const StoreIntake&) = delete;
    StoreIntake& operator=(const StoreIntake&) = delete;

    [[nodiscard]] const State& view() const override { return scratch_; }
    [[nodiscard]] bool orders() const override { return store_.identity()->authority; }
    [[nodiscard]] bool is_erased(const DelegateId& id) const override { return store_.is_erased(id); }
    [[nodiscard]] Result<std::optional<Person>> person(const DelegateId& id) override;
    [[nodiscard]] Result<std::optional<Person>> proposal(const FactId& conflict) override;
    [[nodiscard]] Result<Outcome> add(Body body, const Person& record) override;
    void only_admit() override;
    [[nodiscard]] Result<> commit() override;

private:
    StoreIntake(Store& store, std::string actor);
    [[nodiscard]] Result<> write_waiting();
    [[nodiscard]] Result<> write_row(const Fact& fact, StoredFact& stored, const Outcome& outcome);

    struct Admitted {
        Fact fact;
        StoredFact stored;
        Outcome outcome;
    };

    Store& store_;
    std::string actor_;
    State scratch_;
    Store::Chain chain_;
    Cursor head_;
    std::optional<sqlite::Transaction> transaction_; ///< none: nothing written yet, or only admitting
    bool writes_ = true;
    std::vector<Admitted> waiting_; ///< admitted and not yet written
    std::vector<Person> people_;    ///< the records of `waiting_`
    std::vector<EntityKey> changes_;
    std::vector<Fact> on_their_way_; ///< device: all of them, for the overlay
};

} // namespace montbrillant
