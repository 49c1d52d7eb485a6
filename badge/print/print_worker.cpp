// SPDX-License-Identifier: Apache-2.0
#include "badge/print/print_worker.hpp"

#include "sync/base/log.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace montbrillant {
namespace {

constexpr Millis journal_retry{1000};
constexpr Millis troubled_poll{500};

struct Waiting {
    PrintKey key;
    PrintJob::Origin origin;
};

} // namespace

struct PrintWorker::Impl {
    std::unique_ptr<Printer> printer;
    PrintJournal& journal;
    Clock& clock;
    DocumentSource document;
    PrintHandler handler;
    Settings settings;

    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Waiting> waiting; // under mutex, as the two below
    std::set<PrintKey> taken;
    bool stopping = false;

    // Of the thread alone.
    std::optional<PrintJob> job;
    MonoTime started;
    std::vector<PrinterNotice> told;
    std::optional<PrinterState> state;
    std::thread thread;

    Impl(std::unique_ptr<Printer> printer_, PrintJournal& journal_, Clock& clock_, DocumentSource document_,
         PrintHandler handler_, Settings settings_)
        : printer(std::move(printer_)), journal(journal_), clock{clock_}, document(std::move(document_)),
          handler(std::move(handler_)), settings(std::move(settings_))
    {
    }

    bool is_stopping()
    {
        const std::lock_guard lock(mutex);
        return stopping;
    }

    /// Until `patience` is over, the worker stops or, if `for_work`, something waits.
    void pause(Millis patience, bool for_work)
    {
        std::unique_lock lock(mutex);
        wake.wait_for(lock, patience, [&] { return stopping || (for_work && !waiting.empty()); });
    }

    void run()
    {
        recover();
        while (!is_stopping()) {
            try {
                turn();
            } catch (const std::exception& error) {
                // The journal says how far it came; it is taken up from there, as after a crash.
                log::error("the print worker fell over, going on: {}", error.what());
                if (job)
                    put_back({job->record().key, PrintJob::Origin::recovered});
                job.reset();
                pause(journal_retry, false);
            }
        }
    }

    void turn()
    {
        if (!job && !take_next())
            return watch();
        const auto turn = job->advance({*printer, journal, clock, document, settings.history});
        publish();
        if (turn.ended)
            end();
        else if (turn.wait.count() > 0)
            pause(turn.wait, false);
    }

    void recover()
    {
        for (;;) {
            auto open = journal.open_jobs();
            if (open)
                return take_up(*open);
            log::error("print journal cannot be read, trying again: {}", open.error().text());
            pause(journal_retry, false);
            if (is_stopping())
                return;
        }
    }

    void take_up(const std::vector<PrintRecord>& open)
    {
        std::deque<Waiting> recovered;
        for (const PrintRecord& record : open) {
            if (record.state == PrintState::ask)
                handler(PrintAsk{record.key, record.why});
            else
                recovered.push_back({record.key, PrintJob::Origin::recovered});
        }
        const std::lock_guard lock(mutex);
        // What was submitted since the start stands in the journal too, and comes in its turn.
        for (const auto& entry : recovered)
            taken.insert(entry.key);
        std::erase_if(waiting, [&](const Waiting& entry) {
            return std::ranges::find(recovered, entry.key, &Waiting::key) != recovered.end();
        });
        waiting.insert(waiting.begin(), recovered.begin(), recovered.end());
    }

    bool take_next()
    {
        std::optional<Waiting> next;
        {
            const std::lock_guard lock(mutex);
            if (waiting.empty())
                return false;
            next = std::move(waiting.front());
            waiting.pop_front();
        }
        auto record = journal.find(next->key);
        if (!record) {
            log::error("print journal cannot be read, trying again: {}", record.error().text());
            put_back(*std::move(next));
            pause(journal_retry, false);
            return false;
        }
        if (!*record) {
            release(next->key);
            handler(PrintFailed{next->key, "the badge is not in the print journal"});
            return false;
        }
        started = clock.mono();
        told.clear();
        job.emplace(**std::move(record), next->origin);
        if (!is_final(job->record().state) && job->record().state != PrintState::ask)
            handler(PrintStarted{next->key});
        return true;
    }

    void put_back(Waiting entry)
    {
        const std::lock_guard lock(mutex);
        waiting.push_front(std::move(entry));
    }

    void release(const PrintKey& key)
    {
        const std::lock_guard lock(mutex);
        taken.erase(key);
    }

    void watch()
    {
        const auto status = printer->status();
        if (status)
            tell({true, notices_from(status->reasons, settings.place)});
        else
            tell({status.error().kind != ipp::Trouble::Kind::lost, {notice_of_silence(settings.place)}});
        pause(state->can_print() ? settings.idle_poll : std::min(troubled_poll, settings.idle_poll), true);
    }

    void publish()
    {
        if (!job->contact())
            tell({false, {notice_of_silence(settings.place)}});
        else if (!job->reasons().empty())
            tell({true, notices_from(job->reasons(), settings.place)});
        auto notices = state ? state->notices : std::vector<PrinterNotice>{};
        if (job->contact() && !job->waiting_for().empty())
            notices.push_back(notice_of_waiting(settings.place, job->waiting_for()));
        if (notices == told)
            return;
        told = std::move(notices);
        handler(PrintProgress{job->record().key, told});
    }

    void tell(PrinterState now)
    {
        if (state == now)
            return;
        state = std::move(now);
        handler(*state);
    }

    void end()
    {
        const PrintRecord record = job->record();
        job.reset();
        release(record.key);
        switch (record.state) {
        case PrintState::done: return handler(PrintDone{record.key, (clock.mono() - started).count()});
        case PrintState::failed: return handler(PrintFailed{record.key, record.why});
        case PrintState::cancelled:
            return handler(PrintFailed{record.key, "it was cancelled at the printer"});
        case PrintState::ask: return handler(PrintAsk{record.key, record.why});
        case PrintState::queued:
        case PrintState::created:
        case PrintState::sending:
        case PrintState::sent: return;
        }
    }
};

PrintWorker::PrintWorker(std::unique_ptr<Printer> printer, PrintJournal& journal, Clock& clock,
                         DocumentSource document, PrintHandler handler, Settings settings)
    : impl_(std::make_unique<Impl>(std::move(printer), journal, clock, std::move(document),
                                   std::move(handler), std::move(settings)))
{
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

PrintWorker::~PrintWorker()
{
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->wake.notify_all();
    impl_->thread.join();
}

bool PrintWorker::submit(PrintKey key)
{
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->waiting.size() >= waiting_max)
            return false;
        if (impl_->taken.insert(key).second)
            impl_->waiting.push_back({std::move(key), PrintJob::Origin::fresh});
    }
    impl_->wake.notify_all();
    return true;
}

} // namespace montbrillant
