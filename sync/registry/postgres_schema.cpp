// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/postgres_schema.hpp"

#include <array>
#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

/// 1: the first. `seq` is given by whoever holds the writers' lock, never by a sequence: a cursor over it
/// sees rows in their order and skips none.
constexpr std::string_view step_1 = R"sql(
    CREATE SCHEMA montbrillant;
    CREATE SCHEMA montbrillant_keys;
    CREATE TABLE montbrillant.schema_version (version bigint NOT NULL);
    INSERT INTO montbrillant.schema_version VALUES (0);
    CREATE TABLE montbrillant.setting (
        key text PRIMARY KEY,
        value text NOT NULL
    );
    CREATE TABLE montbrillant.journal (
        seq bigint PRIMARY KEY,
        device text COLLATE "C" NOT NULL,
        epoch bigint NOT NULL,
        counter bigint NOT NULL,
        id bytea NOT NULL,
        kind bytea NOT NULL,
        verdict text NOT NULL,
        conflict text,
        reason bytea NOT NULL,
        bytes bytea NOT NULL,
        previous bytea NOT NULL,
        hash bytea NOT NULL,
        log_hash bytea NOT NULL,
        delegate bytea,
        UNIQUE (device, epoch, counter)
    );
    CREATE TABLE montbrillant.entity (
        kind text COLLATE "C" NOT NULL,
        key bytea NOT NULL,
        value bytea NOT NULL,
        PRIMARY KEY (kind, key)
    );
    CREATE TABLE montbrillant.record (
        delegate bytea PRIMARY KEY,
        key bytea NOT NULL,
        sealed bytea NOT NULL
    );
    CREATE TABLE montbrillant.proposal (
        fact bytea PRIMARY KEY,
        delegate bytea NOT NULL,
        key bytea NOT NULL,
        sealed bytea NOT NULL
    );
    CREATE TABLE montbrillant_keys.delegate_key (
        delegate bytea NOT NULL,
        id bytea NOT NULL,
        wrapped bytea NOT NULL,
        PRIMARY KEY (delegate, id)
    );
    CREATE TABLE montbrillant_keys.erased (delegate bytea PRIMARY KEY);
)sql";

constexpr std::array steps{step_1};

Result<std::int64_t> version_of(postgres::Connection& connection)
{
    MB_TRY(const auto there, connection.run("SELECT to_regclass('montbrillant.schema_version') IS NOT NULL"));
    if (there.integer(0, 0) == 0)
        return 0;
    MB_TRY(const auto rows, connection.run("SELECT version FROM montbrillant.schema_version"));
    return rows.count() == 0 ? 0 : rows.integer(0, 0);
}

Result<> refuse_unsafe(postgres::Connection& connection)
{
    MB_TRY(const auto synced, connection.run("SELECT current_setting('fsync')"));
    if (synced.text(0, 0) == "on")
        return {};
    return fail(ErrorKind::storage,
                "this PostgreSQL does not write to the disk what it commits (fsync = off)", "--store",
                "set fsync = on: an acknowledged fact is never lost");
}

} // namespace

Result<> prepare_session(postgres::Connection& connection)
{
    // Whoever holds the lock and falls silent is cut off, and the lock with it.
    return connection.execute("SET synchronous_commit = on;"
                              "SET statement_timeout = '20s';"
                              "SET lock_timeout = '10s';"
                              "SET idle_in_transaction_session_timeout = '5s';"
                              "SET tcp_keepalives_idle = 5;"
                              "SET tcp_keepalives_interval = 2;"
                              "SET tcp_keepalives_count = 3;"
                              "SET jit = off;");
}

Result<> migrate(postgres::Connection& connection)
{
    MB_CHECK(refuse_unsafe(connection));
    MB_CHECK(connection.execute(fmt::format("BEGIN; SELECT pg_advisory_xact_lock({})", writers_lock)));
    MB_TRY(const auto found, version_of(connection));
    if (found > static_cast<std::int64_t>(steps.size()))
        return fail(ErrorKind::storage,
                    fmt::format("the database was written by a newer program (schema {}, this one knows {})",
                                found, steps.size()),
                    "--store", "install the newer program; nothing was changed");
    for (auto version = static_cast<std::size_t>(found); version < steps.size(); ++version)
        MB_CHECK(connection.execute(fmt::format("{} UPDATE montbrillant.schema_version SET version = {};",
                                                steps[version], version + 1)));
    return connection.execute("COMMIT");
}

} // namespace montbrillant::registry
