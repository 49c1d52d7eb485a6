// SPDX-License-Identifier: Apache-2.0
#pragma once

/// An empty registry on one of the two engines, before and after it runs.

#include "sync/registry/folder.hpp"
#include "sync/registry/http_server.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/temporary_folder.hpp"

#include <optional>
#include <vector>

namespace montbrillant::bench {

enum class Engine { sqlite, postgres };

class Place {
public:
    /// Starts a server of PostgreSQL when that is the engine; both sync what they commit.
    explicit Place(Engine engine);
    [[nodiscard]] registry::Service open();
    /// What the engine alone takes for the rows that are there now, in batches of `sizes` in turn. Nobody may
    /// have the place open.
    [[nodiscard]] double bare_seconds(const std::vector<std::size_t>& sizes);

private:
    test::TemporaryFolder folder_;
    std::optional<test::PostgresServer> server_;
    registry::StoreAddress address_;
    SystemClock clock_;
    SystemRandom random_;
    bool made_ = false;
};

/// As the program serves: a few hundred kiosks may ask and wait at once.
[[nodiscard]] registry::HttpServer::Options many_connections();

} // namespace montbrillant::bench
