// SPDX-License-Identifier: Apache-2.0
#include "tests/badge/print/sqlite_print_journal.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ipp_printer.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

using namespace montbrillant;

namespace {

/// Runs the little kiosk to its end; what ended it, as waitpid says.
int run_kiosk(const std::filesystem::path& journal, const std::string& uri, const PrintKey& key,
              const std::string& crash_at)
{
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        ::setenv("MONTBRILLANT_CRASH_AT", crash_at.c_str(), 1);
        ::execl(MONTBRILLANT_CRASH_PRINTER, "crash_printer", journal.c_str(), uri.c_str(), key.str().c_str(),
                nullptr);
        ::_exit(127);
    }
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    return status;
}

bool was_killed(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
bool went_well(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }

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
        REQUIRE(was_killed(run_kiosk(file, printer.uri(), key, crash_at)));
        REQUIRE(went_well(run_kiosk(file, printer.uri(), key, "")));
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
        REQUIRE(was_killed(run_kiosk(file, printer.uri(), key, crash_at)));
        printer.kill();
        printer.start();
        REQUIRE(went_well(run_kiosk(file, printer.uri(), key, "")));
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
    REQUIRE(was_killed(run_kiosk(file, printer.uri(), key, "print.created")));
    printer.kill();
    printer.start();
    REQUIRE(went_well(run_kiosk(file, printer.uri(), key, "")));
    CHECK(printer.sheets() == std::vector{key.str()});
}
