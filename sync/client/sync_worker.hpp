// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Keeps a device in step with its registry: one thread pushes, one waits for news. A registry that is not
/// there at start, or lost in the middle, is ordinary: both try again with growing, jittered pauses, on a
/// timer and when woken. The store's own thread carries out the store's part (StoreGate).

#include "sync/client/sync_side.hpp"

#include <array>
#include <condition_variable>
#include <functional>
#include <thread>
#include <variant>

namespace montbrillant {

struct SyncOnline {};
struct SyncOffline {
    std::string words; ///< for staff: what is wrong and what to do
};
/// After each page: what came is there before the rest has come.
struct SyncPulled {
    std::vector<DelegateId> people; ///< whose records came: for the search index
    bool facts = false;             ///< the view changed
};
/// In the middle of a long way, so that staff see it go on; SyncOnline or SyncOffline comes after it.
struct SyncTaking {
    std::uint64_t seq{};
    std::uint64_t of{};
};
/// The registry's clock minus ours. Sent at first and when it moved by a second or more.
struct SyncClockOffset {
    Millis offset{};
};
using SyncEvent = std::variant<SyncOnline, SyncOffline, SyncPulled, SyncTaking, SyncClockOffset>;

class SyncWorker {
public:
    using Options = SyncPacing;
    /// Called on the worker's threads, one at a time; must not wait and must not call the worker.
    using Handler = std::function<void(const SyncEvent&)>;
    using Connect = std::function<Result<std::unique_ptr<Http>>(const std::string& url)>;

    /// Asks the store who it is, so the gate must be served already. `gate`, `clock` and `random` outlive the
    /// worker; clock and random must be thread-safe. Fails when the folder is not enrolled or the address is
    /// no address; a registry that is away is no failure.
    [[nodiscard]] static Result<std::unique_ptr<SyncWorker>> start(StoreGate& gate, Clock& clock,
                                                                   Random& random, Handler handler,
                                                                   const Options& options,
                                                                   const Connect& connect);
    /// With CurlHttp, through `proxy` if it is not empty.
    [[nodiscard]] static Result<std::unique_ptr<SyncWorker>>
    start(StoreGate& gate, Clock& clock, Random& random, Handler handler, const std::string& proxy = {});
    ~SyncWorker();

    /// After a local commit, or when the network came up. Any thread; returns at once.
    void wake();
    /// Ends both threads, also in the middle of a long-poll. The gate must be served until it returns.
    void stop();

private:
    enum Side : std::size_t { push_side, pull_side };

    SyncWorker(StoreGate& gate, Clock& clock, Random& random, Handler handler, const Options& options,
               SyncSession session);
    void push_loop();
    void pull_loop();
    [[nodiscard]] SyncLine line(Side side);
    [[nodiscard]] bool stopping();
    [[nodiscard]] std::uint64_t wakes();
    void pause(std::uint64_t seen, const Pause& pause);
    void tell(Side side, const std::string& trouble);
    void tell_page(const PulledPage& page);
    void tell_offset(std::optional<Millis> offset);
    void emit(const SyncEvent& event);

    StoreGate& gate_;
    Clock& clock_;
    Random& random_;
    Handler handler_;
    Options options_;
    SyncSession session_;
    std::array<std::unique_ptr<Http>, 2> http_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t wakes_ = 0;
    bool stopping_ = false;

    std::mutex told_mutex_; ///< what the handler was told last, and the handler itself
    std::array<std::optional<std::string>, 2> trouble_; ///< words per side; empty words: well
    std::optional<std::string> told_;                   ///< the same, together
    std::optional<Millis> told_offset_;

    std::array<std::thread, 2> threads_;
};

} // namespace montbrillant
