// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <malloc.h>
#include <numeric>

namespace montbrillant::bench {
namespace {

constexpr double ms_per_s = 1000;

double percentile(std::vector<double>& values, double share)
{
    const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(at);
    std::nth_element(values.begin(), nth, values.end());
    return *nth;
}

} // namespace

Report::~Report() { state_.SetLabel(targets_); }

Report& Report::figure(const std::string& name, double value)
{
    state_.counters[name] = value;
    return *this;
}

Report& Report::target(std::string text)
{
    targets_.append(targets_.empty() ? "" : "; ").append(text);
    return *this;
}

Report& Report::at_most(std::string_view figure, double bound)
{
    return target(fmt::format("{} <= {}", figure, bound));
}

Report& Report::at_least(std::string_view figure, double bound)
{
    return target(fmt::format("{} >= {}", figure, bound));
}

Report& Report::faster(std::string_view figure, std::string_view yardstick, double times)
{
    return target(fmt::format("{} / {} >= {}", yardstick, figure, times));
}

Report& Report::within(std::string_view figure, std::string_view yardstick, double times)
{
    return target(fmt::format("{} / {} <= {}", figure, yardstick, times));
}

double Stopwatch::seconds() const
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double thread_seconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double Latencies::p50_ms() { return percentile(real_s_, 0.5) * ms_per_s; }

double Latencies::mean_ms() const
{
    return std::accumulate(real_s_.begin(), real_s_.end(), 0.0) / static_cast<double>(real_s_.size()) *
           ms_per_s;
}

void Latencies::write(Report& report)
{
    report.figure("p50_ms", percentile(real_s_, 0.5) * ms_per_s)
        .figure("p99_ms", percentile(real_s_, 0.99) * ms_per_s)
        .figure("max_ms", percentile(real_s_, 1) * ms_per_s)
        .figure("cpu_p50_ms", percentile(cpu_s_, 0.5) * ms_per_s)
        .figure("cpu_p99_ms", percentile(cpu_s_, 0.99) * ms_per_s);
}

double heap_bytes()
{
    const auto heap = ::mallinfo2();
    return static_cast<double>(heap.uordblks + heap.hblkhd);
}

} // namespace montbrillant::bench
