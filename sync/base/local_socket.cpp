// SPDX-License-Identifier: Apache-2.0
#include "sync/base/local_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace montbrillant {
namespace {

constexpr int waiting_max = 8;

tl::unexpected<Error> socket_error(const std::filesystem::path& file, std::string_view doing)
{
    return fail(ErrorKind::storage, fmt::format("{}: {}", doing, std::strerror(errno)), file.string());
}

struct Address {
    FileDescriptor folder; ///< the address names it, so it stays open
    sockaddr_un socket{};

    [[nodiscard]] const sockaddr* generic() const
    {
        return static_cast<const sockaddr*>(static_cast<const void*>(&socket));
    }
};

Result<Address> address_of(const std::filesystem::path& file)
{
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    Address address;
    address.folder = FileDescriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!address.folder.valid())
        return socket_error(folder, "cannot be opened");
    const auto path = fmt::format("/proc/self/fd/{}/{}", address.folder.get(), file.filename().string());
    if (path.size() >= sizeof address.socket.sun_path)
        return fail(ErrorKind::input, "the name of the socket is too long", file.string());
    address.socket.sun_family = AF_UNIX;
    path.copy(address.socket.sun_path, path.size());
    return address;
}

} // namespace

Result<FileDescriptor> listen_local(const std::filesystem::path& file)
{
    MB_TRY(const Address address, address_of(file));
    ::unlink(address.socket.sun_path);
    FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd.valid())
        return socket_error(file, "no socket can be made");
    ::fchmod(fd.get(), 0600); // Linux gives the file this mode, so that it is never wider, not for a moment
    if (::bind(fd.get(), address.generic(), sizeof address.socket) != 0)
        return socket_error(file, "the socket cannot be made");
    if (::chmod(address.socket.sun_path, 0600) != 0 || ::listen(fd.get(), waiting_max) != 0)
        return socket_error(file, "the socket cannot be opened");
    return fd;
}

Result<std::optional<FileDescriptor>> connect_local(const std::filesystem::path& file)
{
    MB_TRY(const Address address, address_of(file));
    FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd.valid())
        return socket_error(file, "no socket can be made");
    if (::connect(fd.get(), address.generic(), sizeof address.socket) == 0)
        return std::optional(std::move(fd));
    if (errno == ENOENT || errno == ECONNREFUSED)
        return std::optional<FileDescriptor>();
    return socket_error(file, "cannot be reached");
}

LineSocket::LineSocket(FileDescriptor fd, Millis patience, std::size_t line_max)
    : fd_(std::move(fd)), line_max_(line_max)
{
    wait_for(patience);
}

void LineSocket::wait_for(Millis patience)
{
    const timeval time{patience.count() / 1000, patience.count() % 1000 * 1000};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

std::optional<std::string> LineSocket::receive()
{
    for (std::size_t seen = 0;;) {
        if (const auto end = pending_.find('\n', seen); end != std::string::npos) {
            std::string line = pending_.substr(0, end);
            pending_.erase(0, end + 1);
            return line.size() > line_max_ ? std::nullopt : std::optional(std::move(line));
        }
        seen = pending_.size();
        if (seen > line_max_)
            return std::nullopt;
        std::array<char, 16384> chunk{};
        const ssize_t got = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return std::nullopt;
        pending_.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

bool LineSocket::send(std::string_view line)
{
    std::string text(line);
    text += '\n';
    for (std::string_view left = text; !left.empty();) {
        const ssize_t sent = ::send(fd_.get(), left.data(), left.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        left.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool LineSocket::peer_is_us() const
{
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

void LineSocket::hang_up() { ::shutdown(fd_.get(), SHUT_RDWR); }

} // namespace montbrillant
