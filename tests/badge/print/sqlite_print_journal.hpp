// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A print journal of the tests' own: one SQLite table, as durable as the real one.

#include "badge/print/print_journal.hpp"
#include "sync/base/sqlite.hpp"

#include <filesystem>
#include <mutex>

namespace montbrillant::test {

class SqlitePrintJournal final : public PrintJournal {
public:
    /// Throws std::runtime_error when the file cannot be opened.
    explicit SqlitePrintJournal(const std::filesystem::path& file);

    [[nodiscard]] Result<std::vector<PrintRecord>> open_jobs() override;
    [[nodiscard]] Result<std::optional<PrintRecord>> find(const PrintKey& key) override;
    [[nodiscard]] Result<> put(const PrintRecord& record) override;

    /// What the check-in's transaction does.
    void queue(const PrintKey& key);
    [[nodiscard]] PrintState state_of(const PrintKey& key);

private:
    std::mutex mutex_;
    sqlite::Database database_;
};

} // namespace montbrillant::test
