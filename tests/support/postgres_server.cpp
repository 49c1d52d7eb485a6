// SPDX-License-Identifier: Apache-2.0
#include "tests/support/postgres_server.hpp"

#include <csignal>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <memory>
#include <stdexcept>
#include <sys/wait.h>

namespace montbrillant::test {
namespace {

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};

} // namespace

std::filesystem::path PostgresServer::quick_folder()
{
    const std::filesystem::path memory = "/dev/shm";
    constexpr std::uintmax_t room = std::uintmax_t{1} << 30;
    std::error_code failed;
    const auto space = std::filesystem::space(memory, failed);
    return !failed && space.available >= room ? memory : std::filesystem::temp_directory_path();
}

PostgresServer::PostgresServer(const std::filesystem::path& parent) : folder_(parent) { start(); }

PostgresServer::~PostgresServer() { stop(); }

void PostgresServer::start()
{
    auto started = ChildProcess::start({MONTBRILLANT_POSTGRES_SH, folder().string()});
    if (!started)
        throw std::runtime_error(started.error().text());
    child_ = std::move(*started);
    std::string line;
    for (int tries = 0; tries < 3000; ++tries) {
        const std::unique_ptr<PGconn, Finish> probe(PQconnectdb(address("postgres").c_str()));
        if (PQstatus(probe.get()) == CONNECTION_OK)
            return;
        if (child_->read_line(line, Millis(20)) == ChildProcess::Read::ended || !child_->running())
            break;
    }
    throw std::runtime_error("PostgreSQL does not start: " + folder().string());
}

void PostgresServer::stop(bool crash)
{
    if (!child_)
        return;
    ::kill(child_->pid(), crash ? SIGQUIT : SIGINT);
    siginfo_t ended{};
    ::waitid(P_PID, static_cast<id_t>(child_->pid()), &ended, WEXITED | WNOWAIT);
    child_.reset();
}

std::string PostgresServer::address(const std::string& database, const std::filesystem::path& folder)
{
    return fmt::format("postgresql:///{}?host={}&user=montbrillant", database, folder.string());
}

std::string PostgresServer::address(const std::string& database) const { return address(database, folder()); }

std::string PostgresServer::create_database()
{
    auto name = fmt::format("t{}", ++databases_);
    static_cast<void>(ask("postgres", "CREATE DATABASE " + name));
    return name;
}

std::string PostgresServer::ask(const std::string& database, const std::string& sql) const
{
    const std::unique_ptr<PGconn, Finish> connection(PQconnectdb(address(database).c_str()));
    const std::unique_ptr<PGresult, Clear> result(PQexec(connection.get(), sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(PQerrorMessage(connection.get()));
    return PQntuples(result.get()) == 0 ? "" : PQgetvalue(result.get(), 0, 0);
}

} // namespace montbrillant::test
