// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A bank on a Modbus relay board: a coil per lock with a pulse that the board times, an input per door, and
/// where the map has them a counter of pulses per lock. Which is which comes from `firmware-config`.
///
/// On TCP the doubt after an error ends with a new connection, on RTU with a flush; both after a quiet time
/// longer than the map's slowest answer, and with two equal reads of the bank. The pulse length, if the map
/// sets one, is written at each connection and read back.

#include "firmware-config/bank_map.hpp"
#include "kiosk/lockers/locker_bank.hpp"
#include "kiosk/lockers/modbus.hpp"
#include "sync/base/clock.hpp"

#include <optional>

namespace montbrillant {

class ModbusBank final : public LockerBank {
public:
    /// Does not connect yet. The clock outlives the bank.
    ModbusBank(BankMap map, Clock& clock);

    [[nodiscard]] const BankCapabilities& capabilities() const override { return capabilities_; }
    [[nodiscard]] Result<> settle() override;
    [[nodiscard]] Result<Snapshot> snapshot() override;
    [[nodiscard]] FireResult fire(std::uint16_t door, const UnlockId& unlock) override;

    /// Longer than the slowest answer, so that "not longer" is never a matter of one millisecond.
    [[nodiscard]] Millis quiet_time() const { return map_.slowest_answer + Millis{50}; }

private:
    [[nodiscard]] Result<> connect();
    [[nodiscard]] Result<> set_pulse();
    [[nodiscard]] Result<> read_twice_alike();
    [[nodiscard]] Result<Snapshot> read();
    [[nodiscard]] Result<> read_counters(Snapshot& snapshot);
    void keep_gap();
    /// Notes that the line is in doubt from now on.
    [[nodiscard]] Error doubt(Error error);

    BankMap map_;
    Clock& clock_;
    BankCapabilities capabilities_;
    std::optional<ModbusLink> link_;
    bool trusted_ = false;
    MonoTime quiet_until_{};
};

} // namespace montbrillant
