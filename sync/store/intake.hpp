// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Facts about a great many people as one transaction: a file of them is in the journal as a whole or not at
/// all, whatever ends the process before `commit` returns. Memory does not grow with the records: they are
/// sealed and written as they come, into the write-ahead log that a crash drops. Keys of an import that came
/// to nothing stay behind and are harmless.
///
/// While an intake lives the store takes no other write. Thread: the store's.

#include "sync/store/store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace montbrillant {

class Intake {
public:
    /// `store` must outlive the object and stay where it is. `actor` signs the facts.
    [[nodiscard]] static Result<std::unique_ptr<Intake>> begin(Store& store, std::string actor);
    /// Without `commit` nothing has happened.
    ~Intake();
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    /// What the store's view will be; every accepted fact is in it already.
    [[nodiscard]] const State& view() const { return scratch_; }

    /// Accepted facts and conflicts are written with the person's record; duplicate and rejected ones are
    /// not.
    [[nodiscard]] Result<Outcome> add(Body body, const Person& record);

    /// From now on facts are admitted and no longer written: the rest of a file whose import has failed is
    /// only looked through.
    void only_admit();

    [[nodiscard]] Result<> commit();

    static constexpr std::size_t facts_per_write = 1000;

private:
    Intake(Store& store, std::string actor);
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
