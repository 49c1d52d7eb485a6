// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Control lines from stdin and, if wanted, from a Unix stream socket (mode 0600); every line gets one line
/// back where it came from. At most `connections_max` connections.

#include "sync/base/files.hpp"
#include "sync/base/result.hpp"

#include <filesystem>
#include <functional>
#include <poll.h>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant::pn532 {

class Control {
public:
    using Answer = std::function<std::string(std::string_view line)>;

    /// `socket` may be empty. An old socket file there is replaced.
    [[nodiscard]] static Result<Control> open(std::filesystem::path socket);
    ~Control();
    Control(Control&&) noexcept = default;
    Control& operator=(Control&&) = delete;

    /// One line on stdout.
    void announce(std::string line);
    /// What poll should watch.
    [[nodiscard]] std::vector<pollfd> descriptors() const;
    /// Takes what has come, without waiting.
    void serve(const Answer& answer);
    /// stdin has ended and there is no socket: nobody can say anything any more.
    [[nodiscard]] bool orphaned() const;

    static constexpr std::size_t connections_max = 8;

private:
    struct Stream {
        FileDescriptor in;
        int out = -1; // the same descriptor, or stdout
        std::string pending;
    };
    explicit Control(std::filesystem::path socket) : socket_(std::move(socket)) {}
    void accept_one();
    [[nodiscard]] static bool serve_stream(Stream& stream, const Answer& answer);

    std::filesystem::path socket_; // moved from: empty, so that only one of us removes it
    FileDescriptor listener_;
    std::vector<Stream> streams_;
};

} // namespace montbrillant::pn532
