// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Facts about those who run the meeting: staff, tickets, sessions, announcements, conflicts, the event.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace montbrillant {

enum class Right {
    release, ///< a check-in, after looking at the photo ID; replacements
    lend,    ///< laptops
    manage,  ///< staff, conflicts, announcements, whole banks
    host     ///< attendance of sessions
};
inline constexpr std::array all_rights{Right::release, Right::lend, Right::manage, Right::host};
[[nodiscard]] std::string_view name_of(Right right);
[[nodiscard]] std::optional<Right> right_from(std::string_view name);

/// What people decide about two claims.
enum class Choice {
    first, ///< the claim that stands goes on standing
    second ///< the later claim takes its place
};
inline constexpr std::array all_choices{Choice::first, Choice::second};
[[nodiscard]] std::string_view name_of(Choice choice);
[[nodiscard]] std::optional<Choice> choice_from(std::string_view name);

namespace fact {

struct StaffAppointed {
    static constexpr std::string_view kind = "staff.appointed";
    DelegateId staff;
    std::set<Right> rights;
    std::optional<DelegateId> by{}; ///< a manager; nobody: at the registry's own command line
};
struct StaffPinSet {
    static constexpr std::string_view kind = "staff.pin_set";
    DelegateId staff;
    std::string verifier; ///< Argon2id string over the peppered PIN
};
struct StaffPinFailed {
    static constexpr std::string_view kind = "staff.pin_failed";
    DelegateId staff;
};
/// The tries are forgotten: the right PIN, or a manager's badge.
struct StaffPinLifted {
    static constexpr std::string_view kind = "staff.pin_lifted";
    DelegateId staff;
    std::optional<DelegateId> by; ///< a manager; nobody: the right PIN was given
};
struct TicketIssued {
    static constexpr std::string_view kind = "ticket.issued";
    std::string number;
    std::optional<DelegateId> delegate;
    std::string reason;
};
struct TicketClosed {
    static constexpr std::string_view kind = "ticket.closed";
    std::string number;
    DelegateId staff;
};
struct HelpCalled {
    static constexpr std::string_view kind = "help.called";
    std::string where; ///< the screen
};
struct HelpAnswered {
    static constexpr std::string_view kind = "help.answered";
    FactId call;
    DelegateId staff;
};
struct AttemptRefused {
    static constexpr std::string_view kind = "attempt.refused";
    std::optional<DelegateId> delegate;
    std::string reason;
};
struct SessionAttended {
    static constexpr std::string_view kind = "session.attended";
    SessionId session;
    DelegateId delegate;
    std::optional<DelegateId> admitted_by; ///< the host, for somebody who is not on the list
};
struct Announced {
    static constexpr std::string_view kind = "broadcast.said";
    std::string text; ///< on every screen; empty: the last one ends
    std::optional<DelegateId> staff;
};
struct ExportMade {
    static constexpr std::string_view kind = "export.made";
    std::string what; ///< "people", a report's name
    unsigned rows{};
};
struct ConflictResolved {
    static constexpr std::string_view kind = "conflict.resolved";
    FactId conflict; ///< the fact that lost
    Choice choice{};
    DelegateId staff;
    std::string note;
};
/// No new check-ins; the time until erasure runs.
struct EventClosed {
    static constexpr std::string_view kind = "event.closed";
    std::string by;
};
/// Every key is gone.
struct EventErased {
    static constexpr std::string_view kind = "event.erased";
    std::string by;
    std::string reason; ///< when it was before its time
};
/// Written by a newer program: stored, hashed and forwarded as it came, without effect here.
struct Unknown {
    std::string kind;
};

} // namespace fact
} // namespace montbrillant
