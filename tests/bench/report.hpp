// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a benchmark tells scripts/bench: figures, and the targets they are held against. Figures are Google
/// Benchmark's counters; targets travel in the label, one per "; ", each in the form that table.py reads:
///
///     p99_ms <= 1                                a bound
///     like/100000:p99_ms / p99_ms >= 30          a ratio to a yardstick of the same run
///
/// A figure's name ends in its unit ("p99_ms", "memory_mb"); one of another benchmark of the same program has
/// that benchmark's name before it.

#include <benchmark/benchmark.h>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant::bench {

/// Writes into `state` at the end of its life.
class Report {
public:
    explicit Report(benchmark::State& state) : state_(state) {}
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;
    ~Report();

    Report& figure(const std::string& name, double value);
    Report& at_most(std::string_view figure, double bound);
    Report& at_least(std::string_view figure, double bound);
    /// The yardstick, a time, is at least `times` as long as our `figure`.
    Report& faster(std::string_view figure, std::string_view yardstick, double times);
    /// Our `figure`, a time or a size, is at most `times` the yardstick.
    Report& within(std::string_view figure, std::string_view yardstick, double times);

private:
    Report& target(std::string text);

    benchmark::State& state_;
    std::string targets_;
};

/// Real time since it was made.
class Stopwatch {
public:
    [[nodiscard]] double seconds() const;

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// What this thread has used of a processor: on a machine that others use, too, real time says less.
[[nodiscard]] double thread_seconds();

/// Times of single calls, in real time and in that of the thread's processor: on a machine that others use,
/// too, the two differ.
class Latencies {
public:
    /// Runs and measures one call.
    template <class Call> void measure(Call&& call)
    {
        const double cpu = thread_seconds();
        const Stopwatch watch;
        call();
        real_s_.push_back(watch.seconds());
        cpu_s_.push_back(thread_seconds() - cpu);
    }
    /// Adds p50_ms, p99_ms, max_ms, cpu_p50_ms and cpu_p99_ms. Call once, after at least one measurement.
    void write(Report& report);
    /// For figures under names of their own.
    [[nodiscard]] double p50_ms();
    [[nodiscard]] double mean_ms() const;

private:
    std::vector<double> real_s_;
    std::vector<double> cpu_s_;
};

/// Bytes of the heap in use by this process.
[[nodiscard]] double heap_bytes();

} // namespace montbrillant::bench
