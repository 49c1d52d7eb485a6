// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The running registry: I/O threads read and write HTTP, one writer thread owns the Service and answers.
/// Pushes that wait are taken in one transaction, in the order they came, then everybody who waits for news
/// is answered: those who stand at the same place with the same answer, made once. Pulls without news are
/// parked until there is some, their time is over, or the registry stops. When nobody asks anything, the
/// snapshot is made; while devices push, it gets a little of the writer's time only.

#include "sync/base/queue.hpp"
#include "sync/registry/http_server.hpp"
#include "sync/registry/service.hpp"

#include <atomic>
#include <deque>
#include <thread>

namespace montbrillant::registry {

class Registry {
public:
    /// `service` and its clock are used by the writer thread alone from now on.
    [[nodiscard]] static Result<std::unique_ptr<Registry>> start(Service service,
                                                                 const HttpServer::Options& options);
    ~Registry();

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] std::size_t connections() const { return server_->connections(); }
    /// Runs on the writer thread and waits for it. Any thread but the writer's; fails when stopping.
    [[nodiscard]] Result<> run(std::function<void(Service&)> work);
    /// Answers what was asked, says goodbye to whoever waits, and returns when all threads ended.
    void stop();

private:
    static constexpr std::size_t jobs_max = 4096;
    static constexpr std::size_t jobs_per_turn = 256;
    /// A turn ends after so many facts: who asks something else does not wait for longer.
    static constexpr std::size_t facts_per_turn = 2000;
    static constexpr std::size_t parked_max = 4096;

    using Job = std::function<void()>;
    /// Where an answer goes, and whether it may go compressed.
    struct Caller {
        HttpServer::Respond respond;
        bool takes_zstd = false;
    };
    struct Waiting {
        std::shared_ptr<const Ask> ask; ///< a PushAsk
        Caller caller;
    };
    struct Parked {
        PullAsk ask;
        Caller caller;
        MonoTime until;
    };

    explicit Registry(Service service);
    void on_request(HttpRequest request, HttpServer::Respond respond);
    void answer(const std::shared_ptr<const Ask>& ask, const Caller& caller);
    void answer_pull(const PullAsk& ask, const Caller& caller);
    static void give(const Caller& caller, HttpResponse response);
    template <class T> static void give(const Caller& caller, Answered<T> answer);
    void write_loop();
    void turn(const Job& job);
    void take_pushes();
    void follow();
    void tend_snapshot();
    void wake_parked();
    void wake(std::vector<Parked> due);
    [[nodiscard]] Millis patience();

    Service service_;
    std::string registry_id_;
    Queue<Job> jobs_{jobs_max};
    std::deque<Waiting> pushes_; ///< in the order they came
    std::vector<Parked> parked_;
    std::atomic<bool> news_{false}; ///< another node wrote something: a job for it is in the queue
    MonoTime followed_;
    bool astray_ = false;         ///< the last look at the other nodes' work failed
    MonoTime pushed_;             ///< the last time that facts were taken
    MonoTime snapshot_at_;        ///< its next segment is made no earlier
    bool snapshot_fails_ = false; ///< the last attempt failed
    std::uint64_t woken_at_ = 0;  ///< the head of the log at the last look
    bool stopping_ = false;       ///< writer thread only
    std::unique_ptr<HttpServer> server_;
    std::thread writer_;
};

} // namespace montbrillant::registry
