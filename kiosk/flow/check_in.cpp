// SPDX-License-Identifier: Apache-2.0
// J1: identify, confirm, release, print, bind, welcome.
#include "kiosk/flow/journey.hpp"
#include "sync/domain/people/search.hpp"

namespace montbrillant::flow {
namespace {

constexpr std::size_t typed_bytes_max = 64;
constexpr std::size_t last_four = 4;
constexpr unsigned wrong_tries_max = 5;

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

void Journey::start_search()
{
    if (model_.settings.check_in && here() == Screen::attract && !model_.busy)
        go(Screen::search);
}

void Journey::back_to_search()
{
    const Language language = model_.language;
    const bool large_text = model_.large_text;
    const bool high_contrast = model_.high_contrast;
    const bool lowered = model_.lowered;
    reset();
    model_.language = language;
    model_.large_text = large_text;
    model_.high_contrast = high_contrast;
    model_.lowered = lowered;
    go(Screen::search);
}

void Journey::scan_confirmation(const std::string& text)
{
    if (!model_.settings.check_in)
        return send(PlayTone{Tone::attention});
    if (model_.screen != Screen::attract && model_.screen != Screen::search)
        reset(); // another person stands here now
    model_.typed.clear();
    model_.rows.clear();
    model_.notice = Notice::none;
    model_.scanned_code = text;
    send(ResolveCode{ask(), text});
}

void Journey::type_search(const std::string& typed)
{
    model_.typed = typed;
    model_.notice = Notice::none;
    model_.scanned_code.clear();
    if (enough_letters(typed, static_cast<int>(model_.settings.letters_min)))
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
    else if (ready(Screen::verify_code))
        model_.typed += msg.text;
}

void Journey::operator()(const KeyErased&)
{
    alive();
    if (model_.screen != Screen::search && !ready(Screen::verify_code))
        return;
    erase_last_letter(model_.typed);
    if (model_.screen == Screen::search)
        type_search(model_.typed);
}

void Journey::operator()(const RowsFound& msg)
{
    if (!take_answer(msg.job, {Screen::search}))
        return;
    model_.rows = msg.too_many ? std::vector<SearchRow>{} : msg.rows;
    model_.notice = msg.too_many ? Notice::too_many : msg.rows.empty() ? Notice::not_found : Notice::none;
}

void Journey::operator()(const RowChosen& msg)
{
    alive();
    if (ready(Screen::search) && msg.row < model_.rows.size())
        send(LoadPerson{ask(), model_.rows[msg.row].id});
}

void Journey::operator()(const PersonFound& msg)
{
    if (!take_answer(msg.job, {Screen::attract, Screen::search}))
        return;
    if (!msg.by_code)
        model_.scanned_code.clear();
    else if (model_.scanned_code.empty())
        model_.scanned_code = model_.typed;
    model_.next_session = msg.next_session;
    show_person(msg.person, !msg.by_code);
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
    model_.badge_job = ++model_.job;
    send(DrawBadge{model_.badge_job, person.id, model_.scanned_code});
}

void Journey::operator()(const PersonRefused& msg)
{
    if (!take_answer(msg.job, {Screen::attract, Screen::search}))
        return;
    model_.scanned_code.clear();
    if (!msg.ticket.empty())
        return show_ticket(msg.ticket, msg.why);
    start_search(); // "this code can't be read: type your name"
    tell(msg.why, Tone::stop);
}

void Journey::operator()(const BadgeDrawn& msg)
{
    // Other questions may have been asked since; only a new person makes it wrong.
    if (model_.person && model_.badge_job != 0 && msg.job == model_.badge_job)
        model_.badge = msg.picture;
}

void Journey::confirm_yes()
{
    if (!ready(Screen::confirm) || !model_.person)
        return;
    if (model_.settings.identity_by_staff)
        return go(Screen::staff_release);
    if (model_.identified_by_name) {
        model_.typed.clear();
        return go(Screen::verify_code);
    }
    check_in({});
}

void Journey::please_correct()
{
    if (ready(Screen::confirm))
        hand_to_desk("the delegate asks for a correction");
}

void Journey::verify_submit()
{
    if (ready(Screen::verify_code) && letters(model_.typed) == last_four)
        check_in({});
}

void Journey::card_later()
{
    if (ready(Screen::take_card))
        go(Screen::done);
}

void Journey::check_in(std::optional<DelegateId> released_by)
{
    if (!model_.person)
        return;
    model_.notice = Notice::none;
    send(CheckIn{ask(), model_.person->id, model_.scanned_code, std::move(released_by), model_.typed});
}

void Journey::operator()(const CheckedIn& msg)
{
    if (!take_answer(msg.job, {Screen::confirm, Screen::verify_code, Screen::staff_release}))
        return;
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
    if (!take_answer(msg.job, {Screen::confirm, Screen::verify_code, Screen::staff_release}))
        return;
    if (!msg.ticket.empty())
        return show_ticket(msg.ticket, msg.why);
    tell(msg.why, Tone::stop);
    if (msg.why == Notice::wrong_characters && ++model_.wrong_tries >= wrong_tries_max)
        hand_to_desk("the last four characters of the code were wrong five times");
}

void Journey::operator()(const PrintFinished& msg)
{
    if (msg.badge.empty() || msg.badge != model_.badge_id)
        return;
    model_.printing.printed = true;
    maybe_finished();
}

void Journey::operator()(const PrintTrouble& msg)
{
    if (msg.badge != model_.badge_id || here() != Screen::printing || model_.printing.failed)
        return;
    model_.printing.words = msg.words;
    hand_to_desk(msg.words);
}

void Journey::operator()(const CardBound& msg)
{
    if (!take_answer(msg.job, {Screen::printing, Screen::take_card}))
        return;
    model_.card_bound = true;
    model_.notice = Notice::none;
    send(PlayTone{Tone::good});
    maybe_finished();
}

void Journey::operator()(const CardRefused& msg)
{
    if (!take_answer(msg.job, {Screen::printing, Screen::take_card}))
        return;
    tell(msg.why, Tone::stop);
    maybe_finished();
}

/// Badge in the hand and card bound: welcome. Without a reader the card is bound later, after staff release.
void Journey::maybe_finished()
{
    const bool waiting = here() == Screen::printing || here() == Screen::take_card;
    if (!waiting || !model_.printing.printed)
        return;
    const bool no_card_can_come = !device_ok(Device::reader) && !model_.busy;
    if (model_.card_bound || no_card_can_come) {
        go(Screen::done);
        if (!model_.card_bound)
            model_.notice = Notice::reader_down;
        return send(PlayTone{Tone::good});
    }
    if (here() == Screen::printing)
        move_on(Screen::take_card);
}

void Journey::hand_to_desk(std::string reason)
{
    if (here() == Screen::printing)
        model_.printing.failed = true;
    std::optional<DelegateId> who;
    if (model_.person)
        who = model_.person->id;
    send(IssueTicket{ask(), who, std::move(reason)});
}

void Journey::operator()(const TicketIssued& msg)
{
    if (!take_answer(msg.job, {Screen::confirm, Screen::verify_code, Screen::printing, Screen::take_card}))
        return;
    if (here() == Screen::take_card)
        return; // the badge came out after all
    show_ticket(msg.ticket, msg.ticket.empty() ? Notice::trouble : Notice::none);
}

void Journey::show_ticket(const std::string& ticket, Notice notice)
{
    go(Screen::desk_ticket);
    model_.ticket = ticket;
    tell(notice, Tone::attention);
}

} // namespace montbrillant::flow
