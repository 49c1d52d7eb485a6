// SPDX-License-Identifier: Apache-2.0
// scripts/bench import: a CSV of 100,000 or 1,000,000 people into an empty folder, and the same file again,
// beside bare SQLite: one INSERT of each row's bytes in one transaction.
#include "sync/base/file_reader.hpp"
#include "sync/domain/people/sample_people.hpp"
#include "sync/store/people_import.hpp"
#include "tests/bench/report.hpp"
#include "tests/support/temporary_folder.hpp"

#include <stdexcept>

namespace montbrillant::bench {
namespace {

constexpr double bytes_per_mb = 1e6;

template <class T> T must(Result<T> result)
{
    if (!result)
        throw std::runtime_error(result.error().text());
    return std::move(*result);
}

void must(Result<> result)
{
    if (!result)
        throw std::runtime_error(result.error().text());
}

std::shared_ptr<const EventProfile> profile()
{
    static const auto loaded = std::make_shared<const EventProfile>(
        must(load_event_profile(must(read_file(EVENTS_DIR "/sg20-2017.toml", 1U << 20U)), "sg20-2017.toml")));
    return loaded;
}

/// A folder with a file of so many made-up people, and a store that has the event and nobody.
struct World {
    explicit World(std::size_t people)
    {
        const Stopwatch watch;
        auto writer = must(FileWriter::create(csv, 0600));
        SamplePeople source(*profile(), 1);
        must(writer.write(as_bytes(people_csv_header())));
        for (std::size_t i = 0; i < people; ++i)
            must(writer.write(as_bytes(people_csv_row(source.next()))));
        must(writer.commit());
        sample_s = watch.seconds();
        store.emplace(must(Store::open({folder.path() / "data"}, clock, random)));
        must(store->initialise({DeviceId("registry"), EventId("e"), true, 1, "", ""}, EventKeys::fresh()));
    }

    /// Gives the seconds that it took.
    double import(std::size_t expected)
    {
        const Stopwatch watch;
        PeopleImport::Options options;
        options.csv.profile = profile();
        const auto ignore = [](PeopleImport::Note, const CsvFault&) {};
        const auto people = must(PeopleImport::begin(*store, std::move(options), ignore));
        auto file = must(FileReader::open(csv));
        for (;;) {
            const std::string_view piece = must(file.next());
            if (piece.empty())
                break;
            must(people->feed(piece));
        }
        const auto counts = must(people->finish());
        if (counts.imported + counts.unchanged != expected)
            throw std::runtime_error("not everybody was imported");
        return watch.seconds();
    }

    /// The yardstick: every line of the file as one row.
    double bare_inserts() const
    {
        auto database = must(sqlite::Database::open(folder.path() / "bare.db", {}));
        must(database.execute("CREATE TABLE line (no INTEGER PRIMARY KEY, text TEXT NOT NULL)"));
        const std::string text = must(read_file(csv, 1U << 30U));
        const Stopwatch watch;
        auto transaction = must(database.begin_immediate());
        auto insert = must(database.prepare("INSERT INTO line (text) VALUES (?)"));
        std::string_view rest = text;
        while (!rest.empty()) {
            const std::size_t end = rest.find('\n') + 1;
            must(insert.run({rest.substr(0, end)}));
            rest.remove_prefix(end);
        }
        must(transaction.commit());
        return watch.seconds();
    }

    test::TemporaryFolder folder;
    std::filesystem::path csv = folder.path() / "people.csv";
    SystemClock clock;
    SystemRandom random;
    std::optional<Store> store;
    double sample_s = 0;
};

void import(benchmark::State& state)
{
    const auto people = static_cast<std::size_t>(state.range(0));
    for (auto once : state) {
        static_cast<void>(once);
        World world(people);
        Report report(state);
        const double before = heap_bytes();
        const double first_s = world.import(people);
        report.figure("first_s", first_s)
            .figure("rows_per_s", static_cast<double>(people) / first_s)
            .figure("memory_mb", (heap_bytes() - before) / bytes_per_mb)
            .figure("again_s", world.import(people))
            .figure("sample_s", world.sample_s)
            .figure("bare_s", world.bare_inserts());
        if (people <= 100'000)
            report.at_most("first_s", 15);
    }
}

BENCHMARK(import)->Arg(100'000)->Arg(1'000'000)->Iterations(1)->Unit(benchmark::kSecond);

} // namespace
} // namespace montbrillant::bench
