// SPDX-License-Identifier: Apache-2.0
// scripts/bench commit: a check-in's commit beside what it is made of, in turns in the same run: 4 KiB
// written over and fdatasync, and the same rows put into the same tables by bare SQLite in one transaction,
// synchronous=FULL.
//
// At a desk the rows of the projection follow in steps, of which the median shows nothing: bare SQLite gets
// them in the same transactions, and the means are printed, which have them all.
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
#include <utility>
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

using Cells = std::vector<Cell>;

Cell text_or_null(const std::string& text) { return text.empty() ? Cell(nullptr) : Cell(text); }

Cells cells_of(const Store::JournalRow& row)
{
    const Fact fact = must(parse_fact(row.bytes));
    const bool ordered = row.seq.has_value();
    return {row.device.str(),
            std::int64_t{row.epoch},
            static_cast<std::int64_t>(row.counter),
            ordered ? Cell(static_cast<std::int64_t>(*row.seq)) : Cell(nullptr),
            fact.id.str(),
            std::string(kind_of(fact.body)),
            ordered ? Cell(row.verdict) : Cell(nullptr),
            text_or_null(row.conflict),
            ordered ? Cell(row.reason) : Cell(nullptr),
            row.bytes,
            row.previous,
            row.hash,
            ordered ? Cell(row.log_hash) : Cell(nullptr),
            nullptr,
            ordered ? Cell(Bytes(RowSum{}.size())) : Cell(nullptr)};
}

Cells cells_of(const State& state, const EntityKey& entity)
{
    const std::string kind(name_of(entity.kind));
    const std::string value = state.write(entity);
    const RowSum sum = entity_sum(kind, entity.key, value);
    return {kind, entity.key, value, Bytes(sum.begin(), sum.end())};
}

Cells cells_of(const PrintJobRow& job)
{
    return {job.key.str(),    job.badge.str(),       job.delegate.str(), job.state,  job.ipp_job,
            job.printer_uuid, job.printer_up_time_s, job.updated.ms,     job.detail, job.place};
}

constexpr std::array<std::string_view, 3> insertions{
    "INSERT INTO journal (device, epoch, counter, seq, id, kind, verdict, conflict, reason, bytes, previous, "
    "hash, log_hash, delegate, sum) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "INSERT INTO entity (kind, key, value, sum) VALUES (?,?,?,?) ON CONFLICT (kind, key) DO UPDATE SET "
    "value = excluded.value, sum = excluded.sum",
    "INSERT INTO print_job (key, badge, delegate, state, ipp_job, printer_uuid, printer_up_time_s, updated, "
    "detail, place) VALUES (?,?,?,?,?,?,?,?,?,?)"};

/// The rows that a commit added to a store, put into another database by nothing but prepared statements.
class BareSqlite {
public:
    explicit BareSqlite(const std::filesystem::path& file)
        : database_(must(sqlite::Database::open(file, {.vfs = "", .full_sync = true, .shared = true})))
    {
        must(migrate(database_, file.string()));
        for (const auto insert : insertions)
            statements_.push_back(must(database_.prepare(insert)));
    }
    /// Looks at what the check-in wrote: not part of what is measured.
    void fetch(Store& store, std::size_t facts, const DelegateId& who, const BadgeId& badge)
    {
        rows_.clear();
        for (const auto& row : must(store.journal(facts)))
            rows_.emplace_back(0, cells_of(row));
        rows_.emplace_back(2, cells_of(must(store.print_jobs().find(print_key(badge, 1, 1))).value()));
        changed_.push_back({EntityKind::delegate, who.str()});
        changed_.push_back({EntityKind::badge, badge.str()});
        const auto place = must(store.setting(Store::setting_place)).value_or("");
        if (std::exchange(place_, place) == place)
            return;
        for (const EntityKey& entity : std::exchange(changed_, {}))
            rows_.emplace_back(1, cells_of(store.view(), entity));
    }
    /// All that were put in, and those of the projection that still wait.
    [[nodiscard]] std::size_t rows() const { return put_in_; }
    [[nodiscard]] std::size_t waiting() const { return changed_.size(); }
    void commit()
    {
        put_in_ += rows_.size();
        auto transaction = must(database_.begin_immediate());
        for (const auto& [insert, cells] : rows_)
            must(put(statements_[insert], cells));
        must(transaction.commit());
    }

private:
    static Result<> put(sqlite::Statement& statement, const Cells& c)
    {
        const auto v = [&c](std::size_t i) { return value_of(c[i]); };
        if (c.size() == 4)
            return statement.run({v(0), v(1), v(2), v(3)});
        if (c.size() == 10)
            return statement.run({v(0), v(1), v(2), v(3), v(4), v(5), v(6), v(7), v(8), v(9)});
        return statement.run(
            {v(0), v(1), v(2), v(3), v(4), v(5), v(6), v(7), v(8), v(9), v(10), v(11), v(12), v(13), v(14)});
    }

    sqlite::Database database_;
    std::vector<sqlite::Statement> statements_;
    std::vector<std::pair<std::size_t, Cells>> rows_;
    std::vector<EntityKey> changed_; ///< whose rows the store has not written yet
    std::string place_;
    std::size_t put_in_ = 0;
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
    BareSqlite bare(folder.path() / "bare.db");
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
            bare.fetch(desk.store(), desk.store().own_counter() - before, who, badge);
            disk.commit(); // what it is compared with began behind one, too
            inserts.measure([&] { bare.commit(); });
        }
    }
    if (bare.rows() + (authority ? bare.waiting() : 0) != rounds * (authority ? 6 : 4))
        state.SkipWithError("the bare insert has other rows than the check-ins");
    Report report(state);
    commits.write(report);
    report.figure("fdatasync_p50_ms", syncs.p50_ms()).figure("bare_p50_ms", inserts.p50_ms());
    report.figure("mean_ms", commits.mean_ms()).figure("bare_mean_ms", inserts.mean_ms());
    report.faster("p50_ms", "fdatasync_p50_ms", 0.45).faster("p50_ms", "bare_p50_ms", 0.8);
}

void check_in_at_a_desk(benchmark::State& state) { commit(state, true); }
void check_in_at_a_kiosk(benchmark::State& state) { commit(state, false); }

BENCHMARK(check_in_at_a_desk)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(check_in_at_a_kiosk)->Iterations(1)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace montbrillant::bench
