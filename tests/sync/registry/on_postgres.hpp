// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A database of the one server that this test program starts, and nodes of a registry on it.

#include "sync/registry/folder.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/sync/store/store_support.hpp"

#include <filesystem>
#include <string>

namespace montbrillant::test {

/// Started when it is first asked for, ended with the program.
inline PostgresServer& postgres_server()
{
    static PostgresServer server;
    return server;
}

/// An empty database and a folder for each node's keys.
struct Database {
    TemporaryFolder folder;
    std::string name = postgres_server().create_database();
    ManualClock clock;
    SystemRandom random;
    std::string by_way_of; ///< a folder with another socket to the server; empty: its own

    [[nodiscard]] std::filesystem::path keys_of(const std::string& node) const
    {
        return folder.path() / node;
    }
    [[nodiscard]] registry::StoreAddress address(const std::string& node) const
    {
        const auto at =
            by_way_of.empty() ? postgres_server().address(name) : PostgresServer::address(name, by_way_of);
        return must(registry::read_store_address(at, keys_of(node).string()));
    }
    /// The first makes the event and its keys, as an operator does; each other gets a copy of them.
    Result<registry::Service> try_node(const std::string& node)
    {
        const auto own = keys_of(node) / EventKeyFile::name;
        if (first_.empty())
            first_ = node;
        else if (!std::filesystem::exists(own)) {
            std::filesystem::create_directories(keys_of(node));
            std::filesystem::copy_file(keys_of(first_) / EventKeyFile::name, own);
        }
        auto opened = registry::open_service(address(node), made_ ? "" : MONTBRILLANT_EVENT, clock, random);
        made_ = made_ || opened;
        return opened;
    }
    registry::Service node(const std::string& node) { return must(try_node(node)); }
    [[nodiscard]] std::string ask(const std::string& sql) const { return postgres_server().ask(name, sql); }

private:
    std::string first_;
    bool made_ = false;
};

} // namespace montbrillant::test
