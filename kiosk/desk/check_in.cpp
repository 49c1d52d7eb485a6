// SPDX-License-Identifier: Apache-2.0
// Who stands there, may they have a badge, and which card is theirs.
#include "badge/print/print_journal.hpp"
#include "kiosk/desk/desk.hpp"
#include "kiosk/desk/words.hpp"
#include "sync/domain/cards.hpp"

#include <algorithm>
#include <cctype>

namespace montbrillant {
namespace {

Participation participation_of(const SignedConfirmation& code)
{
    Participation participation;
    participation.category = code.category;
    participation.language = code.language;
    return participation;
}

/// People type O for 0, I and L for 1, as the short code itself forgives.
char plain(char c)
{
    const auto upper = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return upper == 'O' ? '0' : upper == 'I' || upper == 'L' ? '1' : upper;
}

bool same_letters(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return plain(x) == plain(y); });
}

bool finished(const State& state, const Delegate& delegate)
{
    const Badge* badge = state.badges.find(delegate.badge);
    return badge != nullptr && badge->printed && !badge->card.empty();
}

} // namespace

Person person_of(const SignedConfirmation& code)
{
    Person person;
    person.id = code.delegate;
    person.badge_name = code.badge_name;
    person.family_name = code.badge_name;
    person.organization = code.organization;
    person.category = code.category;
    person.language = code.language;
    return person;
}

std::optional<DelegateId> Desk::by_code(const std::string& text) const
{
    if (const auto parsed = ShortCode::parse(text)) {
        if (auto found = people_.by_code(parsed->str()))
            return found;
    }
    constexpr std::string_view around = " \t\r\n"; // a scanner's suffix
    const auto first = text.find_first_not_of(around);
    if (first == std::string::npos)
        return std::nullopt;
    const auto last = text.find_last_not_of(around);
    return people_.by_code(text.substr(first, last - first + 1));
}

Served<Identified> Desk::identify_signed(const std::string& text)
{
    const std::array keys{confirmation_key(store_.keys().confirmation_public)};
    auto code = verify_qr(text, keys, profile_->id, clock_.wall());
    if (!code)
        return turn_away(notice_of(code.error()), std::string(name_of(code.error())));
    return Identified{code->delegate, *code, true};
}

/// Pending, cancelled and finished registrations are told at once, before a badge is shown.
std::optional<TurnedAway> Desk::not_now(const DelegateId& id) const
{
    const Delegate* delegate = store_.view().delegates.find(id);
    if (delegate == nullptr)
        return std::nullopt;
    const auto away = [&id](Refusal why) {
        return std::optional(TurnedAway{notice_of(why), std::string(words(why)), id});
    };
    if (delegate->participation.state == Registration::pending)
        return away(Refusal::pending);
    if (delegate->participation.state == Registration::cancelled)
        return away(Refusal::cancelled);
    if (finished(store_.view(), *delegate))
        return away(Refusal::already_has_badge);
    return std::nullopt;
}

Served<Identified> Desk::identify(const std::string& text)
{
    Identified who;
    switch (classify(text)) {
    case ScannedText::badge_id:
        return turn_away(flow::Notice::code_is_badge, "the QR of a badge was shown as a confirmation");
    case ScannedText::qr_confirmation: {
        auto signed_code = identify_signed(text);
        if (!signed_code)
            return signed_code;
        who = std::move(*signed_code);
        break;
    }
    case ScannedText::short_code:
    case ScannedText::foreign: {
        const auto found = by_code(text);
        if (!found)
            return turn_away(flow::Notice::code_unreadable, "no registration has this code");
        who.delegate = *found;
        who.by_code = true;
        break;
    }
    }
    if (const auto away = not_now(who.delegate))
        return turn_away(away->notice, away->reason, away->delegate);
    return who;
}

/// A name alone never issues a badge: staff release it, or the last four of the code prove it.
Served<void> Desk::released(const CheckInWish& wish) const
{
    if (wish.by_staff)
        return {};
    const auto no = [&wish](flow::Notice notice, std::string reason) {
        return tl::unexpected(TurnedAway{notice, std::move(reason), wish.who.delegate});
    };
    if (profile_->identity == IdentityCheck::staff) {
        const Delegate* staff = wish.released_by ? store_.view().delegates.find(*wish.released_by) : nullptr;
        if (staff == nullptr || !staff->rights.contains(Right::release))
            return no(flow::Notice::staff_only, "the badge does not carry the right to release");
        return {};
    }
    if (wish.who.by_code || knows_last_four(wish.who.delegate, wish.last_four))
        return {};
    return no(flow::Notice::wrong_characters, "the last four characters of the code do not match");
}

bool Desk::knows_last_four(const DelegateId& id, std::string_view typed) const
{
    constexpr std::size_t four = 4;
    if (typed.size() != four)
        return false;
    const auto codes = people_.codes_of(id);
    return std::any_of(codes.begin(), codes.end(), [typed](const std::string& code) {
        return code.size() >= four && same_letters(std::string_view(code).substr(code.size() - four), typed);
    });
}

/// A run that goes on after the printer gave up needs a new copy: a print key that ended prints no more.
Served<BadgeId> Desk::printable(const BadgeId& badge, const std::string& actor)
{
    const Badge& known = *store_.view().badges.find(badge);
    if (known.printed)
        return badge;
    const auto job = store_.print_jobs().find(print_key(badge, known.issue, known.copies));
    if (!job)
        return storage_trouble(job.error());
    const bool ended = *job && ((*job)->state == name_of(PrintState::failed) ||
                                (*job)->state == name_of(PrintState::cancelled));
    if (!ended)
        return badge;
    Draft draft;
    draft.facts.push_back(fact::PrintQueued{badge, known.copies + 1});
    draft.actor = actor;
    if (auto facts = commit(std::move(draft)); !facts)
        return storage_trouble(facts.error());
    return badge;
}

Served<CheckInDone> Desk::check_in(const CheckInWish& wish)
{
    if (const auto allowed = released(wish); !allowed)
        return turn_away(allowed.error().notice, allowed.error().reason, wish.who.delegate);
    const bool unknown = store_.view().delegates.find(wish.who.delegate) == nullptr;
    command::CheckIn command{wish.who.delegate,
                             wish.by_staff      ? "staff"
                             : wish.who.by_code ? "code"
                                                : "name",
                             wish.released_by,
                             new_badge_id(random_),
                             {}};
    if (unknown && wish.who.code)
        command.provisional = participation_of(*wish.who.code);
    const auto decided = decide(store_.view(), command);
    if (!decided)
        return turn_away(decided.error(), wish.who.delegate);

    Draft draft;
    draft.facts = decided->facts;
    draft.actor = wish.released_by ? wish.released_by->str() : "kiosk";
    if (command.provisional)
        draft.records.push_back(person_of(*wish.who.code));
    if (!draft.facts.empty()) {
        if (auto facts = commit(std::move(draft)); !facts)
            return storage_trouble(facts.error());
    }
    if (command.provisional)
        people_.add(person_of(*wish.who.code));
    if (decided->facts.empty()) {
        if (auto ready = printable(decided->badge, "kiosk"); !ready)
            return tl::unexpected(ready.error());
    }

    const Badge& badge = *store_.view().badges.find(decided->badge);
    CheckInDone done{wish.who.delegate,
                     decided->badge,
                     badge.issue,
                     print_key(decided->badge, badge.issue, badge.copies),
                     decided->facts.empty(),
                     badge.printed,
                     !badge.card.empty()};
    if (!done.printed && ports_.print)
        ports_.print(done.job);
    return done;
}

Served<BadgeId> Desk::bind_card(const BadgeId& badge, const CardUid& card, int tier)
{
    if (tier < profile_->cards.tier_min)
        return turn_away(flow::Notice::card_not_ours, "the card proves less than this meeting asks for");
    const auto decided = decide(store_.view(), command::BindCard{badge, card, static_cast<unsigned>(tier)});
    if (!decided)
        return turn_away(decided.error());
    if (decided->facts.empty())
        return badge;
    Draft draft;
    draft.facts = decided->facts;
    draft.actor = "kiosk";
    if (auto facts = commit(std::move(draft)); !facts)
        return storage_trouble(facts.error());
    return badge;
}

Served<BadgeHolder> Desk::holder(const CardUid& card, int tier) const
{
    const auto found = opener_of(store_.view(), card, tier);
    if (found)
        return *found;
    switch (found.error().why) {
    case CardRefusal::not_ours:
        return tl::unexpected(TurnedAway{flow::Notice::card_not_ours, "the card is bound to no badge", {}});
    case CardRefusal::badge_void:
        return tl::unexpected(TurnedAway{flow::Notice::card_revoked, "the card's badge is void", {}});
    case CardRefusal::proves_less: break;
    }
    return tl::unexpected(TurnedAway{flow::Notice::card_not_ours,
                                     "the card proves less than when it was bound: perhaps a copy",
                                     found.error().delegate});
}

void Desk::printed(const PrintKey& key)
{
    const auto job = store_.print_jobs().find(key);
    if (!job || !*job)
        return;
    const BadgeId badge = (*job)->badge;
    const Badge* known = store_.view().badges.find(badge);
    if (known != nullptr && !known->printed) {
        Draft draft;
        draft.actor = "kiosk";
        draft.facts.push_back(fact::BadgePrinted{badge, known->copies});
        if (auto facts = commit(std::move(draft)); !facts)
            return static_cast<void>(storage_trouble(facts.error()));
    }
    tell(flow::PrintFinished{badge});
}

} // namespace montbrillant
