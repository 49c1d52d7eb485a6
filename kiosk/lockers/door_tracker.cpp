// SPDX-License-Identifier: Apache-2.0
#include "kiosk/lockers/door_tracker.hpp"

#include <algorithm>

namespace montbrillant {

void DoorTracker::start_from(const Snapshot& snapshot)
{
    for (const DoorState& state : snapshot.doors) {
        Door& door = doors_[state.door];
        if (door.open != state.open)
            door = Door{state.open, snapshot.taken_at, 0, {}, false};
        door.reads_against = 0;
    }
}

std::vector<DoorChange> DoorTracker::update(const Snapshot& snapshot)
{
    std::vector<DoorChange> changes;
    for (const DoorState& state : snapshot.doors) {
        Door& door = doors_[state.door];
        if (state.open == door.open) {
            door.reads_against = 0;
            continue;
        }
        if (++door.reads_against == 1)
            door.against_since = snapshot.taken_at;
        if (door.reads_against < reads_to_believe_)
            continue;
        door = Door{state.open, door.against_since, 0, {}, false};
        changes.push_back({state.door, state.open, door.since});
    }
    return changes;
}

bool DoorTracker::restless() const
{
    return std::any_of(doors_.begin(), doors_.end(),
                       [](const auto& entry) { return entry.second.reads_against > 0; });
}

std::vector<std::uint16_t> DoorTracker::take_open_since(MonoTime before)
{
    std::vector<std::uint16_t> out;
    for (auto& [number, door] : doors_) {
        if (!door.open || door.named || door.since > before)
            continue;
        door.named = true;
        out.push_back(number);
    }
    return out;
}

} // namespace montbrillant
