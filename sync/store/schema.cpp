// SPDX-License-Identifier: Apache-2.0
#include "sync/store/schema.hpp"

#include "sync/store/row_sum.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>

namespace montbrillant {
namespace {

Result<> sum_entities(sqlite::Database& database)
{
    MB_TRY(auto select, database.prepare("SELECT kind, key, value FROM entity"));
    MB_TRY(auto update, database.prepare("UPDATE entity SET sum = ? WHERE kind = ? AND key = ?"));
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return {};
        const std::string kind = select.text(0);
        const std::string key = select.text(1);
        const RowSum sum = entity_sum(kind, key, select.text(2));
        MB_CHECK(update.run({BytesView(sum), kind, key}));
    }
}

Result<> sum_outcomes(sqlite::Database& database)
{
    MB_TRY(auto select, database.prepare("SELECT seq, log_hash, verdict, conflict, reason FROM journal "
                                         "WHERE seq > ? ORDER BY seq LIMIT 1"));
    MB_TRY(auto update, database.prepare("UPDATE journal SET sum = ? WHERE seq = ?"));
    for (std::int64_t seq = 0;;) {
        MB_TRY(const bool row, select.bind({seq}).step());
        if (!row)
            return {};
        seq = select.integer(0);
        const Bytes raw = select.blob(1);
        crypto::Hash log_hash{};
        if (raw.size() != log_hash.size())
            return fail(ErrorKind::storage, "a hash in the journal has the wrong length", "journal");
        std::copy(raw.begin(), raw.end(), log_hash.begin());
        const RowSum sum = outcome_sum(log_hash, select.text(2), select.text(3), select.text(4));
        select.reset();
        MB_CHECK(update.run({BytesView(sum), seq}));
    }
}

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

/// 3: a worn disk flips bits where no hash chain looks. Rows of the projection and the registry's outcomes
/// carry a sum of their own, so that none of them becomes a right, a badge or a locker that nobody gave.
/// `salvaged` keeps own facts that were read out of a damaged file and have no place in the chain yet.
Result<> step_3(sqlite::Database& database)
{
    MB_CHECK(database.execute(R"sql(
        ALTER TABLE entity ADD COLUMN sum BLOB;
        ALTER TABLE journal ADD COLUMN sum BLOB;
        CREATE TABLE salvaged (
            counter INTEGER PRIMARY KEY,
            bytes TEXT NOT NULL,
            delegate TEXT
        ) STRICT;
    )sql"));
    MB_CHECK(sum_entities(database));
    return sum_outcomes(database);
}

/// 4: a sheet's job lies under its key alone: with a row number beside the key every check-in wrote one page
/// more. `place` keeps the order that the row number gave.
Result<> step_4(sqlite::Database& database)
{
    return database.execute(R"sql(
        ALTER TABLE print_job RENAME TO print_job_3;
        CREATE TABLE print_job (
            key TEXT PRIMARY KEY,
            badge TEXT NOT NULL,
            delegate TEXT NOT NULL,
            state TEXT NOT NULL,
            ipp_job INTEGER NOT NULL,
            printer_uuid TEXT NOT NULL,
            printer_up_time_s INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            detail TEXT NOT NULL,
            place INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO print_job SELECT key, badge, delegate, state, ipp_job, printer_uuid, printer_up_time_s,
            updated, detail, rowid FROM print_job_3;
        DROP TABLE print_job_3;
    )sql");
}

/// 1: `delegate_key` as the walking skeleton made it, without a version.
Result<> key_step_1(sqlite::Database& database)
{
    return database.execute("CREATE TABLE IF NOT EXISTS delegate_key ("
                            "delegate TEXT NOT NULL, id BLOB NOT NULL, wrapped BLOB NOT NULL, "
                            "PRIMARY KEY (delegate, id)) STRICT, WITHOUT ROWID");
}

/// 2: who was erased is remembered, so that no page and no push brings a key of theirs back.
Result<> key_step_2(sqlite::Database& database)
{
    return database.execute(
        "CREATE TABLE IF NOT EXISTS erased (delegate TEXT PRIMARY KEY) STRICT, WITHOUT ROWID");
}

using StepFunction = Result<> (*)(sqlite::Database&);
constexpr std::array<StepFunction, schema_version> steps{step_1, step_2, step_3, step_4};
constexpr std::array<StepFunction, key_schema_version> key_steps{key_step_1, key_step_2};

Result<std::int64_t> version_of(sqlite::Database& database)
{
    MB_TRY(auto select, database.prepare("PRAGMA user_version"));
    MB_TRY(const bool row, select.step());
    return row ? select.integer(0) : 0;
}

Result<> take_steps(sqlite::Database& database, const std::string& file,
                    std::span<const StepFunction> functions)
{
    MB_CHECK(refuse_newer(database, file, static_cast<std::int64_t>(functions.size())));
    MB_TRY(const std::int64_t found, version_of(database));
    for (auto version = static_cast<std::size_t>(found); version < functions.size(); ++version) {
        MB_TRY(auto transaction, database.begin_immediate());
        MB_CHECK(functions[version](database));
        MB_CHECK(database.execute(fmt::format("PRAGMA user_version = {}", version + 1)));
        MB_CHECK(transaction.commit());
    }
    return {};
}

} // namespace

Result<> refuse_newer(sqlite::Database& database, const std::string& file, std::int64_t known_version)
{
    MB_TRY(const std::int64_t found, version_of(database));
    if (found > known_version)
        return fail(
            ErrorKind::storage,
            fmt::format("written by a newer program (schema {}, this one knows {})", found, known_version),
            file, "install the newer program; nothing was changed");
    return {};
}

Result<> migrate(sqlite::Database& database, const std::string& file)
{
    return take_steps(database, file, steps);
}

Result<> migrate_keys(sqlite::Database& database, const std::string& file)
{
    return take_steps(database, file, key_steps);
}

} // namespace montbrillant
