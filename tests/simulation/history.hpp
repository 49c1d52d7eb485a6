// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What each device wrote and saw, and afterwards whether it makes sense (in the manner of Elle, Kingsbury
/// and Alvaro 2020, small): a device always sees what it wrote; what it sees of the log never goes back,
/// unless the registry itself was put back; every place that it saw was a place of a log that existed; and no
/// claim that it confirmed on screen ends as nothing or as a mere refusal.

#include "sync/store/store.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace montbrillant::simulation {

/// The registry's log from its start, or from the restore of a backup, to the next restore or the end.
struct LogLife {
    std::vector<crypto::Hash> hashes; ///< by seq, from 1
};

class History {
public:
    /// `disk`: a name for one disk in one course of its content; a restored or cloned disk is another.
    void wrote(const std::string& disk, const std::vector<Fact>& facts);
    void saw(const std::string& disk, const Cursor& place, std::uint64_t own_counter);
    /// The disk is gone, or what it holds beyond the registry stays in a cupboard.
    void disk_gone(const std::string& disk) { disks_[disk].gone = true; }
    void registry_restored() { ++restores_; }
    void log_lived(LogLife life) { lives_.push_back(std::move(life)); }
    [[nodiscard]] std::uint64_t restores() const { return restores_; }

    /// What is wrong first, in words; nothing when all makes sense. The last life and `log` are the end.
    [[nodiscard]] std::optional<std::string> check(const std::vector<LoggedFact>& log,
                                                   const State& end) const;

private:
    struct Claim {
        FactId id;
        std::string kind;
    };
    struct Seen {
        Cursor place;
        std::uint64_t own_counter = 0;
        std::uint64_t written = 0; ///< the last own counter that was acknowledged before
        std::uint64_t restores = 0;
    };
    struct Disk {
        std::vector<Claim> claims;
        std::vector<Seen> seen;
        std::uint64_t written = 0;
        bool gone = false;
    };
    [[nodiscard]] bool existed(const Cursor& place) const;
    [[nodiscard]] std::optional<std::string> check_reads(const std::string& name, const Disk& disk) const;

    std::map<std::string, Disk> disks_;
    std::vector<LogLife> lives_;
    std::uint64_t restores_ = 0;
};

} // namespace montbrillant::simulation
