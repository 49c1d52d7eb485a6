// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cut_proxy.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace montbrillant::test {
namespace {

constexpr std::string_view socket_name = ".s.PGSQL.5432";

sockaddr_un address_of(const std::filesystem::path& folder)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (folder / socket_name).string();
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}

FileDescriptor unix_socket() { return FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

const sockaddr* plain(const sockaddr_un& address)
{
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

bool send_all(int to, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

} // namespace

CutProxy::CutProxy(std::filesystem::path server)
    : server_(std::move(server)), listener_(unix_socket()), end_(::eventfd(0, EFD_CLOEXEC))
{
    const auto address = address_of(folder());
    if (::bind(listener_.get(), plain(address), sizeof address) != 0 || ::listen(listener_.get(), 16) != 0)
        throw std::runtime_error("the proxy cannot listen");
    threads_.emplace_back([this] { accept(); });
}

CutProxy::~CutProxy()
{
    const std::uint64_t one = 1;
    static_cast<void>(::write(end_.get(), &one, sizeof one) == sizeof one);
    threads_.front().join(); // no new ones from here on
    for (std::size_t i = 1; i < threads_.size(); ++i)
        threads_[i].join();
}

void CutProxy::accept()
{
    for (;;) {
        std::array<pollfd, 2> wanted{{{listener_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}}};
        ::poll(wanted.data(), wanted.size(), -1);
        if (wanted[1].revents != 0)
            return;
        FileDescriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        const std::lock_guard lock(mutex_);
        threads_.emplace_back(
            [this, held = std::make_shared<FileDescriptor>(std::move(client))] { pass(std::move(*held)); });
    }
}

bool CutProxy::cuts_here(Cut which, std::string_view bytes)
{
    // The tag of a CommandComplete; of the client, a statement that is prepared or executed by a batch with
    // it.
    const bool commits = which == Cut::before_commit
                             ? bytes.find("pg_notify") != std::string_view::npos ||
                                   bytes.find("montbrillant") != std::string_view::npos
                             : bytes.find(std::string_view("COMMIT\0", 7)) != std::string_view::npos;
    if (cut_ != which || !commits)
        return false;
    cut_ = Cut::none;
    ++cuts_;
    return true;
}

void CutProxy::pass(FileDescriptor client)
{
    const FileDescriptor server = unix_socket();
    const auto address = address_of(server_);
    if (::connect(server.get(), plain(address), sizeof address) != 0)
        return;
    std::array<char, 65536> chunk{};
    for (;;) {
        std::array<pollfd, 3> wanted{
            {{client.get(), POLLIN, 0}, {server.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}}};
        ::poll(wanted.data(), wanted.size(), -1);
        if (wanted[2].revents != 0)
            return;
        const bool asks = wanted[0].revents != 0;
        const auto got = ::recv(asks ? client.get() : server.get(), chunk.data(), chunk.size(), 0);
        if (got <= 0)
            return;
        const std::string_view bytes(chunk.data(), static_cast<std::size_t>(got));
        if (cuts_here(asks ? Cut::before_commit : Cut::answer_to_commit, bytes))
            return;
        if (!send_all(asks ? server.get() : client.get(), bytes))
            return;
    }
}

} // namespace montbrillant::test
