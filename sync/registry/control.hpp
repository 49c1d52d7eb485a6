// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How the command line reaches a registry that is running: a local socket "control.sock" (0600) in the data
/// folder (0700), one JSON object per line each way. Without a running registry the same command is carried
/// out on the folder itself, which nobody else holds then.
///
///   {"command":"enrol-token","name":"K2"}      {"device":"K2","expires":1504510800000,"token":"ABCD-...",
///                                              "url":"https://...","invitation":"montbrillant:enrol?..."}
///   {"command":"device-list"}                  {"devices":[{"device":"K2","epoch":1,"state":"active",...}]}
///   {"command":"device-revoke","name":"K2"}    {"device":"K2","state":"revoked"}
///   {"command":"token-add","name":"site","scopes":["people"]}
///                                              {"name":"site","scopes":["people"],"token":"mbt_..."}
///   {"command":"token-list"}                   {"tokens":[{"made":"...","name":"site","scopes":["people"]}]}
///   {"command":"token-revoke","name":"site"}   {"name":"site","revoked":true}
///   {"command":"backup","file":"/absolute"}    {"file":"/absolute","head":1234}
///   {"command":"event-close","by":"R-9"}       {"closed":true,"erase_from":"2017-10-15T..."}
///   {"command":"event-erase","by":"R-9","now":true,"why":"..."}
///                                              {"certificate":"{...}","text":"...","proves":true}
///   {"command":"people-erase","name":"R-17"}   {"erased":true,"id":"R-17"}
/// A failure is {"error":{"kind","what","where","remedy"}}.

#include "sync/base/files.hpp"
#include "sync/base/local_socket.hpp"
#include "sync/registry/service.hpp"

#include <filesystem>
#include <optional>
#include <thread>

namespace montbrillant::registry {

/// Carries out one line; the answer is one line. The Service's thread.
[[nodiscard]] std::string run_command(Service& service, std::string_view line);
/// The answer as a value: what `run_command` said, or its error.
[[nodiscard]] Result<std::string> command_result(std::string answer);

/// Listens for the life of the object; `handle` is called on its own thread, one command at a time.
class ControlSocket {
public:
    using Handle = std::function<std::string(std::string_view line)>;
    [[nodiscard]] static Result<std::unique_ptr<ControlSocket>> start(const std::filesystem::path& folder,
                                                                      Handle handle);
    ~ControlSocket();

private:
    ControlSocket(FileDescriptor listener, FileDescriptor wake, std::filesystem::path file, Handle handle);
    void serve();
    void converse(LineSocket connection);

    FileDescriptor listener_;
    FileDescriptor wake_; ///< an eventfd: time to go
    std::filesystem::path file_;
    Handle handle_;
    std::thread thread_;
};

/// Asks the registry that runs on `folder`; nothing when none does.
[[nodiscard]] Result<std::optional<std::string>> ask_running(const std::filesystem::path& folder,
                                                             std::string_view line);

} // namespace montbrillant::registry
