// SPDX-License-Identifier: Apache-2.0
#include "sync/base/queue.hpp"
#include "sync/client/sync_worker.hpp"
#include "tests/sync/client/hall.hpp"

#include <condition_variable>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr Millis soon{20000}; ///< how long a test waits for what must come

/// A store's own thread, as in the kiosk.
class ThreadGate final : public StoreGate {
public:
    explicit ThreadGate(Store& store) : thread_([this, &store] { serve(store); }) {}
    ~ThreadGate() override
    {
        jobs_.close();
        thread_.join();
    }
    Result<> run(const Work& work) override
    {
        std::optional<Result<>> result;
        std::mutex mutex;
        std::condition_variable done;
        const bool queued = jobs_.push([&](Store& store) {
            auto outcome = work(store);
            const std::lock_guard lock(mutex);
            result = std::move(outcome);
            done.notify_one();
        });
        if (!queued)
            return fail(ErrorKind::storage, "the store is closed");
        std::unique_lock lock(mutex);
        done.wait(lock, [&result] { return result.has_value(); });
        return *result;
    }

private:
    void serve(Store& store)
    {
        while (!jobs_.closed()) {
            if (auto job = jobs_.pop(Millis(1000)))
                (*job)(store);
        }
    }
    Queue<std::function<void(Store&)>> jobs_{64};
    std::thread thread_;
};

/// The wire of two threads: one at a time reaches the registry.
class SharedWire final : public Http {
public:
    struct Line {
        std::mutex mutex;
        Wire wire;
        explicit Line(std::optional<registry::Service>& service) : wire(service) {}
    };
    explicit SharedWire(Line& line) : line_(line) {}
    Result<HttpAnswer> send(const HttpCall& call) override
    {
        const std::lock_guard lock(line_.mutex);
        return line_.wire.send(call);
    }
    void abort() override {}

private:
    Line& line_;
};

struct Running {
    Desk desk;
    Kiosk kiosk{desk, "K1"};
    SharedWire::Line line{desk.service};
    SystemClock clock;
    Queue<SyncEvent> events{1000};
    std::optional<ThreadGate> gate;
    std::unique_ptr<SyncWorker> worker;

    void start()
    {
        gate.emplace(*kiosk.store);
        const SyncWorker::Options quick{Millis(20), Millis(100), Millis(0), Millis(50)};
        worker = must(SyncWorker::start(
            *gate, clock, kiosk.own_random,
            [this](const SyncEvent& event) { static_cast<void>(events.push(event)); }, quick,
            [this](const std::string&) -> Result<std::unique_ptr<Http>> {
                return std::make_unique<SharedWire>(line);
            }));
    }
    ~Running() { worker.reset(); }

    template <class Event> std::optional<Event> next()
    {
        while (auto event = events.pop(soon)) {
            if (auto* wanted = std::get_if<Event>(&*event))
                return std::move(*wanted);
        }
        return std::nullopt;
    }
    void set_down(bool down)
    {
        const std::lock_guard lock(line.mutex);
        line.wire.down = down;
    }
    void commit(const Draft& draft)
    {
        must(gate->run([&draft](Store& store) { return store.commit(draft).map([](const auto&) {}); }));
        worker->wake();
    }
    /// Registry work between two calls of the wire.
    void at_desk(const std::function<void()>& work)
    {
        const std::lock_guard lock(line.mutex);
        work();
    }
    bool reaches_registry(std::size_t facts)
    {
        for (int i = 0; i < 2000; ++i) {
            std::size_t there = 0;
            at_desk([&] { there = must(desk.store().chain_of(DeviceId("K1"), 1)).counter; });
            if (there == facts)
                return true;
            static_cast<void>(events.pop(Millis(10)));
        }
        return false;
    }
};

} // namespace

TEST_CASE("the worker brings news from the registry and takes local facts there")
{
    Running run;
    run.start();
    REQUIRE(run.next<SyncOnline>());
    run.at_desk([&run] { run.desk.knows("alice", "Alice"); });
    const auto pulled = run.next<SyncPulled>();
    REQUIRE(pulled);
    CHECK(pulled->facts);
    CHECK(pulled->people == std::vector{DelegateId("alice")});
    run.commit(just({checked_in("alice")}));
    CHECK(run.reaches_registry(1));
}

TEST_CASE("a registry that is away at start is ordinary: the worker says so once and comes back by itself")
{
    Running run;
    run.set_down(true);
    run.start();
    const auto offline = run.next<SyncOffline>();
    REQUIRE(offline);
    CHECK(offline->words.find("does not listen") != std::string::npos);
    run.commit(just({laptop("LT-1")}));
    run.set_down(false); // and nobody wakes the worker
    CHECK(run.next<SyncOnline>());
    CHECK(run.reaches_registry(1));
    run.set_down(true);
    CHECK(run.next<SyncOffline>());
    run.commit(just({laptop("LT-2")}));
    run.set_down(false);
    CHECK(run.next<SyncOnline>());
    CHECK(run.reaches_registry(2));
}

TEST_CASE("a registry restored from a backup is filled again without any new local fact")
{
    Running run;
    const auto backup = run.desk.folder.path() / "old.db";
    must(run.desk.store().backup_to(backup));
    run.start();
    REQUIRE(run.next<SyncOnline>());
    run.commit(just({laptop("LT-1"), laptop("LT-2")}));
    REQUIRE(run.reaches_registry(2));
    run.at_desk([&] {
        run.desk.stop();
        CHECK(must(registry::restore(run.desk.address(), backup, run.desk.clock, run.desk.random)).head == 0);
        run.desk.start();
    });
    CHECK(run.reaches_registry(2));
}

TEST_CASE("a device that was revoked says so and does not hammer the registry")
{
    Running run;
    must(run.desk.service->admission().set_state(run.desk.service->ledger(), DeviceId("K1"),
                                                 registry::DeviceState::revoked));
    run.start();
    const auto offline = run.next<SyncOffline>();
    REQUIRE(offline);
    CHECK(offline->words.find("revoked") != std::string::npos);
}

TEST_CASE("the worker tells how far the clocks are apart")
{
    Running run;
    run.start();
    const auto offset = run.next<SyncClockOffset>();
    REQUIRE(offset);
    const Millis expected = run.desk.clock.wall() - run.clock.wall();
    CHECK(std::abs((offset->offset - expected).count()) < 60000);
}

TEST_CASE("a folder that is not enrolled has no worker")
{
    Desk desk;
    Site site;
    DirectStoreGate gate(site.open());
    SystemClock clock;
    const auto refused = SyncWorker::start(gate, clock, site.random, [](const SyncEvent&) {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text().find("enrol") != std::string::npos);
}

TEST_CASE("pauses grow to a minute, jittered, and start small again")
{
    SeededRandom random(3);
    Backoff backoff(Millis(1000), Millis(60000));
    Millis longest{};
    std::set<std::int64_t> different;
    for (int i = 0; i < 200; ++i) {
        const Millis pause = backoff.next(random);
        CHECK(pause >= Millis(100));
        CHECK(pause <= std::min(Millis(60000), Millis(1000 * (1LL << std::min(i, 10)))));
        longest = std::max(longest, pause);
        different.insert(pause.count());
    }
    CHECK(longest > Millis(50000));
    CHECK(different.size() > 150);
    backoff.reset();
    CHECK(backoff.next(random) <= Millis(1000));
}
