// SPDX-License-Identifier: Apache-2.0
// The simulator as a program: its link, its control socket, its end.
#include "sync/base/files.hpp"
#include "tests/badge/rfid/rigs.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

FileDescriptor connect_to(const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.string().size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.string().size());
    FileDescriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return connection;
}

std::string ask(const FileDescriptor& connection, const std::string& line)
{
    const std::string text = line + "\n";
    REQUIRE(::write(connection.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    pollfd waiting{connection.get(), POLLIN, 0};
    REQUIRE(::poll(&waiting, 1, static_cast<int>(patience.count())) == 1);
    std::array<char, 256> chunk{};
    const ssize_t got = ::read(connection.get(), chunk.data(), chunk.size());
    REQUIRE(got > 0);
    return std::string(chunk.data(), static_cast<std::size_t>(got));
}

} // namespace

TEST_CASE("the simulated reader is commanded through its socket by several hands")
{
    TemporaryFolder folder;
    SimReader sim(folder.path("reader"), {"--control", folder.path("control").string()});
    struct stat mode{};
    REQUIRE(::stat(folder.path("control").c_str(), &mode) == 0);
    CHECK((mode.st_mode & 0777U) == 0600U);

    ReaderdRun readerd(folder.path("reader"));
    const FileDescriptor one = connect_to(folder.path("control"));
    const FileDescriptor two = connect_to(folder.path("control"));
    CHECK(ask(one, "insert 04A1B2C3D4E5F6") == "ok\n");
    CHECK(std::holds_alternative<TapLine>(readerd.next()));
    CHECK(ask(two, "insert 04A1B2C3D4E5F6") == "error: that card is there already\n");
    CHECK(ask(two, "remove") == "ok\n");
    CHECK(std::holds_alternative<GoneLine>(readerd.next()));
}

TEST_CASE("the simulated reader leaves neither link nor socket behind when it quits")
{
    TemporaryFolder folder;
    SimReader sim(folder.path("reader"), {"--control", folder.path("control").string()});
    CHECK(std::filesystem::is_symlink(folder.path("reader")));
    sim.command("quit");
    CHECK(sim.ends());
    CHECK_FALSE(std::filesystem::exists(std::filesystem::symlink_status(folder.path("reader"))));
    CHECK_FALSE(std::filesystem::exists(folder.path("control")));
}

TEST_CASE("the simulated reader takes over a link that a killed one left")
{
    TemporaryFolder folder;
    {
        SimReader killed(folder.path("reader"));
    }
    REQUIRE(std::filesystem::is_symlink(folder.path("reader")));
    SimReader sim(folder.path("reader"));
    ReaderdRun readerd(folder.path("reader"));
    sim.command("insert 01020304");
    CHECK(std::holds_alternative<TapLine>(readerd.next()));
}
