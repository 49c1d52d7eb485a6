// SPDX-License-Identifier: Apache-2.0
#include "sync/base/child_process.hpp"
#include "sync/base/json.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

namespace montbrillant::test {
namespace {

std::string next_line(ChildProcess& child)
{
    std::string line;
    if (child.read_line(line, patience) != ChildProcess::Read::line)
        throw std::runtime_error("the simulator said nothing");
    return line;
}

std::string order(ChildProcess& child, const std::string& text)
{
    REQUIRE(child.write_line(text));
    return next_line(child);
}

/// A reader of a simulated chip, and the libnfc name of its port.
struct Reader {
    explicit Reader(const TestDesk& desk)
        : port(desk.path("reader").string()),
          child(ChildProcess::start({MONTBRILLANT_SIM_PN532, "--link", port}).value())
    {
        REQUIRE(next_line(child) == "ready " + port);
    }
    [[nodiscard]] std::string device() const { return "pn532_uart:" + port; }
    void put(const std::string& card) { REQUIRE(order(child, "insert " + card) == "ok"); }

    std::string port;
    ChildProcess child;
};

/// A simulated bank, and the configuration that names it.
struct Bank {
    explicit Bank(const TestDesk& desk)
        : child(ChildProcess::start({MONTBRILLANT_SIM_BANK, "--listen", "127.0.0.1:0"}).value())
    {
        const std::string hello = next_line(child);
        desk.configure("[bank]\nmap = \"" MONTBRILLANT_BANKS "/sample-16.toml\"\nport = " +
                       hello.substr(hello.rfind(':') + 1) + "\n");
    }
    int pulses()
    {
        const Json all = Json::parse(order(child, "pulses"))["pulses"];
        int sum = 0;
        for (const auto& door : all)
            sum += door.get<int>();
        return sum;
    }
    ChildProcess child;
};

constexpr const char* card = "04A1B2C3D4E5F6";

} // namespace

TEST_CASE("a card on the reader becomes the person's, opens one locker once, and staff open with a reason")
{
    const TestDesk desk(3);
    Bank bank(desk);
    Reader reader(desk);
    const std::vector<std::string> enrol{"badge", "enrol", "R-000001", "--device", reader.device()};
    CHECK(desk(enrol).exit == 1); // no badge yet
    const std::string badge = json_text_or(desk.json({"checkin", "R-000001"}), "badge", "");
    reader.put(std::string(card) + " ntag213");
    const Json bound = desk.json(enrol);
    CHECK(bound["badge"] == badge);
    CHECK(bound["card"] == card);

    CHECK(desk.json({"locker", "tap", "04FFFFFFFFFFFF", "--bank", "B"}, 1)["outcome"] == "unknown");
    CHECK(bank.pulses() == 0);
    const Json opened = desk.json({"locker", "tap", card, "--bank", "B"});
    CHECK(opened["outcome"] == "opened");
    CHECK(opened["ms"].get<int>() > 0);
    CHECK(bank.pulses() == 1);
    const std::string door = json_text_or(opened, "door", "");
    CHECK(desk.json({"people", "show", "R-000001"})["lockers"] == Json::array({door}));
    CHECK(desk({"locker", "tap", card, "--bank", "C"}).exit == 2);

    CHECK(desk.json({"locker", "open", "B", "16", "--why", "an umbrella"})["outcome"] == "opened");
    CHECK(bank.pulses() == 2);
    const auto rows = desk({"--json", "journal", "tail", "-n", "3"}).objects();
    CHECK(rows[0]["fact"]["data"]["delegate"] == "R-000001");
    CHECK(rows[0]["fact"]["data"]["outcome"] == "opened");
    CHECK(rows[1]["fact"]["data"]["outcome"] == "asked");
    CHECK(rows[2]["fact"]["data"]["outcome"] == "opened");
    CHECK(rows[2]["fact"]["data"]["reason"] == "an umbrella");
    CHECK(desk({"locker", "open", "B", "17", "--why", "x"}).exit == 2);
    CHECK(desk({"locker", "open", "B", "16"}).exit == 2);

    std::map<std::string, Json> doors;
    for (const auto& row : desk({"--json", "locker", "status"}).objects())
        doors[json_text_or(row, "door", "")] = row;
    REQUIRE(doors.size() == 16);
    CHECK(doors[door]["holder"] == "R-000001");
    CHECK(doors[door]["state"] == "open");
    CHECK(doors["B16"]["state"] == "open");
    CHECK(doors["B16"]["holder"] == "");
    CHECK(desk.json({"locker", "release", "R-000001"})["door"] == door);
    CHECK(desk({"locker", "release", "R-000001"}).exit == 1);
}

TEST_CASE("a bank that is away fires nothing and is a device failure")
{
    const TestDesk desk(1);
    desk.configure("[bank]\nmap = \"" MONTBRILLANT_BANKS "/sample-16.toml\"\nport = 1\n");
    const Run status = desk({"locker", "status"});
    CHECK(status.exit == 3);
    CHECK(status.lines().size() == 16);
    CHECK_THAT(status.err, Catch::Contains("bank B"));
    const Json said = desk.json({"locker", "open", "B", "1", "--why", "a test"}, 3);
    CHECK(said["outcome"] == "offline");
}

TEST_CASE("a reader that is not there is said in words")
{
    const TestDesk desk(1);
    REQUIRE(desk({"checkin", "R-000001"}).exit == 0);
    const Run run = desk({"badge", "enrol", "R-000001", "--device",
                          "pn532_uart:" + desk.path("none").string(), "--seconds", "2"});
    CHECK(run.exit == 3);
    CHECK_THAT(run.err, Catch::Contains("not there") && Catch::Contains("could not be used in time"));
    CHECK(desk({"badge", "enrol", "R-000001"}).exit == 2);
}

} // namespace montbrillant::test
