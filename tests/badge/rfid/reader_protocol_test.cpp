// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/port_lock.hpp"
#include "badge/rfid/reader_profile.hpp"
#include "badge/rfid/reader_protocol.hpp"
#include "badge/rfid/readerd.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <unistd.h>

using namespace montbrillant;

TEST_CASE("every reader line is read back as it was written")
{
    const TapLine tap{{CardUid("04A1B2C3D4E5F6"), CardFamily::desfire}, 2};
    const auto tap_back = parse_reader_line(format_reader_line(tap));
    REQUIRE(tap_back);
    CHECK(std::get<TapLine>(*tap_back).card == tap.card);
    CHECK(std::get<TapLine>(*tap_back).tier == 2);

    const auto ready = parse_reader_line(format_reader_line(ReadyLine{"PN532 v1.6", "pn532_uart:/dev/x"}));
    REQUIRE(ready);
    CHECK(std::get<ReadyLine>(*ready).firmware == "PN532 v1.6");
    CHECK(std::get<ReadyLine>(*ready).device == "pn532_uart:/dev/x");

    const auto error = parse_reader_line(format_reader_line(ErrorLine{"one card, \"please\"\n", "é"}));
    REQUIRE(error);
    CHECK(std::get<ErrorLine>(*error).what == "one card, \"please\"\n");

    const auto gone = parse_reader_line(format_reader_line(GoneLine{CardUid("01020304")}));
    REQUIRE(gone);
    CHECK(std::get<GoneLine>(*gone).uid.str() == "01020304");
    CHECK(std::holds_alternative<BeatLine>(*parse_reader_line(format_reader_line(BeatLine{}))));
}

TEST_CASE("a tap is written as the command line's contract says")
{
    CHECK(format_reader_line(TapLine{{CardUid("01020304"), CardFamily::classic}, 0}) ==
          R"({"badge":null,"event":"tap","family":"classic","issue":null,"tier":0,"uid":"01020304"})");
}

TEST_CASE("a reader line that is not exactly right is refused")
{
    const auto line = GENERATE(as<std::string>{}, "", "{", "null", "[]", "\"beat\"", "{}", R"({"event":7})",
                               R"({"event":"song"})", R"({"event":"tap"})",
                               R"({"event":"tap","uid":"01020304","family":"classic"})",
                               R"({"event":"tap","uid":"01020304","family":"classic","tier":3})",
                               R"({"event":"tap","uid":"01020304","family":"classic","tier":"0"})",
                               R"({"event":"tap","uid":"01020304","family":"metal","tier":0})",
                               R"({"event":"tap","uid":"","family":"classic","tier":0})",
                               R"({"event":"tap","uid":"010203","family":"classic","tier":0})",
                               R"({"event":"tap","uid":"0102030g","family":"classic","tier":0})",
                               R"({"event":"tap","uid":"04a1b2c3","family":"classic","tier":0})",
                               R"({"event":"gone","uid":"04A1B2C3D4"})", R"({"event":"gone"})",
                               R"({"event":"ready","firmware":"x"})", R"({"event":"error","what":"x"})",
                               R"({"event":"beat"}{"event":"beat"})");
    CAPTURE(line);
    CHECK_FALSE(parse_reader_line(line));
}

TEST_CASE("a reader line longer than the limit is refused")
{
    const auto of_length = [](std::size_t bytes) {
        const std::string frame = R"({"event":"beat","x":""})";
        return R"({"event":"beat","x":")" + std::string(bytes - frame.size(), 'a') + "\"}";
    };
    CHECK(parse_reader_line(of_length(reader_line_max)));
    CHECK_FALSE(parse_reader_line(of_length(reader_line_max + 1)));
}

TEST_CASE("quit is the only command, and an error says so")
{
    CHECK(parse_reader_command(R"({"command":"quit"})") == ReaderCommand::quit);
    for (const auto* line : {"", "quit", R"({"command":"dance"})", R"({"command":1})"}) {
        const auto command = parse_reader_command(line);
        REQUIRE_FALSE(command);
        CHECK(command.error().remedy == R"(send {"command":"quit"})");
    }
}

TEST_CASE("commands arrive whole however the pipe cuts them, and a flood without a newline stays bounded")
{
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const FileDescriptor in(ends[0]);
    FileDescriptor out(ends[1]);
    ReaderPipes pipes(in.get(), -1);
    const auto feed = [&](const std::string& text) {
        REQUIRE(::write(out.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        std::vector<std::string> lines;
        for (std::size_t reads = 0; reads <= text.size() / 1024; ++reads) // a read takes at most 1024 bytes
            for (auto& line : pipes.read(Millis(0)))
                lines.push_back(std::move(line));
        return lines;
    };
    CHECK(feed("one").empty());
    CHECK(feed(" and\ntwo\nth") == std::vector<std::string>{"one and", "two"});
    CHECK(feed("ree\n") == std::vector<std::string>{"three"});
    CHECK(feed(std::string(3 * reader_line_max, 'x')).empty());
    CHECK(feed("\nfour\n") == std::vector<std::string>{"", "four"});
    out.close();
    CHECK(pipes.read(Millis(0)).empty()); // the end of stdin is not an error
}

TEST_CASE("a card's family comes from ATQA and SAK")
{
    CHECK(card_family({0x00, 0x44}, 0x00) == CardFamily::type2);
    CHECK(card_family({0x03, 0x44}, 0x20) == CardFamily::desfire);
    CHECK(card_family({0x00, 0x04}, 0x08) == CardFamily::classic);
    CHECK(card_family({0x00, 0x02}, 0x18) == CardFamily::classic);
    CHECK(card_family({0x00, 0x04}, 0x28) == CardFamily::classic); // SmartMX with Classic emulation
    CHECK(card_family({0x00, 0x04}, 0x20) == CardFamily::other);   // a phone
    CHECK(card_family({0x00, 0x44}, 0x40) == CardFamily::other);   // peer to peer
}

TEST_CASE("a UID has 4, 7 or 10 bytes and nothing else")
{
    for (std::size_t length = 0; length <= 12; ++length) {
        const Bytes uid(length, 0xAB);
        const bool valid = length == 4 || length == 7 || length == 10;
        CHECK(card_uid(uid).has_value() == valid);
        CHECK(card_uid_from_text(to_hex_upper(uid)).has_value() == valid);
    }
    CHECK_FALSE(card_uid_from_text("ABABABA"));
}

TEST_CASE("a connection string names its driver and port, or is refused in words")
{
    const auto uart = ReaderAddress::parse("pn532_uart:/dev/ttyUSB0:115200");
    REQUIRE(uart);
    CHECK(uart->driver == "pn532_uart");
    CHECK(uart->tty == "/dev/ttyUSB0");
    CHECK(ReaderAddress::parse("pn53x_usb:001:004")->tty.empty());
    for (const auto* wrong : {"", "pn532_uart", "pn532_uart:", "/dev/ttyUSB0", "acr122_pcsc:x"}) {
        const auto address = ReaderAddress::parse(wrong);
        REQUIRE_FALSE(address);
        CHECK(address.error().kind == ErrorKind::input);
        CHECK(address.error().remedy.find("/dev/ttyUSB0") != std::string::npos);
    }
}

TEST_CASE("a reader profile is read strictly")
{
    const auto profile = ReaderProfile::parse("firmware = \"PN532 v1.6\"\nmissed_looks_max = 3\n"
                                              "absence_min_ms = 200\nlook_pause_ms = 20\nerrors_max = 5\n",
                                              "desk.toml");
    REQUIRE(profile);
    CHECK(profile->firmware == "PN532 v1.6");
    CHECK(profile->taps.missed_looks_max == 3);
    CHECK(profile->taps.absence_min == Millis(200));
    CHECK(profile->look_pause == Millis(20));
    CHECK(profile->errors_max == 5);
    CHECK(ReaderProfile::parse("", "empty.toml"));
    for (const auto* wrong :
         {"frimware = \"x\"", "errors_max = 0", "look_pause_ms = \"40\"", "look_pause_ms = 151"}) {
        const auto refused = ReaderProfile::parse(wrong, "desk.toml");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().where.find("desk.toml, line 1") != std::string::npos);
    }
}
