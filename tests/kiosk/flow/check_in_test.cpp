// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/flow/flow_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

TEST_CASE("a check-in by code is two touches and one tap")
{
    Visit visit{self_identity()};
    visit.scan("MB1:CODE");
    const auto asked = visit.asked<flow::ResolveCode>();
    CHECK(asked.text == "MB1:CODE");
    visit.say(flow::PersonFound{asked.job, zoe(), true, {}});
    CHECK(visit.model.screen == Screen::confirm);
    CHECK(visit.asked<flow::DrawBadge>().delegate == zoe().id);

    visit.press(Button::confirm_yes); // the first touch
    const auto wish = visit.asked<flow::CheckIn>();
    CHECK(wish.code == "MB1:CODE");
    CHECK_FALSE(wish.released_by);
    visit.say(flow::CheckedIn{wish.job, visit.badge, false, false});
    CHECK(visit.model.screen == Screen::printing);
    visit.say(flow::PrintFinished{visit.badge});
    CHECK(visit.model.screen == Screen::take_card);

    visit.tap("04BEEF"); // the tap
    const auto bind = visit.asked<flow::BindCard>();
    CHECK(bind.badge == visit.badge);
    CHECK(bind.uid == CardUid("04BEEF"));
    visit.say(flow::CardBound{bind.job});
    CHECK(visit.model.screen == Screen::done);
    CHECK(visit.model.notice == Notice::none);

    visit.press(Button::end_session); // the second touch
    CHECK(left_behind(visit.model).empty());
    CHECK(visit.count<flow::Wipe>() == 1);
}

TEST_CASE("where the profile asks for it, staff release every check-in with their badge")
{
    Visit visit;
    visit.to_confirm();
    visit.press(Button::confirm_yes);
    CHECK(visit.model.screen == Screen::staff_release);
    CHECK(visit.count<flow::CheckIn>() == 0);

    SECTION("the badge of staff with the right issues the badge")
    {
        visit.release();
        const auto wish = visit.asked<flow::CheckIn>();
        CHECK(wish.released_by == staff_member().id);
        CHECK(wish.delegate == zoe().id);
    }
    SECTION("staff without the right, delegates and strange cards release nothing")
    {
        visit.release(staff_member(false));
        CHECK(visit.model.notice == Notice::staff_only);
        CHECK(visit.count<flow::CheckIn>() == 0);
        visit.tap();
        visit.say(flow::CardOfDelegate{visit.asked<flow::ResolveCard>().job, omar(), BadgeId("B-OMAR")});
        CHECK(visit.model.notice == Notice::staff_only);
        CHECK(visit.count<flow::CheckIn>() == 0);
        visit.tap();
        const auto job = visit.asked<flow::ResolveCard>().job;
        visit.say(flow::CardUnknown{job, CardUid("04A1"), Notice::card_not_ours});
        CHECK(visit.model.notice == Notice::card_not_ours);
        CHECK(visit.count<flow::CheckIn>() == 0);
        CHECK(visit.model.screen == Screen::staff_release);
        CHECK(visit.model.person->id == zoe().id);
    }
}

TEST_CASE("a person found by name is shown masked rows and proves that the registration is theirs")
{
    Visit visit{self_identity()};
    visit.press(Button::start_search);
    visit.say(flow::KeyTyped{"m"});
    CHECK(visit.count<flow::SearchPeople>() == 0); // one letter is too few
    visit.say(flow::KeyTyped{"u"});
    const auto search = visit.asked<flow::SearchPeople>();
    CHECK(search.query == "mu");
    visit.say(flow::RowsFound{search.job, {{zoe().id, "Z** M*****", "Org"}}, false});
    CHECK(visit.model.rows.front().name == "Z** M*****");
    visit.say(flow::RowChosen{0});
    const auto load = visit.asked<flow::LoadPerson>();
    CHECK(load.delegate == zoe().id);
    visit.say(flow::PersonFound{load.job, zoe(), false, {}});
    CHECK(visit.model.screen == Screen::confirm);
    CHECK(visit.model.rows.empty());

    visit.press(Button::confirm_yes);
    CHECK(visit.model.screen == Screen::verify_code);
    CHECK(visit.count<flow::CheckIn>() == 0);
    visit.type("0ZT");
    visit.press(Button::verify_submit);
    CHECK(visit.count<flow::CheckIn>() == 0); // three characters are not four
    visit.type("4X");
    CHECK(visit.model.typed == "0ZT4");
    visit.press(Button::verify_submit);
    const auto wish = visit.asked<flow::CheckIn>();
    CHECK(wish.last_four == "0ZT4");
    CHECK(wish.code.empty());
    visit.say(flow::CheckInRefused{wish.job, Notice::wrong_characters, {}});
    CHECK(visit.model.screen == Screen::verify_code);
    CHECK(visit.model.notice == Notice::wrong_characters);
    visit.say(flow::KeyErased{});
    visit.type("5");
    visit.press(Button::verify_submit);
    CHECK(visit.asked<flow::CheckIn>().last_four == "0ZT5");
}

TEST_CASE("who guesses at the last four characters is sent to the desk after the fifth try")
{
    Visit visit{self_identity()};
    visit.to_confirm_by_name();
    visit.press(Button::confirm_yes);
    visit.type("0000");
    for (int tries = 1; tries <= 5; ++tries) {
        CHECK(visit.count<flow::IssueTicket>() == 0);
        visit.press(Button::verify_submit);
        visit.say(flow::CheckInRefused{visit.asked<flow::CheckIn>().job, Notice::wrong_characters, {}});
    }
    const auto ask = visit.asked<flow::IssueTicket>();
    CHECK(ask.delegate == zoe().id);
    visit.say(flow::TicketIssued{ask.job, "K2-8"});
    CHECK(visit.model.screen == Screen::desk_ticket);
}

TEST_CASE("where staff release, a name needs no characters of the code")
{
    Visit visit;
    visit.to_confirm_by_name();
    visit.press(Button::confirm_yes);
    CHECK(visit.model.screen == Screen::staff_release);
    visit.release();
    CHECK(visit.asked<flow::CheckIn>().released_by == staff_member().id);
}

TEST_CASE("a code typed into the search counts as the code")
{
    Visit visit{self_identity()};
    visit.press(Button::start_search);
    visit.type("7K3QXM40Z");
    visit.say(flow::KeyTyped{"T"});
    const auto search = visit.asked<flow::SearchPeople>();
    visit.say(flow::PersonFound{search.job, zoe(), true, {}});
    CHECK(visit.model.language == Language::fr);
    visit.press(Button::confirm_yes);
    CHECK(visit.asked<flow::CheckIn>().code == "7K3QXM40ZT");
}

TEST_CASE("over five hits no row is shown, and none is said too")
{
    Visit visit;
    visit.press(Button::start_search);
    visit.type("mu");
    const auto many = visit.asked<flow::SearchPeople>().job;
    visit.say(flow::RowsFound{many, {{zoe().id, "Z**", ""}}, true});
    CHECK(visit.model.rows.empty());
    CHECK(visit.model.notice == Notice::too_many);
    visit.say(flow::KeyTyped{"x"});
    visit.say(flow::RowsFound{visit.asked<flow::SearchPeople>().job, {}, false});
    CHECK(visit.model.notice == Notice::not_found);
    visit.say(flow::KeyErased{});
    visit.say(flow::KeyErased{});
    CHECK(visit.model.notice == Notice::none);
    CHECK(visit.model.typed == "m");
}

TEST_CASE("one Han character is enough to search, blanks and half letters are not")
{
    Visit visit;
    visit.press(Button::start_search);
    visit.say(flow::KeyTyped{"李"});
    CHECK(visit.asked<flow::SearchPeople>().query == "李");
    visit.say(flow::KeyErased{});
    CHECK(visit.model.typed.empty());
    visit.type("  m");
    CHECK(visit.count<flow::SearchPeople>() == 0);
    visit.say(flow::KeyErased{});
    visit.say(flow::KeyTyped{"é"});
    visit.say(flow::KeyErased{});
    CHECK(visit.model.typed == "  ");
}

TEST_CASE("what is typed is bounded")
{
    Visit visit;
    visit.press(Button::start_search);
    visit.type(std::string(500, 'x'));
    CHECK(visit.model.typed.size() <= 64);
    visit.say(flow::KeyTyped{std::string(500, 'y')});
    CHECK(visit.model.typed.size() <= 64);
}

TEST_CASE("a code that is no use says why and offers the name")
{
    const auto why = GENERATE(Notice::code_unreadable, Notice::code_other_meeting, Notice::code_is_badge);
    Visit visit;
    visit.scan("whatever");
    visit.say(flow::PersonRefused{visit.asked<flow::ResolveCode>().job, why, {}});
    CHECK(visit.model.screen == Screen::search);
    CHECK(visit.model.notice == why);
    CHECK_FALSE(visit.model.person);
    CHECK(visit.model.scanned_code.empty());
}

TEST_CASE("pending, cancelled and finished registrations get a desk ticket and a reason")
{
    const auto why = GENERATE(Notice::pending, Notice::cancelled, Notice::already_has_badge);
    Visit visit;
    visit.scan("MB1:CODE");
    visit.say(flow::PersonRefused{visit.asked<flow::ResolveCode>().job, why, "K2-17"});
    CHECK(visit.model.screen == Screen::desk_ticket);
    CHECK(visit.model.notice == why);
    CHECK(visit.model.ticket == "K2-17");
    visit.wait(Millis{15000}); // the kiosk is free again by itself
    CHECK(left_behind(visit.model).empty());
}

TEST_CASE("a first run that was not finished goes on where it stopped")
{
    Visit visit{self_identity()};
    visit.to_confirm();
    visit.press(Button::confirm_yes);
    const auto job = visit.asked<flow::CheckIn>().job;
    visit.say(flow::CheckedIn{job, visit.badge, true, false}); // printed before, no card yet
    CHECK(visit.model.screen == Screen::take_card);
    CHECK(visit.count<flow::IssueTicket>() == 0);
}

TEST_CASE("a check-in that the disk refuses is no success")
{
    Visit visit{self_identity()};
    visit.to_confirm();
    visit.press(Button::confirm_yes);
    const auto job = visit.asked<flow::CheckIn>().job;
    const bool ticket = GENERATE(false, true);
    visit.say(flow::CheckInRefused{job, Notice::trouble, ticket ? "K2-3" : ""});
    CHECK(visit.model.screen == (ticket ? Screen::desk_ticket : Screen::confirm));
    CHECK(visit.model.notice == Notice::trouble);
    CHECK(visit.model.badge_id.empty());
}

TEST_CASE("a scanned delegate gets their own language at once, one found by name keeps the chosen one")
{
    Visit scanned;
    scanned.say(flow::LanguageChosen{Language::zh});
    scanned.scan("MB1:CODE");
    scanned.say(flow::PersonFound{scanned.asked<flow::ResolveCode>().job, zoe(), true, {}});
    CHECK(scanned.model.language == Language::fr);

    Visit by_name;
    by_name.say(flow::LanguageChosen{Language::zh});
    CHECK(by_name.model.screen == Screen::search); // a language on the poster starts
    by_name.type("mu");
    by_name.say(flow::RowsFound{by_name.asked<flow::SearchPeople>().job, {{zoe().id, "Z**", ""}}, false});
    by_name.say(flow::RowChosen{0});
    by_name.say(flow::PersonFound{by_name.asked<flow::LoadPerson>().job, zoe(), false, {}});
    CHECK(by_name.model.language == Language::zh);
}

TEST_CASE("who waits for an answer asks once, however often they press")
{
    Visit visit{self_identity()};
    visit.to_confirm();
    visit.press(Button::confirm_yes);
    CHECK(visit.count<flow::CheckIn>() == 1);
    visit.press(Button::confirm_yes);
    CHECK(visit.count<flow::CheckIn>() == 0);
    visit.press(Button::please_correct);
    CHECK(visit.count<flow::IssueTicket>() == 0);
    visit.scan("MB1:THE-SAME-AGAIN"); // a scanner that reads twice
    CHECK(visit.count<flow::ResolveCode>() == 0);
    visit.say(flow::TwoCards{});
    visit.press(Button::confirm_yes);
    CHECK(visit.count<flow::CheckIn>() == 0);
    CHECK(visit.model.busy);
}

TEST_CASE("a tap while a card is being bound is one question")
{
    Visit visit;
    visit.to_take_card();
    visit.tap();
    const auto job = visit.asked<flow::BindCard>().job;
    visit.tap();
    CHECK(visit.count<flow::BindCard>() == 0);
    visit.press(Button::card_later);
    CHECK(visit.model.screen == Screen::take_card);
    visit.say(flow::CardBound{job});
    CHECK(visit.model.screen == Screen::done);
    CHECK(visit.model.card_bound);
}

TEST_CASE("answers to a question that nobody asks any more are dropped")
{
    Visit visit;
    visit.scan("MB1:CODE");
    const auto first = visit.asked<flow::ResolveCode>().job;
    visit.scan("MB1:OTHER");
    const auto second = visit.asked<flow::ResolveCode>().job;
    visit.say(flow::PersonFound{first, omar(), true, flow::Texts{}});
    CHECK_FALSE(visit.model.person);
    CHECK_FALSE(visit.model.next_session);
    visit.say(flow::PersonFound{second, zoe(), true, {}});
    CHECK(visit.model.person->id == zoe().id);
    visit.say(flow::PersonFound{second, omar(), true, {}}); // told twice
    CHECK(visit.model.person->id == zoe().id);

    visit.press(Button::end_session);
    for (std::uint64_t job = 0; job <= visit.model.job + 1; ++job) {
        visit.say(flow::PersonFound{job, omar(), true, {}});
        visit.say(flow::CheckedIn{job, BadgeId("B-OMAR"), false, false});
        visit.say(flow::CardOfDelegate{job, omar(), BadgeId("B-OMAR")});
        visit.say(flow::BadgeDrawn{job, {}});
    }
    CHECK(left_behind(visit.model).empty());
}

TEST_CASE("the badge of the person before is never shown to the next")
{
    Visit visit;
    visit.to_confirm(zoe());
    const auto drawing = visit.drawing;
    visit.press(Button::confirm_not_me);
    visit.scan("MB1:OMAR");
    visit.say(flow::PersonFound{visit.asked<flow::ResolveCode>().job, omar(), true, {}});
    visit.say(flow::BadgeDrawn{drawing, {1, 1, nullptr}});
    CHECK_FALSE(visit.model.badge);
}

TEST_CASE("the badge is drawn although another question was asked since")
{
    Visit visit{self_identity()};
    visit.scan("MB1:CODE");
    visit.say(flow::PersonFound{visit.asked<flow::ResolveCode>().job, zoe(), true, {}});
    const auto drawing = visit.asked<flow::DrawBadge>();
    CHECK(drawing.code == "MB1:CODE");
    visit.press(Button::confirm_yes);
    visit.say(flow::BadgeDrawn{drawing.job, {1, 1, nullptr}});
    CHECK(visit.model.badge);
    CHECK(visit.model.busy); // the check-in is still awaited
}

TEST_CASE("the card may be bound while the badge prints")
{
    Visit visit;
    visit.to_printing();
    visit.tap();
    const auto job = visit.asked<flow::BindCard>().job;
    SECTION("bound first, then printed")
    {
        visit.say(flow::CardBound{job});
        CHECK(visit.model.screen == Screen::printing);
        visit.say(flow::PrintFinished{visit.badge});
        CHECK(visit.model.screen == Screen::done);
    }
    SECTION("the sheet comes between the tap and its answer")
    {
        visit.say(flow::PrintFinished{visit.badge});
        CHECK(visit.model.screen == Screen::take_card);
        visit.say(flow::CardBound{job});
        CHECK(visit.model.screen == Screen::done);
    }
    SECTION("a second card finds the first one bound")
    {
        visit.say(flow::CardBound{job});
        visit.tap("04FF");
        CHECK(visit.count<flow::BindCard>() == 0);
        CHECK(visit.count<flow::ResolveCard>() == 0);
    }
    SECTION("a card that belongs to somebody is refused and another may be taken")
    {
        visit.say(flow::CardRefused{job, Notice::card_in_use});
        CHECK(visit.model.notice == Notice::card_in_use);
        visit.say(flow::PrintFinished{visit.badge});
        visit.tap("04FF");
        visit.say(flow::CardBound{visit.asked<flow::BindCard>().job});
        CHECK(visit.model.screen == Screen::done);
    }
}

TEST_CASE("the sheet of another badge finishes nothing")
{
    Visit visit;
    visit.to_printing();
    visit.say(flow::PrintFinished{BadgeId("B-SOMEBODY")});
    visit.say(flow::PrintTrouble{BadgeId("B-SOMEBODY"), "jam"});
    CHECK(visit.model.screen == Screen::printing);
    Visit rest;
    rest.say(flow::PrintFinished{BadgeId()});
    CHECK(left_behind(rest.model).empty());
}

TEST_CASE("printer down: the delegate gets a desk ticket at once, and one only")
{
    Visit visit{self_identity()};
    SECTION("before the check-in")
    {
        visit.device(flow::Device::printer, false);
        visit.to_printing();
    }
    SECTION("while the badge prints")
    {
        visit.to_printing();
        visit.say(flow::PrintTrouble{visit.badge, "Printer 2: no paper."});
    }
    const auto ask = visit.asked<flow::IssueTicket>();
    CHECK(ask.delegate == zoe().id);
    visit.say(flow::PrintTrouble{visit.badge, "Printer 2: still no paper."});
    CHECK(visit.count<flow::IssueTicket>() == 0);
    visit.say(flow::TicketIssued{ask.job, "K2-5"});
    CHECK(visit.model.screen == Screen::desk_ticket);
    CHECK(visit.model.ticket == "K2-5");
}

TEST_CASE("a badge that does not come in twenty seconds is fetched at the desk")
{
    Visit visit;
    visit.to_printing();
    CHECK(visit.wait(Millis{19000}).empty());
    CHECK(visit.model.screen == Screen::printing);
    visit.wait(Millis{1000});
    const auto ask = visit.asked<flow::IssueTicket>();
    SECTION("the ticket")
    {
        visit.say(flow::TicketIssued{ask.job, "K2-6"});
        CHECK(visit.model.screen == Screen::desk_ticket);
    }
    SECTION("the sheet overtakes its ticket")
    {
        visit.say(flow::PrintFinished{visit.badge});
        visit.say(flow::TicketIssued{ask.job, "K2-6"});
        CHECK(visit.model.screen == Screen::take_card);
    }
    SECTION("no ticket could be saved: the desk helps all the same")
    {
        visit.say(flow::TicketIssued{ask.job, ""});
        CHECK(visit.model.screen == Screen::desk_ticket);
        CHECK(visit.model.notice == Notice::trouble);
    }
    SECTION("no answer at all does not keep the kiosk")
    {
        visit.wait(Millis{90000});
        CHECK(left_behind(visit.model).empty());
    }
}

TEST_CASE("reader down: the badge prints and the card follows later")
{
    Visit visit;
    SECTION("down before")
    {
        visit.device(flow::Device::reader, false);
        visit.device(flow::Device::reader, true); // for the staff badge
        visit.to_printing();
        visit.device(flow::Device::reader, false);
        visit.say(flow::PrintFinished{visit.badge});
    }
    SECTION("down while a card is awaited")
    {
        visit.to_take_card();
        visit.device(flow::Device::reader, false);
    }
    CHECK(visit.model.screen == Screen::done);
    CHECK(visit.model.notice == Notice::reader_down);
    CHECK_FALSE(visit.model.card_bound);
}

TEST_CASE("a reader that goes down right after the tap does not lose the answer")
{
    Visit visit;
    visit.to_take_card();
    visit.tap();
    const auto job = visit.asked<flow::BindCard>().job;
    visit.device(flow::Device::reader, false);
    CHECK(visit.model.screen == Screen::take_card);
    SECTION("bound")
    {
        visit.say(flow::CardBound{job});
        CHECK(visit.model.card_bound);
        CHECK(visit.model.notice == Notice::none);
    }
    SECTION("refused")
    {
        visit.say(flow::CardRefused{job, Notice::card_in_use});
        CHECK(visit.model.notice == Notice::reader_down);
    }
    CHECK(visit.model.screen == Screen::done);
}

TEST_CASE("no card now: the badge is worn, the card follows")
{
    Visit visit;
    visit.to_take_card();
    visit.press(Button::card_later);
    CHECK(visit.model.screen == Screen::done);
    CHECK_FALSE(visit.model.card_bound);
}

TEST_CASE("please correct gives a desk ticket with the person on it")
{
    Visit visit;
    visit.to_confirm();
    visit.press(Button::please_correct);
    const auto ask = visit.asked<flow::IssueTicket>();
    CHECK(ask.delegate == zoe().id);
    visit.say(flow::TicketIssued{ask.job, "K2-7"});
    CHECK(visit.model.screen == Screen::desk_ticket);
}

TEST_CASE("the done screen goes after eight seconds")
{
    Visit visit;
    visit.to_done();
    visit.wait(Millis{7999});
    CHECK(visit.model.screen == Screen::done);
    visit.wait(Millis{1});
    CHECK(left_behind(visit.model).empty());
    CHECK(visit.count<flow::Wipe>() == 1);
}

TEST_CASE("a new scan ends the done screen and everything of the person before")
{
    Visit visit;
    visit.to_done();
    visit.scan("MB1:NEXT");
    CHECK(visit.count<flow::Wipe>() == 1);
    CHECK_FALSE(visit.model.person);
    CHECK_FALSE(visit.model.next_session);
    visit.say(flow::PersonFound{visit.asked<flow::ResolveCode>().job, omar(), true, {}});
    CHECK(visit.model.person->id == omar().id);
    CHECK(visit.model.language == Language::ar);
    CHECK(visit.model.badge_id.empty());
    CHECK_FALSE(visit.model.card_bound);
}

TEST_CASE("not me and back give the screen to the next without a trace")
{
    Visit visit;
    visit.to_confirm();
    visit.press(GENERATE(Button::confirm_not_me, Button::back, Button::end_session));
    CHECK(left_behind(visit.model).empty());
    CHECK(visit.count<flow::Wipe>() == 1);
}

TEST_CASE("back from a person found by name returns to the search, without the person")
{
    Visit visit{self_identity()};
    visit.say(flow::LanguageChosen{Language::zh});
    visit.type("mu");
    visit.say(flow::RowsFound{visit.asked<flow::SearchPeople>().job, {{zoe().id, "Z**", ""}}, false});
    visit.say(flow::RowChosen{0});
    visit.say(flow::PersonFound{visit.asked<flow::LoadPerson>().job, zoe(), false, {}});
    visit.press(Button::back);
    CHECK(visit.model.screen == Screen::search);
    CHECK_FALSE(visit.model.person);
    CHECK(visit.model.typed.empty());
    CHECK(visit.model.language == Language::zh);
    CHECK(visit.count<flow::Wipe>() == 1);
}

TEST_CASE("a kiosk that checks nobody in reads no confirmation")
{
    flow::Settings lockers_only = settings();
    lockers_only.check_in = false;
    Visit visit{lockers_only};
    visit.scan("MB1:CODE");
    CHECK(visit.count<flow::ResolveCode>() == 0);
    visit.press(Button::start_search);
    CHECK(visit.model.screen == Screen::attract);
}

TEST_CASE("buttons of a screen that is gone do nothing")
{
    const auto button = GENERATE(Button::confirm_yes, Button::please_correct, Button::verify_submit,
                                 Button::card_later, Button::locker_wanted, Button::locker_give_back,
                                 Button::locker_is_empty, Button::locker_low_door, Button::pin_submit,
                                 Button::staff_lend, Button::staff_take_back, Button::lend_accept,
                                 Button::take_back_complete, Button::take_back_faulty, Button::more_time);
    Visit visit;
    visit.press(button);
    CHECK(left_behind(visit.model).empty());
    CHECK(visit.commands.size() == 1); // the click
}

TEST_CASE("a question that reached nobody is answered as trouble, and nobody waits for ever")
{
    using Ask = void (*)(Visit&);
    const std::vector<Ask> asks{
        [](Visit& v) { v.scan("MB1:CODE"); },
        [](Visit& v) {
            v.press(Button::start_search);
            v.type("mu");
        },
        [](Visit& v) {
            v.press(Button::start_search);
            v.type("mu");
            v.say(flow::RowsFound{v.asked<flow::SearchPeople>().job, {{zoe().id, "Z**", ""}}, false});
            v.say(flow::RowChosen{0});
        },
        [](Visit& v) {
            v.to_confirm();
            v.press(Button::confirm_yes);
            v.release();
        },
        [](Visit& v) {
            v.to_take_card();
            v.tap();
        },
        [](Visit& v) { v.tap(); },
        [](Visit& v) {
            v.tap();
            v.say(flow::CardOfDelegate{v.asked<flow::ResolveCard>().job, zoe(), v.badge});
        },
        [](Visit& v) {
            v.to_open_locker();
            v.press(Button::locker_give_back);
            v.press(Button::locker_is_empty);
        },
        [](Visit& v) {
            v.to_staff_menu();
            v.press(Button::staff_take_back);
            v.scan("LT-007");
            v.press(Button::take_back_complete);
        },
        [](Visit& v) {
            v.to_terms();
            v.press(Button::lend_accept);
        },
        [](Visit& v) {
            v.to_confirm();
            v.press(Button::please_correct);
        }};
    for (const Ask ask : asks) {
        Visit visit;
        ask(visit);
        REQUIRE(visit.model.busy);
        std::optional<flow::Msg> answer;
        for (const auto& command : visit.commands)
            answer = answer ? answer : flow::unanswered(command);
        REQUIRE(answer);
        visit.say(*answer);
        CHECK_FALSE(visit.model.busy);
        CHECK(visit.model.notice == Notice::trouble);
    }
    Visit visit;
    visit.to_sign_in();
    visit.pin("2468");
    visit.press(Button::pin_submit);
    visit.say(*flow::unanswered(visit.asked<flow::CheckPin>()));
    CHECK(visit.model.screen == Screen::staff_sign_in);
    CHECK(visit.model.notice == Notice::pin_wait);
}
