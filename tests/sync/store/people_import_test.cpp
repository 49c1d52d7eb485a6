// SPDX-License-Identifier: Apache-2.0
#include "sync/store/people_import.hpp"
#include "tests/sync/store/store_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

const std::string header = "registration_id,family_name,badge_name,category,delegation,role,language\n";

std::string row(const std::string& id, const std::string& name, const std::string& role = "delegate")
{
    return id + "," + name + "," + name + ",member_state,FRA," + role + ",en\n";
}

/// One import with what it said.
struct Import {
    std::vector<std::pair<PeopleImport::Note, std::string>> notes;
    std::unique_ptr<PeopleImport> people;

    explicit Import(Store& store, bool skip_bad = false)
        : people(must(PeopleImport::begin(store, {{}, skip_bad, "import"},
                                          [this](PeopleImport::Note kind, const CsvFault& fault) {
                                              notes.emplace_back(kind, fault.text());
                                          })))
    {
    }
    Result<PeopleImport::Counts> read(const std::string& text)
    {
        must(people->feed(text));
        return people->finish();
    }
};

std::size_t records_on_disk(const Site& site)
{
    auto database = must(sqlite::Database::open(site.database(), site.disk));
    auto count = must(database.prepare("SELECT count(*) FROM record"));
    REQUIRE(must(count.step()));
    return static_cast<std::size_t>(count.integer(0));
}

} // namespace

TEST_CASE("an import is one transaction: until it ends another reader sees nobody")
{
    Authority site;
    site.disk.shared = true;
    site.open();
    std::string text = header;
    for (int i = 0; i < 2500; ++i)
        text += row("R-" + std::to_string(i), "A");
    Import import(*site.store);
    must(import.people->feed(text));
    CHECK(import.people->counts().imported == 2500);
    CHECK(records_on_disk(site) == 0);
    CHECK(site.store->view().delegates.own().empty());
    must(import.people->finish());
    CHECK(records_on_disk(site) == 2500);
    CHECK(site.store->view().delegates.own().size() == 2500);
    CHECK_FALSE(must(site.store->verify_journal()));
    CHECK(site.open().view().delegates.own().size() == 2500);
    CHECK(must(site.store->person(DelegateId("R-2499")))->family_name == "A");
}

TEST_CASE("an import that is given up half way leaves the store as it was and free for the next")
{
    Authority site;
    std::string text = header;
    for (int i = 0; i < 1500; ++i)
        text += row("R-" + std::to_string(i), "A");
    {
        Import import(*site.store);
        must(import.people->feed(text));
    }
    CHECK(site.store->view().delegates.own().empty());
    CHECK(site.store->log_head() == 0);
    must(site.store->commit(registration("R-9999")));
    CHECK(site.open().view().delegates.own().size() == 1);
    CHECK_FALSE(must(site.store->verify_journal()));
}

TEST_CASE("one bad row and the store keeps nothing, and with skip_bad it keeps the rest")
{
    Authority site;
    const std::string text = header + row("R-1", "A") + row("R-2", "") + row("R-3", "C");
    Import all(*site.store);
    const auto refused = all.read(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::input);
    CHECK(site.store->log_head() == 0);
    Import some(*site.store, true);
    CHECK(must(some.read(text)).imported == 2);
    REQUIRE(some.notes.size() == 2);
    CHECK(some.notes[0].first == PeopleImport::Note::bad_row);
    CHECK(site.open().view().delegates.own().size() == 2);
}

TEST_CASE("whoever leaves the post of head makes room, wherever the rows stand")
{
    Authority site;
    must(Import(*site.store).read(header + row("R-1", "A", "head")));
    Import swap(*site.store);
    const auto counts = must(swap.read(header + row("R-2", "B", "head") + row("R-1", "A")));
    CHECK(counts.tasks == 0);
    CHECK(site.store->view().delegations.find("FRA")->head == DelegateId("R-2"));
}

TEST_CASE("a second head is registered, named in a task, and stands in the journal as a conflict")
{
    Authority site;
    Import import(*site.store);
    const auto counts = must(import.read(header + row("R-1", "A", "head") + row("R-2", "B", "head")));
    CHECK(counts.imported == 2);
    CHECK(counts.tasks == 1);
    REQUIRE_FALSE(import.notes.empty());
    CHECK(import.notes.back() ==
          std::pair(PeopleImport::Note::task,
                    std::string("row 3: the delegation already has a head: staff must decide")));
    Store& again = site.open();
    CHECK(again.view().delegations.find("FRA")->head == DelegateId("R-1"));
    REQUIRE(again.view().conflicts.own().size() == 1);
    CHECK(again.view().conflicts.own().begin()->second.kind == "two_heads");
    CHECK(must(again.person(DelegateId("R-2"))));
    // The same file again says nothing new.
    Import repeat(again);
    const auto same = must(repeat.read(header + row("R-1", "A", "head") + row("R-2", "B", "head")));
    CHECK(same.unchanged == 2);
    CHECK(same.tasks == 0);
}

TEST_CASE("a device's import waits for the registry and is the same people there")
{
    Authority registry;
    Device kiosk("K1", registry.keys);
    Import import(*kiosk.store);
    CHECK(must(import.read(header + row("R-1", "A", "head") + row("R-2", "B", "head"))).imported == 2);
    CHECK(kiosk.store->waiting() == 2);
    CHECK(kiosk.open().view().delegates.find(DelegateId("R-2")) != nullptr); // rebuilt from the waiting facts
    push(kiosk, registry);
    CHECK(registry.store->view().conflicts.own().size() == 1);
    CHECK(must(registry.store->person(DelegateId("R-2")))->family_name == "B");
    pull(kiosk, registry);
    CHECK(kiosk.store->waiting() == 0);
    CHECK(kiosk.store->confirmed().conflicts.own().size() == 1);
}

TEST_CASE("who is registered and not in the file is named, and bad rows count as being there")
{
    Authority site;
    must(Import(*site.store).read(header + row("R-1", "A") + row("R-2", "B") + row("R-3", "C")));
    Import import(*site.store, true);
    must(import.read(header + row("R-2", "B") + row("R-3", "")));
    const auto missing = import.people->missing(10);
    CHECK(missing.count == 1);
    CHECK(missing.first == std::vector{DelegateId("R-1")});
    CHECK(import.people->missing(0).first.empty());
    CHECK(site.store->view().delegates.find(DelegateId("R-1"))->participation.state ==
          Registration::approved);
}

TEST_CASE("an erased person's row is skipped and named, and nothing is kept of them again")
{
    Authority site;
    must(Import(*site.store).read(header + row("R-1", "A") + row("R-2", "B")));
    must(site.store->key_store().erase(std::vector{DelegateId("R-1")}));
    Import import(*site.store, true);
    const auto counts = must(import.read(header + row("R-1", "A") + row("R-2", "C")));
    CHECK(counts.erased == 1);
    CHECK(counts.amended == 1);
    REQUIRE(import.notes.size() == 1);
    CHECK(import.notes[0].second == "row 2: R-1 was erased here; the row is skipped");
    CHECK_FALSE(must(site.store->person(DelegateId("R-1"))));
}

namespace {

/// Staff write the person's family name as it should be.
void correct(Store& store, const std::string& id, const std::string& family_name)
{
    Person person = *must(store.person(DelegateId(id)));
    person.family_name = family_name;
    const unsigned revision = store.view().delegates.find(person.id)->revision;
    must(store.commit(
        {{fact::DelegateCorrected{
             person.id, participation_of(person), {"family_name"}, revision, DelegateId("S"), {}}},
         "S",
         {person},
         {}}));
}

} // namespace

TEST_CASE("what staff corrected on site stays, the rest is amended, and what the file says becomes one task")
{
    Authority site;
    must(Import(*site.store).read(header + row("R-1", "A") + row("R-2", "B")));
    correct(*site.store, "R-1", "Ä");
    Import import(*site.store);
    const auto counts = must(import.read(header + row("R-1", "C") + row("R-2", "B")));
    CHECK(counts.kept == 1);
    CHECK(counts.tasks == 1);
    CHECK(counts.amended == 1);
    CHECK(counts.unchanged == 1);
    REQUIRE(import.notes.size() == 2);
    CHECK(import.notes[0].second == "row 2: family_name was corrected on site and stays as it is");
    CHECK(import.notes[1].second == "row 2: staff put this right on site: staff must decide");
    Store& again = site.open();
    CHECK(must(again.person(DelegateId("R-1")))->family_name == "Ä");
    CHECK(must(again.person(DelegateId("R-1")))->badge_name == "C");
    const FactId task = only_conflict(again);
    CHECK(again.view().conflicts.find(task)->kind == "import_over_correction");
    CHECK(must(again.proposal(task))->family_name == "C");

    Import repeat(again);
    const auto same = must(repeat.read(header + row("R-1", "C") + row("R-2", "B")));
    CHECK(same.kept == 1);
    CHECK(same.tasks == 0);
    CHECK(same.unchanged == 2);
    only_conflict(again);
}

TEST_CASE("an import that agrees with what staff corrected asks nobody")
{
    Authority site;
    must(Import(*site.store).read(header + row("R-1", "A")));
    correct(*site.store, "R-1", "Ä");
    Import import(*site.store);
    const auto counts = must(import.read(header + "R-1,Ä,A,member_state,FRA,delegate,en\n"));
    CHECK(counts.unchanged == 1);
    CHECK(counts.kept == 0);
    CHECK(site.store->view().conflicts.own().empty());
}

TEST_CASE("once staff have decided, the same file asks them no second time")
{
    Authority site;
    must(Import(*site.store).read(header + row("R-1", "A")));
    correct(*site.store, "R-1", "Ä");
    must(Import(*site.store).read(header + row("R-1", "C")));
    const FactId task = only_conflict(*site.store);
    must(site.store->commit(just({fact::ConflictResolved{task, Choice::first, DelegateId("R-1"), ""}})));
    Import import(*site.store);
    const auto counts = must(import.read(header + row("R-1", "C")));
    CHECK(counts.kept == 1);
    CHECK(counts.tasks == 0);
    CHECK(must(site.store->person(DelegateId("R-1")))->family_name == "Ä");
}

TEST_CASE("somebody registered on the spot is no fellow")
{
    Authority site;
    Draft walk_in = registration("R-1");
    walk_in.facts = {fact::DelegateRegistered{DelegateId("R-1"), participation_of(walk_in.records.front()),
                                              false, "letter 12"}};
    must(site.store->commit(walk_in));
    Import import(*site.store, true);
    const auto counts = must(import.read(
        "registration_id,family_name,badge_name,category,language,flags\nR-1,A,A,member_state,en,fellow\n"));
    CHECK(counts.bad_rows == 1);
    REQUIRE_FALSE(import.notes.empty());
    CHECK(import.notes.back().second ==
          "row 2: a fellow must have been pre-registered: this person was registered on the spot");
}
