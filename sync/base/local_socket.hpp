// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Local (AF_UNIX) sockets that carry lines between two processes of one user: the command line and the
/// program that holds the folder. A path longer than the 107 bytes of sun_path works too: the socket is
/// reached through a descriptor of its folder (/proc/self/fd, see proc(5)).

#include "sync/base/clock.hpp"
#include "sync/base/files.hpp"
#include "sync/base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace montbrillant {

/// Listens on `file`, mode 0600. What is there already is taken for the leftover of a killed process and
/// replaced: whoever calls holds the folder's lock.
[[nodiscard]] Result<FileDescriptor> listen_local(const std::filesystem::path& file);
/// Nothing when nobody listens there.
[[nodiscard]] Result<std::optional<FileDescriptor>> connect_local(const std::filesystem::path& file);

/// One end of a connection. Two threads may use it, one to send and one to receive.
class LineSocket {
public:
    /// `patience`: how long one call waits for the other side before it gives up.
    LineSocket(FileDescriptor fd, Millis patience, std::size_t line_max);

    /// The next line without its newline; nothing when the other side left, was silent for `patience` or sent
    /// more than `line_max` bytes without a newline.
    [[nodiscard]] std::optional<std::string> receive();
    /// False when the other side left or did not read for `patience`.
    [[nodiscard]] bool send(std::string_view line);
    /// Another patience from now on.
    void wait_for(Millis patience);
    /// The other process runs under our user (SO_PEERCRED, unix(7)).
    [[nodiscard]] bool peer_is_us() const;
    /// Any thread: ends whatever send or receive is under way.
    void hang_up();

private:
    FileDescriptor fd_;
    std::size_t line_max_;
    std::string pending_;
};

} // namespace montbrillant
