// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One tap, at most one pulse: the unlock transaction. It talks to a LockerBank and to an UnlockJournal and
/// knows no thread, no wire and no store; every method is called by the thread that owns the bank.
///
///     look    a snapshot from before the fire: is the door open already, where does its counter stand
///     intend  the intent is on disk before anything is written to the board
///     write   asks the permit once more, looks at the clock once more, then one command to the board
///     doubt   no acknowledgement: quiet time, then the fire counter decides. It moved: fired. It did not,
///     and
///             there is time: write once more. No counter, or the board restarted: never again, ask for a tap
///     watch   acknowledged or proven: what the door does decides the outcome
///
/// An unlock never fires after its not-after, never twice where the first pulse cannot be ruled out, and
/// never because something restarted: `forget_unfinished` closes what a crash left open as unknown.

#include "kiosk/lockers/locker_bank.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

/// What people are told. Only `opened` and `already_open` are good news.
enum class UnlockOutcome {
    opened,       ///< fired, then seen open
    already_open, ///< stood open before the pulse; fired all the same, for a broken wire must lock nobody out
    jammed,       ///< fired, and never seen open
    left_open,    ///< opened and not closed again
    forced,       ///< opened without a pulse of ours
    wrong_door,   ///< another door moved: self-service at this bank stops
    refused,      ///< a rule said no (revoked, quarantined, no such door): nothing fired
    too_late,     ///< its time was over before the board could be told: nothing fired, tap again
    offline,      ///< the board cannot be reached, or its counter proves that it did not fire
    unknown,      ///< it may have fired; never repeated: look at the door, tap again
};
/// "opened", "already_open", ... as in the journal and on the command line.
[[nodiscard]] std::string_view to_text(UnlockOutcome outcome);
[[nodiscard]] std::optional<UnlockOutcome> unlock_outcome(std::string_view text);

/// How far an unlock got, as the journal keeps it.
enum class UnlockState {
    intended, ///< on disk; whether the board was told is not known
    acked,    ///< the board acknowledged
    unknown,  ///< the board was told and did not acknowledge
    fired,    ///< not acknowledged, but its counter moved
    finished, ///< has an outcome
};
[[nodiscard]] std::string_view to_text(UnlockState state);

struct UnlockRequest {
    UnlockId id; ///< one per tap
    LockerNo locker;
    BadgeId badge;         ///< empty when staff open a door
    bool by_staff = false; ///< staff may open single doors of a quarantined bank
};

struct UnlockIntent {
    UnlockId id;
    LockerNo locker;
    BadgeId badge;
    bool by_staff = false;
    WallTime not_after{};
    std::optional<std::uint16_t> fires_before; ///< the door's counter; empty: the board has none
};

/// Where intents are kept. Port: the desk implements it over the store. Called on the bank's thread; each
/// call returns only when its effect is durable.
class UnlockJournal {
public:
    virtual ~UnlockJournal() = default;
    /// Refuses (kind refused) an id it has ever seen: one unlock fires once, whoever repeats the message.
    [[nodiscard]] virtual Result<> intend(const UnlockIntent& intent) = 0;
    /// `outcome` is there when `state` is finished, and may come again when a door is left open.
    [[nodiscard]] virtual Result<> record(const UnlockId& id, UnlockState state,
                                          std::optional<UnlockOutcome> outcome) = 0;
    /// Intents without an outcome, of all banks.
    [[nodiscard]] virtual Result<std::vector<UnlockIntent>> unfinished() = 0;
};

/// Asked on the bank's thread right before each write: is this badge still good? The error's text is the
/// reason. Must be quick: it reads an immutable snapshot of what is revoked.
using UnlockPermit = std::function<Result<>(const UnlockRequest&)>;

struct UnlockRules {
    Millis not_after{1500}; ///< from the tap to the last moment of a write
    Millis jammed_after{8000};
    Millis left_open_after{60000};
    Millis wrong_door_within{2000}; ///< another door that opens this soon after a fire was opened by it
    int reads_to_believe = 3;       ///< equal reads of an input before a change is one (bouncing reeds)
};

class UnlockTransaction {
public:
    struct Ports {
        LockerBank& bank;
        UnlockJournal& journal;
        const UnlockPermit& permit;
        Clock& clock;
    };
    enum class Step { look, intend, write, doubt, watch, finished };

    /// `asked_at`: the tap; its not-after counts from there.
    UnlockTransaction(UnlockRequest request, MonoTime asked_at, UnlockRules rules);

    /// Everything up to the fire and the proof of it: ends in `watch` or `finished`. Takes one or two answers
    /// of the board, after an error its quiet time as well.
    void fire(const Ports& ports);
    /// One look at the bank while in `watch`.
    void observe(const Snapshot& snapshot, const Ports& ports);
    /// Another door opened in answer to this fire.
    void saw_wrong_door(std::uint16_t door, const Ports& ports);
    /// The bank is gone: what is in `watch` ends as unknown.
    void lost_bank(const std::string& why, const Ports& ports);

    [[nodiscard]] Step step() const { return step_; }
    [[nodiscard]] const UnlockRequest& request() const { return request_; }
    /// Meaningful when finished.
    [[nodiscard]] UnlockOutcome outcome() const { return outcome_; }
    [[nodiscard]] const std::string& why() const { return why_; } ///< in words, for staff; may be empty
    [[nodiscard]] MonoTime finished_at() const { return finished_at_; }
    [[nodiscard]] MonoTime asked_at() const { return asked_at_; }
    /// When the pulse was acknowledged or proven; empty when it was not.
    [[nodiscard]] std::optional<MonoTime> fired_at() const { return fired_at_; }
    /// A command went to the board, whatever came of it.
    [[nodiscard]] bool wrote() const { return writes_ > 0; }

private:
    void look(const Ports& ports);
    void intend(const Ports& ports);
    void write(const Ports& ports);
    void doubt(const Ports& ports);
    void begin_watch(UnlockState proof, const Ports& ports);
    void finish(UnlockOutcome outcome, std::string why, const Ports& ports);
    [[nodiscard]] bool late(const Clock& clock) const { return clock.mono() > asked_at_ + rules_.not_after; }

    UnlockRequest request_;
    MonoTime asked_at_;
    UnlockRules rules_;
    Step step_ = Step::look;
    bool intended_ = false;
    int writes_ = 0;
    bool open_before_ = false;
    std::optional<std::uint16_t> fires_before_;
    std::optional<std::uint16_t> boots_before_;
    std::string last_error_;
    std::optional<MonoTime> fired_at_;
    int reads_open_ = 0;
    MonoTime opened_at_{};
    UnlockOutcome outcome_{};
    std::string why_;
    MonoTime finished_at_{};
};

/// Start-up: every unfinished intent of this bank becomes unknown in the journal and is given back, to be
/// told to people. Nothing is fired.
[[nodiscard]] Result<std::vector<UnlockIntent>> forget_unfinished(UnlockJournal& journal, const BankId& bank);

} // namespace montbrillant
