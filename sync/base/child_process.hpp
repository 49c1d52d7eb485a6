// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A child program that talks in lines: we write to its stdin and read its stdout; stderr is inherited.
/// One thread owns the object. The child dies with us (PR_SET_PDEATHSIG) and with the object (SIGKILL).

#include "sync/base/clock.hpp"
#include "sync/base/files.hpp"
#include "sync/base/result.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace montbrillant {

class ChildProcess {
public:
    /// `arguments[0]` is the program's path or a name found in PATH.
    [[nodiscard]] static Result<ChildProcess> start(const std::vector<std::string>& arguments);

    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ~ChildProcess();

    enum class Read { line, timeout, ended };
    /// The next whole line without its newline, at most `line_max` bytes; longer ones end the conversation.
    [[nodiscard]] Read read_line(std::string& line, Millis patience);
    /// False when the child no longer reads.
    [[nodiscard]] bool write_line(std::string_view line);
    void kill();
    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] bool running();

    static constexpr std::size_t line_max = 65536;

private:
    ChildProcess(pid_t pid, FileDescriptor in, FileDescriptor out)
        : pid_(pid), stdin_(std::move(in)), stdout_(std::move(out))
    {
    }
    [[nodiscard]] bool take_line(std::string& line);

    pid_t pid_ = -1;
    FileDescriptor stdin_;
    FileDescriptor stdout_;
    std::string pending_;
};

} // namespace montbrillant
