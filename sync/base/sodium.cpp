// SPDX-License-Identifier: Apache-2.0
#include "sync/base/sodium.hpp"

#include <algorithm>
#include <cstdlib>
#include <sodium.h>

namespace montbrillant::crypto {
namespace {

void ensure_ready()
{
    static const bool ready = [] {
        // sodium_init fails only without any source of randomness: nothing can be signed or sealed then.
        if (sodium_init() < 0)
            std::abort();
        return true;
    }();
    static_cast<void>(ready);
}

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t argon_memory = 64U * 1024U * 1024U;

std::string peppered(std::string_view pin, const Key& pepper)
{
    return to_hex(blake2b_keyed(pepper, as_bytes(pin)));
}

} // namespace

void random_fill(MutableBytesView out)
{
    ensure_ready();
    randombytes_buf(out.data(), out.size());
}

Hash blake2b(BytesView first, BytesView second)
{
    ensure_ready();
    Hash out{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, out.size());
    crypto_generichash_update(&state, first.data(), first.size());
    crypto_generichash_update(&state, second.data(), second.size());
    crypto_generichash_final(&state, out.data(), out.size());
    return out;
}

Hash blake2b_keyed(const Key& key, BytesView message)
{
    ensure_ready();
    Hash out{};
    crypto_generichash(out.data(), out.size(), message.data(), message.size(), key.data(), key.size());
    return out;
}

KeyPair new_sign_key()
{
    ensure_ready();
    KeyPair pair;
    crypto_sign_keypair(pair.public_key.data(), pair.secret_key.data());
    return pair;
}

KeyPair sign_key_from_seed(const Key& seed)
{
    ensure_ready();
    KeyPair pair;
    crypto_sign_seed_keypair(pair.public_key.data(), pair.secret_key.data(), seed.data());
    return pair;
}

Signature sign(const SecretKey& key, BytesView message)
{
    ensure_ready();
    Signature out{};
    crypto_sign_detached(out.data(), nullptr, message.data(), message.size(), key.data());
    return out;
}

bool verify(const PublicKey& key, BytesView message, BytesView signature)
{
    ensure_ready();
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

Key new_key()
{
    Key key{};
    random_fill(key);
    return key;
}

Bytes seal(const Key& key, BytesView plain, BytesView context)
{
    Bytes out(nonce_size + plain.size() + tag_size);
    random_fill(MutableBytesView(out).first(nonce_size));
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + nonce_size, nullptr, plain.data(), plain.size(),
                                               context.data(), context.size(), nullptr, out.data(),
                                               key.data());
    return out;
}

Result<Bytes> open(const Key& key, BytesView sealed, BytesView context)
{
    ensure_ready();
    if (sealed.size() < nonce_size + tag_size)
        return fail(ErrorKind::storage, "a sealed record is too short");
    Bytes out(sealed.size() - nonce_size - tag_size);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data() + nonce_size,
                                                   sealed.size() - nonce_size, context.data(), context.size(),
                                                   sealed.data(), key.data()) != 0)
        return fail(ErrorKind::storage, "a sealed record does not open with this key");
    return out;
}

Result<std::string> pin_verifier(std::string_view pin, const Key& pepper)
{
    const std::string secret = peppered(pin, pepper);
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str(out.data(), secret.data(), secret.size(), 2, argon_memory) != 0)
        return fail(ErrorKind::storage, "not enough memory to protect the PIN", {}, "64 MiB are needed");
    return std::string(out.data());
}

bool pin_matches(std::string_view verifier, std::string_view pin, const Key& pepper)
{
    const std::string stored(verifier);
    const std::string secret = peppered(pin, pepper);
    return crypto_pwhash_str_verify(stored.c_str(), secret.data(), secret.size()) == 0;
}

Result<Key> key_from_secret(BytesView secret, const Argon2& cost)
{
    ensure_ready();
    if (cost.passes == 0 || cost.passes > Argon2::passes_max || cost.memory_kib < 8 ||
        cost.memory_kib > Argon2::memory_kib_max)
        return fail(ErrorKind::storage, "the cost of Argon2id is out of bounds");
    static_assert(Argon2::salt_size == crypto_pwhash_SALTBYTES);
    Key key{};
    if (crypto_pwhash(key.data(), key.size(), reinterpret_cast<const char*>(secret.data()), secret.size(),
                      cost.salt.data(), cost.passes, std::size_t{cost.memory_kib} * 1024U,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return fail(ErrorKind::storage, "not enough memory to open or close the keys", {},
                    std::to_string(cost.memory_kib / 1024U) + " MiB are needed");
    return key;
}

void wipe(MutableBytesView secret) { sodium_memzero(secret.data(), secret.size()); }

void wipe(std::string& secret)
{
    secret.resize(secret.capacity()); // what an earlier, longer text left behind goes too
    sodium_memzero(secret.data(), secret.size());
    secret.clear();
}

void* take_locked_pages(std::size_t bytes)
{
    ensure_ready();
    void* pages = sodium_malloc(bytes);
    if (pages == nullptr)
        std::abort();
    return pages;
}

void give_back_locked_pages(void* pages) noexcept { sodium_free(pages); }

Result<Key> key_from_hex(std::string_view hex, std::string where)
{
    const auto raw = from_hex(hex);
    if (!raw || raw->size() != Key{}.size())
        return fail(ErrorKind::input, "a key must be 64 hexadecimal digits", std::move(where));
    Key key{};
    std::copy(raw->begin(), raw->end(), key.begin());
    return key;
}

} // namespace montbrillant::crypto
