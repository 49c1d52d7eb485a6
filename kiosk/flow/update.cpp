// SPDX-License-Identifier: Apache-2.0
#include "kiosk/flow/update.hpp"

#include "kiosk/flow/journey.hpp"

namespace montbrillant::flow {

Model start(Settings settings, MonoTime now)
{
    Model model;
    model.settings = std::move(settings);
    model.language = model.settings.language;
    model.now = now;
    model.last_touch = now;
    model.last_tick = now;
    model.screen_since = now;
    return model;
}

Step update(Model model, const Msg& msg, MonoTime now)
{
    Step step;
    model.now = now;
    Journey journey(model, now, step.commands);
    std::visit(journey, msg);
    step.model = std::move(model);
    return step;
}

void Journey::operator()(const Pressed& msg)
{
    alive();
    send(PlayTone{Tone::tap});
    switch (msg.button) {
    case Button::back: return go_back();
    case Button::end_session:
    case Button::staff_lock:
    case Button::locker_keep:
    case Button::confirm_not_me: return reset();
    case Button::open_language: return lay_over(Screen::language);
    case Button::open_info: return lay_over(Screen::info);
    case Button::call_staff: return call_staff();
    case Button::more_time: return;
    case Button::large_text: model_.large_text = !model_.large_text; return;
    case Button::high_contrast: model_.high_contrast = !model_.high_contrast; return;
    case Button::lowered: model_.lowered = !model_.lowered; return;
    case Button::start_search: return start_search();
    case Button::confirm_yes: return confirm_yes();
    case Button::please_correct: return please_correct();
    case Button::verify_submit: return verify_submit();
    case Button::card_later: return card_later();
    case Button::locker_wanted:
    case Button::locker_again: return want_locker();
    case Button::locker_low_door: return choose_low_door();
    case Button::locker_give_back: return give_back_locker();
    case Button::locker_is_empty: return locker_is_empty();
    case Button::pin_erase: return erase_digit();
    case Button::pin_submit: return submit_pin();
    case Button::staff_lend: return start_lending();
    case Button::staff_take_back: return start_take_back();
    case Button::lend_accept: return accept_terms();
    case Button::take_back_complete: return take_back(false);
    case Button::take_back_faulty: return take_back(true);
    }
}

void Journey::call_staff()
{
    if (model_.screen != Screen::help)
        send(CallStaff{"a delegate at " + model_.settings.device.str()});
    lay_over(Screen::help);
}

void Journey::operator()(const LanguageChosen& msg)
{
    alive();
    model_.language = msg.language;
    if (model_.screen == Screen::language)
        close_overlay();
    if (ready(Screen::attract))
        start_search();
}

void Journey::operator()(const Touched&)
{
    // Under the dialog only its buttons answer, and they are pressed when the finger is lifted: the twenty
    // seconds begin again, the dialog stays.
    if (model_.timeout_dialog)
        model_.last_touch = now_ + -model_.settings.idle;
    else
        alive();
}

void Journey::operator()(const Scanned& msg)
{
    alive();
    close_overlay();
    switch (model_.screen) {
    case Screen::lend:
    case Screen::take_back: return scan_laptop(msg.text);
    case Screen::printing:
    case Screen::staff_sign_in:
    case Screen::staff_menu: return send(PlayTone{Tone::attention});
    case Screen::verify_code:
    case Screen::confirm:
    case Screen::staff_release:
    case Screen::take_card:
    case Screen::locker: // a check-in, a card or a lock under way is awaited before anybody else's turn
        return model_.busy ? send(PlayTone{Tone::attention}) : scan_confirmation(msg.text);
    case Screen::attract:
    case Screen::search:
    case Screen::done:
    case Screen::desk_ticket: return scan_confirmation(msg.text);
    case Screen::help:
    case Screen::info:
    case Screen::language: return; // closed above
    }
}

void Journey::operator()(const DeviceChanged& msg)
{
    model_.devices[static_cast<std::size_t>(msg.device)] = msg.health;
    if (msg.device == Device::reader)
        maybe_finished();
}

void Journey::operator()(const BroadcastChanged& msg) { model_.broadcast = msg.text; }

namespace {

struct Unanswered {
    using Answer = std::optional<Msg>;
    Answer operator()(const ResolveCode& cmd) const { return PersonRefused{cmd.job, Notice::trouble, {}}; }
    Answer operator()(const SearchPeople& cmd) const { return PersonRefused{cmd.job, Notice::trouble, {}}; }
    Answer operator()(const LoadPerson& cmd) const { return PersonRefused{cmd.job, Notice::trouble, {}}; }
    Answer operator()(const CheckIn& cmd) const { return CheckInRefused{cmd.job, Notice::trouble, {}}; }
    Answer operator()(const BindCard& cmd) const { return CardRefused{cmd.job, Notice::trouble}; }
    Answer operator()(const ResolveCard& cmd) const { return CardUnknown{cmd.job, cmd.uid, Notice::trouble}; }
    Answer operator()(const OpenLocker& cmd) const
    {
        return LockerAnswered{cmd.job, LockerStep::refused, {}, Notice::trouble};
    }
    Answer operator()(const GiveBackLocker& cmd) const
    {
        return LockerAnswered{cmd.job, LockerStep::refused, {}, Notice::trouble};
    }
    Answer operator()(const CheckPin& cmd) const { return PinAnswered{cmd.job, false, true}; }
    Answer operator()(const LendLaptop& cmd) const
    {
        const auto step = cmd.laptop.empty() ? LendStep::tap_badge : LendStep::scan_tag;
        return LoanAnswered{cmd.job, step, Notice::trouble, {}, 0};
    }
    Answer operator()(const TakeBackLaptop& cmd) const { return TakenBack{cmd.job, Notice::trouble}; }
    Answer operator()(const IssueTicket& cmd) const { return TicketIssued{cmd.job, {}}; }
    Answer operator()(const DrawBadge&) const { return std::nullopt; }
    Answer operator()(const CallStaff&) const { return std::nullopt; }
    Answer operator()(const Wipe&) const { return std::nullopt; }
    Answer operator()(const PlayTone&) const { return std::nullopt; }
};

} // namespace

std::optional<Msg> unanswered(const Cmd& command) { return std::visit(Unanswered{}, command); }

} // namespace montbrillant::flow
