// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A TCP server that says exactly what a test wrote down, whoever asks: the errors of a network by hand.

#include "sync/base/files.hpp"
#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace montbrillant::test {

class ScriptedServer {
public:
    /// `stay`: keeps the connection open and silent after `answer`.
    explicit ScriptedServer(std::string answer, bool stay = false)
        : answer_(std::move(answer)), stay_(stay),
          listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), end_(::eventfd(0, EFD_CLOEXEC))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
        REQUIRE(::bind(listener_.get(), generic, sizeof address) == 0);
        REQUIRE(::listen(listener_.get(), 8) == 0);
        socklen_t size = sizeof address;
        REQUIRE(::getsockname(listener_.get(), generic, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~ScriptedServer()
    {
        const std::uint64_t one = 1;
        static_cast<void>(::write(end_.get(), &one, sizeof one));
        thread_.join();
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
    [[nodiscard]] bool readable(int fd) const
    {
        std::array<pollfd, 2> both{pollfd{fd, POLLIN, 0}, pollfd{end_.get(), POLLIN, 0}};
        ::poll(both.data(), both.size(), -1);
        return both[1].revents == 0;
    }
    void serve()
    {
        while (readable(listener_.get())) {
            const FileDescriptor connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            std::string request;
            std::array<char, 4096> chunk{};
            while (request.find("\r\n\r\n") == std::string::npos && readable(connection.get())) {
                const auto got = ::recv(connection.get(), chunk.data(), chunk.size(), 0);
                if (got <= 0)
                    break;
                request.append(chunk.data(), static_cast<std::size_t>(got));
            }
            for (std::size_t sent = 0; sent < answer_.size();) {
                const auto now =
                    ::send(connection.get(), answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
                if (now <= 0)
                    break;
                sent += static_cast<std::size_t>(now);
            }
            if (stay_)
                static_cast<void>(readable(connection.get()));
        }
    }

    std::string answer_;
    bool stay_;
    FileDescriptor listener_;
    FileDescriptor end_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

} // namespace montbrillant::test
