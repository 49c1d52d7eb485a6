// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/control.hpp"

#include "sync/base/local_socket.hpp"
#include "sync/base/log.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace montbrillant::registry {
namespace {

constexpr std::string_view socket_name = "control.sock";
constexpr std::size_t line_bytes_max = 65536;
constexpr Millis patience{10000};

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
    const auto file = folder / socket_name;
    MB_TRY(auto listener, listen_local(file));
    FileDescriptor wake(::eventfd(0, EFD_CLOEXEC));
    if (!wake.valid())
        return fail(ErrorKind::storage, std::strerror(errno), file.string());
    return std::unique_ptr<ControlSocket>(
        new ControlSocket(std::move(listener), std::move(wake), file, std::move(handle)));
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
        FileDescriptor connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (connection.valid())
            converse(LineSocket(std::move(connection), patience, line_bytes_max));
    }
}

void ControlSocket::converse(LineSocket connection)
{
    if (!connection.peer_is_us())
        return;
    const auto line = connection.receive();
    if (!line)
        return;
    try {
        static_cast<void>(connection.send(handle_(*line)));
    } catch (const std::exception& error) {
        log::error("a command ended in an exception: {}", error.what());
    }
}

Result<std::optional<std::string>> ask_running(const std::filesystem::path& folder, std::string_view line)
{
    if (!std::filesystem::exists(folder))
        return std::optional<std::string>();
    MB_TRY(auto connected, connect_local(folder / socket_name));
    if (!connected)
        return std::optional<std::string>();
    LineSocket connection(std::move(*connected), patience, line_bytes_max);
    auto answer = connection.send(line) ? connection.receive() : std::nullopt;
    if (!answer)
        return fail(ErrorKind::network, "the running registry does not answer", folder.string(),
                    "see its log");
    return answer;
}

} // namespace montbrillant::registry
