// SPDX-License-Identifier: Apache-2.0
#include "firmware-config/reader_profile.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

const std::string sample_reader = FIRMWARE_CONFIG_DIR "/readers/pn532-uart.toml";

std::string complaint(std::string_view connstring)
{
    const auto profile = parse_reader_profile(
        fmt::format("schema = 1\nreader = \"r\"\nconnstring = \"{}\"\n", connstring), "r.toml");
    REQUIRE_FALSE(profile.has_value());
    return profile.error().text();
}

} // namespace

TEST_CASE("the sample reader is a PN532 on a serial port")
{
    const auto profile = load_reader_profile(sample_reader);
    REQUIRE(profile.has_value());
    CHECK(profile->driver() == "pn532_uart");
    CHECK_THAT(explain(*profile), Contains("driver pn532_uart"));
}

TEST_CASE("a kiosk's own connection string replaces the profile's and is checked alike")
{
    const auto profile = load_reader_profile(sample_reader, "pn532_uart:/tmp/reader");
    REQUIRE(profile.has_value());
    CHECK(profile->connstring == "pn532_uart:/tmp/reader");
    CHECK_FALSE(load_reader_profile(sample_reader, "pn532_uart:reader").has_value());
    CHECK(load_reader_profile(sample_reader, "pn53x_usb").has_value());
}

TEST_CASE("a speed that libnfc would silently not set is refused")
{
    CHECK_THAT(complaint("pn532_uart:/dev/ttyUSB0:1000000"),
               StartsWith("r.toml, line 3, column 14: \"connstring\""));
    CHECK_THAT(complaint("pn532_uart:/dev/ttyUSB0:abc"), Contains("speed"));
    CHECK_THAT(complaint("pn532_uart"), Contains("full path"));
    CHECK_THAT(complaint("pcsc:ACS"), Contains("no driver \"pcsc\""));
}

TEST_CASE("an unknown or missing field of a reader profile is named")
{
    const auto unknown = parse_reader_profile(
        "schema = 1\nreader = \"r\"\nconnstring = \"pn53x_usb\"\nkey = \"00\"\n", "r.toml");
    REQUIRE_FALSE(unknown.has_value());
    CHECK_THAT(unknown.error().text(), StartsWith("r.toml, line 4, column 7: \"key\" is not known here"));
    const auto missing = parse_reader_profile("schema = 1\nreader = \"r\"\n", "r.toml");
    REQUIRE_FALSE(missing.has_value());
    CHECK_THAT(missing.error().text(), Contains("\"connstring\" is missing"));
}
