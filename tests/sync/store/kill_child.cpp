// SPDX-License-Identifier: Apache-2.0
// A kiosk and its registry at work on real files, in words that whoever kills this process can check: before
// each call what it wants, after it what a store acknowledged.
#include "sync/base/number.hpp"
#include "tests/sync/store/morning.hpp"

#include <cstdio>
#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr const char* usage =
    "usage: montbrillant-kill-child FOLDER SEED NUMBER\n\n"
    "Works in two stores under FOLDER until it is killed, and says what they acknowledge.\n\n"
    "Example: montbrillant-kill-child /tmp/homes 1 1000\n";

void say(const std::string& line)
{
    std::puts(line.c_str());
    std::fflush(stdout);
}

template <class Map, class Text>
void say_changes(int home, const char* what, const Map& done, const Map& wanted, Text text)
{
    for (const auto& [key, value] : wanted) {
        const auto before = done.find(key);
        if (before == done.end() || before->second != value)
            say(fmt::format("{} {} {} ={}", home, what, text(key), value));
    }
}

void report(int number, const Home& home, std::optional<bool> success)
{
    const auto id = [](const auto& key) { return key.str(); };
    if (!success) {
        say_changes(number, "job", home.done.jobs, home.wanted.jobs, id);
        say_changes(number, "intent", home.done.intents, home.wanted.intents, id);
        say_changes(number, "setting", home.done.settings, home.wanted.settings,
                    [](const auto& key) { return key; });
        for (const auto& person : home.wanted.people) {
            if (!home.done.people.contains(person))
                say(fmt::format("{} person {} =", number, person.str()));
        }
    } else if (*success) {
        say(fmt::format("{} done {} {} {} {}", number, home.done.own.counter, to_hex(home.done.own.hash),
                        home.done.log.seq, to_hex(home.done.log.log_hash)));
    } else {
        say(fmt::format("{} refused", number));
    }
}

} // namespace

int main(int count, char** arguments)
{
    if (count != 4) {
        const bool help = count == 2 && std::string_view(arguments[1]) == "--help";
        std::fputs(usage, help ? stdout : stderr);
        return help ? 0 : 2;
    }
    const auto seed = number_from<std::uint64_t>(arguments[2]).value_or(1);
    const auto number = number_from<unsigned>(arguments[3]).value_or(0);
    try {
        Morning morning(seed, true, arguments[1], number);
        for (int i = 0; Home * home : morning.homes()) {
            sound(home->start());
            home->listener = [i](const Home& which, std::optional<bool> success) {
                report(i, which, success);
            };
            ++i;
        }
        for (std::uint64_t acknowledged = 0;;)
            morning.step(acknowledged);
    } catch (const std::exception& broken) {
        say(fmt::format("broken {}", broken.what()));
        return 1;
    }
}
