// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A CSV of people taken into the store, piece by piece: all rows in one transaction, or none and every fault
/// named; with `skip_bad` the good ones. A second import amends by registration id what differs, and cancels
/// nobody. What staff corrected on site stays; what the file says instead becomes a task, once. Memory grows
/// with the number of people, not with what is said of them.
///
/// Heads of delegations are taken last: whoever leaves that post in the file makes room first, wherever the
/// rows stand. A second head is registered and becomes a task.
///
/// Thread: the store's.

#include "sync/domain/people/people_csv.hpp"
#include "sync/store/intake.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace montbrillant {

class PeopleImport {
public:
    struct Options {
        CsvOptions csv;
        bool skip_bad = false;
        std::string actor = "import";
    };
    enum class Note {
        bad_row, ///< and not imported
        bad_file,
        odd,  ///< and imported
        task, ///< imported, and staff must decide something
    };
    using OnNote = std::function<void(Note, const CsvFault&)>;

    struct Counts {
        std::size_t rows{};
        std::size_t imported{};
        std::size_t amended{};
        std::size_t unchanged{};
        std::size_t bad_rows{};
        std::size_t erased{}; ///< rows of people who were erased: skipped
        std::size_t kept{};   ///< people of whom something that was corrected on site stays
        std::size_t tasks{};  ///< conflicts opened
    };

    /// `store` must outlive the object. `on_note` is called in the order of the rows, heads excepted.
    [[nodiscard]] static Result<std::unique_ptr<PeopleImport>> begin(Store& store, Options options,
                                                                     OnNote on_note);
    /// The same into any store; the actor is then the intake's.
    [[nodiscard]] static std::unique_ptr<PeopleImport> into(std::unique_ptr<Intake> intake, Options options,
                                                            OnNote on_note);

    /// An error when the store fails; the file's own faults are notes.
    [[nodiscard]] Result<> feed(std::string_view piece);
    /// Nothing more of the file can be used: the rest need not be fed.
    [[nodiscard]] bool gave_up() const { return reader_.gave_up(); }
    /// So far; `rows` counts what was read.
    [[nodiscard]] const Counts& counts() const { return counts_; }
    /// Commits, or refuses with everything as it was before.
    [[nodiscard]] Result<Counts> finish();

    /// After `finish`: who was registered or amended.
    [[nodiscard]] const std::vector<DelegateId>& changed() const { return changed_; }

    struct Missing {
        std::size_t count{};
        std::vector<DelegateId> first; ///< of them, in order
    };
    /// After `finish`: registered and not in the file; nobody is cancelled for that.
    [[nodiscard]] Missing missing(std::size_t first_max) const;

private:
    PeopleImport(Options options, OnNote on_note, std::unique_ptr<Intake> intake);
    struct Row {
        std::size_t row{};
        std::size_t line{};
        Person person;
    };
    void take(const CsvRow& row, Result<Person> person);
    void take_person(const Row& row);
    [[nodiscard]] Result<> write(const Row& row);
    [[nodiscard]] Result<> amend(const Row& row, const Delegate& known, const Person& before);
    [[nodiscard]] Result<> dispute(const Row& row, const std::set<std::string>& columns);
    [[nodiscard]] Result<bool> is_disputed(const Row& row, const std::set<std::string>& columns);
    void index_disputes();
    [[nodiscard]] Result<bool> add(const Row& row, Body body, const Person& record);
    void refuse(const Row& row, std::string what);
    void skip_erased(const Row& row);
    void bad_row();

    /// More heads than any meeting has delegations; the rest of an absurd file is taken as it comes.
    static constexpr std::size_t heads_max = 10'000;

    Options options_;
    OnNote on_note_;
    std::unique_ptr<Intake> intake_;
    PeopleCsvReader reader_;
    std::vector<Row> heads_;
    std::vector<DelegateId> changed_;
    std::optional<std::unordered_map<DelegateId, std::vector<FactId>>> disputes_; ///< made at the first need
    Counts counts_;
    std::optional<Error> failure_; ///< of the store; nothing after it counts
};

} // namespace montbrillant
