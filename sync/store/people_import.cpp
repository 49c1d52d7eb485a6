// SPDX-License-Identifier: Apache-2.0
#include "sync/store/people_import.hpp"

#include "sync/domain/people/person_columns.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace montbrillant {

PeopleImport::PeopleImport(Options options, OnNote on_note, std::unique_ptr<Intake> intake)
    : options_(std::move(options)), on_note_(std::move(on_note)), intake_(std::move(intake)),
      reader_(
          options_.csv, [this](const CsvRow& row, Result<Person> person) { take(row, std::move(person)); },
          [this](const std::vector<CsvFault>& warnings) {
              for (const auto& warning : warnings)
                  on_note_(Note::odd, warning);
          })
{
}

Result<std::unique_ptr<PeopleImport>> PeopleImport::begin(Store& store, Options options, OnNote on_note)
{
    MB_TRY(auto intake, StoreIntake::begin(store, options.actor));
    return into(std::move(intake), std::move(options), std::move(on_note));
}

std::unique_ptr<PeopleImport> PeopleImport::into(std::unique_ptr<Intake> intake, Options options,
                                                 OnNote on_note)
{
    return std::unique_ptr<PeopleImport>(
        new PeopleImport(std::move(options), std::move(on_note), std::move(intake)));
}

Result<> PeopleImport::feed(std::string_view piece)
{
    reader_.feed(piece);
    if (failure_)
        return fail(*failure_);
    return {};
}

void PeopleImport::take(const CsvRow& row, Result<Person> person)
{
    if (failure_)
        return;
    ++counts_.rows;
    for (const auto& fault : row.faults)
        on_note_(Note::bad_row, fault);
    for (const auto& warning : row.warnings)
        on_note_(Note::odd, warning);
    if (!person)
        return bad_row();
    Row good{row.row, row.line, std::move(*person)};
    if (good.person.role == Role::head && heads_.size() < heads_max)
        heads_.push_back(std::move(good));
    else
        take_person(good);
}

void PeopleImport::bad_row()
{
    ++counts_.bad_rows;
    if (!options_.skip_bad)
        intake_->only_admit();
}

void PeopleImport::refuse(const Row& row, std::string what)
{
    CsvFault fault{row.row, row.line};
    fault.what = std::move(what);
    on_note_(Note::bad_row, fault);
    bad_row();
}

void PeopleImport::skip_erased(const Row& row)
{
    ++counts_.erased;
    CsvFault note{row.row, row.line};
    note.what = fmt::format("{} was erased here; the row is skipped", row.person.id.str());
    on_note_(Note::odd, note);
}

void PeopleImport::take_person(const Row& row)
{
    if (auto written = write(row); !written)
        failure_ = written.error();
}

Result<> PeopleImport::write(const Row& row)
{
    const Person& person = row.person;
    // The other system may never have heard of the erasure: its list is not wrong, and nobody comes back.
    if (intake_->is_erased(person.id)) {
        skip_erased(row);
        return {};
    }
    const Delegate* known = intake_->view().delegates.find(person.id);
    if (known != nullptr && !known->letter.empty() && person.flags.contains(Flag::fellow)) {
        refuse(row, "a fellow must have been pre-registered: this person was registered on the spot");
        return {};
    }
    if (known == nullptr || known->provisional) {
        MB_TRY(const bool added,
               add(row, fact::DelegateRegistered{person.id, participation_of(person), false, {}}, person));
        counts_.imported += added ? 1 : 0;
        return {};
    }
    MB_TRY(const auto before, intake_->person(person.id));
    return amend(row, *known, before.value_or(Person{}));
}

Result<> PeopleImport::amend(const Row& row, const Delegate& known, const Person& before)
{
    std::set<std::string> differs = columns_that_differ(before, row.person);
    std::set<std::string> disputed;
    for (const auto& column : known.corrected) {
        if (differs.erase(column) > 0)
            disputed.insert(column);
    }
    Person amended = row.person;
    take_columns(amended, before, disputed);
    if (differs.empty()) {
        ++counts_.unchanged;
    } else {
        MB_TRY(const bool added, add(row,
                                     fact::DelegateAmended{amended.id, participation_of(amended),
                                                           std::move(differs), known.revision},
                                     amended));
        counts_.amended += added ? 1 : 0;
    }
    return disputed.empty() ? Result<>() : dispute(row, disputed);
}

/// Only who orders the log can keep a proposal beside the record; a device's file says it again there.
Result<> PeopleImport::dispute(const Row& row, const std::set<std::string>& columns)
{
    ++counts_.kept;
    CsvFault note{row.row, row.line};
    note.what = fmt::format("{} was corrected on site and stays as it is", fmt::join(columns, ", "));
    on_note_(Note::odd, note);
    if (!intake_->orders())
        return {};
    MB_TRY(const bool known, is_disputed(row, columns));
    if (known)
        return {};
    const Delegate& now = *intake_->view().delegates.find(row.person.id);
    return add(row, fact::DelegateAmended{row.person.id, participation_of(row.person), columns, now.revision},
               row.person)
        .map([](bool) {});
}

/// Staff have this very claim before them, or have decided on one about the same columns.
Result<bool> PeopleImport::is_disputed(const Row& row, const std::set<std::string>& columns)
{
    if (!disputes_)
        index_disputes();
    const auto found = disputes_->find(row.person.id);
    if (found == disputes_->end())
        return false;
    for (const auto& id : found->second) {
        const Conflict& conflict = *intake_->view().conflicts.find(id);
        if (conflict.open) {
            MB_TRY(const auto proposed, intake_->proposal(id));
            if (proposed && *proposed == row.person)
                return true;
            continue;
        }
        const auto claim = parse_fact(conflict.claim);
        const auto* amended = claim ? std::get_if<fact::DelegateAmended>(&claim->body) : nullptr;
        if (amended != nullptr && amended->changed == columns &&
            amended->participation == participation_of(row.person))
            return true;
    }
    return false;
}

void PeopleImport::index_disputes()
{
    disputes_.emplace();
    intake_->view().conflicts.each([this](const FactId& id, const Conflict& conflict) {
        if (conflict.kind == name_of(ConflictKind::import_over_correction) && !conflict.subjects.empty())
            (*disputes_)[DelegateId(conflict.subjects.front())].push_back(id);
    });
}

/// False when the rules do not take it: the row is then a bad one.
Result<bool> PeopleImport::add(const Row& row, Body body, const Person& record)
{
    MB_TRY(const Outcome outcome, intake_->add(std::move(body), record));
    if (outcome.verdict == Verdict::rejected || outcome.verdict == Verdict::duplicate) {
        refuse(row, outcome.reason);
        return false;
    }
    if (changed_.empty() || changed_.back() != row.person.id)
        changed_.push_back(row.person.id);
    if (outcome.verdict == Verdict::conflict) {
        ++counts_.tasks;
        CsvFault task{row.row, row.line};
        task.what = outcome.reason + ": staff must decide";
        on_note_(Note::task, task);
    }
    return true;
}

Result<PeopleImport::Counts> PeopleImport::finish()
{
    const CsvSummary summary = reader_.finish();
    for (const auto& head : heads_) {
        if (!failure_)
            take_person(head);
    }
    heads_.clear();
    if (failure_)
        return fail(*failure_);
    for (const auto& fault : summary.file_faults)
        on_note_(Note::bad_file, fault);
    if (!summary.file_faults.empty())
        return fail(ErrorKind::input, "the file cannot be used; nothing was imported", options_.csv.file);
    if (counts_.bad_rows > 0 && !options_.skip_bad)
        return fail(
            ErrorKind::input,
            fmt::format("{} of {} rows are bad; nothing was imported", counts_.bad_rows, counts_.rows),
            options_.csv.file, "correct them, or import the good ones with --skip-bad");
    MB_CHECK(intake_->commit());
    return counts_;
}

PeopleImport::Missing PeopleImport::missing(std::size_t first_max) const
{
    Missing missing;
    std::set<DelegateId> first;
    intake_->view().delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        if (delegate.provisional || delegate.erased ||
            delegate.participation.state == Registration::cancelled || reader_.has_id(id))
            return;
        ++missing.count;
        first.insert(id);
        if (first.size() > first_max)
            first.erase(std::prev(first.end()));
    });
    missing.first.assign(first.begin(), first.end());
    return missing;
}

} // namespace montbrillant
