// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Facts about badges and cards. A badge is a printed issue, a card an RFID medium; a binding joins them.

#include "sync/base/ids.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace montbrillant {

/// Why a badge was issued, which decides when it replaces the one before.
enum class IssueReason {
    first,
    lost,    ///< the badge before is void at once
    damaged, ///< the badge before is void when the new one has its card
    day      ///< for one day, while a letter of accreditation is awaited
};
inline constexpr std::array all_issue_reasons{IssueReason::first, IssueReason::lost, IssueReason::damaged,
                                              IssueReason::day};
[[nodiscard]] std::string_view name_of(IssueReason reason);
[[nodiscard]] std::optional<IssueReason> issue_reason_from(std::string_view name);

namespace fact {

struct BadgeIssued {
    static constexpr std::string_view kind = "badge.issued";
    BadgeId badge;
    DelegateId delegate;
    unsigned issue = 1;
    IssueReason reason = IssueReason::first;
    std::optional<DelegateId> staff{}; ///< who replaced it; nobody for a first one
    std::string valid_day{};           ///< day badge: "2017-09-04", local; else empty
};
/// Stolen, or handed out by mistake: opens nothing any more, and nothing takes its place yet.
struct BadgeRevoked {
    static constexpr std::string_view kind = "badge.revoked";
    BadgeId badge;
    DelegateId staff;
    std::string reason;
};
struct BadgeReturned {
    static constexpr std::string_view kind = "badge.returned";
    BadgeId badge;
};
struct PrintQueued {
    static constexpr std::string_view kind = "badge.print_queued";
    BadgeId badge;
    unsigned copy = 1;
};
struct BadgePrinted {
    static constexpr std::string_view kind = "badge.printed";
    BadgeId badge;
    unsigned copy = 1;
};
struct CardBound {
    static constexpr std::string_view kind = "card.bound";
    CardUid card;
    BadgeId badge;
    unsigned tier{};
};
/// The card of a void badge is blank again and may be bound to another.
struct CardFreed {
    static constexpr std::string_view kind = "card.freed";
    CardUid card;
    BadgeId badge;
};

} // namespace fact
} // namespace montbrillant
