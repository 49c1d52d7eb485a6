// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Sorts the rows that were read out of a damaged file into a new database: what proves itself is kept. Used
/// by recovery.cpp alone. Memory stays bounded: rows wait in a table of the new database.

#include "sync/store/identity_file.hpp"
#include "sync/store/page_scan.hpp"
#include "sync/store/recovery.hpp"

namespace montbrillant {

class Rebuilder {
public:
    /// `database`: new, with today's schema.
    Rebuilder(sqlite::Database& database, KeyStore& keys, Rescue& rescue)
        : database_(database), keys_(keys), rescue_(rescue)
    {
    }
    /// Everything in `file` and its WAL.
    [[nodiscard]] Result<> read(const std::filesystem::path& file);
    /// As the settings that were read say.
    [[nodiscard]] Result<std::optional<KeptIdentity>> identity();
    /// One transaction: the new database is whole or empty.
    [[nodiscard]] Result<> write(const KeptIdentity& kept, WallTime now, Random& random);

private:
    [[nodiscard]] Result<> take(const ScannedRow& row);
    [[nodiscard]] Result<> take_fact(const ScannedRow& row);
    [[nodiscard]] Result<> take_record(const ScannedRow& row);
    [[nodiscard]] Result<> take_own_record(const ScannedRow& row);
    [[nodiscard]] Result<> take_proposal(const ScannedRow& row);
    [[nodiscard]] Result<bool> opens(const std::string& delegate, const ScannedValue& key,
                                     const ScannedValue& sealed);
    [[nodiscard]] Result<> take_print_job(const ScannedRow& row);
    [[nodiscard]] Result<> keep_log();
    [[nodiscard]] Result<> keep_own(const Identity& identity);
    [[nodiscard]] Result<> keep_apart(const Identity& identity, std::uint64_t after);
    [[nodiscard]] Result<> note_lost(std::uint64_t after);
    [[nodiscard]] Result<> keep_print_jobs(const Identity& identity, WallTime now);
    [[nodiscard]] Result<> keep_settings(const KeptIdentity& kept, WallTime now, Random& random);
    [[nodiscard]] Result<> set(std::string_view key, std::string_view value);
    [[nodiscard]] Result<sqlite::Statement*> statement(std::string_view sql);

    sqlite::Database& database_;
    KeyStore& keys_;
    Rescue& rescue_;
    std::map<std::string, sqlite::Statement, std::less<>> statements_;
    std::optional<sqlite::Transaction> transaction_;
};

/// The delegate keys in `file` whose name is the hash of what they hold.
[[nodiscard]] Result<> copy_keys(const std::filesystem::path& file, sqlite::Database& target);

} // namespace montbrillant
