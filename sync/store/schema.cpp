// SPDX-License-Identifier: Apache-2.0
#include "sync/store/schema.hpp"

#include <array>
#include <fmt/format.h>

namespace montbrillant {
namespace {

/// 1: the walking skeleton. Journal rows are the truth; entity is the confirmed projection, one row each, so
/// that a change writes exactly what `apply` named; `seq` is null while a device's fact is on its way.
Result<> step_1(sqlite::Database& database)
{
    return database.execute(R"sql(
        CREATE TABLE setting (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE journal (
            device TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            seq INTEGER,
            id TEXT NOT NULL,
            kind TEXT NOT NULL,
            verdict TEXT,
            conflict TEXT,
            reason TEXT,
            bytes TEXT NOT NULL,
            previous BLOB NOT NULL,
            hash BLOB NOT NULL,
            log_hash BLOB,
            delegate TEXT,
            PRIMARY KEY (device, epoch, counter)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX journal_seq ON journal (seq) WHERE seq IS NOT NULL;
        CREATE TABLE entity (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE record (
            delegate TEXT PRIMARY KEY,
            key BLOB NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE print_job (
            key TEXT NOT NULL UNIQUE,
            badge TEXT NOT NULL,
            delegate TEXT NOT NULL,
            state TEXT NOT NULL,
            ipp_job INTEGER NOT NULL,
            printer_uuid TEXT NOT NULL,
            printer_up_time_s INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE TABLE unlock_intent (
            id TEXT NOT NULL UNIQUE,
            bank TEXT NOT NULL,
            door INTEGER NOT NULL,
            badge TEXT NOT NULL,
            by_staff INTEGER NOT NULL,
            not_after INTEGER NOT NULL,
            fires_before INTEGER NOT NULL,
            state TEXT NOT NULL,
            outcome TEXT NOT NULL
        ) STRICT;
        CREATE INDEX unlock_intent_open ON unlock_intent (outcome) WHERE outcome = '';
    )sql");
}

/// 2: records lie in layers as states do. `own_record` is what a device wrote and the registry has not
/// ordered yet; `proposal` is the record of a claim that lost, kept until people decide.
Result<> step_2(sqlite::Database& database)
{
    return database.execute(R"sql(
        CREATE TABLE own_record (
            delegate TEXT PRIMARY KEY,
            counter INTEGER NOT NULL,
            key BLOB NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO own_record (delegate, counter, key, sealed)
            SELECT record.delegate, max(journal.counter), record.key, record.sealed
            FROM journal JOIN record ON record.delegate = journal.delegate
            WHERE journal.seq IS NULL GROUP BY record.delegate;
        CREATE TABLE proposal (
            fact TEXT PRIMARY KEY,
            delegate TEXT NOT NULL,
            key BLOB NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
    )sql");
}

using StepFunction = Result<> (*)(sqlite::Database&);
constexpr std::array<StepFunction, schema_version> steps{step_1, step_2};

Result<std::int64_t> version_of(sqlite::Database& database)
{
    MB_TRY(auto select, database.prepare("PRAGMA user_version"));
    MB_TRY(const bool row, select.step());
    return row ? select.integer(0) : 0;
}

} // namespace

Result<> migrate(sqlite::Database& database, const std::string& file)
{
    MB_TRY(const std::int64_t found, version_of(database));
    if (found > schema_version)
        return fail(
            ErrorKind::storage,
            fmt::format("written by a newer program (schema {}, this one knows {})", found, schema_version),
            file, "install the newer program; nothing was changed");
    for (std::int64_t version = found; version < schema_version; ++version) {
        MB_TRY(auto transaction, database.begin_immediate());
        MB_CHECK(steps[static_cast<std::size_t>(version)](database));
        MB_CHECK(database.execute(fmt::format("PRAGMA user_version = {}", version + 1)));
        MB_CHECK(transaction.commit());
    }
    return {};
}

} // namespace montbrillant
