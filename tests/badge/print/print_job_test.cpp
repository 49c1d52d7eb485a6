// SPDX-License-Identifier: Apache-2.0
#include "badge/print/print_job.hpp"

#include "tests/badge/print/fake_printer.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>

using namespace montbrillant;
using test::FakePrinter;

namespace {

struct PowerOff {};

/// Keeps rows in memory; may "die" right before or right after one is durable.
class MemoryJournal final : public PrintJournal {
public:
    std::map<PrintKey, PrintRecord> rows;
    unsigned death_percent = 0;
    Random* random = nullptr;
    bool full = false;
    std::vector<PrintState> history;

    Result<std::vector<PrintRecord>> open_jobs() override
    {
        std::vector<PrintRecord> out;
        for (const auto& [key, row] : rows) {
            if (!is_final(row.state))
                out.push_back(row);
        }
        return out;
    }
    Result<std::optional<PrintRecord>> find(const PrintKey& key) override { return rows.at(key); }
    Result<> put(const PrintRecord& record) override
    {
        if (full)
            return fail(ErrorKind::storage, "the disk is full");
        maybe_die();
        rows[record.key] = record;
        history.push_back(record.state);
        maybe_die();
        return {};
    }

private:
    void maybe_die() const
    {
        if (random != nullptr && random->below(100) < death_percent)
            throw PowerOff{};
    }
};

struct Bench {
    ManualClock clock;
    SeededRandom random;
    FakePrinter printer{clock, random};
    MemoryJournal journal;
    DocumentSource document = [](const PrintKey&) -> Result<Bytes> { return Bytes{'%', 'P', 'D', 'F'}; };
    PrintKey key{"B7K2QX9M4T0ZRWE5H3JVA.1.1"};
    PrintPorts ports{printer, journal, clock, document};

    explicit Bench(std::uint64_t seed = 1) : random{seed}
    {
        PrintRecord row;
        row.key = key;
        journal.rows[key] = row;
    }

    PrintJob job(PrintJob::Origin origin) { return {journal.rows.at(key), origin}; }

    PrintState run(PrintJob& print, int turns_max = 1000)
    {
        for (int i = 0; i < turns_max; ++i) {
            const auto turn = print.advance(ports);
            if (turn.ended)
                break;
            clock.advance(turn.wait);
        }
        return print.record().state;
    }

    void run_until(PrintJob& print, PrintState state)
    {
        for (int i = 0; i < 100 && print.record().state != state; ++i)
            clock.advance(print.advance(ports).wait);
        REQUIRE(print.record().state == state);
    }

    /// The kiosk wrote `sending`; whether the printer heard anything, it does not know.
    void run_until_in_doubt(PrintJob& print)
    {
        run_until(print, PrintState::created);
        printer.away = true;
        (void)print.advance(ports);
        printer.away = false;
        REQUIRE(print.record().state == PrintState::sending);
    }

    PrintState recover()
    {
        auto again = job(PrintJob::Origin::recovered);
        return run(again);
    }
};

} // namespace

TEST_CASE("a badge goes through every step and comes out once")
{
    Bench bench;
    auto print = bench.job(PrintJob::Origin::fresh);
    CHECK(bench.run(print) == PrintState::done);
    CHECK(bench.printer.sheets == std::vector{bench.key.str()});
    CHECK(bench.journal.history ==
          std::vector{PrintState::created, PrintState::sending, PrintState::sent, PrintState::done});
}

TEST_CASE("a kiosk that died at any step prints the badge once, whatever else goes wrong")
{
    int asked = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        Bench bench(seed);
        bench.printer.lost_percent = static_cast<unsigned>(bench.random.below(30));
        bench.journal.random = &bench.random;
        bench.journal.death_percent = static_cast<unsigned>(bench.random.below(25));
        auto origin = PrintJob::Origin::fresh;
        bool may_ask = false;
        PrintState state = PrintState::queued;
        for (int deaths = 0; deaths < 12 && !is_final(state) && state != PrintState::ask; ++deaths) {
            auto print = bench.job(origin);
            origin = PrintJob::Origin::recovered;
            try {
                state = bench.run(print);
            } catch (const PowerOff&) {
                if (bench.random.below(4) == 0) {
                    bench.printer.power_cut(bench.random.below(2) == 0);
                    may_ask = true;
                }
                const Millis away{static_cast<std::int64_t>(bench.random.below(90'000))};
                may_ask = may_ask || away > Millis{40'000};
                bench.clock.advance(away);
            }
            if (deaths == 10)
                bench.journal.death_percent = 0;
        }
        INFO("seed " << seed << ", state " << name_of(state));
        bench.clock.advance(Millis{10'000});
        (void)bench.printer.status();
        REQUIRE(bench.printer.sheets.size() <= 1);
        REQUIRE((state == PrintState::done || state == PrintState::ask));
        if (state == PrintState::done)
            REQUIRE(bench.printer.sheets.size() == 1);
        // A person is asked only when the machine cannot know: a long time with answers lost counts as away.
        if (state == PrintState::ask && bench.printer.lost_percent == 0)
            REQUIRE(may_ask);
        asked += state == PrintState::ask ? 1 : 0;
    }
    CHECK(asked > 0);
    CHECK(asked < 1000);
}

TEST_CASE("an orphan of ours is cancelled, and its badge printed")
{
    Bench bench;
    auto print = bench.job(PrintJob::Origin::fresh);
    bench.run_until(print, PrintState::created);
    CHECK(bench.recover() == PrintState::done);
    CHECK(bench.printer.sheets.size() == 1);
}

TEST_CASE("after a power cut of the printer a person is asked, and nothing is sent again")
{
    for (const bool comes_out : {false, true}) {
        Bench bench;
        auto print = bench.job(PrintJob::Origin::fresh);
        bench.run_until(print, PrintState::sent);
        bench.clock.advance(Millis{500});
        bench.printer.power_cut(comes_out);
        CHECK(bench.run(print) == PrintState::ask);
        CHECK(print.record().why == "The printer was restarted or changed. Did this badge come out?");
        CHECK(bench.printer.sheets.size() == (comes_out ? 1U : 0U));
    }
}

TEST_CASE("a badge older than the printer's memory is asked about, never printed again")
{
    Bench bench;
    auto print = bench.job(PrintJob::Origin::fresh);
    bench.run_until_in_doubt(print);
    // It arrived, was printed and forgotten while the kiosk was down.
    (void)bench.printer.send(print.record().ipp_job, bench.key, {});
    bench.clock.advance(Millis{3000});
    (void)bench.printer.status();
    bench.clock.advance(Millis{120'000});
    CHECK(bench.recover() == PrintState::ask);
    CHECK(bench.printer.sheets.size() == 1);
}

TEST_CASE("a badge that the printer had and no longer knows is asked about, however young")
{
    Bench bench;
    auto print = bench.job(PrintJob::Origin::fresh);
    bench.run_until(print, PrintState::sent);
    bench.printer.history = Millis{0};
    bench.clock.advance(Millis{3000});
    (void)bench.printer.status();
    bench.clock.advance(Millis{100});
    CHECK(bench.recover() == PrintState::ask);
    CHECK(bench.printer.sheets.size() == 1);
}

TEST_CASE("an orphan under another key does not block the printer for long")
{
    Bench bench;
    REQUIRE(bench.printer.create_job(PrintKey("forgotten.1.1")));
    auto print = bench.job(PrintJob::Origin::fresh);
    CHECK(bench.run(print, 200) == PrintState::done);
    CHECK(bench.printer.sheets == std::vector{bench.key.str()});
}

TEST_CASE("a clock that ran backwards is a reason to ask")
{
    Bench bench;
    auto print = bench.job(PrintJob::Origin::fresh);
    bench.run_until_in_doubt(print);
    (void)bench.printer.cancel(print.record().ipp_job);
    bench.printer.history = Millis{0};
    bench.clock.advance(Millis{1000});
    bench.journal.rows.at(bench.key).created_at = bench.clock.wall() + Millis{60'000};
    CHECK(bench.recover() == PrintState::ask);
}

TEST_CASE("a job number that the printer gave to somebody else is not taken for ours")
{
    Bench bench;
    auto print = bench.job(PrintJob::Origin::fresh);
    bench.run_until(print, PrintState::sent);
    bench.printer.power_cut(false);
    REQUIRE(bench.printer.create_job(PrintKey("somebody.else")).value() == print.record().ipp_job);
    CHECK(bench.run(print) == PrintState::ask);
}

TEST_CASE("a busy printer is waited for")
{
    Bench bench;
    REQUIRE(bench.printer.create_job(PrintKey("other")));
    REQUIRE(bench.printer.send(1, PrintKey("other"), {}));
    auto print = bench.job(PrintJob::Origin::fresh);
    const auto turn = print.advance(bench.ports);
    CHECK_FALSE(turn.ended);
    CHECK(turn.wait >= PrintJob::wait_min);
    CHECK(print.waiting_for() == "as the test says");
    CHECK(bench.run(print) == PrintState::done);
    CHECK(bench.printer.sheets == std::vector<std::string>{"other", bench.key.str()});
}

TEST_CASE("while the printer is away the pauses grow to five seconds and no longer")
{
    Bench bench;
    bench.printer.away = true;
    auto print = bench.job(PrintJob::Origin::fresh);
    Millis last{};
    for (int i = 0; i < 100; ++i) {
        const auto turn = print.advance(bench.ports);
        CHECK(turn.wait >= last);
        last = turn.wait;
        CHECK_FALSE(print.contact());
    }
    CHECK(last == PrintJob::wait_max);
    bench.printer.away = false;
    CHECK(bench.run(print) == PrintState::done);
    CHECK(bench.printer.sheets.size() == 1);
}

TEST_CASE("an empty tray holds the badge back until it is filled")
{
    Bench bench;
    bench.printer.reasons = {"media-empty-error"};
    auto print = bench.job(PrintJob::Origin::fresh);
    CHECK(bench.run(print, 500) == PrintState::sent);
    CHECK(print.reasons() == std::vector<std::string>{"media-empty-error"});
    CHECK(bench.printer.sheets.empty());
    bench.printer.reasons = {"none"};
    CHECK(bench.run(print) == PrintState::done);
    CHECK(bench.printer.sheets.size() == 1);
}

TEST_CASE("what people do at the printer's panel ends the job")
{
    Bench cancelled;
    auto print = cancelled.job(PrintJob::Origin::fresh);
    cancelled.run_until(print, PrintState::sent);
    cancelled.printer.panel_cancel(cancelled.key);
    CHECK(cancelled.run(print) == PrintState::cancelled);

    Bench aborted;
    auto other = aborted.job(PrintJob::Origin::fresh);
    aborted.run_until(other, PrintState::sent);
    aborted.printer.panel_abort(aborted.key);
    CHECK(aborted.recover() == PrintState::failed);
    CHECK(aborted.printer.sheets.empty());
}

TEST_CASE("a badge that cannot be drawn fails before the printer hears of it")
{
    Bench bench;
    bench.document = [](const PrintKey&) -> Result<Bytes> {
        return fail(ErrorKind::input, "the photo is not a JPEG picture");
    };
    auto print = bench.job(PrintJob::Origin::fresh);
    CHECK(bench.run(print) == PrintState::failed);
    CHECK(print.record().why == "the photo is not a JPEG picture");
    CHECK(bench.printer.find(bench.key).value() == std::nullopt);
}

TEST_CASE("with a full disk nothing is sent, and when there is room again the badge comes out once")
{
    Bench bench;
    bench.journal.full = true;
    auto print = bench.job(PrintJob::Origin::fresh);
    bench.run(print, 50);
    CHECK(bench.printer.sheets.empty());
    CHECK(bench.journal.rows.at(bench.key).state == PrintState::queued);
    bench.journal.full = false;
    CHECK(bench.run(print) == PrintState::done);
    CHECK(bench.printer.sheets.size() == 1);
}
