// SPDX-License-Identifier: Apache-2.0
// J5 and J8: PIN after a staff badge, laptops out and back.
#include "kiosk/flow/journey.hpp"

#include <algorithm>

namespace montbrillant::flow {
namespace {

/// A scanner reads anything: what has not the form of an asset tag may be somebody's confirmation, and must
/// not be shown or kept.
bool is_asset_tag(const std::string& text)
{
    constexpr std::size_t tag_bytes_max = 32;
    return !text.empty() && text.size() <= tag_bytes_max &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

} // namespace

void Journey::sign_in(const StaffSession& staff)
{
    reset();
    model_.staff = staff;
    go(Screen::staff_sign_in);
}

void Journey::operator()(const DigitTyped& msg)
{
    alive();
    if (!ready(Screen::staff_sign_in))
        return;
    model_.pin.add(static_cast<char>('0' + std::clamp(msg.digit, 0, 9)));
    model_.pin_digits = model_.pin.size();
}

void Journey::erase_digit()
{
    if (!ready(Screen::staff_sign_in))
        return;
    model_.pin.erase_last();
    model_.pin_digits = model_.pin.size();
}

void Journey::submit_pin()
{
    if (ready(Screen::staff_sign_in) && model_.staff && model_.pin.complete())
        send(CheckPin{ask(), model_.staff->id, model_.pin});
}

void Journey::operator()(const PinAnswered& msg)
{
    if (!take_answer(msg.job, {Screen::staff_sign_in}))
        return;
    model_.pin.clear();
    model_.pin_digits = 0;
    if (msg.right)
        return go(Screen::staff_menu);
    tell(msg.must_wait ? Notice::pin_wait : Notice::pin_wrong, Tone::stop);
}

void Journey::start_lending()
{
    if (!ready(Screen::staff_menu) || !model_.staff)
        return;
    if (!model_.staff->can_lend)
        return tell(Notice::staff_only, Tone::stop);
    model_.lend_step = LendStep::tap_badge;
    go(Screen::lend);
}

void Journey::start_take_back()
{
    if (!ready(Screen::staff_menu) || !model_.staff)
        return;
    if (!model_.staff->can_lend)
        return tell(Notice::staff_only, Tone::stop);
    go(Screen::take_back);
}

/// The delegate before the staff member is gone, and nothing of them stays.
void Journey::back_to_staff_menu()
{
    model_.person.reset();
    model_.laptop = LaptopTag();
    model_.lend_step = LendStep::tap_badge;
    model_.due.clear();
    model_.queue_place = 0;
    go(Screen::staff_menu);
    send(Wipe{});
}

void Journey::scan_laptop(const std::string& text)
{
    const bool lending = model_.screen == Screen::lend &&
                         (model_.lend_step == LendStep::scan_tag || model_.lend_step == LendStep::terms);
    if (model_.busy || (!lending && model_.screen != Screen::take_back))
        return send(PlayTone{Tone::attention});
    if (!is_asset_tag(text))
        return tell(Notice::laptop_unknown, Tone::stop);
    model_.notice = Notice::none;
    model_.laptop = LaptopTag(text);
    if (lending)
        lend(false);
}

void Journey::lend(bool terms_accepted)
{
    if (model_.staff && model_.person)
        send(LendLaptop{ask(), model_.staff->id, model_.person->id, model_.laptop, terms_accepted});
}

void Journey::accept_terms()
{
    if (ready(Screen::lend) && model_.lend_step == LendStep::terms)
        lend(true);
}

void Journey::operator()(const LoanAnswered& msg)
{
    if (!take_answer(msg.job, {Screen::lend}))
        return;
    model_.lend_step = msg.step;
    model_.queue_place = msg.queue_place;
    if (msg.why != Notice::none) {
        model_.laptop = LaptopTag();
        if (msg.step == LendStep::tap_badge)
            model_.person.reset();
        return tell(msg.why, Tone::stop);
    }
    model_.notice = Notice::none;
    model_.due = msg.due;
    send(PlayTone{Tone::good});
}

void Journey::take_back(bool faulty)
{
    if (ready(Screen::take_back) && model_.staff && !model_.laptop.empty())
        send(TakeBackLaptop{ask(), model_.staff->id, model_.laptop, faulty});
}

void Journey::operator()(const TakenBack& msg)
{
    if (!take_answer(msg.job, {Screen::take_back}))
        return;
    model_.laptop = LaptopTag();
    tell(msg.why == Notice::none ? Notice::saved : msg.why,
         msg.why == Notice::none ? Tone::good : Tone::stop);
}

} // namespace montbrillant::flow
