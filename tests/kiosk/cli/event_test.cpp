// SPDX-License-Identifier: Apache-2.0
#include "sync/base/json.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

#include <fstream>
#include <sys/stat.h>

namespace montbrillant::test {

TEST_CASE("a good event profile is described, and nothing is written")
{
    const TemporaryFolder folder;
    const Run run =
        run_program(folder.path(), {"--data", "d", "--json", "event", "check", MONTBRILLANT_SAMPLE_EVENT});
    REQUIRE(run.exit == 0);
    CHECK(run.object()["event"] == "sg20-2017");
    CHECK_FALSE(std::filesystem::exists(folder.path() / "d"));
}

TEST_CASE("a bad event profile is refused with file, line, column and field")
{
    const TemporaryFolder folder;
    std::ifstream in(MONTBRILLANT_SAMPLE_EVENT);
    std::string text(std::istreambuf_iterator<char>(in), {});
    text.replace(text.find("opening = \"09:30\""), 17, "opening = \"25:30\"");
    std::ofstream(folder.path() / "bad.toml") << text;
    const Run run = run_program(folder.path(), {"--data", "d", "event", "check", "bad.toml"});
    CHECK(run.exit == 2);
    CHECK(run.out.empty());
    CHECK_THAT(run.err, Catch::Contains("bad.toml, line 15, column") && Catch::Contains("opening"));
}

TEST_CASE("a folder belongs to one event for ever")
{
    const TestDesk desk;
    CHECK(desk.json({"event", "show"})["first_day"] == "2017-09-04");
    desk.write("other.toml", other_event());
    const Run run = run_program(desk.path(""), {"--data", "data", "event", "load", "other.toml"});
    CHECK(run.exit == 1);
    CHECK_THAT(run.err, Catch::Contains("belongs to the event sg20-2017"));
    CHECK(desk({"event", "load", MONTBRILLANT_SAMPLE_EVENT}).exit == 0); // the same again renews the profile
}

TEST_CASE("another day is played with the sample event only")
{
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "real.toml") << other_event();
    const Run refused =
        run_program(folder.path(), {"--data", "d", "--at", first_morning, "event", "load", "real.toml"});
    CHECK(refused.exit == 2);
    CHECK_THAT(refused.err, Catch::Contains("--at"));
    REQUIRE(run_program(folder.path(), {"--data", "d", "event", "load", "real.toml"}).exit == 0);
    CHECK(run_program(folder.path(), {"--data", "d", "--at", first_morning, "event", "show"}).exit == 2);
    CHECK(run_program(folder.path(), {"--data", "d", "--at", "tomorrow", "event", "show"}).exit == 2);
}

TEST_CASE("a folder without an event says how to load one")
{
    const TemporaryFolder folder;
    for (const char* command : {"show", "status"}) {
        const std::string group = std::string(command) == "show" ? "event" : "sync";
        const Run run = run_program(folder.path(), {"--data", "d", group, command});
        CHECK(run.exit == 2);
        CHECK_THAT(run.err, Catch::Contains("montbrillant event load FILE"));
    }
    struct stat facts{};
    REQUIRE(::stat((folder.path() / "d").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0700);
}

} // namespace montbrillant::test
