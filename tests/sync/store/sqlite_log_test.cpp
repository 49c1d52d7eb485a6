// SPDX-License-Identifier: Apache-2.0
// Commits through LogVfs (sync/base/sqlite_log.hpp) on a disk that counts, fails and loses its power.
#include "tests/sync/store/simulated_disk.hpp"
#include "tests/sync/store/store_support.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// A table of numbers on a disk of its own.
struct Numbers {
    SimulatedDisk disk{1};
    std::optional<sqlite::Database> database;

    explicit Numbers(bool shared = false)
    {
        open(shared);
        must(database->execute("CREATE TABLE number (value INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"));
        must(put(1, 1)); // the log has its header
    }
    void open(bool shared = false)
    {
        database.reset();
        database.emplace(must(sqlite::Database::open("/numbers.db", {.vfs = disk.vfs(), .shared = shared})));
    }
    /// As one transaction; each on a page of its own.
    Result<> put(int first, int count)
    {
        MB_TRY(auto transaction, database->begin_immediate());
        MB_TRY(auto insert, database->prepare("INSERT INTO number VALUES (?, ?)"));
        for (std::int64_t value = first; value < first + count; ++value)
            MB_CHECK(insert.run({value, std::string_view(std::string(3000, 'x'))}));
        return transaction.commit();
    }
    /// Unsynced writes survive as they like.
    void lose_power()
    {
        disk.cut_power_in(1);
        database.reset();
        disk.restore_power();
        open();
    }
    std::int64_t count()
    {
        must(database->check_pages());
        auto select = must(database->prepare("SELECT count(*) FROM number"));
        return must(select.step()) ? select.integer(0) : -1;
    }
};

} // namespace

TEST_CASE("a commit is one write to the log and one sync")
{
    Numbers numbers;
    const auto before = numbers.disk.calls();
    must(numbers.put(2, 5));
    CHECK(numbers.disk.calls() - before == 2);
}

TEST_CASE("whoever shares the file with others writes each page, as SQLite does")
{
    Numbers numbers(true);
    const auto before = numbers.disk.calls();
    must(numbers.put(2, 5));
    CHECK(numbers.disk.calls() - before > 10);
}

TEST_CASE("a transaction larger than memory and than what is held reads its own pages, and is all there")
{
    Numbers numbers;
    must(numbers.database->execute("PRAGMA cache_size = 10"));
    must(numbers.put(2, 200));
    {
        auto rolled_back = must(numbers.database->begin_immediate());
        must(numbers.database->execute("UPDATE number SET text = 'gone'"));
    }
    auto transaction = must(numbers.database->begin_immediate());
    must(numbers.database->execute("UPDATE number SET text = text || 'y' WHERE value % 2 = 0"));
    CHECK(numbers.count() == 201);
    must(transaction.commit());
    numbers.lose_power();
    CHECK(numbers.count() == 201);
    auto select = must(numbers.database->prepare("SELECT count(*) FROM number WHERE text LIKE 'x%y'"));
    CHECK((must(select.step()) && select.integer(0) == 100));
}

TEST_CASE("what a full disk refused does not come back when there is room, whatever is done next")
{
    const bool goes_on = GENERATE(false, true);
    for (std::size_t room = 0; room < 30'000; room += 500) {
        INFO(room << " bytes, goes on: " << goes_on);
        Numbers numbers;
        must(numbers.database->execute("PRAGMA cache_size = 1"));
        numbers.disk.set_room(numbers.disk.bytes_used() + room);
        const auto now = numbers.put(2, 5) ? 6 : 1;
        numbers.disk.mend();
        CHECK(numbers.count() == now);
        if (goes_on)
            must(numbers.put(100, 1));
        numbers.lose_power();
        CHECK(numbers.count() == now + (goes_on ? 1 : 0));
    }
}

TEST_CASE("a transaction that goes on after a full disk took a part of it is refused")
{
    const bool writes_over = GENERATE(false, true);
    Numbers numbers;
    must(numbers.database->execute("PRAGMA cache_size = 10"));
    must(numbers.put(2, 50));
    auto transaction = must(numbers.database->begin_immediate());
    must(numbers.database->execute("UPDATE number SET text = 'y' || text"));
    must(numbers.database->execute(
        "WITH RECURSIVE more (value) AS (SELECT 101 UNION ALL SELECT value + 1 FROM more LIMIT 20) "
        "INSERT INTO number SELECT value, hex(zeroblob(1500)) FROM more"));
    numbers.disk.set_room(numbers.disk.bytes_used());
    CHECK_FALSE(numbers.database->execute("UPDATE number SET text = 'z' || text"));
    numbers.disk.mend();
    if (writes_over) // pages that the log has of this transaction already, before what was lost
        static_cast<void>(numbers.database->execute("UPDATE number SET text = 'x' || text WHERE value < 9"));
    const auto now = transaction.commit() ? 71 : 51;
    CHECK(numbers.count() == now);
    numbers.lose_power();
    CHECK(numbers.count() == now);
}

TEST_CASE("whichever call fails in a transaction that outgrows memory, it is there or not, never by half")
{
    const bool lasting = GENERATE(false, true);
    for (std::uint64_t call = 1;; ++call) {
        INFO("call " << call << ", lasting: " << lasting);
        Numbers numbers;
        must(numbers.database->execute("PRAGMA cache_size = 10"));
        numbers.disk.fail_in(call, lasting);
        const bool taken = numbers.put(2, 60).has_value();
        const bool hit = numbers.disk.failed().has_value();
        numbers.disk.mend();
        const auto now = numbers.count();
        CHECK(now == (taken ? 61 : 1));
        must(numbers.put(100, 1));
        numbers.open();
        CHECK(numbers.count() == now + 1);
        if (!hit)
            break;
    }
}
