// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The rules of the product, pure: no I/O, clock or randomness. Kiosk and registry call the same functions.
///
///   admit(state, fact)   may this fact stand where it arrives in the order?   (every rule is in here)
///   apply(state, fact)   what it changes; the store writes exactly that
///   decide(state, cmd)   drafts facts for a wish and admits them on a scratch layer, or refuses
///
/// What physically happened (a card in a hand, an open door) is never `rejected`, only `conflict`.

#include "sync/domain/state.hpp"

#include <tl/expected.hpp>

namespace montbrillant {

enum class Verdict { accepted, duplicate, conflict, rejected };
[[nodiscard]] std::string_view name_of(Verdict verdict);
[[nodiscard]] std::optional<Verdict> verdict_from(std::string_view name);

enum class ConflictKind {
    double_check_in,
    second_badge,
    card_on_two_badges,
    locker_at_two,
    laptop_at_two,
    cancelled_checked_in,
    two_heads
};
[[nodiscard]] std::string_view name_of(ConflictKind kind);

struct Outcome {
    Verdict verdict = Verdict::accepted;
    std::optional<ConflictKind> conflict; ///< exactly when the verdict is conflict
    std::string reason;                   ///< for staff and logs; empty when accepted
};

[[nodiscard]] Outcome admit(const State& state, const Fact& fact);

/// The entities that changed. Duplicate and rejected facts change nothing; a conflict leaves the first claim
/// standing and opens a task.
[[nodiscard]] std::vector<EntityKey> apply(State& state, const Fact& fact, const Outcome& outcome);

/// Why a wish is refused. Each has a sentence on glass (kiosk) and words for staff (`words`).
enum class Refusal {
    unknown_delegate,
    pending,
    cancelled,
    already_has_badge, ///< finished: printed and a card bound
    unknown_badge,
    badge_void,
    card_in_use,
    badge_has_card,
    not_checked_in,
    no_locker_free,
    no_locker_held,
    laptop_unknown,
    laptop_lent,
    laptop_in_repair,
    has_laptop,
    not_their_turn,
    already_waiting,
    not_lent,
    right_missing,
    rule, ///< admit said no to a draft: a bug or a race; the detail says what
};
[[nodiscard]] std::string_view words(Refusal refusal);

struct Refused {
    Refusal why{};
    std::string detail;
};

namespace command {
struct CheckIn {
    DelegateId delegate;
    std::string identified_by;
    std::optional<DelegateId> released_by;
    BadgeId new_badge;                        ///< drawn by the caller, used when one is issued
    std::optional<Participation> provisional; ///< from a signed code, when the person is unknown here
};
struct BindCard {
    BadgeId badge;
    CardUid card;
    unsigned tier{};
};
/// `doors` in the order of preference; the delegate's own locker wins over all.
struct AssignLocker {
    BadgeId badge;
    std::vector<LockerNo> doors;
    unsigned per_delegate = 1;
};
struct ReleaseLocker {
    DelegateId delegate;
};
struct AskForLaptop {
    DelegateId delegate;
    std::string ticket;
};
struct LendLaptop {
    LaptopTag laptop;
    DelegateId delegate;
    DelegateId staff;
    std::string due;
};
struct TakeBackLaptop {
    LaptopTag laptop;
    DelegateId staff;
    bool faulty{};
    std::string condition;
};
} // namespace command

/// The facts of a wish in order, and what they are about. Empty facts: it is so already (carry on).
struct Decision {
    std::vector<Body> facts;
    BadgeId badge;   ///< CheckIn: the live badge, new or resumed
    LockerNo locker; ///< AssignLocker: theirs
};

using Decided = tl::expected<Decision, Refused>;

[[nodiscard]] Decided decide(const State& state, const command::CheckIn& wish);
[[nodiscard]] Decided decide(const State& state, const command::BindCard& wish);
[[nodiscard]] Decided decide(const State& state, const command::AssignLocker& wish);
[[nodiscard]] Decided decide(const State& state, const command::ReleaseLocker& wish);
[[nodiscard]] Decided decide(const State& state, const command::AskForLaptop& wish);
[[nodiscard]] Decided decide(const State& state, const command::LendLaptop& wish);
[[nodiscard]] Decided decide(const State& state, const command::TakeBackLaptop& wish);

/// Whose badge a card is, if it may open anything (rule 10): live badge of a delegate.
struct BadgeHolder {
    DelegateId delegate;
    BadgeId badge;
    unsigned tier{};
};
enum class CardDoubt { unknown_card, badge_void };
[[nodiscard]] tl::expected<BadgeHolder, CardDoubt> holder_of(const State& state, const CardUid& card);

/// Laptops on the shelf of any device, or of `home` alone while offline.
[[nodiscard]] std::size_t laptops_free(const State& state, const std::optional<DeviceId>& home = {});

} // namespace montbrillant
