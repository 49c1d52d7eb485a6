// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How a command reaches the kiosk that holds the folder: "control.sock" in it (0600, the same user only).
/// One command a connection, in JSON lines:
///
///     >  {"args":["people","search","Li"],"cwd":"/srv/desk"}      at most 64 KiB, within five seconds
///     <  {"out":"..."} or {"err":"..."}                            one for each line, as they come
///     <  {"progress":"..."}                                        a line that the next one replaces
///     <  {"exit":0}                                                the last one
///
/// Several commands may wait; they are carried out one after the other.

#include "kiosk/cli/host.hpp"
#include "sync/base/local_socket.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace montbrillant {

inline constexpr std::string_view control_socket_name = "control.sock";

class ControlServer {
public:
    /// Carries out one command and gives its exit code. Called on a thread of the server's, one call at a
    /// time. `output` may be used until it returns, by any one thread, and never waits for the other process.
    using Handler = std::function<int(const std::vector<std::string>& args, const std::filesystem::path& cwd,
                                      Output& output)>;

    /// Listens for the life of the object. The caller holds the folder's lock: a socket that is there is the
    /// leftover of a killed kiosk.
    [[nodiscard]] static Result<std::unique_ptr<ControlServer>> start(const std::filesystem::path& path,
                                                                      Handler handler);
    /// Waits for the command that is being carried out; who waits longer is hung up on.
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    static constexpr std::size_t request_bytes_max = 65536;
    static constexpr std::size_t connections_max = 8;
    /// Of one answer; what is beyond is cut and said.
    static constexpr std::size_t answer_bytes_max = 512U * 1024U * 1024U;

private:
    struct Connection;
    ControlServer(std::filesystem::path path, FileDescriptor listener, FileDescriptor wake, Handler handler);
    void listen();
    void welcome(FileDescriptor fd);
    void converse(Connection& connection);
    void forget_finished();

    std::filesystem::path path_;
    FileDescriptor listener_;
    FileDescriptor wake_; ///< an eventfd: time to go
    Handler handler_;
    std::mutex turn_; ///< one command at a time
    std::atomic<bool> stopping_ = false;
    std::list<Connection> connections_;
    std::thread thread_;
};

/// Has the command carried out by the process that listens on `path`; its exit code. Nothing when nobody
/// listens there.
[[nodiscard]] Result<std::optional<int>> forward(const std::filesystem::path& path,
                                                 const std::vector<std::string>& args,
                                                 const std::filesystem::path& cwd, const Output& output);

} // namespace montbrillant
