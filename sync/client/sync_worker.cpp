// SPDX-License-Identifier: Apache-2.0
#include "sync/client/sync_worker.hpp"

#include "sync/base/log.hpp"

namespace montbrillant {
namespace {

constexpr Millis quiet_pause{1000}; ///< when a long-poll comes back empty at once
constexpr Millis offset_step{1000};

/// An exception must not end the process that prints badges.
template <class Round> Result<> guarded(Round round)
{
    try {
        return round();
    } catch (const std::exception& error) {
        return fail(ErrorKind::network, error.what(), "sync");
    }
}

} // namespace

SyncWorker::SyncWorker(StoreGate& gate, Clock& clock, Random& random, Handler handler, const Options& options,
                       SyncSession session)
    : gate_(gate), clock_(clock), random_(random), handler_(std::move(handler)), options_(options),
      session_(std::move(session))
{
}

Result<std::unique_ptr<SyncWorker>> SyncWorker::start(StoreGate& gate, Clock& clock, Random& random,
                                                      Handler handler, const Options& options,
                                                      const Connect& connect)
{
    MB_TRY(auto session, SyncSession::of(gate));
    std::unique_ptr<SyncWorker> worker(
        new SyncWorker(gate, clock, random, std::move(handler), options, std::move(session)));
    for (auto& http : worker->http_) {
        MB_TRY(http, connect(worker->session_.url()));
    }
    worker->threads_[push_side] = std::thread([self = worker.get()] { self->push_loop(); });
    worker->threads_[pull_side] = std::thread([self = worker.get()] { self->pull_loop(); });
    return worker;
}

Result<std::unique_ptr<SyncWorker>> SyncWorker::start(StoreGate& gate, Clock& clock, Random& random,
                                                      Handler handler)
{
    return start(gate, clock, random, std::move(handler), Options(),
                 [](const std::string& url) -> Result<std::unique_ptr<Http>> { return CurlHttp::open(url); });
}

SyncWorker::~SyncWorker() { stop(); }

void SyncWorker::wake()
{
    {
        const std::lock_guard lock(mutex_);
        ++wakes_;
    }
    changed_.notify_all();
}

void SyncWorker::stop()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (const auto& http : http_) {
        if (http)
            http->abort();
    }
    for (auto& thread : threads_) {
        if (thread.joinable())
            thread.join();
    }
}

bool SyncWorker::stopping()
{
    const std::lock_guard lock(mutex_);
    return stopping_;
}

std::uint64_t SyncWorker::wakes()
{
    const std::lock_guard lock(mutex_);
    return wakes_;
}

void SyncWorker::push_loop()
{
    Backoff backoff(options_.backoff_first, options_.backoff_last);
    while (!stopping()) {
        const auto seen = wakes();
        const auto round = guarded([this] { return push_round(); });
        tell(push_side, round);
        pause(seen, after(round, backoff, {Millis(0), options_.push_period}));
    }
}

void SyncWorker::pull_loop()
{
    Backoff backoff(options_.backoff_first, options_.backoff_last);
    bool well = false;
    while (!stopping()) {
        const auto seen = wakes();
        const MonoTime began = clock_.mono();
        bool quiet = false;
        // After trouble the first answer comes at once, so that staff see the registry back.
        const auto round = guarded([&] { return pull_round(well ? options_.wait : Millis(0), quiet); });
        tell(pull_side, round);
        const bool hasty = well && quiet && clock_.mono() - began < quiet_pause;
        if (round && !well)
            wake(); // the registry is back: what waits can go now
        well = round.has_value();
        pause(seen, after(round, backoff, {hasty ? quiet_pause : Millis(0), Millis(0)}));
    }
}

Result<> SyncWorker::push_round()
{
    MB_TRY(const auto report, push_all(gate_, *http_[push_side], session_, clock_));
    tell_offset(report.clock_offset);
    return {};
}

Result<> SyncWorker::pull_round(Millis wait, bool& quiet)
{
    MB_TRY(auto report, pull_all(gate_, *http_[pull_side], session_, clock_, wait));
    tell_offset(report.clock_offset);
    quiet = report.rows == 0;
    if (report.rows > 0 || report.reset)
        emit(SyncPulled{std::move(report.people), true});
    if (report.reset)
        wake();
    return {};
}

/// How long to wait now; woken up, at least `least`. What only a person can mend is tried again slowly.
SyncWorker::Pause SyncWorker::after(const Result<>& round, Backoff& backoff, Pause success)
{
    if (round) {
        backoff.reset();
        return success;
    }
    if (round.error().kind != ErrorKind::network)
        return {options_.backoff_first, options_.backoff_last};
    const Millis most = backoff.next(random_);
    return {std::min(most, options_.backoff_first), most};
}

void SyncWorker::pause(std::uint64_t seen, const Pause& pause)
{
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, pause.least, [this] { return stopping_; });
    if (pause.most > pause.least)
        changed_.wait_for(lock, pause.most - pause.least,
                          [this, seen] { return stopping_ || wakes_ != seen; });
}

void SyncWorker::tell(Side side, const Result<>& round)
{
    if (stopping())
        return; // an aborted call is no news
    const std::lock_guard lock(told_mutex_);
    trouble_[side] = round ? std::string() : round.error().text();
    std::optional<std::string> together;
    for (const auto& words : trouble_) {
        if (words && (!together || together->empty()))
            together = words;
    }
    if (together == told_)
        return;
    told_ = together;
    if (told_->empty()) {
        log::info("online: registry={}", session_.url());
        handler_(SyncOnline{});
    } else {
        log::warn("offline: {}", *told_);
        handler_(SyncOffline{*told_});
    }
}

void SyncWorker::tell_offset(std::optional<Millis> offset)
{
    if (!offset)
        return;
    {
        const std::lock_guard lock(told_mutex_);
        const Millis moved = told_offset_ ? *offset - *told_offset_ : offset_step;
        if (moved < offset_step && -moved < offset_step)
            return;
        told_offset_ = offset;
    }
    emit(SyncClockOffset{*offset});
}

void SyncWorker::emit(const SyncEvent& event)
{
    const std::lock_guard lock(told_mutex_);
    handler_(event);
}

} // namespace montbrillant
