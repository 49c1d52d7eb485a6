// SPDX-License-Identifier: Apache-2.0
// What happens because nothing happens.
#include "kiosk/flow/journey.hpp"

#include <algorithm>

namespace montbrillant::flow {
namespace {

constexpr Millis printer_patience{20000}; ///< after that the badge is fetched at the desk
constexpr Millis ticket_stays{15000};
constexpr Millis notice_stays{8000};
constexpr Millis attract_refresh{30000};
constexpr Millis second{1000};

/// Nobody has left anything at rest that the next person would find.
bool as_found(const Model& model)
{
    return model.language == model.settings.language && !model.large_text && !model.high_contrast &&
           !model.lowered && !model.busy && model.scanned_code.empty() && model.card.empty();
}

MonoTime attract_deadline(const Model& model)
{
    MonoTime next = model.last_tick + attract_refresh;
    if (model.notice != Notice::none)
        next = std::min(next, model.screen_since + notice_stays);
    if (!as_found(model))
        next = std::min(next, model.last_touch + model.settings.idle);
    return next;
}

/// What ends a screen that nobody touches.
enum class Ending { opening_hours, thanks, ticket, printer, idle };

Ending ending(Screen screen)
{
    switch (screen) {
    case Screen::attract: return Ending::opening_hours;
    case Screen::done: return Ending::thanks;
    case Screen::desk_ticket: return Ending::ticket;
    case Screen::printing: return Ending::printer;
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
    case Screen::language: return Ending::idle;
    }
    return Ending::idle;
}

MonoTime deadline(const Model& model)
{
    if (model.timeout_dialog)
        return model.last_tick + second;
    switch (ending(model.screen)) {
    case Ending::opening_hours: return attract_deadline(model);
    case Ending::thanks: return model.screen_since + model.settings.done_stays;
    case Ending::ticket: return model.screen_since + ticket_stays;
    case Ending::printer: return model.last_tick + second;
    case Ending::idle: return model.last_touch + model.settings.idle;
    }
    return model.last_tick + attract_refresh;
}

} // namespace

MonoTime next_deadline(const Model& model) { return std::max(model.now, deadline(model)); }

void Journey::operator()(const Tick& msg)
{
    model_.last_tick = now_;
    model_.minutes_to_opening = msg.minutes_to_opening;
    if (!msg.today.empty())
        model_.settings.today = msg.today;
    const Millis on_screen = now_ - model_.screen_since;
    switch (ending(model_.screen)) {
    case Ending::opening_hours: return watch_attract();
    case Ending::thanks: return on_screen >= model_.settings.done_stays ? reset() : void();
    case Ending::ticket: return on_screen >= ticket_stays ? reset() : void();
    case Ending::printer: return watch_printer();
    case Ending::idle: return watch_idle();
    }
}

void Journey::watch_attract()
{
    if (now_ - model_.screen_since >= notice_stays)
        model_.notice = Notice::none;
    if (!as_found(model_) && now_ - model_.last_touch >= model_.settings.idle)
        reset();
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
    const Printing& printing = model_.printing;
    if (now_ - printing.started < printer_patience)
        return;
    if (!printing.failed && !model_.busy)
        return hand_to_desk("the badge did not come out in time: " + printing.words);
    watch_idle(); // an answer that never came must not keep the kiosk
}

} // namespace montbrillant::flow
