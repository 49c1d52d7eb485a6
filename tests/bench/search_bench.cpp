// SPDX-License-Identifier: Apache-2.0
// scripts/bench search: what one keystroke costs among 100,000 and 1,000,000 made-up people, beside LIKE over
// an SQLite table of the same people, in memory as the index is.
#include "sync/base/files.hpp"
#include "sync/base/sqlite.hpp"
#include "sync/domain/people/sample_people.hpp"
#include "sync/domain/people/search.hpp"
#include "tests/bench/report.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/sync/domain/people/recall.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <stdexcept>

namespace montbrillant::bench {
namespace {

constexpr std::size_t rows = 6; ///< five, and one more to know whether there are more
constexpr std::size_t typed_texts = 600;
constexpr std::size_t like_every = 20; ///< LIKE is measured on every so manieth keystroke: it is slow
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

const EventProfile& profile()
{
    static const EventProfile loaded =
        must(load_event_profile(must(read_file(EVENTS_DIR "/sg20-2017.toml", 1U << 20U)), "sg20-2017.toml"));
    return loaded;
}

std::vector<std::string> delegation_names(std::string_view code)
{
    std::vector<std::string> names;
    for (const Language language : all_languages)
        names.push_back(profile().delegation_name(code, language));
    return names;
}

/// What somebody types to find this person: Latin in either order, the own script, the body, a slip.
std::string typed(const Person& person, Random& random)
{
    const std::string latin = fold(person.badge_name);
    const auto turned = [&] {
        const auto space = latin.find(' ');
        return space == std::string::npos ? latin : latin.substr(space + 1) + " " + latin.substr(0, space);
    };
    switch (random.below(10)) {
    case 0:
    case 1:
    case 2: return turned();
    case 3: return person.family_name + " " + person.given_name;
    case 4: return person.given_name;
    case 5: return person.organization;
    case 6: return profile().delegation_name(person.delegation, person.language);
    case 7: {
        std::string slip = latin;
        slip[std::min<std::size_t>(3, slip.size() - 1)] = 'x';
        return slip;
    }
    default: return latin;
    }
}

/// Every keystroke of typed texts, from two letters on (Han: one).
std::vector<std::string> keystrokes_of(const std::vector<Person>& people)
{
    SeededRandom random(20);
    std::vector<std::string> out;
    for (const Person& person : people) {
        const std::string text = typed(person, random);
        for (std::size_t length = 1; length <= text.size(); ++length) {
            const std::string_view part = unicode::cut(text, length);
            if (part.size() == length && enough_letters(part, 2) && !part.ends_with(' '))
                out.emplace_back(part);
        }
    }
    return out;
}

/// The people of one benchmark: the index, and the table beside it.
struct World {
    explicit World(std::size_t people);
    void fill_table(const Person& person, sqlite::Statement& insert) const;

    std::size_t people;
    double build_s = 0;
    double index_bytes = 0;
    SearchIndex index{delegation_names};
    test::TemporaryFolder folder;
    sqlite::Database table;
    std::vector<std::string> keystrokes;
};

World::World(std::size_t count)
    : people(count), table(must(sqlite::Database::open(folder.path() / "people.db", {})))
{
    std::vector<Person> some;
    {
        SamplePeople source(profile(), 1);
        const double before = heap_bytes();
        const std::size_t step = std::max<std::size_t>(1, count / typed_texts);
        for (std::size_t i = 0; i < count; ++i) {
            const Person person = source.next();
            const double start = thread_seconds();
            index.add(person);
            build_s += thread_seconds() - start;
            if (i % step == 0)
                some.push_back(person);
        }
        const double start = thread_seconds();
        index.settle();
        build_s += thread_seconds() - start;
        index_bytes = heap_bytes() - before;
    }
    keystrokes = keystrokes_of(some);
    must(table.execute("CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, words TEXT NOT NULL)"));
    auto transaction = must(table.begin_immediate());
    auto insert = must(table.prepare("INSERT INTO person (id, name, words) VALUES (?, ?, ?)"));
    SamplePeople source(profile(), 1);
    for (std::size_t i = 0; i < count; ++i)
        fill_table(source.next(), insert);
    must(transaction.commit());
}

void World::fill_table(const Person& person, sqlite::Statement& insert) const
{
    const std::string words =
        fmt::format("{} {} {}", fold(person.badge_name), fold(person.full_name()), fold(person.organization));
    must(insert.run({person.id.str(), person.badge_name, words}));
}

/// One at a time: a million people twice would not fit everywhere.
World& world(std::size_t people)
{
    static std::unique_ptr<World> current;
    if (!current || current->people != people) {
        current.reset();
        current = std::make_unique<World>(people);
    }
    return *current;
}

void build(benchmark::State& state)
{
    for ([[maybe_unused]] auto _ : state) {
        const World& all = world(static_cast<std::size_t>(state.range(0)));
        Report(state)
            .figure("cpu_s", all.build_s)
            .figure("memory_mb", all.index_bytes / bytes_per_mb)
            .figure("per_person_bytes", all.index_bytes / static_cast<double>(all.people));
    }
}

void keystroke(benchmark::State& state)
{
    const World& all = world(static_cast<std::size_t>(state.range(0)));
    Latencies latencies;
    for ([[maybe_unused]] auto _ : state) {
        for (const std::string& text : all.keystrokes)
            latencies.measure([&] { benchmark::DoNotOptimize(all.index.query(text, rows)); });
    }
    Report report(state);
    latencies.write(report);
    report.figure("keystrokes", static_cast<double>(all.keystrokes.size()))
        .at_most("p99_ms", all.people > 100'000 ? 5 : 1)
        .at_most("cpu_p99_ms", all.people > 100'000 ? 5 : 1);
    // Not at the median: there LIKE ends at the first six that hold the letters, in no order.
    for (const char* percentile : {"p99_ms", "cpu_p99_ms"})
        report.faster(percentile, fmt::format("like/{}:{}", all.people, percentile), 30);
}

void measure_like(benchmark::State& state, std::string_view sql)
{
    World& all = world(static_cast<std::size_t>(state.range(0)));
    auto select = must(all.table.prepare(sql));
    Latencies latencies;
    for ([[maybe_unused]] auto _ : state) {
        for (std::size_t i = 0; i < all.keystrokes.size(); i += like_every) {
            const std::string pattern = "%" + fold(all.keystrokes[i]) + "%";
            latencies.measure([&] {
                select.bind({pattern});
                while (must(select.step()))
                    benchmark::DoNotOptimize(select.text(0));
                select.reset();
            });
        }
    }
    Report report(state);
    latencies.write(report);
}

/// The first six rows that come, in no order: the cheapest that LIKE can be.
void like(benchmark::State& state)
{
    measure_like(state, "SELECT id FROM person WHERE words LIKE ? LIMIT 6");
}

/// The six best by name, as the index gives the six best by its ranking.
void like_in_order(benchmark::State& state)
{
    measure_like(state, "SELECT id FROM person WHERE words LIKE ? ORDER BY name LIMIT 6");
}

/// Of what people type for the names of one script, how many find the person among ten thousand others.
void recall(benchmark::State& state, std::size_t place)
{
    static const auto all = test::measure_recall(CORPUS_DIR, profile(), 10'000);
    const test::Recall& script = all.at(place);
    for ([[maybe_unused]] auto _ : state) {
        Report(state)
            .figure("queries", static_cast<double>(script.queries))
            .figure("found_share", script.share())
            .figure("full_names", static_cast<double>(script.full_names))
            .figure("full_first_share",
                    static_cast<double>(script.full_names_first) / static_cast<double>(script.full_names))
            .at_least("found_share", 0.97)
            .at_least("full_first_share", 1);
    }
}

/// All of one number of people before the next.
const bool registered = [] {
    for (const std::int64_t people : {100'000, 1'000'000}) {
        benchmark::RegisterBenchmark("build", build)->Arg(people)->Iterations(1);
        benchmark::RegisterBenchmark("keystroke", keystroke)->Arg(people)->Iterations(1);
        benchmark::RegisterBenchmark("like", like)->Arg(people)->Iterations(1);
        benchmark::RegisterBenchmark("like_in_order", like_in_order)->Arg(people)->Iterations(1);
    }
    std::size_t place = 0;
    for (const auto& [script, people] : test::read_corpora(CORPUS_DIR))
        benchmark::RegisterBenchmark(("recall/" + script).c_str(), recall, place++)->Iterations(1);
    return true;
}();

} // namespace
} // namespace montbrillant::bench
