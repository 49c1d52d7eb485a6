// SPDX-License-Identifier: Apache-2.0
// J5 and J8: PIN after a staff badge, laptops out and back.
#include "kiosk/flow/journey.hpp"

#include <algorithm>

namespace montbrillant::flow {
namespace {

constexpr std::size_t pin_digits_max = 8;
constexpr std::size_t pin_digits_min = 4;

} // namespace

void Journey::operator()(const DigitTyped& msg)
{
    alive();
    if (model_.screen != Screen::staff_sign_in || model_.busy || model_.pin.size() >= pin_digits_max)
        return;
    model_.pin += static_cast<char>('0' + std::clamp(msg.digit, 0, 9));
    model_.pin_digits = model_.pin.size();
}

void Journey::press_staff(Button button)
{
    switch (button) {
    case Button::pin_erase:
        if (!model_.pin.empty())
            model_.pin.pop_back();
        model_.pin_digits = model_.pin.size();
        return;
    case Button::pin_submit:
        if (model_.staff && !model_.busy && model_.pin.size() >= pin_digits_min)
            send(CheckPin{ask(), model_.staff->id, model_.pin});
        return;
    case Button::staff_lend:
        if (!model_.staff || !model_.staff->can_lend)
            return tell(Notice::staff_only, Tone::stop);
        model_.lend_step = LendStep::tap_badge;
        model_.laptop = LaptopTag();
        return go(Screen::lend);
    case Button::staff_take_back: model_.laptop = LaptopTag(); return go(Screen::take_back);
    case Button::lend_accept:
        if (model_.lend_step == LendStep::terms && !model_.busy)
            lend(true);
        return;
    case Button::take_back_complete:
    case Button::take_back_faulty:
        if (model_.staff && !model_.laptop.empty() && !model_.busy)
            send(TakeBackLaptop{ask(), model_.staff->id, model_.laptop, button == Button::take_back_faulty});
        return;
    default: return; // NOLINT: the caller sends only these
    }
}

void Journey::operator()(const PinAnswered& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    std::fill(model_.pin.begin(), model_.pin.end(), '\0');
    model_.pin.clear();
    model_.pin_digits = 0;
    if (msg.right)
        return go(Screen::staff_menu);
    tell(msg.must_wait ? Notice::pin_wait : Notice::pin_wrong, Tone::stop);
}

void Journey::scan_laptop(const LaptopTag& tag)
{
    if (model_.busy)
        return;
    model_.notice = Notice::none;
    if (model_.screen == Screen::take_back) {
        model_.laptop = tag;
        return;
    }
    if (model_.lend_step == LendStep::scan_tag || model_.lend_step == LendStep::terms) {
        model_.laptop = tag;
        lend(false);
    }
}

void Journey::lend(bool terms_accepted)
{
    if (model_.staff && model_.person)
        send(LendLaptop{ask(), model_.staff->id, model_.person->id, model_.laptop, terms_accepted});
}

void Journey::operator()(const LoanAnswered& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    if (msg.why != Notice::none) {
        if (msg.step != LendStep::joined_queue)
            model_.laptop = LaptopTag();
        model_.lend_step = msg.step;
        model_.queue_place = msg.queue_place;
        return tell(msg.why, Tone::stop);
    }
    model_.notice = Notice::none;
    model_.lend_step = msg.step;
    model_.due = msg.due;
    model_.queue_place = msg.queue_place;
    send(PlayTone{Tone::good});
}

void Journey::operator()(const TakenBack& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    model_.laptop = LaptopTag();
    tell(msg.why == Notice::none ? Notice::saved : msg.why,
         msg.why == Notice::none ? Tone::good : Tone::stop);
}

} // namespace montbrillant::flow
