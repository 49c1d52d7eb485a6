// SPDX-License-Identifier: Apache-2.0
#include "sync/base/child_process.hpp"
#include "sync/base/json.hpp"
#include "sync/base/sqlite.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

namespace montbrillant::test {

TEST_CASE("laptops go out in the order of the queue, by staff who may lend")
{
    const TestDesk desk(4);
    for (const char* id : {"R-000001", "R-000002", "R-000003", "R-000004"})
        static_cast<void>(desk({"checkin", id}));
    CHECK(desk.json({"laptop", "add", "LT-1", "LT-1"})["added"] == 1);
    CHECK(desk.json({"laptop", "add", "LT-1"})["known"] == 1);
    CHECK(desk({"laptop", "add", "L T"}).exit == 2);
    const std::string ticket = json_text_or(desk.json({"laptop", "join", "R-000002"}), "ticket", "");
    CHECK(desk.json({"laptop", "join", "R-000003"})["place"] == 2);
    CHECK(desk.json({"laptop", "join", "R-000002"})["ticket"] == ticket);
    const auto queue = desk({"--json", "laptop", "queue"}).objects();
    REQUIRE(queue.size() == 2);
    CHECK(queue[0]["delegate"] == "R-000002");
    CHECK(queue[1]["delegate"] == "R-000003");

    const auto issue = [&desk](const std::string& id) {
        return desk({"laptop", "issue", "LT-1", id, "--staff", "R-000004"});
    };
    CHECK(issue("R-000002").exit == 1); // the right is missing
    REQUIRE(desk({"staff", "add", "R-000004", "--rights", "lend,release"}).exit == 0);
    CHECK(issue("R-000003").exit == 1); // not their turn
    CHECK(issue("R-000002").exit == 0);
    CHECK(issue("R-000003").exit == 1); // it is out
    CHECK(desk.json({"laptop", "return", "LT-1", "--staff", "R-000004"})["repair"] == false);
    CHECK(issue("R-000003").exit == 0);
    CHECK(desk.json({"laptop", "return", "LT-1", "--staff", "R-000004", "--condition",
                     "cracked"})["repair"] == true);
}

TEST_CASE("staff have the rights they were given and a PIN from standard input")
{
    const TestDesk desk(2);
    CHECK(desk({"staff", "add", "R-000001", "--rights", "everything"}).exit == 2);
    CHECK(desk({"staff", "add", "R-999999", "--rights", "lend"}).exit == 1);
    REQUIRE(desk({"staff", "add", "R-000001", "--rights", "release", "manage"}).exit == 0);
    CHECK(desk({"--json", "staff", "list"}).object()["pin"] == false);
    CHECK(desk({"staff", "pin", "R-000001"}, "12\n").exit == 2);
    CHECK(desk({"staff", "pin", "R-000001"}, "").exit == 2);
    CHECK(desk({"staff", "pin", "R-999999"}, "4711\n").exit == 1);
    CHECK(desk({"staff", "pin", "R-000001"}, "4711\n").exit == 0);
    const Json staff = desk({"--json", "staff", "list"}).object();
    CHECK(staff["pin"] == true);
    CHECK(staff["rights"] == Json::array({"release", "manage"}));
    CHECK_THAT(desk({"journal", "tail"}).out, !Catch::Contains("4711"));
}

TEST_CASE("the journal proves itself, and names the fact that was changed behind its back")
{
    const TestDesk desk(3);
    REQUIRE(desk({"checkin", "R-000001"}).exit == 0);
    CHECK(desk.json({"journal", "verify"})["intact"] == true);
    const auto tail = desk({"--json", "journal", "tail", "-n", "2"}).objects();
    REQUIRE(tail.size() == 2);
    CHECK(tail[0]["fact"]["kind"] == "badge.issued");
    CHECK(tail[1]["fact"]["kind"] == "badge.print_queued");
    CHECK(desk.json({"journal", "export", "facts.jsonl"})["facts"] == 6);
    const std::string exported = desk.read("facts.jsonl");
    CHECK(std::count(exported.begin(), exported.end(), '\n') == 6);
    // A program that knows nothing but the man page comes to the same end.
    const auto outside = [&desk](const std::string& file) {
        auto checker =
            ChildProcess::start({"/usr/bin/python3", "-B", MONTBRILLANT_JOURNAL_CHECKER, desk.path(file)});
        std::string said;
        return checker && checker->read_line(said, Millis{20000}) == ChildProcess::Read::line ? said
                                                                                              : "broken";
    };
    CHECK(outside("facts.jsonl") == "6 facts hold");
    desk.write("cut.jsonl", exported.substr(exported.find('\n') + 1));
    CHECK(outside("cut.jsonl") == "broken");
    {
        auto database = sqlite::Database::open(desk.path("data/montbrillant.db"), {});
        REQUIRE(database);
        auto change = database->prepare("UPDATE journal SET bytes = replace(bytes, 'approved', 'cancelled') "
                                        "WHERE counter = 2");
        REQUIRE(change);
        REQUIRE(change->run());
    }
    const Run broken = desk({"journal", "verify"});
    CHECK(broken.exit == 3);
    CHECK_THAT(broken.err, Catch::Contains("fact 2 of registry"));
}

TEST_CASE("a desk whose database is damaged says what is left of it, and goes on when told to")
{
    const TestDesk desk(3);
    REQUIRE(desk({"checkin", "R-000001"}).exit == 0);
    CHECK(desk({"journal", "recover"}).exit == 1); // it is whole
    std::string bytes = desk.read("data/montbrillant.db");
    std::fill_n(bytes.begin(), 100, 'x');
    desk.write("data/montbrillant.db", bytes);
    const Run refused = desk({"people", "show", "R-000002"});
    CHECK(refused.exit == 3);
    CHECK_THAT(refused.err, Catch::Contains("the log holds up to 6") && Catch::Contains("recover --accept"));
    CHECK_THAT(desk({"journal", "recover"}).out, Catch::Contains("Nothing was changed"));
    CHECK(desk.read("data/montbrillant.db") == bytes);
    const Json kept = desk.json({"journal", "recover", "--accept"});
    CHECK(kept["kept"] == 6);
    CHECK(kept["people"] == 3);
    CHECK(desk.read("data/" + kept["set_aside"][0].get<std::string>()) == bytes);
    CHECK(desk.json({"journal", "verify"})["intact"] == true);
    CHECK(desk({"people", "show", "R-000002"}).exit == 0);
    CHECK(desk({"badge", "jobs"}).lines().size() == 1);
}

TEST_CASE("a folder that is its own registry says so, and has nothing to sync")
{
    const TestDesk desk;
    const Json status = desk.json({"sync", "status"});
    CHECK(status["authority"] == true);
    CHECK(status["waiting"] == 0);
    CHECK(desk({"sync", "conflicts"}).out.empty());
    CHECK(desk({"sync", "now"}).exit != 0);
    CHECK(desk({"enrol", "http://127.0.0.1:1", "ABCD"}).exit != 0);
    CHECK(desk({"enrol", "not an address", "ABCD"}).exit != 0);
}

} // namespace montbrillant::test
