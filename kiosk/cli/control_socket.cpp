// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/control_socket.hpp"

#include "sync/base/json.hpp"
#include "sync/base/log.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace montbrillant {
namespace {

constexpr Millis request_patience{5000};
/// Somebody may look at a long answer page by page.
constexpr Millis answer_patience{600'000};
constexpr std::size_t answer_line_max = 64U * 1024U * 1024U;

struct Request {
    std::vector<std::string> args;
    std::filesystem::path cwd;
};

Result<Request> parse_request(const std::string& line)
{
    MB_TRY(const Json json, parse_json(line, "command", {ControlServer::request_bytes_max, 4}));
    Request request;
    const auto args = json.find("args");
    if (!json.is_object() || args == json.end() || !args->is_array())
        return fail(ErrorKind::input, "{\"args\":[...],\"cwd\":\"...\"} was expected", "command");
    for (const auto& arg : *args) {
        if (!arg.is_string())
            return fail(ErrorKind::input, "an argument is no text", "command");
        request.args.push_back(arg.get<std::string>());
    }
    request.cwd = json_text_or(json, "cwd", "/");
    if (!request.cwd.is_absolute())
        return fail(ErrorKind::input, "the working folder is no absolute path", "command");
    return request;
}

/// Lines on their way to a process that may read slowly; whoever says them never waits.
class Answer {
public:
    explicit Answer(LineSocket& socket) : socket_(socket), thread_([this] { send_all(); }) {}
    ~Answer() { close(); }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    void say(const Json& line)
    {
        std::string text = dump_json(line);
        {
            const std::lock_guard lock(mutex_);
            if (gone_ || bytes_ + text.size() > ControlServer::answer_bytes_max) {
                cut_ = true;
                return;
            }
            bytes_ += text.size();
            lines_.push_back(std::move(text));
        }
        changed_.notify_one();
    }
    /// The other process did not get everything.
    [[nodiscard]] bool cut()
    {
        const std::lock_guard lock(mutex_);
        return cut_;
    }
    /// Waits until all is sent, or cannot be.
    void close()
    {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        changed_.notify_one();
        if (thread_.joinable())
            thread_.join();
    }

private:
    void send_all()
    {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return closed_ || !lines_.empty(); });
            if (lines_.empty())
                return;
            const std::string line = std::move(lines_.front());
            lines_.pop_front();
            lock.unlock();
            const bool sent = socket_.send(line);
            lock.lock();
            if (!sent) {
                gone_ = true;
                lines_.clear();
            }
        }
    }

    LineSocket& socket_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> lines_;
    std::size_t bytes_ = 0; ///< of the whole answer
    bool closed_ = false;
    bool gone_ = false;
    bool cut_ = false;
    std::thread thread_;
};

int handle(const ControlServer::Handler& handler, const Request& request, Answer& answer)
{
    Output output{[&answer](std::string_view line) { answer.say({{"out", line}}); },
                  [&answer](std::string_view line) { answer.say({{"err", line}}); }, false,
                  [&answer](std::string_view line) { answer.say({{"progress", line}}); }};
    try {
        return handler(request.args, request.cwd, output);
    } catch (const std::exception& error) {
        log::error("a command broke off error=\"{}\"", error.what());
        return output.report({ErrorKind::storage, "the command broke off in the kiosk", {}, "see its log"});
    }
}

} // namespace

struct ControlServer::Connection {
    explicit Connection(FileDescriptor fd) : socket(std::move(fd), request_patience, request_bytes_max) {}
    LineSocket socket;
    std::atomic<bool> finished = false;
    std::thread thread;
};

ControlServer::ControlServer(std::filesystem::path path, FileDescriptor listener, FileDescriptor wake,
                             Handler handler)
    : path_(std::move(path)), listener_(std::move(listener)), wake_(std::move(wake)),
      handler_(std::move(handler)), thread_([this] { listen(); })
{
}

Result<std::unique_ptr<ControlServer>> ControlServer::start(const std::filesystem::path& path,
                                                            Handler handler)
{
    MB_TRY(FileDescriptor listener, listen_local(path));
    FileDescriptor wake(::eventfd(0, EFD_CLOEXEC));
    if (!wake.valid())
        return fail(ErrorKind::storage, std::strerror(errno), path.string());
    return std::unique_ptr<ControlServer>(
        new ControlServer(path, std::move(listener), std::move(wake), std::move(handler)));
}

ControlServer::~ControlServer()
{
    stopping_ = true;
    const std::uint64_t one = 1;
    if (::write(wake_.get(), &one, sizeof one) != sizeof one)
        log::error("the control socket cannot be ended error=\"{}\"", std::strerror(errno));
    thread_.join();
    for (auto& connection : connections_)
        connection.socket.hang_up();
    for (auto& connection : connections_)
        connection.thread.join();
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void ControlServer::listen()
{
    for (;;) {
        std::array<pollfd, 2> waiting{pollfd{listener_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR)
            return log::error("the control socket ended error=\"{}\"", std::strerror(errno));
        if (waiting[1].revents != 0)
            return;
        if (waiting[0].revents != 0)
            welcome(FileDescriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
        forget_finished();
    }
}

void ControlServer::welcome(FileDescriptor fd)
{
    if (!fd.valid())
        return;
    forget_finished();
    if (connections_.size() >= connections_max) {
        LineSocket busy(std::move(fd), Millis{100}, request_bytes_max);
        static_cast<void>(busy.send(dump_json({{"err", "too many commands wait for the kiosk"}})) &&
                          busy.send(dump_json({{"exit", exit_code(ErrorKind::device)}})));
        return;
    }
    Connection& connection = connections_.emplace_back(std::move(fd));
    connection.thread = std::thread([this, &connection] {
        converse(connection);
        connection.socket.hang_up();
        connection.finished = true;
    });
}

void ControlServer::converse(Connection& connection)
{
    if (!connection.socket.peer_is_us())
        return log::warn("another user's command was not heard");
    const auto line = connection.socket.receive();
    if (!line)
        return;
    connection.socket.wait_for(answer_patience);
    Answer answer(connection.socket);
    int code = 0;
    const auto request = parse_request(*line);
    if (request) {
        const std::lock_guard turn(turn_);
        if (stopping_)
            return;
        code = handle(handler_, *request, answer);
    } else {
        answer.say({{"err", request.error().text()}});
        code = exit_code(request.error().kind);
    }
    if (!answer.cut())
        answer.say({{"exit", code}});
    answer.close();
}

void ControlServer::forget_finished()
{
    for (auto connection = connections_.begin(); connection != connections_.end();) {
        if (connection->finished) {
            connection->thread.join();
            connection = connections_.erase(connection);
        } else {
            ++connection;
        }
    }
}

namespace {

tl::unexpected<Error> nonsense(const std::filesystem::path& path)
{
    return fail(ErrorKind::device, "the process that holds the folder is no kiosk of this version",
                path.string(), "use that program's own command, or stop it first");
}

void show_progress(const Output& output, std::string_view line)
{
    if (output.progress)
        output.progress(line);
}

} // namespace

Result<std::optional<int>> forward(const std::filesystem::path& path, const std::vector<std::string>& args,
                                   const std::filesystem::path& cwd, const Output& output)
{
    std::error_code none;
    if (!std::filesystem::exists(path, none))
        return std::optional<int>();
    MB_TRY(auto fd, connect_local(path));
    if (!fd)
        return std::optional<int>();
    const std::string request = dump_json({{"args", args}, {"cwd", cwd.string()}});
    if (request.size() > ControlServer::request_bytes_max)
        return fail(ErrorKind::input, "the command is too long for a running kiosk", path.string());
    LineSocket socket(std::move(*fd), answer_patience, answer_line_max);
    if (!socket.send(request))
        return fail(ErrorKind::device, "the running kiosk does not listen", path.string());
    while (const auto line = socket.receive()) {
        const auto json = parse_json(*line, "answer", {answer_line_max, 8});
        if (!json || !json->is_object())
            return nonsense(path);
        if (const auto out = json_text(*json, "out"))
            output.out(*out);
        else if (const auto err = json_text(*json, "err"))
            output.err(*err);
        else if (const auto progress = json_text(*json, "progress"))
            show_progress(output, *progress);
        else if (const auto code = json_int(*json, "exit"))
            return std::optional(static_cast<int>(*code));
        else
            return nonsense(path);
    }
    return fail(ErrorKind::device, "the running kiosk's answer broke off", path.string(),
                "see its log; the command may have been carried out");
}

} // namespace montbrillant
