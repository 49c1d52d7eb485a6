// SPDX-License-Identifier: Apache-2.0
// What staff decide at a terminal: badges replaced, check-ins taken back, laptops exchanged, sessions,
// announcements and conflicts.
#include "sync/base/json.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

namespace montbrillant::test {
namespace {

/// Four people; R-000004 is staff and everything.
struct Staffed : TestDesk {
    Staffed() : TestDesk(4)
    {
        REQUIRE((*this)({"staff", "add", "R-000004", "--rights", "release,lend,manage,host"}).exit == 0);
    }
};

} // namespace

TEST_CASE("a lost badge is replaced, a stolen one revoked, one handed back makes its card blank")
{
    const Staffed desk;
    CHECK(desk({"badge", "replace", "R-000001", "--staff", "R-000004"}).exit == 1); // not here yet
    REQUIRE(desk({"checkin", "R-000001"}).exit == 0);
    CHECK(desk({"badge", "replace", "R-000001", "--staff", "R-000002"}).exit == 1); // no staff
    CHECK(desk.json({"badge", "replace", "R-000001", "--staff", "R-000004"})["issue"] == 2);
    CHECK(desk.json({"badge", "replace", "R-000001", "--damaged", "--staff", "R-000004"})["issue"] == 3);
    CHECK(desk({"--json", "badge", "jobs"}).objects().size() == 3);
    CHECK(desk({"badge", "revoke", "R-000001", "--staff", "R-000004"}).exit == 2); // why?
    CHECK(desk({"badge", "revoke", "R-000001", "--why", "stolen", "--staff", "R-000004"}).exit == 0);
    CHECK(desk({"badge", "revoke", "R-000001", "--why", "stolen", "--staff", "R-000004"}).exit == 1);
    REQUIRE(desk({"checkin", "R-000002"}).exit == 0);
    CHECK(desk.json({"badge", "return", "R-000002"})["returned"] == true);
    CHECK(desk({"badge", "return", "R-000002"}).exit == 1);
}

TEST_CASE("a check-in is taken back with a name and a reason, and the person may come again")
{
    const Staffed desk;
    REQUIRE(desk({"checkin", "R-000001"}).exit == 0);
    CHECK(desk({"checkin", "R-000001", "--undo"}).exit == 2);
    const auto undo = [&desk] {
        return desk({"checkin", "R-000001", "--undo", "--why", "wrong person", "--staff", "R-000004"});
    };
    CHECK(undo().exit == 0);
    CHECK(undo().exit == 1);
    CHECK(desk.json({"checkin", "R-000001"})["issue"] == 2);
}

TEST_CASE("a faulty laptop is exchanged, whoever leaves the queue is out of it, late loans are named")
{
    const Staffed desk;
    for (const char* id : {"R-000001", "R-000002"})
        REQUIRE(desk({"checkin", id}).exit == 0);
    REQUIRE(desk({"laptop", "add", "LT-1", "LT-2"}).exit == 0);
    REQUIRE(desk({"laptop", "issue", "LT-1", "R-000001", "--staff", "R-000004"}).exit == 0);
    CHECK(desk({"laptop", "swap", "LT-2", "LT-1", "--staff", "R-000004"}).exit == 1);
    CHECK(desk.json({"laptop", "swap", "LT-1", "LT-2", "--staff", "R-000004"})["instead"] == "LT-2");
    CHECK(desk.json({"laptop", "join", "R-000002"})["place"] == 1);
    CHECK(desk({"laptop", "leave", "R-000002"}).exit == 0);
    CHECK(desk({"laptop", "leave", "R-000002"}).exit == 1);
    CHECK(desk({"--json", "laptop", "overdue"}).objects().empty());
    const auto late =
        run_program(desk.path("."), {"--config", "kiosk.toml", "--at", "2017-10-01T08:30:00+02:00", "--json",
                                     "laptop", "overdue"})
            .objects();
    REQUIRE(late.size() == 1);
    CHECK(late[0]["laptop"] == "LT-2");
}

TEST_CASE("a session's list says who came, and only the host admits somebody else")
{
    const Staffed desk;
    CHECK(desk({"session", "attend", "no-such-session", "R-000001"}).exit == 2);
    CHECK(desk({"session", "attend", "bsg-training", "R-999999"}).exit == 1);
    const auto attend = [&desk](std::vector<std::string> more) {
        std::vector<std::string> arguments{"session", "attend", "bsg-training", "R-000004"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return desk(arguments);
    };
    if (attend({}).exit == 1)
        REQUIRE(attend({"--host", "R-000004"}).exit == 0);
    CHECK(attend({}).exit == 0); // on the list already
    bool came = false;
    for (const auto& row : desk({"--json", "session", "list", "bsg-training"}).objects())
        came = came || (row["delegate"] == "R-000004" && row["came"] == true);
    CHECK(came);
}

TEST_CASE("an announcement is on every screen until it is taken off")
{
    const Staffed desk;
    CHECK(desk({"broadcast", "Plenary moved to room C", "--staff", "R-000001"}).exit == 1);
    CHECK(desk({"broadcast", "Plenary moved to room C", "--staff", "R-000004"}).exit == 0);
    CHECK(desk({"broadcast", "Plenary moved to room C"}).exit == 1); // it is there already
    CHECK(desk({"broadcast", "off"}).exit == 0);
    CHECK(desk({"broadcast", "off"}).exit == 1);
}

TEST_CASE("every report is a table of the people of now, and making it is a fact")
{
    const Staffed desk;
    REQUIRE(desk({"checkin", "R-000001"}).exit == 0);
    for (const char* name : {"arrivals", "attendance", "delegations", "fellows", "interpretation",
                             "newcomers", "outstanding", "roster"}) {
        INFO(name);
        const Run run = desk({"report", name});
        CHECK(run.exit == 0);
        CHECK_FALSE(run.lines().empty()); // the header at least
        CHECK_THAT(desk({"journal", "tail", "-n", "1"}).out, Catch::Contains("export.made"));
    }
    const auto arrivals = desk({"--json", "report", "arrivals"}).objects();
    REQUIRE(arrivals.size() == 1);
    CHECK(arrivals[0]["total"] == "1");
    CHECK(desk({"report", "everything"}).exit == 2);
    REQUIRE(desk({"report", "roster", "--out", "roster.csv"}).exit == 0);
    CHECK_THAT(desk.read("roster.csv"), !Catch::Contains("sme_pilot"));
}

TEST_CASE("without an open conflict there is none to resolve")
{
    const Staffed desk;
    CHECK(desk({"--json", "sync", "conflicts"}).objects().empty());
    CHECK(desk({"sync", "resolve", "1", "first", "--staff", "R-000004"}).exit == 2);
    CHECK(desk({"sync", "resolve", "1", "both", "--staff", "R-000004"}).exit == 2);
}

} // namespace montbrillant::test
