// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Cards as the chip's radio side meets them. A card is a small state machine: frames in, an answer out; CRCs
/// and anticollision are the chip's business. More kinds of card are more implementations of `CardModel`.

#include "sync/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace montbrillant::pn532 {

struct CardAnswer {
    enum class Kind {
        data,
        nak,     ///< Type 2 and Classic: a 4-bit NAK; the card falls back to idle
        silence, ///< nothing within the time-out
    };
    Kind kind = Kind::silence;
    Bytes data;

    [[nodiscard]] static CardAnswer with(Bytes bytes) { return {Kind::data, std::move(bytes)}; }
    [[nodiscard]] static CardAnswer nak() { return {Kind::nak, {}}; }
    [[nodiscard]] static CardAnswer silence() { return {Kind::silence, {}}; }
};

/// What anticollision and, for ISO-DEP cards, RATS tell.
struct CardIdentity {
    Bytes uid;
    std::array<std::uint8_t, 2> atqa{}; ///< high byte first
    std::uint8_t sak = 0;
    Bytes ats; ///< with its length byte; empty: not an ISO/IEC 14443-4 card
};

class CardModel {
public:
    explicit CardModel(CardIdentity identity) : identity_(std::move(identity)) {}
    virtual ~CardModel() = default;
    CardModel(const CardModel&) = delete;
    CardModel& operator=(const CardModel&) = delete;

    [[nodiscard]] const CardIdentity& identity() const { return identity_; }
    [[nodiscard]] bool iso_dep() const { return !identity_.ats.empty(); }

    /// Selected anew: forget any session.
    virtual void on_select() {}
    /// Through the chip's protocol handling (InDataExchange): for ISO-DEP the content of I-blocks.
    [[nodiscard]] virtual CardAnswer exchange(BytesView data) = 0;
    /// Frames as they are (InCommunicateThru): for ISO-DEP whole blocks.
    [[nodiscard]] virtual CardAnswer raw(BytesView frame) = 0;

private:
    CardIdentity identity_;
};

enum class CardKind { ntag213, desfire, classic };
[[nodiscard]] std::optional<CardKind> card_kind_from_text(std::string_view text);
/// What a UID of this length usually belongs to: 4 bytes classic, else ntag213.
[[nodiscard]] CardKind usual_kind(std::size_t uid_bytes);
[[nodiscard]] std::unique_ptr<CardModel> make_card(CardKind kind, Bytes uid);

} // namespace montbrillant::pn532
