// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of libsodium: hashing, signing, sealing, random bytes. No policy here. All functions are
/// thread-safe; the library is initialised at the first call.

#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

#include <array>
#include <memory>
#include <new>
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

/// What a guess costs. Bounded: a damaged file must not ask for all memory.
struct Argon2 {
    static constexpr std::size_t salt_size = 16;
    using Salt = std::array<std::uint8_t, salt_size>;
    Salt salt{};
    std::uint32_t memory_kib = 64U * 1024U;
    std::uint32_t passes = 2;

    static constexpr std::uint32_t memory_kib_max = 1024U * 1024U;
    static constexpr std::uint32_t passes_max = 16;
};
/// A key from a passphrase or PIN by Argon2id (RFC 9106).
[[nodiscard]] Result<Key> key_from_secret(BytesView secret, const Argon2& cost);

/// Overwrites a buffer in a way that the optimizer keeps. A text is empty afterwards.
void wipe(MutableBytesView secret);
void wipe(std::string& secret);

/// Overwrites a buffer at the end of the scope.
class WipeAtEnd {
public:
    explicit WipeAtEnd(MutableBytesView secret) : secret_(secret) {}
    ~WipeAtEnd() { wipe(secret_); }
    WipeAtEnd(const WipeAtEnd&) = delete;
    WipeAtEnd& operator=(const WipeAtEnd&) = delete;

private:
    MutableBytesView secret_;
};

/// A text that is overwritten when it goes: a passphrase, a PIN.
class SecretText {
public:
    SecretText() = default;
    explicit SecretText(std::string text) : text_(std::move(text)) {}
    SecretText(SecretText&& other) noexcept : text_(other.text_) { wipe(other.text_); }
    SecretText& operator=(SecretText&& other) noexcept
    {
        if (this != &other) {
            wipe(text_);
            text_ = other.text_;
            wipe(other.text_);
        }
        return *this;
    }
    ~SecretText() { wipe(text_); }

    [[nodiscard]] std::string_view view() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

/// Pages of their own between guard pages, kept out of swap where the limit on locked memory allows it, and
/// out of core dumps; overwritten when they are given back. Ends the program when memory is out.
[[nodiscard]] void* take_locked_pages(std::size_t bytes);
void give_back_locked_pages(void* pages) noexcept;

/// A value that lives in locked pages.
template <class T> class Locked {
public:
    Locked() : value_(new(take_locked_pages(sizeof(T))) T()) {}
    [[nodiscard]] T& operator*() const { return *value_; }
    [[nodiscard]] T* operator->() const { return value_.get(); }

private:
    struct GiveBack {
        void operator()(T* value) const
        {
            value->~T();
            give_back_locked_pages(value);
        }
    };
    std::unique_ptr<T, GiveBack> value_;
};

/// 32 bytes from 64 hex digits, for key files and wire messages.
[[nodiscard]] Result<Key> key_from_hex(std::string_view hex, std::string where);

} // namespace montbrillant::crypto
