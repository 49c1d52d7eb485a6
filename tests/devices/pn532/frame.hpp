// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Frames between a host and a PN532 on its serial link (HSU). Source: NXP UM0701-02 "PN532 User Manual",
/// section 6.2.1. Pure.

#include "sync/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

namespace montbrillant::pn532 {

inline constexpr std::uint8_t from_host = 0xD4; ///< TFI of a command
inline constexpr std::uint8_t from_chip = 0xD5; ///< TFI of an answer
inline constexpr std::array<std::uint8_t, 6> ack_frame{0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00};
inline constexpr std::array<std::uint8_t, 6> nack_frame{0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00};
/// "Syntax error": the command is not known or malformed.
inline constexpr std::array<std::uint8_t, 8> error_frame{0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00};
/// TFI and data together.
inline constexpr std::size_t payload_max = 265;

/// TFI and data as a frame: normal up to 255 bytes, extended above.
[[nodiscard]] Bytes encode_frame(BytesView payload);

struct HostAck {};
struct HostNack {};
struct HostCommand {
    Bytes data; ///< without the TFI: command code and parameters
};
/// A checksum or the TFI was wrong; a real chip answers nothing.
struct HostGarbage {};
using HostFrame = std::variant<HostAck, HostNack, HostCommand, HostGarbage>;

/// Takes bytes one by one; resynchronises on the start code 00 FF.
class FrameParser {
public:
    [[nodiscard]] std::optional<HostFrame> take(std::uint8_t byte);
    void reset();

private:
    enum class State { hunting, length, extended_length, payload };
    [[nodiscard]] std::optional<HostFrame> take_length();
    [[nodiscard]] std::optional<HostFrame> take_extended_length();
    [[nodiscard]] std::optional<HostFrame> take_payload();
    [[nodiscard]] std::optional<HostFrame> expect(std::size_t bytes);

    State state_ = State::hunting;
    std::uint8_t previous_ = 0xFF;
    Bytes held_;
    std::size_t expected_ = 0; // TFI and data, without DCS
};

} // namespace montbrillant::pn532
