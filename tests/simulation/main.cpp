// SPDX-License-Identifier: Apache-2.0
// Seeds of the simulator, one after the other, for as many or as long as wanted: scripts/soak runs it.
#include "sync/base/log.hpp"
#include "sync/base/number.hpp"
#include "tests/simulation/simulation.hpp"

#include <cstdio>
#include <ctime>
#include <map>
#include <string_view>
#include <vector>

using namespace montbrillant;

namespace {

constexpr const char* usage =
    "usage: montbrillant-simulate [--seed N] [--seeds COUNT | --minutes M] [--kiosks K] [--trace]\n\n"
    "Plays meetings in virtual time over the real code of domain, store, sync client and registry, with\n"
    "power cuts, cut lines, lost and repeated messages, wrong clocks, restored backups and copied disks, "
    "and\n"
    "looks whether every rule held. The first seed that breaks one ends it.\n"
    "  --seed N     the first seed; 1 by default\n"
    "  --seeds N    so many seeds; 1 by default\n"
    "  --minutes M  seeds until so many minutes are over, instead\n"
    "  --kiosks K   so many kiosks and one desk; 8 by default\n"
    "  --trace      tells everything that happens\n\n"
    "Exit codes: 0 every rule held, 1 one was broken, 2 usage.\n"
    "Example: montbrillant-simulate --seed 7 --seeds 100\n";

struct Wanted {
    simulation::Options options;
    std::uint64_t seeds = 1;
    std::uint64_t minutes = 0;
};

std::optional<Wanted> read(const std::vector<std::string_view>& words)
{
    Wanted wanted;
    std::uint64_t kiosks = wanted.options.kiosks;
    const std::map<std::string_view, std::uint64_t*> numbers{{"--seed", &wanted.options.seed},
                                                             {"--seeds", &wanted.seeds},
                                                             {"--minutes", &wanted.minutes},
                                                             {"--kiosks", &kiosks}};
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--trace") {
            wanted.options.trace = true;
            continue;
        }
        const auto number = numbers.find(words[i]);
        const auto value = i + 1 < words.size() ? number_from<std::uint64_t>(words[i + 1]) : std::nullopt;
        if (number == numbers.end() || !value)
            return std::nullopt;
        *number->second = *value;
        ++i;
    }
    constexpr std::uint64_t kiosks_max = 100;
    if (kiosks == 0 || kiosks > kiosks_max)
        return std::nullopt;
    wanted.options.kiosks = static_cast<unsigned>(kiosks);
    return wanted;
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

int run(const Wanted& wanted)
{
    SystemClock clock;
    const MonoTime until = clock.mono() + Millis(60000) * static_cast<std::int64_t>(wanted.minutes);
    simulation::Options options = wanted.options;
    simulation::Counts sum;
    Millis lived{};
    std::uint64_t seeds = 0;
    std::string violation;
    while (violation.empty() && (wanted.minutes > 0 ? clock.mono() < until : seeds < wanted.seeds)) {
        const auto outcome = simulation::simulate(options);
        violation = outcome.violation;
        sum += outcome.counts;
        lived += outcome.duration;
        ++seeds;
        if (!violation.empty())
            std::puts(fmt::format("VIOLATION: {}\nagain with: montbrillant-simulate --seed {} --kiosks {}",
                                  violation, options.seed, options.kiosks)
                          .c_str());
        if (wanted.seeds == 1 && wanted.minutes == 0)
            std::puts(fmt::format("digest {}", to_hex(outcome.digest)).c_str());
        ++options.seed;
    }
    const double seconds = processor_seconds();
    const auto per_1000 = sum.offline_operations == 0 ? 0 : sum.conflicts * 1000 / sum.offline_operations;
    std::puts(
        fmt::format("{} seeds, {} virtual hours: {} facts, {:.0f} facts/s of one core; {} power cuts, {} "
                    "restores, {} copied disks, {} messages",
                    seeds, lived.count() / 3600000, sum.facts, static_cast<double>(sum.facts) / seconds,
                    sum.power_cuts, sum.restores, sum.copies, sum.messages)
            .c_str());
    std::puts(fmt::format(
                  "{} operations, {} of them offline, {} conflicts: {} per 1,000 offline; {} violations",
                  sum.operations, sum.offline_operations, sum.conflicts, per_1000, violation.empty() ? 0 : 1)
                  .c_str());
    return violation.empty() ? 0 : 1;
}

} // namespace

int main(int count, char** arguments)
{
    const std::vector<std::string_view> words(arguments + 1, arguments + count);
    if (words.size() == 1 && words[0] == "--help") {
        std::fputs(usage, stdout);
        return 0;
    }
    const auto wanted = read(words);
    if (!wanted) {
        std::fputs(usage, stderr);
        return 2;
    }
    log::start("simulate", log::Level::error);
    return run(*wanted);
}
