// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The print journal's rows. Every call is durable when it returns. Same thread as the Store.

#include "sync/base/clock.hpp"
#include "sync/base/sqlite.hpp"
#include "sync/domain/facts.hpp"

#include <optional>
#include <vector>

namespace montbrillant {

/// queued -> created -> sending -> sent -> done | failed | cancelled | ask. See badge/print for their
/// meaning.
struct PrintJobRow {
    PrintKey key;
    BadgeId badge;
    DelegateId delegate;
    std::string state = "queued";
    std::int64_t ipp_job = 0;
    std::string printer_uuid;
    std::int64_t printer_up_time_s = 0;
    WallTime updated;
    std::string detail;     ///< for staff
    std::int64_t place = 0; ///< among the jobs of this folder: the counter of the fact that wished for it
};

/// "badge.issue.copy"
[[nodiscard]] PrintKey print_key(const BadgeId& badge, unsigned issue, unsigned copy);

class PrintJobs {
public:
    explicit PrintJobs(sqlite::Database& database) : database_(&database) {}
    /// Inside the caller's transaction.
    [[nodiscard]] Result<> insert(const PrintJobRow& job);
    [[nodiscard]] Result<> update(const PrintJobRow& job);
    [[nodiscard]] Result<std::optional<PrintJobRow>> find(const PrintKey& key);
    /// Oldest first: all that are not done, failed or cancelled.
    [[nodiscard]] Result<std::vector<PrintJobRow>> open_jobs();
    [[nodiscard]] Result<std::vector<PrintJobRow>> done_jobs();
    /// Newest first.
    [[nodiscard]] Result<std::vector<PrintJobRow>> all(std::size_t limit);

private:
    sqlite::Database* database_;
    std::optional<sqlite::Statement> insert_; ///< part of every check-in
};

} // namespace montbrillant
