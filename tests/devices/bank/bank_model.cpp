// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/bank/bank_model.hpp"

#include <numeric>

namespace montbrillant::sim {

void BankModel::miswire(int door, int other)
{
    if (wires_.empty()) {
        wires_.resize(doors_.size());
        std::iota(wires_.begin(), wires_.end(), 1);
    }
    wires_.at(static_cast<std::size_t>(door - 1)) = other;
}

void BankModel::pulse(int door, MonoTime now)
{
    ++at(door).counter; // the board counts what it switches, wherever the wire leads
    Door& moved = at(wires_.empty() ? door : wires_.at(static_cast<std::size_t>(door - 1)));
    ++moved.pulses;
    moved.pulse_until = now + pulse_;
    if (moved.open || moved.jammed || moved.springing)
        return;
    moved.springing = true;
    moved.springs_at = now + spring;
}

void BankModel::end_pulse(int door, MonoTime now)
{
    if (released(door, now))
        at(door).pulse_until = now;
}

void BankModel::close(int door)
{
    at(door).open = false;
    at(door).springing = false;
}

void BankModel::restart(MonoTime now)
{
    ++boots_;
    for (Door& door : doors_) {
        door.counter = 0;
        if (now < door.pulse_until)
            door.pulse_until = now;
    }
}

void BankModel::tick(MonoTime now)
{
    for (Door& door : doors_) {
        if (!door.springing || now < door.springs_at)
            continue;
        door.springing = false;
        door.open = true;
    }
}

} // namespace montbrillant::sim
