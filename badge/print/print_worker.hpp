// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One printer and the thread that owns it. Jobs are printed one at a time in the order they came; at the
/// start every open job of the journal is taken up first. A printer that is away is said in words and tried
/// again; whatever waits follows by itself.

#include "badge/print/print_job.hpp"
#include "badge/print/printer_notice.hpp"

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace montbrillant {

struct PrintStarted {
    PrintKey key;
};
/// The printer's notices changed while this badge is under way.
struct PrintProgress {
    PrintKey key;
    std::vector<PrinterNotice> notices;
};
struct PrintDone {
    PrintKey key;
    std::int64_t ms{}; ///< since it was started in this run
};
/// Failed, or cancelled at the printer.
struct PrintFailed {
    PrintKey key;
    std::string why;
};
/// Only a person can answer: did the badge come out? The answer goes to the journal (done), or becomes a new
/// copy under a new key.
struct PrintAsk {
    PrintKey key;
    std::string question;
};
/// `notices` empty: the printer is well. Sent at the first contact (or lack of it) and at every change.
struct PrinterState {
    bool reachable = false;
    std::vector<PrinterNotice> notices;
    [[nodiscard]] bool can_print() const { return reachable && !has_trouble(notices); }
    friend bool operator==(const PrinterState&, const PrinterState&) = default;
};
using PrintEvent = std::variant<PrintStarted, PrintProgress, PrintDone, PrintFailed, PrintAsk, PrinterState>;

/// Called on the worker's thread; returns soon; may call `submit`.
using PrintHandler = std::function<void(const PrintEvent&)>;

class PrintWorker {
public:
    struct Settings {
        std::string place = "Printer"; ///< the printer's name in sentences for staff: "Printer 2"
        Millis history{45'000};        ///< PrintPorts::history
        Millis idle_poll{2'000};       ///< how often an idle printer is looked at; sooner when it has trouble
    };
    static constexpr std::size_t waiting_max = 1000;

    /// Starts the thread. The journal is called from it alone; journal and clock must outlive the worker.
    PrintWorker(std::unique_ptr<Printer> printer, PrintJournal& journal, Clock& clock,
                DocumentSource document, PrintHandler handler, Settings settings);
    /// Stops after the request under way; open jobs are taken up at the next start.
    ~PrintWorker();
    PrintWorker(const PrintWorker&) = delete;
    PrintWorker& operator=(const PrintWorker&) = delete;

    /// Any thread. The key is in the journal already (`queued`, by the check-in's transaction). A key that
    /// waits or prints already is not taken twice; one that has ended is only reported. False: too many wait.
    [[nodiscard]] bool submit(PrintKey key);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace montbrillant
