// SPDX-License-Identifier: Apache-2.0
// A card on the light: whose it is, and what that means where the person stands.
#include "kiosk/flow/journey.hpp"

namespace montbrillant::flow {
namespace {

constexpr std::initializer_list<Screen> asks_for_cards{Screen::attract, Screen::staff_release, Screen::done,
                                                       Screen::locker,  Screen::desk_ticket,   Screen::lend};

} // namespace

void Journey::operator()(const CardPlaced& msg)
{
    alive();
    if (model_.busy)
        return; // the answer to the tap before is on its way: one tap, one question
    close_overlay();
    switch (model_.screen) {
    case Screen::printing:
    case Screen::take_card:
        if (model_.card_bound)
            return send(PlayTone{Tone::attention});
        return send(BindCard{ask(), model_.badge_id, msg.uid, msg.tier});
    case Screen::lend:
        if (model_.lend_step != LendStep::tap_badge)
            return send(PlayTone{Tone::attention});
        break;
    case Screen::attract:
    case Screen::staff_release:
    case Screen::done:
    case Screen::locker:
    case Screen::desk_ticket: break;
    case Screen::search:
    case Screen::verify_code:
    case Screen::confirm:
    case Screen::staff_sign_in:
    case Screen::staff_menu:
    case Screen::take_back:
    case Screen::help:
    case Screen::info:
    case Screen::language: return send(PlayTone{Tone::attention});
    }
    model_.notice = Notice::none;
    model_.card = msg.uid;
    send(ResolveCard{ask(), msg.uid, msg.tier});
}

void Journey::operator()(const TwoCards&)
{
    alive();
    if (model_.busy)
        return send(PlayTone{Tone::attention});
    tell(Notice::one_card_please, Tone::attention);
}

void Journey::operator()(const CardUnknown& msg)
{
    if (!take_answer(msg.job, asks_for_cards))
        return;
    model_.card = CardUid();
    tell(msg.why, Tone::stop);
}

void Journey::operator()(const CardOfDelegate& msg)
{
    if (!take_answer(msg.job, asks_for_cards))
        return;
    switch (here()) {
    case Screen::staff_release: tell(Notice::staff_only, Tone::stop); break;
    case Screen::lend:
        model_.person = msg.person;
        lend(false);
        break;
    case Screen::attract:
    case Screen::done:
    case Screen::locker:
        if (model_.settings.lockers)
            return open_locker(msg.person, msg.badge);
        send(PlayTone{Tone::attention});
        break;
    case Screen::desk_ticket:
    case Screen::search:
    case Screen::verify_code:
    case Screen::confirm:
    case Screen::printing:
    case Screen::take_card:
    case Screen::staff_sign_in:
    case Screen::staff_menu:
    case Screen::take_back:
    case Screen::help:
    case Screen::info:
    case Screen::language: send(PlayTone{Tone::attention}); break;
    }
    model_.card = CardUid();
}

void Journey::operator()(const CardOfStaff& msg)
{
    if (!take_answer(msg.job, asks_for_cards))
        return;
    model_.card = CardUid();
    switch (here()) {
    case Screen::staff_release:
        return msg.staff.can_release ? check_in(msg.staff.id) : tell(Notice::staff_only, Tone::stop);
    case Screen::attract:
    case Screen::done:
    case Screen::desk_ticket: return sign_in(msg.staff);
    case Screen::search:
    case Screen::verify_code:
    case Screen::confirm:
    case Screen::printing:
    case Screen::take_card:
    case Screen::locker:
    case Screen::staff_sign_in:
    case Screen::staff_menu:
    case Screen::lend:
    case Screen::take_back:
    case Screen::help:
    case Screen::info:
    case Screen::language: return send(PlayTone{Tone::attention});
    }
}

} // namespace montbrillant::flow
