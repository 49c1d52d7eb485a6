// SPDX-License-Identifier: Apache-2.0
#include "sync/store/print_jobs.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::string_view columns =
    "key, badge, delegate, state, ipp_job, printer_uuid, printer_up_time_s, updated, detail, place";

PrintJobRow job_of(const sqlite::Statement& row)
{
    return {PrintKey(row.text(0)), BadgeId(row.text(1)), DelegateId(row.text(2)), row.text(3),
            row.integer(4),        row.text(5),          row.integer(6),          {row.integer(7)},
            row.text(8),           row.integer(9)};
}

Result<std::vector<PrintJobRow>> jobs_of(sqlite::Statement& select)
{
    std::vector<PrintJobRow> jobs;
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return jobs;
        jobs.push_back(job_of(select));
    }
}

} // namespace

PrintKey print_key(const BadgeId& badge, unsigned issue, unsigned copy)
{
    return PrintKey(fmt::format("{}.{}.{}", badge.str(), issue, copy));
}

Result<> PrintJobs::insert(const PrintJobRow& job)
{
    if (!insert_) {
        MB_TRY(insert_, database_->prepare(
                            fmt::format("INSERT INTO print_job ({}) VALUES (?,?,?,?,?,?,?,?,?,?)", columns)));
    }
    return insert_->run({job.key.str(), job.badge.str(), job.delegate.str(), job.state, job.ipp_job,
                         job.printer_uuid, job.printer_up_time_s, job.updated.ms, job.detail, job.place});
}

Result<> PrintJobs::update(const PrintJobRow& job)
{
    MB_TRY(auto statement,
           database_->prepare(
               "UPDATE print_job SET state = ?, ipp_job = ?, printer_uuid = ?, printer_up_time_s = ?, "
               "updated = ?, detail = ? WHERE key = ?"));
    return statement.run({job.state, job.ipp_job, job.printer_uuid, job.printer_up_time_s, job.updated.ms,
                          job.detail, job.key.str()});
}

Result<std::optional<PrintJobRow>> PrintJobs::find(const PrintKey& key)
{
    MB_TRY(auto select, database_->prepare(fmt::format("SELECT {} FROM print_job WHERE key = ?", columns)));
    MB_TRY(const bool found, select.bind({key.str()}).step());
    return found ? std::optional(job_of(select)) : std::nullopt;
}

Result<std::vector<PrintJobRow>> PrintJobs::open_jobs()
{
    MB_TRY(auto select,
           database_->prepare(fmt::format(
               "SELECT {} FROM print_job WHERE state NOT IN ('done','failed','cancelled') ORDER BY place",
               columns)));
    return jobs_of(select);
}

Result<std::vector<PrintJobRow>> PrintJobs::done_jobs()
{
    MB_TRY(auto select, database_->prepare(fmt::format(
                            "SELECT {} FROM print_job WHERE state = 'done' ORDER BY place", columns)));
    return jobs_of(select);
}

Result<std::vector<PrintJobRow>> PrintJobs::all(std::size_t limit)
{
    MB_TRY(auto select,
           database_->prepare(fmt::format("SELECT {} FROM print_job ORDER BY place DESC LIMIT ?", columns)));
    select.bind({static_cast<std::int64_t>(limit)});
    return jobs_of(select);
}

} // namespace montbrillant
