// SPDX-License-Identifier: Apache-2.0
#include "kiosk/lockers/bank_worker.hpp"
#include "kiosk/lockers/modbus_bank.hpp"
#include "sync/base/child_process.hpp"
#include "tests/kiosk/lockers/fakes.hpp"

using namespace montbrillant;
using namespace montbrillant::testing;
using Catch::Matchers::Contains;

namespace {

/// pymodbus in a process of its own.
class Pymodbus {
public:
    explicit Pymodbus(const std::vector<std::string>& how) : child_(start(how))
    {
        const std::string hello = line();
        INFO(hello);
        address_ = hello.substr(hello.find(' ') + 1);
    }
    [[nodiscard]] const std::string& address() const { return address_; } ///< a port or a device
    std::string line()
    {
        std::string text;
        REQUIRE(child_.read_line(text, Millis{20000}) == ChildProcess::Read::line);
        return text;
    }
    bool silent(Millis duration)
    {
        std::string text;
        return child_.read_line(text, duration) == ChildProcess::Read::timeout;
    }

private:
    static ChildProcess start(std::vector<std::string> how)
    {
        how.insert(how.begin(), {"/usr/bin/python3", PYMODBUS_BANK});
        return ChildProcess::start(how).value();
    }
    ChildProcess child_;
    std::string address_;
};

BankMap sample_at(Pymodbus& server, bool serial)
{
    BankMap map = load_bank_map(FIRMWARE_CONFIG_DIR "/banks/sample-16.toml").value();
    map.response_timeout = Millis{1000};
    if (serial)
        map.transport = SerialLine{server.address(), 19200, Parity::none, 1};
    else
        map.transport = TcpAddress{"127.0.0.1", static_cast<std::uint16_t>(std::stoi(server.address()))};
    return map;
}

Result<UnlockResult> open_door_five(const BankMap& map)
{
    SystemClock clock;
    ModbusBank bank(map, clock);
    FakeJournal journal;
    return unlock_once(
        bank, journal, [](const UnlockRequest&) { return Result<>{}; }, clock, Rig::request("u1", 5));
}

void check_one_pulse_at_five(Pymodbus& server, bool serial)
{
    const auto result = open_door_five(sample_at(server, serial));
    REQUIRE(result.has_value());
    INFO(result->why);
    CHECK(to_text(result->outcome) == "opened");
    CHECK(server.line() == "coil 4 1");
    CHECK(server.silent(Millis{100}));
}

} // namespace

TEST_CASE("a board that speaks Modbus TCP by another implementation opens its door")
{
    Pymodbus server({"tcp"});
    check_one_pulse_at_five(server, false);
}

TEST_CASE("a board that speaks Modbus RTU by another implementation opens its door")
{
    Pymodbus server({"rtu"});
    check_one_pulse_at_five(server, true);
}

TEST_CASE("an acknowledgement for another coil on a serial line is not taken for ours")
{
    Pymodbus server({"rtu", "wrong-echo"});
    auto link = ModbusLink::rtu({server.address(), 19200, Parity::none, 1}, 1, Millis{1000});
    REQUIRE(link.has_value());
    const auto written = link->write_coil(4, true);
    REQUIRE_FALSE(written.has_value());
    CHECK_THAT(written.error().text(), Contains("another request"));
    CHECK(server.line() == "coil 4 1");
}

TEST_CASE("a serial line that another program holds is refused in words")
{
    Pymodbus server({"rtu"});
    const SerialLine line{server.address(), 19200, Parity::none, 1};
    const auto first = ModbusLink::rtu(line, 1, Millis{500});
    REQUIRE(first.has_value());
    const auto second = ModbusLink::rtu(line, 1, Millis{500});
    REQUIRE_FALSE(second.has_value());
    CHECK_THAT(second.error().text(), Contains("another program holds this line"));
}

TEST_CASE("an exception of the board is told from silence")
{
    Pymodbus server({"tcp"});
    auto link = ModbusLink::tcp({"127.0.0.1", static_cast<std::uint16_t>(std::stoi(server.address()))}, 1,
                                Millis{1000});
    REQUIRE(link.has_value());
    const auto beyond = link->read_inputs(10, 20);
    REQUIRE_FALSE(beyond.has_value());
    CHECK_THAT(beyond.error().text(), Contains("exception 2"));
    CHECK_FALSE(link->read_inputs(0, 0).has_value());
    CHECK_FALSE(link->read_registers(0, 126).has_value());
}
