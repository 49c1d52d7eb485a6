// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Randomness is an argument too: only composition roots own a SystemRandom.

#include "sync/base/bytes.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"

#include <cstdint>
#include <mutex>

namespace montbrillant {

/// Thread-safe in every implementation.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(MutableBytesView out) = 0;
    /// Uniform in [0, bound); bound > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);
};

/// libsodium's generator: fit for keys.
class SystemRandom final : public Random {
public:
    void fill(MutableBytesView out) override;
};

/// Repeatable (SplitMix64, Steele et al. 2014): for tests, the simulator and made-up people. Never for keys.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(MutableBytesView out) override;

private:
    std::mutex mutex_;
    std::uint64_t state_;
};

/// UUID version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, 74 random bits.
[[nodiscard]] std::string uuid7(WallTime at, Random& random);

/// "B" and 20 Crockford characters (100 random bits).
[[nodiscard]] BadgeId new_badge_id(Random& random);

} // namespace montbrillant
