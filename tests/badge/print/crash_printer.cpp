// SPDX-License-Identifier: Apache-2.0
// A kiosk reduced to its printing: crash_printer JOURNAL URI [KEY]. Queues KEY if the journal has none of
// that name, prints whatever is open, says each event as a line, and says "settled" when nothing is open.
// With MONTBRILLANT_CRASH_AT it dies where that says.
#include "badge/print/print_worker.hpp"
#include "tests/badge/print/sqlite_print_journal.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string_view>

using namespace montbrillant;

namespace {

void say(const std::string& line)
{
    std::puts(line.c_str());
    std::fflush(stdout);
}

void say_event(const PrintEvent& event)
{
    if (const auto* done = std::get_if<PrintDone>(&event))
        say("done " + done->key.str());
    else if (const auto* failed = std::get_if<PrintFailed>(&event))
        say("failed " + failed->key.str() + " " + failed->why);
    else if (const auto* ask = std::get_if<PrintAsk>(&event))
        say("ask " + ask->key.str() + " " + ask->question);
}

bool all_settled(PrintJournal& journal)
{
    const auto open = journal.open_jobs();
    return open && std::ranges::all_of(
                       *open, [](const PrintRecord& record) { return record.state == PrintState::ask; });
}

} // namespace

int main(int argc, char** argv)
{
    if (argc == 2 && std::string_view(argv[1]) == "--help") {
        say("Prints what a journal holds, and dies where it is told to.\n"
            "Example: MONTBRILLANT_CRASH_AT=print.sent montbrillant-test-crash-printer journal.db "
            "ipp://localhost:8631/ipp/print B0123456789ABCDEFGHJK.1.1");
        return 0;
    }
    if (argc < 3)
        return 2;
    SystemClock clock;
    test::SqlitePrintJournal journal(argv[1]);
    if (argc > 3 && !journal.find(PrintKey(argv[3])).value())
        journal.queue(PrintKey(argv[3]));
    auto printer = open_printer({.uri = argv[2], .user = "K2"}, clock);
    if (!printer)
        return 2;
    const auto document = [](const PrintKey& key) -> Result<Bytes> {
        const std::string text = "%PDF-1.5\n% " + key.str() + "\n%%EOF\n";
        return Bytes(text.begin(), text.end());
    };
    std::optional<PrintWorker> worker(std::in_place, *std::move(printer), journal, clock, document, say_event,
                                      PrintWorker::Settings{});
    constexpr Millis patience{15'000};
    const MonoTime until = clock.mono() + patience;
    while (!all_settled(journal)) {
        if (clock.mono() > until)
            return 3;
        clock.wait(Millis{10});
    }
    worker.reset(); // the journal settles before the step that wrote it has ended
    say("settled");
    return 0;
}
