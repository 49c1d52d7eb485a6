// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A VFS in front of another, through which a commit's pages reach the write-ahead log in one write. SQLite
/// writes each page and each page's header by itself: two calls of the system for each of a check-in's pages.
/// Custom, because SQLite has no setting for it.
///
/// What is written to a log is held until SQLite syncs, reads, measures, cuts or closes it, or until it is
/// too much. A sync writes it out first: whatever was to be synced is, and SQLite tells nobody of a commit
/// before its sync. What the disk does not take then is forgotten as the rolled back transaction that it
/// belongs to: SQLite writes over it, and whatever would follow it is refused.
///
/// Only for a database that has its file alone and syncs every commit: others would read a log of which a
/// part is held here. Source: SQLite documentation, "The OS Backend (VFS) To SQLite" and "WAL-mode File
/// Format", section 2.

#include <memory>
#include <string>

namespace montbrillant::sqlite {

/// Registered as long as it lives; it must outlive every database that was opened on it. Any thread.
class LogVfs {
public:
    /// In front of the VFS of this name; empty: the operating system's. Nothing when there is none such.
    [[nodiscard]] static std::unique_ptr<LogVfs> in_front_of(const std::string& name);
    ~LogVfs();
    LogVfs(const LogVfs&) = delete;
    LogVfs& operator=(const LogVfs&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }

private:
    struct Front;
    explicit LogVfs(std::unique_ptr<Front> front);
    std::unique_ptr<Front> front_;
    std::string name_;
};

} // namespace montbrillant::sqlite
