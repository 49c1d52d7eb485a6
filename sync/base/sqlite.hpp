// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of SQLite: connection, statement, transaction. Thin, no policy beyond the pragmas named at
/// `open`. A connection and its statements belong to one thread at a time. Errors are Results with SQLite's
/// words; a wrong number of bindings or columns is a bug and asserts.

#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"
#include "sync/base/sqlite_log.hpp"

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

struct sqlite3;
struct sqlite3_stmt;

namespace montbrillant::sqlite {

/// NULL, 64-bit integer, text or blob.
using Value = std::variant<std::nullptr_t, std::int64_t, std::string_view, BytesView>;

class Database;

/// A prepared statement; bind, step, read columns, reset. Do not outlive the Database.
class Statement {
public:
    /// Binds all parameters in order; their number must match.
    Statement& bind(std::initializer_list<Value> values);
    /// True with a row, false at the end.
    [[nodiscard]] Result<bool> step();
    /// Steps to the end and resets: for statements that return nothing.
    [[nodiscard]] Result<> run();
    /// Binds and runs. Nothing is copied: the values must last for the call only.
    [[nodiscard]] Result<> run(std::initializer_list<Value> values);
    void reset();

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Bytes blob(int column) const;

private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    void bind(std::initializer_list<Value> values, bool copy);
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int bind_error_ = 0; ///< the first, reported by `step`: what was not bound must not be run
};

/// The error says that the file is no database or that its pages contradict each other.
[[nodiscard]] bool is_damage(const Error& error);

/// Rolls back unless `commit` was called: a transaction is a type.
class [[nodiscard]] Transaction {
public:
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    [[nodiscard]] Result<> commit();

private:
    friend class Database;
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

class Database {
public:
    struct Options {
        std::string vfs;       ///< empty: the operating system's
        bool full_sync = true; ///< synchronous=FULL; NORMAL is only for planted faults in tests
        bool read_only = false;
        /// Other connections may have the file open at the same time. Alone, it is locked once and for all:
        /// no transaction pays for locks and shared memory, and each is one write to the log
        /// (sqlite_log.hpp).
        bool shared = false;
    };
    /// Opens or makes the file: WAL, foreign keys on, secure_delete on, 2 s busy timeout. An error when the
    /// file system cannot keep a WAL.
    [[nodiscard]] static Result<Database> open(const std::filesystem::path& file, const Options& options);
    Database(Database&&) = default;
    Database& operator=(Database&&) = delete; ///< what is kept for the old handle would go before it

    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    /// One or more statements without rows.
    [[nodiscard]] Result<> execute(std::string_view sql);
    [[nodiscard]] Result<Transaction> begin_immediate();
    /// For many looks at what does not change in between: one look at the lock, not one for each. Ends with
    /// the transaction.
    [[nodiscard]] Result<Transaction> begin_reading();
    /// Moves everything from the write-ahead log into the file and leaves the log empty: what was deleted
    /// stands nowhere any more. An error when another connection holds it up.
    [[nodiscard]] Result<> empty_log();
    /// PRAGMA quick_check over the whole file: an error that `is_damage` when anything is wrong with its
    /// pages.
    [[nodiscard]] Result<> check_pages();
    /// Copies the whole database to `file` while it is in use (SQLite backup API).
    [[nodiscard]] Result<> backup_to(const std::filesystem::path& file);

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    Database() = default;
    [[nodiscard]] Result<> run_kept(std::optional<Statement>& kept, std::string_view sql);
    friend class Transaction;

    std::unique_ptr<LogVfs> log_; ///< outlives the handle
    std::unique_ptr<sqlite3, Close> handle_;
    std::string name_;
    // Every commit runs these: prepared once. They go before the handle does.
    std::optional<Statement> begin_;
    std::optional<Statement> commit_;
};

} // namespace montbrillant::sqlite
