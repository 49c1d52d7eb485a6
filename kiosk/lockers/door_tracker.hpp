// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Which doors of a bank stand open, from snapshot to snapshot: a change counts after several equal reads.

#include "kiosk/lockers/locker_bank.hpp"

#include <map>
#include <vector>

namespace montbrillant {

struct DoorChange {
    std::uint16_t door{};
    bool open = false;
    MonoTime since{}; ///< the first of the equal reads
};

class DoorTracker {
public:
    explicit DoorTracker(int reads_to_believe) : reads_to_believe_(reads_to_believe) {}

    /// Believes this snapshot as it is: the first one, and the first after an outage.
    void start_from(const Snapshot& snapshot);
    [[nodiscard]] std::vector<DoorChange> update(const Snapshot& snapshot);
    /// A change is under way: read faster.
    [[nodiscard]] bool restless() const;
    /// Doors that have stood open since `before` or longer, each named once per opening.
    [[nodiscard]] std::vector<std::uint16_t> take_open_since(MonoTime before);

private:
    struct Door {
        bool open = false;
        MonoTime since{};
        int reads_against = 0;
        MonoTime against_since{};
        bool named = false;
    };
    int reads_to_believe_;
    std::map<std::uint16_t, Door> doors_;
};

} // namespace montbrillant
