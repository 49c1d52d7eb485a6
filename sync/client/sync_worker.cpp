// SPDX-License-Identifier: Apache-2.0
#include "sync/client/sync_worker.hpp"

#include "sync/base/log.hpp"

namespace montbrillant {
namespace {

constexpr Millis offset_step{1000};

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
                                                      Handler handler, const std::string& proxy)
{
    return start(gate, clock, random, std::move(handler), Options(),
                 [&](const std::string&) { return open_registry(gate, proxy); });
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

SyncLine SyncWorker::line(Side side) { return {&gate_, http_[side].get(), &session_, &clock_, &random_}; }

void SyncWorker::push_loop()
{
    PushSide side(line(push_side), options_);
    while (!stopping()) {
        const auto seen = wakes();
        const auto turn = side.turn();
        if (turn.round)
            tell_offset(turn.round->clock_offset);
        tell(push_side, turn.round ? std::string() : turn.round.error().text());
        pause(seen, turn.pause);
    }
}

void SyncWorker::pull_loop()
{
    PullSide side(line(pull_side), options_, [this](const PulledPage& page) { tell_page(page); });
    while (!stopping()) {
        const auto seen = wakes();
        const auto turn = side.turn();
        if (turn.round) {
            tell_offset(turn.round->clock_offset);
            if (turn.round->reset)
                emit(SyncPulled{{}, true});
        }
        tell(pull_side, turn.round ? std::string() : turn.round.error().text());
        if (turn.wakes_others)
            wake();
        pause(seen, turn.pause);
    }
}

void SyncWorker::pause(std::uint64_t seen, const Pause& pause)
{
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, pause.least, [this] { return stopping_; });
    if (pause.most > pause.least)
        changed_.wait_for(lock, pause.most - pause.least,
                          [this, seen] { return stopping_ || wakes_ != seen; });
}

void SyncWorker::tell(Side side, const std::string& trouble)
{
    if (stopping())
        return; // an aborted call is no news
    const std::lock_guard lock(told_mutex_);
    trouble_[side] = trouble;
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

void SyncWorker::tell_page(const PulledPage& page)
{
    emit(SyncPulled{{page.people.begin(), page.people.end()}, true});
    if (page.of <= page.seq)
        return;
    const std::lock_guard lock(told_mutex_);
    told_.reset(); // how the round ends is said again
    handler_(SyncTaking{page.seq, page.of});
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
