// SPDX-License-Identifier: Apache-2.0
#include "firmware-config/bank_map.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace montbrillant;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

const std::string sample_bank = FIRMWARE_CONFIG_DIR "/banks/sample-16.toml";

/// A good map of two doors in which one passage is replaced.
std::string two_doors(std::string_view what = {}, std::string_view by = {})
{
    std::string text = R"(schema = 1
bank = "C"
[transport]
kind = "rtu"
device = "/dev/montbrillant/bank-c"
baud = 19200
parity = "even"
[board]
unit = 7
channels = 8
first_coil = 16
first_input = 32
feedback = "open-is-1"
[timing]
response_timeout_ms = 200
slowest_answer_ms = 500
[[door]]
number = 2
channel = 8
size = "large"
low = true
[[door]]
number = 1
channel = 3
size = "small"
)";
    if (!what.empty()) {
        const auto at = text.find(what);
        REQUIRE(at != std::string::npos);
        text.replace(at, what.size(), by);
    }
    return text;
}

std::string complaint(std::string_view what, std::string_view by)
{
    const auto map = parse_bank_map(two_doors(what, by), "c.toml");
    REQUIRE_FALSE(map.has_value());
    CHECK(map.error().kind == ErrorKind::input);
    return map.error().text();
}

} // namespace

TEST_CASE("the sample bank has sixteen doors, eight of them low")
{
    const auto map = load_bank_map(sample_bank);
    REQUIRE(map.has_value());
    CHECK(map->bank.str() == "B");
    CHECK(map->address() == "127.0.0.1:1502");
    REQUIRE(map->doors.size() == 16);
    CHECK(std::count_if(map->doors.begin(), map->doors.end(), [](const BankDoor& d) { return d.low; }) == 8);
    CHECK(map->door(16)->size == DoorSize::large);
    CHECK(map->door(17) == nullptr);
    REQUIRE(map->counters.has_value());
    CHECK(map->counters->boot_register == 16);
    CHECK(map->pulse->length == Millis{400});
}

TEST_CASE("a kiosk may reach the same bank at another port")
{
    const auto map = load_bank_map(sample_bank, BankOverride{{}, 4711, {}});
    REQUIRE(map.has_value());
    CHECK(map->address() == "127.0.0.1:4711");
    CHECK_FALSE(load_bank_map(sample_bank, BankOverride{"bank.example", {}, {}}).has_value());
    CHECK_FALSE(load_bank_map(sample_bank, BankOverride{{}, {}, "/dev/ttyUSB0"}).has_value());
}

TEST_CASE("a bank on a serial line is read with its line settings, doors in the order of their numbers")
{
    const auto map = parse_bank_map(two_doors(), "c.toml");
    REQUIRE(map.has_value());
    CHECK(std::get<SerialLine>(map->transport) ==
          SerialLine{"/dev/montbrillant/bank-c", 19200, Parity::even, 1});
    CHECK(map->feedback == Feedback::open_is_1);
    CHECK_FALSE(map->counters.has_value());
    CHECK(map->doors.front().number == 1);
    CHECK(map->doors.front().channel == 3);
    CHECK_FALSE(parse_bank_map(two_doors(), "c.toml", BankOverride{{}, 502, {}}).has_value());
}

TEST_CASE("an error in a map names file, line, column and field")
{
    CHECK_THAT(complaint("baud = 19200", "baud = 12345"),
               StartsWith("c.toml, line 6, column 8: 12345 is not a speed"));
    CHECK_THAT(complaint("unit = 7", "unit = 0"), StartsWith("c.toml, line 9, column 8: \"unit\""));
    CHECK_THAT(complaint("unit = 7", "unit = \"7\""),
               Contains("\"unit\" must be a whole number from 1 to 247"));
    CHECK_THAT(complaint("unit = 7\n", ""), Contains("\"unit\" is missing"));
    CHECK_THAT(complaint("channel = 8", "channel = 9"),
               StartsWith("c.toml, line 19, column 11: \"channel\""));
    CHECK_THAT(complaint("feedback", "feedbak"), Contains("\"feedback\" is missing"));
    CHECK_THAT(complaint("unit = 7", "unit = 7\ncolour = 3"), Contains("\"colour\" is not known here"));
    CHECK_THAT(complaint("[timing]", "[timing"), Contains("c.toml, line 14"));
    CHECK_THAT(complaint("schema = 1", "schema = 2"), Contains("\"schema\""));
    CHECK_THAT(complaint("kind = \"rtu\"", "kind = \"usb\""), Contains("must be \"tcp\" or \"rtu\""));
    CHECK_THAT(complaint("bank = \"C\"", "bank = \"c1\""), Contains("capital letters"));
}

TEST_CASE("two doors on one channel, or with one number, are refused")
{
    CHECK_THAT(complaint("channel = 3", "channel = 8"), Contains("channel 8 drives two doors"));
    CHECK_THAT(complaint("number = 1", "number = 2"), Contains("door number 2 appears twice"));
}

TEST_CASE("fire counters without a boot counter are refused, for a counter that restarted proves nothing")
{
    CHECK_THAT(complaint("unit = 7", "unit = 7\nfire_counters = 0"), Contains("\"boot_counter\" is missing"));
    CHECK_THAT(complaint("unit = 7", "unit = 7\nfire_counters = 0\nboot_counter = 4"), Contains("beside"));
    CHECK_THAT(complaint("unit = 7", "unit = 7\nfire_counters = 0\nboot_counter = 400"), Contains("beside"));
    CHECK_THAT(complaint("unit = 7", "unit = 7\nboot_counter = 4"), Contains("of no use"));
}

TEST_CASE("a name instead of an address is refused")
{
    const auto map = parse_bank_map(
        two_doors("kind = \"rtu\"\ndevice = \"/dev/montbrillant/bank-c\"\nbaud = 19200\nparity = \"even\"",
                  "kind = \"tcp\"\nhost = \"bank.example\"\nport = 502"),
        "c.toml");
    REQUIRE_FALSE(map.has_value());
    CHECK_THAT(map.error().text(), StartsWith("c.toml, line 5, column 8: \"host\""));
}

TEST_CASE("a map explains itself to a technician")
{
    const std::string sample_text = explain(load_bank_map(sample_bank).value());
    CHECK_THAT(sample_text, Contains("Modbus TCP at 127.0.0.1:1502, unit 1"));
    CHECK_THAT(sample_text, Contains("can be resolved"));
    CHECK_THAT(sample_text, Contains("B16 on channel 16, large, low"));
    const std::string serial_text = explain(parse_bank_map(two_doors(), "c.toml").value());
    CHECK_THAT(serial_text, Contains("Modbus RTU on /dev/montbrillant/bank-c, 19200 baud, parity even"));
    CHECK_THAT(serial_text, Contains("never repeated"));
}
