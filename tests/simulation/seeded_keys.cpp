// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/seeded_keys.hpp"

#include "sync/base/random.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <sodium.h>

namespace montbrillant::simulation {
namespace {

std::unique_ptr<SeededRandom> source;

const char* name_of_source() { return "simulation"; }
void fill(void* out, std::size_t size) { source->fill({static_cast<std::uint8_t*>(out), size}); }
std::uint32_t word()
{
    std::uint32_t out = 0;
    fill(&out, sizeof out);
    return out;
}

randombytes_implementation seeded{name_of_source, word, nullptr, nullptr, fill, nullptr};

/// Of the public key and the text: another key or another text gives another seal.
void seal(unsigned char* out, const unsigned char* text, unsigned long long size, const unsigned char* key)
{
    crypto_generichash(out, crypto_sign_BYTES, text, size, key, crypto_sign_PUBLICKEYBYTES);
}

} // namespace

void seed_keys(std::uint64_t seed)
{
    source = std::make_unique<SeededRandom>(seed);
    randombytes_set_implementation(&seeded);
}

} // namespace montbrillant::simulation

// In this process they stand before libsodium's own. A device's secret key ends with its public one.

int crypto_sign_detached(unsigned char* sig, unsigned long long* siglen_p, const unsigned char* m,
                         unsigned long long mlen, const unsigned char* sk)
{
    constexpr std::size_t public_at = crypto_sign_SECRETKEYBYTES - crypto_sign_PUBLICKEYBYTES;
    montbrillant::simulation::seal(sig, m, mlen, sk + public_at);
    if (siglen_p != nullptr)
        *siglen_p = crypto_sign_BYTES;
    return 0;
}

int crypto_sign_verify_detached(const unsigned char* sig, const unsigned char* m, unsigned long long mlen,
                                const unsigned char* pk)
{
    std::array<unsigned char, crypto_sign_BYTES> wanted{};
    montbrillant::simulation::seal(wanted.data(), m, mlen, pk);
    return std::memcmp(wanted.data(), sig, wanted.size()) == 0 ? 0 : -1;
}
