// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Listens to what other nodes of a database announce (`LISTEN`), on a thread and a connection of its own.
/// While the database is away it tries again each second and, once back, calls as if something were new.

#include "sync/base/files.hpp"
#include "sync/registry/postgres.hpp"

#include <functional>
#include <thread>

namespace montbrillant::registry {

class PostgresWatch {
public:
    /// `wake` is called on the watch's thread with what was announced; empty: something may have been missed.
    using Wake = std::function<void(const std::string& payload)>;
    [[nodiscard]] static Result<std::unique_ptr<PostgresWatch>>
    start(const postgres::Connection::Options& options, std::string_view channel, Wake wake);
    /// Ends the thread; no call of `wake` after it.
    ~PostgresWatch();

private:
    PostgresWatch(postgres::Connection::Options options, std::string_view channel, FileDescriptor end,
                  Wake wake);
    void watch();
    void listen();
    [[nodiscard]] bool ended(Millis patience) const;

    postgres::Connection::Options options_;
    std::string channel_;
    FileDescriptor end_; ///< an eventfd: time to go
    Wake wake_;
    std::thread thread_;
};

} // namespace montbrillant::registry
