// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/port_lock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace montbrillant {
namespace {

/// The drivers in Debian's libnfc6; true: works on a device node.
constexpr std::array<std::pair<std::string_view, bool>, 7> drivers{{
    {"pn532_uart", true},
    {"pn532_i2c", true},
    {"pn532_spi", true},
    {"acr122s", true},
    {"arygon", true},
    {"pn53x_usb", false},
    {"acr122_usb", false},
}};

tl::unexpected<Error> open_error(int code, const std::string& tty)
{
    switch (code) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
    case EIO:
        return fail(ErrorKind::device, "the reader's port is not there", tty,
                    "plug the reader in, or correct the device name");
    case EACCES:
    case EPERM:
        return fail(ErrorKind::device, "this user may not use the reader's port", tty,
                    "add the user to the group that owns it, usually dialout");
    case EBUSY:
        return fail(ErrorKind::device, "another program uses the reader's port", tty, "stop that program");
    default: return fail(ErrorKind::device, std::strerror(code), tty, "check the device name");
    }
}

} // namespace

Result<ReaderAddress> ReaderAddress::parse(std::string_view connstring)
{
    const auto colon = connstring.find(':');
    const std::string_view driver = connstring.substr(0, colon);
    const auto known = std::ranges::find(drivers, driver, &decltype(drivers)::value_type::first);
    if (known == drivers.end())
        return fail(ErrorKind::input, "is not a libnfc device", std::string(connstring),
                    "write for example pn532_uart:/dev/ttyUSB0");
    if (!known->second)
        return ReaderAddress{std::string(driver), {}};
    const std::string_view rest = colon == std::string_view::npos ? "" : connstring.substr(colon + 1);
    const std::string_view tty = rest.substr(0, rest.find(':'));
    if (tty.empty())
        return fail(ErrorKind::input, "names no port", std::string(connstring),
                    "write for example " + std::string(driver) + ":/dev/ttyUSB0");
    return ReaderAddress{std::string(driver), std::string(tty)};
}

Result<PortLock> PortLock::take(const ReaderAddress& address)
{
    if (address.tty.empty())
        return PortLock(FileDescriptor());
    FileDescriptor fd(::open(address.tty.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!fd.valid())
        return open_error(errno, address.tty);
    const bool serial = address.driver != "pn532_i2c" && address.driver != "pn532_spi";
    if (serial && ::isatty(fd.get()) == 0)
        return fail(ErrorKind::device, "is not a serial port", address.tty, "correct the device name");
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
        return open_error(EBUSY, address.tty);
    return PortLock(std::move(fd));
}

} // namespace montbrillant
