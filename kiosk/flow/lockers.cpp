// SPDX-License-Identifier: Apache-2.0
// J4: a badge on the light opens its owner's locker, once per tap.
#include "kiosk/flow/journey.hpp"

namespace montbrillant::flow {

void Journey::press_locker(Button button)
{
    switch (button) {
    case Button::locker_wanted:
    case Button::locker_again: model_.locker_step = LockerStep::tap; return go(Screen::locker);
    case Button::locker_low_door: model_.low_door = !model_.low_door; return;
    case Button::locker_give_back: model_.locker_step = LockerStep::ask_empty; return;
    case Button::locker_is_empty:
        if (model_.person && !model_.busy)
            send(GiveBackLocker{ask(), model_.person->id});
        return;
    default: return; // NOLINT: the caller sends only these
    }
}

void Journey::open_locker(const PersonView& person, const BadgeId& badge)
{
    const bool same_person = model_.person && model_.person->id == person.id;
    if (!same_person)
        model_.language = person.language;
    model_.person = person;
    model_.badge_id = badge;
    go(Screen::locker);
    model_.locker_step = LockerStep::opening;
    send(OpenLocker{ask(), person.id, badge, model_.card, model_.low_door || person.accessible});
}

void Journey::operator()(const LockerAnswered& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    model_.locker_step = msg.step;
    if (!msg.door.empty())
        model_.door = msg.door;
    model_.notice = msg.why;
    alive();
    const bool good = msg.step == LockerStep::opened || msg.step == LockerStep::already_open ||
                      msg.step == LockerStep::given_back;
    send(PlayTone{good ? Tone::good : Tone::stop});
}

void Journey::operator()(const DoorClosed& msg)
{
    if (model_.screen == Screen::locker && model_.locker_step == LockerStep::close_door &&
        msg.door == model_.door && model_.person && !model_.busy)
        send(GiveBackLocker{ask(), model_.person->id});
}

} // namespace montbrillant::flow
