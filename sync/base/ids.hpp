// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Strong types for every id: a wrong argument does not compile. All are short printable texts; who makes
/// them is said beside each. An id carries no personal data.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace montbrillant {

template <class Tag> class TextId {
public:
    TextId() = default;
    explicit TextId(std::string text) : text_(std::move(text)) {}

    [[nodiscard]] const std::string& str() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    friend auto operator<=>(const TextId&, const TextId&) = default;

private:
    std::string text_;
};

using EventId = TextId<struct EventIdTag>;   ///< "sg20-2017", from the event profile
using DeviceId = TextId<struct DeviceIdTag>; ///< "K2", given at enrolment; "registry" is the registry's own
using FactId = TextId<struct FactIdTag>;     ///< UUIDv7 (RFC 9562, 5.7), lower case with hyphens
using DelegateId =
    TextId<struct DelegateIdTag>;              ///< the registration id of the organizer, up to 32 characters
using BadgeId = TextId<struct BadgeIdTag>;     ///< opaque and random, what the badge's QR holds: "B" + 20
                                               ///< Crockford characters
using CardUid = TextId<struct CardUidTag>;     ///< UID of an RFID card, upper-case hex: 8, 14 or 20 digits
using BankId = TextId<struct BankIdTag>;       ///< locker bank: "B"
using LaptopTag = TextId<struct LaptopTagTag>; ///< asset tag on the lid: "LT-007"
using SessionId = TextId<struct SessionIdTag>; ///< session of the programme: "bsg-training"
using UnlockId = TextId<struct UnlockIdTag>;   ///< one per tap that may fire a lock, UUIDv7
using PrintKey = TextId<struct PrintKeyTag>;   ///< "badge.issue.copy", the IPP job-name: one sheet per key

/// A door of a bank as people read it on the door: bank B, number 14 is "B14".
struct LockerNo {
    BankId bank;
    std::uint16_t door{}; ///< 1-based

    [[nodiscard]] std::string str() const { return bank.str() + std::to_string(door); }
    friend auto operator<=>(const LockerNo&, const LockerNo&) = default;
};

} // namespace montbrillant

template <class Tag> struct std::hash<montbrillant::TextId<Tag>> {
    std::size_t operator()(const montbrillant::TextId<Tag>& id) const noexcept
    {
        return std::hash<std::string>{}(id.str());
    }
};

template <> struct std::hash<montbrillant::LockerNo> {
    std::size_t operator()(const montbrillant::LockerNo& no) const noexcept
    {
        return std::hash<std::string>{}(no.bank.str()) * 131U + no.door;
    }
};
