// SPDX-License-Identifier: Apache-2.0
#include "kiosk/desk/words.hpp"

#include "sync/domain/people/unicode.hpp"

namespace montbrillant {

flow::Notice notice_of(Refusal refusal)
{
    using flow::Notice;
    switch (refusal) {
    case Refusal::unknown_delegate: return Notice::not_found;
    case Refusal::pending: return Notice::pending;
    case Refusal::cancelled: return Notice::cancelled;
    case Refusal::erased: return Notice::not_found;
    case Refusal::already_registered: return Notice::already_registered;
    case Refusal::already_has_badge: return Notice::already_has_badge;
    case Refusal::unknown_badge: return Notice::card_not_ours;
    case Refusal::badge_void: return Notice::card_revoked;
    case Refusal::badge_expired: return Notice::badge_expired;
    case Refusal::card_in_use: return Notice::card_in_use;
    case Refusal::badge_has_card: return Notice::card_in_use;
    case Refusal::not_checked_in: return Notice::not_checked_in;
    case Refusal::no_locker_free: return Notice::bank_full;
    case Refusal::no_locker_held: return Notice::none;
    case Refusal::locker_out_of_service: return Notice::locker_out_of_service;
    case Refusal::bank_out_of_service: return Notice::bank_closed;
    case Refusal::locker_not_theirs: return Notice::locker_not_theirs;
    case Refusal::laptop_unknown: return Notice::laptop_unknown;
    case Refusal::laptop_lent: return Notice::laptop_lent;
    case Refusal::laptop_in_repair: return Notice::laptop_in_repair;
    case Refusal::laptop_lost: return Notice::laptop_lost;
    case Refusal::laptop_elsewhere: return Notice::laptop_elsewhere;
    case Refusal::has_laptop: return Notice::has_laptop;
    case Refusal::not_their_turn: return Notice::not_their_turn;
    case Refusal::already_waiting: return Notice::already_waiting;
    case Refusal::not_waiting: return Notice::not_waiting;
    case Refusal::not_lent: return Notice::no_laptop_loan;
    case Refusal::not_on_list: return Notice::not_on_list;
    case Refusal::right_missing: return Notice::staff_only;
    case Refusal::same_person_twice: return Notice::second_person;
    case Refusal::letter_missing: return Notice::letter_missing;
    case Refusal::fellow_walks_in: return Notice::fellow_walks_in;
    case Refusal::leadership_forbidden: return Notice::leadership_forbidden;
    case Refusal::confirmation_missing: return Notice::confirmation_missing;
    case Refusal::head_exists: return Notice::head_exists;
    case Refusal::changed_meanwhile: return Notice::changed_meanwhile;
    case Refusal::conflict_unknown: return Notice::nothing_to_do;
    case Refusal::conflict_closed: return Notice::nothing_to_do;
    case Refusal::event_closed: return Notice::event_closed;
    case Refusal::nothing_to_do: return Notice::nothing_to_do;
    case Refusal::rule: return Notice::trouble;
    }
    return Notice::trouble;
}

flow::Notice notice_of(CodeFault fault)
{
    switch (fault) {
    case CodeFault::other_meeting: return flow::Notice::code_other_meeting;
    case CodeFault::badge_id: return flow::Notice::code_is_badge;
    case CodeFault::garbled:
    case CodeFault::truncated:
    case CodeFault::oversized:
    case CodeFault::mistyped:
    case CodeFault::forged:
    case CodeFault::expired:
    case CodeFault::unknown_version: return flow::Notice::code_unreadable;
    }
    return flow::Notice::code_unreadable;
}

flow::LockerStep step_of(UnlockOutcome outcome)
{
    using flow::LockerStep;
    switch (outcome) {
    case UnlockOutcome::opened: return LockerStep::opened;
    case UnlockOutcome::already_open: return LockerStep::already_open;
    case UnlockOutcome::jammed: return LockerStep::jammed;
    case UnlockOutcome::left_open: return LockerStep::left_open;
    case UnlockOutcome::wrong_door: return LockerStep::wrong_door;
    case UnlockOutcome::refused: return LockerStep::refused;
    case UnlockOutcome::offline: return LockerStep::offline;
    case UnlockOutcome::forced:
    case UnlockOutcome::too_late:
    case UnlockOutcome::unknown: return LockerStep::tap; // look at the door, tap again
    }
    return LockerStep::tap;
}

std::string masked(const std::string& name)
{
    std::u32string out;
    bool at_start = true;
    bool shown = false;
    for (const char32_t c : unicode::code_points(name)) {
        const bool separator = c == U' ' || c == U'-' || c == U'\'';
        // Of a word that is written with an alphabet one letter says little; a Han character or a Hangul
        // syllable is half of a name, so only the first of all is shown.
        const auto script = unicode::script_of(c);
        const bool syllable = script == unicode::Script::han || script == unicode::Script::hangul ||
                              script == unicode::Script::kana;
        const bool show = separator || (at_start && (!shown || !syllable));
        out += show ? c : U'*';
        shown = shown || !separator;
        at_start = separator;
    }
    return unicode::utf8(out);
}

} // namespace montbrillant
