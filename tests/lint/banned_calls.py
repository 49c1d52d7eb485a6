#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time, randomness, waiting and shells come through sync/base; only composition roots own the real ones."""
import re
import sys

from lintlib import Plant, code_only, main

# Whoever composes a program may own a real clock; the device programs, end-to-end tests and benchmarks
# live in real time.
ROOTS = ("sync/base/clock.cpp", "sync/registry/main.cpp", "badge/rfid/readerd_main.cpp", "kiosk/cli/main.cpp",
         "kiosk/shell/main.cpp", "firmware-config/main.cpp", "tests/devices/", "tests/e2e/", "tests/bench/")

CLOCK = "take a Clock& or a time as an argument (sync/base/clock.hpp)"
RANDOM = "take a Random& as an argument (sync/base/random.hpp)"
CHILD = "use ChildProcess (sync/base/child_process.hpp): no shell"
START = r"(?<![\w.>])(?:std::|::)?"  # not a member, not the tail of another name

BANNED = [  # pattern, what to do, where it is allowed besides ROOTS
    (r"\b(?:system|steady|high_resolution|utc)_clock\s*::\s*now\b", CLOCK, ()),
    (START + r"time\s*\(\s*(?:nullptr|NULL|0|&\s*\w+)\s*\)", CLOCK, ()),
    (START + r"(?:gettimeofday|clock_gettime|ftime)\s*\(", CLOCK, ()),
    (r"\bsleep_(?:for|until)\b|" + START + r"(?:usleep|nanosleep|sleep)\s*\(",
     "wait on a condition variable, a poll or Clock::wait", ()),
    (r"\bSystemClock\b", "composition roots own the SystemClock; " + CLOCK, ("sync/base/clock.hpp", "tests/")),
    (START + r"(?:s?rand|rand_r|srandom|drand48|arc4random)\s*\(", RANDOM, ()),
    (r"\brandom_device\b|\bdefault_random_engine\b", RANDOM, ()),
    (START + r"getrandom\s*\(", RANDOM, ("sync/base/random.cpp",)),
    (START + r"(?:system|popen)\s*\(", CHILD, ("tests/",)),
    (START + r"(?:fork|vfork|posix_spawnp?)\s*\(", CHILD, ("sync/base/child_process.cpp", "tests/")),
    (START + r"(?:strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof)\s*\(",
     "it cannot be bounded or cannot fail: std::string, fmt, std::from_chars", ()),
]
BANNED = [(re.compile(p), remedy, also) for p, remedy, also in BANNED]
# A type before the name makes it a declaration.
DECLARED = re.compile(r"(?:^|[\s(,])(?!return\b|else\b|do\b|throw\b|case\b)[A-Za-z_][\w:<>]*[&*]*\s+$")


def check(tree):
    found = []
    for name in tree.cpp():
        if name.startswith(ROOTS):
            continue
        for number, line in enumerate(code_only(tree.read(name)).splitlines(), 1):
            for pattern, remedy, also in BANNED:
                for hit in pattern.finditer(line):
                    if not name.startswith(also or ("\0",)) and not DECLARED.search(line[:hit.start()]):
                        found.append(f"{name}:{number}: {hit.group(0).strip()}: {remedy}")
    return found


SOUND = {
    "sync/base/clock.cpp": "auto t = std::chrono::system_clock::now();\n",
    "sync/base/a.cpp": "// sleep_for and rand() in words\nauto s = \"time(nullptr)\"; auto t = clock.time(0);\n"
                       "x->random(3); auto big = 10'000; wall_time(zone, t); my_rand(); WallTime time(0);\n"
                       "ScriptedRandom random(3); int rand(int seed); Host::Host() : clock(c), random(r) {}\n",
    "tests/e2e/tour.cpp": "usleep(10);\n",
}


def _plant(code, finding):
    return Plant(code, {"kiosk/desk/desk.cpp": "int x;\n" + code + "\n"}, "kiosk/desk/desk.cpp:2: " + finding)


PLANTS = [
    _plant("auto t = std::chrono::steady_clock::now();", "steady_clock::now: take a Clock&"),
    _plant("auto t = std::chrono::system_clock :: now();", "system_clock :: now: take a Clock&"),
    _plant("auto t = time(nullptr);", "time(nullptr): take a Clock&"),
    _plant("auto t = ::time(NULL);", "::time(NULL): take a Clock&"),
    _plant("gettimeofday(&tv, nullptr);", "gettimeofday(: take a Clock&"),
    _plant("std::this_thread::sleep_for(1s);", "sleep_for: wait on"),
    _plant("::usleep(5);", "::usleep(: wait on"),
    _plant("if (x) sleep(1);", "sleep(: wait on"),
    _plant("SystemClock clock;", "SystemClock: composition roots"),
    _plant("int r = std::rand();", "std::rand(: take a Random&"),
    _plant("return rand();", "rand(: take a Random&"),
    _plant("srand(1);", "srand(: take a Random&"),
    _plant("std::random_device d;", "random_device: take a Random&"),
    _plant('return system("ls");', "system(: use ChildProcess"),
    _plant('FILE* f = popen("ls", "r");', "popen(: use ChildProcess"),
    _plant("auto pid = fork();", "fork(: use ChildProcess"),
    _plant("sprintf(buffer, format);", "sprintf(: it cannot be bounded"),
    Plant("a sleep in a unit test", {"tests/kiosk/desk/desk_test.cpp": "usleep(100);\n"}, "usleep("),
]

if __name__ == "__main__":
    sys.exit(main(check, SOUND, PLANTS))
