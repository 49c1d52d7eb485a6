// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What happened, as immutable facts. A fact holds ids, never personal data; a person's record travels sealed
/// beside it. `Body` says what happened, `Fact` adds who wrote it where in which order.
///
/// Wire form (kiosk sync 1): the JSON object of `fact_bytes` with sorted keys and no spaces. These exact
/// bytes are hashed, stored and forwarded, never serialised again:
///   hash = BLAKE2b-256(previous hash of the same device and epoch ‖ bytes), first previous = 32 zero bytes.

#include "sync/base/bytes.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/sodium.hpp"
#include "sync/domain/person.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

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

enum class Right { release, lend, manage };
[[nodiscard]] std::string_view name_of(Right right);
[[nodiscard]] std::optional<Right> right_from(std::string_view name);

namespace fact {

struct DelegateRegistered {
    static constexpr std::string_view kind = "delegate.registered";
    DelegateId delegate;
    Participation participation;
    bool provisional{}; ///< from a signed code alone, at a device that did not know the person
};
/// A later import or a correction: replaces the participation and the record.
struct DelegateAmended {
    static constexpr std::string_view kind = "delegate.amended";
    DelegateId delegate;
    Participation participation;
};
struct CheckedIn {
    static constexpr std::string_view kind = "delegate.checked_in";
    DelegateId delegate;
    std::string identified_by;             ///< "code" or "name" or "staff"
    std::optional<DelegateId> released_by; ///< the staff member who saw the photo ID
};
struct BadgeIssued {
    static constexpr std::string_view kind = "badge.issued";
    BadgeId badge;
    DelegateId delegate;
    unsigned issue = 1;
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
struct LockerAssigned {
    static constexpr std::string_view kind = "locker.assigned";
    LockerNo locker;
    DelegateId delegate;
};
/// A pulse was asked for and this came of it: opened, already_open, jammed, unknown, ...
struct LockerOpened {
    static constexpr std::string_view kind = "locker.opened";
    LockerNo locker;
    std::optional<DelegateId> delegate; ///< none: staff, see the reason
    UnlockId unlock;
    std::string outcome;
    std::string reason;
};
struct LockerReleased {
    static constexpr std::string_view kind = "locker.released";
    LockerNo locker;
    DelegateId delegate;
};
struct LaptopAdded {
    static constexpr std::string_view kind = "laptop.added";
    LaptopTag laptop;
    DeviceId home; ///< the device that alone lends it while offline
};
struct LaptopAsked {
    static constexpr std::string_view kind = "laptop.asked";
    DelegateId delegate;
    std::string ticket;
};
struct LaptopLent {
    static constexpr std::string_view kind = "laptop.lent";
    LaptopTag laptop;
    DelegateId delegate;
    DelegateId staff;
    std::string due; ///< ISO 8601, local time of the event
};
struct LaptopReturned {
    static constexpr std::string_view kind = "laptop.returned";
    LaptopTag laptop;
    DelegateId staff;
    bool faulty{};
    std::string condition;
};
struct StaffAppointed {
    static constexpr std::string_view kind = "staff.appointed";
    DelegateId staff;
    std::set<Right> rights;
};
struct StaffPinSet {
    static constexpr std::string_view kind = "staff.pin_set";
    DelegateId staff;
    std::string verifier; ///< Argon2id string over the peppered PIN
};
struct TicketIssued {
    static constexpr std::string_view kind = "ticket.issued";
    std::string number;
    std::optional<DelegateId> delegate;
    std::string reason;
};
struct AttemptRefused {
    static constexpr std::string_view kind = "attempt.refused";
    std::optional<DelegateId> delegate;
    std::string reason;
};
/// Written by a newer program: stored, hashed and forwarded as it came, without effect here.
struct Unknown {
    std::string kind;
};

} // namespace fact

using Body = std::variant<fact::DelegateRegistered, fact::DelegateAmended, fact::CheckedIn, fact::BadgeIssued,
                          fact::PrintQueued, fact::BadgePrinted, fact::CardBound, fact::LockerAssigned,
                          fact::LockerOpened, fact::LockerReleased, fact::LaptopAdded, fact::LaptopAsked,
                          fact::LaptopLent, fact::LaptopReturned, fact::StaffAppointed, fact::StaffPinSet,
                          fact::TicketIssued, fact::AttemptRefused, fact::Unknown>;

[[nodiscard]] std::string_view kind_of(const Body& body);

/// The person whose sealed record travels beside the fact, if it is of such a kind.
[[nodiscard]] std::optional<DelegateId> record_owner(const Body& body);

struct Fact {
    FactId id;
    DeviceId device;
    std::uint32_t epoch = 1;
    std::uint64_t counter{}; ///< 1, 2, 3 ... per device and epoch, without gaps
    WallTime at;             ///< a claim
    MonoTime mono;
    std::string actor; ///< delegate or staff id, "kiosk", "import"
    Body body;
};

/// Canonical bytes of a fact; `parse_fact` is strict about the envelope and tolerant of unknown kinds and
/// unknown extra members. At most `fact_bytes_max`.
[[nodiscard]] std::string fact_bytes(const Fact& fact);
[[nodiscard]] Result<Fact> parse_fact(std::string_view bytes);
inline constexpr std::size_t fact_bytes_max = 16384;

[[nodiscard]] crypto::Hash chain_hash(const crypto::Hash& previous, std::string_view bytes);

} // namespace montbrillant
