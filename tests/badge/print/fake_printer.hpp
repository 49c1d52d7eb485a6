// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A printer in memory that loses requests, answers and power when told: one job at a time, ended jobs
/// forgotten after a minute, numbers from 1 again after a power cut, as ippeveprinter does.

#include "badge/print/printer.hpp"
#include "sync/base/random.hpp"

#include <map>
#include <vector>

namespace montbrillant::test {

class FakePrinter final : public Printer {
public:
    FakePrinter(ManualClock& clock, Random& random) : clock_(clock), random_(random) {}

    unsigned lost_percent = 0; ///< of requests: half before they arrive, half before their answer does
    bool away = false;
    std::vector<std::string> reasons{"none"};
    Millis print_time{2000};
    Millis history{60'000};
    std::vector<std::string> sheets;

    /// The sheet in the path may still come out.
    void power_cut(bool sheet_comes_out);
    /// Somebody at the panel.
    void panel_cancel(const PrintKey& key);
    void panel_abort(const PrintKey& key);

    [[nodiscard]] ipp::Answer<ipp::PrinterAttributes> status() override;
    [[nodiscard]] ipp::Answer<int> create_job(const PrintKey& key) override;
    [[nodiscard]] ipp::Answer<> send(int job, const PrintKey& key, BytesView pdf) override;
    [[nodiscard]] ipp::Answer<ipp::Job> job(int id) override;
    [[nodiscard]] ipp::Answer<std::optional<ipp::Job>> find(const PrintKey& key) override;
    [[nodiscard]] ipp::Answer<> cancel(int job) override;
    [[nodiscard]] ipp::Answer<int> cancel_orphans() override;

private:
    struct Entry {
        ipp::Job job;
        MonoTime since;
    };
    enum class Fate { arrives, lost_before, lost_after };
    Fate fate();
    void run();
    void end(Entry& entry, ipp::JobState state);
    template <class T> ipp::Answer<T> answer(Fate fate, ipp::Answer<T> value);

    ManualClock& clock_;
    Random& random_;
    std::map<int, Entry> jobs_;
    int last_id_ = 0;
    MonoTime up_since_{-100'000};
};

} // namespace montbrillant::test
