// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A person before a kiosk that has no glass: says what happens, lets time pass, looks at what was asked.

#include "kiosk/flow/update.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace montbrillant::test {

using flow::Button;
using flow::LendStep;
using flow::LockerStep;
using flow::Notice;
using flow::Screen;
using flow::Tone;

inline flow::Settings settings()
{
    flow::Settings settings;
    settings.device = DeviceId("K2");
    return settings;
}

inline flow::Settings self_identity()
{
    flow::Settings by_self = settings();
    by_self.identity_by_staff = false;
    return by_self;
}

inline flow::PersonView zoe()
{
    flow::PersonView person;
    person.id = DelegateId("R-1");
    person.name = "Zoé Müller";
    person.badge_name = "Zoe MULLER";
    person.language = Language::fr;
    return person;
}

inline flow::PersonView omar()
{
    flow::PersonView person;
    person.id = DelegateId("R-2");
    person.name = "عمر";
    person.badge_name = "Omar";
    person.language = Language::ar;
    return person;
}

inline flow::StaffSession staff_member(bool release = true, bool lend = true)
{
    return {DelegateId("R-9"), "Ines", release, lend};
}

class Visit {
public:
    explicit Visit(flow::Settings how = settings()) : model(flow::start(std::move(how), MonoTime{1000}))
    {
        device(flow::Device::reader, true);
        device(flow::Device::printer, true);
        device(flow::Device::bank, true);
    }

    /// Commands of this one message.
    const std::vector<flow::Cmd>& say(const flow::Msg& msg)
    {
        auto step = flow::update(std::move(model), msg, now);
        model = std::move(step.model);
        commands = std::move(step.commands);
        REQUIRE(flow::next_deadline(model) >= now);
        return commands;
    }
    void press(Button button) { say(flow::Pressed{button}); }
    void scan(const std::string& text) { say(flow::Scanned{text}); }
    void tap(const std::string& uid = "04A1") { say(flow::CardPlaced{CardUid(uid), 1}); }
    void type(const std::string& letters)
    {
        for (const char letter : letters)
            say(flow::KeyTyped{std::string(1, letter)});
    }
    void pin(const std::string& digits)
    {
        for (const char digit : digits)
            say(flow::DigitTyped{digit - '0'});
    }
    void device(flow::Device which, bool ok)
    {
        using State = flow::DeviceHealth::State;
        say(flow::DeviceChanged{which, {ok ? State::ok : State::trouble, "Printer 2: no paper."}});
    }
    /// As the kiosk does it: a tick whenever the model wants one. All commands of that time.
    std::vector<flow::Cmd> wait(Millis time)
    {
        const MonoTime until = now + time;
        std::vector<flow::Cmd> all;
        while (true) {
            const MonoTime next = std::min(until, flow::next_deadline(model));
            now = next;
            if (flow::next_deadline(model) > now)
                return all;
            say(flow::Tick{-1, {}});
            all.insert(all.end(), commands.begin(), commands.end());
            REQUIRE(flow::next_deadline(model) > now); // the loop would spin
        }
    }

    template <class C> [[nodiscard]] std::size_t count() const
    {
        return static_cast<std::size_t>(std::count_if(commands.begin(), commands.end(), [](const auto& cmd) {
            return std::holds_alternative<C>(cmd);
        }));
    }
    /// The one question of this kind that the last message asked.
    template <class C> [[nodiscard]] C asked() const
    {
        REQUIRE(count<C>() == 1);
        return std::get<C>(*std::find_if(commands.begin(), commands.end(),
                                         [](const auto& cmd) { return std::holds_alternative<C>(cmd); }));
    }

    // --- how far one can be ----------------------------------------------------------------------------
    /// Identified by a scanned confirmation.
    void to_confirm(const flow::PersonView& person = zoe())
    {
        scan("MB1:CODE-" + person.id.str());
        const auto job = asked<flow::ResolveCode>().job;
        say(flow::PersonFound{job, person, true, flow::Texts{}});
        drawing = asked<flow::DrawBadge>().job;
        say(flow::BadgeDrawn{drawing, {1, 1, std::make_shared<const std::vector<std::uint8_t>>(4)}});
        REQUIRE(model.screen == Screen::confirm);
    }
    /// Identified by name: the first row of a search.
    void to_confirm_by_name(const flow::PersonView& person = zoe())
    {
        press(Button::start_search);
        type("mu");
        say(flow::RowsFound{asked<flow::SearchPeople>().job, {{person.id, "Z** M*****", "Org"}}, false});
        say(flow::RowChosen{0});
        say(flow::PersonFound{asked<flow::LoadPerson>().job, person, false, {}});
        REQUIRE(model.screen == Screen::confirm);
    }
    void release(const flow::StaffSession& staff = staff_member())
    {
        tap("57AF");
        say(flow::CardOfStaff{asked<flow::ResolveCard>().job, staff});
    }
    void to_printing()
    {
        to_confirm();
        press(Button::confirm_yes);
        if (model.settings.identity_by_staff)
            release();
        say(flow::CheckedIn{asked<flow::CheckIn>().job, badge, false, false});
    }
    void to_take_card()
    {
        to_printing();
        say(flow::PrintFinished{badge});
        REQUIRE(model.screen == Screen::take_card);
    }
    void to_done()
    {
        to_take_card();
        tap();
        say(flow::CardBound{asked<flow::BindCard>().job});
        REQUIRE(model.screen == Screen::done);
    }
    /// A locker that stands open after a tap at rest.
    void to_open_locker()
    {
        tap();
        say(flow::CardOfDelegate{asked<flow::ResolveCard>().job, zoe(), badge});
        say(flow::LockerAnswered{asked<flow::OpenLocker>().job, LockerStep::opened, "B14", Notice::none});
        REQUIRE(model.locker_step == LockerStep::opened);
    }
    void to_sign_in(const flow::StaffSession& staff = staff_member())
    {
        tap("57AF");
        say(flow::CardOfStaff{asked<flow::ResolveCard>().job, staff});
        REQUIRE(model.screen == Screen::staff_sign_in);
    }
    void to_staff_menu(const flow::StaffSession& staff = staff_member())
    {
        to_sign_in(staff);
        pin("2468");
        press(Button::pin_submit);
        say(flow::PinAnswered{asked<flow::CheckPin>().job, true, false});
        REQUIRE(model.screen == Screen::staff_menu);
    }
    void to_terms()
    {
        to_staff_menu();
        press(Button::staff_lend);
        tap();
        say(flow::CardOfDelegate{asked<flow::ResolveCard>().job, zoe(), badge});
        say(flow::LoanAnswered{asked<flow::LendLaptop>().job, LendStep::scan_tag, Notice::none, "Friday", 0});
        scan("LT-007");
        say(flow::LoanAnswered{asked<flow::LendLaptop>().job, LendStep::terms, Notice::none, "Friday", 0});
        REQUIRE(model.lend_step == LendStep::terms);
    }

    MonoTime now{1000};
    flow::Model model;
    std::vector<flow::Cmd> commands;
    BadgeId badge{"B-ZOE"};
    std::uint64_t drawing = 0;
};

/// What is left of people in the model: empty when it is as fresh as after the start. Devices, time and the
/// number of the next question are the machine's.
inline std::string left_behind(const flow::Model& model)
{
    const flow::Model fresh = flow::start(model.settings, model.now);
    std::string left;
    const auto same = [&left](bool is, const char* what) { left += is ? "" : std::string(what) + " "; };
    same(model.language == fresh.language, "language");
    same(!model.large_text && !model.high_contrast && !model.lowered, "comfort");
    same(model.screen == fresh.screen && model.return_to == fresh.return_to, "screen");
    same(model.notice == fresh.notice && !model.busy && !model.timeout_dialog, "state");
    same(model.typed.empty() && model.rows.empty() && model.scanned_code.empty(), "typed");
    same(!model.person && !model.badge && !model.next_session, "person");
    same(!model.identified_by_name && model.badge_job == 0 && model.wrong_tries == 0, "identification");
    same(model.badge_id.empty() && model.card.empty() && !model.card_bound, "badge");
    same(!model.printing.printed && !model.printing.failed && model.printing.words.empty(), "printing");
    same(model.ticket.empty() && model.door.empty() && !model.low_door, "ticket");
    same(model.locker_step == fresh.locker_step && model.lend_step == fresh.lend_step, "steps");
    same(!model.staff && model.pin_digits == 0 && model.pin.size() == 0, "staff");
    same(model.laptop.empty() && model.due.empty() && model.queue_place == 0, "loan");
    return left;
}

} // namespace montbrillant::test
