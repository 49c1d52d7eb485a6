// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The rules of the product, pure: no I/O, clock or randomness. Kiosk and registry call the same functions.
///
///   admit(state, fact)   may this fact stand where it arrives in the order?   (every rule is in here)
///   apply(state, fact)   what it changes; the store writes exactly that
///   decide(state, cmd)   drafts facts for a wish and admits them on a scratch layer, or refuses (decide.hpp)
///
/// What physically happened (a card in a hand, an open door) is never `rejected`, only `conflict`. Each kind
/// of fact has its rule and its effect side by side in rules/*.cpp.

#include "sync/domain/state.hpp"

#include <tl/expected.hpp>

namespace montbrillant {

enum class Verdict { accepted, duplicate, conflict, rejected };
[[nodiscard]] std::string_view name_of(Verdict verdict);
[[nodiscard]] std::optional<Verdict> verdict_from(std::string_view name);

/// Why two claims cannot both stand. The first in the order does; the second becomes a task.
enum class ConflictKind {
    double_check_in,
    second_badge,
    card_on_two_badges,
    locker_at_two,
    laptop_at_two,
    cancelled_checked_in,
    two_heads,
    record_at_two,          ///< two devices amended one record apart
    import_over_correction, ///< an import would undo what staff put right
    unknown_person,         ///< a registry restored from an old backup forgot them
    unknown_badge,          ///< likewise a badge
    resolved_twice          ///< two people closed one conflict differently
};
inline constexpr std::array all_conflict_kinds{
    ConflictKind::double_check_in, ConflictKind::second_badge,  ConflictKind::card_on_two_badges,
    ConflictKind::locker_at_two,   ConflictKind::laptop_at_two, ConflictKind::cancelled_checked_in,
    ConflictKind::two_heads,       ConflictKind::record_at_two, ConflictKind::import_over_correction,
    ConflictKind::unknown_person,  ConflictKind::unknown_badge, ConflictKind::resolved_twice};
[[nodiscard]] std::string_view name_of(ConflictKind kind);
[[nodiscard]] std::optional<ConflictKind> conflict_from(std::string_view name);

struct Outcome {
    Verdict verdict = Verdict::accepted;
    std::optional<ConflictKind> conflict; ///< exactly when the verdict is conflict
    std::string reason;                   ///< for staff and logs; empty when accepted
};

[[nodiscard]] Outcome admit(const State& state, const Fact& fact);

/// The entities that changed. Duplicate and rejected facts change nothing; a conflict leaves the first claim
/// standing and opens a task.
[[nodiscard]] std::vector<EntityKey> apply(State& state, const Fact& fact, const Outcome& outcome);

/// What becomes of the sealed record that travels with a fact.
enum class RecordFate {
    stands,   ///< it is the person's record from now on
    proposed, ///< kept beside the record until the conflict is resolved
    dropped
};
[[nodiscard]] RecordFate record_fate(const Outcome& outcome);
/// The losing fact whose record takes the place of the present one, when `fact` resolves such a conflict so.
[[nodiscard]] std::optional<FactId> promoted_record(const State& before, const Fact& fact);

/// Facts with this device name are the registry's own or came through the organizer's API.
[[nodiscard]] const DeviceId& registry_device();

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
