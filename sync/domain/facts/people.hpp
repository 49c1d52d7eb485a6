// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Facts about a person's registration and presence. See ../facts.hpp for what a fact is.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/domain/person.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace montbrillant {

/// What of a person decides rules; the rest is in the sealed record.
struct Participation {
    std::string delegation;
    Category category = Category::member_state;
    Role role = Role::delegate;
    std::set<Flag> flags;
    Language language = Language::en;
    Registration state = Registration::approved;
    std::string confirmed_by; ///< sme_pilot: the Administration
    friend bool operator==(const Participation&, const Participation&) = default;
};

[[nodiscard]] Participation participation_of(const Person& person);
/// Writes what State knows over a record that may be older: a rule's word is the later one.
void overlay(Person& person, const Participation& participation);

namespace fact {

struct DelegateRegistered {
    static constexpr std::string_view kind = "delegate.registered";
    DelegateId delegate;
    Participation participation;
    bool provisional{}; ///< from a signed code alone, at a device that did not know the person
    /// A walk-in: reference of the letter by which the contact point authorized them. Empty: pre-registered.
    std::string letter{};
};
/// A later import: replaces the participation and the record.
struct DelegateAmended {
    static constexpr std::string_view kind = "delegate.amended";
    DelegateId delegate;
    Participation participation;
    std::set<std::string> changed{}; ///< columns that differ from the record before
    /// The delegate's revision that was looked at; a later one by somebody else makes this a conflict.
    /// Nothing: by a program that did not say.
    std::optional<unsigned> base{};
};
/// Staff put something right on site. An import never overwrites these columns again.
struct DelegateCorrected {
    static constexpr std::string_view kind = "delegate.corrected";
    DelegateId delegate;
    Participation participation;
    std::set<std::string> changed; ///< columns, see `people_columns`
    std::optional<unsigned> base;
    DelegateId staff;
    std::string letter; ///< of the contact point, when a head of delegation is replaced
};
/// "Please correct", touched by the delegate: a task for the desk.
struct CorrectionRequested {
    static constexpr std::string_view kind = "delegate.correction_requested";
    DelegateId delegate;
};
/// Staff saw the person's photo identity document, for instance in the queue.
struct IdSeen {
    static constexpr std::string_view kind = "delegate.id_seen";
    DelegateId delegate;
    DelegateId staff;
};
struct CheckedIn {
    static constexpr std::string_view kind = "delegate.checked_in";
    DelegateId delegate;
    std::string identified_by;             ///< "code" or "name" or "staff"
    std::optional<DelegateId> released_by; ///< the staff member who saw the photo ID
    bool in_person = true;                 ///< false: somebody else collected; no proof of a fellow's arrival
};
struct CheckInUndone {
    static constexpr std::string_view kind = "delegate.check_in_undone";
    DelegateId delegate;
    DelegateId staff;
    std::string reason;
};
/// Their keys are gone; the id stays as a number in the statistics.
struct DelegateErased {
    static constexpr std::string_view kind = "delegate.erased";
    DelegateId delegate;
};
/// Staff looked at somebody's personal data.
struct RecordRead {
    static constexpr std::string_view kind = "delegate.record_read";
    DelegateId delegate;
    DelegateId staff;
};

} // namespace fact
} // namespace montbrillant
