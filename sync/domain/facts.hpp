// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What happened, as immutable facts. A fact holds ids, never personal data; a person's record travels sealed
/// beside it. `Body` says what happened (facts/*.hpp), `Fact` adds who wrote it where in which order.
///
/// Wire form (kiosk sync 1): the JSON object of `fact_bytes` with sorted keys and no spaces. These exact
/// bytes are hashed, stored and forwarded, never serialised again:
///   hash = BLAKE2b-256(previous hash of the same device and epoch ‖ bytes), first previous = 32 zero bytes.
/// A member that came after the first release may be absent; it then has its default.

#include "sync/base/bytes.hpp"
#include "sync/base/one_of.hpp"
#include "sync/base/sodium.hpp"
#include "sync/domain/facts/badges.hpp"
#include "sync/domain/facts/house.hpp"
#include "sync/domain/facts/laptops.hpp"
#include "sync/domain/facts/lockers.hpp"
#include "sync/domain/facts/people.hpp"

#include <variant>

namespace montbrillant {

using Body =
    OneOf<fact::DelegateRegistered, fact::DelegateAmended, fact::DelegateCorrected, fact::CorrectionRequested,
          fact::IdSeen, fact::CheckedIn, fact::CheckInUndone, fact::DelegateErased, fact::RecordRead,
          fact::BadgeIssued, fact::BadgeRevoked, fact::BadgeReturned, fact::PrintQueued, fact::BadgePrinted,
          fact::CardBound, fact::CardFreed, fact::LockerAssigned, fact::LockerOpened, fact::LockerReleased,
          fact::LockerAsked, fact::LockerServiced, fact::ItemFound, fact::BankOpened, fact::BankServiced,
          fact::LaptopAdded, fact::LaptopMoved, fact::LaptopAsked, fact::LaptopQueueLeft, fact::LaptopOffered,
          fact::LaptopOfferMissed, fact::LaptopLent, fact::LaptopReturned, fact::LaptopSwapped,
          fact::LaptopLost, fact::LaptopRestored, fact::StaffAppointed, fact::StaffPinSet,
          fact::StaffPinFailed, fact::StaffPinLifted, fact::TicketIssued, fact::TicketClosed,
          fact::HelpCalled, fact::HelpAnswered, fact::AttemptRefused, fact::SessionAttended, fact::Announced,
          fact::ExportMade, fact::ConflictResolved, fact::EventClosed, fact::EventErased, fact::Unknown>;

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
/// `fact_bytes`, and `fact` as it will be read from them (text that is not UTF-8 is not what it was); an
/// error of `parse_fact` when nobody could read them.
[[nodiscard]] Result<std::string> write_fact(Fact& fact);
inline constexpr std::size_t fact_bytes_max = 16384;

[[nodiscard]] crypto::Hash chain_hash(const crypto::Hash& previous, std::string_view bytes);

} // namespace montbrillant
