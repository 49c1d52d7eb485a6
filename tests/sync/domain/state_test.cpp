// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/sync/domain/domain_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

TEST_CASE("an edit in a layer copies from below and leaves the base as it was")
{
    State base;
    base.delegates.edit(DelegateId("alice")).checked_in = true;
    State layer(&base);
    CHECK(layer.delegates.find(DelegateId("alice"))->checked_in);
    Delegate& own = layer.delegates.edit(DelegateId("alice"));
    CHECK(own.checked_in);
    own.badge = BadgeId("BA");
    CHECK(base.delegates.find(DelegateId("alice"))->badge.empty());
    CHECK(layer.delegates.find(DelegateId("alice"))->badge == BadgeId("BA"));
    CHECK(layer.delegates.find(DelegateId("bob")) == nullptr);
}

TEST_CASE("looking at an entity copies nothing")
{
    State base;
    base.badges.edit(BadgeId("BA")).issue = 2;
    State layer(&base);
    CHECK(layer.badges.find(BadgeId("BA")) != nullptr);
    CHECK(layer.badges.own().empty());
}

TEST_CASE("every entity shows once however many layers hold it, the highest first")
{
    State base;
    State middle(&base);
    State top(&middle);
    base.delegations.edit("A").head = DelegateId("base");
    base.delegations.edit("B").head = DelegateId("base");
    base.delegations.edit("C").head = DelegateId("base");
    middle.delegations.edit("B").head = DelegateId("middle");
    middle.delegations.edit("D").head = DelegateId("middle");
    top.delegations.edit("B").head = DelegateId("top");
    top.delegations.edit("C").head = DelegateId("top");
    std::multimap<std::string, std::string> shown;
    top.delegations.each([&](const auto& key, const auto& value) { shown.emplace(key, value.head.str()); });
    CHECK(shown == std::multimap<std::string, std::string>{
                       {"A", "base"}, {"B", "top"}, {"C", "top"}, {"D", "middle"}});
}

TEST_CASE("clearing a layer is undo of everything in it")
{
    Log log;
    log.add(registered("alice", member_state("FRA", Role::head)));
    log.add(registered("staff"));
    log.add(laptop("LT-1"));
    const auto before = entities(log.state);
    State layer(&log.state);
    const std::vector<Body> bodies{checked_in("alice"),
                                   issued("BA", "alice"),
                                   bound("04A1", "BA"),
                                   assigned(1, "alice"),
                                   fact::LaptopAsked{DelegateId("alice"), "S1-1"},
                                   lent("LT-1", "alice"),
                                   checked_in("alice"),
                                   amended("alice", member_state("DEU", Role::head))};
    for (const auto& body : bodies) {
        const Fact fact = log.fact(body);
        static_cast<void>(apply(layer, fact, admit(layer, fact)));
    }
    CHECK(entities(log.state) == before);
    CHECK(entities(layer) != before);
    layer.clear();
    CHECK(entities(layer) == before);
}

TEST_CASE("every kind of entity comes back as it was written")
{
    Log log;
    Participation full = member_state("FRA", Role::head);
    full.flags = {Flag::newcomer, Flag::accessible};
    full.language = Language::zh;
    full.confirmed_by = "x";
    log.add(fact::DelegateRegistered{DelegateId("alice"), full, true});
    log.add(fact::StaffAppointed{DelegateId("alice"), {Right::release, Right::manage}});
    log.add(fact::StaffPinSet{DelegateId("alice"), "$argon2id$v=19"});
    log.add(registered("bob"));
    log.add(checked_in("alice"));
    log.add(checked_in("alice"));
    log.add(issued("BA", "alice"));
    log.add(fact::PrintQueued{BadgeId("BA"), 1});
    log.add(fact::BadgePrinted{BadgeId("BA"), 1});
    log.add(bound("04A1", "BA"));
    log.add(fact::LockerAssigned{{BankId("Hall/2"), 14}, DelegateId("alice")});
    log.add(laptop("LT-1"));
    log.add(laptop("LT-2"));
    log.add(lent("LT-1", "alice"));
    log.add(lent("LT-2", "bob"));
    log.add(fact::LaptopReturned{LaptopTag("LT-2"), DelegateId("alice"), true, "bent"});
    log.add(fact::LaptopAsked{DelegateId("bob"), "S1-1"});
    State back;
    const auto written = entities(log.state);
    std::set<EntityKind> kinds;
    for (const auto& [key, text] : written) {
        INFO(key.key << " " << text);
        REQUIRE(back.read(name_of(key.kind), key.key, text));
        kinds.insert(key.kind);
    }
    CHECK(kinds.size() == 8);
    CHECK(entities(back) == written);
}

TEST_CASE("an entity that this program did not write is refused in words")
{
    State state;
    CHECK_FALSE(state.read("spaceship", "x", "{}"));
    CHECK_FALSE(state.read("locker", "B", "{}"));
    CHECK_FALSE(state.read("locker", "B/70000", "{}"));
    CHECK_FALSE(state.read("delegate", "x", "{"));
    CHECK_FALSE(state.read("delegate", "x", "null"));
    CHECK_FALSE(state.read("badge", "x", "[]"));
    CHECK_FALSE(
        state.read("delegate", "x", R"({"category":"martian","role":"delegate","state":"approved"})"));
    CHECK(entities(state).empty());
}
