// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/flow/flow_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

// --- time --------------------------------------------------------------------------------------------------

TEST_CASE("after 45 quiet seconds a dialog asks for 20, then everything is wiped")
{
    Visit visit;
    visit.to_confirm();
    visit.wait(Millis{44999});
    CHECK_FALSE(visit.model.timeout_dialog);
    visit.wait(Millis{1});
    CHECK(visit.model.timeout_dialog);
    CHECK(visit.model.timeout_seconds_left == 20);
    visit.wait(Millis{5000});
    CHECK(visit.model.timeout_seconds_left == 15);
    visit.wait(Millis{15000});
    CHECK(left_behind(visit.model).empty());
    CHECK(visit.count<flow::Wipe>() == 1);
}

TEST_CASE("more time has no limit and takes nothing away")
{
    Visit visit{self_identity()};
    visit.to_confirm_by_name();
    visit.press(Button::confirm_yes);
    visit.type("0Z");
    for (int i = 0; i < 50; ++i) {
        visit.wait(Millis{50000});
        REQUIRE(visit.model.timeout_dialog);
        visit.press(Button::more_time);
        REQUIRE_FALSE(visit.model.timeout_dialog);
    }
    CHECK(visit.model.screen == Screen::verify_code);
    CHECK(visit.model.typed == "0Z");
    CHECK(visit.model.person);
}

TEST_CASE("a finger on the dialog is not cut off before it is lifted")
{
    Visit visit;
    visit.to_confirm();
    visit.wait(Millis{64900});
    REQUIRE(visit.model.timeout_dialog);
    visit.say(flow::Touched{});
    CHECK(visit.model.timeout_dialog); // its buttons are pressed when the finger is lifted
    visit.wait(Millis{200});
    CHECK(visit.model.screen == Screen::confirm);
    visit.press(Button::end_session);
    CHECK(left_behind(visit.model).empty());
}

TEST_CASE("whatever a person does puts the dialog away")
{
    Visit visit;
    visit.to_take_card();
    visit.wait(Millis{50000});
    REQUIRE(visit.model.timeout_dialog);
    SECTION("a card")
    {
        visit.tap();
        CHECK(visit.count<flow::BindCard>() == 1);
    }
    SECTION("a key") { visit.say(flow::KeyErased{}); }
    SECTION("an answer that shows the next screen") { visit.device(flow::Device::reader, false); }
    CHECK_FALSE(visit.model.timeout_dialog);
}

TEST_CASE("what somebody chose on the poster and left does not stay for the next")
{
    flow::Settings lockers_only = settings();
    lockers_only.check_in = false;
    Visit visit{lockers_only};
    visit.press(Button::open_language);
    visit.press(Button::high_contrast);
    visit.say(flow::LanguageChosen{Language::ru});
    CHECK(visit.model.screen == Screen::attract);
    CHECK(visit.model.language == Language::ru);
    visit.wait(Millis{44000});
    CHECK(visit.model.high_contrast);
    visit.wait(Millis{1000});
    CHECK(left_behind(visit.model).empty());
}

TEST_CASE("a sentence on the poster goes by itself")
{
    Visit visit;
    visit.tap();
    visit.say(
        flow::CardUnknown{visit.asked<flow::ResolveCard>().job, CardUid("04A1"), Notice::card_not_ours});
    CHECK(visit.model.notice == Notice::card_not_ours);
    visit.wait(Millis{8000});
    CHECK(left_behind(visit.model).empty());
}

TEST_CASE("the poster's clock moves although messages come all the time")
{
    Visit visit;
    int ticks = 0;
    for (int second = 0; second < 300; ++second) {
        visit.now = visit.now + Millis{1000};
        visit.device(flow::Device::registry, second % 2 == 0);
        if (flow::next_deadline(visit.model) <= visit.now) {
            visit.say(flow::Tick{25, "2017-09-04"});
            ++ticks;
        }
    }
    CHECK(ticks == 10);
    CHECK(visit.model.minutes_to_opening == 25);
    CHECK(visit.model.settings.today == "2017-09-04");
}

// --- what lies over a screen -------------------------------------------------------------------------------

TEST_CASE("info, help and language give the screen back untouched")
{
    const auto over = GENERATE(Button::open_info, Button::call_staff, Button::open_language);
    Visit visit{self_identity()};
    visit.to_confirm_by_name();
    visit.press(Button::confirm_yes);
    visit.type("0Z");
    visit.press(over);
    CHECK(visit.model.screen != Screen::verify_code);
    visit.press(Button::open_info); // one over another: back leads to the journey all the same
    visit.press(Button::back);
    CHECK(visit.model.screen == Screen::verify_code);
    CHECK(visit.model.typed == "0Z");
    CHECK(visit.model.person->id == zoe().id);
}

TEST_CASE("an answer that comes while something lies over the screen is there afterwards")
{
    Visit visit{self_identity()};
    visit.to_confirm();
    visit.press(Button::confirm_yes);
    const auto job = visit.asked<flow::CheckIn>().job;
    visit.press(Button::open_info);
    visit.say(flow::CheckedIn{job, visit.badge, false, false});
    CHECK(visit.model.screen == Screen::info);
    visit.say(flow::PrintFinished{visit.badge});
    CHECK(visit.model.screen == Screen::info);
    visit.press(Button::back);
    CHECK(visit.model.screen == Screen::take_card);
}

TEST_CASE("a card placed while the information is read is bound")
{
    Visit visit;
    visit.to_take_card();
    visit.press(Button::open_info);
    visit.tap();
    visit.say(flow::CardBound{visit.asked<flow::BindCard>().job});
    CHECK(visit.model.screen == Screen::done);
}

TEST_CASE("help under which the printer finished leads on")
{
    Visit visit;
    visit.to_printing();
    visit.tap();
    const auto job = visit.asked<flow::BindCard>().job;
    visit.press(Button::call_staff);
    CHECK(visit.count<flow::CallStaff>() == 1);
    visit.press(Button::call_staff);
    CHECK(visit.count<flow::CallStaff>() == 0);
    visit.say(flow::CardBound{job});
    visit.say(flow::PrintFinished{visit.badge});
    CHECK(visit.model.screen == Screen::help);
    visit.press(Button::back);
    CHECK(visit.model.screen == Screen::done);
}

TEST_CASE("a language chosen in the middle changes the words and nothing else")
{
    Visit visit;
    visit.to_confirm();
    visit.press(Button::open_language);
    visit.say(flow::LanguageChosen{Language::es});
    CHECK(visit.model.screen == Screen::confirm);
    CHECK(visit.model.language == Language::es);
    CHECK(visit.model.person);
}

TEST_CASE("a language chosen while a scan is looked up does not lose the scan")
{
    Visit visit;
    visit.scan("MB1:CODE");
    const auto job = visit.asked<flow::ResolveCode>().job;
    visit.say(flow::LanguageChosen{Language::es});
    visit.press(Button::start_search);
    visit.say(flow::PersonFound{job, zoe(), true, {}});
    CHECK(visit.model.screen == Screen::confirm);
}

// --- lockers -----------------------------------------------------------------------------------------------

TEST_CASE("one tap asks for one lock")
{
    Visit visit;
    visit.tap("04BEEF");
    visit.tap("04BEEF");
    CHECK(visit.commands.empty());
    visit.say(flow::CardOfDelegate{visit.model.job, zoe(), visit.badge});
    const auto open = visit.asked<flow::OpenLocker>();
    CHECK(open.badge == visit.badge);
    CHECK(open.uid == CardUid("04BEEF"));
    CHECK(visit.model.screen == Screen::locker);
    CHECK(visit.model.locker_step == LockerStep::opening);
    CHECK(visit.model.language == Language::fr);
    visit.tap("04BEEF");
    visit.say(flow::TwoCards{});
    visit.tap("04BEEF");
    CHECK(visit.count<flow::OpenLocker>() == 0);
    visit.say(flow::LockerAnswered{open.job, LockerStep::opened, "B14", Notice::none});
    CHECK(visit.model.door == "B14");
    visit.say(flow::LockerAnswered{open.job, LockerStep::jammed, "B14", Notice::none});
    CHECK(visit.model.locker_step == LockerStep::opened);
}

TEST_CASE("every outcome of a lock is told as what it is, and the screen ends by itself")
{
    const auto step = GENERATE(LockerStep::opened, LockerStep::already_open, LockerStep::jammed,
                               LockerStep::left_open, LockerStep::wrong_door, LockerStep::full,
                               LockerStep::offline, LockerStep::refused, LockerStep::elsewhere);
    Visit visit;
    visit.tap();
    visit.say(flow::CardOfDelegate{visit.asked<flow::ResolveCard>().job, zoe(), visit.badge});
    visit.say(flow::LockerAnswered{visit.asked<flow::OpenLocker>().job, step, "B14", Notice::none});
    CHECK(visit.model.locker_step == step);
    visit.wait(Millis{65000});
    CHECK(left_behind(visit.model).empty());
}

TEST_CASE("jammed: once more needs a new tap")
{
    Visit visit;
    visit.tap();
    visit.say(flow::CardOfDelegate{visit.asked<flow::ResolveCard>().job, zoe(), visit.badge});
    visit.say(
        flow::LockerAnswered{visit.asked<flow::OpenLocker>().job, LockerStep::jammed, "B14", Notice::none});
    visit.press(Button::locker_again);
    CHECK(visit.count<flow::OpenLocker>() == 0);
    CHECK(visit.model.locker_step == LockerStep::tap);
    visit.tap();
    visit.say(flow::CardOfDelegate{visit.asked<flow::ResolveCard>().job, zoe(), visit.badge});
    CHECK(visit.count<flow::OpenLocker>() == 1);
}

TEST_CASE("giving back asks whether it is empty, then needs the door closed")
{
    Visit visit;
    visit.to_open_locker();
    visit.press(Button::locker_give_back);
    CHECK(visit.model.locker_step == LockerStep::ask_empty);
    CHECK(visit.count<flow::GiveBackLocker>() == 0);
    visit.say(flow::DoorClosed{"B14"}); // a closed door is no answer to the question
    CHECK(visit.count<flow::GiveBackLocker>() == 0);
    visit.press(Button::locker_is_empty);
    const auto first = visit.asked<flow::GiveBackLocker>();
    visit.say(flow::LockerAnswered{first.job, LockerStep::close_door, "B14", Notice::none});
    visit.say(flow::DoorClosed{"B15"}); // somebody else's
    CHECK(visit.count<flow::GiveBackLocker>() == 0);
    SECTION("the door closes") { visit.say(flow::DoorClosed{"B14"}); }
    SECTION("the door closes while help is called")
    {
        visit.press(Button::call_staff);
        visit.say(flow::DoorClosed{"B14"});
    }
    const auto again = visit.asked<flow::GiveBackLocker>();
    visit.say(flow::LockerAnswered{again.job, LockerStep::given_back, "B14", Notice::none});
    CHECK(visit.model.locker_step == LockerStep::given_back);
}

TEST_CASE("keeping the locker ends the session")
{
    Visit visit;
    visit.to_open_locker();
    visit.press(Button::locker_give_back);
    visit.press(Button::locker_keep);
    CHECK(left_behind(visit.model).empty());
}

TEST_CASE("a door closed at rest concerns nobody")
{
    Visit visit;
    visit.say(flow::DoorClosed{"B14"});
    CHECK(visit.commands.empty());
    visit.to_open_locker();
    visit.say(flow::DoorClosed{"B14"});
    CHECK(visit.commands.empty());
}

TEST_CASE("who needs a low door gets one, by wish or by their registration")
{
    Visit visit;
    visit.to_done();
    visit.press(Button::locker_wanted);
    visit.press(Button::locker_low_door);
    visit.tap();
    visit.say(flow::CardOfDelegate{visit.asked<flow::ResolveCard>().job, zoe(), visit.badge});
    CHECK(visit.asked<flow::OpenLocker>().low_door);

    Visit other;
    flow::PersonView seated = zoe();
    seated.accessible = true;
    other.tap();
    other.say(flow::CardOfDelegate{other.asked<flow::ResolveCard>().job, seated, other.badge});
    CHECK(other.asked<flow::OpenLocker>().low_door);
}

TEST_CASE("another delegate's tap takes everything of the one before away")
{
    Visit visit;
    visit.to_done();
    visit.tap("0BAD");
    visit.say(flow::CardOfDelegate{visit.asked<flow::ResolveCard>().job, omar(), BadgeId("B-OMAR")});
    CHECK(visit.count<flow::Wipe>() == 1);
    CHECK(visit.model.person->id == omar().id);
    CHECK(visit.model.language == Language::ar);
    CHECK_FALSE(visit.model.badge);
    CHECK_FALSE(visit.model.next_session);
    CHECK(visit.model.scanned_code.empty());
    CHECK(visit.model.card.empty());
}

TEST_CASE("two cards at once: one card, please")
{
    Visit visit;
    visit.say(flow::TwoCards{});
    CHECK(visit.model.notice == Notice::one_card_please);
    visit.tap();
    CHECK(visit.model.notice == Notice::none);
}

// --- staff -------------------------------------------------------------------------------------------------

TEST_CASE("staff sign in with badge and PIN, and the digits are gone when they were looked at")
{
    Visit visit;
    visit.to_sign_in();
    visit.pin("246");
    visit.press(Button::pin_submit);
    CHECK(visit.count<flow::CheckPin>() == 0);
    visit.pin("9");
    visit.press(Button::pin_erase);
    visit.pin("8");
    CHECK(visit.model.pin_digits == 4);
    visit.press(Button::pin_submit);
    const auto check = visit.asked<flow::CheckPin>();
    CHECK(check.pin.digits() == "2468");
    CHECK(check.staff == staff_member().id);
    visit.pin("1"); // too late for this one
    SECTION("right")
    {
        visit.say(flow::PinAnswered{check.job, true, false});
        CHECK(visit.model.screen == Screen::staff_menu);
    }
    SECTION("wrong")
    {
        visit.say(flow::PinAnswered{check.job, false, false});
        CHECK(visit.model.screen == Screen::staff_sign_in);
        CHECK(visit.model.notice == Notice::pin_wrong);
    }
    SECTION("too often wrong")
    {
        visit.say(flow::PinAnswered{check.job, false, true});
        CHECK(visit.model.notice == Notice::pin_wait);
    }
    CHECK(visit.model.pin.size() == 0);
    CHECK(visit.model.pin_digits == 0);
}

TEST_CASE("a PIN has at most eight digits and is overwritten where it stood")
{
    flow::Pin pin("123456789");
    CHECK(pin.digits() == "12345678");
    const char* where = pin.digits().data();
    pin.clear();
    CHECK(std::all_of(where, where + flow::Pin::digits_max, [](char c) { return c == '\0'; }));
}

TEST_CASE("a staff badge without its PIN opens no staff function")
{
    Visit visit;
    visit.to_sign_in();
    const auto button = GENERATE(Button::staff_lend, Button::staff_take_back, Button::take_back_complete);
    visit.press(button);
    CHECK(visit.model.screen == Screen::staff_sign_in);
    visit.scan("LT-007");
    visit.press(button);
    CHECK(visit.model.screen == Screen::staff_sign_in);
    CHECK(visit.count<flow::TakeBackLaptop>() == 0);
}

TEST_CASE("staff mode locks by the button and by itself")
{
    Visit visit;
    visit.to_staff_menu();
    SECTION("button") { visit.press(Button::staff_lock); }
    SECTION("idle") { visit.wait(Millis{65000}); }
    CHECK(left_behind(visit.model).empty());
}

TEST_CASE("staff who sign in after a delegate see nothing of them")
{
    Visit visit;
    visit.to_done();
    visit.tap("57AF");
    visit.say(flow::CardOfStaff{visit.asked<flow::ResolveCard>().job, staff_member()});
    CHECK(visit.model.screen == Screen::staff_sign_in);
    CHECK(visit.count<flow::Wipe>() == 1);
    CHECK_FALSE(visit.model.person);
    CHECK_FALSE(visit.model.next_session);
    CHECK(visit.model.badge_id.empty());
}

TEST_CASE("a laptop is lent: badge, tag, terms")
{
    Visit visit;
    visit.to_staff_menu();
    visit.press(Button::staff_lend);
    visit.scan("LT-007"); // the badge comes first
    CHECK(visit.count<flow::LendLaptop>() == 0);
    visit.tap();
    visit.say(flow::CardOfDelegate{visit.asked<flow::ResolveCard>().job, zoe(), visit.badge});
    const auto may = visit.asked<flow::LendLaptop>();
    CHECK(may.laptop.empty());
    CHECK(may.staff == staff_member().id);
    CHECK(may.delegate == zoe().id);
    visit.say(flow::LoanAnswered{may.job, LendStep::scan_tag, Notice::none, "Friday", 0});
    visit.scan("LT-007");
    const auto tag = visit.asked<flow::LendLaptop>();
    CHECK(tag.laptop == LaptopTag("LT-007"));
    CHECK_FALSE(tag.terms_accepted);
    visit.say(flow::LoanAnswered{tag.job, LendStep::terms, Notice::none, "Friday", 0});
    visit.press(Button::lend_accept);
    const auto accepted = visit.asked<flow::LendLaptop>();
    CHECK(accepted.terms_accepted);
    visit.press(Button::lend_accept);
    CHECK(visit.count<flow::LendLaptop>() == 0);
    visit.say(flow::LoanAnswered{accepted.job, LendStep::lent, Notice::none, "Friday", 0});
    CHECK(visit.model.lend_step == LendStep::lent);
    CHECK(visit.model.due == "Friday");
    visit.press(Button::back);
    CHECK(visit.model.screen == Screen::staff_menu);
    CHECK_FALSE(visit.model.person);
    CHECK(visit.model.laptop.empty());
    CHECK(visit.count<flow::Wipe>() == 1);
}

TEST_CASE("a laptop that cannot be lent says why, and another may be scanned")
{
    Visit visit;
    visit.to_terms();
    visit.press(Button::lend_accept);
    visit.say(flow::LoanAnswered{
        visit.asked<flow::LendLaptop>().job, LendStep::scan_tag, Notice::laptop_lent, {}, 0});
    CHECK(visit.model.notice == Notice::laptop_lent);
    CHECK(visit.model.laptop.empty());
    visit.scan("LT-008");
    CHECK(visit.asked<flow::LendLaptop>().laptop == LaptopTag("LT-008"));
}

TEST_CASE("who may not borrow leaves the place to the next")
{
    Visit visit;
    visit.to_staff_menu();
    visit.press(Button::staff_lend);
    visit.tap();
    visit.say(flow::CardOfDelegate{visit.asked<flow::ResolveCard>().job, zoe(), visit.badge});
    const auto job = visit.asked<flow::LendLaptop>().job;
    SECTION("refused")
    {
        visit.say(flow::LoanAnswered{job, LendStep::tap_badge, Notice::has_laptop, {}, 0});
        CHECK(visit.model.notice == Notice::has_laptop);
        CHECK_FALSE(visit.model.person);
        visit.tap("0BAD");
        CHECK(visit.count<flow::ResolveCard>() == 1);
    }
    SECTION("joined the queue")
    {
        visit.say(flow::LoanAnswered{job, LendStep::joined_queue, Notice::none, {}, 3});
        CHECK(visit.model.queue_place == 3);
    }
}

TEST_CASE("a laptop comes back, whoever brings it")
{
    Visit visit;
    visit.to_staff_menu();
    visit.press(Button::staff_take_back);
    visit.press(Button::take_back_complete);
    CHECK(visit.count<flow::TakeBackLaptop>() == 0); // which one?
    visit.scan("LT-007");
    const bool faulty = GENERATE(false, true);
    visit.press(faulty ? Button::take_back_faulty : Button::take_back_complete);
    const auto back = visit.asked<flow::TakeBackLaptop>();
    CHECK(back.faulty == faulty);
    CHECK(back.laptop == LaptopTag("LT-007"));
    const bool known = GENERATE(true, false);
    visit.say(flow::TakenBack{back.job, known ? Notice::none : Notice::no_laptop_loan});
    CHECK(visit.model.notice == (known ? Notice::saved : Notice::no_laptop_loan));
    CHECK(visit.model.laptop.empty());
}

TEST_CASE("a confirmation held where a laptop's tag is expected is neither shown nor asked about")
{
    Visit visit;
    visit.to_staff_menu();
    visit.press(Button::staff_take_back);
    visit.scan("MB1:6BFOXN%TSMAHN-H SOMEBODY'S NAME AND ORGANIZATION");
    CHECK(visit.model.laptop.empty());
    CHECK(visit.model.notice == Notice::laptop_unknown);
}

TEST_CASE("staff without the right lend nothing")
{
    Visit visit;
    visit.to_staff_menu(staff_member(true, false));
    visit.press(Button::staff_lend);
    CHECK(visit.model.screen == Screen::staff_menu);
    CHECK(visit.model.notice == Notice::staff_only);
}

// --- broadcast ---------------------------------------------------------------------------------------------

TEST_CASE("a broadcast is on every screen and survives the end of a session")
{
    Visit visit;
    visit.to_confirm();
    visit.say(flow::BroadcastChanged{flow::Texts{}});
    visit.press(Button::end_session);
    CHECK(visit.model.broadcast);
    CHECK(left_behind(visit.model).empty());
    visit.say(flow::BroadcastChanged{std::nullopt});
    CHECK_FALSE(visit.model.broadcast);
}
