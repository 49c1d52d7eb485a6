// SPDX-License-Identifier: Apache-2.0
#include "badge/print/print_job.hpp"

#include "sync/base/crash_point.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr Millis poll_first{50};
constexpr Millis poll_later{250};
constexpr int polls_quick = 40;
constexpr std::int64_t up_time_slack_s = 3;

bool has_document(PrintState state) { return state == PrintState::sending || state == PrintState::sent; }

// The printer's own count must have run on as long as ours since the job was made. One that had only just
// been switched on could hide a restart inside the slack.
bool ran_through(const PrintRecord& record, const ipp::PrinterAttributes& now, Millis elapsed)
{
    return now.uuid == record.printer_uuid && elapsed.count() >= 0 &&
           record.printer_up_time_s >= up_time_slack_s &&
           now.up_time_s >= record.printer_up_time_s + elapsed.count() / 1000 - up_time_slack_s;
}

std::string printer_words(const ipp::Job& job)
{
    std::string words = job.message;
    for (const auto& reason : job.reasons)
        words += fmt::format("{}{}", words.empty() ? "" : ", ", reason);
    return words;
}

} // namespace

PrintJob::PrintJob(PrintRecord record, Origin origin)
    : record_(std::move(record)),
      phase_(origin == Origin::fresh && record_.state == PrintState::queued ? Phase::create : Phase::look)
{
}

PrintJob::Turn PrintJob::advance(const PrintPorts& ports)
{
    if (is_final(record_.state) || record_.state == PrintState::ask)
        return {true, {}};
    switch (phase_) {
    case Phase::look: return look(ports);
    case Phase::create: return create(ports);
    case Phase::send: return send(ports);
    case Phase::follow: return follow(ports);
    }
    return {};
}

PrintJob::Turn PrintJob::look(const PrintPorts& ports)
{
    auto answer = ports.printer.find(record_.key);
    if (!answer)
        return trouble(answer.error());
    return *answer ? found(ports, **answer) : not_found(ports);
}

PrintJob::Turn PrintJob::found(const PrintPorts& ports, const ipp::Job& job)
{
    if (job.lacks_document()) {
        // First the journal: once the job is cancelled, a crash must not read it as cancelled by a person.
        if (!save(ports, PrintState::queued))
            return trouble({ipp::Trouble::Kind::busy, waiting_for_});
        if (auto cancelled = ports.printer.cancel(job.id); !cancelled)
            return trouble(cancelled.error());
        return start_over(ports);
    }
    if (job.state == ipp::JobState::completed)
        return finish(ports, PrintState::done, {});
    if (job.ended() && !has_document(record_.state))
        return start_over(ports);
    if (job.ended())
        return finish(ports,
                      job.state == ipp::JobState::canceled ? PrintState::cancelled : PrintState::failed,
                      printer_words(job));
    record_.ipp_job = job.id;
    if (!save(ports, PrintState::sent))
        return trouble({ipp::Trouble::Kind::busy, waiting_for_});
    phase_ = Phase::follow;
    return heard();
}

PrintJob::Turn PrintJob::not_found(const PrintPorts& ports)
{
    if (!has_document(record_.state))
        return start_over(ports);
    const auto status = ports.printer.status();
    if (!status)
        return trouble(status.error());
    // A printer that said it has the document and knows nothing of it is never sent another one unasked.
    const bool may_have_it = record_.state == PrintState::sent;
    const Millis elapsed = ports.clock.wall() - record_.created_at;
    if (!may_have_it && ports.printer.remembers_for_ever() && status->uuid == record_.printer_uuid)
        return start_over(ports);
    if (!ran_through(record_, *status, elapsed))
        return finish(ports, PrintState::ask,
                      "The printer was restarted or changed. Did this badge come out?");
    if (may_have_it || elapsed > ports.history)
        return finish(ports, PrintState::ask, "The printer no longer knows this badge. Did it come out?");
    return start_over(ports);
}

PrintJob::Turn PrintJob::start_over(const PrintPorts& ports)
{
    if (record_.state != PrintState::queued && !save(ports, PrintState::queued))
        return trouble({ipp::Trouble::Kind::busy, waiting_for_});
    phase_ = Phase::create;
    return heard();
}

PrintJob::Turn PrintJob::create(const PrintPorts& ports)
{
    if (document_.empty()) {
        auto document = ports.document(record_.key);
        if (!document)
            return finish(ports, PrintState::failed, document.error().text());
        document_ = *std::move(document);
    }
    const auto status = ports.printer.status();
    if (!status)
        return trouble(status.error());
    reasons_ = status->reasons;
    const auto job = ports.printer.create_job(record_.key);
    if (job)
        return created(ports, *job, *status);
    switch (job.error().kind) {
    case ipp::Trouble::Kind::lost:
        // It may have been made: a job without a document then stands in our own way.
        phase_ = Phase::look;
        break;
    case ipp::Trouble::Kind::busy:
        if (const auto cancelled = ports.printer.cancel_orphans(); cancelled && *cancelled > 0)
            return heard();
        break;
    case ipp::Trouble::Kind::not_found:
    case ipp::Trouble::Kind::refused: return finish(ports, PrintState::failed, job.error().words);
    }
    return trouble(job.error());
}

PrintJob::Turn PrintJob::created(const PrintPorts& ports, int job, const ipp::PrinterAttributes& status)
{
    crash_point("print.create_answered");
    record_.ipp_job = job;
    record_.printer_uuid = status.uuid;
    record_.printer_up_time_s = status.up_time_s;
    record_.created_at = ports.clock.wall();
    if (!save(ports, PrintState::created)) {
        phase_ = Phase::look;
        return trouble({ipp::Trouble::Kind::busy, waiting_for_});
    }
    crash_point("print.created");
    phase_ = Phase::send;
    return heard();
}

PrintJob::Turn PrintJob::send(const PrintPorts& ports)
{
    if (++tries_ > tries_max)
        return finish(ports, PrintState::failed,
                      fmt::format("the printer did not take the badge in {} tries", tries_max));
    if (!save(ports, PrintState::sending))
        return trouble({ipp::Trouble::Kind::busy, waiting_for_});
    crash_point("print.sending");
    const auto answer = ports.printer.send(record_.ipp_job, record_.key, document_);
    if (answer)
        return sent(ports);
    phase_ = Phase::look;
    switch (answer.error().kind) {
    case ipp::Trouble::Kind::not_found: return start_over(ports);
    case ipp::Trouble::Kind::refused:
        if (const auto cancelled = ports.printer.cancel(record_.ipp_job); !cancelled)
            waiting_for_ = cancelled.error().words;
        return finish(ports, PrintState::failed, answer.error().words);
    case ipp::Trouble::Kind::lost:
    case ipp::Trouble::Kind::busy: return trouble(answer.error());
    }
    return {};
}

PrintJob::Turn PrintJob::sent(const PrintPorts& ports)
{
    crash_point("print.document_sent");
    phase_ = Phase::follow;
    if (!save(ports, PrintState::sent))
        return trouble({ipp::Trouble::Kind::busy, waiting_for_});
    crash_point("print.sent");
    document_.clear();
    return heard();
}

PrintJob::Turn PrintJob::follow(const PrintPorts& ports)
{
    const auto job = ports.printer.job(record_.ipp_job);
    if (!job) {
        // A printer that comes back may have given the number to somebody else's job.
        phase_ = Phase::look;
        return job.error().kind == ipp::Trouble::Kind::not_found ? heard() : trouble(job.error());
    }
    if (job->name != record_.key.str()) {
        phase_ = Phase::look;
        return heard();
    }
    if (job->ended()) {
        const auto state = job->state == ipp::JobState::completed  ? PrintState::done
                           : job->state == ipp::JobState::canceled ? PrintState::cancelled
                                                                   : PrintState::failed;
        return finish(ports, state, state == PrintState::done ? std::string() : printer_words(*job));
    }
    const auto status = ports.printer.status();
    if (!status)
        return trouble(status.error());
    reasons_ = status->reasons;
    return heard(++polls_ <= polls_quick ? poll_first : poll_later);
}

PrintJob::Turn PrintJob::finish(const PrintPorts& ports, PrintState state, std::string why)
{
    record_.why = std::move(why);
    if (!save(ports, state)) {
        phase_ = Phase::look;
        return trouble({ipp::Trouble::Kind::busy, waiting_for_});
    }
    crash_point(fmt::format("print.{}", name_of(state)));
    document_.clear();
    return {true, {}};
}

PrintJob::Turn PrintJob::trouble(const ipp::Trouble& trouble)
{
    waiting_for_ = trouble.words;
    lost_in_a_row_ = trouble.kind == ipp::Trouble::Kind::lost ? lost_in_a_row_ + 1 : 0;
    const Millis wait = wait_min * (1 << std::min(waits_in_a_row_, 5));
    ++waits_in_a_row_;
    return {false, std::min(wait, wait_max)};
}

PrintJob::Turn PrintJob::heard(Millis wait)
{
    waiting_for_.clear();
    lost_in_a_row_ = 0;
    waits_in_a_row_ = 0;
    return {false, wait};
}

bool PrintJob::save(const PrintPorts& ports, PrintState state)
{
    PrintRecord next = record_;
    next.state = state;
    if (auto put = ports.journal.put(next); !put) {
        waiting_for_ = put.error().text();
        return false;
    }
    record_ = std::move(next);
    return true;
}

} // namespace montbrillant
