// SPDX-License-Identifier: Apache-2.0
// Records of people in layers: what the registry ordered, what this device wrote, what lost to an earlier
// claim.
#include "tests/sync/store/store_support.hpp"

#include <map>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

Draft correction(Store& store, const std::string& id, const std::string& name)
{
    const Person p = person(id, name);
    const unsigned base = store.view().delegates.find(p.id)->revision;
    return {
        {fact::DelegateCorrected{p.id, participation_of(p), {"badge_name"}, base, DelegateId("staff"), ""}},
        "staff",
        {p},
        {}};
}

std::string name_at(Store& store, const std::string& id)
{
    const auto found = must(store.person(DelegateId(id)));
    return found ? found->badge_name : "";
}

/// A registry and two kiosks that know Zoé.
struct Correspondents {
    Authority registry;
    Device k1{"K1", registry.keys};
    Device k2{"K2", registry.keys};
    std::vector<std::shared_ptr<const Store::Came>> ears;
    std::map<std::string, std::string> heard;
    Correspondents()
    {
        must(registry.store->commit(registration("zoe")));
        pull(k1, registry);
        pull(k2, registry);
    }
    /// What each kiosk hears of Zoé, by its name.
    void listen()
    {
        for (Device* kiosk : {&k1, &k2}) {
            ears.push_back(
                std::make_shared<const Store::Came>([this, id = kiosk->id.str()](const SealedPerson& person) {
                    heard[id] = must(person.open()).badge_name;
                }));
            kiosk->store->hear_who_comes(ears.back());
        }
    }
    void meet(Device& device)
    {
        push(device, registry);
        pull(k1, registry);
        pull(k2, registry);
    }
};

} // namespace

TEST_CASE("an import that staff's correction stands against keeps its values for whoever decides", "[rule7]")
{
    Authority desk;
    must(desk.store->commit(registration("zoe")));
    must(desk.store->commit(correction(*desk.store, "zoe", "Zoé Right")));
    const Person imported = person("zoe", "Zoe Wrong");
    Draft draft{{fact::DelegateAmended{imported.id, participation_of(imported), {"badge_name"}, 1}},
                "import",
                {imported},
                {}};
    CHECK_FALSE(desk.store->commit(draft));
    draft.tasks_allowed = true;
    must(desk.store->commit(draft));
    CHECK(name_at(*desk.store, "zoe") == "Zoé Right");
    const FactId conflict = only_conflict(*desk.store);
    CHECK(must(desk.store->proposal(conflict))->badge_name == "Zoe Wrong");
    SECTION("the import is let stand after all")
    {
        must(desk.store->commit(
            just({fact::ConflictResolved{conflict, Choice::second, DelegateId("staff"), ""}})));
        CHECK(name_at(*desk.store, "zoe") == "Zoe Wrong");
    }
    SECTION("the correction stays")
    {
        must(desk.store->commit(
            just({fact::ConflictResolved{conflict, Choice::first, DelegateId("staff"), ""}})));
        CHECK(name_at(*desk.store, "zoe") == "Zoé Right");
    }
    CHECK_FALSE(must(desk.store->proposal(conflict)));
}

TEST_CASE("a kiosk shows its own correction while it is on its way, and still after a restart")
{
    Correspondents hall;
    must(hall.k1.store->commit(correction(*hall.k1.store, "zoe", "Zoé Own")));
    CHECK(name_at(*hall.k1.store, "zoe") == "Zoé Own");
    hall.k1.open();
    CHECK(name_at(*hall.k1.store, "zoe") == "Zoé Own");
    CHECK(name_at(*hall.k2.store, "zoe") != "Zoé Own");
    hall.meet(hall.k1);
    for (auto* site :
         {static_cast<Site*>(&hall.registry), static_cast<Site*>(&hall.k1), static_cast<Site*>(&hall.k2)})
        CHECK(name_at(*site->store, "zoe") == "Zoé Own");
}

TEST_CASE(
    "whoever listens to a kiosk's store hears of people as they are read there, whatever became of claims",
    "[rule7]")
{
    Correspondents hall;
    hall.listen();
    auto& heard = hall.heard;
    const auto heard_what_is_read = [&hall] {
        CHECK(hall.heard["K1"] == name_at(*hall.k1.store, "zoe"));
        CHECK(hall.heard["K2"] == name_at(*hall.k2.store, "zoe"));
    };
    must(hall.registry.store->commit(correction(*hall.registry.store, "zoe", "Zoé Amended")));
    hall.meet(hall.k1);
    CHECK(heard["K2"] == "Zoé Amended");
    heard_what_is_read();
    must(hall.k1.store->commit(correction(*hall.k1.store, "zoe", "Zoé One")));
    must(hall.k2.store->commit(correction(*hall.k2.store, "zoe", "Zoé Two")));
    hall.meet(hall.k1);
    CHECK(heard["K2"] == "Zoé Two"); // its own lies in front
    heard_what_is_read();
    hall.meet(hall.k2);
    CHECK(heard["K2"] == "Zoé One"); // its own lost
    heard_what_is_read();
    must(hall.registry.store->commit(just({fact::ConflictResolved{
        only_conflict(*hall.registry.store), Choice::second, DelegateId("staff"), ""}})));
    hall.meet(hall.k1);
    CHECK(heard["K1"] == "Zoé Two"); // chosen, though no record came with the choice
    heard_what_is_read();
    must(hall.registry.store->commit(just({fact::DelegateErased{DelegateId("zoe")}})));
    heard.clear();
    hall.meet(hall.k1);
    CHECK(heard.empty());
    hall.ears.clear();
    must(hall.registry.store->commit(registration("omar")));
    hall.meet(hall.k1); // nobody listens any more
    CHECK(heard.empty());
}

TEST_CASE("of two corrections made apart the first stands everywhere, the second waits for a person",
          "[rule7]")
{
    Correspondents hall;
    must(hall.k1.store->commit(correction(*hall.k1.store, "zoe", "Zoé One")));
    must(hall.k2.store->commit(correction(*hall.k2.store, "zoe", "Zoé Two")));
    hall.meet(hall.k1);
    CHECK(name_at(*hall.k2.store, "zoe") == "Zoé Two"); // its own is still on its way
    hall.meet(hall.k2);
    const FactId conflict = only_conflict(*hall.registry.store);
    const std::vector<Site*> sites{&hall.registry, &hall.k1, &hall.k2};
    for (auto* site : sites) {
        CHECK(name_at(*site->store, "zoe") == "Zoé One");
        CHECK(must(site->store->proposal(conflict))->badge_name == "Zoé Two");
    }
    const auto choice = GENERATE(Choice::first, Choice::second);
    must(hall.k1.store->commit(just({fact::ConflictResolved{conflict, choice, DelegateId("staff"), ""}})));
    const std::string decided = choice == Choice::first ? "Zoé One" : "Zoé Two";
    CHECK(name_at(*hall.k1.store, "zoe") == decided);
    hall.meet(hall.k1);
    for (auto* site : sites) {
        CHECK(name_at(*site->store, "zoe") == decided);
        CHECK_FALSE(must(site->store->proposal(conflict)));
    }
}

TEST_CASE("what rules decide by is the view's word, whatever an older record says", "[rule9]")
{
    Authority desk;
    for (const auto* id : {"h1", "h2"}) {
        Person head = person(id);
        head.role = Role::head;
        Draft draft{{fact::DelegateRegistered{head.id, participation_of(head), false}}, "import", {head}, {}};
        draft.tasks_allowed = true;
        must(desk.store->commit(draft));
    }
    CHECK(must(desk.store->person(DelegateId("h2")))->role == Role::head);
    const FactId conflict = only_conflict(*desk.store);
    must(
        desk.store->commit(just({fact::ConflictResolved{conflict, Choice::first, DelegateId("staff"), ""}})));
    CHECK(must(desk.store->person(DelegateId("h2")))->role == Role::delegate);
    std::map<std::string, Role> roles;
    must(desk.store->each_person([&roles](const Person& p) { roles[p.id.str()] = p.role; }));
    CHECK(roles == std::map<std::string, Role>{{"h1", Role::head}, {"h2", Role::delegate}});
}

TEST_CASE("a record that no fact carries refuses the draft")
{
    Authority desk;
    must(desk.store->commit(registration("zoe")));
    Draft draft = just({fact::IdSeen{DelegateId("zoe"), DelegateId("staff")}});
    draft.records.push_back(person("zoe", "Somebody Else"));
    CHECK_FALSE(desk.store->commit(draft));
    CHECK(name_at(*desk.store, "zoe") != "Somebody Else");
    CHECK(desk.store->view().delegates.find(DelegateId("zoe"))->id_seen_by.empty());
}
