// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A bank of electric locks, whatever its board. One thread owns it and everything behind it.
///
/// After any error the bank is *in doubt*: a late answer may still be under way, a late command may still be
/// carried out. `snapshot` and `fire` then refuse until `settle` has waited out the board's slowest answer,
/// dropped what arrived and read something known twice alike. `settle` also makes the first connection.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace montbrillant {

struct BankCapabilities {
    BankId bank;
    std::vector<std::uint16_t> doors; ///< numbers as painted, ascending
    bool counts_fires = false;        ///< the board counts its pulses: a lost answer can be resolved
};

struct DoorState {
    std::uint16_t door{};
    bool open = false;
    std::optional<std::uint16_t> fires; ///< pulses since the board's start, modulo 65536
};

struct Snapshot {
    std::vector<DoorState> doors;       ///< in the order of BankCapabilities::doors
    std::optional<std::uint16_t> boots; ///< differs after every start of the board
    MonoTime taken_at{};                ///< when the request was sent

    [[nodiscard]] const DoorState* door(std::uint16_t number) const
    {
        for (const DoorState& state : doors)
            if (state.door == number)
                return &state;
        return nullptr;
    }
};

/// An acknowledgement is not an open door; its absence is not a closed one.
struct FireResult {
    bool acknowledged = false; ///< false: the lock may or may not have fired
    std::string why;           ///< of a missing acknowledgement
};

class LockerBank {
public:
    virtual ~LockerBank() = default;
    [[nodiscard]] virtual const BankCapabilities& capabilities() const = 0;
    /// Ends the doubt, or says in words why not. At once when there is none. Waits up to the slowest answer.
    [[nodiscard]] virtual Result<> settle() = 0;
    /// The whole bank by the same fixed request every time: a late answer is old, never another door's.
    [[nodiscard]] virtual Result<Snapshot> snapshot() = 0;
    /// Exactly one command to the board, which times the pulse itself. `door` is one of
    /// `capabilities().doors`.
    [[nodiscard]] virtual FireResult fire(std::uint16_t door, const UnlockId& unlock) = 0;
};

/// `settle`, then `snapshot`.
[[nodiscard]] inline Result<Snapshot> settled_snapshot(LockerBank& bank)
{
    MB_CHECK(bank.settle());
    return bank.snapshot();
}

} // namespace montbrillant
