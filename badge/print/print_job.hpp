// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The life of one sheet: a state machine that gets one key printed once, whatever is killed when.
///
/// Each step is durable in the journal before the next one touches the printer. After any doubt (a start-up,
/// a lost contact) the printer is asked for the job-name first, and only what it says, or its proven
/// ignorance, leads on:
///
///   the printer has                  the journal says     then
///   a job without its document       any                  cancel it, print
///   a job under way                  any                  follow it
///   a job that completed             any                  done
///   a job that was stopped           queued, created      print (that one never had a document)
///                                    sending, sent        failed or cancelled
///   nothing                          queued, created      print
///                                    sending, and the printer has run since, remembers that long: print
///                                    otherwise            ask a person
///
/// Driven by `advance`; one thread. The clock's wall time is used across restarts of the kiosk; when it ran
/// backwards, a person is asked.

#include "badge/print/print_journal.hpp"
#include "badge/print/printer.hpp"
#include "sync/base/bytes.hpp"

#include <functional>
#include <string>
#include <vector>

namespace montbrillant {

/// Draws the document again at need, so that none lies about. Called by the thread that advances.
using DocumentSource = std::function<Result<Bytes>(const PrintKey&)>;

struct PrintPorts {
    Printer& printer;
    PrintJournal& journal;
    Clock& clock;
    const DocumentSource& document;
    /// How long the printer surely remembers an ended job (ippeveprinter: 60 s).
    Millis history{45'000};
};

class PrintJob {
public:
    /// `fresh`: this very run queued it, so nobody can have touched the printer for it yet.
    enum class Origin { fresh, recovered };
    PrintJob(PrintRecord record, Origin origin);

    struct Turn {
        bool ended = false; ///< record() is final, or ask
        Millis wait{};      ///< before the next turn
    };
    /// One step; blocks at most as long as the printer's patience.
    [[nodiscard]] Turn advance(const PrintPorts& ports);

    [[nodiscard]] const PrintRecord& record() const { return record_; }
    /// The printer's reasons as last heard; empty before.
    [[nodiscard]] const std::vector<std::string>& reasons() const { return reasons_; }
    [[nodiscard]] bool contact() const { return lost_in_a_row_ == 0; }
    /// Why nothing happens at the moment, in the printer's words: "busy"; may be empty.
    [[nodiscard]] const std::string& waiting_for() const { return waiting_for_; }

    static constexpr Millis wait_min{250};
    static constexpr Millis wait_max{5000};
    static constexpr int tries_max = 20; ///< documents sent, whatever became of them

private:
    enum class Phase { look, create, send, follow };

    Turn look(const PrintPorts& ports);
    Turn found(const PrintPorts& ports, const ipp::Job& job);
    Turn not_found(const PrintPorts& ports);
    Turn create(const PrintPorts& ports);
    Turn created(const PrintPorts& ports, int job, const ipp::PrinterAttributes& status);
    Turn send(const PrintPorts& ports);
    Turn sent(const PrintPorts& ports);
    Turn follow(const PrintPorts& ports);
    Turn start_over(const PrintPorts& ports);
    Turn finish(const PrintPorts& ports, PrintState state, std::string why);
    Turn trouble(const ipp::Trouble& trouble);
    Turn heard(Millis wait = {});
    [[nodiscard]] bool save(const PrintPorts& ports, PrintState state);

    PrintRecord record_;
    Phase phase_;
    Bytes document_;
    std::vector<std::string> reasons_;
    std::string waiting_for_;
    int lost_in_a_row_ = 0;
    int waits_in_a_row_ = 0;
    int tries_ = 0;
    int polls_ = 0;
};

} // namespace montbrillant
