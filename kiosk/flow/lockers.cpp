// SPDX-License-Identifier: Apache-2.0
// J4: a badge on the light opens its owner's locker, once per tap.
#include "kiosk/flow/journey.hpp"

namespace montbrillant::flow {

void Journey::want_locker()
{
    if (!ready(Screen::done) && !ready(Screen::locker))
        return;
    model_.locker_step = LockerStep::tap;
    go(Screen::locker);
}

void Journey::choose_low_door()
{
    if (ready(Screen::locker))
        model_.low_door = !model_.low_door;
}

void Journey::give_back_locker()
{
    const bool may_stand_open = model_.locker_step == LockerStep::opened ||
                                model_.locker_step == LockerStep::already_open ||
                                model_.locker_step == LockerStep::wrong_door;
    if (ready(Screen::locker) && may_stand_open)
        model_.locker_step = LockerStep::ask_empty;
}

void Journey::locker_is_empty()
{
    if (ready(Screen::locker) && model_.locker_step == LockerStep::ask_empty && model_.person)
        send(GiveBackLocker{ask(), model_.person->id});
}

void Journey::open_locker(const PersonView& person, const BadgeId& badge)
{
    const CardUid card = model_.card;
    const bool low_door = model_.low_door || person.accessible;
    if (!model_.person || model_.person->id != person.id) {
        if (model_.person)
            reset(); // another person stands here now
        model_.language = person.language;
    }
    model_.card = CardUid();
    model_.person = person;
    model_.badge_id = badge;
    go(Screen::locker);
    model_.locker_step = LockerStep::opening;
    send(OpenLocker{ask(), person.id, badge, card, low_door});
}

void Journey::operator()(const LockerAnswered& msg)
{
    if (!take_answer(msg.job, {Screen::locker}))
        return;
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
    if (here() == Screen::locker && model_.locker_step == LockerStep::close_door && msg.door == model_.door &&
        model_.person && !model_.busy)
        send(GiveBackLocker{ask(), model_.person->id});
}

} // namespace montbrillant::flow
