// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/control.hpp"

#include "sync/base/log.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace montbrillant::registry {
namespace {

constexpr std::size_t line_bytes_max = 65536;
constexpr timeval patience{10, 0};

tl::unexpected<Error> failed(std::string_view doing)
{
    return fail(ErrorKind::storage, fmt::format("{}: {}", doing, std::strerror(errno)), "control.sock");
}

/// sun_path holds 108 bytes; through the folder's descriptor any path is short.
struct Address {
    FileDescriptor folder;
    sockaddr_un socket{};
};

Result<Address> address_in(const std::filesystem::path& folder)
{
    Address address;
    address.folder = FileDescriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!address.folder.valid())
        return failed("the data folder cannot be opened");
    address.socket.sun_family = AF_UNIX;
    const auto path = fmt::format("/proc/self/fd/{}/control.sock", address.folder.get());
    std::memcpy(address.socket.sun_path, path.c_str(), path.size() + 1);
    return address;
}

const sockaddr* generic(const sockaddr_un& address)
{
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

bool send_line(int connection, std::string line)
{
    line += '\n';
    for (std::size_t sent = 0; sent < line.size();) {
        const ssize_t now = ::send(connection, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (now <= 0 && errno != EINTR)
            return false;
        sent += now > 0 ? static_cast<std::size_t>(now) : 0;
    }
    return true;
}

std::optional<std::string> receive_line(int connection)
{
    std::string line;
    std::array<char, 4096> chunk{};
    while (line.size() < line_bytes_max) {
        const ssize_t got = ::recv(connection, chunk.data(), chunk.size(), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return std::nullopt;
        line.append(chunk.data(), static_cast<std::size_t>(got));
        if (line.back() == '\n') {
            line.pop_back();
            return line;
        }
    }
    return std::nullopt;
}

void set_patience(int connection)
{
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

} // namespace

ControlSocket::ControlSocket(FileDescriptor listener, FileDescriptor wake, std::filesystem::path file,
                             Handle handle)
    : listener_(std::move(listener)), wake_(std::move(wake)), file_(std::move(file)),
      handle_(std::move(handle)), thread_([this] { serve(); })
{
}

ControlSocket::~ControlSocket()
{
    const std::uint64_t one = 1;
    if (::write(wake_.get(), &one, sizeof one) != sizeof one)
        log::error("the control socket cannot be ended: {}", std::strerror(errno));
    thread_.join();
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
}

Result<std::unique_ptr<ControlSocket>> ControlSocket::start(const std::filesystem::path& folder,
                                                            Handle handle)
{
    MB_TRY(const Address address, address_in(folder));
    // The folder's lock is ours: a socket that is there belongs to a registry that was killed.
    ::unlink(address.socket.sun_path);
    FileDescriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    FileDescriptor wake(::eventfd(0, EFD_CLOEXEC));
    if (!listener.valid() || !wake.valid())
        return failed("no descriptors are left");
    if (::bind(listener.get(), generic(address.socket), sizeof address.socket) != 0)
        return failed("the socket cannot be made");
    if (::chmod(address.socket.sun_path, 0600) != 0 || ::listen(listener.get(), 8) != 0)
        return failed("the socket cannot be opened");
    return std::unique_ptr<ControlSocket>(
        new ControlSocket(std::move(listener), std::move(wake), folder / "control.sock", std::move(handle)));
}

void ControlSocket::serve()
{
    for (;;) {
        std::array<pollfd, 2> waiting{pollfd{listener_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR)
            return;
        if (waiting[1].revents != 0)
            return;
        if (waiting[0].revents == 0)
            continue;
        const FileDescriptor connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (connection.valid())
            converse(connection.get());
    }
}

void ControlSocket::converse(int connection)
{
    set_patience(connection);
    const auto line = receive_line(connection);
    if (!line)
        return;
    try {
        static_cast<void>(send_line(connection, handle_(*line)));
    } catch (const std::exception& error) {
        log::error("a command ended in an exception: {}", error.what());
    }
}

Result<std::optional<std::string>> ask_running(const std::filesystem::path& folder, std::string_view line)
{
    if (!std::filesystem::exists(folder))
        return std::optional<std::string>();
    MB_TRY(const Address address, address_in(folder));
    const FileDescriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!connection.valid())
        return failed("no descriptors are left");
    set_patience(connection.get());
    if (::connect(connection.get(), generic(address.socket), sizeof address.socket) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED)
            return std::optional<std::string>();
        return failed("the running registry cannot be reached");
    }
    if (!send_line(connection.get(), std::string(line)))
        return failed("the running registry does not listen");
    auto answer = receive_line(connection.get());
    if (!answer)
        return fail(ErrorKind::network, "the running registry does not answer", folder.string(),
                    "see its log");
    return answer;
}

} // namespace montbrillant::registry
