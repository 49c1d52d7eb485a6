// SPDX-License-Identifier: Apache-2.0
#include "sync/base/sqlite.hpp"

#include <cassert>
#include <charconv>
#include <fmt/format.h>
#include <sqlite3.h>
#include <utility>

namespace montbrillant::sqlite {
namespace {

constexpr std::string_view code_mark = " (SQLite ";

tl::unexpected<Error> sqlite_error(sqlite3* handle, std::string where)
{
    const int code = sqlite3_extended_errcode(handle);
    std::string remedy;
    if ((code & 0xFF) == SQLITE_FULL)
        remedy = "free some space on the disk";
    if ((code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB)
        remedy = "set the file aside and restore a backup or fetch a snapshot";
    return fail(ErrorKind::storage, fmt::format("{} (SQLite {})", sqlite3_errmsg(handle), code),
                std::move(where), std::move(remedy));
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value, bool copy)
{
    const auto ownership = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
    if (const auto* number = std::get_if<std::int64_t>(&value))
        return sqlite3_bind_int64(statement, index, *number);
    if (const auto* text = std::get_if<std::string_view>(&value))
        return sqlite3_bind_text(statement, index, text->data() == nullptr ? "" : text->data(),
                                 static_cast<int>(text->size()), ownership);
    if (const auto* blob = std::get_if<BytesView>(&value))
        return sqlite3_bind_blob(statement, index,
                                 blob->data() == nullptr ? reinterpret_cast<const std::uint8_t*>("")
                                                         : blob->data(),
                                 static_cast<int>(blob->size()), ownership);
    return sqlite3_bind_null(statement, index);
}

Result<std::string> first_text(Database& database, std::string_view sql)
{
    MB_TRY(auto select, database.prepare(sql));
    MB_TRY(const bool row, select.step());
    return row ? select.text(0) : std::string();
}

} // namespace

bool is_damage(const Error& error)
{
    const auto at = error.what.rfind(code_mark);
    if (at == std::string::npos)
        return false;
    int code = 0;
    const char* digits = error.what.data() + at + code_mark.size();
    std::from_chars(digits, error.what.data() + error.what.size(), code);
    return (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(std::initializer_list<Value> values)
{
    bind(values, true);
    return *this;
}

void Statement::bind(std::initializer_list<Value> values, bool copy)
{
    assert(static_cast<int>(values.size()) == sqlite3_bind_parameter_count(statement_.get()));
    bind_error_ = SQLITE_OK;
    int index = 0;
    for (const auto& value : values) {
        const int code = bind_value(statement_.get(), ++index, value, copy);
        if (bind_error_ == SQLITE_OK)
            bind_error_ = code;
    }
}

Result<bool> Statement::step()
{
    if (bind_error_ != SQLITE_OK)
        return fail(ErrorKind::storage,
                    fmt::format("{} (SQLite {})", sqlite3_errstr(bind_error_), bind_error_),
                    sqlite3_sql(statement_.get()));
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    auto error = sqlite_error(sqlite3_db_handle(statement_.get()), sqlite3_sql(statement_.get()));
    sqlite3_reset(statement_.get());
    return error;
}

Result<> Statement::run()
{
    for (;;) {
        MB_TRY(const bool row, step());
        if (!row)
            break;
    }
    reset();
    return {};
}

Result<> Statement::run(std::initializer_list<Value> values)
{
    bind(values, false);
    auto done = run();
    if (!done)
        sqlite3_clear_bindings(statement_.get());
    return done;
}

void Statement::reset()
{
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
}

bool Statement::is_null(int column) const
{
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::text(int column) const
{
    // Not column_text: to end the text with a NUL it may have to allocate, and without memory gives nothing.
    const auto* data = sqlite3_column_blob(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

Bytes Statement::blob(int column) const
{
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return data == nullptr ? Bytes() : Bytes(data, data + size);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction()
{
    if (database_ != nullptr)
        static_cast<void>(database_->execute("ROLLBACK"));
}

Result<> Transaction::commit()
{
    MB_CHECK(database_->run_kept(database_->commit_, "COMMIT"));
    database_ = nullptr;
    return {};
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Database> Database::open(const std::filesystem::path& file, const Options& options)
{
    Database database;
    database.name_ = file.string();
    std::string vfs = options.vfs;
    if (options.full_sync && !options.read_only && !options.shared) {
        database.log_ = LogVfs::in_front_of(vfs);
        vfs = database.log_ ? database.log_->name() : vfs;
    }
    sqlite3* handle = nullptr;
    const int flags =
        (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
        SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(file.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
    database.handle_.reset(handle);
    if (code != SQLITE_OK)
        return sqlite_error(handle, database.name_);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, 2000);
    if (!options.read_only) {
        // Before the log is opened: only then its index stays in this process's own memory.
        if (!options.shared)
            MB_CHECK(database.execute("PRAGMA locking_mode=EXCLUSIVE"));
        MB_TRY(const auto mode, first_text(database, "PRAGMA journal_mode=WAL"));
        if (mode != "wal")
            return fail(ErrorKind::storage,
                        fmt::format("this file system keeps no write-ahead log ({})", mode), database.name_,
                        "put the folder on a local disk");
        MB_CHECK(database.execute("PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"));
    }
    MB_CHECK(database.execute(options.full_sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"));
    return database;
}

Result<Statement> Database::prepare(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr) != SQLITE_OK)
        return sqlite_error(handle_.get(), std::string(sql));
    return Statement(statement);
}

Result<> Database::execute(std::string_view sql)
{
    if (sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return sqlite_error(handle_.get(), name_);
    return {};
}

Result<Transaction> Database::begin_immediate()
{
    MB_CHECK(run_kept(begin_, "BEGIN IMMEDIATE"));
    return Transaction(*this);
}

Result<Transaction> Database::begin_reading()
{
    MB_CHECK(execute("BEGIN"));
    return Transaction(*this);
}

Result<> Database::empty_log()
{
    MB_TRY(auto checkpoint, prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
    MB_TRY(const bool row, checkpoint.step());
    if (row && checkpoint.integer(0) != 0)
        return fail(ErrorKind::storage, "the write-ahead log cannot be emptied: it is in use", name_);
    return {};
}

Result<> Database::run_kept(std::optional<Statement>& kept, std::string_view sql)
{
    if (!kept) {
        MB_TRY(kept, prepare(sql));
    }
    return kept->run();
}

Result<> Database::check_pages()
{
    MB_TRY(const auto said, first_text(*this, "PRAGMA quick_check(1)"));
    if (said != "ok")
        return fail(ErrorKind::storage, fmt::format("{}{}{})", said, code_mark, SQLITE_CORRUPT), name_);
    return {};
}

Result<> Database::backup_to(const std::filesystem::path& file)
{
    sqlite3* target = nullptr;
    const int code =
        sqlite3_open_v2(file.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    const std::unique_ptr<sqlite3, Close> owner(target);
    if (code != SQLITE_OK)
        return sqlite_error(target, file.string());
    sqlite3_backup* backup = sqlite3_backup_init(target, "main", handle_.get(), "main");
    if (backup == nullptr)
        return sqlite_error(target, file.string());
    sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK)
        return sqlite_error(target, file.string());
    return {};
}

} // namespace montbrillant::sqlite
