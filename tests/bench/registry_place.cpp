// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/registry_place.hpp"

#include "tests/bench/bare_log.hpp"
#include "tests/bench/push_load.hpp"

#include <utility>

namespace montbrillant::bench {

Place::Place(Engine engine) : folder_(std::filesystem::current_path())
{
    if (engine == Engine::postgres) {
        server_.emplace(std::filesystem::current_path());
        address_ = must(registry::read_store_address(server_->address(server_->create_database()),
                                                     (folder_.path() / "keys").string()));
    } else {
        address_ = {folder_.path() / "data", "registry.db"};
    }
}

registry::Service Place::open()
{
    const auto* const event = std::exchange(made_, true) ? "" : MONTBRILLANT_EVENT;
    return must(registry::open_service(address_, event, clock_, random_));
}

double Place::bare_seconds(const std::vector<std::size_t>& sizes)
{
    if (!server_)
        return bare_sqlite_seconds(address_.folder / address_.file_name, folder_.path() / "bare.db", sizes);
    return bare_postgres_seconds(address_.database, server_->address(server_->create_database()), sizes);
}

registry::HttpServer::Options many_connections()
{
    registry::HttpServer::Options options;
    options.connections_max = 4096;
    return options;
}

} // namespace montbrillant::bench
