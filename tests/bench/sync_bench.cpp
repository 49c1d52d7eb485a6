// SPDX-License-Identifier: Apache-2.0
// scripts/bench sync: the registry over loopback sockets, on SQLite and on PostgreSQL.
//  - ingest: 64 connections, batches of 10 to 200 facts, beside the same rows put into the same tables of the
//    same engine by nothing but statements, one commit for each batch
//  - drain: 200 kiosks bring 2,000 facts each after an outage; the kiosk that is served worst
//  - idle_polls: 2,000 long-polls wait, and somebody asks something on a new connection
//  - first_start: a fresh kiosk takes 100,000 people until they are searchable: first_start.cpp
#include "sync/registry/registry.hpp"
#include "tests/bench/push_load.hpp"
#include "tests/bench/registry_place.hpp"
#include "tests/bench/report.hpp"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <mutex>
#include <numeric>
#include <sys/resource.h>
#include <thread>

namespace montbrillant::bench {
namespace {

constexpr std::size_t ingest_connections = 64;
constexpr std::size_t ingest_facts_each = 1800;
constexpr std::size_t kiosks = 200;
constexpr std::size_t drained_facts_each = 2000;
constexpr std::size_t waiting_polls = 2000;
constexpr std::size_t questions = 1000;
const std::vector<std::size_t> mixed{10, 50, 100, 200};
const std::vector<std::size_t> whole{200};

/// How far the kiosks are when half of all is there, and how long a push took.
struct Progress {
    std::atomic<std::size_t> all{0};
    std::vector<std::atomic<std::size_t>> each;
    std::once_flag half_done;
    std::vector<std::size_t> at_half;
    std::mutex mutex;
    std::vector<double> waits_ms;
    explicit Progress(std::size_t devices) : each(devices) {}
};

void bring(const LoadDevice& device, std::size_t number, std::uint16_t port, std::size_t half,
           Progress& progress)
{
    LoadConnection connection(port);
    std::vector<double> waits;
    for (std::size_t i = 0; i < device.requests.size(); ++i) {
        const Stopwatch watch;
        connection.send(device.requests[i]);
        connection.receive();
        waits.push_back(watch.seconds() * 1000);
        progress.each[number] += device.facts[i];
        if ((progress.all += device.facts[i]) >= half)
            std::call_once(progress.half_done,
                           [&] { progress.at_half.assign(progress.each.begin(), progress.each.end()); });
    }
    const std::lock_guard lock(progress.mutex);
    progress.waits_ms.insert(progress.waits_ms.end(), waits.begin(), waits.end());
}

double bring_all(const std::vector<LoadDevice>& devices, std::uint16_t port, std::size_t facts,
                 Progress& progress)
{
    std::vector<std::thread> threads;
    std::atomic<bool> broken{false};
    const Stopwatch watch;
    for (std::size_t i = 0; i < devices.size(); ++i)
        threads.emplace_back([&, i] {
            try {
                bring(devices[i], i, port, facts / 2, progress);
            } catch (const std::exception& error) {
                fmt::print(stderr, "{}\n", error.what());
                broken = true;
            }
        });
    for (auto& thread : threads)
        thread.join();
    if (broken)
        throw std::runtime_error("a device was not served");
    return watch.seconds();
}

/// The share of the average that the kiosk served worst had when half of all was there.
double worst_share(const Progress& progress)
{
    const auto& at_half = progress.at_half;
    const double mean = static_cast<double>(std::accumulate(at_half.begin(), at_half.end(), std::size_t{0})) /
                        static_cast<double>(at_half.size());
    return static_cast<double>(*std::min_element(at_half.begin(), at_half.end())) / mean;
}

struct Ingest {
    std::size_t facts;
    std::uint64_t commits;
    double seconds;
    double bare_seconds;
};

void write_figures(benchmark::State& state, const Ingest& run, Progress& progress, bool drain)
{
    const auto facts = static_cast<double>(run.facts);
    Report report(state);
    report.figure("fact_us", run.seconds * 1e6 / facts);
    report.figure("bare_fact_us", run.bare_seconds * 1e6 / facts);
    report.figure("facts_per_s", facts / run.seconds);
    report.figure("facts_per_commit", facts / static_cast<double>(run.commits));
    std::sort(progress.waits_ms.begin(), progress.waits_ms.end());
    report.figure("push_max_ms", progress.waits_ms.back());
    report.figure("worst_share", worst_share(progress));
    report.faster("fact_us", "bare_fact_us", 0.5);
    if (drain)
        report.at_least("worst_share", 0.5);
}

void push_all(benchmark::State& state, Engine engine, std::size_t devices_count, std::size_t facts_each,
              const std::vector<std::size_t>& sizes, bool drain)
{
    for (auto _ : state) {
        Place place(engine);
        auto service = place.open();
        auto devices = make_devices(devices_count);
        admit(service, devices);
        for (auto& device : devices)
            make_pushes(device, facts_each, sizes, service.registry_id());
        const std::size_t facts = devices_count * facts_each;
        Progress progress(devices_count);
        auto registry = must(registry::Registry::start(std::move(service), many_connections()));
        const double seconds = bring_all(devices, registry->port(), facts, progress);
        std::uint64_t head = 0;
        std::uint64_t turns = 0;
        must(registry->run([&](registry::Service& running) {
            head = running.ledger().log_end().seq;
            turns = running.counts.turns;
        }));
        registry->stop();
        registry.reset();
        if (head != facts)
            throw std::runtime_error(fmt::format("the log has {} facts of {}", head, facts));
        write_figures(state, {facts, turns, seconds, place.bare_seconds(sizes)}, progress, drain);
    }
}

void idle_polls(benchmark::State& state, Engine engine)
{
    for (auto _ : state) {
        Place place(engine);
        auto service = place.open();
        const auto devices = make_devices(waiting_polls + 1);
        admit(service, devices);
        const std::string id = service.registry_id();
        auto registry = must(registry::Registry::start(std::move(service), many_connections()));
        std::vector<LoadConnection> waiting;
        for (std::size_t i = 0; i < waiting_polls; ++i) {
            waiting.emplace_back(registry->port());
            waiting.back().send(make_pull(devices[i], {}, protocol::wait_max, id));
        }
        const auto parked = [&] {
            std::string metrics;
            must(registry->run(
                [&](registry::Service& running) { metrics = std::to_string(running.counts.pulls); }));
            return metrics == std::to_string(waiting_polls);
        };
        while (!parked())
            std::this_thread::yield();
        const auto question = make_pull(devices.back(), {}, Millis(0), id);
        Latencies latencies;
        for (std::size_t i = 0; i < questions; ++i)
            latencies.measure([&] {
                LoadConnection connection(registry->port());
                connection.send(question);
                connection.receive();
            });
        Report report(state);
        latencies.write(report);
        report.at_most("p99_ms", 5);
    }
}

void raise_file_limit()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void ingest_sqlite(benchmark::State& state)
{
    push_all(state, Engine::sqlite, ingest_connections, ingest_facts_each, mixed, false);
}
void ingest_postgres(benchmark::State& state)
{
    push_all(state, Engine::postgres, ingest_connections, ingest_facts_each, mixed, false);
}
void drain_sqlite(benchmark::State& state)
{
    push_all(state, Engine::sqlite, kiosks, drained_facts_each, whole, true);
}
void drain_postgres(benchmark::State& state)
{
    push_all(state, Engine::postgres, kiosks, drained_facts_each, whole, true);
}
void idle_polls_sqlite(benchmark::State& state)
{
    raise_file_limit();
    idle_polls(state, Engine::sqlite);
}
void idle_polls_postgres(benchmark::State& state)
{
    raise_file_limit();
    idle_polls(state, Engine::postgres);
}

BENCHMARK(ingest_sqlite)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(ingest_postgres)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(drain_sqlite)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(drain_postgres)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(idle_polls_sqlite)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(idle_polls_postgres)->Iterations(1)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace montbrillant::bench
