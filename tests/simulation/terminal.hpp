// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A locker terminal on its device: the product's BankSession and its unlock transaction, with the intents in
/// the device's real store, over a simulated board. Lives as long as the device's program.

#include "kiosk/lockers/bank_session.hpp"
#include "sync/client/store_gate.hpp"
#include "tests/simulation/board.hpp"

#include <deque>

namespace montbrillant::simulation {

class Terminal {
public:
    using Write = std::function<void(const Body&)>;

    /// `view`: what the device knows now. `write` takes a fact from the bank's thread.
    Terminal(World& world, Board& board, Clock& clock, BoardWire::View view, Write write);

    /// The bank's thread, until it is killed.
    void run(Task& task, StoreGate& gate);
    /// A tap was let through; the caller wakes the bank's thread.
    void ask(const UnlockRequest& request, const DelegateId& who);
    [[nodiscard]] const BankCapabilities& bank() const { return board_.capabilities(); }

private:
    void heard(const BankEvent& event);

    World& world_;
    Board& board_;
    Clock& clock_;
    BoardWire::View view_;
    Write write_;
    std::deque<Tap> taps_;
    std::map<UnlockId, DelegateId> asked_;
};

} // namespace montbrillant::simulation
