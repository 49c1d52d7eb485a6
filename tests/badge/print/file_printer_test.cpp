// SPDX-License-Identifier: Apache-2.0
#include "badge/print/print_worker.hpp"
#include "sync/base/files.hpp"
#include "tests/badge/print/sqlite_print_journal.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <future>

using namespace montbrillant;

namespace {

Result<Bytes> document(const PrintKey& key)
{
    const auto text = as_bytes(key.str());
    return Bytes(text.begin(), text.end());
}

} // namespace

TEST_CASE("a file printer writes one document per badge, and knows it for ever")
{
    const test::TemporaryFolder folder;
    SystemClock clock;
    test::SqlitePrintJournal journal(folder.path() / "journal.db");
    const PrintKey key("B00000000000000000001.1.1");
    journal.queue(key);
    std::promise<PrintDone> done;
    {
        auto printer = open_printer({.uri = "file://" + folder.path().string()}, clock);
        REQUIRE(printer);
        const auto listen = [&](const PrintEvent& event) {
            if (const auto* end = std::get_if<PrintDone>(&event))
                done.set_value(*end);
        };
        PrintWorker worker(*std::move(printer), journal, clock, document, listen, {});
        REQUIRE(worker.submit(key));
        auto end = done.get_future();
        REQUIRE(end.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
        CHECK(end.get().key == key);
    }
    CHECK(read_file(folder.path() / (key.str() + ".pdf"), 1000).value() == key.str());
    CHECK(journal.state_of(key) == PrintState::done);

    auto again = open_printer({.uri = "file:" + folder.path().string()}, clock).value();
    CHECK(again->find(key).value()->state == ipp::JobState::completed);
    CHECK(again->find(PrintKey("another")).value() == std::nullopt);
}

TEST_CASE("a key cannot leave the file printer's folder")
{
    const test::TemporaryFolder folder;
    FilePrinter printer(folder.path(), "K2");
    CHECK_FALSE(printer.create_job(PrintKey("../escape")));
    CHECK_FALSE(printer.create_job(PrintKey("/etc/passwd")));
    CHECK(printer.create_job(PrintKey("B1.1.1")));
}

TEST_CASE("an address that is no printer's is refused in words")
{
    ManualClock clock;
    for (const char* uri : {"", "ipp", "http://localhost/", "lpd://printer", "file:", "file://host/folder"}) {
        const auto printer = open_printer({.uri = uri}, clock);
        REQUIRE_FALSE(printer);
        CHECK(printer.error().kind == ErrorKind::input);
        CHECK(printer.error().where == uri);
    }
}
