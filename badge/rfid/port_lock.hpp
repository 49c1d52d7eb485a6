// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One program per reader. libnfc's own claim of a serial port never reaches the tty on Debian 12, and a
/// second opener breaks both programs; so the port is held by flock(2), which a crash or SIGKILL releases.

#include "sync/base/files.hpp"
#include "sync/base/result.hpp"

#include <string>
#include <string_view>

namespace montbrillant {

/// A libnfc connection string "driver[:port[:speed]]".
struct ReaderAddress {
    std::string driver; ///< "pn532_uart"
    std::string tty;    ///< "/dev/ttyUSB0"; empty for USB drivers, whose port the kernel hands out once only

    /// ErrorKind::input when the driver is none of Debian's libnfc or a serial driver has no port.
    [[nodiscard]] static Result<ReaderAddress> parse(std::string_view connstring);
};

/// Holds the port for the life of the object. The errors are for people: missing, not permitted, not a serial
/// port, busy; all are ErrorKind::device.
class PortLock {
public:
    [[nodiscard]] static Result<PortLock> take(const ReaderAddress& address);

private:
    explicit PortLock(FileDescriptor fd) : fd_(std::move(fd)) {}
    FileDescriptor fd_; // not valid for USB drivers
};

} // namespace montbrillant
