// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bare_log.hpp"

#include "sync/registry/postgres_schema.hpp"
#include "sync/store/schema.hpp"
#include "tests/bench/push_load.hpp"
#include "tests/bench/report.hpp"

namespace montbrillant::bench {
namespace {

/// Where an entity of the load's came from is the fact of the same number: both have as many rows.
struct Row {
    std::vector<std::int64_t> numbers; ///< seq, epoch, counter
    std::vector<std::string> texts;    ///< device, verdict
    std::vector<Bytes> blobs;          ///< id, kind, reason, bytes, previous, hash, log_hash, sum
    std::string entity_kind;
    Bytes entity_key;
    Bytes entity_value;
    Bytes entity_sum;
};

std::size_t end_of_batch(std::size_t at, std::size_t batch, const std::vector<std::size_t>& sizes,
                         std::size_t all)
{
    return std::min(all, at + sizes[batch % sizes.size()]);
}

std::vector<Row> sqlite_rows(sqlite::Database& source)
{
    std::vector<Row> rows;
    auto journal =
        must(source.prepare("SELECT seq, epoch, counter, device, verdict, id, kind, reason, bytes, previous, "
                            "hash, log_hash, sum FROM journal ORDER BY seq"));
    while (must(journal.step())) {
        Row row;
        row.numbers = {journal.integer(0), journal.integer(1), journal.integer(2)};
        row.texts = {journal.text(3), journal.text(4), journal.text(5),
                     journal.text(6), journal.text(7), journal.text(8)};
        row.blobs = {journal.blob(9), journal.blob(10), journal.blob(11), journal.blob(12)};
        rows.push_back(std::move(row));
    }
    auto entities = must(source.prepare("SELECT kind, key, value, sum FROM entity"));
    for (std::size_t i = 0; i < rows.size() && must(entities.step()); ++i) {
        rows[i].entity_kind = entities.text(0);
        rows[i].entity_key = entities.blob(1);
        rows[i].entity_value = entities.blob(2);
        rows[i].entity_sum = entities.blob(3);
    }
    return rows;
}

std::vector<Row> postgres_rows(const std::string& address)
{
    auto source = must(postgres::Connection::open({address}));
    const auto bytes = [](const postgres::Rows& from, int row, int column) {
        const BytesView view = from.bytes(row, column);
        return Bytes(view.begin(), view.end());
    };
    const auto journal = must(
        source.run("SELECT seq, epoch, counter, device, verdict, id, kind, reason, bytes, previous, hash, "
                   "log_hash FROM montbrillant.journal ORDER BY seq"));
    const auto entities = must(source.run("SELECT kind, key, value FROM montbrillant.entity"));
    std::vector<Row> rows(static_cast<std::size_t>(journal.count()));
    for (int i = 0; i < journal.count(); ++i) {
        Row& row = rows[static_cast<std::size_t>(i)];
        row.numbers = {journal.integer(i, 0), journal.integer(i, 1), journal.integer(i, 2)};
        row.texts = {journal.text(i, 3), journal.text(i, 4)};
        for (int column = 5; column < 12; ++column)
            row.blobs.push_back(bytes(journal, i, column));
        if (i >= entities.count())
            continue;
        row.entity_kind = entities.text(i, 0);
        row.entity_key = bytes(entities, i, 1);
        row.entity_value = bytes(entities, i, 2);
    }
    return rows;
}

void queue_journal(postgres::Connection& into, const std::vector<Row>& rows, std::size_t from, std::size_t to)
{
    std::array<std::vector<std::int64_t>, 3> numbers;
    std::array<std::vector<std::optional<std::string_view>>, 2> texts;
    std::array<std::vector<std::optional<BytesView>>, 7> blobs;
    for (std::size_t i = from; i < to; ++i) {
        for (std::size_t c = 0; c < numbers.size(); ++c)
            numbers.at(c).push_back(rows[i].numbers[c]);
        for (std::size_t c = 0; c < texts.size(); ++c)
            texts.at(c).emplace_back(rows[i].texts[c]);
        for (std::size_t c = 0; c < blobs.size(); ++c)
            blobs.at(c).emplace_back(rows[i].blobs[c]);
    }
    postgres::Values values;
    for (const auto& column : numbers)
        values.integers(column);
    for (const auto& column : texts)
        values.texts(column);
    for (const auto& column : blobs)
        values.blobs(column);
    into.queue(
        "INSERT INTO montbrillant.journal (seq, epoch, counter, device, verdict, id, kind, reason, bytes, "
        "previous, hash, log_hash) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], "
        "$4::text[], "
        "$5::text[], $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], "
        "$12::bytea[])",
        std::move(values));
}

void queue_entities(postgres::Connection& into, const std::vector<Row>& rows, std::size_t from,
                    std::size_t to)
{
    std::vector<std::optional<std::string_view>> kinds;
    std::vector<std::optional<BytesView>> keys;
    std::vector<std::optional<BytesView>> values;
    for (std::size_t i = from; i < to; ++i) {
        kinds.emplace_back(rows[i].entity_kind);
        keys.emplace_back(rows[i].entity_key);
        values.emplace_back(rows[i].entity_value);
    }
    into.queue(
        "INSERT INTO montbrillant.entity (kind, key, value) SELECT * FROM unnest($1::text[], $2::bytea[], "
        "$3::bytea[])",
        postgres::Values().texts(kinds).blobs(keys).blobs(values));
}

} // namespace

double bare_sqlite_seconds(const std::filesystem::path& file, const std::filesystem::path& copy,
                           const std::vector<std::size_t>& sizes)
{
    std::vector<Row> rows;
    {
        auto source = must(sqlite::Database::open(file, {}));
        rows = sqlite_rows(source);
    }
    auto into = must(sqlite::Database::open(copy, {}));
    must(migrate(into, copy.string()));
    auto journal = must(into.prepare(
        "INSERT INTO journal (seq, epoch, counter, device, verdict, id, kind, reason, bytes, previous, hash, "
        "log_hash, sum) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    auto entity = must(into.prepare("INSERT INTO entity (kind, key, value, sum) VALUES (?,?,?,?)"));
    const Stopwatch watch;
    for (std::size_t at = 0, batch = 0; at < rows.size(); ++batch) {
        auto transaction = must(into.begin_immediate());
        for (const auto end = end_of_batch(at, batch, sizes, rows.size()); at < end; ++at) {
            const Row& r = rows[at];
            must(journal.run({r.numbers[0], r.numbers[1], r.numbers[2], std::string_view(r.texts[0]),
                              std::string_view(r.texts[1]), std::string_view(r.texts[2]),
                              std::string_view(r.texts[3]), std::string_view(r.texts[4]),
                              std::string_view(r.texts[5]), BytesView(r.blobs[0]), BytesView(r.blobs[1]),
                              BytesView(r.blobs[2]), BytesView(r.blobs[3])}));
            const std::string key = to_text(r.entity_key);
            const std::string value = to_text(r.entity_value);
            must(entity.run({std::string_view(r.entity_kind), std::string_view(key), std::string_view(value),
                             BytesView(r.entity_sum)}));
        }
        must(transaction.commit());
    }
    return watch.seconds();
}

double bare_postgres_seconds(const std::string& address, const std::string& copy,
                             const std::vector<std::size_t>& sizes)
{
    const auto rows = postgres_rows(address);
    auto into = must(postgres::Connection::open({copy}));
    must(registry::migrate(into));
    must(registry::prepare_session(into));
    const Stopwatch watch;
    for (std::size_t at = 0, batch = 0; at < rows.size(); ++batch) {
        const auto end = end_of_batch(at, batch, sizes, rows.size());
        into.queue("BEGIN");
        queue_journal(into, rows, at, end);
        queue_entities(into, rows, at, end);
        into.queue("COMMIT");
        must(into.finish().map([](const auto&) {}));
        at = end;
    }
    return watch.seconds();
}

} // namespace montbrillant::bench
