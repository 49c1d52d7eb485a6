// SPDX-License-Identifier: Apache-2.0
// Both sides of sync: what a device sends and takes, and what the authority orders.
#include "sync/base/log.hpp"
#include "sync/store/store.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace montbrillant {
namespace {

Result<crypto::Hash> hash_column(const sqlite::Statement& row, int column)
{
    const Bytes raw = row.blob(column);
    crypto::Hash hash{};
    if (raw.size() != hash.size())
        return fail(ErrorKind::storage, "a hash in the journal has the wrong length", "journal");
    std::copy(raw.begin(), raw.end(), hash.begin());
    return hash;
}

Outcome outcome_of(const sqlite::Statement& row, int verdict, int conflict, int reason)
{
    return {verdict_from(row.text(verdict)).value_or(Verdict::rejected), conflict_from(row.text(conflict)),
            row.text(reason)};
}

/// Columns: device, epoch, counter, bytes, previous, hash, delegate.
Result<StoredFact> stored_fact(const sqlite::Statement& row)
{
    StoredFact fact;
    fact.device = DeviceId(row.text(0));
    fact.epoch = static_cast<std::uint32_t>(row.integer(1));
    fact.counter = static_cast<std::uint64_t>(row.integer(2));
    fact.bytes = row.text(3);
    MB_TRY(fact.previous, hash_column(row, 4));
    MB_TRY(fact.hash, hash_column(row, 5));
    if (!row.is_null(6))
        fact.record = SealedRecord{DelegateId(row.text(6)), {}, {}};
    return fact;
}

/// A kept statement that is left in the middle would hold its place in the write-ahead log.
class Rewind {
public:
    explicit Rewind(sqlite::Statement& statement) : statement_(statement) {}
    ~Rewind() { statement_.reset(); }
    Rewind(const Rewind&) = delete;
    Rewind& operator=(const Rewind&) = delete;

private:
    sqlite::Statement& statement_;
};

} // namespace

Result<std::vector<StoredFact>> Store::own_facts_after(std::uint64_t after, std::size_t limit)
{
    MB_CHECK(require(Side::any));
    std::vector<StoredFact> facts;
    if (after >= counter_) // asked after every pull, and mostly so
        return facts;
    MB_TRY(auto* select,
           statement("SELECT device, epoch, counter, bytes, previous, hash, delegate FROM journal "
                     "WHERE device = ? AND epoch = ? AND counter > ? ORDER BY counter LIMIT ?"));
    const Rewind at_end(*select);
    select->bind({identity_->device.str(), std::int64_t{identity_->epoch}, static_cast<std::int64_t>(after),
                  static_cast<std::int64_t>(limit)});
    for (;;) {
        MB_TRY(const bool row, select->step());
        if (!row)
            break;
        MB_TRY(auto fact, stored_fact(*select));
        facts.push_back(std::move(fact));
    }
    for (auto& fact : facts) {
        if (fact.record) {
            MB_TRY(fact.record, read_record(fact.record->delegate));
        }
    }
    return facts;
}

/// The row's fact, when this program can read it; nothing when not. Refuses a row that lies about its fact.
Result<std::optional<Fact>> Store::check_logged(const LoggedFact& row, const Cursor& place)
{
    const StoredFact& stored = row.fact;
    if (row.seq != place.seq + 1 || row.log_hash != crypto::blake2b(place.log_hash, stored.hash))
        return fail(ErrorKind::network, fmt::format("row {} does not follow row {}", row.seq, place.seq),
                    "pull");
    if (stored.hash != chain_hash(stored.previous, stored.bytes))
        return fail(ErrorKind::network, fmt::format("the bytes of row {} do not match their hash", row.seq),
                    "pull");
    auto parsed = parse_fact(stored.bytes);
    if (!parsed)
        return std::optional<Fact>();
    if (parsed->device != stored.device || parsed->epoch != stored.epoch || parsed->counter != stored.counter)
        return fail(ErrorKind::network, fmt::format("row {} is not the fact that it names", row.seq), "pull");
    return std::optional(std::move(*parsed));
}

/// An own fact came back: it has its place now.
Result<> Store::confirm_own(const LoggedFact& row)
{
    const StoredFact& stored = row.fact;
    MB_TRY(auto* forget, statement("DELETE FROM own_record WHERE counter = ?"));
    MB_CHECK(forget->run({static_cast<std::int64_t>(stored.counter)}));
    MB_TRY(
        auto* update,
        statement("UPDATE journal SET seq = ?, verdict = ?, conflict = ?, reason = ?, log_hash = ?, sum = ? "
                  "WHERE device = ? AND epoch = ? AND counter = ? AND hash = ? RETURNING counter"));
    using sqlite::Value;
    const std::string_view conflict = conflict_name(row.outcome);
    const RowSum sum = sum_of(row.log_hash, row.outcome);
    MB_TRY(const bool ours, update
                                ->bind({static_cast<std::int64_t>(row.seq), name_of(row.outcome.verdict),
                                        conflict.empty() ? Value(nullptr) : Value(conflict),
                                        row.outcome.reason, BytesView(row.log_hash), BytesView(sum),
                                        stored.device.str(), std::int64_t{stored.epoch},
                                        static_cast<std::int64_t>(stored.counter), BytesView(stored.hash)})
                                .step());
    update->reset();
    if (!ours)
        return fail(ErrorKind::storage,
                    fmt::format("the registry has another fact {} of this device: the folder was copied or "
                                "restored",
                                stored.counter),
                    "pull", "enrol this device again; nothing of either is lost");
    return {};
}

Result<> Store::take_logged(const LoggedFact& row, const std::optional<Fact>& fact, Taken& taken)
{
    const StoredFact& stored = row.fact;
    taken.place = {row.seq, row.log_hash};
    if (fact && row.outcome.verdict == Verdict::accepted) {
        if (const auto promoted = promoted_record(taken.state, *fact)) {
            MB_TRY(const auto proposed, read_proposal(*promoted));
            if (proposed)
                taken.records.push_back(proposed->delegate);
            taken.read_back = true;
        }
        MB_CHECK(settle_proposal(taken.state, *fact));
    }
    if (fact) {
        for (auto& change : apply(taken.state, *fact, row.outcome))
            taken.changes.push_back(std::move(change));
        taken.erasures = taken.erasures || is_erasure(fact->body);
    }
    const bool own = stored.device == identity_->device && stored.epoch == identity_->epoch;
    if (own && stored.counter <= counter_) {
        MB_CHECK(confirm_own(row));
        taken.own.insert(stored.counter);
    } else {
        MB_CHECK(insert_row({&stored, fact ? fact->id.str() : "", fact ? kind_of(fact->body) : unreadable,
                             row.seq, row.outcome, row.log_hash}));
    }
    if (!fact || !stored.record || record_owner(fact->body) != stored.record->delegate)
        return {};
    // With a fact that stands, or counts for nothing, the registry sends the person's record of now.
    MB_CHECK(write_by_fate(*fact, row.outcome, *stored.record));
    taken.records.push_back(stored.record->delegate);
    taken.current.push_back(&*stored.record);
    taken.read_back = taken.read_back || record_fate(row.outcome) == RecordFate::proposed;
    return {};
}

/// Where claims disagree, or a record of this device's own lies in front of any, they are read as they lie.
Result<> Store::tell_who_came(const Taken& taken)
{
    const auto came = came_.lock();
    if (!came || taken.records.empty())
        return {};
    MB_TRY(auto* select, statement("SELECT 1 FROM own_record LIMIT 1"));
    MB_TRY(const bool own, select->step());
    select->reset();
    if (own || taken.read_back)
        return each_sealed(taken.records, *came);
    Result<> all;
    for (const SealedRecord* record : taken.current) {
        if (is_erased(record->delegate) || keys_->event_erased())
            continue;
        auto person = with_view(*record);
        if (person)
            (*came)(std::move(*person));
        else if (all)
            all = tl::unexpected(std::move(person.error()));
    }
    return all;
}

Result<CheckedPage> Store::check_page(const Cursor& from, std::span<const LoggedFact> rows)
{
    CheckedPage page{from, rows, {}};
    page.facts.reserve(rows.size());
    Cursor place = from;
    for (const auto& row : rows) {
        MB_TRY(auto fact, check_logged(row, place));
        page.facts.push_back(std::move(fact));
        place = {row.seq, row.log_hash};
    }
    return page;
}

Result<std::vector<DelegateId>> Store::take_page(std::span<const LoggedFact> rows)
{
    MB_CHECK(require(Side::device));
    MB_TRY(const auto page, check_page(cursor_, rows));
    return take_checked(page);
}

Result<std::vector<DelegateId>> Store::take_checked(const CheckedPage& page)
{
    MB_CHECK(require(Side::device));
    if (page.from != cursor_)
        return fail(ErrorKind::network, "the answer is to an older question", "pull");
    std::vector<SealedRecord> sealed;
    for (const auto& row : page.rows) {
        if (row.fact.record)
            sealed.push_back(*row.fact.record);
    }
    MB_CHECK(keys_->keep(sealed));
    Taken taken{cursor_, State(confirmed_.get()), {}, {}, {}, false, {}, false};
    MB_TRY(auto transaction, database_->begin_immediate());
    for (std::size_t i = 0; i < page.rows.size(); ++i)
        MB_CHECK(take_logged(page.rows[i], page.facts[i], taken));
    const Step step{taken.changes, taken.place.seq, taken.erasures};
    MB_TRY(const bool written, project(taken.state, step));
    MB_TRY(const Chain chain, chain_of(identity_->device, identity_->epoch));
    MB_CHECK(transaction.commit());
    // Memory follows the disk, never the other way round.
    confirmed_->absorb(taken.state);
    projected(written, step);
    cursor_ = taken.place;
    head_ = cursor_;
    counter_ = chain.counter;
    chain_ = chain.hash;
    std::erase_if(waiting_, [&taken](const Waiting& fact) { return taken.own.contains(fact.counter); });
    rebuild_view();
    if (taken.erasures) {
        remembered_.reset();
        std::vector<DelegateId> gone = erased_now();
        MB_CHECK(finish_erasures());
        taken.records.insert(taken.records.end(), gone.begin(), gone.end());
    }
    if (const auto told = tell_who_came(taken); !told)
        log::error("people who came cannot be read error=\"{}\"", told.error().text());
    return std::move(taken.records);
}

Result<> Store::reset_log()
{
    MB_CHECK(require(Side::device));
    MB_TRY(auto transaction, database_->begin_immediate());
    MB_TRY(auto forget, database_->prepare("DELETE FROM journal WHERE device <> ? OR epoch <> ?"));
    MB_CHECK(forget.run({identity_->device.str(), std::int64_t{identity_->epoch}}));
    MB_CHECK(
        database_->execute("UPDATE journal SET seq = NULL, verdict = NULL, conflict = NULL, reason = NULL, "
                           "log_hash = NULL, sum = NULL; DELETE FROM proposal;"));
    MB_CHECK(forget_projection());
    MB_CHECK(transaction.commit());
    if (!remembered_) {
        confirmed_->absorb(*view_);
        remembered_ = std::exchange(confirmed_, std::make_unique<State>());
        view_ = std::make_unique<State>(confirmed_.get());
    }
    return reload();
}

Result<> Store::reached_log_end()
{
    remembered_.reset();
    if (!pull_first_)
        return {};
    MB_CHECK(require(Side::device));
    MB_TRY(auto transaction, database_->begin_immediate());
    MB_TRY(auto salvaged,
           database_->prepare("SELECT bytes, delegate, counter FROM salvaged WHERE counter > ? "
                              "ORDER BY counter"));
    MB_TRY(auto drop_record, database_->prepare("DELETE FROM own_record WHERE delegate = ? AND counter = ?"));
    MB_TRY(auto move_record,
           database_->prepare("UPDATE own_record SET counter = ? WHERE delegate = ? AND counter = ?"));
    salvaged.bind({std::int64_t{0}});
    Chain chain = own_chain();
    for (;;) {
        MB_TRY(const bool row, salvaged.step());
        if (!row)
            break;
        MB_TRY(Fact fact, parse_fact(salvaged.text(0)));
        MB_TRY(const bool known, has_own_fact(fact.id));
        if (known) { // the registry had it, and its record
            if (!salvaged.is_null(1))
                MB_CHECK(drop_record.run({salvaged.text(1), salvaged.integer(2)}));
            continue;
        }
        fact.counter = chain.counter + 1;
        MB_TRY(StoredFact stored, next_link(fact, chain));
        if (!salvaged.is_null(1)) {
            stored.record = SealedRecord{DelegateId(salvaged.text(1)), {}, {}};
            MB_CHECK(move_record.run(
                {static_cast<std::int64_t>(fact.counter), salvaged.text(1), salvaged.integer(2)}));
        }
        MB_CHECK(insert_row({&stored, fact.id.str(), kind_of(fact.body), {}, {}, {}}));
    }
    MB_CHECK(database_->execute("DELETE FROM salvaged"));
    MB_CHECK(set_setting(setting_pull_first, ""));
    MB_CHECK(transaction.commit());
    return reload();
}

Result<bool> Store::has_own_fact(const FactId& id)
{
    MB_TRY(auto* select, statement("SELECT 1 FROM journal WHERE device = ? AND epoch = ? AND id = ?"));
    MB_TRY(const bool found,
           select->bind({identity_->device.str(), std::int64_t{identity_->epoch}, id.str()}).step());
    select->reset();
    return found;
}

Result<std::string> Store::log_epoch()
{
    MB_TRY(const auto value, setting("log_epoch"));
    return value.value_or("");
}

Result<> Store::set_log_epoch(const std::string& epoch) { return set_setting("log_epoch", epoch); }

/// The journal inside a transaction that takes pushes.
class Store::Rows final : public LogRows {
public:
    explicit Rows(Store& store) : store_(store) {}

    Result<ChainEnd> chain_end(const DeviceId& device, std::uint32_t epoch) override
    {
        return store_.chain_of(device, epoch);
    }

    Result<std::optional<Known>> known(const StoredFact& fact) override
    {
        MB_TRY(auto* select, store_.statement("SELECT hash, seq, verdict, conflict, reason FROM journal "
                                              "WHERE device = ? AND epoch = ? AND counter = ?"));
        MB_TRY(const bool found, select
                                     ->bind({fact.device.str(), std::int64_t{fact.epoch},
                                             static_cast<std::int64_t>(fact.counter)})
                                     .step());
        if (!found)
            return std::optional<Known>();
        Known known;
        MB_TRY(known.hash, hash_column(*select, 0));
        known.answer = {fact.counter, static_cast<std::uint64_t>(select->integer(1)),
                        outcome_of(*select, 2, 3, 4), true};
        select->reset();
        return std::optional(std::move(known));
    }

    [[nodiscard]] bool opens(const SealedRecord& record) const override
    {
        return store_.keys_->open_record(record).has_value();
    }

    Result<> write(const OrderedFact& ordered) override
    {
        const StoredFact& stored = ordered.stored;
        if (ordered.settled)
            MB_CHECK(store_.settle_proposal(*ordered.settled, ordered.promoted));
        MB_CHECK(store_.insert_row({&stored, ordered.fact ? ordered.fact->id.str() : "",
                                    ordered.fact ? kind_of(ordered.fact->body) : unreadable,
                                    ordered.place.seq, ordered.outcome, ordered.place.log_hash}));
        if (ordered.record == RecordFate::dropped)
            return {};
        return store_.write_by_fate(*ordered.fact, ordered.outcome, *stored.record);
    }

private:
    Store& store_;
};

Result<PushResult> Store::take_push(const DeviceId& device, std::uint32_t epoch,
                                    std::span<const StoredFact> facts)
{
    const DevicePush push{device, epoch, facts};
    MB_TRY(auto results, take_pushes({&push, 1}));
    return std::move(results.front());
}

Result<std::vector<PushResult>> Store::take_pushes(std::span<const DevicePush> pushes)
{
    MB_CHECK(require(Side::authority));
    std::vector<SealedRecord> sealed;
    for (const DevicePush& push : pushes) {
        if (push.device == identity_->device)
            return fail(ErrorKind::input, "a device may not bear the registry's own name", push.device.str());
        for (const auto& fact : push.facts) {
            if (fact.record)
                sealed.push_back(*fact.record);
        }
    }
    MB_CHECK(keys_->keep(sealed));
    Ordering ordering(*confirmed_, head_);
    Rows rows(*this);
    std::vector<PushResult> results;
    results.reserve(pushes.size());
    MB_TRY(auto transaction, database_->begin_immediate());
    for (const DevicePush& push : pushes) {
        MB_TRY(auto result, ordering.take(push, rows));
        results.push_back(std::move(result));
    }
    const Step step{ordering.changes(), ordering.head().seq, ordering.erasures()};
    MB_TRY(const bool written, project(ordering.state(), step));
    MB_CHECK(transaction.commit());
    confirmed_->absorb(ordering.state());
    projected(written, step);
    head_ = ordering.head();
    if (ordering.erasures())
        MB_CHECK(finish_erasures());
    return results;
}

Result<std::vector<LoggedFact>> Store::log_after(std::uint64_t seq, std::size_t limit)
{
    MB_TRY(auto* select, statement("SELECT device, epoch, counter, bytes, previous, hash, delegate, seq, "
                                   "log_hash, verdict, conflict, reason, id FROM journal WHERE seq > ? "
                                   "ORDER BY seq LIMIT ?"));
    const Rewind at_end(*select);
    select->bind({static_cast<std::int64_t>(seq), static_cast<std::int64_t>(limit)});
    std::vector<LoggedFact> rows;
    std::vector<FactId> ids;
    for (;;) {
        MB_TRY(const bool row, select->step());
        if (!row)
            break;
        LoggedFact logged;
        MB_TRY(logged.fact, stored_fact(*select));
        logged.seq = static_cast<std::uint64_t>(select->integer(7));
        MB_TRY(logged.log_hash, hash_column(*select, 8));
        logged.outcome = outcome_of(*select, 9, 10, 11);
        rows.push_back(std::move(logged));
        ids.emplace_back(select->text(12));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& record = rows[i].fact.record;
        if (!record)
            continue;
        const DelegateId owner = record->delegate;
        record.reset();
        if (record_fate(rows[i].outcome) == RecordFate::proposed) {
            MB_TRY(record, read_proposal(ids[i]));
        }
        if (!record) { // or people have decided: who has no more than the claim yet gets what came of it
            MB_TRY(record, read_record(owner));
        }
    }
    return rows;
}

Result<std::optional<crypto::Hash>> Store::log_hash_at(std::uint64_t seq)
{
    if (seq == 0)
        return std::optional(crypto::Hash{});
    MB_TRY(auto* select, statement("SELECT log_hash FROM journal WHERE seq = ?"));
    MB_TRY(const bool found, select->bind({static_cast<std::int64_t>(seq)}).step());
    std::optional<crypto::Hash> hash;
    if (found) {
        MB_TRY(hash, hash_column(*select, 0));
    }
    select->reset();
    return hash;
}

} // namespace montbrillant
