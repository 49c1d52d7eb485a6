// SPDX-License-Identifier: Apache-2.0
// From screen to screen, and what every question and every session has in common.
#include "kiosk/flow/journey.hpp"

#include <algorithm>

namespace montbrillant::flow {
namespace {

bool lies_over(Screen screen)
{
    return screen == Screen::info || screen == Screen::help || screen == Screen::language;
}

} // namespace

Screen Journey::here() const { return lies_over(model_.screen) ? model_.return_to : model_.screen; }

void Journey::go(Screen screen)
{
    ++model_.job;
    model_.busy = false;
    model_.notice = Notice::none;
    move_on(screen);
}

void Journey::move_on(Screen screen)
{
    if (lies_over(model_.screen))
        model_.return_to = screen;
    else
        model_.screen = screen;
    model_.screen_since = now_;
    alive();
}

void Journey::lay_over(Screen screen)
{
    model_.return_to = here();
    model_.screen = screen;
    model_.screen_since = now_;
}

void Journey::close_overlay()
{
    if (!lies_over(model_.screen))
        return;
    model_.screen = model_.return_to;
    model_.return_to = Screen::attract;
    model_.screen_since = now_;
}

void Journey::reset()
{
    Model fresh = start(std::move(model_.settings), now_);
    fresh.devices = std::move(model_.devices);
    fresh.broadcast = std::move(model_.broadcast);
    fresh.minutes_to_opening = model_.minutes_to_opening;
    fresh.last_tick = model_.last_tick;
    fresh.job = model_.job + 1;
    model_ = std::move(fresh);
    send(Wipe{});
}

std::uint64_t Journey::ask()
{
    model_.busy = true;
    return ++model_.job;
}

bool Journey::take_answer(std::uint64_t job, std::initializer_list<Screen> asked_on)
{
    if (job != model_.job || !model_.busy || std::ranges::find(asked_on, here()) == asked_on.end())
        return false;
    model_.busy = false;
    return true;
}

void Journey::tell(Notice notice, Tone tone)
{
    model_.notice = notice;
    model_.screen_since = now_;
    send(PlayTone{tone});
}

bool Journey::device_ok(Device device) const
{
    return model_.devices[static_cast<std::size_t>(device)].state == DeviceHealth::State::ok;
}

void Journey::alive()
{
    model_.last_touch = now_;
    model_.timeout_dialog = false;
    model_.timeout_seconds_left = 0;
}

void Journey::go_back()
{
    switch (model_.screen) {
    case Screen::info:
    case Screen::help:
    case Screen::language: return close_overlay();
    case Screen::verify_code:
    case Screen::confirm: return model_.identified_by_name ? back_to_search() : reset();
    case Screen::staff_release: return go(Screen::confirm);
    case Screen::lend:
    case Screen::take_back: return back_to_staff_menu();
    case Screen::attract:
    case Screen::search:
    case Screen::printing:
    case Screen::take_card:
    case Screen::done:
    case Screen::locker:
    case Screen::desk_ticket:
    case Screen::staff_sign_in:
    case Screen::staff_menu: return reset();
    }
}

} // namespace montbrillant::flow
