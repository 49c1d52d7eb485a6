// SPDX-License-Identifier: Apache-2.0
// J1: identify, confirm, release, print, bind, welcome.
#include "kiosk/flow/journey.hpp"

namespace montbrillant::flow {
namespace {

constexpr std::size_t typed_bytes_max = 64;
constexpr std::size_t last_four = 4;

/// Letters, not bytes: two Han characters are two letters.
std::size_t letters(const std::string& text)
{
    std::size_t count = 0;
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U)
            ++count;
    }
    return count;
}

void erase_last_letter(std::string& text)
{
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U)
        text.pop_back();
    if (!text.empty())
        text.pop_back();
}

} // namespace

void Journey::press_check_in(Button button)
{
    switch (button) {
    case Button::start_search:
        model_.typed.clear();
        model_.rows.clear();
        return go(Screen::search);
    case Button::confirm_yes: return model_.busy ? void() : person_confirmed();
    case Button::confirm_not_me: return reset();
    case Button::please_correct: return hand_to_desk("the delegate asks for a correction");
    case Button::verify_submit:
        if (letters(model_.typed) == last_four && !model_.busy)
            check_in({});
        return;
    case Button::card_later: return go(Screen::done);
    default: return; // NOLINT: the caller sends only these
    }
}

void Journey::resolve_code(const std::string& text)
{
    if (model_.person || !model_.rows.empty() || model_.staff)
        reset(); // another person stands here now
    model_.scanned_code = text;
    model_.notice = Notice::none;
    send(ResolveCode{ask(), text});
}

void Journey::type_search(const std::string& typed)
{
    model_.typed = typed;
    model_.notice = Notice::none;
    if (letters(typed) >= model_.settings.letters_min)
        return send(SearchPeople{ask(), typed});
    ++model_.job;
    model_.busy = false;
    model_.rows.clear();
}

void Journey::operator()(const KeyTyped& msg)
{
    alive();
    const std::size_t most = model_.screen == Screen::verify_code ? last_four : typed_bytes_max;
    if (model_.typed.size() + msg.text.size() > most)
        return;
    if (model_.screen == Screen::search)
        type_search(model_.typed + msg.text);
    else if (model_.screen == Screen::verify_code)
        model_.typed += msg.text;
}

void Journey::operator()(const KeyErased&)
{
    alive();
    erase_last_letter(model_.typed);
    if (model_.screen == Screen::search)
        type_search(model_.typed);
}

void Journey::operator()(const RowsFound& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    model_.rows = msg.too_many ? std::vector<SearchRow>{} : msg.rows;
    model_.notice = msg.too_many ? Notice::too_many : msg.rows.empty() ? Notice::not_found : Notice::none;
}

void Journey::operator()(const RowChosen& msg)
{
    alive();
    if (model_.screen != Screen::search || msg.row >= model_.rows.size() || model_.busy)
        return;
    model_.scanned_code.clear();
    send(LoadPerson{ask(), model_.rows[msg.row].id});
}

void Journey::operator()(const PersonFound& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    show_person(msg.person, model_.scanned_code.empty());
}

void Journey::show_person(const PersonView& person, bool by_name)
{
    model_.person = person;
    model_.identified_by_name = by_name;
    model_.rows.clear();
    model_.typed.clear();
    if (!by_name)
        model_.language = person.language; // their confirmation, their language, at once
    go(Screen::confirm);
    send(PlayTone{Tone::good});
    send(DrawBadge{model_.job, person.id});
}

void Journey::operator()(const PersonRefused& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    if (!msg.ticket.empty()) {
        model_.ticket = msg.ticket;
        go(Screen::desk_ticket);
        return tell(msg.why, Tone::attention);
    }
    model_.scanned_code.clear();
    if (model_.screen != Screen::search && model_.settings.check_in)
        press_check_in(Button::start_search); // "this code can't be read: type your name"
    tell(msg.why, Tone::stop);
}

void Journey::operator()(const BadgeDrawn& msg)
{
    // Drawn for this person even if another question was asked since: only a new person makes it wrong.
    if (model_.person && model_.screen != Screen::attract && msg.job <= model_.job)
        model_.badge = msg.picture;
}

void Journey::person_confirmed()
{
    if (model_.settings.identity_by_staff)
        return go(Screen::staff_release);
    if (model_.identified_by_name) {
        model_.typed.clear();
        return go(Screen::verify_code);
    }
    check_in({});
}

void Journey::check_in(std::optional<DelegateId> released_by)
{
    if (!model_.person)
        return;
    send(CheckIn{ask(), model_.person->id, model_.scanned_code, std::move(released_by), model_.typed});
}

void Journey::operator()(const CheckedIn& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    model_.badge_id = msg.badge;
    model_.card_bound = msg.card_bound;
    model_.printing = {};
    model_.printing.started = now_;
    model_.printing.printed = msg.already_printed;
    model_.typed.clear();
    go(Screen::printing);
    send(PlayTone{Tone::good});
    if (!msg.already_printed && !device_ok(Device::printer))
        return hand_to_desk("the printer is not ready; the badge follows by itself");
    maybe_finished();
}

void Journey::operator()(const CheckInRefused& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    if (!msg.ticket.empty()) {
        model_.ticket = msg.ticket;
        go(Screen::desk_ticket);
    }
    tell(msg.why, Tone::stop);
}

void Journey::operator()(const PrintFinished& msg)
{
    if (msg.badge != model_.badge_id)
        return;
    model_.printing.printed = true;
    maybe_finished();
}

void Journey::operator()(const PrintTrouble& msg)
{
    if (msg.badge != model_.badge_id || model_.screen != Screen::printing)
        return;
    model_.printing.failed = true;
    model_.printing.words = msg.words;
    hand_to_desk(msg.words);
}

void Journey::operator()(const CardBound& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    model_.card_bound = true;
    model_.notice = Notice::none;
    send(PlayTone{Tone::good});
    maybe_finished();
}

void Journey::operator()(const CardRefused& msg)
{
    if (!answers(msg.job))
        return;
    answered();
    tell(msg.why, Tone::stop);
}

/// Badge in the hand and card bound: welcome. Without a reader the card is bound later, after staff release.
void Journey::maybe_finished()
{
    const bool waiting = model_.screen == Screen::printing || model_.screen == Screen::take_card;
    if (!waiting || !model_.printing.printed)
        return;
    if (model_.card_bound || !device_ok(Device::reader)) {
        go(Screen::done);
        if (!model_.card_bound)
            model_.notice = Notice::reader_down;
        return send(PlayTone{Tone::good});
    }
    if (model_.screen == Screen::printing)
        move_on(Screen::take_card);
}

void Journey::hand_to_desk(std::string reason)
{
    std::optional<DelegateId> who;
    if (model_.person)
        who = model_.person->id;
    send(IssueTicket{ask(), who, std::move(reason)});
}

} // namespace montbrillant::flow
