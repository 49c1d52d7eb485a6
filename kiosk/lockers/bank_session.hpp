// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Everything that the owner of a bank does, turn by turn, without a thread of its own: reads the bank,
/// notices doors, carries out unlocks, reconnects with back-off. BankWorker gives it a thread, `unlock_once`
/// the command line's; tests drive it with a ManualClock.
///
/// First of all it closes in the journal what a crash left unfinished; before that succeeds nothing fires.

#include "kiosk/lockers/bank_events.hpp"
#include "kiosk/lockers/door_tracker.hpp"
#include "kiosk/lockers/locker_bank.hpp"
#include "kiosk/lockers/unlock.hpp"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace montbrillant {

/// How often the bank is read, and when it counts as gone.
struct BankTiming {
    Millis poll{200};
    Millis poll_watching{25}; ///< while a door is expected to move, or moves
    Millis stale_after{1000}; ///< without a good read: offline
    Millis backoff_min{200};
    Millis backoff_max{5000};
};

class BankSession {
public:
    using Handler = std::function<void(const BankEvent&)>;

    /// Everything given by reference outlives the session. `handler` is called within `turn` and `ask`.
    BankSession(LockerBank& bank, UnlockJournal& journal, UnlockPermit permit, Clock& clock, Handler handler,
                UnlockRules rules = {}, BankTiming timing = {});

    /// Reads the bank if it is time, and works out what follows from it. Blocks for a few answers of the
    /// board, after an error for its quiet time.
    void turn();
    /// Carries out the request up to the fire, now: an offline or quarantined bank is answered at once.
    /// `asked_at`: when the badge was tapped.
    void ask(const UnlockRequest& request, MonoTime asked_at);
    /// How long until `turn` has something to do.
    [[nodiscard]] Millis until_next_turn() const;

    [[nodiscard]] bool online() const { return online_; }
    [[nodiscard]] bool quarantined() const { return quarantined_; }
    /// As it was before a restart.
    void quarantine(std::string why);
    /// Staff have looked at the bank.
    void lift_quarantine() { quarantined_ = false; }

private:
    [[nodiscard]] UnlockTransaction::Ports ports() { return {bank_, journal_, permit_, clock_}; }
    [[nodiscard]] bool recovered();
    void good_read(const Snapshot& snapshot);
    void bad_read(const Error& error);
    void door_changed(const DoorChange& change);
    [[nodiscard]] bool blame_a_fire(const DoorChange& change);
    void close_finished();
    void tell(const UnlockTransaction& unlock);
    void refuse(const UnlockRequest& request, MonoTime asked_at, UnlockOutcome outcome, std::string why);
    void look_for_doors_left_open(MonoTime now);

    LockerBank& bank_;
    UnlockJournal& journal_;
    UnlockPermit permit_;
    Clock& clock_;
    Handler handler_;
    UnlockRules rules_;
    BankTiming timing_;
    DoorTracker tracker_;
    std::vector<UnlockTransaction> watching_;
    std::map<std::uint16_t, MonoTime> expected_until_; ///< doors whose opening is no break-in
    std::map<std::uint16_t, UnlockId> opened_by_;
    bool recovered_ = false;
    bool online_ = false;
    bool told_offline_ = false;
    bool quarantined_ = false;
    std::string offline_why_ = "not connected yet";
    std::optional<MonoTime> last_good_;
    MonoTime next_read_{};
    Millis backoff_{};
};

} // namespace montbrillant
