// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How a device is invited to a registry: an address, a one-time token and the registry's key, so that the
/// first connection is to that registry and to no other. Pure; any thread.
///
/// As a QR code, read by a kiosk's scanner or typed between quotes (a URI, RFC 3986; values percent-encoded):
///
///     montbrillant:enrol?url=https%3A%2F%2F192.0.2.7%3A8317&token=ABCDEFGHJKMNPQRS&pin=kL…
///
/// `pin` is the SHA-256 of the registry's SubjectPublicKeyInfo in base64url; a registry that speaks plain
/// HTTP on its own machine has none. Parameters of other names are ignored, so that later programs may add
/// some.
///
/// As a token that a person types beside the address: 16 characters of the token, and of a registry over TLS
/// 16 more, the first 80 bits of the same SHA-256 in Crockford's base32. The registry is sent the first 16.

#include "sync/base/tls.hpp"

namespace montbrillant::protocol {

inline constexpr std::size_t token_characters = 16;
inline constexpr std::size_t invitation_bytes_max = 1024;
inline constexpr std::string_view invitation_scheme = "montbrillant:enrol?";

struct Invitation {
    std::string url;
    std::string token;           ///< its 16 characters
    std::optional<tls::Pin> pin; ///< of the registry's key
    std::string key_start;       ///< or, typed by a person, only its first 80 bits; empty: unknown
};

/// "montbrillant:enrol?…"; `key_start` does not travel.
[[nodiscard]] std::string write_invitation(const Invitation& invitation);
[[nodiscard]] bool is_invitation(std::string_view text);
[[nodiscard]] Result<Invitation> read_invitation(std::string_view text);

/// "ABCD-EFGH-…" from a token and the registry's key.
[[nodiscard]] std::string typed_token(std::string_view token, const std::optional<tls::Pin>& pin);
/// In any case and spacing, O for 0 and I for 1.
[[nodiscard]] Result<Invitation> read_typed(const std::string& url, std::string_view typed);
/// Whether a registry's key is the one that a person typed the start of.
[[nodiscard]] bool starts_with_key(const tls::Pin& pin, std::string_view key_start);

} // namespace montbrillant::protocol
