// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/desk/desk_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

TEST_CASE("a check-in, its badge and its print job are there together, also after a power cut")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const auto done = site.checked_in("R-1");
    CHECK_FALSE(done.resumed);
    CHECK(site.prints == std::vector<PrintKey>{done.job});
    site.reopen();
    const Delegate* zoe = site.store->view().delegates.find(DelegateId("R-1"));
    CHECK(zoe->checked_in);
    CHECK(zoe->badge == done.badge);
    CHECK(site.store->view().badges.find(done.badge)->copies == 1);
    const auto jobs = must(site.store->print_jobs().open_jobs());
    REQUIRE(jobs.size() == 1);
    CHECK(jobs.front().key == done.job);
    CHECK(jobs.front().delegate == DelegateId("R-1"));
}

TEST_CASE("a check-in that the disk refuses leaves nothing behind and says so")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const int commits = site.commits;
    {
        FullDisk full;
        const auto done = site.desk->check_in({{DelegateId("R-1"), {}, true}, {}, {}, false});
        REQUIRE_FALSE(done);
        CHECK(done.error().notice == flow::Notice::trouble);
    }
    CHECK(site.prints.empty());
    CHECK(site.commits == commits);
    CHECK_FALSE(site.store->view().delegates.find(DelegateId("R-1"))->checked_in);
    SECTION("with space again the same person checks in") { CHECK_FALSE(site.checked_in("R-1").resumed); }
    SECTION("and after a restart too")
    {
        site.reopen();
        CHECK(must(site.store->print_jobs().open_jobs()).empty());
        CHECK_FALSE(site.checked_in("R-1").resumed);
    }
}

TEST_CASE("the same person again carries on where the first run stopped")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const auto first = site.checked_in("R-1");
    const auto before = site.store->own_counter();
    SECTION("before the sheet is out")
    {
        const auto again = site.checked_in("R-1");
        CHECK(again.resumed);
        CHECK(again.badge == first.badge);
        CHECK(again.job == first.job);
        CHECK_FALSE(again.printed);
        CHECK(site.store->own_counter() == before); // nothing new
    }
    SECTION("printed, no card yet")
    {
        site.set_print_state(first.job, "done");
        site.desk->printed(first.job);
        site.prints.clear();
        const auto again = site.checked_in("R-1");
        CHECK(again.printed);
        CHECK_FALSE(again.card_bound);
        CHECK(site.prints.empty());
    }
    SECTION("the printer gave up: a new copy of the same badge")
    {
        site.set_print_state(first.job, GENERATE("failed", "cancelled"));
        site.prints.clear();
        const auto again = site.checked_in("R-1");
        CHECK(again.badge == first.badge);
        CHECK(again.job == print_key(first.badge, 1, 2));
        CHECK(site.prints == std::vector<PrintKey>{again.job});
        CHECK(must(site.store->print_jobs().find(again.job))->state == "queued");
    }
    SECTION("only a person can see whether the sheet came out: no second one by itself")
    {
        site.set_print_state(first.job, "ask");
        CHECK(site.checked_in("R-1").job == first.job);
    }
    CHECK(site.facts(fact::CheckedIn::kind) == 1);
    CHECK(site.facts(fact::BadgeIssued::kind) == 1);
}

TEST_CASE("who is finished already has a badge, and only a fact of the attempt is new")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    site.finished("R-1", "04A1");
    const auto again = site.desk->check_in({{DelegateId("R-1"), {}, true}, {}, {}, false});
    REQUIRE_FALSE(again);
    CHECK(again.error().notice == flow::Notice::already_has_badge);
    CHECK(site.facts(fact::BadgeIssued::kind) == 1);
}

TEST_CASE("a person unknown here is checked in from the signed code alone")
{
    KioskSite site;
    const auto who = site.desk->identify(site.signed_code("R-77", "Nina NEW"));
    REQUIRE(who);
    const auto view = must(site.desk->view_of(who->delegate, who->code));
    CHECK(view.provisional);
    CHECK(view.badge_name == "Nina NEW");
    CHECK(view.language == Language::es);
    const auto done = site.desk->check_in({*who, {}, {}, false});
    REQUIRE(done);
    const Delegate* nina = site.store->view().delegates.find(DelegateId("R-77"));
    REQUIRE(nina != nullptr);
    CHECK(nina->provisional);
    CHECK(nina->participation.category == Category::academia);
    site.reopen();
    const auto content = must(site.desk->badge_content(DelegateId("R-77"), done->badge));
    CHECK(content.name == "Nina NEW");
    CHECK(content.organization == "Ministry of Somewhere");
    CHECK(content.category == "academia");
    REQUIRE(site.desk->search("new", 6).size() == 1);
}

TEST_CASE("a person unknown here without a code is nobody")
{
    KioskSite site;
    const auto done = site.desk->check_in({{DelegateId("R-404"), {}, true}, {}, {}, false});
    REQUIRE_FALSE(done);
    CHECK(done.error().notice == flow::Notice::not_found);
}

TEST_CASE("a name alone never issues a badge")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const std::string code = site.desk->short_code_of(DelegateId("R-1"));
    const auto with = [&](const std::string& four) {
        return site.desk->check_in({{DelegateId("R-1"), {}, false}, {}, four, false});
    };
    for (const std::string four : {"", "0", "ZZZ", "ZZZZ", "ZZZZZ"}) {
        const auto done = with(four);
        REQUIRE_FALSE(done);
        CHECK(done.error().notice == flow::Notice::wrong_characters);
    }
    CHECK(site.facts(fact::BadgeIssued::kind) == 0);
    std::string four = code.substr(code.size() - 4);
    std::transform(four.begin(), four.end(), four.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    CHECK(with(four));
}

TEST_CASE("the last four of the organizer's own code prove as much")
{
    KioskSite site;
    Person zoe = delegate("R-1");
    zoe.code = "ITU-9914";
    site.register_person(zoe);
    CHECK_FALSE(site.desk->check_in({{zoe.id, {}, false}, {}, "9915", false}));
    CHECK(site.desk->check_in({{zoe.id, {}, false}, {}, "99I4", false})); // a letter that looks like a digit
}

TEST_CASE("where staff release, only their right does, code or not")
{
    KioskSite site{IdentityCheck::staff};
    site.register_person(delegate("R-1"));
    site.register_person(delegate("R-2"));
    const auto can = site.staff({Right::release});
    const auto cannot = site.staff({Right::lend}, "R-8");
    const auto by = [&](std::optional<DelegateId> who) {
        return site.desk->check_in({{DelegateId("R-1"), {}, true}, std::move(who), {}, false});
    };
    for (const auto& nobody : {std::optional<DelegateId>{}, std::optional(cannot),
                               std::optional(DelegateId("R-2")), std::optional(DelegateId("R-404"))}) {
        const auto done = by(nobody);
        REQUIRE_FALSE(done);
        CHECK(done.error().notice == flow::Notice::staff_only);
    }
    CHECK(site.facts(fact::CheckedIn::kind) == 0);
    CHECK(by(can));
}

TEST_CASE("a card is bound to one badge, a badge has one card")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    site.register_person(delegate("R-2"));
    const auto one = site.checked_in("R-1");
    const auto two = site.checked_in("R-2");
    CHECK(site.desk->bind_card(one.badge, CardUid("04A1"), 1));
    CHECK(site.desk->bind_card(one.badge, CardUid("04A1"), 1)); // the same again: it is so already
    CHECK(site.facts(fact::CardBound::kind) == 1);
    CHECK(site.desk->bind_card(two.badge, CardUid("04A1"), 1).error().notice == flow::Notice::card_in_use);
    CHECK(site.desk->bind_card(one.badge, CardUid("04B2"), 1).error().notice == flow::Notice::card_in_use);
    CHECK(site.desk->bind_card(BadgeId("BNOBODY"), CardUid("04B2"), 1).error().notice ==
          flow::Notice::card_not_ours);
    site.reopen();
    CHECK(site.desk->holder(CardUid("04A1"), 1)->delegate == DelegateId("R-1"));
}

TEST_CASE("a card that proves less than the meeting asks for is not bound")
{
    KioskSite site;
    site.profile.cards.tier_min = 1;
    site.reopen();
    site.register_person(delegate("R-1"));
    const auto done = site.checked_in("R-1");
    CHECK(site.desk->bind_card(done.badge, CardUid("04A1"), 0).error().notice == flow::Notice::card_not_ours);
    CHECK(site.desk->bind_card(done.badge, CardUid("04A1"), 1));
}

TEST_CASE("a copy that proves less than the card that was bound opens nothing")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const auto done = site.checked_in("R-1");
    REQUIRE(site.desk->bind_card(done.badge, CardUid("04A1"), 2));
    CHECK(site.desk->holder(CardUid("04A1"), 1).error().notice == flow::Notice::card_not_ours);
    CHECK(site.desk->holder(CardUid("04A1"), 2)->badge == done.badge);
}

TEST_CASE("a second badge for one person is void here as soon as it is heard of, and opens nothing")
{
    Authority registry;
    must(registry.store->commit(registration("R-1", "Zoe")));
    EventProfile profile = sample_profile();
    profile.id = EventId("e");
    profile.identity = IdentityCheck::self;
    const auto shared = std::make_shared<const EventProfile>(profile);
    Device first{"K1", registry.keys};
    Device second{"K2", registry.keys};
    static_cast<void>(new_badge_id(second.random)); // two kiosks never draw the same
    pull(first, registry);
    pull(second, registry);
    Desk one(*first.store, shared, first.clock, first.random, {});
    Desk two(*second.store, shared, second.clock, second.random, {});
    must(one.open());
    must(two.open());
    const Identified zoe{DelegateId("R-1"), {}, true};
    const auto badge_one = one.check_in({zoe, {}, {}, false});
    const auto badge_two = two.check_in({zoe, {}, {}, false});
    REQUIRE(badge_one);
    REQUIRE(badge_two);
    REQUIRE(badge_one->badge != badge_two->badge);
    REQUIRE(two.bind_card(badge_two->badge, CardUid("04B2"), 1));
    CHECK(two.holder(CardUid("04B2"), 1));
    CHECK_FALSE(two.void_badges().contains(badge_two->badge));

    push(first, registry);
    push(second, registry); // one person, two badges: a conflict, the first claim stands
    two.pulled(pull(second, registry));
    CHECK(two.void_badges().contains(badge_two->badge));
    CHECK_FALSE(two.void_badges().contains(badge_one->badge));
    CHECK(two.holder(CardUid("04B2"), 1).error().notice == flow::Notice::card_revoked);
    CHECK_FALSE(two.locker_for(badge_two->badge, false));

    Desk again(*second.store, shared, second.clock, second.random, {});
    must(again.open());
    CHECK(again.void_badges().contains(badge_two->badge));
}

TEST_CASE("a sheet that came out right before a crash is noted at the next start")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const auto done = site.checked_in("R-1");
    site.set_print_state(done.job, "done"); // the printer's thread had it on disk
    site.reopen();
    CHECK(site.store->view().badges.find(done.badge)->printed);
    CHECK(site.facts(fact::BadgePrinted::kind) == 1);
    site.reopen();
    CHECK(site.facts(fact::BadgePrinted::kind) == 1);
}

TEST_CASE("desk tickets carry the kiosk and never come twice")
{
    KioskSite site;
    CHECK(must(site.desk->issue_ticket({}, "help")) == "K2-1");
    CHECK(must(site.desk->issue_ticket(DelegateId("R-1"), "a correction")) == "K2-2");
    {
        FullDisk full;
        CHECK_FALSE(site.desk->issue_ticket({}, "help"));
    }
    CHECK(must(site.desk->issue_ticket({}, "help")) == "K2-3"); // a number that was never told is still free
    site.reopen();
    CHECK(must(site.desk->issue_ticket({}, "help")) == "K2-4");
    CHECK(site.facts(fact::TicketIssued::kind) == 4);
}

TEST_CASE("after five wrong PINs each try waits longer, also over a restart")
{
    KioskSite site;
    const auto ines = site.staff({Right::release});
    const auto verifier = must(crypto::pin_verifier("2468", site.keys.pepper));
    must(site.store->commit(just({fact::StaffPinSet{ines, verifier}})));
    using Pin = Desk::PinAnswer;
    for (int i = 0; i < 4; ++i)
        CHECK(site.desk->check_pin(ines, "0000") == Pin::wrong);
    CHECK(site.desk->check_pin(ines, "0000") == Pin::wait);
    CHECK(site.desk->check_pin(ines, "2468") == Pin::wait); // right, but too early
    site.reopen();
    CHECK(site.desk->check_pin(ines, "2468") == Pin::wait);
    site.clock.advance(Millis{30000});
    CHECK(site.desk->check_pin(ines, "0000") == Pin::wait); // the sixth: a minute
    site.clock.advance(Millis{30000});
    CHECK(site.desk->check_pin(ines, "2468") == Pin::wait);
    site.clock.advance(Millis{30000});
    CHECK(site.desk->check_pin(ines, "2468") == Pin::right);
    CHECK(site.desk->check_pin(ines, "0000") == Pin::wrong); // counted from the beginning
    CHECK(site.facts(fact::StaffPinFailed::kind) == 7);      // every try is on record, waits are not
    CHECK(site.facts(fact::StaffPinLifted::kind) == 1);
}

TEST_CASE("a manager ends the wait after wrong PINs, nobody else does")
{
    KioskSite site;
    const auto ines = site.staff({Right::release});
    const auto boss = site.staff({Right::manage}, "R-1");
    must(site.store->commit(
        just({fact::StaffPinSet{ines, must(crypto::pin_verifier("2468", site.keys.pepper))}})));
    for (int i = 0; i < 5; ++i)
        static_cast<void>(site.desk->check_pin(ines, "0000"));
    CHECK(site.desk->check_pin(ines, "2468") == Desk::PinAnswer::wait);
    CHECK_FALSE(site.desk->lift_pin_wait(ines, ines));
    CHECK(site.desk->check_pin(ines, "2468") == Desk::PinAnswer::wait);
    CHECK(site.desk->lift_pin_wait(ines, boss));
    CHECK(site.desk->check_pin(ines, "2468") == Desk::PinAnswer::right);
}

TEST_CASE("a clock that was years ahead at another device locks nobody out for years")
{
    KioskSite site;
    const auto ines = site.staff({Right::release});
    must(site.store->commit(
        just({fact::StaffPinSet{ines, must(crypto::pin_verifier("2468", site.keys.pepper))}})));
    const WallTime now = site.clock.wall();
    site.clock.advance(Millis{std::int64_t{10} * 365 * 24 * 60 * 60 * 1000});
    for (int i = 0; i < 6; ++i)
        static_cast<void>(site.desk->check_pin(ines, "0000"));
    site.clock.advance(now - site.clock.wall());
    CHECK(site.desk->check_pin(ines, "0000") == Desk::PinAnswer::wait); // dated by this clock from here on
    CHECK(site.desk->check_pin(ines, "2468") == Desk::PinAnswer::wait);
}

TEST_CASE("a PIN try that cannot be counted is no try")
{
    KioskSite site;
    const auto ines = site.staff({Right::release});
    must(site.store->commit(
        just({fact::StaffPinSet{ines, must(crypto::pin_verifier("2468", site.keys.pepper))}})));
    FullDisk full;
    CHECK(site.desk->check_pin(ines, "2468") == Desk::PinAnswer::wait);
}

TEST_CASE("without a PIN or without a person no PIN is right")
{
    KioskSite site;
    const auto ines = site.staff({Right::release});
    CHECK(site.desk->check_pin(ines, "") == Desk::PinAnswer::wrong);
    CHECK(site.desk->check_pin(DelegateId("R-404"), "0000") == Desk::PinAnswer::wrong);
}

TEST_CASE("a manager who signs in at a kiosk whose keys rest under PINs can unlock it from then on")
{
    KioskSite site;
    const KeySecret technician{crypto::SecretText("77777777"), {}, ""};
    must(site.store->key_store().protect(Protector::pin, &technician));
    const auto pin_of = [&](const DelegateId& id, const std::string& pin) {
        must(site.store->commit(
            just({fact::StaffPinSet{id, must(crypto::pin_verifier(pin, site.keys.pepper))}})));
        return site.desk->check_pin(id, pin) == Desk::PinAnswer::right;
    };
    const auto managers = [&] { return site.store->key_store().file()->managers(); };
    CHECK(pin_of(site.staff({Right::release}, "R-8"), "1357"));
    CHECK(managers() == std::vector{DelegateId()}); // the enrolment's; who only releases unlocks nothing
    const auto ines = site.staff({Right::manage});
    CHECK(pin_of(ines, "2468"));
    CHECK(managers() == std::vector{ines});
    CHECK(pin_of(ines, "8642"));
    CHECK(managers() == std::vector{ines});
    const auto unlocked = [&](const std::string& pin) {
        auto file = must(EventKeyFile::load(site.folder.path()));
        const KeySecret secret{crypto::SecretText(pin), {}, ""};
        EventKeys keys;
        crypto::Key file_key{};
        return file->open(&secret, keys, file_key) && keys.master == site.keys.master;
    };
    CHECK(unlocked("8642"));
    CHECK_FALSE(unlocked("2468"));
    CHECK_FALSE(unlocked("77777777"));
}
