// SPDX-License-Identifier: Apache-2.0
// The kill -9 loop as a program, for as many as wanted: scripts/soak runs it.
#include "sync/base/number.hpp"
#include "tests/sync/store/kill_loop.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <string_view>

using namespace montbrillant;

int main(int count, char** arguments)
{
    const auto kills = count > 1 ? number_from<std::uint64_t>(arguments[1]) : std::nullopt;
    const auto seed = count > 2 ? number_from<std::uint64_t>(arguments[2]) : std::optional<std::uint64_t>(1);
    if (!kills || !seed || count > 3) {
        const bool help = count == 2 && std::string_view(arguments[1]) == "--help";
        std::fputs("usage: montbrillant-kill-loop KILLS [SEED]\n\n"
                   "Kills a process at work in two stores so many times, and checks what it acknowledged.\n\n"
                   "Exit codes: 0 all there, 1 violations, 2 usage.\n"
                   "Example: montbrillant-kill-loop 200 7\n",
                   help ? stdout : stderr);
        return help ? 0 : 2;
    }
    SystemClock clock;
    const auto counts = test::kill_loop(KILL_CHILD, *kills, *seed, clock);
    std::puts(fmt::format("seed {}: {} kills, {} acknowledged commits, {} violations", *seed, counts.kills,
                          counts.acknowledged, counts.violations)
                  .c_str());
    if (!counts.first.empty())
        std::puts(("first: " + counts.first).c_str());
    return counts.violations == 0 ? 0 : 1;
}
