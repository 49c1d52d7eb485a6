// SPDX-License-Identifier: Apache-2.0
#include "kiosk/desk/journals.hpp"
#include "kiosk/desk/store_thread.hpp"
#include "tests/kiosk/desk/desk_support.hpp"

#include <atomic>

using namespace montbrillant;
using namespace montbrillant::test;

TEST_CASE("what the printer's thread notes is on disk when the call returns")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const PrintKey key = site.checked_in("R-1").job;
    for (const PrintState state :
         {PrintState::created, PrintState::sending, PrintState::sent, PrintState::done}) {
        {
            StoreThread thread(*site.store);
            StorePrintJournal journal(thread);
            auto record = must(journal.find(key));
            REQUIRE(record);
            record->state = state;
            record->ipp_job = 12;
            record->printer_uuid = "urn:uuid:1";
            record->printer_up_time_s = 77;
            record->created_at = WallTime{1504510299000};
            record->why = "a sentence";
            must(journal.put(*record));
        }
        site.reopen();
        StoreThread thread(*site.store);
        StorePrintJournal journal(thread);
        const auto kept = must(journal.find(key));
        REQUIRE(kept);
        CHECK(kept->state == state);
        CHECK(kept->ipp_job == 12);
        CHECK(kept->printer_uuid == "urn:uuid:1");
        CHECK(kept->printer_up_time_s == 77);
        CHECK(kept->created_at == WallTime{1504510299000});
        CHECK(kept->why == "a sentence");
        CHECK(must(journal.open_jobs()).size() == (is_final(state) ? 0U : 1U));
    }
}

TEST_CASE("a print job that nobody queued is not noted")
{
    KioskSite site;
    StoreThread thread(*site.store);
    StorePrintJournal journal(thread);
    CHECK_FALSE(must(journal.find(PrintKey("B-NOBODY.1.1"))));
    PrintRecord record;
    record.key = PrintKey("B-NOBODY.1.1");
    CHECK_FALSE(journal.put(record));
}

TEST_CASE("an unlock is intended on disk before anything fires, and never twice")
{
    KioskSite site;
    const UnlockIntent intent{UnlockId("u-1"), {BankId("B"), 14},       BadgeId("B-ZOE"),
                              false,           WallTime{1504510200000}, std::uint16_t{65535}};
    {
        StoreThread thread(*site.store);
        StoreUnlockJournal journal(thread);
        must(journal.intend(intent));
        const auto again = journal.intend(intent);
        REQUIRE_FALSE(again);
        CHECK(again.error().kind == ErrorKind::refused);
    }
    site.reopen();
    StoreThread thread(*site.store);
    StoreUnlockJournal journal(thread);
    const auto open = must(journal.unfinished());
    REQUIRE(open.size() == 1);
    CHECK(open.front().id == intent.id);
    CHECK(open.front().locker == intent.locker);
    CHECK(open.front().badge == intent.badge);
    CHECK(open.front().not_after == intent.not_after);
    CHECK(open.front().fires_before == intent.fires_before);
    CHECK(journal.intend(intent).error().kind == ErrorKind::refused); // also after a restart
    must(journal.record(intent.id, UnlockState::acked, {}));
    CHECK(must(journal.unfinished()).size() == 1);
    must(journal.record(intent.id, UnlockState::finished, UnlockOutcome::opened));
    CHECK(must(journal.unfinished()).empty());
    must(journal.record(intent.id, UnlockState::finished, UnlockOutcome::left_open));
}

TEST_CASE("a board without counters leaves none behind")
{
    KioskSite site;
    StoreThread thread(*site.store);
    StoreUnlockJournal journal(thread);
    must(journal.intend({UnlockId("u-1"), {BankId("B"), 1}, {}, true, WallTime{1}, {}}));
    const auto open = must(journal.unfinished());
    CHECK_FALSE(open.front().fires_before);
    CHECK(open.front().by_staff);
}

TEST_CASE("on a full disk nothing fires and nothing counts as printed")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const PrintKey key = site.checked_in("R-1").job;
    StoreThread thread(*site.store);
    StoreUnlockJournal unlocks(thread);
    StorePrintJournal prints(thread);
    auto record = must(prints.find(key));
    record->state = PrintState::sent;
    {
        FullDisk full;
        CHECK_FALSE(unlocks.intend({UnlockId("u-1"), {BankId("B"), 1}, {}, false, WallTime{1}, {}}));
        CHECK_FALSE(prints.put(*record));
    }
    CHECK(must(unlocks.unfinished()).empty());
    CHECK(must(prints.find(key))->state == PrintState::queued);
}

TEST_CASE("the store's thread serves everybody in order and finishes what waits")
{
    KioskSite site;
    std::vector<int> order;
    std::atomic<int> failed{0};
    {
        StoreThread thread(*site.store);
        for (int i = 0; i < 100; ++i)
            REQUIRE(thread.post([&order, i] { order.push_back(i); }));
        std::vector<std::thread> others;
        for (int t = 0; t < 4; ++t) {
            others.emplace_back([&thread, &failed, t] {
                for (int i = 0; i < 25; ++i) {
                    const auto kept = thread.run([t, i](Store& store) {
                        return store.set_setting("t" + std::to_string(t), std::to_string(i));
                    });
                    failed += kept ? 0 : 1;
                }
            });
        }
        for (auto& other : others)
            other.join();
        thread.stop();
        CHECK_FALSE(thread.post([] {}));
        CHECK_FALSE(thread.run([](Store&) -> Result<> { return {}; }));
    }
    CHECK(failed == 0);
    CHECK(order.size() == 100);
    CHECK(std::is_sorted(order.begin(), order.end()));
    CHECK(must(site.store->setting("t3")) == "24");
}

TEST_CASE("from its own thread the store answers at once")
{
    KioskSite site;
    StoreThread thread(*site.store);
    bool inner = false;
    must(thread.run([&](Store&) {
        return thread.run([&](Store&) -> Result<> {
            inner = true;
            return {};
        });
    }));
    CHECK(inner);
}

TEST_CASE("a task that throws ends itself and nothing else")
{
    KioskSite site;
    StoreThread thread(*site.store);
    REQUIRE(thread.post([] { throw std::runtime_error("a bug"); }));
    const auto failed = thread.run([](Store&) -> Result<> { throw std::runtime_error("another"); });
    REQUIRE_FALSE(failed);
    CHECK(failed.error().what == "another");
    CHECK(thread.run([](Store&) -> Result<> { return {}; }));
}
