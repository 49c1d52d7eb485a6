// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/store/kill_loop.hpp"

#include "sync/base/child_process.hpp"
#include "tests/sync/store/morning.hpp"

#include <fmt/format.h>
#include <sstream>

namespace montbrillant::test {
namespace {

constexpr Millis patience{30000};
constexpr std::uint64_t kills_per_folder = 20;

crypto::Hash hash_of(const std::string& hex)
{
    const auto key = crypto::key_from_hex(hex, "the child's words");
    if (!key)
        throw Corrupt(key.error().text());
    return *key;
}

/// What the child said of one call, into what its home wants or has acknowledged.
void hear(const std::string& line, std::array<Home*, 2> homes, KillCounts& counts)
{
    std::istringstream words(line);
    std::size_t number = 0;
    std::string what;
    if (!(words >> number >> what) || number > 1)
        throw Corrupt("the child says: " + line);
    Home& home = *homes[number];
    std::string key;
    std::string value;
    if (what == "done") {
        std::string own;
        std::string log;
        words >> home.wanted.own.counter >> own >> home.wanted.log.seq >> log;
        home.wanted.own.hash = hash_of(own);
        home.wanted.log.log_hash = hash_of(log);
        home.done = home.wanted;
        ++counts.acknowledged;
        return;
    }
    if (what == "refused") {
        home.wanted = home.done;
        return;
    }
    words >> key >> value;
    value.erase(0, 1); // the "="
    if (what == "job")
        home.wanted.jobs[PrintKey(key)] = value;
    else if (what == "intent")
        home.wanted.intents[UnlockId(key)] = value;
    else if (what == "setting")
        home.wanted.settings[key] = value;
    else if (what == "person")
        home.wanted.people.insert(DelegateId(key));
}

/// Lets the child work through so many lines and a moment more, kills it, and hears the rest.
void work_and_kill(const std::filesystem::path& child, const std::filesystem::path& folder,
                   std::uint64_t seed, unsigned number, SeededRandom& chance, Morning& morning,
                   KillCounts& counts, Clock& clock)
{
    auto process =
        ChildProcess::start({child.string(), folder.string(), std::to_string(seed), std::to_string(number)});
    if (!process)
        throw Corrupt(process.error().text());
    std::string line;
    const std::uint64_t lines = 1 + chance.below(60);
    for (std::uint64_t read = 0; read < lines; ++read) {
        if (process->read_line(line, patience) != ChildProcess::Read::line)
            throw Corrupt("the child ended by itself");
        hear(line, morning.homes(), counts);
    }
    clock.wait(Millis(static_cast<std::int64_t>(chance.below(4))));
    process->kill();
    while (process->read_line(line, patience) == ChildProcess::Read::line)
        hear(line, morning.homes(), counts);
    ++counts.kills;
}

void live(const std::filesystem::path& child, std::uint64_t kills, std::uint64_t seed, KillCounts& counts,
          Clock& clock)
{
    const TemporaryFolder folder;
    Morning morning(seed, true, folder.path());
    SeededRandom chance(seed);
    for (Home* home : morning.homes()) {
        std::filesystem::create_directories(folder.path() / "kiosk");
        sound(home->start());
        home->stop();
    }
    for (std::uint64_t kill = 1; kill <= kills; ++kill) {
        work_and_kill(child, folder.path(), seed + kill, static_cast<unsigned>(kill) * 10000, chance, morning,
                      counts, clock);
        for (Home* home : morning.homes()) {
            sound(home->start());
            home->check();
            home->stop();
        }
    }
}

} // namespace

KillCounts kill_loop(const std::filesystem::path& child, std::uint64_t kills, std::uint64_t seed,
                     Clock& clock)
{
    KillCounts counts;
    for (std::uint64_t life = 0; counts.kills < kills && counts.violations < 100; ++life) {
        try {
            live(child, std::min(kills_per_folder, kills - counts.kills), seed + 1000 * life, counts, clock);
        } catch (const std::exception& broken) {
            ++counts.violations;
            if (counts.first.empty())
                counts.first = fmt::format("seed {}, folder {}: {}", seed, life, broken.what());
        }
    }
    return counts;
}

} // namespace montbrillant::test
