// SPDX-License-Identifier: Apache-2.0
#include "kiosk/desk/desk.hpp"

#include "kiosk/desk/words.hpp"
#include "sync/base/log.hpp"
#include "sync/base/number.hpp"
#include "sync/domain/people/unicode.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {

namespace {

/// Reasons are for a line on a staff screen; what people hold under a scanner can be much longer.
constexpr std::size_t reason_bytes_max = 200;

} // namespace

bool VoidBadges::contains(const BadgeId& badge) const
{
    std::shared_ptr<const std::unordered_set<BadgeId>> badges;
    {
        const std::lock_guard lock(mutex_);
        badges = badges_;
    }
    return badges->contains(badge);
}

void VoidBadges::replace(std::unordered_set<BadgeId> badges)
{
    auto fresh = std::make_shared<const std::unordered_set<BadgeId>>(std::move(badges));
    const std::lock_guard lock(mutex_);
    badges_ = std::move(fresh);
}

flow::Texts texts_of(const SixTexts& texts) { return {texts.texts}; }

Desk::Desk(Store& store, std::shared_ptr<const EventProfile> profile, Clock& clock, Random& random,
           Ports ports)
    : store_(store), profile_(std::move(profile)), clock_(clock), random_(random), ports_(std::move(ports)),
      people_([this](std::string_view code) { return delegation_names(code); },
              [this](const Person& person) { return codes_of(person); }),
      came_(std::make_shared<const Store::Came>(
          [this](SealedPerson person) { people_.add(std::move(person)); })),
      attempts_since_(clock.mono())
{
    store_.hear_who_comes(came_);
}

Result<> Desk::open()
{
    MB_CHECK(store_.each_sealed([this](SealedPerson person) { people_.add(std::move(person)); }));
    MB_CHECK(people_.settle());
    refresh_void_badges();
    tell_announcement();
    return note_printed();
}

std::vector<std::string> Desk::delegation_names(std::string_view code) const
{
    std::vector<std::string> names;
    for (const auto language : all_languages)
        names.push_back(profile_->delegation_name(code, language));
    return names;
}

/// A crash between the sheet and its fact: the printer's row knows.
Result<> Desk::note_printed()
{
    MB_TRY(const auto jobs, store_.print_jobs().done_jobs());
    Draft draft;
    draft.actor = "kiosk";
    for (const auto& job : jobs) {
        const Badge* badge = store_.view().badges.find(job.badge);
        if (badge != nullptr && !badge->printed)
            draft.facts.push_back(fact::BadgePrinted{job.badge, badge->copies});
    }
    if (!draft.facts.empty())
        MB_CHECK(commit(std::move(draft)));
    return {};
}

std::vector<std::string> Desk::codes_of(const Person& person) const
{
    std::vector<std::string> codes{
        ShortCode::derive(store_.keys().short_codes, profile_->id, person.id).str()};
    if (!person.code.empty())
        codes.push_back(person.code);
    return codes;
}

void Desk::refresh(const std::vector<DelegateId>& people)
{
    if (auto read = store_.each_sealed(people, [this](SealedPerson one) { people_.add(std::move(one)); });
        !read)
        log::error("people who changed cannot be read error=\"{}\"", read.error().text());
    pulled(people);
}

void Desk::pulled(const std::vector<DelegateId>& people)
{
    for (const auto& id : people) {
        if (store_.is_erased(id) || store_.key_store().event_erased())
            people_.forget(id);
    }
    refresh_void_badges();
    tell_announcement();
}

/// What a manager says to every screen; in the language that it was written in.
void Desk::tell_announcement()
{
    const std::string& text = store_.view().meeting().announcement;
    if (text == announced_)
        return;
    announced_ = text;
    SixTexts everywhere;
    everywhere.texts.fill(text);
    tell(flow::BroadcastChanged{text.empty() ? std::nullopt : std::optional(texts_of(everywhere))});
}

void Desk::refresh_void_badges()
{
    std::unordered_set<BadgeId> badges;
    store_.view().badges.each([&badges](const BadgeId& id, const Badge& badge) {
        if (!badge.live)
            badges.insert(id);
    });
    void_badges_->replace(std::move(badges));
}

Result<std::vector<Fact>> Desk::commit(Draft draft)
{
    auto facts = store_.commit(draft);
    if (facts && !facts->empty() && ports_.committed)
        ports_.committed();
    return facts;
}

tl::unexpected<TurnedAway> Desk::turn_away(flow::Notice notice, std::string reason,
                                           std::optional<DelegateId> delegate)
{
    // An attempt is a fact too, but one that the disk refuses must not hide why the person was turned away.
    reason.resize(unicode::cut(reason, reason_bytes_max).size());
    if (delegate || attempt_may_be_kept()) {
        Draft draft;
        draft.actor = "kiosk";
        const auto dropped = std::exchange(attempts_dropped_, 0U);
        draft.facts.push_back(fact::AttemptRefused{
            delegate, dropped == 0 ? reason : fmt::format("{} (and {} attempts before)", reason, dropped)});
        if (auto kept = commit(std::move(draft)); !kept)
            log::error("a refused attempt could not be kept reason=\"{}\" error=\"{}\"", reason,
                       kept.error().text());
    }
    return tl::unexpected(TurnedAway{notice, std::move(reason), std::move(delegate)});
}

bool Desk::attempt_may_be_kept()
{
    const auto earned = (clock_.mono() - attempts_since_) / attempt_every;
    if (earned > 0) {
        attempts_left_ = static_cast<int>(std::min<std::int64_t>(attempts_at_once, attempts_left_ + earned));
        attempts_since_ = attempts_since_ + earned * attempt_every;
    }
    if (attempts_left_ == 0) {
        ++attempts_dropped_;
        return false;
    }
    --attempts_left_;
    return true;
}

tl::unexpected<TurnedAway> Desk::turn_away(const Refused& refused, std::optional<DelegateId> delegate)
{
    std::string reason(words(refused.why));
    if (!refused.detail.empty())
        reason += ": " + refused.detail;
    return turn_away(notice_of(refused.why), std::move(reason), std::move(delegate));
}

tl::unexpected<TurnedAway> Desk::storage_trouble(const Error& error)
{
    log::error("nothing was saved error=\"{}\"", error.text());
    return tl::unexpected(TurnedAway{flow::Notice::trouble, error.text(), {}});
}

void Desk::tell(flow::Msg msg) const
{
    if (ports_.tell)
        ports_.tell(std::move(msg));
}

std::vector<Hit> Desk::search(std::string_view query, std::size_t limit) const
{
    return people_.query(query, limit);
}

Result<std::string> Desk::issue_ticket(const std::optional<DelegateId>& delegate, const std::string& reason)
{
    constexpr std::string_view counter = "ticket_counter";
    MB_TRY(const auto last, store_.setting(counter));
    const int number = number_from<int>(last.value_or("0")).value_or(0) + 1;
    // Numbers carry the kiosk: two kiosks that are offline never give the same one.
    std::string ticket = fmt::format("{}-{}", store_.identity()->device.str(), number);
    Draft draft;
    draft.actor = "kiosk";
    draft.facts.push_back(fact::TicketIssued{ticket, delegate, reason});
    draft.settings.emplace(counter, std::to_string(number));
    MB_CHECK(commit(std::move(draft)));
    return ticket;
}

std::string Desk::ticket_for(const TurnedAway& away)
{
    const bool desk_helps = away.notice == flow::Notice::pending || away.notice == flow::Notice::cancelled ||
                            away.notice == flow::Notice::already_has_badge ||
                            away.notice == flow::Notice::trouble;
    if (!desk_helps)
        return {};
    auto ticket = issue_ticket(away.delegate, away.reason);
    if (!ticket)
        log::error("no desk ticket could be kept error=\"{}\"", ticket.error().text());
    return ticket.value_or("");
}

/// Until when this person's tries are not looked at. A claim from a clock that is far ahead counts as none:
/// the next wrong try here is dated by this clock.
WallTime Desk::pin_wait_ends(const Delegate& staff) const
{
    constexpr unsigned free_tries = 5;
    constexpr unsigned doublings_max = 5;
    constexpr Millis first_wait{30000};
    if (staff.pin_failures < free_tries)
        return {};
    const Millis wait = first_wait * (1U << std::min(staff.pin_failures - free_tries, doublings_max));
    return staff.pin_failed_time > clock_.wall() + wait ? WallTime{} : staff.pin_failed_time + wait;
}

Desk::PinAnswer Desk::check_pin(const DelegateId& id, std::string_view pin)
{
    const Delegate* staff = store_.view().delegates.find(id);
    if (staff == nullptr || staff->pin_verifier.empty())
        return PinAnswer::wrong; // there is nothing to guess
    if (clock_.wall() < pin_wait_ends(*staff))
        return PinAnswer::wait;
    // A try that cannot be kept is no try: otherwise a full disk would open the door to guessing.
    if (!store_.set_setting("pin.last_try", std::to_string(clock_.wall().ms)))
        return PinAnswer::wait;
    const bool right = crypto::pin_matches(staff->pin_verifier, pin, store_.keys().pepper);
    Draft draft;
    draft.actor = id.str();
    if (!right)
        draft.facts.push_back(fact::StaffPinFailed{id});
    else if (staff->pin_failures > 0)
        draft.facts.push_back(fact::StaffPinLifted{id, {}});
    if (!draft.facts.empty() && !commit(std::move(draft)))
        return PinAnswer::wait;
    staff = store_.view().delegates.find(id);
    if (right)
        let_unlock(id, *staff, pin);
    if (right)
        return PinAnswer::right;
    return clock_.wall() < pin_wait_ends(*staff) ? PinAnswer::wait : PinAnswer::wrong;
}

Served<void> Desk::lift_pin_wait(const DelegateId& staff, const DelegateId& manager)
{
    Draft draft;
    draft.actor = manager.str();
    draft.facts.push_back(fact::StaffPinLifted{staff, manager});
    auto lifted = commit(std::move(draft));
    if (lifted)
        return {};
    if (lifted.error().kind == ErrorKind::refused)
        return tl::unexpected(TurnedAway{flow::Notice::staff_only, lifted.error().what, staff});
    return storage_trouble(lifted.error());
}

/// Where the keys rest under PINs, each manager's opens them at the next start.
void Desk::let_unlock(const DelegateId& id, const Delegate& staff, std::string_view pin)
{
    KeyStore& keys = store_.key_store();
    const auto& file = keys.file();
    if (!file || file->protector() != Protector::pin || !staff.rights.contains(Right::manage) ||
        file->opens_for(id, staff.pin_verifier))
        return;
    const KeySecret secret{crypto::SecretText(std::string(pin)), id, staff.pin_verifier};
    if (auto kept = keys.set_manager(secret); !kept)
        log::warn("this manager's PIN does not open the keys at the next start error=\"{}\"",
                  kept.error().text());
}

} // namespace montbrillant
