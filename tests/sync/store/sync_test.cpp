// SPDX-License-Identifier: Apache-2.0
// A device and the authority in one process: what push and pull carry goes straight from one store to the
// other.
#include "tests/sync/store/store_support.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

std::string name_at(Site& site, const std::string& id)
{
    const auto found = must(site.store->person(DelegateId(id)));
    return found ? found->badge_name : "";
}

/// A registry that knows alice and bob, and kiosks that have pulled them.
struct Hall {
    Authority registry;
    Device k1{"K1", registry.keys};
    Device k2{"K2", registry.keys};

    Hall()
    {
        must(registry.store->commit(registration("alice", "Alice")));
        must(registry.store->commit(registration("bob", "Bob")));
        pull(k1, registry);
        pull(k2, registry);
    }
    void check_in_at(Device& kiosk, const std::string& delegate, const std::string& badge)
    {
        must(kiosk.store->commit(check_in_draft(kiosk.store->view(), delegate, badge)));
    }
};

Draft provisional(const std::string& id, const std::string& name, const std::string& badge)
{
    Draft draft = registration(id, name);
    std::get<fact::DelegateRegistered>(draft.facts.front()).provisional = true;
    draft.facts.push_back(checked_in(id));
    draft.facts.push_back(issued(badge, id));
    draft.facts.push_back(fact::PrintQueued{BadgeId(badge), 1});
    return draft;
}

Draft amendment(const std::string& id, const std::string& name)
{
    const Person p = person(id, name);
    return {{fact::DelegateAmended{p.id, participation_of(p)}}, "staff", {p}, {}};
}

} // namespace

TEST_CASE("a check-in goes to the registry and comes back, and both show the same")
{
    Hall hall;
    hall.check_in_at(hall.k1, "alice", "BA");
    CHECK(hall.k1.store->waiting() == 3);
    CHECK(hall.k1.store->view().delegates.find(DelegateId("alice"))->checked_in);
    CHECK_FALSE(hall.k1.store->confirmed().delegates.find(DelegateId("alice"))->checked_in);
    const auto pushed = push(hall.k1, hall.registry);
    REQUIRE(pushed.answers.size() == 3);
    CHECK(pushed.answers[2].seq == 5);
    CHECK(pull(hall.k1, hall.registry).empty());
    pull(hall.k2, hall.registry);
    CHECK(hall.k1.store->waiting() == 0);
    const auto truth = entities(hall.registry.store->view());
    CHECK(entities(hall.k1.store->view()) == truth);
    CHECK(entities(hall.k1.store->confirmed()) == truth);
    CHECK(entities(hall.k2.store->view()) == truth);
    CHECK(name_at(hall.k2, "alice") == "Alice");
    CHECK(entities(hall.k2.open().view()) == truth);
    for (Site* site :
         {static_cast<Site*>(&hall.registry), static_cast<Site*>(&hall.k1), static_cast<Site*>(&hall.k2)})
        CHECK_FALSE(must(site->store->verify_journal()));
}

TEST_CASE("facts on their way survive a restart of the kiosk", "[rule6]")
{
    Hall hall;
    hall.check_in_at(hall.k1, "alice", "BA");
    const auto before = entities(hall.k1.store->view());
    Store& again = hall.k1.open();
    CHECK(again.waiting() == 3);
    CHECK(entities(again.view()) == before);
    push(hall.k1, hall.registry);
    pull(hall.k1, hall.registry, 1); // page by page
    CHECK(again.waiting() == 0);
    CHECK(entities(again.view()) == before);
    CHECK(entities(hall.k1.open().view()) == before);
}

TEST_CASE("a push that is repeated gets the stored outcomes")
{
    Hall hall;
    hall.check_in_at(hall.k1, "alice", "BA");
    hall.check_in_at(hall.k2, "alice", "BB");
    push(hall.k2, hall.registry);
    const auto first = push(hall.k1, hall.registry);
    const auto head = hall.registry.store->log_head();
    const auto second = push(hall.k1, hall.registry);
    CHECK(hall.registry.store->log_head() == head);
    REQUIRE(second.answers.size() == first.answers.size());
    for (std::size_t i = 0; i < first.answers.size(); ++i) {
        CHECK(second.answers[i].counter == first.answers[i].counter);
        CHECK(second.answers[i].seq == first.answers[i].seq);
        CHECK(second.answers[i].outcome.verdict == first.answers[i].outcome.verdict);
        CHECK(second.answers[i].outcome.conflict == first.answers[i].outcome.conflict);
        CHECK(second.answers[i].outcome.reason == first.answers[i].outcome.reason);
    }
    CHECK(first.answers[0].outcome.conflict == ConflictKind::double_check_in);
}

TEST_CASE("a gap in a push is answered with the counter that is wanted")
{
    Hall hall;
    hall.check_in_at(hall.k1, "alice", "BA");
    hall.check_in_at(hall.k1, "bob", "BB");
    auto facts = must(hall.k1.store->own_facts_after(0, 100));
    REQUIRE(facts.size() == 6);
    auto result = must(hall.registry.store->take_push(hall.k1.id, 1, std::span(facts).subspan(2)));
    CHECK(result.expect == 1);
    CHECK(result.answers.empty());
    facts.erase(facts.begin() + 3);
    result = must(hall.registry.store->take_push(hall.k1.id, 1, facts));
    CHECK(result.expect == 4);
    CHECK(result.answers.size() == 3);
    CHECK_FALSE(push(hall.k1, hall.registry, 3).expect);
}

TEST_CASE("a cloned kiosk is told apart by its chain")
{
    Hall hall;
    Device clone("K1", hall.registry.keys);
    pull(clone, hall.registry);
    hall.check_in_at(hall.k1, "alice", "BA");
    hall.check_in_at(clone, "bob", "BB");
    push(hall.k1, hall.registry);
    const auto head = hall.registry.store->log_head();
    SECTION("with another fact under the same counter") {}
    SECTION("with facts that follow a chain of their own")
    {
        hall.check_in_at(clone, "alice", "BC");
        CHECK(push(clone, hall.registry, 3).fork);
    }
    const auto result = push(clone, hall.registry);
    CHECK(result.fork);
    CHECK(result.answers.empty());
    CHECK(hall.registry.store->log_head() == head);
    // What comes back is not its own: the page is refused and its facts stay on their way.
    const auto waiting = clone.store->waiting();
    const auto page = must(hall.registry.store->log_after(clone.store->cursor().seq, 100));
    CHECK_FALSE(clone.store->take_page(page));
    CHECK(clone.store->waiting() == waiting);
    CHECK(clone.store->view().delegates.find(DelegateId("bob"))->checked_in);
}

TEST_CASE("a kiosk whose disk was restored gets its own facts back")
{
    Hall hall;
    TemporaryFolder backup;
    hall.k1.store.reset();
    std::filesystem::copy(hall.k1.folder.path(), backup.path(), std::filesystem::copy_options::recursive);
    hall.k1.open();
    hall.check_in_at(hall.k1, "alice", "BA");
    push(hall.k1, hall.registry);
    Store restored = must(Store::open({backup.path()}, hall.k1.clock, hall.k1.random));
    CHECK(restored.own_counter() == 0);
    must(restored.take_page(must(hall.registry.store->log_after(restored.cursor().seq, 100))));
    CHECK(restored.own_counter() == 3);
    CHECK(entities(restored.view()) == entities(hall.registry.store->view()));
    must(restored.commit(check_in_draft(restored.view(), "bob", "BB")));
    CHECK(must(restored.own_facts_after(3, 10)).front().counter == 4);
    CHECK_FALSE(must(restored.verify_journal()));
}

TEST_CASE("two kiosks that disagree see the same conflicts, and the first badge stays", "[rule7][rule10]")
{
    Hall hall;
    hall.check_in_at(hall.k1, "alice", "BA");
    must(hall.k1.store->commit(just({bound("04A1", "BA"), assigned(1, "alice")})));
    hall.check_in_at(hall.k2, "alice", "BB");
    hall.check_in_at(hall.k2, "bob", "BC");
    must(hall.k2.store->commit(just({bound("04A1", "BC"), assigned(1, "bob")})));
    CHECK(holder_of(hall.k2.store->view(), CardUid("04A1"))->delegate == DelegateId("bob"));
    push(hall.k1, hall.registry);
    push(hall.k2, hall.registry);
    for (Device* kiosk : {&hall.k1, &hall.k2}) {
        pull(*kiosk, hall.registry, 2);
        CHECK(entities(kiosk->store->view()) == entities(hall.registry.store->view()));
        CHECK(entities(kiosk->open().view()) == entities(hall.registry.store->view()));
        CHECK(kiosk->store->view().conflicts.own().empty()); // all of them are confirmed
    }
    std::multiset<std::string> kinds;
    hall.k2.store->view().conflicts.each(
        [&](const FactId&, const Conflict& conflict) { kinds.insert(conflict.kind); });
    CHECK(kinds == std::multiset<std::string>{"card_on_two_badges", "double_check_in", "locker_at_two",
                                              "second_badge"});
    CHECK(holder_of(hall.k2.store->view(), CardUid("04A1"))->delegate == DelegateId("alice"));
    CHECK_FALSE(hall.k2.store->view().badges.find(BadgeId("BB"))->live);
}

TEST_CASE("a kiosk decides over its own facts that are still on their way", "[rule3]")
{
    Hall hall;
    hall.check_in_at(hall.k1, "alice", "BA");
    must(hall.k1.store->commit(just({assigned(1, "alice")})));
    CHECK_FALSE(hall.k1.store->commit(just({assigned(1, "bob")})));
    // The registry heard of bob first: the overlay says so after the pull, the fact itself is not lost.
    hall.check_in_at(hall.k2, "bob", "BB");
    must(hall.k2.store->commit(just({assigned(1, "bob")})));
    push(hall.k2, hall.registry);
    pull(hall.k1, hall.registry);
    CHECK(hall.k1.store->waiting() == 4);
    CHECK(hall.k1.store->view().lockers.find(door(1))->holder == DelegateId("bob"));
    push(hall.k1, hall.registry);
    pull(hall.k1, hall.registry);
    CHECK(entities(hall.k1.store->view()) == entities(hall.registry.store->view()));
}

TEST_CASE("after the registry lost its log, a kiosk pulls again and shows the same", "[rule6]")
{
    Hall hall;
    hall.check_in_at(hall.k2, "bob", "BB");
    push(hall.k2, hall.registry);
    hall.check_in_at(hall.k1, "alice", "BA");
    push(hall.k1, hall.registry);
    pull(hall.k1, hall.registry);
    must(hall.k1.store->commit(just({bound("04A1", "BA")})));
    const auto before = entities(hall.k1.store->view());
    must(hall.k1.store->reset_log());
    CHECK(hall.k1.store->cursor().seq == 0);
    CHECK(hall.k1.store->waiting() == 4);
    CHECK(must(hall.k1.store->own_facts_after(0, 10)).size() == 4);
    CHECK(entities(hall.k1.store->view()) == before); // nobody stands before a kiosk that forgot them
    pull(hall.k1, hall.registry, 2);
    must(hall.k1.store->reached_log_end());
    CHECK_FALSE(hall.k1.store->shows_older_log());
    CHECK(hall.k1.store->waiting() == 1);
    CHECK(entities(hall.k1.store->view()) == before);
    CHECK(entities(hall.k1.open().view()) == before);
    CHECK(name_at(hall.k1, "bob") == "Bob");
    CHECK_FALSE(must(hall.k1.store->verify_journal()));
}

TEST_CASE("a kiosk that takes the log anew checks in whom it knew before, and all of them agree in the end",
          "[rule6]")
{
    Hall hall;
    must(hall.k1.store->reset_log());
    hall.check_in_at(hall.k1, "alice", "BA");
    CHECK(hall.k1.store->view().badges.find(BadgeId("BA")) != nullptr);
    CHECK(hall.k1.store->view().delegates.find(DelegateId("alice"))->checked_in);
    const auto shown = entities(hall.k1.store->view());
    SECTION("it hears the log to its end")
    {
        pull(hall.k1, hall.registry, 1);
        CHECK(entities(hall.k1.store->view()) == shown);
        must(hall.k1.store->reached_log_end());
        CHECK(entities(hall.k1.store->view()) == shown);
    }
    SECTION("its line is cut before it hears anything") {}
    SECTION("it is started again, and knows nobody until it has heard the log")
    {
        CHECK(hall.k1.open().view().delegates.find(DelegateId("bob")) == nullptr);
    }
    push(hall.k1, hall.registry);
    pull(hall.k1, hall.registry);
    must(hall.k1.store->reached_log_end());
    CHECK(hall.k1.store->waiting() == 0);
    CHECK(entities(hall.k1.store->view()) == entities(hall.registry.store->view()));
    CHECK(hall.registry.store->view().delegates.find(DelegateId("alice"))->checked_in);
}

TEST_CASE("an erasure in a log that is taken anew is carried out before its page is", "[rule11]")
{
    Hall hall;
    must(hall.registry.store->commit(just({fact::DelegateErased{DelegateId("bob")}})));
    must(hall.k1.store->reset_log());
    CHECK(name_at(hall.k1, "bob") == "Bob");
    pull(hall.k1, hall.registry);
    CHECK(hall.k1.store->is_erased(DelegateId("bob")));
    CHECK_FALSE(must(hall.k1.store->person(DelegateId("bob"))));
    CHECK(hall.k1.store->view().delegates.find(DelegateId("bob"))->erased);
}

TEST_CASE("a page that does not follow the cursor is refused and nothing changes")
{
    Hall hall;
    hall.check_in_at(hall.k2, "bob", "BB");
    must(hall.k2.store->commit(amendment("bob", "Robert")));
    push(hall.k2, hall.registry);
    hall.check_in_at(hall.k1, "alice", "BA");
    auto page = must(hall.registry.store->log_after(hall.k1.store->cursor().seq, 100));
    REQUIRE(page.size() == 4);
    const auto before = entities(hall.k1.store->view());
    SECTION("a row is missing at the start") { page.erase(page.begin()); }
    SECTION("a row is missing in the middle") { page.erase(page.begin() + 2); }
    SECTION("a row comes twice") { page.insert(page.begin() + 1, page.front()); }
    SECTION("the log hash is another log's") { page.back().log_hash[0] ^= 1U; }
    SECTION("the bytes were changed") { page.back().fact.bytes.back() = ' '; }
    SECTION("the row names another device") { page.back().fact.device = DeviceId("K9"); }
    SECTION("the row names another counter") { page.back().fact.counter += 1; }
    const auto refused = hall.k1.store->take_page(page);
    REQUIRE_FALSE(refused);
    CHECK_FALSE(refused.error().what.empty());
    CHECK(entities(hall.k1.store->view()) == before);
    CHECK(hall.k1.store->cursor().seq == 2);
    CHECK(hall.k1.store->waiting() == 3);
    CHECK(name_at(hall.k1, "bob") == "Bob");
    CHECK(entities(hall.k1.open().view()) == before);
    pull(hall.k1, hall.registry);
    CHECK(name_at(hall.k1, "bob") == "Robert");
}

TEST_CASE("a registry answers for its own chain and its own devices only")
{
    Hall hall;
    hall.check_in_at(hall.k1, "alice", "BA");
    const auto facts = must(hall.k1.store->own_facts_after(0, 10));
    const auto head = hall.registry.store->log_head();
    CHECK_FALSE(hall.registry.store->take_push(DeviceId("K2"), 1, facts)); // facts of another device
    CHECK_FALSE(hall.registry.store->take_push(hall.k1.id, 2, facts));     // of another epoch
    auto disguised = facts;
    for (auto& fact : disguised)
        fact.device = DeviceId("registry");
    CHECK_FALSE(hall.registry.store->take_push(DeviceId("registry"), 1, disguised));
    CHECK(hall.registry.store->log_head() == head);
    CHECK_FALSE(hall.k2.store->take_push(hall.k1.id, 1, facts)); // a kiosk orders nothing
    CHECK_FALSE(hall.registry.store->take_page({}));             // a registry pulls from nobody
    must(hall.registry.store->commit(just({laptop("LT-1")})));
}

TEST_CASE("a fact that nobody can read gets its place and stops nothing")
{
    Hall hall;
    StoredFact odd{hall.k1.id, 1, 1, "not even JSON", {}, {}, {}};
    odd.hash = chain_hash({}, odd.bytes);
    StoredFact newer{
        hall.k1.id,
        1,
        2,
        R"({"counter":2,"data":{},"device":"K1","epoch":1,"id":"n","kind":"delegate.beamed","v":2})",
        odd.hash,
        {},
        {}};
    newer.hash = chain_hash(newer.previous, newer.bytes);
    const std::vector<StoredFact> facts{odd, newer};
    const auto result = must(hall.registry.store->take_push(hall.k1.id, 1, facts));
    REQUIRE(result.answers.size() == 2);
    CHECK(result.answers[0].outcome.verdict == Verdict::rejected);
    CHECK(result.answers[1].outcome.verdict == Verdict::accepted);
    pull(hall.k2, hall.registry);
    const auto journal = must(hall.k2.store->journal(2));
    CHECK(journal[0].bytes == odd.bytes);
    CHECK(journal[1].bytes == newer.bytes);
    CHECK(must(hall.registry.store->log_after(hall.k2.store->cursor().seq, 1)).empty());
}

TEST_CASE("a person met provisionally at a kiosk stays readable at both ends", "[rule6]")
{
    Hall hall;
    must(hall.registry.store->commit(registration("eve", "Eve as registered")));
    must(hall.k1.store->commit(provisional("eve", "Eve from her code", "BE"))); // not pulled yet
    CHECK(name_at(hall.k1, "eve") == "Eve from her code");
    const auto pushed = push(hall.k1, hall.registry);
    CHECK(pushed.answers[0].outcome.verdict == Verdict::duplicate);
    CHECK(pushed.answers[1].outcome.verdict == Verdict::accepted);
    CHECK(name_at(hall.registry, "eve") == "Eve as registered");
    // A page that is refused must not cost the name either.
    auto page = must(hall.registry.store->log_after(hall.k1.store->cursor().seq, 100));
    page.back().log_hash[0] ^= 1U;
    CHECK_FALSE(hall.k1.store->take_page(page));
    CHECK(name_at(hall.k1, "eve") == "Eve from her code");
    pull(hall.k1, hall.registry);
    CHECK(name_at(hall.k1, "eve") == "Eve as registered");
    CHECK_FALSE(hall.k1.store->view().delegates.find(DelegateId("eve"))->provisional);
    pull(hall.k2, hall.registry);
    CHECK(name_at(hall.k2, "eve") == "Eve as registered");
}

TEST_CASE("a correction on its way is not overwritten by an older record that is pulled", "[rule6][rule7]")
{
    Hall hall;
    must(hall.k1.store->commit(amendment("alice", "Alice Corrected")));
    must(hall.registry.store->commit(amendment("alice", "Alice Imported Again")));
    pull(hall.k1, hall.registry); // the pull comes before the push
    CHECK(name_at(hall.k1, "alice") == "Alice Corrected");
    push(hall.k1, hall.registry);
    pull(hall.k1, hall.registry);
    pull(hall.k2, hall.registry);
    for (Site* site :
         {static_cast<Site*>(&hall.registry), static_cast<Site*>(&hall.k1), static_cast<Site*>(&hall.k2)})
        CHECK(name_at(*site, "alice") == "Alice Corrected");
}

TEST_CASE("a record beside a fact about somebody else, or one that opens under no key, changes nobody")
{
    Hall hall;
    must(hall.k1.store->commit(amendment("alice", "Alice Corrected")));
    hall.check_in_at(hall.k1, "bob", "BB");
    auto facts = must(hall.k1.store->own_facts_after(0, 10));
    const SealedRecord alice = *facts[0].record;
    facts[0].record->sealed.back() ^= 1U;
    facts[1].record = SealedRecord{DelegateId("bob"), alice.wrapped_key, alice.sealed};
    const auto result = must(hall.registry.store->take_push(hall.k1.id, 1, facts));
    CHECK(result.answers.size() == 4);
    CHECK(name_at(hall.registry, "alice") == "Alice");
    CHECK(name_at(hall.registry, "bob") == "Bob");
}

TEST_CASE("a page that is refused at its end leaves the store as it was, and it goes on")
{
    Hall hall;
    hall.check_in_at(hall.k1, "alice", "BA");
    must(hall.registry.store->commit(just({laptop("LT-1"), laptop("LT-2")})));
    auto page = must(hall.registry.store->log_after(hall.k1.store->cursor().seq, 100));
    page.back().log_hash[0] ^= 1U;
    const auto before = entities(hall.k1.store->view());
    CHECK_FALSE(hall.k1.store->take_page(page));
    CHECK(entities(hall.k1.store->view()) == before);
    must(hall.k1.store->commit(just({laptop("LT-7")})));
    pull(hall.k1, hall.registry);
    CHECK(hall.k1.store->view().laptops.find(LaptopTag("LT-2")) != nullptr);
    CHECK(hall.k1.store->waiting() == 4);
    CHECK(entities(hall.k1.open().view()) == entities(hall.k1.store->view()));
}
