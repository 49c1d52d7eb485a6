// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/pn532/pty.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace montbrillant::pn532 {
namespace {

tl::unexpected<Error> pty_error(std::string where)
{
    return fail(ErrorKind::device, std::strerror(errno), std::move(where));
}

} // namespace

Result<> Pty::plug()
{
    FileDescriptor master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    if (!master.valid() || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
        return pty_error("pseudo-terminal");
    std::array<char, 64> name{};
    if (::ptsname_r(master.get(), name.data(), name.size()) != 0)
        return pty_error("pseudo-terminal");
    FileDescriptor keeper(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios raw{};
    if (!keeper.valid() || ::tcgetattr(keeper.get(), &raw) != 0)
        return pty_error(name.data());
    ::cfmakeraw(&raw); // otherwise it echoes until the host sets it up
    if (::tcsetattr(keeper.get(), TCSANOW, &raw) != 0)
        return pty_error(name.data());
    if (!link_.empty()) {
        const std::string beside = link_.string() + ".new";
        ::unlink(beside.c_str());
        if (::symlink(name.data(), beside.c_str()) != 0 || ::rename(beside.c_str(), link_.c_str()) != 0)
            return pty_error(link_.string());
    }
    terminal_ = name.data();
    master_ = std::move(master);
    keeper_ = std::move(keeper);
    return {};
}

void Pty::unplug()
{
    if (!plugged())
        return;
    if (!link_.empty())
        ::unlink(link_.c_str());
    keeper_.close();
    master_.close();
}

Bytes Pty::read()
{
    Bytes bytes(1024);
    const ssize_t got = ::read(master_.get(), bytes.data(), bytes.size());
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

void Pty::write(BytesView bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(master_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

} // namespace montbrillant::pn532
