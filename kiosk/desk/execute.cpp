// SPDX-License-Identifier: Apache-2.0
// The flow's questions and their answers, one to one.
#include "kiosk/desk/desk.hpp"

#include "badge/render/render.hpp"
#include "kiosk/desk/words.hpp"
#include "sync/base/log.hpp"

namespace montbrillant {
namespace {

constexpr int preview_width_px = 480;

} // namespace

void Desk::execute(const flow::Cmd& command)
{
    std::visit([this](const auto& question) { answer(question); }, command);
}

void Desk::show(std::uint64_t job, const Identified& who)
{
    auto view = view_of(who.delegate, who.code);
    if (!view)
        return tell(
            flow::PersonRefused{job, flow::Notice::trouble,
                                ticket_for({flow::Notice::trouble, view.error().text(), who.delegate})});
    tell(flow::PersonFound{job, std::move(*view), who.by_code, next_session(who.delegate)});
}

void Desk::answer(const flow::ResolveCode& command)
{
    const auto who = identify(command.text);
    if (!who)
        return tell(flow::PersonRefused{command.job, who.error().notice, ticket_for(who.error())});
    show(command.job, *who);
}

void Desk::answer(const flow::SearchPeople& command)
{
    if (classify(command.query) == ScannedText::short_code && by_code(command.query))
        return answer(flow::ResolveCode{command.job, command.query});
    const auto most = static_cast<std::size_t>(profile_->search.rows_max);
    const auto hits = search(command.query, most + 1);
    flow::RowsFound found{command.job, {}, hits.size() > most};
    if (!found.too_many) {
        for (const auto& hit : hits) {
            const auto person = store_.person(hit.id);
            if (!person || !*person)
                continue;
            const std::string& name = (*person)->badge_name;
            found.rows.push_back(
                {hit.id, profile_->search.mask ? masked(name) : name, (*person)->organization});
        }
    }
    tell(std::move(found));
}

void Desk::answer(const flow::LoadPerson& command)
{
    if (const auto away = not_now(command.delegate)) {
        static_cast<void>(turn_away(away->notice, away->reason, away->delegate));
        return tell(flow::PersonRefused{command.job, away->notice, ticket_for(*away)});
    }
    show(command.job, {command.delegate, {}});
}

void Desk::answer(const flow::DrawBadge& command)
{
    if (!layout_)
        return;
    auto content = badge_content(command.delegate, BadgeId());
    if (!content) {
        const auto known = identify_signed(command.code);
        if (!known)
            return;
        content = content_of(person_of(*known->code));
    }
    auto image = render_rgba(*layout_, *content, preview_width_px);
    if (!image)
        return log::warn("no badge preview error=\"{}\"", image.error().text());
    tell(flow::BadgeDrawn{command.job,
                          {image->width, image->height,
                           std::make_shared<const std::vector<std::uint8_t>>(std::move(image->pixels))}});
}

void Desk::answer(const flow::CheckIn& command)
{
    CheckInWish wish{{command.delegate, {}, false}, command.released_by, command.last_four, false};
    if (!command.code.empty()) {
        auto who = identify(command.code); // the code is the proof, so it is read again, not remembered
        if (!who)
            return tell(flow::CheckInRefused{command.job, who.error().notice, ticket_for(who.error())});
        wish.who = std::move(*who);
    }
    const auto done = check_in(wish);
    if (!done)
        return tell(flow::CheckInRefused{command.job, done.error().notice, ticket_for(done.error())});
    tell(flow::CheckedIn{command.job, done->badge, done->printed, done->card_bound});
}

void Desk::answer(const flow::BindCard& command)
{
    const auto bound = bind_card(command.badge, command.uid, command.tier);
    if (!bound)
        return tell(flow::CardRefused{command.job, bound.error().notice});
    tell(flow::CardBound{command.job});
}

void Desk::answer(const flow::ResolveCard& command)
{
    const auto found = holder(command.uid, command.tier);
    if (!found) {
        static_cast<void>(turn_away(found.error().notice, found.error().reason, found.error().delegate));
        return tell(flow::CardUnknown{command.job, command.uid, found.error().notice});
    }
    auto view = view_of(found->delegate);
    const Delegate& delegate = *store_.view().delegates.find(found->delegate);
    if (!view)
        return tell(flow::CardUnknown{command.job, command.uid, flow::Notice::trouble});
    if (!delegate.rights.empty())
        return tell(
            flow::CardOfStaff{command.job,
                              {found->delegate, view->badge_name, delegate.rights.contains(Right::release),
                               delegate.rights.contains(Right::lend)}});
    tell(flow::CardOfDelegate{command.job, std::move(*view), found->badge});
}

void Desk::answer(const flow::OpenLocker& command)
{
    const auto locker = locker_for(command.badge, command.low_door);
    if (!locker) {
        const bool full = locker.error().notice == flow::Notice::bank_full;
        return tell(flow::LockerAnswered{command.job,
                                         full ? flow::LockerStep::full : flow::LockerStep::refused,
                                         {},
                                         locker.error().notice});
    }
    if (locker->bank != bank_->bank) // theirs stands elsewhere: "Yours is B14"
        return tell(flow::LockerAnswered{command.job, flow::LockerStep::elsewhere, locker->str(),
                                         flow::Notice::none});
    UnlockRequest request{UnlockId(uuid7(clock_.wall(), random_)), *locker, command.badge, false};
    unlocking_.emplace(request.id, Unlocking{command.job, command.delegate});
    const UnlockId id = request.id;
    if (!ports_.unlock || !ports_.unlock(std::move(request))) {
        unlocking_.erase(id);
        tell(flow::LockerAnswered{command.job, flow::LockerStep::offline, locker->str(),
                                  flow::Notice::bank_offline});
    }
}

void Desk::answer(const flow::GiveBackLocker& command)
{
    const Delegate* delegate = store_.view().delegates.find(command.delegate);
    if (delegate != nullptr && !delegate->lockers.empty()) {
        const LockerNo locker = *delegate->lockers.begin();
        if (const auto door = open_doors_.find(locker); door != open_doors_.end() && door->second)
            return tell(flow::LockerAnswered{command.job, flow::LockerStep::close_door, locker.str(),
                                             flow::Notice::none});
    }
    const auto given = give_back(command.delegate);
    if (!given)
        return tell(flow::LockerAnswered{command.job, flow::LockerStep::refused, {}, given.error().notice});
    tell(flow::LockerAnswered{command.job, flow::LockerStep::given_back, given->str(), flow::Notice::none});
}

void Desk::answer(const flow::CheckPin& command)
{
    const auto answer = check_pin(command.staff, command.pin.digits());
    tell(flow::PinAnswered{command.job, answer == PinAnswer::right, answer == PinAnswer::wait});
}

void Desk::answer(const flow::LendLaptop& command)
{
    const auto offer = lend(command.staff, command.delegate, command.laptop, command.terms_accepted);
    if (!offer) {
        const auto step = command.laptop.empty() ? flow::LendStep::tap_badge : flow::LendStep::scan_tag;
        return tell(flow::LoanAnswered{command.job, step, offer.error().notice, {}, 0});
    }
    tell(flow::LoanAnswered{command.job, offer->step, flow::Notice::none, offer->due, offer->place});
}

void Desk::answer(const flow::TakeBackLaptop& command)
{
    const auto back =
        take_back(command.staff, command.laptop, command.faulty, command.faulty ? "faulty" : "complete");
    tell(flow::TakenBack{command.job, back ? flow::Notice::none : back.error().notice});
}

void Desk::answer(const flow::IssueTicket& command)
{
    auto ticket = issue_ticket(command.delegate, command.reason);
    if (!ticket)
        static_cast<void>(storage_trouble(ticket.error()));
    tell(flow::TicketIssued{command.job, ticket.value_or("")});
}

void Desk::answer(const flow::CallStaff& command)
{
    if (help_called_ && clock_.mono() - *help_called_ < help_every)
        return; // they are on their way
    help_called_ = clock_.mono();
    if (auto ticket = issue_ticket({}, "help is called: " + command.reason); !ticket)
        static_cast<void>(storage_trouble(ticket.error()));
}

} // namespace montbrillant
