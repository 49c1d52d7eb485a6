// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The real program in a folder of the test's own, as a person at a terminal uses it.

#include "sync/base/clock.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace montbrillant::test {

/// The morning of the sample event's first day, when its confirmation codes are good.
inline constexpr const char* first_morning = "2017-09-04T08:30:00+02:00";

/// For an answer of another process; only a mistake can exhaust it.
inline constexpr Millis patience{20000};

struct Run {
    int exit = -1;
    std::string out;
    std::string err;

    [[nodiscard]] std::vector<std::string> lines() const;
    /// Every line of `out` as JSON; throws for any other text.
    [[nodiscard]] std::vector<nlohmann::json> objects() const;
    /// The only line.
    [[nodiscard]] nlohmann::json object() const;
};

/// Runs the program with exactly these arguments, in `cwd`.
[[nodiscard]] Run run_program(const std::filesystem::path& cwd, const std::vector<std::string>& arguments,
                              const std::string& input = {});

/// A data folder with its configuration.
class TestDesk {
public:
    /// With the sample event, and so many made-up people.
    explicit TestDesk(int people = 0);

    /// `montbrillant --config kiosk.toml --at (first morning) ARGUMENTS`, in the folder.
    [[nodiscard]] Run operator()(std::vector<std::string> arguments, const std::string& input = {}) const;
    /// The same with --json: must end with `exit`.
    [[nodiscard]] nlohmann::json json(std::vector<std::string> arguments, int exit = 0) const;
    [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
    void write(const std::string& name, const std::string& text) const;
    [[nodiscard]] std::string read(const std::string& name) const;
    /// Adds lines to the configuration.
    void configure(const std::string& toml) const;

private:
    TemporaryFolder folder_;
};

/// The sample event's profile under another meeting's id.
[[nodiscard]] std::string other_event();

/// A CSV with the columns that every person needs.
[[nodiscard]] std::string people_csv(const std::vector<std::string>& rows);

} // namespace montbrillant::test
