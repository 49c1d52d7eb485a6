// SPDX-License-Identifier: Apache-2.0
#include "tests/badge/print/fake_printer.hpp"

namespace montbrillant::test {
namespace {

tl::unexpected<ipp::Trouble> trouble(ipp::Trouble::Kind kind)
{
    return tl::unexpected(ipp::Trouble{kind, "as the test says"});
}

} // namespace

FakePrinter::Fate FakePrinter::fate()
{
    run();
    if (away)
        return Fate::lost_before;
    if (random_.below(100) >= lost_percent)
        return Fate::arrives;
    return random_.below(2) == 0 ? Fate::lost_before : Fate::lost_after;
}

template <class T> ipp::Answer<T> FakePrinter::answer(Fate fate, ipp::Answer<T> value)
{
    if (fate == Fate::lost_after)
        return trouble(ipp::Trouble::Kind::lost);
    return value;
}

void FakePrinter::end(Entry& entry, ipp::JobState state)
{
    entry.job.state = state;
    entry.job.reasons = {"none"};
    entry.since = clock_.mono();
    if (state == ipp::JobState::completed)
        sheets.push_back(entry.job.name);
}

void FakePrinter::run()
{
    const MonoTime now = clock_.mono();
    const bool blocked = reasons.front() != "none";
    for (auto& [id, entry] : jobs_) {
        if (entry.job.state == ipp::JobState::processing && !blocked && now - entry.since >= print_time)
            end(entry, ipp::JobState::completed);
    }
    std::erase_if(jobs_, [&](const auto& item) {
        return item.second.job.ended() && now - item.second.since > history;
    });
}

void FakePrinter::power_cut(bool sheet_comes_out)
{
    run();
    for (const auto& [id, entry] : jobs_) {
        if (sheet_comes_out && entry.job.state == ipp::JobState::processing)
            sheets.push_back(entry.job.name);
    }
    jobs_.clear();
    last_id_ = 0;
    up_since_ = clock_.mono();
}

void FakePrinter::panel_cancel(const PrintKey& key)
{
    for (auto& [id, entry] : jobs_) {
        if (entry.job.name == key.str() && !entry.job.ended())
            end(entry, ipp::JobState::canceled);
    }
}

void FakePrinter::panel_abort(const PrintKey& key)
{
    for (auto& [id, entry] : jobs_) {
        if (entry.job.name == key.str() && !entry.job.ended())
            end(entry, ipp::JobState::aborted);
    }
}

ipp::Answer<ipp::PrinterAttributes> FakePrinter::status()
{
    const Fate how = fate();
    if (how == Fate::lost_before)
        return trouble(ipp::Trouble::Kind::lost);
    return answer<ipp::PrinterAttributes>(
        how, ipp::PrinterAttributes{"urn:uuid:1", (clock_.mono() - up_since_).count() / 1000, true, reasons});
}

ipp::Answer<int> FakePrinter::create_job(const PrintKey& key)
{
    const Fate how = fate();
    if (how == Fate::lost_before)
        return trouble(ipp::Trouble::Kind::lost);
    for (const auto& [id, entry] : jobs_) {
        if (!entry.job.ended())
            return answer<int>(how, trouble(ipp::Trouble::Kind::busy));
    }
    const int id = ++last_id_;
    jobs_[id] = {{id, key.str(), "K2", ipp::JobState::held, {"job-data-insufficient"}, {}}, clock_.mono()};
    return answer<int>(how, id);
}

ipp::Answer<> FakePrinter::send(int job, const PrintKey&, BytesView)
{
    const Fate how = fate();
    if (how == Fate::lost_before)
        return trouble(ipp::Trouble::Kind::lost);
    const auto found = jobs_.find(job);
    if (found == jobs_.end())
        return answer<void>(how, trouble(ipp::Trouble::Kind::not_found));
    if (!found->second.job.lacks_document())
        return answer<void>(how, trouble(ipp::Trouble::Kind::refused));
    found->second.job.state = ipp::JobState::processing;
    found->second.job.reasons = {"job-printing"};
    found->second.since = clock_.mono();
    return answer<void>(how, {});
}

ipp::Answer<ipp::Job> FakePrinter::job(int id)
{
    const Fate how = fate();
    if (how == Fate::lost_before)
        return trouble(ipp::Trouble::Kind::lost);
    const auto found = jobs_.find(id);
    if (found == jobs_.end())
        return answer<ipp::Job>(how, trouble(ipp::Trouble::Kind::not_found));
    return answer<ipp::Job>(how, found->second.job);
}

ipp::Answer<std::optional<ipp::Job>> FakePrinter::find(const PrintKey& key)
{
    const Fate how = fate();
    if (how == Fate::lost_before)
        return trouble(ipp::Trouble::Kind::lost);
    std::optional<ipp::Job> best;
    for (const auto& [id, entry] : jobs_) {
        const bool better =
            !best || (best->ended() && !entry.job.ended()) || entry.job.state == ipp::JobState::completed;
        if (entry.job.name == key.str() && better)
            best = entry.job;
    }
    return answer<std::optional<ipp::Job>>(how, best);
}

ipp::Answer<> FakePrinter::cancel(int job)
{
    const Fate how = fate();
    if (how == Fate::lost_before)
        return trouble(ipp::Trouble::Kind::lost);
    if (const auto found = jobs_.find(job); found != jobs_.end() && !found->second.job.ended())
        end(found->second, ipp::JobState::canceled);
    return answer<void>(how, {});
}

ipp::Answer<int> FakePrinter::cancel_orphans()
{
    const Fate how = fate();
    if (how == Fate::lost_before)
        return trouble(ipp::Trouble::Kind::lost);
    int cancelled = 0;
    for (auto& [id, entry] : jobs_) {
        if (entry.job.lacks_document()) {
            end(entry, ipp::JobState::canceled);
            ++cancelled;
        }
    }
    return answer<int>(how, cancelled);
}

} // namespace montbrillant::test
