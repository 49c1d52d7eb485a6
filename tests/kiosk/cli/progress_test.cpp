// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/progress.hpp"
#include "tests/support/catch.hpp"

namespace montbrillant::test {
namespace {

struct Screen {
    std::vector<std::string> lines;
    Output output{{}, {}, false, [this](std::string_view line) { lines.emplace_back(line); }};
};

} // namespace

TEST_CASE("what takes less than a second says nothing of its progress")
{
    Screen screen;
    ManualClock clock;
    {
        Progress progress(screen.output, clock, "people.csv", 1000);
        clock.advance(Millis{999});
        progress.at(500, 5, "rows");
    }
    CHECK(screen.lines.empty());
}

TEST_CASE("progress is said once a second, with what is left, and removed at the end")
{
    Screen screen;
    ManualClock clock;
    {
        Progress progress(screen.output, clock, "people.csv", 1000);
        for (const unsigned done : {100U, 200U, 300U, 400U, 500U}) {
            clock.advance(Millis{500});
            progress.at(done, done * 2, "rows");
        }
    }
    REQUIRE(screen.lines.size() == 3);
    CHECK(screen.lines[0] == "people.csv: [####................]  20 %, about 5 s left, 400 rows");
    CHECK(screen.lines[1] == "people.csv: [########............]  40 %, about 4 s left, 800 rows");
    CHECK(screen.lines[2].empty());
}

TEST_CASE("of a pipe nobody knows the end: only what was read is said")
{
    Screen screen;
    ManualClock clock;
    Progress progress(screen.output, clock, "standard input", {});
    clock.advance(Millis{1000});
    progress.at(500, 5, "rows");
    CHECK(screen.lines == std::vector<std::string>{"standard input: 5 rows"});
}

TEST_CASE("a program that asked for JSON is not told of progress")
{
    Screen screen;
    screen.output.json = true;
    ManualClock clock;
    Progress progress(screen.output, clock, "people.csv", 1000);
    clock.advance(Millis{5000});
    progress.at(500, 5, "rows");
    CHECK(screen.lines.empty());
}

} // namespace montbrillant::test
