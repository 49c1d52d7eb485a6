// SPDX-License-Identifier: Apache-2.0
#include "kiosk/flow/update.hpp"

#include "kiosk/flow/journey.hpp"

#include <algorithm>

namespace montbrillant::flow {
namespace {

constexpr Millis printer_patience{20000}; ///< after that the badge is fetched at the desk
constexpr Millis ticket_stays{15000};
constexpr Millis notice_stays{8000};
constexpr Millis attract_refresh{30000};

} // namespace

bool at_rest(const Model& model) { return model.screen == Screen::attract; }

Model start(Settings settings, MonoTime now)
{
    Model model;
    model.settings = std::move(settings);
    model.language = model.settings.language;
    model.now = now;
    model.last_touch = now;
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

MonoTime next_deadline(const Model& model)
{
    if (model.timeout_dialog)
        return model.now + Millis{1000};
    switch (model.screen) {
    case Screen::attract:
        return model.notice == Notice::none ? model.now + attract_refresh : model.screen_since + notice_stays;
    case Screen::done: return model.screen_since + model.settings.done_stays;
    case Screen::desk_ticket: return model.screen_since + ticket_stays;
    case Screen::printing: return model.now + Millis{1000};
    case Screen::search:
    case Screen::verify_code:
    case Screen::confirm:
    case Screen::staff_release:
    case Screen::take_card:
    case Screen::locker:
    case Screen::staff_sign_in:
    case Screen::staff_menu:
    case Screen::lend:
    case Screen::take_back:
    case Screen::help:
    case Screen::info:
    case Screen::language: return model.last_touch + model.settings.idle;
    }
    return model.now + attract_refresh;
}

void Journey::go(Screen screen)
{
    ++model_.job;
    model_.busy = false;
    model_.notice = Notice::none;
    move_on(screen);
}

void Journey::move_on(Screen screen)
{
    model_.screen = screen;
    model_.screen_since = now_;
    alive();
}

void Journey::lay_over(Screen screen)
{
    const bool over_already =
        model_.screen == Screen::info || model_.screen == Screen::help || model_.screen == Screen::language;
    if (!over_already)
        model_.return_to = model_.screen;
    model_.screen = screen;
    model_.screen_since = now_;
}

void Journey::reset()
{
    Model fresh = start(std::move(model_.settings), now_);
    fresh.devices = std::move(model_.devices);
    fresh.broadcast = std::move(model_.broadcast);
    fresh.minutes_to_opening = model_.minutes_to_opening;
    fresh.job = model_.job + 1;
    model_ = std::move(fresh);
    send(Wipe{});
}

std::uint64_t Journey::ask()
{
    model_.busy = true;
    return ++model_.job;
}

void Journey::tell(Notice notice, Tone tone)
{
    model_.notice = notice;
    model_.busy = false;
    model_.screen_since = now_;
    send(PlayTone{tone});
}

bool Journey::device_ok(Device device) const
{
    return model_.devices[static_cast<std::size_t>(device)].state == DeviceHealth::State::ok;
}

void Journey::go_back()
{
    switch (model_.screen) {
    case Screen::info:
    case Screen::help:
    case Screen::language: move_on(model_.return_to); break;
    case Screen::verify_code:
    case Screen::confirm:
        if (model_.identified_by_name) {
            model_.person.reset();
            model_.badge.reset();
            model_.typed.clear();
            model_.rows.clear();
            go(Screen::search);
        } else {
            reset();
        }
        break;
    case Screen::staff_release: go(Screen::confirm); break;
    case Screen::lend:
    case Screen::take_back:
        model_.person.reset();
        model_.laptop = LaptopTag();
        go(Screen::staff_menu);
        break;
    case Screen::attract:
    case Screen::search:
    case Screen::printing:
    case Screen::take_card:
    case Screen::done:
    case Screen::locker:
    case Screen::desk_ticket:
    case Screen::staff_sign_in:
    case Screen::staff_menu: reset(); break;
    }
}

void Journey::operator()(const Pressed& msg)
{
    alive();
    send(PlayTone{Tone::tap});
    switch (msg.button) {
    case Button::back: return go_back();
    case Button::end_session:
    case Button::staff_lock:
    case Button::locker_keep: return reset();
    case Button::open_language: return lay_over(Screen::language);
    case Button::open_info: return lay_over(Screen::info);
    case Button::call_staff:
        send(CallStaff{"a delegate at " + model_.settings.device.str()});
        return lay_over(Screen::help);
    case Button::more_time: model_.timeout_dialog = false; return;
    case Button::large_text: model_.large_text = !model_.large_text; return;
    case Button::high_contrast: model_.high_contrast = !model_.high_contrast; return;
    case Button::lowered: model_.lowered = !model_.lowered; return;
    case Button::start_search:
    case Button::confirm_yes:
    case Button::confirm_not_me:
    case Button::please_correct:
    case Button::verify_submit:
    case Button::card_later: return press_check_in(msg.button);
    case Button::locker_wanted:
    case Button::locker_low_door:
    case Button::locker_give_back:
    case Button::locker_is_empty:
    case Button::locker_again: return press_locker(msg.button);
    case Button::pin_erase:
    case Button::pin_submit:
    case Button::staff_lend:
    case Button::staff_take_back:
    case Button::lend_accept:
    case Button::take_back_complete:
    case Button::take_back_faulty: return press_staff(msg.button);
    }
}

void Journey::operator()(const LanguageChosen& msg)
{
    alive();
    model_.language = msg.language;
    if (model_.screen == Screen::language)
        go_back();
    if (model_.screen == Screen::attract && model_.settings.check_in)
        press_check_in(Button::start_search);
}

void Journey::operator()(const Touched&) { alive(); }

void Journey::operator()(const Scanned& msg)
{
    alive();
    model_.timeout_dialog = false;
    switch (model_.screen) {
    case Screen::lend:
    case Screen::take_back: return scan_laptop(LaptopTag(msg.text));
    case Screen::printing:
    case Screen::staff_sign_in:
    case Screen::staff_menu: return send(PlayTone{Tone::attention});
    case Screen::attract:
    case Screen::search:
    case Screen::verify_code:
    case Screen::confirm:
    case Screen::staff_release:
    case Screen::take_card:
    case Screen::done:
    case Screen::locker:
    case Screen::desk_ticket:
    case Screen::help:
    case Screen::info:
    case Screen::language: return resolve_code(msg.text);
    }
}

void Journey::operator()(const CardPlaced& msg)
{
    alive();
    model_.timeout_dialog = false;
    if (model_.busy)
        return; // the answer to the tap before is on its way: one tap, one question
    const bool binding =
        (model_.screen == Screen::printing || model_.screen == Screen::take_card) && !model_.card_bound;
    if (binding)
        return send(BindCard{ask(), model_.badge_id, msg.uid, msg.tier});
    model_.notice = Notice::none;
    model_.card = msg.uid;
    send(ResolveCard{ask(), msg.uid, msg.tier});
}

void Journey::operator()(const TwoCards&) { tell(Notice::one_card_please, Tone::attention); }

void Journey::operator()(const DeviceChanged& msg)
{
    model_.devices[static_cast<std::size_t>(msg.device)] = msg.health;
    if (msg.device == Device::reader)
        maybe_finished();
}

void Journey::operator()(const CardUnknown& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    tell(msg.why, Tone::stop);
}

void Journey::operator()(const CardOfDelegate& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    switch (model_.screen) {
    case Screen::staff_release: return tell(Notice::staff_only, Tone::stop);
    case Screen::lend:
        if (model_.lend_step == LendStep::tap_badge) {
            model_.person = msg.person;
            lend(false);
        }
        return;
    case Screen::attract:
    case Screen::done:
    case Screen::locker:
        if (model_.settings.lockers)
            open_locker(msg.person, msg.badge);
        return;
    case Screen::search:
    case Screen::verify_code:
    case Screen::confirm:
    case Screen::printing:
    case Screen::take_card:
    case Screen::desk_ticket:
    case Screen::staff_sign_in:
    case Screen::staff_menu:
    case Screen::take_back:
    case Screen::help:
    case Screen::info:
    case Screen::language: return;
    }
}

void Journey::operator()(const CardOfStaff& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    if (model_.screen == Screen::staff_release) {
        if (!msg.staff.can_release)
            return tell(Notice::staff_only, Tone::stop);
        return check_in(msg.staff.id);
    }
    if (model_.screen == Screen::attract || model_.screen == Screen::done ||
        model_.screen == Screen::desk_ticket) {
        model_.person.reset();
        model_.badge.reset();
        model_.staff = msg.staff;
        go(Screen::staff_sign_in);
    }
}

void Journey::operator()(const TicketIssued& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    model_.ticket = msg.ticket;
    move_on(Screen::desk_ticket);
}

void Journey::operator()(const BroadcastChanged& msg) { model_.broadcast = msg.text; }
void Journey::operator()(const NextSession& msg) { model_.next_session = msg.text; }

void Journey::operator()(const Tick& msg)
{
    model_.minutes_to_opening = msg.minutes_to_opening;
    if (!msg.today.empty())
        model_.settings.today = msg.today;
    const Millis on_screen = now_ - model_.screen_since;
    switch (model_.screen) {
    case Screen::attract:
        if (model_.notice != Notice::none && on_screen >= notice_stays)
            model_.notice = Notice::none;
        return;
    case Screen::done:
        if (on_screen >= model_.settings.done_stays)
            reset();
        return;
    case Screen::desk_ticket:
        if (on_screen >= ticket_stays)
            reset();
        return;
    case Screen::printing: return watch_printer();
    case Screen::search:
    case Screen::verify_code:
    case Screen::confirm:
    case Screen::staff_release:
    case Screen::take_card:
    case Screen::locker:
    case Screen::staff_sign_in:
    case Screen::staff_menu:
    case Screen::lend:
    case Screen::take_back:
    case Screen::help:
    case Screen::info:
    case Screen::language: return watch_idle();
    }
}

void Journey::watch_idle()
{
    const Millis quiet = now_ - model_.last_touch;
    if (quiet < model_.settings.idle)
        return;
    const Millis left = model_.settings.idle + model_.settings.idle_warning - quiet;
    if (left <= Millis{0})
        return reset();
    if (!model_.timeout_dialog)
        send(PlayTone{Tone::attention});
    model_.timeout_dialog = true;
    model_.timeout_seconds_left = static_cast<int>((left.count() + 999) / 1000);
}

void Journey::watch_printer()
{
    if (!model_.printing.printed && !model_.busy && now_ - model_.printing.started >= printer_patience)
        hand_to_desk("the badge did not come out in time: " + model_.printing.words);
}

} // namespace montbrillant::flow
