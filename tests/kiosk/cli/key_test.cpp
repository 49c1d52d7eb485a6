// SPDX-License-Identifier: Apache-2.0
#include "sync/base/json.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

namespace montbrillant::test {
namespace {

struct Safe : TestDesk {
    Safe()
    {
        write("old.txt", "a passphrase of ours\n");
        write("new.txt", "another passphrase\n");
    }
    [[nodiscard]] std::string at_rest() const { return json_text_or(json({"key", "show"}), "at_rest", ""); }
};

} // namespace

TEST_CASE("a folder says that its keys lie in clear, and how to change that")
{
    const TestDesk desk;
    const Run shown = desk({"key", "show"});
    CHECK(shown.exit == 0);
    CHECK_THAT(shown.out, Catch::Contains("in clear") && Catch::Contains("key protect passphrase"));
    CHECK(desk.json({"key", "show"})["at_rest"] == "file");
    const TemporaryFolder empty;
    CHECK(run_program(empty.path(), {"--data", "d", "key", "show"}).exit == 2);
}

TEST_CASE("keys are wrapped under a passphrase, which every command then needs")
{
    const Safe desk;
    REQUIRE(desk({"key", "protect", "passphrase", "--new-file", "old.txt"}).exit == 0);
    CHECK(desk.at_rest() == "passphrase");
    const Run locked = desk({"staff", "list"});
    CHECK(locked.exit == 2);
    CHECK_THAT(locked.err, Catch::Contains("nobody can be asked") && Catch::Contains("--passphrase-file"));
    CHECK(desk({"--passphrase-file", "old.txt", "staff", "list"}).exit == 0);
    const Run wrong = desk({"--passphrase-file", "new.txt", "staff", "list"});
    CHECK(wrong.exit == 1);
    CHECK_THAT(wrong.err, Catch::Contains("the passphrase does not fit"));

    CHECK(desk({"key", "protect", "passphrase", "--new-file", "new.txt"}).exit == 2); // locked
    REQUIRE(desk({"key", "protect", "passphrase", "--new-file", "new.txt", "--passphrase-file", "old.txt"})
                .exit == 0);
    CHECK(desk({"--passphrase-file", "old.txt", "staff", "list"}).exit == 1);
    CHECK(desk({"--passphrase-file", "new.txt", "staff", "list"}).exit == 0);
    REQUIRE(desk({"key", "protect", "file", "--passphrase-file", "new.txt"}).exit == 0);
    CHECK(desk({"staff", "list"}).exit == 0);
}

TEST_CASE("the configuration names the file of the passphrase, and a new folder is wrapped from the first")
{
    const TemporaryFolder folder;
    const TestDesk desk;
    desk.write("pass.txt", "a passphrase of ours");
    desk.configure("[keys]\npassphrase_file = \"pass.txt\"\n");
    REQUIRE(desk({"--data", "second", "event", "load", MONTBRILLANT_SAMPLE_EVENT}).exit == 0);
    CHECK(desk.json({"--data", "second", "key", "show"})["at_rest"] == "passphrase");
    CHECK(desk({"--data", "second", "staff", "list"}).exit == 0);
    desk.configure("at_rest = \"tpm\"\n");
    const Run refused = desk({"key", "show"});
    CHECK(refused.exit == 2);
    CHECK_THAT(refused.err, Catch::Contains("at_rest"));
}

TEST_CASE("a manager's own PIN locks a folder, and unlocks it, and nobody else's does")
{
    const TestDesk desk(3);
    desk.write("pin.txt", "24681012\n");
    desk.write("other.txt", "11111111\n");
    const std::vector<std::string> protect{"key", "protect", "pin", "--staff", "R-000001", "--new-file"};
    const auto by = [&](const std::string& file) {
        auto words = protect;
        words.push_back(file);
        return desk(words);
    };
    REQUIRE(desk({"staff", "add", "R-000001", "--rights", "manage"}).exit == 0);
    CHECK(by("pin.txt").exit == 1); // no PIN yet
    REQUIRE(desk({"staff", "pin", "R-000001"}, "24681012\n").exit == 0);
    CHECK_THAT(by("other.txt").err, Catch::Contains("not the manager's PIN"));
    REQUIRE(by("pin.txt").exit == 0);
    CHECK(desk.json({"key", "show"})["managers"] == Json::array({"R-000001"}));
    CHECK(desk({"staff", "list"}).exit == 2);
    CHECK_THAT(desk({"--pin-file", "other.txt", "staff", "list"}).err,
               Catch::Contains("no manager's PIN fits"));
    CHECK(desk({"--pin-file", "pin.txt", "staff", "list"}).exit == 0);
    CHECK(desk({"people", "show", "R-000001", "--pin-file", "pin.txt"}).exit == 0);
}

} // namespace montbrillant::test
