// SPDX-License-Identifier: Apache-2.0
#include "sync/base/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace montbrillant {

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments)
{
    std::array<int, 2> to_child{};
    std::array<int, 2> from_child{};
    if (::pipe2(to_child.data(), O_CLOEXEC) != 0)
        return fail(ErrorKind::device, std::strerror(errno), arguments.front());
    FileDescriptor child_in(to_child[0]);
    FileDescriptor our_out(to_child[1]);
    if (::pipe2(from_child.data(), O_CLOEXEC) != 0)
        return fail(ErrorKind::device, std::strerror(errno), arguments.front());
    FileDescriptor our_in(from_child[0]);
    FileDescriptor child_out(from_child[1]);

    std::vector<char*> argv;
    for (const auto& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);

    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0)
        return fail(ErrorKind::device, std::strerror(errno), arguments.front());
    if (pid == 0) {
        // Between fork and exec only async-signal-safe calls.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(127);
        ::dup2(child_in.get(), STDIN_FILENO);
        ::dup2(child_out.get(), STDOUT_FILENO);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::signal(SIGPIPE, SIG_DFL);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    return ChildProcess(pid, std::move(our_out), std::move(our_in));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), stdin_(std::move(other.stdin_)), stdout_(std::move(other.stdout_)),
      pending_(std::move(other.pending_))
{
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept
{
    if (this != &other) {
        kill();
        pid_ = std::exchange(other.pid_, -1);
        stdin_ = std::move(other.stdin_);
        stdout_ = std::move(other.stdout_);
        pending_ = std::move(other.pending_);
    }
    return *this;
}

ChildProcess::~ChildProcess() { kill(); }

bool ChildProcess::take_line(std::string& line)
{
    const auto end = pending_.find('\n');
    if (end == std::string::npos)
        return false;
    line = pending_.substr(0, end);
    pending_.erase(0, end + 1);
    return true;
}

ChildProcess::Read ChildProcess::read_line(std::string& line, Millis patience)
{
    const FileDescriptor alarm(
        ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)); // one deadline for all parts of a line
    const auto ms = std::max<std::int64_t>(patience.count(), 0);
    const itimerspec once{{0, 0}, {ms / 1000, ms % 1000 * 1000000 + 1}}; // + 1: zero would disarm it
    ::timerfd_settime(alarm.get(), 0, &once, nullptr);
    while (!take_line(line)) {
        if (pending_.size() > line_max)
            return Read::ended;
        std::array<pollfd, 2> waiting{{{stdout_.get(), POLLIN, 0}, {alarm.get(), POLLIN, 0}}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR)
            return Read::ended;
        if (waiting[0].revents == 0) {
            if (waiting[1].revents != 0)
                return Read::timeout;
            continue;
        }
        std::array<char, 4096> chunk{};
        const ssize_t got = ::read(stdout_.get(), chunk.data(), chunk.size());
        if (got <= 0)
            return Read::ended;
        pending_.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return Read::line;
}

bool ChildProcess::write_line(std::string_view line)
{
    std::string text(line);
    text += '\n';
    // A child that stopped reading must not stop us: its pipe holds 64 KiB, more than we ever owe it.
    const ssize_t written = ::write(stdin_.get(), text.data(), text.size());
    return written == static_cast<ssize_t>(text.size());
}

void ChildProcess::kill()
{
    if (pid_ <= 0)
        return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

bool ChildProcess::running()
{
    if (pid_ <= 0)
        return false;
    if (::waitpid(pid_, nullptr, WNOHANG) == 0)
        return true;
    pid_ = -1;
    return false;
}

} // namespace montbrillant
