// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The board of a locker bank: a machine of its own, which stays on when the terminal's power goes. It loses
/// commands and answers and restarts now and then; its doors open soon after a pulse, if they do not jam, and
/// people close them. It is told of every tap that was let through, and throws a Violation when a lock fires
/// otherwise than rules 5 and 10 allow: twice for one tap, for none, for one from before a restart, too late,
/// at another door, or for a badge that its terminal knows to be void.

#include "kiosk/lockers/unlock.hpp"
#include "sync/domain/state.hpp"
#include "tests/simulation/timeline.hpp"
#include "tests/simulation/world.hpp"

#include <map>

namespace montbrillant::simulation {

/// What a terminal sent to its bank.
struct Tap {
    UnlockRequest request;
    DelegateId who;
    MonoTime asked_at; ///< by the terminal's clock
    Millis at{};       ///< virtual
};

class Board {
public:
    Board(World& world, BankId bank, std::uint16_t doors);

    [[nodiscard]] const BankCapabilities& capabilities() const { return capabilities_; }
    /// A terminal that starts: no lock may fire for a tap from before.
    void terminal_starts() { taps_.clear(); }
    void tapped(const Tap& tap) { taps_[tap.request.id] = {tap, false}; }

    [[nodiscard]] Snapshot look(MonoTime taken_at);
    /// The command arrived. `view`: what the terminal knows.
    void pulse(std::uint16_t door, const UnlockId& unlock, const State& view);
    void restart();

private:
    struct Door {
        std::uint16_t fires = 0;
        Millis opens{-1}; ///< virtual; negative: never
        Millis closes{-1};
    };
    struct Known {
        Tap tap;
        bool fired = false;
    };
    [[nodiscard]] bool open(const Door& door) const;
    void check(std::uint16_t door, const UnlockId& unlock, const State& view);

    World& world_;
    BankCapabilities capabilities_;
    std::map<std::uint16_t, Door> doors_;
    std::map<UnlockId, Known> taps_;
    std::uint16_t boots_ = 1;
};

/// The wire to it, as the thread of one terminal's bank sees it.
class BoardWire final : public LockerBank {
public:
    /// `view`: what the terminal knows at this moment.
    using View = std::function<const State&()>;
    BoardWire(World& world, Board& board, Task& task, const Clock& clock, View view)
        : world_(world), board_(board), task_(task), clock_(clock), view_(std::move(view))
    {
    }
    [[nodiscard]] const BankCapabilities& capabilities() const override { return board_.capabilities(); }
    [[nodiscard]] Result<> settle() override;
    [[nodiscard]] Result<Snapshot> snapshot() override;
    [[nodiscard]] FireResult fire(std::uint16_t door, const UnlockId& unlock) override;

private:
    [[nodiscard]] bool fails(std::uint64_t per_mille) { return world_.faults && world_.happens(per_mille); }
    /// So long the board's slowest answer takes.
    void wait_in_vain();

    World& world_;
    Board& board_;
    Task& task_;
    const Clock& clock_;
    View view_;
    bool in_doubt_ = true; // not connected yet
};

} // namespace montbrillant::simulation
