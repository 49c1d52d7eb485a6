// SPDX-License-Identifier: Apache-2.0
// scripts/bench commit: a check-in's commit beside what it is made of, in turns in the same run: 4 KiB
// written over and fdatasync, and the same rows put into the same tables by bare SQLite in one transaction,
// synchronous=FULL.
#include "sync/domain/decide.hpp"
#include "sync/store/schema.hpp"
#include "sync/store/store.hpp"
#include "tests/bench/report.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>
#include <variant>

namespace montbrillant::bench {
namespace {

constexpr std::size_t rounds = 3000;
constexpr std::size_t page = 4096;
constexpr std::size_t file_pages = 256;

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

/// The disk itself: a page of a file that has its size, and its sync.
class RawDisk {
public:
    explicit RawDisk(const std::filesystem::path& file)
        : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)), content_(page, 0x5A)
    {
        for (std::size_t i = 0; i < file_pages; ++i)
            write(i);
        if (::fsync(fd_.get()) != 0)
            throw std::runtime_error("the disk does not sync");
    }
    void commit()
    {
        write(next_++ % file_pages);
        if (::fdatasync(fd_.get()) != 0)
            throw std::runtime_error("the disk does not sync");
    }

private:
    void write(std::size_t at)
    {
        if (::pwrite(fd_.get(), content_.data(), page, static_cast<off_t>(at * page)) !=
            static_cast<ssize_t>(page))
            throw std::runtime_error("the disk does not take a page");
    }
    FileDescriptor fd_;
    Bytes content_;
    std::size_t next_ = 0;
};

using Cell = std::variant<std::nullptr_t, std::int64_t, std::string, Bytes>;

sqlite::Value value_of(const Cell& cell)
{
    if (const auto* number = std::get_if<std::int64_t>(&cell))
        return *number;
    if (const auto* text = std::get_if<std::string>(&cell))
        return std::string_view(*text);
    if (const auto* blob = std::get_if<Bytes>(&cell))
        return BytesView(*blob);
    return nullptr;
}

/// A table of what a check-in writes; `types` has a letter for each column: integer, text, blob.
struct Table {
    std::string_view types;
    std::string_view read;
    std::string_view write;
};
constexpr std::array<Table, 3> tables{
    {{"tiiittttttbbbtb",
      "SELECT device, epoch, counter, seq, id, kind, verdict, conflict, reason, bytes, previous, hash, "
      "log_hash, "
      "delegate, sum FROM journal WHERE device = 'K1' AND epoch = 1 AND counter > ?1 AND ?2 <> '' "
      "AND ?3 <> ''",
      "INSERT INTO journal (device, epoch, counter, seq, id, kind, verdict, conflict, reason, bytes, "
      "previous, hash, "
      "log_hash, delegate, sum) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
     {"tttb",
      "SELECT kind, key, value, sum FROM entity WHERE ?1 >= 0 AND kind IN ('delegate', 'badge') "
      "AND key IN (?2, ?3)",
      "INSERT INTO entity (kind, key, value, sum) VALUES (?,?,?,?) ON CONFLICT (kind, key) DO UPDATE SET "
      "value = excluded.value, sum = excluded.sum"},
     {"ttttitiit",
      "SELECT key, badge, delegate, state, ipp_job, printer_uuid, printer_up_time_s, updated, detail FROM "
      "print_job "
      "WHERE ?1 >= 0 AND delegate = ?2 AND key = ?3 || '.1.1'",
      "INSERT INTO print_job (key, badge, delegate, state, ipp_job, printer_uuid, printer_up_time_s, "
      "updated, detail) "
      "VALUES (?,?,?,?,?,?,?,?,?)"}}};

/// The rows that a commit added to a database, put into another by nothing but prepared statements.
class BareSqlite {
public:
    BareSqlite(const std::filesystem::path& source, const std::filesystem::path& copy)
        : source_(must(sqlite::Database::open(source, {}))), copy_(must(sqlite::Database::open(copy, {})))
    {
        must(migrate(copy_, copy.string()));
        for (const Table& table : tables) {
            reads_.push_back(must(source_.prepare(table.read)));
            writes_.push_back(must(copy_.prepare(table.write)));
        }
    }
    /// Fetches what lies behind `counter`: not part of what is measured.
    void fetch(std::uint64_t counter, const std::string& delegate, const std::string& badge)
    {
        rows_.clear();
        for (std::size_t i = 0; i < tables.size(); ++i) {
            reads_[i].bind({static_cast<std::int64_t>(counter), delegate, badge});
            while (must(reads_[i].step()))
                rows_.emplace_back(i, cells(reads_[i], tables[i].types));
            reads_[i].reset();
        }
    }
    [[nodiscard]] std::size_t rows() const { return rows_.size(); }
    void commit()
    {
        auto transaction = must(copy_.begin_immediate());
        for (const auto& [table, cells] : rows_)
            must(bound(writes_[table], cells).run());
        must(transaction.commit());
    }

private:
    static std::vector<Cell> cells(const sqlite::Statement& row, std::string_view types)
    {
        std::vector<Cell> cells;
        for (int i = 0; i < static_cast<int>(types.size()); ++i) {
            const char type = types[static_cast<std::size_t>(i)];
            if (row.is_null(i))
                cells.emplace_back(nullptr);
            else if (type == 'i')
                cells.emplace_back(row.integer(i));
            else if (type == 't')
                cells.emplace_back(row.text(i));
            else
                cells.emplace_back(row.blob(i));
        }
        return cells;
    }
    static sqlite::Statement& bound(sqlite::Statement& statement, const std::vector<Cell>& c)
    {
        const auto v = [&c](std::size_t i) { return value_of(c[i]); };
        if (c.size() == 4)
            return statement.bind({v(0), v(1), v(2), v(3)});
        if (c.size() == 9)
            return statement.bind({v(0), v(1), v(2), v(3), v(4), v(5), v(6), v(7), v(8)});
        return statement.bind(
            {v(0), v(1), v(2), v(3), v(4), v(5), v(6), v(7), v(8), v(9), v(10), v(11), v(12), v(13), v(14)});
    }

    sqlite::Database source_;
    sqlite::Database copy_;
    std::vector<sqlite::Statement> reads_;
    std::vector<sqlite::Statement> writes_;
    std::vector<std::pair<std::size_t, std::vector<Cell>>> rows_;
};

/// A desk with so many people who have not come yet.
class Desk {
public:
    Desk(const std::filesystem::path& folder, bool authority) : store_(open(folder))
    {
        must(store_.initialise({DeviceId("K1"), EventId("e"), authority, 1, "", ""}, EventKeys::fresh()));
        Draft draft{{}, "import", {}, {}};
        for (std::size_t i = 0; i < rounds; ++i) {
            Person person;
            person.id = id(i);
            person.badge_name = fmt::format("Somebody {}", i);
            person.delegation = "FRA";
            draft.facts.emplace_back(fact::DelegateRegistered{person.id, participation_of(person), false});
        }
        must(store_.commit(draft));
    }
    [[nodiscard]] static DelegateId id(std::size_t number)
    {
        return DelegateId(fmt::format("R-{:06}", number));
    }
    [[nodiscard]] Store& store() { return store_; }
    [[nodiscard]] Random& random() { return random_; }
    /// Decides and commits a check-in, as the desk does.
    void check_in(const DelegateId& who, const BadgeId& badge)
    {
        const auto decided = decide(store_.view(), command::CheckIn{who, "code", {}, badge, {}});
        if (!decided)
            throw std::runtime_error("the check-in was refused");
        must(store_.commit({decided->facts, "kiosk", {}, {}}));
    }

private:
    Store open(const std::filesystem::path& folder) { return must(Store::open({folder}, clock_, random_)); }

    SystemClock clock_;
    SystemRandom random_;
    Store store_;
};

void commit(benchmark::State& state, bool authority)
{
    const test::TemporaryFolder folder(std::filesystem::current_path());
    Desk desk(folder.path() / "desk", authority);
    RawDisk disk(folder.path() / "raw");
    BareSqlite bare(folder.path() / "desk" / "montbrillant.db", folder.path() / "bare.db");
    Latencies commits;
    Latencies syncs;
    Latencies inserts;
    std::size_t round = 0;
    for (auto _ : state) {
        for (; round < rounds; ++round) {
            const DelegateId who = Desk::id(round);
            const BadgeId badge = new_badge_id(desk.random());
            const auto before = desk.store().own_counter();
            syncs.measure([&] { disk.commit(); });
            commits.measure([&] { desk.check_in(who, badge); });
            bare.fetch(before, who.str(), badge.str());
            inserts.measure([&] { bare.commit(); });
        }
    }
    if (bare.rows() != (authority ? 6U : 4U))
        state.SkipWithError("the bare insert has other rows than the check-in");
    Report report(state);
    commits.write(report);
    report.figure("fdatasync_p50_ms", syncs.p50_ms()).figure("bare_p50_ms", inserts.p50_ms());
    report.faster("p50_ms", "fdatasync_p50_ms", 0.45).faster("p50_ms", "bare_p50_ms", 0.8);
}

void check_in_at_a_desk(benchmark::State& state) { commit(state, true); }
void check_in_at_a_kiosk(benchmark::State& state) { commit(state, false); }

BENCHMARK(check_in_at_a_desk)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(check_in_at_a_kiosk)->Iterations(1)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace montbrillant::bench
