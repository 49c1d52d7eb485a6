// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of libsodium: hashing, signing, sealing, random bytes. No policy here. All functions are
/// thread-safe; the library is initialised at the first call.

#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

#include <array>
#include <string>

namespace montbrillant::crypto {

using Hash = std::array<std::uint8_t, 32>;
using Key = std::array<std::uint8_t, 32>;
using PublicKey = std::array<std::uint8_t, 32>;
using SecretKey = std::array<std::uint8_t, 64>;
using Signature = std::array<std::uint8_t, 64>;

struct KeyPair {
    PublicKey public_key{};
    SecretKey secret_key{};
};

void random_fill(MutableBytesView out);

/// BLAKE2b-256 (RFC 7693) over the parts in order; `blake2b_keyed` for blind look-ups.
[[nodiscard]] Hash blake2b(BytesView first, BytesView second = {});
[[nodiscard]] Hash blake2b_keyed(const Key& key, BytesView message);

/// Ed25519 (RFC 8032), detached. `sign_key_from_seed` is deterministic.
[[nodiscard]] KeyPair new_sign_key();
[[nodiscard]] KeyPair sign_key_from_seed(const Key& seed);
[[nodiscard]] Signature sign(const SecretKey& key, BytesView message);
[[nodiscard]] bool verify(const PublicKey& key, BytesView message, BytesView signature);

[[nodiscard]] Key new_key();
/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): a random 24-byte nonce, then the ciphertext and tag.
/// `context` is authenticated, not stored: opening under another context fails.
[[nodiscard]] Bytes seal(const Key& key, BytesView plain, BytesView context);
[[nodiscard]] Result<Bytes> open(const Key& key, BytesView sealed, BytesView context);

/// Argon2id (RFC 9106) verifier string of a PIN with its pepper, 64 MiB and two passes.
[[nodiscard]] Result<std::string> pin_verifier(std::string_view pin, const Key& pepper);
[[nodiscard]] bool pin_matches(std::string_view verifier, std::string_view pin, const Key& pepper);

/// Overwrites a buffer in a way that the optimizer keeps.
void wipe(MutableBytesView secret);

/// 32 bytes from 64 hex digits, for key files and wire messages.
[[nodiscard]] Result<Key> key_from_hex(std::string_view hex, std::string where);

} // namespace montbrillant::crypto
