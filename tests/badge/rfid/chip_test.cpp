// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/pn532/chip.hpp"
#include "tests/devices/pn532/simulator.hpp"
#include "tests/support/catch.hpp"

using namespace montbrillant;
using namespace montbrillant::pn532;

namespace {

Bytes hex(std::string_view text)
{
    const auto bytes = from_hex(text);
    REQUIRE(bytes);
    return *bytes;
}

/// A host that has woken the chip and knows what time it is.
class Bench {
public:
    Bench() { chip.receive(hex("5555000000"), now); }

    void send(std::string_view command)
    {
        Bytes payload = hex(command);
        payload.insert(payload.begin(), from_host);
        chip.receive(encode_frame(payload), now);
    }
    /// Everything the chip says within `patience`, and how long the last byte took.
    std::string hear(Millis patience = Millis(200))
    {
        const MonoTime start = now;
        const MonoTime end = start + patience;
        Bytes all;
        for (auto due = chip.next_due(); due && *due <= end; due = chip.next_due()) {
            now = std::max(now, *due);
            const Bytes some = chip.transmit(now);
            if (!some.empty())
                took = now - start;
            all.insert(all.end(), some.begin(), some.end());
        }
        now = end;
        return to_hex(all);
    }
    /// Sends, expects the ACK and returns response code and data in hex.
    std::string ask(std::string_view command)
    {
        send(command);
        const std::string heard = hear();
        const std::string ack = to_hex(ack_frame);
        REQUIRE(heard.substr(0, ack.size()) == ack);
        const std::string frame = heard.substr(ack.size());
        REQUIRE(frame.size() >= 18);
        REQUIRE(frame.substr(10, 2) == "d5");
        return frame.substr(12, frame.size() - 16);
    }
    void insert(CardKind kind, std::string_view uid)
    {
        REQUIRE(chip.field().insert(make_card(kind, hex(uid))));
    }

    Chip chip;
    MonoTime now{1000};
    Millis took{};
};

std::optional<HostFrame> parse(FrameParser& parser, BytesView bytes)
{
    std::optional<HostFrame> last;
    for (const auto byte : bytes)
        if (auto frame = parser.take(byte))
            last = std::move(frame);
    return last;
}

const std::string finite_select = "3205000102"; // MaxRetries as libnfc sets it with NP_INFINITE_SELECT off

} // namespace

TEST_CASE("the frame of GetFirmwareVersion is the one in the user manual")
{
    CHECK(to_hex(encode_frame(hex("d402"))) == "0000ff02fed4022a00");
}

TEST_CASE("a frame is read back whatever its length, with junk before it and byte by byte")
{
    for (const std::size_t length : {2U, 3U, 254U, 255U, 256U, 265U}) {
        Bytes payload(length, 0x5A);
        payload[0] = from_host;
        Bytes line = hex("55551700a5");
        const Bytes frame = encode_frame(payload);
        line.insert(line.end(), frame.begin(), frame.end());
        FrameParser parser;
        const auto read = parse(parser, line);
        REQUIRE(read);
        REQUIRE(std::holds_alternative<HostCommand>(*read));
        CHECK(std::get<HostCommand>(*read).data == Bytes(payload.begin() + 1, payload.end()));
    }
}

TEST_CASE("ACK and NACK are told apart from commands")
{
    FrameParser parser;
    CHECK(std::holds_alternative<HostAck>(*parse(parser, ack_frame)));
    CHECK(std::holds_alternative<HostNack>(*parse(parser, nack_frame)));
}

TEST_CASE("a damaged frame is garbage and the next one is understood")
{
    const Bytes good = encode_frame(hex("d402"));
    for (const std::size_t place : {3U, 4U, 5U, 6U, 7U}) {
        FrameParser parser;
        Bytes bad = good;
        bad[place] ^= 0x01U;
        const auto first = parse(parser, bad);
        CHECK_FALSE((first && std::holds_alternative<HostCommand>(*first)));
        parser.reset();
        CHECK(std::holds_alternative<HostCommand>(*parse(parser, good)));
    }
}

TEST_CASE("a length beyond the chip's buffer is garbage")
{
    FrameParser parser;
    const auto read = parse(parser, hex("0000ffffff010af5")); // 266 bytes
    REQUIRE(read);
    CHECK(std::holds_alternative<HostGarbage>(*read));
}

TEST_CASE("a sleeping chip hears nothing but the wake-up byte")
{
    Bench bench;
    bench.chip.power_cycle();
    bench.send("02");
    CHECK(bench.hear().empty());
    bench.chip.receive(hex("5555000000"), bench.now);
    CHECK(bench.ask("02") == "0332010607");
}

TEST_CASE("the chip answers what libnfc asks when it opens a reader")
{
    Bench bench;
    CHECK(bench.ask("1401") == "15");
    CHECK(bench.ask("00006c69626e6663") == "01006c69626e6663");
    CHECK(bench.ask("02") == "0332010607");
    CHECK(bench.ask("1214") == "13");
    CHECK(bench.ask("08630d40") == "09");
    CHECK(bench.ask("06630d6302") == "074000");
    CHECK(bench.ask("320100") == "33");
    CHECK(bench.ask("1660") == "1700");
    bench.send("02");
    CHECK(bench.hear().empty()); // asleep again
}

TEST_CASE("an unknown command is answered by the error frame")
{
    Bench bench;
    bench.send("99");
    CHECK(bench.hear() == to_hex(ack_frame) + to_hex(error_frame));
}

TEST_CASE("a finite listing of an empty field takes three attempts and says none")
{
    Bench bench;
    bench.ask(finite_select);
    CHECK(bench.ask("4a0100") == "4b00");
    CHECK(bench.took == Millis(30));
}

TEST_CASE("an infinite listing waits for a card, and a new command ends it")
{
    Bench bench;
    bench.send("4a0100");
    CHECK(bench.hear(Millis(3000)) == to_hex(ack_frame));
    bench.insert(CardKind::classic, "01020304");
    CHECK(bench.hear().find("d54b01010004080401020304") != std::string::npos);
    bench.chip.field().remove_all();
    bench.send("4a0100");
    CHECK(bench.hear() == to_hex(ack_frame));
    CHECK(bench.ask("02") == "0332010607");
    CHECK_FALSE(bench.chip.next_due());
}

TEST_CASE("an ACK from the host ends a listing")
{
    Bench bench;
    bench.send("4a0100");
    CHECK(bench.hear() == to_hex(ack_frame));
    bench.chip.receive(ack_frame, bench.now);
    CHECK_FALSE(bench.chip.next_due());
}

TEST_CASE("a card is described as the user manual says")
{
    Bench bench;
    bench.ask(finite_select);
    bench.insert(CardKind::ntag213, "04a1b2c3d4e5f6");
    CHECK(bench.ask("4a0100") == "4b01010044000704a1b2c3d4e5f6");
    CHECK(bench.took == Millis(5));
    bench.chip.field().remove_all();
    bench.insert(CardKind::desfire, "04112233445566");
    CHECK(bench.ask("4a0100") == "4b01010344200704112233445566067577810280");
}

TEST_CASE("two cards are found one after the other")
{
    Bench bench;
    bench.ask(finite_select);
    bench.insert(CardKind::classic, "01020304");
    bench.insert(CardKind::classic, "05060708");
    CHECK(bench.ask("4a0100").find("01020304") != std::string::npos);
    bench.ask("4400");
    CHECK(bench.ask("4a0100").find("05060708") != std::string::npos);
}

TEST_CASE("a listing with a UID finds that card only")
{
    Bench bench;
    bench.ask(finite_select);
    bench.insert(CardKind::classic, "01020304");
    bench.insert(CardKind::ntag213, "04a1b2c3d4e5f6");
    CHECK(bench.ask("4a01008804a1b2c3d4e5f6").find("04a1b2c3d4e5f6") != std::string::npos);
    CHECK(bench.ask("4a010009090909") == "4b00");
}

TEST_CASE("an NTAG213 is read, tells its version, and falls back after a NAK")
{
    Bench bench;
    bench.ask(finite_select);
    bench.insert(CardKind::ntag213, "04a1b2c3d4e5f6");
    bench.ask("4a0100");
    CHECK(bench.ask("40013000") == "410004a1b29fc3d4e5f60448000"
                                   "0e1101200");
    CHECK(bench.ask("4260") == "43000004040201000f03");
    CHECK(bench.ask("40013080") == "4113");
    CHECK(bench.ask("40013000") == "4101"); // selected no more
}

TEST_CASE("a DESFire card answers a presence check and tells its version in three parts")
{
    Bench bench;
    bench.ask(finite_select);
    bench.insert(CardKind::desfire, "04112233445566");
    bench.ask("4a0100");
    CHECK(bench.ask("42b2") == "4300a2");
    CHECK(bench.ask("400160").substr(0, 6) == "4100af");
    CHECK(bench.ask("4001af").substr(0, 6) == "4100af");
    CHECK(bench.ask("4001af").find("04112233445566") != std::string::npos);
    CHECK(bench.ask("4001af") == "41001c");
}

TEST_CASE("without a card an exchange is refused or times out")
{
    Bench bench;
    CHECK(bench.ask("40013000") == "4127");
    CHECK(bench.ask("4260") == "4301");
}

TEST_CASE("a NACK from the host brings the last answer again")
{
    Bench bench;
    bench.send("02");
    const std::string heard = bench.hear();
    bench.chip.receive(nack_frame, bench.now);
    CHECK(to_hex(ack_frame) + bench.hear() == heard);
}

TEST_CASE("every fault does what its name says, once")
{
    Bench bench;
    const std::string ack = to_hex(ack_frame);
    bench.send("02");
    const std::string good = bench.hear();
    const std::string answer = good.substr(ack.size());
    const auto with = [&](Fault fault) {
        REQUIRE(bench.chip.inject(fault, 1));
        bench.send("02");
        std::string heard = bench.hear(Millis(1000));
        const Millis took = bench.took;
        bench.send("02");
        CHECK(bench.hear() == good);
        bench.took = took;
        return heard;
    };
    CHECK(with(Fault::noack).empty());
    CHECK(with(Fault::nack) == to_hex(nack_frame));
    CHECK(with(Fault::noreply) == ack);
    CHECK(with(Fault::delay150) == good);
    CHECK(bench.took == Millis(150));
    CHECK(with(Fault::delay500) == good);
    CHECK(bench.took == Millis(500));
    CHECK(with(Fault::junk) == "3ca5007e" + good);
    CHECK(with(Fault::errorframe) == ack + to_hex(error_frame));
    CHECK(with(Fault::wrongcmd).substr(ack.size() + 10, 4) == "d505");
    CHECK(with(Fault::truncated) == ack + answer.substr(0, answer.size() / 4 * 2));
    for (const Fault damage : {Fault::garbled, Fault::badsum, Fault::badlen}) {
        const std::string damaged = with(damage);
        CHECK(damaged.size() == good.size());
        CHECK(damaged != good);
    }
}

TEST_CASE("a bad status waits for an answer that has one")
{
    Bench bench;
    REQUIRE(bench.chip.inject(Fault::status80, 1));
    CHECK(bench.ask("02") == "0332010607");
    CHECK(bench.ask("4260") == "4381");
    CHECK(bench.ask("4260") == "4301");
}

TEST_CASE("a wedged chip is silent until power is cycled")
{
    Bench bench;
    REQUIRE(bench.chip.inject(Fault::wedge, 1));
    for (int i = 0; i < 3; ++i) {
        bench.send("02");
        CHECK(bench.hear(Millis(5000)).empty());
    }
    bench.chip.power_cycle();
    bench.chip.receive(hex("5555000000"), bench.now);
    CHECK(bench.ask("02") == "0332010607");
}

TEST_CASE("no byte stream upsets the chip")
{
    std::uint32_t state = 1;
    const auto next = [&] {
        state = state * 1664525U + 1013904223U;
        return static_cast<std::uint8_t>(state >> 24U);
    };
    Bench bench;
    bench.insert(CardKind::ntag213, "04a1b2c3d4e5f6");
    for (int i = 0; i < 20000; ++i) {
        Bytes payload{from_host};
        for (int length = next() % 12; length >= 0; --length)
            payload.push_back(next());
        Bytes frame = encode_frame(payload);
        if (next() % 4 == 0)
            frame[next() % frame.size()] = next();
        bench.chip.receive(hex("55"), bench.now);
        bench.chip.receive(frame, bench.now);
        bench.now = bench.now + Millis(1);
        if (next() % 8 == 0)
            CHECK(bench.chip.transmit(bench.now).size() <= 4096U);
    }
    bench.chip.power_cycle();
    bench.chip.receive(hex("5555000000"), bench.now);
    CHECK(bench.ask("02") == "0332010607");
}

TEST_CASE("the simulator's control lines are answered ok or why not")
{
    Simulator simulator("");
    const MonoTime now{1000};
    CHECK(simulator.command("insert 01020304", now) == "ok");
    CHECK(simulator.command("insert 01020304", now) == "error: that card is there already");
    CHECK(simulator.command("insert 04A1B2C3D4E5F6 desfire", now) == "ok");
    CHECK(simulator.command("insert 05060708 gold", now) == "error: a card is ntag213, desfire or classic");
    CHECK(simulator.command("insert xyz", now) == "error: a UID is 1 to 12 bytes in hex");
    CHECK(simulator.command("remove 01020304", now) == "ok");
    CHECK(simulator.command("remove 01020304", now) == "error: that card is not there");
    CHECK(simulator.command("remove", now) == "ok");
    CHECK(simulator.command("fault noack 3", now) == "ok");
    CHECK(simulator.command("fault noack 0", now) == "error: a count is 1 to 10000");
    CHECK(simulator.command("fault noack 10000", now) ==
          "error: a count is 1 to 10000"); // three wait already
    CHECK(simulator.command("fault coffee", now) == "error: no such fault");
    CHECK(simulator.command("tap 01020304", now) == "error: say for how many milliseconds, 1 to 600000");
    CHECK(simulator.command("", now).substr(0, 6) == "error:");
    CHECK(simulator.command(std::string(Simulator::line_max + 1, 'x'), now) == "error: the line is too long");
    CHECK_FALSE(simulator.finished());
    CHECK(simulator.command("quit", now) == "ok");
    CHECK(simulator.finished());
}

TEST_CASE("a simulated tap ends by itself")
{
    Simulator simulator("");
    CHECK(simulator.command("tap 01020304 250", MonoTime{1000}) == "ok");
    REQUIRE(simulator.next_due());
    CHECK(simulator.next_due()->ms == 1250);
    simulator.tick(MonoTime{1249});
    CHECK(simulator.command("insert 01020304", MonoTime{1249}) == "error: that card is there already");
    simulator.tick(MonoTime{1250});
    CHECK(simulator.command("insert 01020304", MonoTime{1250}) == "ok");
}
