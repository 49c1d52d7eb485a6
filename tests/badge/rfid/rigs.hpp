// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Real processes for the tests of this folder: the simulated chip on a pseudo-terminal, and readerd on top
/// of libnfc. Waits are for lines, with a patience that only a mistake can exhaust.

#include "badge/rfid/reader_protocol.hpp"
#include "sync/base/child_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace montbrillant::test {

inline constexpr Millis patience{20000};

/// A line within `patience`; throws when the child ends or stays silent.
[[nodiscard]] std::string next_line(ChildProcess& child);

/// montbrillant-sim-pn532 under the link `port`.
class SimReader {
public:
    explicit SimReader(const std::filesystem::path& port, std::vector<std::string> more_arguments = {});
    /// One line, or several separated by newlines, which then take effect together. Throws unless all are
    /// `ok`.
    void command(const std::string& lines);
    /// Waits until it has ended by itself.
    [[nodiscard]] bool ends();

private:
    ChildProcess child_;
};

[[nodiscard]] std::string connstring(const std::filesystem::path& port);

/// montbrillant-readerd, spoken to by hand.
class ReaderdRun {
public:
    explicit ReaderdRun(const std::filesystem::path& port, const std::filesystem::path& profile = {});
    /// The next line that is not a beat.
    [[nodiscard]] ReaderLine next();
    /// Reads so many beats; nothing, or the first line between them that is something else.
    [[nodiscard]] std::optional<ReaderLine> disturbed_within_beats(int beats);
    void command(const std::string& line);
    /// Whether it ends by itself.
    [[nodiscard]] bool ends();

private:
    ChildProcess child_;
};

/// Runs a shell command to its end.
struct Finished {
    int exit_code = -1;
    std::string output; ///< stdout and stderr
};
[[nodiscard]] Finished run_shell(const std::string& command);
[[nodiscard]] std::string readerd_program();

} // namespace montbrillant::test
