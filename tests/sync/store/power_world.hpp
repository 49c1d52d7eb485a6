// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A kiosk and its registry, each with the real Store on a simulated disk of its own, doing what a morning
/// brings: imports, check-ins with and without a new person, cards, lockers, loans, corrections, prints,
/// unlock intents, push and pull. Somebody pulls a plug at a random call to a disk; whoever was cut starts
/// again, and everything that was acknowledged must be there and whole. One seed, one course of events.

#include <cstdint>
#include <string>

namespace montbrillant::test {

struct PowerCounts {
    std::uint64_t cuts = 0;
    std::uint64_t acknowledged = 0; ///< commits of all kinds that a store said were done
    std::uint64_t lost = 0;         ///< of these, not there after a cut
    std::uint64_t corrupt = 0;      ///< starts that found a damaged file, a broken chain or half a check-in
    std::string first;              ///< what the first lost or corrupt one was, with its seed
};

struct PowerOptions {
    std::uint64_t seed = 1;
    std::uint64_t cuts = 300;
    bool full_sync = true; ///< false plants the fault that the test must find
};

[[nodiscard]] PowerCounts cut_power(const PowerOptions& options);

} // namespace montbrillant::test
