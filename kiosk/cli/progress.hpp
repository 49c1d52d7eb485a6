// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How far a long command is, for whoever waits: nothing in the first second, then once a second; on a
/// terminal one line that changes, elsewhere a line each. Quiet with --json.

#include "kiosk/cli/host.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace montbrillant {

class Progress {
public:
    /// `doing` is what is said before the figures: "people.csv". `all` is the whole in the unit of `at`, when
    /// it is known. Clock and output must outlive the object.
    Progress(const Output& output, Clock& clock, std::string doing, std::optional<std::uint64_t> all);
    /// Clears the line.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// The whole, where it becomes known on the way.
    void expect(std::uint64_t all) { all_ = all; }
    /// `counted` is what people count, `done` what `all` is measured in.
    void at(std::uint64_t done, std::uint64_t counted, std::string_view of_what);

private:
    const Output& output_;
    Clock& clock_;
    std::string doing_;
    std::optional<std::uint64_t> all_;
    MonoTime began_;
    MonoTime said_;
    bool shown_ = false;
};

} // namespace montbrillant
