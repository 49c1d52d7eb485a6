// SPDX-License-Identifier: Apache-2.0
#include "tests/badge/print/sqlite_print_journal.hpp"

#include <stdexcept>

namespace montbrillant::test {
namespace {

sqlite::Database open_or_throw(const std::filesystem::path& file)
{
    auto database = sqlite::Database::open(file, {});
    if (!database)
        throw std::runtime_error(database.error().text());
    auto made =
        database->execute("CREATE TABLE IF NOT EXISTS print_job(key TEXT PRIMARY KEY, state TEXT, job "
                          "INTEGER, uuid TEXT, up INTEGER, at INTEGER, why TEXT)");
    if (!made)
        throw std::runtime_error(made.error().text());
    return *std::move(database);
}

PrintRecord record_from(const sqlite::Statement& row)
{
    return {PrintKey(row.text(0)),
            print_state_from(row.text(1)).value(),
            static_cast<int>(row.integer(2)),
            row.text(3),
            row.integer(4),
            {row.integer(5)},
            row.text(6)};
}

} // namespace

SqlitePrintJournal::SqlitePrintJournal(const std::filesystem::path& file) : database_(open_or_throw(file)) {}

Result<std::vector<PrintRecord>> SqlitePrintJournal::open_jobs()
{
    const std::lock_guard lock(mutex_);
    MB_TRY(auto rows,
           database_.prepare("SELECT key, state, job, uuid, up, at, why FROM print_job WHERE state NOT "
                             "IN ('done', 'failed', 'cancelled') ORDER BY rowid"));
    std::vector<PrintRecord> out;
    for (;;) {
        MB_TRY(const bool more, rows.step());
        if (!more)
            return out;
        out.push_back(record_from(rows));
    }
}

Result<std::optional<PrintRecord>> SqlitePrintJournal::find(const PrintKey& key)
{
    const std::lock_guard lock(mutex_);
    MB_TRY(auto row,
           database_.prepare("SELECT key, state, job, uuid, up, at, why FROM print_job WHERE key = ?"));
    row.bind({std::string_view(key.str())});
    MB_TRY(const bool there, row.step());
    return there ? std::optional(record_from(row)) : std::nullopt;
}

Result<> SqlitePrintJournal::put(const PrintRecord& record)
{
    const std::lock_guard lock(mutex_);
    MB_TRY(auto write,
           database_.prepare("INSERT INTO print_job(key, state, job, uuid, up, at, why) VALUES (?, ?, "
                             "?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET state = excluded.state, "
                             "job = excluded.job, uuid = excluded.uuid, up = excluded.up, at = "
                             "excluded.at, why = excluded.why"));
    write.bind({std::string_view(record.key.str()), name_of(record.state), std::int64_t{record.ipp_job},
                std::string_view(record.printer_uuid), record.printer_up_time_s, record.created_at.ms,
                std::string_view(record.why)});
    return write.run();
}

void SqlitePrintJournal::queue(const PrintKey& key)
{
    PrintRecord record;
    record.key = key;
    if (auto put_it = put(record); !put_it)
        throw std::runtime_error(put_it.error().text());
}

PrintState SqlitePrintJournal::state_of(const PrintKey& key) { return find(key).value().value().state; }

} // namespace montbrillant::test
