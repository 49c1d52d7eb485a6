// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The physics of a bank of lockers: latches, springs, doors and what the board knows of them. Time is an
/// argument. Doors count from 1.

#include "sync/base/clock.hpp"

#include <cstdint>
#include <vector>

namespace montbrillant::sim {

inline constexpr Millis spring{50}; ///< from the released latch to the open door's input

struct Door {
    bool open = false;
    bool jammed = false;
    std::uint64_t pulses = 0;  ///< physical pulses since the program began: what the tests count
    std::uint16_t counter = 0; ///< the board's own, lost when it restarts
    MonoTime pulse_until{};    ///< the latch is released
    MonoTime springs_at{};     ///< when a released door stands open
    bool springing = false;
};

class BankModel {
public:
    BankModel(int doors, Millis pulse) : doors_(static_cast<std::size_t>(doors)), pulse_(pulse) {}

    /// Current through a lock's coil, for the time that the board is set to.
    void pulse(int door, MonoTime now);
    void end_pulse(int door, MonoTime now);
    /// By hand or by crowbar.
    void open(int door) { at(door).open = true; }
    void close(int door);
    void jam(int door, bool on) { at(door).jammed = on; }
    /// A wire in the wrong terminal: pulses for `door` reach `other`; `other` = `door` mends it.
    void miswire(int door, int other);
    /// Power off and on: counters and running pulses are gone, doors stay as they are.
    void restart(MonoTime now);
    void tick(MonoTime now);

    void set_pulse_length(Millis length) { pulse_ = length; }
    [[nodiscard]] int size() const { return static_cast<int>(doors_.size()); }
    [[nodiscard]] const Door& door(int door) const { return doors_.at(static_cast<std::size_t>(door - 1)); }
    [[nodiscard]] bool released(int door, MonoTime now) const { return now < this->door(door).pulse_until; }
    [[nodiscard]] std::uint16_t boots() const { return boots_; }

private:
    [[nodiscard]] Door& at(int door) { return doors_.at(static_cast<std::size_t>(door - 1)); }

    std::vector<Door> doors_;
    std::vector<int> wires_;
    Millis pulse_;
    std::uint16_t boots_ = 1;
};

} // namespace montbrillant::sim
