// SPDX-License-Identifier: Apache-2.0
#include "sync/client/sync_side.hpp"

namespace montbrillant {
namespace {

constexpr Millis quiet_pause{1000}; ///< when a long-poll comes back empty at once

/// An exception must not end the process that prints badges.
template <class Round> auto guarded(Round round) -> decltype(round())
{
    try {
        return round();
    } catch (const std::exception& error) {
        return fail(ErrorKind::network, error.what(), "sync");
    }
}

template <class Report> const Error* trouble_of(const Result<Report>& round)
{
    return round ? nullptr : &round.error();
}

} // namespace

Pause Pace::after(const Error* trouble, Pause success)
{
    if (trouble == nullptr) {
        backoff_.reset();
        return success;
    }
    if (trouble->kind != ErrorKind::network)
        return {pacing_.backoff_first, pacing_.backoff_last};
    const Millis most = backoff_.next(*random_);
    return {std::min(most, pacing_.backoff_first), most};
}

PushSide::PushSide(const SyncLine& line, const SyncPacing& pacing)
    : line_(line), pacing_(pacing), pace_(pacing, *line.random)
{
}

Turn<PushReport> PushSide::turn()
{
    auto round = guarded([this] { return push_all(*line_.gate, *line_.http, *line_.session, *line_.clock); });
    const Pause pause = pace_.after(trouble_of(round), {Millis(0), pacing_.push_period});
    return {std::move(round), pause, false};
}

PullSide::PullSide(const SyncLine& line, const SyncPacing& pacing, OnPage on_page)
    : line_(line), pacing_(pacing), pace_(pacing, *line.random), on_page_(std::move(on_page))
{
}

Turn<PullReport> PullSide::turn()
{
    const MonoTime began = line_.clock->mono();
    // After trouble the first answer comes at once, so that staff see the registry back.
    const Millis wait = well_ ? pacing_.wait : Millis(0);
    auto round = guarded(
        [&] { return pull_all(*line_.gate, *line_.http, *line_.session, *line_.clock, wait, on_page_); });
    const bool quiet = round && round->rows == 0;
    const bool hasty = well_ && quiet && line_.clock->mono() - began < quiet_pause;
    // The registry is back, or lost its log: what waits can go now.
    const bool wakes_others = round && (!well_ || round->reset);
    well_ = round.has_value();
    const Pause pause = pace_.after(trouble_of(round), {hasty ? quiet_pause : Millis(0), Millis(0)});
    return {std::move(round), pause, wakes_others};
}

} // namespace montbrillant
