// SPDX-License-Identifier: Apache-2.0
// montbrillant-readerd and the real libnfc against a simulated chip on a pseudo-terminal.
#include "sync/base/files.hpp"
#include "tests/badge/rfid/rigs.hpp"
#include "tests/devices/pn532/pty.hpp"
#include "tests/support/catch.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

struct Rig {
    TemporaryFolder folder;
    std::filesystem::path port = folder.path("reader");
    SimReader sim{port};
};

/// The tap that must come next.
SeenCard tapped(ReaderdRun& readerd)
{
    const auto line = readerd.next();
    CAPTURE(format_reader_line(line));
    REQUIRE(std::holds_alternative<TapLine>(line));
    CHECK(std::get<TapLine>(line).tier == 0);
    return std::get<TapLine>(line).card;
}

std::string gone(ReaderdRun& readerd)
{
    const auto line = readerd.next();
    CAPTURE(format_reader_line(line));
    REQUIRE(std::holds_alternative<GoneLine>(line));
    return std::get<GoneLine>(line).uid.str();
}

std::string complained(ReaderdRun& readerd)
{
    const auto line = readerd.next();
    CAPTURE(format_reader_line(line));
    REQUIRE(std::holds_alternative<ErrorLine>(line));
    return std::get<ErrorLine>(line).what;
}

bool has(const Finished& finished, std::string_view words)
{
    return finished.output.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("a card that stays on the reader is tapped once, and gone when it left")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    rig.sim.command("insert 04A1B2C3D4E5F6");
    CHECK(tapped(readerd) == SeenCard{CardUid("04A1B2C3D4E5F6"), CardFamily::type2});
    CHECK_FALSE(readerd.disturbed_within_beats(3));
    rig.sim.command("remove");
    CHECK(gone(readerd) == "04A1B2C3D4E5F6");
    CHECK_FALSE(readerd.disturbed_within_beats(2));
}

TEST_CASE("cards of every family and UID length are told apart")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    const std::vector<std::tuple<std::string, std::string, CardFamily>> cards{
        {"01020304", "classic", CardFamily::classic},
        {"04112233445566", "desfire", CardFamily::desfire},
        {"04A1B2C3D4E5F6", "ntag213", CardFamily::type2},
        {"08112233445566778899", "desfire", CardFamily::desfire},
    };
    for (const auto& [uid, kind, family] : cards) {
        rig.sim.command("insert " + uid + " " + kind);
        CHECK(tapped(readerd) == SeenCard{CardUid(uid), family});
        CHECK_FALSE(readerd.disturbed_within_beats(1)); // its presence check works
        rig.sim.command("remove");
        CHECK(gone(readerd) == uid);
    }
}

TEST_CASE("a short tap is a tap")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    for (int i = 0; i < 3; ++i) {
        rig.sim.command("tap 01020304 100");
        CHECK(tapped(readerd).uid.str() == "01020304");
        CHECK(gone(readerd) == "01020304");
    }
}

TEST_CASE("two cards held to the reader are one complaint and no tap, until one is taken away")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    rig.sim.command("insert 01020304\ninsert 04A1B2C3D4E5F6");
    CHECK(complained(readerd) == "one card, please");
    CHECK_FALSE(readerd.disturbed_within_beats(3));
    rig.sim.command("remove 01020304");
    CHECK(tapped(readerd).uid.str() == "04A1B2C3D4E5F6");
}

TEST_CASE("a second card beside a tapped one is a complaint and no tap")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    rig.sim.command("insert 04112233445566 desfire");
    CHECK(tapped(readerd).uid.str() == "04112233445566");
    rig.sim.command("insert 04A1B2C3D4E5F6");
    CHECK(complained(readerd) == "one card, please");
    rig.sim.command("remove 04A1B2C3D4E5F6");
    CHECK_FALSE(readerd.disturbed_within_beats(3));
    rig.sim.command("remove");
    CHECK(gone(readerd) == "04112233445566");
}

TEST_CASE("cards that stay silent once parked are seen all the same")
{
    Rig rig;
    rig.sim.command("parked silent");
    ReaderdRun readerd(rig.port);
    rig.sim.command("insert 04112233445566 desfire");
    CHECK(tapped(readerd).uid.str() == "04112233445566");
    CHECK_FALSE(readerd.disturbed_within_beats(2));
    rig.sim.command("insert 01020304");
    CHECK(complained(readerd) == "one card, please");
    CHECK_FALSE(readerd.disturbed_within_beats(2));
    rig.sim.command("remove 04112233445566");
    CHECK(gone(readerd) == "04112233445566");
    CHECK(tapped(readerd).uid.str() == "01020304");
}

TEST_CASE("a card whose UID has an impossible length is complained about once and never tapped")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    rig.sim.command("insert 010203");
    CHECK(complained(readerd) == "this card gives no valid number");
    CHECK_FALSE(readerd.disturbed_within_beats(3));
    rig.sim.command("remove\ninsert 01020304");
    CHECK(tapped(readerd).uid.str() == "01020304");
}

TEST_CASE("after every fault of the cable the next look is right")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    for (const auto* fault : {"noack", "nack", "noreply", "delay150", "delay500", "garbled", "badsum",
                              "badlen", "truncated", "junk", "wrongcmd", "errorframe"}) {
        CAPTURE(fault);
        rig.sim.command(std::string("fault ") + fault + "\ninsert 04A1B2C3D4E5F6");
        CHECK(tapped(readerd).uid.str() == "04A1B2C3D4E5F6");
        rig.sim.command("remove");
        CHECK(gone(readerd) == "04A1B2C3D4E5F6");
    }
}

TEST_CASE("a fault while a card stays is neither a departure nor a second tap")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    rig.sim.command("insert 04A1B2C3D4E5F6");
    CHECK(tapped(readerd).uid.str() == "04A1B2C3D4E5F6");
    for (const auto* fault : {"badsum", "delay500"}) {
        CAPTURE(fault);
        rig.sim.command(std::string("fault ") + fault);
        CHECK_FALSE(readerd.disturbed_within_beats(2));
    }
}

TEST_CASE("a reader that stays dead is given up in words")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    rig.sim.command("fault wedge");
    CHECK(complained(readerd).find("the reader does not answer") != std::string::npos);
    CHECK(readerd.ends());
}

TEST_CASE("a reader that was pulled out is given up in words")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    rig.sim.command("unplug");
    CHECK(complained(readerd).find("unplugged") != std::string::npos);
    CHECK(readerd.ends());
}

TEST_CASE("an unknown command is answered by an error, and quit ends the program")
{
    Rig rig;
    ReaderdRun readerd(rig.port);
    readerd.command(R"({"command":"dance"})");
    CHECK(complained(readerd) == "the command \"dance\" is not known");
    readerd.command(R"({"command":"quit"})");
    CHECK(readerd.ends());
}

TEST_CASE("readerd ends with 0 on quit, also when it hears it before the reader is open")
{
    Rig rig;
    const auto run = run_shell("echo '{\"command\":\"quit\"}' | " + readerd_program() + " --device " +
                               connstring(rig.port));
    CHECK(run.exit_code == 0);
    CHECK(has(run, R"("firmware":"PN532 v1.6")"));
}

TEST_CASE("readerd ends when nobody listens any more")
{
    Rig rig;
    // The pipeline returns only when both programs have ended.
    const auto run =
        run_shell(readerd_program() + " --device " + connstring(rig.port) + " </dev/null | head -n 2");
    CHECK(has(run, R"("event":"ready")"));
}

TEST_CASE("a second readerd on the same port is refused in words")
{
    Rig rig;
    ReaderdRun first(rig.port);
    const auto second = run_shell(readerd_program() + " --device " + connstring(rig.port));
    CHECK(second.exit_code == 3);
    CHECK(has(second, "another program uses the reader's port"));
    rig.sim.command("insert 01020304"); // and the first does not suffer
    CHECK(tapped(first).uid.str() == "01020304");
}

TEST_CASE("a killed readerd leaves nothing behind that stops the next")
{
    Rig rig;
    {
        ReaderdRun killed(rig.port);
    }
    ReaderdRun next(rig.port);
    rig.sim.command("insert 01020304");
    CHECK(tapped(next).uid.str() == "01020304");
}

TEST_CASE("a port that is missing, not serial or without a PN532 is named in words")
{
    TemporaryFolder folder;
    const auto missing = run_shell(readerd_program() + " --device " + connstring(folder.path("none")));
    CHECK(missing.exit_code == 3);
    CHECK(has(missing, "none: the reader's port is not there"));
    CHECK(has(missing, "plug the reader in"));

    const auto no_tty = run_shell(readerd_program() + " --device pn532_uart:/dev/null");
    CHECK(no_tty.exit_code == 3);
    CHECK(has(no_tty, "is not a serial port"));

    pn532::Pty silent(folder.path("silent"));
    REQUIRE(silent.plug());
    const auto deaf = run_shell(readerd_program() + " --device " + connstring(folder.path("silent")));
    CHECK(deaf.exit_code == 3);
    CHECK(has(deaf, "no PN532 reader answers there"));
}

TEST_CASE("a profile that asks for another firmware keeps the reader out")
{
    Rig rig;
    REQUIRE(write_file(rig.folder.path("p.toml"), as_bytes("firmware = \"PN532 v1.4\"\n")));
    const auto run = run_shell(readerd_program() + " --device " + connstring(rig.port) + " --profile " +
                               rig.folder.path("p.toml").string());
    CHECK(run.exit_code == 3);
    CHECK(has(run, R"(the reader reports \"PN532 v1.6\", the profile wants \"PN532 v1.4\")"));
}

TEST_CASE("usage, connection string and profile errors end with 2, help and version with 0")
{
    TemporaryFolder folder;
    REQUIRE(write_file(folder.path("p.toml"), as_bytes("errors_max = 99\n")));
    CHECK(run_shell(readerd_program()).exit_code == 2);
    CHECK(run_shell(readerd_program() + " --device serial:/dev/null").exit_code == 2);
    const auto profile = run_shell(readerd_program() + " --device pn532_uart:/dev/null --profile " +
                                   folder.path("p.toml").string());
    CHECK(profile.exit_code == 2);
    CHECK(has(profile, "p.toml, line 1"));
    const auto help = run_shell(readerd_program() + " --help");
    CHECK(help.exit_code == 0);
    CHECK(has(help, "Example: montbrillant-readerd --device pn532_uart:/dev/ttyUSB0"));
    CHECK(has(run_shell(readerd_program() + " --version"), "montbrillant-readerd "));
}
