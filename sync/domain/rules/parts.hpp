// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The rule and the effect of every kind of fact; rules/*.cpp define them, subject by subject. For this room
/// only: others call `admit` and `apply`.

#include "sync/domain/rules.hpp"

namespace montbrillant::rules {

using Changes = std::vector<EntityKey>;

[[nodiscard]] inline Outcome accepted() { return {}; }
[[nodiscard]] inline Outcome duplicate(std::string reason)
{
    return {Verdict::duplicate, {}, std::move(reason)};
}
[[nodiscard]] inline Outcome rejected(std::string reason)
{
    return {Verdict::rejected, {}, std::move(reason)};
}
[[nodiscard]] inline Outcome conflict(ConflictKind kind, std::string reason)
{
    return {Verdict::conflict, kind, std::move(reason)};
}

struct Admit {
    const State& state;
    const Fact& fact;

    // people.cpp
    Outcome operator()(const fact::DelegateRegistered& f) const;
    Outcome operator()(const fact::DelegateAmended& f) const;
    Outcome operator()(const fact::DelegateCorrected& f) const;
    Outcome operator()(const fact::CorrectionRequested& f) const;
    Outcome operator()(const fact::IdSeen& f) const;
    Outcome operator()(const fact::CheckedIn& f) const;
    Outcome operator()(const fact::CheckInUndone& f) const;
    Outcome operator()(const fact::DelegateErased& f) const;
    Outcome operator()(const fact::RecordRead& f) const;
    // badges.cpp
    Outcome operator()(const fact::BadgeIssued& f) const;
    Outcome operator()(const fact::BadgeRevoked& f) const;
    Outcome operator()(const fact::BadgeReturned& f) const;
    Outcome operator()(const fact::PrintQueued& f) const;
    Outcome operator()(const fact::BadgePrinted& f) const;
    Outcome operator()(const fact::CardBound& f) const;
    Outcome operator()(const fact::CardFreed& f) const;
    // lockers.cpp
    Outcome operator()(const fact::LockerAssigned& f) const;
    Outcome operator()(const fact::LockerOpened& f) const;
    Outcome operator()(const fact::LockerReleased& f) const;
    Outcome operator()(const fact::LockerAsked& f) const;
    Outcome operator()(const fact::LockerServiced& f) const;
    Outcome operator()(const fact::ItemFound& f) const;
    Outcome operator()(const fact::BankOpened& f) const;
    Outcome operator()(const fact::BankServiced& f) const;
    // laptops.cpp
    Outcome operator()(const fact::LaptopAdded& f) const;
    Outcome operator()(const fact::LaptopMoved& f) const;
    Outcome operator()(const fact::LaptopAsked& f) const;
    Outcome operator()(const fact::LaptopQueueLeft& f) const;
    Outcome operator()(const fact::LaptopOffered& f) const;
    Outcome operator()(const fact::LaptopOfferMissed& f) const;
    Outcome operator()(const fact::LaptopLent& f) const;
    Outcome operator()(const fact::LaptopReturned& f) const;
    Outcome operator()(const fact::LaptopSwapped& f) const;
    Outcome operator()(const fact::LaptopLost& f) const;
    Outcome operator()(const fact::LaptopRestored& f) const;
    // house.cpp
    Outcome operator()(const fact::StaffAppointed& f) const;
    Outcome operator()(const fact::StaffPinSet& f) const;
    Outcome operator()(const fact::StaffPinFailed& f) const;
    Outcome operator()(const fact::StaffPinLifted& f) const;
    Outcome operator()(const fact::TicketIssued& f) const;
    Outcome operator()(const fact::TicketClosed& f) const;
    Outcome operator()(const fact::HelpCalled& f) const;
    Outcome operator()(const fact::HelpAnswered& f) const;
    Outcome operator()(const fact::AttemptRefused& f) const;
    Outcome operator()(const fact::SessionAttended& f) const;
    Outcome operator()(const fact::Announced& f) const;
    Outcome operator()(const fact::ExportMade& f) const;
    Outcome operator()(const fact::ConflictResolved& f) const;
    Outcome operator()(const fact::EventClosed& f) const;
    Outcome operator()(const fact::EventErased& f) const;
    Outcome operator()(const fact::Unknown&) const { return accepted(); }
};

/// Effects of an accepted fact, and what a conflicting one still does: that is said at each.
struct Apply {
    State& state;
    const Fact& fact;
    const Outcome& outcome;

    /// False: a conflict, the first claim stands.
    [[nodiscard]] bool stands() const { return outcome.verdict == Verdict::accepted; }

    // people.cpp
    Changes operator()(const fact::DelegateRegistered& f) const;
    Changes operator()(const fact::DelegateAmended& f) const;
    Changes operator()(const fact::DelegateCorrected& f) const;
    Changes operator()(const fact::CorrectionRequested& f) const;
    Changes operator()(const fact::IdSeen& f) const;
    Changes operator()(const fact::CheckedIn& f) const;
    Changes operator()(const fact::CheckInUndone& f) const;
    Changes operator()(const fact::DelegateErased& f) const;
    Changes operator()(const fact::RecordRead& f) const;
    // badges.cpp
    Changes operator()(const fact::BadgeIssued& f) const;
    Changes operator()(const fact::BadgeRevoked& f) const;
    Changes operator()(const fact::BadgeReturned& f) const;
    Changes operator()(const fact::PrintQueued& f) const;
    Changes operator()(const fact::BadgePrinted& f) const;
    Changes operator()(const fact::CardBound& f) const;
    Changes operator()(const fact::CardFreed& f) const;
    // lockers.cpp
    Changes operator()(const fact::LockerAssigned& f) const;
    Changes operator()(const fact::LockerOpened& f) const;
    Changes operator()(const fact::LockerReleased& f) const;
    Changes operator()(const fact::LockerAsked& f) const;
    Changes operator()(const fact::LockerServiced& f) const;
    Changes operator()(const fact::ItemFound& f) const;
    Changes operator()(const fact::BankOpened& f) const;
    Changes operator()(const fact::BankServiced& f) const;
    // laptops.cpp
    Changes operator()(const fact::LaptopAdded& f) const;
    Changes operator()(const fact::LaptopMoved& f) const;
    Changes operator()(const fact::LaptopAsked& f) const;
    Changes operator()(const fact::LaptopQueueLeft& f) const;
    Changes operator()(const fact::LaptopOffered& f) const;
    Changes operator()(const fact::LaptopOfferMissed& f) const;
    Changes operator()(const fact::LaptopLent& f) const;
    Changes operator()(const fact::LaptopReturned& f) const;
    Changes operator()(const fact::LaptopSwapped& f) const;
    Changes operator()(const fact::LaptopLost& f) const;
    Changes operator()(const fact::LaptopRestored& f) const;
    // house.cpp
    Changes operator()(const fact::StaffAppointed& f) const;
    Changes operator()(const fact::StaffPinSet& f) const;
    Changes operator()(const fact::StaffPinFailed& f) const;
    Changes operator()(const fact::StaffPinLifted& f) const;
    Changes operator()(const fact::TicketIssued& f) const;
    Changes operator()(const fact::TicketClosed& f) const;
    Changes operator()(const fact::HelpCalled& f) const;
    Changes operator()(const fact::HelpAnswered& f) const;
    Changes operator()(const fact::AttemptRefused& f) const;
    Changes operator()(const fact::SessionAttended& f) const;
    Changes operator()(const fact::Announced& f) const;
    Changes operator()(const fact::ExportMade& f) const;
    Changes operator()(const fact::ConflictResolved& f) const;
    Changes operator()(const fact::EventClosed& f) const;
    Changes operator()(const fact::EventErased& f) const;
    Changes operator()(const fact::Unknown&) const { return {}; }
};

/// Rule 9: at most one current head per delegation; an SME of the pilot leads nothing and names who confirmed
/// it, unless all that is known is a signed code.
[[nodiscard]] Outcome admit_participation(const State& state, const DelegateId& id, const Participation& p,
                                          bool provisional);
/// A fact about somebody whom nobody here knows: physically it happened, so they exist from now on, without
/// a record. Adds to `changes` when it had to.
Delegate& delegate_for(State& state, const DelegateId& id, Changes& changes);
/// The live badge of the delegate opens nothing any more.
void void_badge(State& state, const DelegateId& id, Changes& changes);
/// Joins card and badge; a badge that waits for its card takes the place of the one before.
void bind(State& state, const fact::CardBound& f, Changes& changes);
void assign(State& state, const fact::LockerAssigned& f, WallTime at, Changes& changes);
void lend(State& state, const fact::LaptopLent& f, Changes& changes);
/// What people decided, done: `claim` is the fact that lost. Changes nothing that the choice does not need.
[[nodiscard]] Outcome admit_choice(const State& state, const Conflict& conflict, Choice choice);
[[nodiscard]] Changes apply_choice(State& state, const Conflict& conflict, Choice choice);

[[nodiscard]] bool holds(const State& state, const std::optional<DelegateId>& staff, Right right);

} // namespace montbrillant::rules
