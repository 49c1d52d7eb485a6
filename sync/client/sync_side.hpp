// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The two sides of a device's sync, one turn at a time, without threads or waiting: what a round brought and
/// how long to wait until the next. SyncWorker runs each side on a thread of its own, the simulator both on a
/// virtual clock. A side belongs to one thread; gate, session, clock and random may be shared and outlive it.

#include "sync/base/random.hpp"
#include "sync/client/backoff.hpp"
#include "sync/client/sync_round.hpp"

namespace montbrillant {

struct SyncPacing {
    Millis backoff_first{1000};
    Millis backoff_last{60000};
    Millis wait{25000};        ///< of a long-poll
    Millis push_period{30000}; ///< looks for unsent facts also when nobody woke it
};

/// Until the next turn: `least` in any case, then up to `most` unless somebody wakes the side.
struct Pause {
    Millis least{};
    Millis most{};
};

template <class Report> struct Turn {
    Result<Report> round;
    Pause pause;
    bool wakes_others = false; ///< both sides have something to do now
};

/// What everything a side does goes through.
struct SyncLine {
    StoreGate* gate;
    Http* http; ///< the side's own
    SyncSession* session;
    const Clock* clock;
    Random* random;
};

/// The pauses of one side: after trouble with the network they grow, jittered; what only a person can mend is
/// tried again slowly.
class Pace {
public:
    Pace(const SyncPacing& pacing, Random& random)
        : pacing_(pacing), random_(&random), backoff_(pacing.backoff_first, pacing.backoff_last)
    {
    }
    /// `trouble`: how the round failed, or null.
    [[nodiscard]] Pause after(const Error* trouble, Pause success);

private:
    SyncPacing pacing_;
    Random* random_;
    Backoff backoff_;
};

class PushSide {
public:
    PushSide(const SyncLine& line, const SyncPacing& pacing);
    [[nodiscard]] Turn<PushReport> turn();

private:
    SyncLine line_;
    SyncPacing pacing_;
    Pace pace_;
};

class PullSide {
public:
    PullSide(const SyncLine& line, const SyncPacing& pacing, OnPage on_page = {});
    [[nodiscard]] Turn<PullReport> turn();

private:
    SyncLine line_;
    SyncPacing pacing_;
    Pace pace_;
    OnPage on_page_;
    bool well_ = false; ///< the last turn succeeded
};

} // namespace montbrillant
