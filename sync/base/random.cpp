// SPDX-License-Identifier: Apache-2.0
#include "sync/base/random.hpp"

#include "sync/base/sodium.hpp"

#include <array>

namespace montbrillant {

std::uint64_t Random::below(std::uint64_t bound)
{
    // Rejection keeps it uniform; the loop ends with probability > 1/2 at every turn.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;) {
        std::array<std::uint8_t, 8> raw{};
        fill(raw);
        std::uint64_t value = 0;
        for (const auto byte : raw)
            value = value << 8U | byte;
        if (value < limit)
            return value % bound;
    }
}

void SystemRandom::fill(MutableBytesView out) { crypto::random_fill(out); }

void SeededRandom::fill(MutableBytesView out)
{
    const std::lock_guard lock(mutex_);
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i % 8 == 0) {
            state_ += 0x9E3779B97F4A7C15U;
            word = state_;
            word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
            word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
            word ^= word >> 31U;
        }
        out[i] = static_cast<std::uint8_t>(word >> (8U * (i % 8)));
    }
}

std::string uuid7(WallTime at, Random& random)
{
    std::array<std::uint8_t, 16> raw{};
    random.fill(raw);
    for (std::size_t i = 0; i < 6; ++i)
        raw[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(at.ms) >> (8U * (5 - i)));
    raw[6] = static_cast<std::uint8_t>((raw[6] & 0x0FU) | 0x70U);
    raw[8] = static_cast<std::uint8_t>((raw[8] & 0x3FU) | 0x80U);
    std::string hex = to_hex(raw);
    for (const std::size_t at_index : {20U, 16U, 12U, 8U})
        hex.insert(at_index, "-");
    return hex;
}

BadgeId new_badge_id(Random& random)
{
    std::array<std::uint8_t, 13> raw{};
    random.fill(raw);
    return BadgeId("B" + to_crockford(raw).substr(0, 20));
}

} // namespace montbrillant
