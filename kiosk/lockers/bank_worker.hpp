// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The thread that owns a locker bank, and the only way a kiosk reaches its locks.
///
///     ModbusBank bank(map, clock);
///     BankWorker worker(bank, journal, permit, clock, [&](const BankEvent& e) { inbox.push(e); });
///     if (!worker.request({unlock, locker, badge})) ... // too many at once: "tap again"
///
/// Between construction and `stop` (or destruction) the bank belongs to the worker's thread; journal, permit
/// and handler are called on it, so each must stand that and be quick (the journal as quick as the disk). A
/// bank that is absent at the start or lost in the middle is told as BankOffline; the worker reconnects by
/// itself, and what was asked meanwhile is answered `offline`, never fired late.

#include "kiosk/lockers/bank_session.hpp"
#include "sync/base/queue.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <thread>

namespace montbrillant {

class BankWorker {
public:
    /// Everything given by reference outlives the worker. `quarantined`: why self-service stopped before a
    /// restart, if it did.
    BankWorker(LockerBank& bank, UnlockJournal& journal, UnlockPermit permit, Clock& clock,
               BankSession::Handler handler, std::optional<std::string> quarantined = {},
               UnlockRules rules = {}, BankTiming timing = {});
    ~BankWorker();
    BankWorker(const BankWorker&) = delete;
    BankWorker& operator=(const BankWorker&) = delete;

    /// Any thread. Its not-after counts from now. False: the queue is full or the worker stopped; nothing
    /// will fire and no UnlockResult comes. True: exactly one UnlockResult comes, unless the worker is
    /// stopped.
    [[nodiscard]] bool request(UnlockRequest request);
    /// Any thread: staff have looked at the bank after a wrong door.
    void lift_quarantine() { lift_ = true; }
    /// Ends the thread; waits for the answer or the quiet time that is under way. What is queued is not
    /// fired.
    void stop();

    static constexpr std::size_t requests_max = 32;

private:
    struct Asked {
        UnlockRequest request;
        MonoTime at{};
    };
    void run();

    Clock& clock_;
    BankSession session_;
    Queue<Asked> requests_{requests_max};
    std::atomic<bool> lift_ = false;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

/// The same for the command line, on the caller's thread: connects, unlocks one door and watches it. Ends
/// with the one result of this unlock, or an error when the journal cannot be read; within some ten seconds.
[[nodiscard]] Result<UnlockResult> unlock_once(LockerBank& bank, UnlockJournal& journal,
                                               const UnlockPermit& permit, Clock& clock,
                                               const UnlockRequest& request, UnlockRules rules = {});

} // namespace montbrillant
