// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/desk/desk_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// The number that an answer carries; nothing for what answers no question.
struct JobOf {
    template <class M> std::optional<std::uint64_t> operator()(const M& msg) const
    {
        if constexpr (requires { msg.job; })
            return msg.job;
        else
            return std::nullopt;
    }
};

struct Scene {
    KioskSite site;
    CheckInDone zoe;
    DelegateId ines;

    Scene()
    {
        site.register_person(delegate("R-1"));
        site.register_person(delegate("R-2", "Omar"));
        zoe = site.finished("R-1", "04A1");
        ines = site.staff({Right::release, Right::lend});
        must(site.store->commit(
            just({fact::StaffPinSet{ines, must(crypto::pin_verifier("2468", site.keys.pepper))},
                  fact::LaptopAdded{LaptopTag("LT-1"), DeviceId("K2")}})));
        site.desk->use_layout(sample_layout());
        site.told.clear();
    }

    /// Every question once with something to find and once without.
    [[nodiscard]] std::vector<flow::Cmd> questions()
    {
        std::uint64_t job = 100;
        return {flow::ResolveCode{++job, site.signed_code("R-2")},
                flow::ResolveCode{++job, "nonsense"},
                flow::SearchPeople{++job, "omar"},
                flow::SearchPeople{++job, site.desk->short_code_of(DelegateId("R-2"))},
                flow::SearchPeople{++job, "nobody at all"},
                flow::LoadPerson{++job, DelegateId("R-2")},
                flow::LoadPerson{++job, DelegateId("R-404")},
                flow::DrawBadge{++job, DelegateId("R-2"), {}},
                flow::CheckIn{++job, DelegateId("R-2"), site.signed_code("R-2"), {}, {}},
                flow::CheckIn{++job, DelegateId("R-1"), {}, {}, "XXXX"},
                flow::BindCard{++job, zoe.badge, CardUid("04A1"), 1},
                flow::BindCard{++job, BadgeId("BNOBODY"), CardUid("04C3"), 1},
                flow::ResolveCard{++job, CardUid("04A1"), 1},
                flow::ResolveCard{++job, CardUid("0BAD"), 1},
                flow::GiveBackLocker{++job, DelegateId("R-1")},
                flow::CheckPin{++job, ines, flow::Pin("2468")},
                flow::CheckPin{++job, ines, flow::Pin("0000")},
                flow::LendLaptop{++job, ines, DelegateId("R-1"), {}, false},
                flow::LendLaptop{++job, ines, DelegateId("R-1"), LaptopTag("LT-9"), true},
                flow::TakeBackLaptop{++job, ines, LaptopTag("LT-1"), false},
                flow::IssueTicket{++job, DelegateId("R-2"), "a correction"}};
    }
};

std::uint64_t asked(const flow::Cmd& command) { return std::visit(JobOf{}, command).value_or(0); }

} // namespace

TEST_CASE("every question has exactly one answer, with its number")
{
    Scene scene;
    for (const auto& question : scene.questions()) {
        INFO("job " << asked(question));
        scene.site.told.clear();
        scene.site.desk->execute(question);
        REQUIRE(scene.site.told.size() == 1);
        CHECK(std::visit(JobOf{}, scene.site.told.front()) == asked(question));
    }
    scene.site.told.clear();
    scene.site.desk->execute(flow::Wipe{});
    scene.site.desk->execute(flow::PlayTone{flow::Tone::good});
    scene.site.desk->execute(flow::CallStaff{"a delegate"});
    CHECK(scene.site.told.empty());
}

TEST_CASE("on a full disk every question is still answered, and none with a success that is not on disk")
{
    Scene scene;
    const auto questions = scene.questions();
    const auto before = scene.site.store->own_counter();
    {
        FullDisk full;
        for (const auto& question : questions) {
            INFO("job " << asked(question));
            scene.site.told.clear();
            scene.site.desk->execute(question);
            REQUIRE(scene.site.told.size() == 1);
            const auto& answer = scene.site.told.front();
            CHECK(std::visit(JobOf{}, answer) == asked(question));
            CHECK_FALSE(std::holds_alternative<flow::CheckedIn>(answer));
            if (const auto* ticket = std::get_if<flow::TicketIssued>(&answer))
                CHECK(ticket->ticket.empty());
            if (const auto* refused = std::get_if<flow::PersonRefused>(&answer))
                CHECK(refused->ticket.empty());
            if (const auto* pin = std::get_if<flow::PinAnswered>(&answer))
                CHECK_FALSE(pin->right);
        }
        scene.site.told.clear();
        scene.site.desk->execute(flow::LendLaptop{1, scene.ines, DelegateId("R-1"), LaptopTag("LT-1"), true});
        CHECK(scene.site.answer<flow::LoanAnswered>().why == flow::Notice::trouble);
        scene.site.desk->execute(flow::BindCard{2, scene.zoe.badge, CardUid("04A1"), 1});
        scene.site.told.clear();
    }
    CHECK(scene.site.store->own_counter() == before);
    scene.site.desk->execute(questions[8]); // with space again the check-in succeeds
    CHECK(std::holds_alternative<flow::CheckedIn>(scene.site.told.front()));
}

TEST_CASE("a search shows five people or none, masked, and never another person's name")
{
    KioskSite site;
    const int people = GENERATE(5, 6);
    for (int i = 1; i <= people; ++i)
        site.register_person(delegate("R-" + std::to_string(i), "Anna LINDQVIST"));
    site.desk->execute(flow::SearchPeople{1, "lindq"});
    const auto found = site.answer<flow::RowsFound>();
    CHECK(found.too_many == (people == 6));
    CHECK(found.rows.size() == (people == 6 ? 0U : 5U));
    for (const auto& row : found.rows)
        CHECK(row.name == "A*** L********");
}

TEST_CASE("the profile may show whole names")
{
    KioskSite site;
    site.profile.search.mask = false;
    site.reopen();
    site.register_person(delegate("R-1", "Anna LINDQVIST"));
    site.desk->execute(flow::SearchPeople{1, "lindq"});
    CHECK(site.answer<flow::RowsFound>().rows.front().name == "Anna LINDQVIST");
}

TEST_CASE("a code that is typed whole finds its person as a code does")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const auto code = site.desk->short_code_of(DelegateId("R-1"));
    site.desk->execute(flow::SearchPeople{1, code});
    const auto found = site.answer<flow::PersonFound>();
    CHECK(found.by_code);
    CHECK(found.person.id == DelegateId("R-1"));
    site.desk->execute(flow::CheckIn{2, DelegateId("R-1"), code, {}, {}});
    CHECK_FALSE(site.answer<flow::CheckedIn>().badge.empty());
    site.desk->execute(flow::LoadPerson{3, DelegateId("R-1")});
    CHECK_FALSE(site.answer<flow::PersonFound>().by_code);
}

TEST_CASE("who is told no at the kiosk is awaited at the desk, with a number")
{
    KioskSite site;
    Person waits = delegate("R-1");
    waits.state = Registration::pending;
    site.register_person(waits);
    site.desk->execute(flow::ResolveCode{1, site.signed_code("R-1")});
    const auto refused = site.answer<flow::PersonRefused>();
    CHECK(refused.why == flow::Notice::pending);
    CHECK(refused.ticket == "K2-1");
    site.desk->execute(flow::ResolveCode{2, "nonsense"});
    CHECK(site.answer<flow::PersonRefused>().ticket.empty());
}

TEST_CASE("the card of a staff member signs in, of a delegate opens, of nobody says so")
{
    Scene scene;
    scene.site.desk->execute(flow::ResolveCard{1, CardUid("04A1"), 1});
    const auto delegate = scene.site.answer<flow::CardOfDelegate>();
    CHECK(delegate.person.id == DelegateId("R-1"));
    CHECK(delegate.badge == scene.zoe.badge);
    scene.site.finished("R-9", "57AF");
    scene.site.desk->execute(flow::ResolveCard{2, CardUid("57AF"), 1});
    const auto staff = scene.site.answer<flow::CardOfStaff>();
    CHECK(staff.staff.can_release);
    CHECK(staff.staff.can_lend);
    CHECK(staff.staff.name == "Ines STAFF");
}

TEST_CASE("help is called once, however often the button is pressed")
{
    KioskSite site;
    for (int i = 0; i < 50; ++i)
        site.desk->execute(flow::CallStaff{"a delegate at K2"});
    CHECK(site.facts(fact::TicketIssued::kind) == 1);
    site.clock.advance(Millis{60000});
    site.desk->execute(flow::CallStaff{"a delegate at K2"});
    CHECK(site.facts(fact::TicketIssued::kind) == 2);
}

TEST_CASE("the badge is drawn before it prints, also of a person known from the signed code alone")
{
    KioskSite site;
    site.desk->use_layout(sample_layout());
    site.register_person(delegate("R-1"));
    site.desk->execute(flow::DrawBadge{1, DelegateId("R-1"), {}});
    const auto known = site.answer<flow::BadgeDrawn>().picture;
    CHECK(known.width == 480);
    CHECK(known.rgba->size() ==
          static_cast<std::size_t>(known.width) * static_cast<std::size_t>(known.height) * 4);
    site.desk->execute(flow::DrawBadge{2, DelegateId("R-77"), site.signed_code("R-77")});
    const auto provisional = site.answer<flow::BadgeDrawn>().picture;
    CHECK(*provisional.rgba != *known.rgba);
    site.desk->execute(flow::DrawBadge{3, DelegateId("R-404"), {}});
    CHECK(site.told.empty()); // nobody waits for a picture
}

TEST_CASE("the sheet is told to the glass when its fact is on disk")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const auto done = site.checked_in("R-1");
    site.told.clear();
    {
        FullDisk full;
        site.desk->printed(done.job);
        CHECK(site.told.empty());
    }
    site.desk->printed(done.job);
    CHECK(site.answer<flow::PrintFinished>().badge == done.badge);
    CHECK(site.store->view().badges.find(done.badge)->printed);
    site.desk->printed(PrintKey("B-NOBODY.1.1"));
    CHECK(site.told.empty());
}

TEST_CASE("who is newcomer or trainee hears of their session, others of the next for all")
{
    KioskSite site;
    Person zoe = delegate("R-1");
    zoe.flags = {Flag::newcomer};
    site.register_person(zoe);
    site.register_person(delegate("R-2"));
    const auto session_of = [&](const std::string& id) {
        site.desk->execute(flow::LoadPerson{1, DelegateId(id)});
        return site.answer<flow::PersonFound>().next_session;
    };
    const auto first = session_of("R-2");
    REQUIRE(first);
    for (const auto language : all_languages)
        CHECK_FALSE(first->get(language).empty());
    site.clock.advance(Millis{60LL * 86400 * 1000});
    CHECK_FALSE(session_of("R-1")); // the meeting is over
}

TEST_CASE("an announcement of the registry is told to the screens once, and so is its end")
{
    KioskSite site;
    const auto pull = [&site] {
        must(site.store->take_page(must(site.registry_store().log_after(site.store->cursor().seq, 1000))));
        site.desk->refresh({});
        std::vector<std::string> said;
        for (const auto& msg : site.told) {
            if (const auto* changed = std::get_if<flow::BroadcastChanged>(&msg))
                said.push_back(changed->text ? changed->text->get(Language::ar) : "");
        }
        return said;
    };
    must(site.registry_store().commit(just({fact::Announced{"Plenary moved to room C", {}}})));
    CHECK(pull() == std::vector<std::string>{"Plenary moved to room C"});
    CHECK(pull().size() == 1);
    must(site.registry_store().commit(just({fact::Announced{"", {}}})));
    CHECK(pull() == std::vector<std::string>{"Plenary moved to room C", ""});
}
