// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Plain HTTP to a registry, byte by byte.

#include "sync/base/files.hpp"
#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

namespace montbrillant::test {

/// What a raw connection to this machine gets back until the other end closes it.
inline std::string converse(std::uint16_t port, const std::string& bytes)
{
    const FileDescriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd.get(), static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) == 0);
    for (std::size_t sent = 0; sent < bytes.size();) {
        const auto now = ::send(fd.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (now <= 0)
            break;
        sent += static_cast<std::size_t>(now);
    }
    std::string answer;
    std::array<char, 4096> chunk{};
    for (;;) {
        const auto got = ::recv(fd.get(), chunk.data(), chunk.size(), 0);
        if (got <= 0)
            return answer;
        answer.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

/// The numbers of a running registry, asked for with a token for them.
inline std::string metrics_of(std::uint16_t port, const std::string& token)
{
    return converse(port, "GET /metrics HTTP/1.1\r\nConnection: close\r\nAuthorization: Bearer " + token +
                              "\r\n\r\n");
}

} // namespace montbrillant::test
