// SPDX-License-Identifier: Apache-2.0
// Part of scripts/bench sync: a fresh kiosk takes the log of 100,000 people over loopback until they are
// searchable, from a registry whose snapshot is made, beside the same requests sent again by bare libcurl and
// the kiosk's rows put into empty tables of SQLite by nothing but statements, with a commit where it had one.
#include "sync/client/enrol.hpp"
#include "sync/client/sync_round.hpp"
#include "sync/domain/people/index_feeder.hpp"
#include "sync/domain/people/sample_people.hpp"
#include "sync/registry/registry.hpp"
#include "sync/store/people_import.hpp"
#include "sync/store/schema.hpp"
#include "tests/bench/push_load.hpp"
#include "tests/bench/registry_place.hpp"
#include "tests/bench/report.hpp"

#include <fmt/format.h>

namespace montbrillant::bench {
namespace {

constexpr std::size_t people = 100'000;
constexpr std::size_t rows_per_file = 10'000;

/// Keeps what is asked, to ask it again.
class Recorder final : public Http {
public:
    explicit Recorder(Http& http) : http_(http) {}
    Result<HttpAnswer> send(const HttpCall& call) override
    {
        calls.push_back(call);
        return http_.send(call);
    }
    void abort() override { http_.abort(); }
    [[nodiscard]] bool waits() const override { return http_.waits(); }

    std::vector<HttpCall> calls;

private:
    Http& http_;
};

void import_everybody(registry::Ledger& ledger)
{
    PeopleImport::Options options;
    options.csv.profile = std::make_shared<const EventProfile>(
        must(load_event_profile(ledger.identity().event_profile, "event profile")));
    const auto ignore = [](PeopleImport::Note, const CsvFault&) {};
    SamplePeople source(*options.csv.profile, 1);
    for (std::size_t made = 0; made < people; made += rows_per_file) {
        std::string rows = people_csv_header();
        for (std::size_t i = 0; i < rows_per_file; ++i)
            rows += people_csv_row(source.next());
        const auto import = PeopleImport::into(must(ledger.take_in("bench")), options, ignore);
        must(import->feed(rows));
        must(import->finish().map([](const auto&) {}));
    }
}

/// A kiosk's folder, enrolled.
struct FirstKiosk {
    test::TemporaryFolder folder{std::filesystem::current_path()};
    SystemClock clock;
    SystemRandom random;
    std::optional<Store> store;
    std::unique_ptr<CurlHttp> http;

    explicit FirstKiosk(registry::Registry& registry)
    {
        Result<std::string> token = std::string();
        must(registry.run([&](registry::Service& service) {
            token = service.admission().issue_token(service.ledger(), "K1", clock.wall(), random);
        }));
        const auto url = fmt::format("http://127.0.0.1:{}", registry.port());
        http = must(CurlHttp::open(url));
        store.emplace(must(Store::open({folder.path(), "kiosk.db"}, clock, random)));
        must(enrol(*store, *http, url, must(token)).map([](const auto&) {}));
    }
};

void bare_page(sqlite::Database& data, std::uint64_t from, std::uint64_t to)
{
    const auto rows = fmt::format("SELECT delegate FROM src.journal WHERE seq > {} AND seq <= {}", from, to);
    auto transaction = must(data.begin_immediate());
    must(data.execute(fmt::format(
        "INSERT INTO keys.delegate_key SELECT * FROM src_keys.delegate_key WHERE delegate IN ({0});"
        "INSERT INTO main.journal SELECT * FROM src.journal WHERE seq > {1} AND seq <= {2};"
        "INSERT INTO main.entity SELECT * FROM src.entity WHERE kind = 'delegate' AND key IN ({0});"
        "INSERT INTO main.record SELECT * FROM src.record WHERE delegate IN ({0})",
        rows, from, to)));
    must(transaction.commit());
}

double bare_rows_seconds(const std::filesystem::path& kiosk, const std::vector<std::uint64_t>& pages)
{
    {
        auto keys = must(sqlite::Database::open(kiosk / "bare_keys.db", {}));
        must(migrate_keys(keys, "bare_keys.db"));
    }
    auto data = must(sqlite::Database::open(kiosk / "bare.db", {}));
    must(migrate(data, "bare.db"));
    must(data.execute(fmt::format("ATTACH '{0}/kiosk.db' AS src; ATTACH '{0}/keys.db' AS src_keys; "
                                  "ATTACH '{0}/bare_keys.db' AS keys",
                                  kiosk.string())));
    const Stopwatch watch;
    std::uint64_t from = 0;
    for (const auto to : pages)
        bare_page(data, std::exchange(from, to), to);
    return watch.seconds();
}

/// Its time is not the kiosk's.
void make_snapshot(registry::Registry& registry)
{
    for (bool due = true; due;)
        must(registry.run([&due](registry::Service& service) {
            due = must(service.tend_snapshot()) || service.snapshot_due();
        }));
}

struct Times {
    double pulled_s = 0;
    double searchable_s = 0;
    std::vector<std::uint64_t> pages; ///< the log after each commit
};

Times start_kiosk(FirstKiosk& kiosk, Http& http)
{
    Times times;
    DirectStoreGate gate(*kiosk.store);
    auto session = must(SyncSession::of(gate));
    const Stopwatch watch;
    SearchIndex index;
    IndexFeeder<SealedPerson> feeder(index);
    const auto came = std::make_shared<const Store::Came>(
        [&feeder](SealedPerson person) { feeder.add(std::move(person)); });
    kiosk.store->hear_who_comes(came); // as a desk does
    const OnPage on_page = [&times](const PulledPage& page) { times.pages.push_back(page.seq); };
    must(pull_all(gate, http, session, kiosk.clock, Millis(0), on_page).map([](const auto&) {}));
    times.pulled_s = watch.seconds();
    must(feeder.finish());
    times.searchable_s = watch.seconds();
    if (index.size() != people)
        throw std::runtime_error(fmt::format("{} of {} people came", index.size(), people));
    kiosk.store.reset();
    return times;
}

void first_start(benchmark::State& state, Engine engine)
{
    for (auto _ : state) {
        Place place(engine);
        auto service = place.open();
        import_everybody(service.ledger());
        auto registry = must(registry::Registry::start(std::move(service), many_connections()));
        make_snapshot(*registry);
        FirstKiosk kiosk(*registry);
        Recorder recorder(*kiosk.http);
        const Times ours = start_kiosk(kiosk, recorder);
        const Stopwatch again;
        std::size_t bytes = 0;
        for (const auto& call : recorder.calls)
            bytes += must(kiosk.http->send(call)).body.size();
        const double wire_s = again.seconds();
        registry->stop();
        const double rows_s = bare_rows_seconds(kiosk.folder.path(), ours.pages);
        Report report(state);
        report.figure("searchable_s", ours.searchable_s).figure("pulled_s", ours.pulled_s);
        report.figure("wire_s", wire_s).figure("rows_s", rows_s).figure("bare_s", wire_s + rows_s);
        report.figure("wire_mb", static_cast<double>(bytes) / 1e6);
        report.within("searchable_s", "bare_s", 2.5);
    }
}

void first_start_sqlite(benchmark::State& state) { first_start(state, Engine::sqlite); }
void first_start_postgres(benchmark::State& state) { first_start(state, Engine::postgres); }

BENCHMARK(first_start_sqlite)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(first_start_postgres)->Iterations(1)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace montbrillant::bench
