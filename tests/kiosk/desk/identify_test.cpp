// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/desk/desk_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

TEST_CASE("every fault of a code has its sentence, and the attempt is kept")
{
    KioskSite site;
    const std::string good = site.signed_code("R-1");
    std::string forged = good;
    forged[forged.size() / 2] = forged[forged.size() / 2] == 'A' ? 'B' : 'A';
    const struct {
        std::string text;
        flow::Notice notice;
    } cases[]{
        {forged, flow::Notice::code_unreadable},
        {good.substr(0, good.size() / 2), flow::Notice::code_unreadable},
        {good + std::string(400, 'A'), flow::Notice::code_unreadable},
        {"MB1:%%%%", flow::Notice::code_unreadable},
        {"MB9:ABCDEF", flow::Notice::code_unreadable},
        {"https://example.org/somebody", flow::Notice::code_unreadable},
        {"", flow::Notice::code_unreadable},
        {std::string(4000, 'x'), flow::Notice::code_unreadable},
        {site.signed_code("R-1", "Nina", "another-event"), flow::Notice::code_other_meeting},
        {new_badge_id(site.random).str(), flow::Notice::code_is_badge},
    };
    std::size_t attempts = 0;
    for (const auto& one : cases) {
        const auto who = site.desk->identify(one.text);
        INFO("text " << one.text.substr(0, 40));
        REQUIRE_FALSE(who);
        CHECK(who.error().notice == one.notice);
        CHECK(site.facts(fact::AttemptRefused::kind) == ++attempts);
    }
    for (const auto& row : must(site.store->journal(0)))
        CHECK(row.bytes.size() < 700); // length-limited, whatever was held under the scanner
}

TEST_CASE("a code that was good until its expiry is not readable as a code of today")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const std::string code = site.signed_code("R-1");
    CHECK(site.desk->identify(code));
    site.clock.advance(Millis{30LL * 86400 * 1000});
    const auto who = site.desk->identify(code);
    REQUIRE_FALSE(who);
    CHECK(who.error().notice == flow::Notice::code_unreadable);
}

TEST_CASE("a person is found by the signed, the short and the organizer's own code")
{
    KioskSite site;
    Person zoe = delegate("R-1");
    zoe.code = "ORG-4711-XYZ";
    site.register_person(zoe);
    const std::string printed = site.desk->short_code_of(zoe.id);
    for (const std::string& text : {site.signed_code("R-1") + "\r\n", printed, printed + "\r\n",
                                    std::string("ORG-4711-XYZ"), std::string("  ORG-4711-XYZ\r\n")}) {
        INFO(text);
        const auto who = site.desk->identify(text);
        REQUIRE(who);
        CHECK(who->delegate == zoe.id);
        CHECK(who->by_code);
    }
    std::string lower = printed;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    CHECK(site.desk->identify(lower));
}

TEST_CASE("pending, cancelled and finished registrations are told at once")
{
    KioskSite site;
    Person waits = delegate("R-1");
    waits.state = Registration::pending;
    Person off = delegate("R-2");
    off.state = Registration::cancelled;
    site.register_person(waits);
    site.register_person(off);
    site.register_person(delegate("R-3"));
    site.finished("R-3", "04A1");
    CHECK(site.desk->identify(site.signed_code("R-1")).error().notice == flow::Notice::pending);
    CHECK(site.desk->identify(site.signed_code("R-2")).error().notice == flow::Notice::cancelled);
    const auto done = site.desk->identify(site.signed_code("R-3"));
    CHECK(done.error().notice == flow::Notice::already_has_badge);
    CHECK(done.error().delegate == DelegateId("R-3"));
}

TEST_CASE("a code goes with its person: corrected, exchanged, given to another")
{
    KioskSite site;
    Person zoe = delegate("R-1");
    zoe.code = "OLD-CODE-1";
    Person omar = delegate("R-2", "Omar");
    omar.code = "OMARS-CODE";
    site.register_person(zoe);
    site.register_person(omar);
    // The registry gave Zoe a new code and her old one to Omar; the order in which they are heard of is
    // chance.
    zoe.code = "NEW-CODE-1";
    omar.code = "OLD-CODE-1";
    for (const Person& person : {omar, zoe})
        must(site.store->commit(
            {{fact::DelegateAmended{person.id, participation_of(person)}}, "import", {person}, {}}));
    const bool omar_first = GENERATE(true, false);
    if (omar_first)
        site.desk->refresh({omar.id, zoe.id});
    else
        site.desk->refresh({zoe.id, omar.id});
    CHECK(site.desk->identify("NEW-CODE-1")->delegate == zoe.id);
    CHECK(site.desk->identify("OLD-CODE-1")->delegate == omar.id);
    CHECK_FALSE(site.desk->identify("OMARS-CODE"));
}

TEST_CASE("a person from a later pull is found by name and code, without a restart")
{
    Authority registry;
    EventProfile profile = sample_profile();
    Device kiosk{"K2", registry.keys};
    Desk desk(*kiosk.store, std::make_shared<const EventProfile>(profile), kiosk.clock, kiosk.random, {});
    must(desk.open());
    CHECK(desk.search("muller", 6).empty());
    must(registry.store->commit(registration("R-1", "Zoé MULLER")));
    desk.pulled(pull(kiosk, registry));
    REQUIRE(desk.search("muller", 6).size() == 1);
    CHECK(desk.identify(desk.short_code_of(DelegateId("R-1"))));
}

TEST_CASE("what the signed code said of an unknown person gives way to the registry's record")
{
    Authority registry;
    Device kiosk{"K2", registry.keys};
    EventProfile profile = sample_profile();
    profile.id = EventId("e");
    profile.identity = IdentityCheck::self;
    Desk desk(*kiosk.store, std::make_shared<const EventProfile>(profile), kiosk.clock, kiosk.random, {});
    must(desk.open());
    SignedConfirmation code{EventId("e"),       DelegateId("R-7"), "N. NEW",         "Ministry",
                            Category::academia, Language::es,      profile.ends_at()};
    const auto qr =
        must(mint_qr(code, {registry.keys.confirmation_public, *registry.keys.confirmation_secret}));
    const auto who = desk.identify(qr);
    REQUIRE(who);
    const auto done = desk.check_in({*who, {}, {}, false});
    REQUIRE(done);
    CHECK(kiosk.store->view().delegates.find(DelegateId("R-7"))->provisional);
    CHECK(must(desk.view_of(DelegateId("R-7"))).badge_name == "N. NEW");

    Person full = person("R-7", "Nina NEWMAN");
    full.badge_name = "Nina NEWMAN";
    full.organization = "Ministry of Somewhere";
    must(registry.store->commit(
        {{fact::DelegateRegistered{full.id, participation_of(full), false}}, "import", {full}, {}}));
    REQUIRE(push(kiosk, registry).answers.size() == 4);
    desk.pulled(pull(kiosk, registry));
    CHECK(must(desk.view_of(DelegateId("R-7"))).badge_name == "Nina NEWMAN");
    REQUIRE(desk.search("newman", 6).size() == 1);
    const Delegate* known = kiosk.store->view().delegates.find(DelegateId("R-7"));
    CHECK_FALSE(known->provisional);
    CHECK(known->checked_in);
    CHECK(known->badge == done->badge);
}

TEST_CASE("a child with a tram card does not fill the journal")
{
    KioskSite site;
    for (int tap = 0; tap < 500; ++tap) {
        site.desk->execute(flow::ResolveCard{1, CardUid("0BADCAFE"), 1});
        CHECK(site.answer<flow::CardUnknown>().why == flow::Notice::card_not_ours);
        site.clock.advance(Millis{1000});
    }
    const auto kept = site.facts(fact::AttemptRefused::kind);
    CHECK(kept >= 20);
    CHECK(kept <= 20 + 500 / 30 + 1);
    bool says_how_many = false;
    for (const auto& row : must(site.store->journal(5)))
        says_how_many = says_how_many || row.bytes.find("attempts before") != std::string::npos;
    CHECK(says_how_many);
}

TEST_CASE("an amended person is found by the new name only")
{
    KioskSite site;
    Person zoe = delegate("R-1", "Zoe MULLER");
    site.register_person(zoe);
    zoe.badge_name = zoe.family_name = "Zoe LINDQVIST";
    must(site.store->commit({{fact::DelegateAmended{zoe.id, participation_of(zoe)}}, "desk", {zoe}, {}}));
    site.desk->refresh({zoe.id});
    CHECK(site.desk->search("lindqvist", 6).size() == 1);
    CHECK(site.desk->search("muller", 6).empty());
}
