// SPDX-License-Identifier: Apache-2.0
// Seeds of the simulator, one after the other, for as many or as long as wanted: scripts/soak runs it.
#include "sync/base/log.hpp"
#include "sync/base/number.hpp"
#include "tests/simulation/simulation.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <malloc.h>
#include <map>
#include <string_view>
#include <unistd.h>
#include <vector>

using namespace montbrillant;

namespace {

constexpr const char* usage =
    "usage: montbrillant-simulate [--seed N] [--seeds COUNT | --minutes M] [--kiosks K] [--acts A]\n"
    "                             [--shrink] [--trace]\n\n"
    "Plays meetings in virtual time over the real code of domain, store, sync client, registry and lockers,\n"
    "with power cuts, cut lines, lost and repeated messages, wrong clocks, restored backups, copied disks\n"
    "and boards that lose commands, and looks whether every rule held. The first seed that breaks one ends\n"
    "it and is printed, with the line that keeps it as a test: in tests/simulation/kept_seeds.hpp, which\n"
    "every build plays. Keep a small one.\n"
    "  --seed N     the first seed; 1 by default\n"
    "  --seeds N    so many seeds; 1 by default\n"
    "  --minutes M  seeds until so many minutes are over, instead\n"
    "  --kiosks K   so many kiosks and one desk; 8 by default\n"
    "  --acts A     so many things that people want, about; 650 by default\n"
    "  --shrink     looks for the smallest meeting of a failing seed that still breaks a rule\n"
    "  --trace      tells everything that happens\n\n"
    "Exit codes: 0 every rule held, 1 one was broken, 2 usage.\n"
    "Example: montbrillant-simulate --seed 7 --seeds 100\n";

constexpr int pages_kept_bytes = 1 << 28;

struct Wanted {
    simulation::Options options;
    std::uint64_t seeds = 1;
    std::uint64_t minutes = 0;
    bool shrink = false;
};

std::optional<Wanted> read(const std::vector<std::string_view>& words)
{
    Wanted wanted;
    std::uint64_t kiosks = wanted.options.kiosks;
    std::uint64_t acts = wanted.options.acts;
    const std::map<std::string_view, std::uint64_t*> numbers{{"--seed", &wanted.options.seed},
                                                             {"--seeds", &wanted.seeds},
                                                             {"--minutes", &wanted.minutes},
                                                             {"--kiosks", &kiosks},
                                                             {"--acts", &acts}};
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--trace" || words[i] == "--shrink") {
            (words[i] == "--trace" ? wanted.options.trace : wanted.shrink) = true;
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
    constexpr std::uint64_t acts_max = 1000000;
    if (kiosks == 0 || kiosks > kiosks_max || acts == 0 || acts > acts_max)
        return std::nullopt;
    wanted.options.kiosks = static_cast<unsigned>(kiosks);
    wanted.options.acts = static_cast<unsigned>(acts);
    return wanted;
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string command_of(const simulation::Options& options)
{
    return fmt::format("montbrillant-simulate --seed {} --kiosks {} --acts {}", options.seed, options.kiosks,
                       options.acts);
}

/// The same seed with fewer devices that do less: what still breaks a rule is easier to read, and quick
/// enough to be played with every build.
simulation::Options smallest(const simulation::Options& broken)
{
    for (const unsigned acts : {60U, 120U, 240U}) {
        for (const unsigned kiosks : {2U, 3U, 5U}) {
            simulation::Options small{broken.seed, kiosks, acts, false};
            if (kiosks <= broken.kiosks && acts <= broken.acts && !simulate(small).violation.empty())
                return small;
        }
    }
    return broken;
}

void tell(const simulation::Options& broken, const std::string& violation, bool shrink)
{
    std::puts(fmt::format("VIOLATION: {}\nagain with: {}", violation, command_of(broken)).c_str());
    const auto kept = shrink ? smallest(broken) : broken;
    if (shrink)
        std::puts(fmt::format("smallest: {}: {}", command_of(kept), simulate(kept).violation).c_str());
    std::puts(
        fmt::format("to keep it as a test add to tests/simulation/kept_seeds.hpp: KeptSeed{{{}, {}, {}, "
                    "\"what was wrong\"}},{}",
                    kept.seed, kept.kiosks, kept.acts, shrink ? "" : " (smaller: add --shrink)")
            .c_str());
}

#if !defined(__SANITIZE_ADDRESS__) // which has more to say
std::string last_words;            ///< of the seed that is played

void die(int signal)
{
    static_cast<void>(::write(STDOUT_FILENO, last_words.data(), last_words.size()));
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

/// A crash names its seed too. On a stack of its own: a fiber's may be the trouble.
void name_seed_in_crashes()
{
    static std::array<char, 1U << 16U> stack;
    const stack_t beside{stack.data(), 0, stack.size()};
    ::sigaltstack(&beside, nullptr);
    struct sigaction action = {};
    action.sa_handler = die;
    action.sa_flags = SA_ONSTACK;
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE})
        ::sigaction(signal, &action, nullptr);
}
void plays(const simulation::Options& options)
{
    last_words = fmt::format("VIOLATION: the program crashes\nagain with: {}\n", command_of(options));
}
#else
void name_seed_in_crashes() {}
void plays(const simulation::Options&) {}
#endif

int run(const Wanted& wanted)
{
    SystemClock clock;
    const MonoTime until = clock.mono() + Millis(60000) * static_cast<std::int64_t>(wanted.minutes);
    simulation::Options options = wanted.options;
    simulation::Counts sum;
    Millis lived{};
    std::uint64_t seeds = 0;
    std::string violation;
    simulation::Options broken;
    while (violation.empty() && (wanted.minutes > 0 ? clock.mono() < until : seeds < wanted.seeds)) {
        plays(options);
        const auto outcome = simulation::simulate(options);
        violation = outcome.violation;
        broken = options;
        sum += outcome.counts;
        lived += outcome.duration;
        ++seeds;
        if (wanted.seeds == 1 && wanted.minutes == 0)
            std::puts(fmt::format("digest {}", to_hex(outcome.digest)).c_str());
        ++options.seed;
    }
    const double seconds = processor_seconds();
    if (!violation.empty())
        tell(broken, violation, wanted.shrink);
    const auto per_1000 = sum.offline_operations == 0 ? 0 : sum.conflicts * 1000 / sum.offline_operations;
    std::puts(fmt::format(
                  "{} seeds, {} virtual hours: {} facts, {:.0f} facts/s of one core; {} written, ordered and "
                  "taken by each device, {:.0f} a second; {} power cuts, {} restores, {} copied disks, {} "
                  "messages, {} taps at lockers",
                  seeds, lived.count() / 3600000, sum.facts, static_cast<double>(sum.facts) / seconds,
                  sum.handled, static_cast<double>(sum.handled) / seconds, sum.power_cuts, sum.restores,
                  sum.copies, sum.messages, sum.taps)
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
    // Disks in memory grow and go all the time: their pages are kept.
    mallopt(M_MMAP_THRESHOLD, pages_kept_bytes);
    mallopt(M_TRIM_THRESHOLD, pages_kept_bytes);
    log::start("simulate", log::Level::error);
    name_seed_in_crashes();
    return run(*wanted);
}
