// SPDX-License-Identifier: Apache-2.0
#pragma once

/// kill -9 of a process that works in a kiosk's and a registry's store on real files, at random moments of
/// every kind of commit. The page cache survives, so this proves the order of writing and the start after a
/// crash; what a disk keeps is the power cuts' subject.

#include "sync/base/clock.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace montbrillant::test {

struct KillCounts {
    std::uint64_t kills = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t violations = 0;
    std::string first;
};

/// `child`: montbrillant-kill-child; `clock`: real, the moments are.
[[nodiscard]] KillCounts kill_loop(const std::filesystem::path& child, std::uint64_t kills,
                                   std::uint64_t seed, Clock& clock);

} // namespace montbrillant::test
