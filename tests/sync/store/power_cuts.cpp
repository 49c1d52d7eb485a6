// SPDX-License-Identifier: Apache-2.0
// The power cuts as a program, for as many as wanted: scripts/soak runs it.
#include "sync/base/number.hpp"
#include "tests/sync/store/power_world.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <string_view>
#include <vector>

using namespace montbrillant;

namespace {

constexpr const char* usage =
    "usage: montbrillant-power-cuts CUTS [--seed S] [--normal]\n\n"
    "Pulls the plug of a kiosk or its registry so many times, on disks in memory, and counts what was lost.\n"
    "  --seed S   repeats one course of events; 1 by default\n"
    "  --normal   synchronous=NORMAL: plants the fault that must be found\n\n"
    "Exit codes: 0 nothing lost, 1 something lost or corrupt, 2 usage.\n"
    "Example: montbrillant-power-cuts 10000 --seed 7\n";

} // namespace

int main(int count, char** arguments)
{
    const std::vector<std::string_view> words(arguments + 1, arguments + count);
    test::PowerOptions options;
    bool understood = !words.empty();
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--help") {
            std::fputs(usage, stdout);
            return 0;
        }
        if (words[i] == "--normal") {
            options.full_sync = false;
            continue;
        }
        const bool seed = words[i] == "--seed" && i + 1 < words.size();
        const auto number = number_from<std::uint64_t>(words[seed ? ++i : i]);
        understood = understood && number;
        (seed ? options.seed : options.cuts) = number.value_or(0);
    }
    if (!understood) {
        std::fputs(usage, stderr);
        return 2;
    }
    const auto counts = test::cut_power(options);
    std::puts(fmt::format("seed {}: {} power cuts, {} acknowledged commits, {} lost, {} corrupt",
                          options.seed, counts.cuts, counts.acknowledged, counts.lost, counts.corrupt)
                  .c_str());
    if (!counts.first.empty())
        std::puts(("first: " + counts.first).c_str());
    return counts.lost == 0 && counts.corrupt == 0 ? 0 : 1;
}
