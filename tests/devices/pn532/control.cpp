// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/pn532/control.hpp"

#include "tests/devices/pn532/simulator.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace montbrillant::pn532 {
namespace {

bool readable(int fd)
{
    pollfd waiting{fd, POLLIN, 0};
    return ::poll(&waiting, 1, 0) == 1;
}

void write_line(int fd, std::string line)
{
    line += '\n';
    // Answers are short and asked for one by one: they fit every pipe and socket buffer.
    [[maybe_unused]] const ssize_t written = ::write(fd, line.data(), line.size());
}

Result<FileDescriptor> listen_on(const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = path.string();
    if (name.size() >= sizeof address.sun_path)
        return fail(ErrorKind::input, "the socket's path is too long", name);
    std::memcpy(address.sun_path, name.data(), name.size());
    FileDescriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::unlink(name.c_str());
    const mode_t before = ::umask(0177);
    const int bound = ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::umask(before);
    if (bound != 0 || ::listen(listener.get(), static_cast<int>(Control::connections_max)) != 0)
        return fail(ErrorKind::device, std::strerror(errno), name);
    return listener;
}

} // namespace

Result<Control> Control::open(std::filesystem::path socket)
{
    Control control(std::move(socket));
    control.streams_.push_back(
        {FileDescriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)), STDOUT_FILENO, {}});
    if (!control.socket_.empty()) {
        MB_TRY(FileDescriptor listener, listen_on(control.socket_));
        control.listener_ = std::move(listener);
    }
    return control;
}

Control::~Control()
{
    if (listener_.valid())
        ::unlink(socket_.c_str());
}

void Control::announce(std::string line) { write_line(STDOUT_FILENO, std::move(line)); }

std::vector<pollfd> Control::descriptors() const
{
    std::vector<pollfd> waiting{{listener_.get(), POLLIN, 0}};
    for (const Stream& stream : streams_)
        waiting.push_back({stream.in.get(), POLLIN, 0});
    return waiting;
}

bool Control::orphaned() const { return streams_.empty() && !listener_.valid(); }

void Control::accept_one()
{
    if (!listener_.valid() || streams_.size() > connections_max)
        return;
    FileDescriptor connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.valid()) {
        const int out = connection.get();
        streams_.push_back({std::move(connection), out, {}});
    }
}

void Control::serve(const Answer& answer)
{
    accept_one();
    std::erase_if(streams_, [&](Stream& stream) { return !serve_stream(stream, answer); });
}

/// False at the end of the stream, or when a line never ends.
bool Control::serve_stream(Stream& stream, const Answer& answer)
{
    if (!readable(stream.in.get()))
        return true;
    std::array<char, 1024> chunk{};
    const ssize_t got = ::read(stream.in.get(), chunk.data(), chunk.size());
    if (got <= 0)
        return false;
    stream.pending.append(chunk.data(), static_cast<std::size_t>(got));
    for (auto end = stream.pending.find('\n'); end != std::string::npos; end = stream.pending.find('\n')) {
        write_line(stream.out, answer(std::string_view(stream.pending).substr(0, end)));
        stream.pending.erase(0, end + 1);
    }
    return stream.pending.size() <= Simulator::line_max;
}

} // namespace montbrillant::pn532
