// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A real PostgreSQL server for the life of the object (tests/support/postgres.sh), in a folder of its own,
/// with fsync on: the registry refuses any other. Databases of it are made by the hundred.

#include "sync/base/child_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace montbrillant::test {

class PostgresServer {
public:
    /// In memory where the machine has room for it: its processes are killed here, its power never goes.
    [[nodiscard]] static std::filesystem::path quick_folder();
    /// Throws in words when it cannot be started.
    explicit PostgresServer(const std::filesystem::path& parent = quick_folder());
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;
    ~PostgresServer();

    /// Ends and starts it; what was committed is there afterwards. `crash`: without a goodbye.
    void stop(bool crash = false);
    void start();
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    [[nodiscard]] std::string address(const std::string& database) const;
    /// Of the same database by way of another socket's folder.
    [[nodiscard]] static std::string address(const std::string& database,
                                             const std::filesystem::path& folder);
    /// A new empty database; its name.
    std::string create_database();
    /// One statement, given to the database; the first column of the first row, or nothing.
    std::string ask(const std::string& database, const std::string& sql) const;

private:
    TemporaryFolder folder_;
    std::optional<ChildProcess> child_;
    int databases_ = 0;
};

} // namespace montbrillant::test
