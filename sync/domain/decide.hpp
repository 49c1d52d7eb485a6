// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Wishes and what becomes of them: `decide` drafts the facts of a wish, admits each on a scratch layer, or
/// refuses with a typed reason. Pure, as all of this room. Times and days are arguments; texts that people
/// typed are kept as they are and must not hold personal data.

#include "sync/domain/rules.hpp"

namespace montbrillant {

/// Why a wish is refused. Each has a sentence on glass in six languages (kiosk/desk/words) and words for
/// staff (`words`).
enum class Refusal {
    unknown_delegate,
    pending,
    cancelled,
    erased,
    already_registered,
    already_has_badge, ///< finished: printed and a card bound
    unknown_badge,
    badge_void,
    badge_expired, ///< a day badge of another day
    card_in_use,
    badge_has_card,
    not_checked_in,
    no_locker_free,
    no_locker_held,
    locker_out_of_service,
    bank_out_of_service,
    locker_not_theirs, ///< any more: somebody else has it, or the time to reopen is over
    laptop_unknown,
    laptop_lent,
    laptop_in_repair,
    laptop_lost,
    laptop_elsewhere, ///< offline a desk lends only what it holds itself
    has_laptop,
    not_their_turn,
    already_waiting,
    not_waiting,
    not_lent,
    not_on_list, ///< of a session; the host may admit them all the same
    right_missing,
    same_person_twice, ///< two different members of staff are wanted
    letter_missing,
    fellow_walks_in,
    leadership_forbidden, ///< an SME of the pilot
    confirmation_missing, ///< an SME of the pilot without its Administration
    head_exists,
    changed_meanwhile, ///< somebody else changed it; look again
    conflict_unknown,
    conflict_closed,
    event_closed,
    nothing_to_do, ///< it is so already
    rule,          ///< admit said no to a draft: a bug or a race; the detail says what
};
inline constexpr int refusal_count = static_cast<int>(Refusal::rule) + 1;
[[nodiscard]] std::string_view words(Refusal refusal);

struct Refused {
    Refusal why{};
    std::string detail; ///< for staff
};

namespace command {

// --- people
// -------------------------------------------------------------------------------------------------
/// J2: registered on the spot by the contact point's letter.
struct RegisterWalkIn {
    DelegateId delegate; ///< drawn by the caller
    Participation participation;
    std::string letter;
    DelegateId staff;
};
/// Staff put a record right; the record itself is in the caller's draft.
struct CorrectRecord {
    DelegateId delegate;
    Participation participation;
    std::set<std::string> changed;
    unsigned base = 0; ///< `Delegate::revision` that was shown
    DelegateId staff;
    std::string letter; ///< when they become head of a delegation; its head before goes on as a delegate
};
struct RequestCorrection {
    DelegateId delegate;
};
struct SeeId {
    DelegateId delegate;
    DelegateId staff;
};
struct EraseDelegate {
    DelegateId delegate;
};

// --- check-in and badges
// ------------------------------------------------------------------------------------
struct CheckIn {
    DelegateId delegate;
    std::string identified_by;
    std::optional<DelegateId> released_by;
    BadgeId new_badge;                        ///< drawn by the caller, used when one is issued
    std::optional<Participation> provisional; ///< from a signed code, when the person is unknown here
    bool in_person = true;
    std::string day_badge{}; ///< "2017-09-04": a badge for this day only; empty: the whole event
};
struct UndoCheckIn {
    DelegateId delegate;
    DelegateId staff;
    std::string reason;
};
/// J3: only staff replace; `lost` voids the badge before at once, `damaged` when the new card is bound.
struct ReplaceBadge {
    DelegateId delegate;
    IssueReason reason = IssueReason::lost;
    BadgeId new_badge;
    DelegateId staff;
};
struct RevokeBadge {
    BadgeId badge;
    DelegateId staff;
    std::string reason;
};
struct BindCard {
    BadgeId badge;
    CardUid card;
    unsigned tier{};
};
/// J10: the badge is handed back; its card is blank again.
struct ReturnBadge {
    BadgeId badge;
};

// --- lockers
// ------------------------------------------------------------------------------------------------
/// `doors` in the order of preference; the delegate's own locker wins over all. Doors out of service are left
/// out, doors that their last holder may still reopen come last.
struct AssignLocker {
    BadgeId badge;
    std::vector<LockerNo> doors;
    unsigned per_delegate = 1;
    WallTime now{};
    Millis reopen{};
    std::string today{}; ///< local day, for day badges; empty: not looked at
};
struct ReleaseLocker {
    DelegateId delegate;
};
/// The bank is full: wait for a door.
struct AskForLocker {
    BankId bank;
    DelegateId delegate;
    std::string ticket;
};
/// A door given back is still unassigned: its last holder forgot something.
struct ReopenLocker {
    BadgeId badge;
    WallTime now;
    Millis reopen{};
};
struct ServiceLocker {
    LockerNo locker;
    bool in_service{};
    DelegateId staff;
    std::string reason;
};
struct ServiceBank {
    BankId bank;
    bool in_service{};
    std::optional<DelegateId> staff; ///< nobody: the kiosk itself stops it
    std::string reason;
};
/// May these two open every door of the bank? The caller opens, then writes the fact.
struct OpenBank {
    BankId bank;
    DelegateId first;
    DelegateId second;
    std::string reason;
};

// --- laptops
// ------------------------------------------------------------------------------------------------
struct AskForLaptop {
    DelegateId delegate;
    std::string ticket;
};
struct LeaveLaptopQueue {
    DelegateId delegate;
};
/// What time and the shelf call for at this moment: offers that ran out, then offers for the laptops that are
/// free.
struct OfferLaptops {
    WallTime now;
    Millis offer{};
    unsigned misses_max = 3;
    std::optional<DeviceId> desk; ///< offline: only its own laptops
};
struct LendLaptop {
    LaptopTag laptop;
    DelegateId delegate;
    DelegateId staff;
    std::string due;
    std::set<std::string> accessories{};
    std::optional<DeviceId> desk{}; ///< offline: only its own laptops
    std::string today{};            ///< local day, for day badges; empty: not looked at
};
struct TakeBackLaptop {
    LaptopTag laptop;
    DelegateId staff;
    bool faulty{};
    std::string condition;
    std::set<std::string> missing{};
    bool wiped{};
};
struct SwapLaptop {
    LaptopTag laptop;
    LaptopTag instead;
    DelegateId staff;
    std::string condition;
    std::optional<DeviceId> desk{};
};

// --- the house
// ----------------------------------------------------------------------------------------------
/// J6. `eligible` is the session's flag; nothing: everybody may come.
struct AttendSession {
    SessionId session;
    DelegateId delegate;
    std::optional<Flag> eligible;
    std::optional<DelegateId> admitted_by; ///< the host
};
struct AppointStaff {
    DelegateId staff;
    std::set<Right> rights;
    std::optional<DelegateId> by;
};
struct Announce {
    std::string text; ///< empty: the last one ends
    std::optional<DelegateId> staff;
};
struct ResolveConflict {
    FactId conflict;
    Choice choice{};
    DelegateId staff;
    std::string note;
};

} // namespace command

/// The facts of a wish in order, and what they are about. Empty facts: it is so already (carry on).
struct Decision {
    std::vector<Body> facts;
    BadgeId badge;                   ///< CheckIn, ReplaceBadge: the live or new badge
    LockerNo locker;                 ///< AssignLocker, ReopenLocker: theirs
    std::vector<DelegateId> records; ///< whose sealed records the caller adds to the draft
};

using Decided = tl::expected<Decision, Refused>;

[[nodiscard]] Decided decide(const State& state, const command::RegisterWalkIn& wish);
[[nodiscard]] Decided decide(const State& state, const command::CorrectRecord& wish);
[[nodiscard]] Decided decide(const State& state, const command::RequestCorrection& wish);
[[nodiscard]] Decided decide(const State& state, const command::SeeId& wish);
[[nodiscard]] Decided decide(const State& state, const command::EraseDelegate& wish);
[[nodiscard]] Decided decide(const State& state, const command::CheckIn& wish);
[[nodiscard]] Decided decide(const State& state, const command::UndoCheckIn& wish);
[[nodiscard]] Decided decide(const State& state, const command::ReplaceBadge& wish);
[[nodiscard]] Decided decide(const State& state, const command::RevokeBadge& wish);
[[nodiscard]] Decided decide(const State& state, const command::BindCard& wish);
[[nodiscard]] Decided decide(const State& state, const command::ReturnBadge& wish);
[[nodiscard]] Decided decide(const State& state, const command::AssignLocker& wish);
[[nodiscard]] Decided decide(const State& state, const command::ReleaseLocker& wish);
[[nodiscard]] Decided decide(const State& state, const command::AskForLocker& wish);
[[nodiscard]] Decided decide(const State& state, const command::ReopenLocker& wish);
[[nodiscard]] Decided decide(const State& state, const command::ServiceLocker& wish);
[[nodiscard]] Decided decide(const State& state, const command::ServiceBank& wish);
[[nodiscard]] Decided decide(const State& state, const command::OpenBank& wish);
[[nodiscard]] Decided decide(const State& state, const command::AskForLaptop& wish);
[[nodiscard]] Decided decide(const State& state, const command::LeaveLaptopQueue& wish);
[[nodiscard]] Decided decide(const State& state, const command::OfferLaptops& wish);
[[nodiscard]] Decided decide(const State& state, const command::LendLaptop& wish);
[[nodiscard]] Decided decide(const State& state, const command::TakeBackLaptop& wish);
[[nodiscard]] Decided decide(const State& state, const command::SwapLaptop& wish);
[[nodiscard]] Decided decide(const State& state, const command::AttendSession& wish);
[[nodiscard]] Decided decide(const State& state, const command::AppointStaff& wish);
[[nodiscard]] Decided decide(const State& state, const command::Announce& wish);
[[nodiscard]] Decided decide(const State& state, const command::ResolveConflict& wish);

/// The staff member who saw the person's identity document at most `valid` ago (the queue, J1).
[[nodiscard]] std::optional<DelegateId> id_seen_by(const State& state, const DelegateId& delegate,
                                                   WallTime now, Millis valid);

} // namespace montbrillant
