// SPDX-License-Identifier: Apache-2.0
#include "badge/print/print_worker.hpp"

#include "sync/base/files.hpp"
#include "sync/base/queue.hpp"
#include "tests/badge/print/sqlite_print_journal.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ipp_printer.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <memory>

using namespace montbrillant;

namespace {

constexpr Millis patience{15'000};

Result<Bytes> document(const PrintKey& key)
{
    // More than one write of a socket, every byte value.
    Bytes out;
    for (std::size_t i = 0; i < 300'000; ++i)
        out.push_back(static_cast<std::uint8_t>(i * 7 + key.str().size()));
    return out;
}

/// A worker of kiosk K2 at a real printer, and what it said.
struct Kiosk {
    test::TemporaryFolder folder;
    test::IppPrinterProcess printer{folder.path() / "printer"};
    test::SqlitePrintJournal journal{folder.path() / "journal.db"};
    SystemClock clock;
    Queue<PrintEvent> events{1000};
    std::unique_ptr<PrintWorker> worker;
    PrinterState state; ///< as last said
    int keys = 0;

    Kiosk()
    {
        if (const auto missing = test::ipp_printer_missing(); !missing.empty())
            FAIL(missing + "; install the packages of scripts/apt-packages.txt, section test");
    }

    void start()
    {
        auto own = open_printer({.uri = printer.uri(), .user = "K2"}, clock);
        REQUIRE(own);
        worker = std::make_unique<PrintWorker>(
            *std::move(own), journal, clock, document,
            [this](const PrintEvent& event) { (void)events.push(event); },
            PrintWorker::Settings{.place = "Printer 1", .history = Millis{45'000}, .idle_poll = Millis{100}});
    }

    PrintKey print()
    {
        const PrintKey key("B0000000000000000000" + std::to_string(++keys) + ".1.1");
        journal.queue(key);
        REQUIRE(worker->submit(key));
        return key;
    }

    /// The next event of that kind for which `good` holds; others are passed over.
    template <class Event, class Good> Event next(Good good)
    {
        const MonoTime until = clock.mono() + patience;
        while (clock.mono() < until) {
            auto event = events.pop(Millis{200});
            if (!event)
                continue;
            if (const auto* now = std::get_if<PrinterState>(&*event))
                state = *now;
            if (const auto* wanted = std::get_if<Event>(&*event); wanted != nullptr && good(*wanted))
                return *wanted;
        }
        FAIL("the event did not come");
        return {};
    }
    template <class Event> Event next()
    {
        return next<Event>([](const Event&) { return true; });
    }
};

bool speaks_of(const std::vector<PrinterNotice>& notices, const char* keyword)
{
    return std::ranges::find(notices, keyword, &PrinterNotice::keyword) != notices.end();
}

} // namespace

TEST_CASE("the printer receives a badge byte for byte")
{
    Kiosk kiosk;
    kiosk.printer.start();
    kiosk.start();
    CHECK(kiosk.next<PrinterState>() == PrinterState{true, {}});
    const PrintKey key = kiosk.print();
    CHECK(kiosk.next<PrintStarted>().key == key);
    const auto done = kiosk.next<PrintDone>();
    CHECK(done.key == key);
    CHECK(done.ms >= 0);
    REQUIRE(kiosk.printer.sheets() == std::vector{key.str()});
    const auto received = read_file(kiosk.printer.sheet_files().front(), 1U << 20U).value();
    CHECK((received == to_text(document(key).value())));
    CHECK(kiosk.journal.state_of(key) == PrintState::done);
}

TEST_CASE("twenty badges come out once each, in their order")
{
    Kiosk kiosk;
    kiosk.printer.start();
    kiosk.start();
    std::vector<std::string> expected;
    for (int i = 0; i < 20; ++i) {
        const PrintKey key("B000000000000000000" + std::to_string(10 + i) + ".1.1");
        kiosk.journal.queue(key);
        REQUIRE(kiosk.worker->submit(key));
        REQUIRE(kiosk.worker->submit(key)); // a second word for the same badge changes nothing
        expected.push_back(key.str());
    }
    for (const auto& key : expected)
        CHECK(kiosk.next<PrintDone>().key.str() == key);
    CHECK(kiosk.printer.sheets() == expected);
}

TEST_CASE("an empty tray is said in words, and the badge follows when it is filled")
{
    Kiosk kiosk;
    kiosk.printer.start();
    kiosk.start();
    kiosk.printer.set_state("media-empty,media-needed");
    const PrintKey key = kiosk.print();
    const auto progress = kiosk.next<PrintProgress>([](const auto& event) { return !event.notices.empty(); });
    CHECK(progress.key == key);
    CHECK(progress.notices.front().text.find("no paper") != std::string::npos);
    CHECK(kiosk.printer.sheets().empty());
    kiosk.printer.set_state("");
    CHECK(kiosk.next<PrintDone>().key == key);
    CHECK(kiosk.printer.sheets() == std::vector{key.str()});
    if (!kiosk.state.can_print())
        (void)kiosk.next<PrinterState>([](const auto& state) { return state.can_print(); });
}

TEST_CASE("a printer busy with somebody else's job is waited for")
{
    Kiosk kiosk;
    kiosk.printer.start();
    kiosk.printer.set_slow("1.2");
    auto other = ipp::Connection::to(kiosk.printer.uri(), Millis{5000});
    REQUIRE(other);
    const auto job = other->create_job("other", "somebody", "");
    REQUIRE(job);
    REQUIRE(other->send_document(*job, "somebody", as_bytes("%PDF")));
    kiosk.start();
    const PrintKey key = kiosk.print();
    const auto progress =
        kiosk.next<PrintProgress>([](const auto& event) { return speaks_of(event.notices, "waiting"); });
    CHECK(progress.key == key);
    CHECK(kiosk.next<PrintDone>().key == key);
    CHECK(kiosk.printer.sheets() == std::vector<std::string>{"other", key.str()});
}

TEST_CASE("an orphan of this kiosk does not block it, and another kiosk's is left alone")
{
    Kiosk kiosk;
    kiosk.printer.start();
    auto before = ipp::Connection::to(kiosk.printer.uri(), Millis{5000});
    REQUIRE(before);
    const auto orphan = before->create_job("B-of-an-earlier-database.1.1", "K2", "");
    REQUIRE(orphan);
    kiosk.start();
    const PrintKey key = kiosk.print();
    CHECK(kiosk.next<PrintDone>().key == key);
    CHECK(before->job(*orphan, "K2").value().state == ipp::JobState::canceled);

    const auto foreign = before->create_job("other", "K9", "");
    REQUIRE(foreign);
    const PrintKey second = kiosk.print();
    (void)kiosk.next<PrintProgress>([](const auto& event) { return speaks_of(event.notices, "waiting"); });
    CHECK(before->job(*foreign, "K9").value().lacks_document());
    REQUIRE(before->cancel(*foreign, "K9"));
    CHECK(kiosk.next<PrintDone>().key == second);
}

TEST_CASE("a printer that is away at the start is said so, and prints when it appears")
{
    Kiosk kiosk;
    kiosk.start();
    const auto state = kiosk.next<PrinterState>();
    CHECK_FALSE(state.reachable);
    CHECK(state.notices.front().text ==
          "Printer 1: no answer. Check its power and its cable; waiting badges follow by themselves.");
    const PrintKey key = kiosk.print();
    (void)kiosk.next<PrintStarted>();
    kiosk.printer.start();
    CHECK(kiosk.next<PrintDone>().key == key);
    CHECK(kiosk.printer.sheets() == std::vector{key.str()});
}

TEST_CASE("a printer that loses its power in the middle of a badge is a question, and the next badge prints")
{
    Kiosk kiosk;
    kiosk.printer.start();
    kiosk.start();
    kiosk.printer.set_state("media-jam");
    const PrintKey key = kiosk.print();
    (void)kiosk.next<PrintProgress>([](const auto& event) { return speaks_of(event.notices, "media-jam"); });
    const PrintKey second = kiosk.print();
    kiosk.printer.kill();
    (void)kiosk.next<PrinterState>([](const auto& state) { return !state.reachable; });
    kiosk.printer.set_state("");
    kiosk.printer.start();
    const auto ask = kiosk.next<PrintAsk>();
    CHECK(ask.key == key);
    CHECK_FALSE(ask.question.empty());
    CHECK(kiosk.next<PrintDone>().key == second);
    const auto sheets = kiosk.printer.sheets();
    CHECK(std::ranges::count(sheets, key.str()) <= 1);
    CHECK(std::ranges::count(sheets, second.str()) == 1);
}

TEST_CASE("a printer that gives a badge up says so")
{
    Kiosk kiosk;
    kiosk.printer.start();
    kiosk.printer.set_fail(true);
    kiosk.start();
    const PrintKey key = kiosk.print();
    const auto failed = kiosk.next<PrintFailed>();
    CHECK(failed.key == key);
    CHECK(failed.why.find("aborted-by-system") != std::string::npos);
    CHECK(kiosk.printer.sheets().empty());
}

TEST_CASE("a badge under way when the kiosk stops is followed to its end by the next start")
{
    Kiosk kiosk;
    kiosk.printer.start();
    kiosk.printer.set_state("cover-open");
    kiosk.start();
    const PrintKey key = kiosk.print();
    (void)kiosk.next<PrintProgress>([](const auto& event) { return speaks_of(event.notices, "cover-open"); });
    kiosk.worker.reset();
    CHECK(kiosk.journal.state_of(key) == PrintState::sent);
    kiosk.start();
    kiosk.printer.set_state("");
    CHECK(kiosk.next<PrintDone>().key == key);
    CHECK(kiosk.printer.sheets() == std::vector{key.str()});
}
