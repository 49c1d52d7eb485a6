// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Bytes and their printable forms. Decoders are strict: anything outside the alphabet is std::nullopt.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;
using MutableBytesView = std::span<std::uint8_t>;

[[nodiscard]] BytesView as_bytes(std::string_view text);
[[nodiscard]] std::string to_text(BytesView bytes);

/// Lower case; `to_hex_upper` for card UIDs.
[[nodiscard]] std::string to_hex(BytesView bytes);
[[nodiscard]] std::string to_hex_upper(BytesView bytes);
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view hex);

/// Base32 in Crockford's alphabet without I, L, O, U; most significant bit first, padded with zero bits.
[[nodiscard]] std::string to_crockford(BytesView bytes);
/// Value 0..31 of a character as a person types it (lower case, O for 0, I and L for 1), or -1.
[[nodiscard]] int crockford_value(char c);
inline constexpr std::string_view crockford_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Base45 (RFC 9285), the form that fits a QR code's alphanumeric mode.
[[nodiscard]] std::string to_base45(BytesView bytes);
[[nodiscard]] std::optional<Bytes> from_base45(std::string_view text);

} // namespace montbrillant
