// SPDX-License-Identifier: Apache-2.0
#include "sync/base/child_process.hpp"
#include "tests/badge/print/sqlite_print_journal.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ipp_printer.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>

using namespace montbrillant;

namespace {

enum class End { settled, died };

/// Runs the little kiosk until it says that nothing is open, or dies.
End run_kiosk(const std::filesystem::path& journal, const std::string& uri, const PrintKey& key,
              const std::string& crash_at)
{
    auto kiosk = ChildProcess::start({"/usr/bin/env", "MONTBRILLANT_CRASH_AT=" + crash_at,
                                      MONTBRILLANT_CRASH_PRINTER, journal.string(), uri, key.str()});
    REQUIRE(kiosk);
    std::string line;
    for (;;) {
        const auto read = kiosk->read_line(line, Millis{20'000});
        if (read == ChildProcess::Read::line && line == "settled")
            return End::settled;
        if (read == ChildProcess::Read::ended)
            return End::died;
        REQUIRE(read == ChildProcess::Read::line);
    }
}

void require_printer()
{
    if (const auto missing = test::ipp_printer_missing(); !missing.empty())
        FAIL(missing + "; install the packages of scripts/apt-packages.txt, section test");
}

constexpr std::array crash_points{"print.create_answered", "print.created", "print.sending",
                                  "print.document_sent",   "print.sent",    "print.done"};

} // namespace

TEST_CASE("a kiosk killed at any step of printing prints that badge once after its restart")
{
    require_printer();
    const test::TemporaryFolder folder;
    test::IppPrinterProcess printer(folder.path() / "printer");
    printer.start();
    const auto file = folder.path() / "journal.db";
    std::vector<std::string> expected;
    for (const char* crash_at : crash_points) {
        const PrintKey key("B0000000000000000000" + std::to_string(expected.size()) + ".1.1");
        expected.push_back(key.str());
        INFO(crash_at);
        REQUIRE(run_kiosk(file, printer.uri(), key, crash_at) == End::died);
        REQUIRE(run_kiosk(file, printer.uri(), key, "") == End::settled);
        test::SqlitePrintJournal journal(file);
        CHECK(journal.state_of(key) == PrintState::done);
        CHECK(printer.sheets() == expected);
    }
}

TEST_CASE("a printer that lost its power with a badge inside is a question to a person")
{
    require_printer();
    const test::TemporaryFolder folder;
    test::IppPrinterProcess printer(folder.path() / "printer");
    printer.start();
    const auto file = folder.path() / "journal.db";
    for (const std::string crash_at : {"print.document_sent", "print.sent"}) {
        const PrintKey key("B0000000000000000000" + crash_at.substr(6, 1) + ".1.1");
        INFO(crash_at);
        const auto before = printer.sheets().size();
        REQUIRE(run_kiosk(file, printer.uri(), key, crash_at) == End::died);
        printer.kill();
        printer.start();
        REQUIRE(run_kiosk(file, printer.uri(), key, "") == End::settled);
        test::SqlitePrintJournal journal(file);
        CHECK(journal.state_of(key) == PrintState::ask);
        // The sheet in the path may come out; a second one never does.
        CHECK(printer.sheets().size() <= before + 1);
    }
}

TEST_CASE("a printer that lost its power before it had the badge prints it")
{
    require_printer();
    const test::TemporaryFolder folder;
    test::IppPrinterProcess printer(folder.path() / "printer");
    printer.start();
    const PrintKey key("B00000000000000000001.1.1");
    const auto file = folder.path() / "journal.db";
    REQUIRE(run_kiosk(file, printer.uri(), key, "print.created") == End::died);
    printer.kill();
    printer.start();
    REQUIRE(run_kiosk(file, printer.uri(), key, "") == End::settled);
    CHECK(printer.sheets() == std::vector{key.str()});
}
