// SPDX-License-Identifier: Apache-2.0
// Reading the journal from end to end: is it whole, and its rows for people and exports.
#include "sync/store/store.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace montbrillant {
namespace {

template <std::size_t N> bool same(const Bytes& raw, const std::array<std::uint8_t, N>& wanted)
{
    return std::equal(raw.begin(), raw.end(), wanted.begin(), wanted.end());
}

/// What the row says beside the bytes must be what the bytes say, if they could be read when they came.
bool described(const Result<Fact>& fact, const std::string& id, const std::string& kind)
{
    return !fact || kind == Store::unreadable || (fact->id.str() == id && kind_of(fact->body) == kind);
}

constexpr std::string_view row_columns = "seq, coalesce(verdict, 'waiting'), conflict, reason, device, "
                                         "epoch, counter, bytes, previous, hash, log_hash";

Store::JournalRow journal_row(const sqlite::Statement& row)
{
    Store::JournalRow found;
    if (!row.is_null(0))
        found.seq = static_cast<std::uint64_t>(row.integer(0));
    found.verdict = row.text(1);
    found.conflict = row.text(2);
    found.reason = row.text(3);
    found.device = DeviceId(row.text(4));
    found.epoch = static_cast<std::uint32_t>(row.integer(5));
    found.counter = static_cast<std::uint64_t>(row.integer(6));
    found.bytes = row.text(7);
    found.previous = row.blob(8);
    found.hash = row.blob(9);
    found.log_hash = row.blob(10);
    return found;
}

} // namespace

Result<std::optional<Store::BrokenLink>> Store::verify_journal()
{
    MB_TRY(auto broken, verify_chains());
    return broken ? Result<std::optional<BrokenLink>>(std::move(broken)) : verify_projection();
}

Result<std::optional<Store::BrokenLink>> Store::verify_chains()
{
    MB_TRY(auto select,
           database_->prepare("SELECT device, epoch, counter, bytes, previous, hash, seq IS NULL, id, kind "
                              "FROM journal ORDER BY device, epoch, counter"));
    std::string device;
    std::int64_t epoch = -1;
    Chain chain;
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return std::optional<BrokenLink>();
        if (select.text(0) != device || select.integer(1) != epoch) {
            device = select.text(0);
            epoch = select.integer(1);
            chain = {};
        }
        const auto counter = static_cast<std::uint64_t>(select.integer(2));
        const auto broken = [&](std::string why) {
            return std::optional(BrokenLink{DeviceId(device), counter, std::move(why)});
        };
        if (counter != chain.counter + 1)
            return broken(fmt::format("fact {} is missing", chain.counter + 1));
        if (!same(select.blob(4), chain.hash))
            return broken("it does not follow the fact before it");
        const std::string bytes = select.text(3);
        chain = {counter, chain_hash(chain.hash, bytes)};
        if (!same(select.blob(5), chain.hash))
            return broken("its bytes or its hash were changed");
        const bool waits = select.integer(6) != 0; // the others are read in the order of the log
        if (waits && !described(parse_fact(bytes), select.text(7), select.text(8)))
            return broken("its row describes another fact than its bytes");
    }
}

Result<std::optional<Store::BrokenLink>> Store::walk_log(Cursor& place, const Visit& visit)
{
    MB_TRY(auto select, database_->prepare(fmt::format("SELECT {}, sum, id, kind FROM journal "
                                                       "WHERE seq > ? ORDER BY seq",
                                                       row_columns)));
    // From the first on, also what somebody put before it.
    constexpr auto before_all = std::numeric_limits<std::int64_t>::min();
    select.bind({place.seq == 0 ? before_all : static_cast<std::int64_t>(place.seq)});
    for (;;) {
        MB_TRY(const bool more, select.step());
        if (!more)
            return std::optional<BrokenLink>();
        const JournalRow row = journal_row(select);
        const auto broken = [&row](std::string why) {
            return std::optional(BrokenLink{row.device, row.counter, std::move(why)});
        };
        const Cursor here{place.seq + 1, crypto::blake2b(place.log_hash, row.hash)};
        if (row.seq != here.seq || !same(row.log_hash, here.log_hash))
            return broken(fmt::format("it is not what stood at {} in the log", here.seq));
        if (!same(row.hash, crypto::blake2b(row.previous, as_bytes(row.bytes))))
            return broken("its bytes or its hash were changed");
        const auto verdict = verdict_from(row.verdict);
        const auto conflict = conflict_from(row.conflict);
        const Outcome outcome{verdict.value_or(Verdict::rejected), conflict, row.reason};
        if (!verdict || conflict.has_value() == row.conflict.empty() ||
            !same(select.blob(11), sum_of(here.log_hash, outcome)))
            return broken(fmt::format("the outcome that the log gave it at {} was changed", here.seq));
        const auto fact = parse_fact(row.bytes);
        if (!described(fact, select.text(12), select.text(13)))
            return broken("its row describes another fact than its bytes");
        const bool read = fact && select.text(13) != unreadable;
        if (read && (fact->device != row.device || fact->epoch != row.epoch || fact->counter != row.counter))
            return broken("its row stands under another number than its bytes say");
        if (read)
            visit(*fact, outcome);
        place = here;
    }
}

Result<> Store::each_journal_row(const std::function<Result<>(const JournalRow&)>& visit)
{
    // Two statements, each in the order of an index: nothing is sorted, nothing is held.
    for (const auto* which :
         {"seq IS NOT NULL ORDER BY seq", "seq IS NULL ORDER BY device, epoch, counter"}) {
        MB_TRY(auto select,
               database_->prepare(fmt::format("SELECT {} FROM journal WHERE {}", row_columns, which)));
        for (;;) {
            MB_TRY(const bool row, select.step());
            if (!row)
                break;
            MB_CHECK(visit(journal_row(select)));
        }
    }
    return {};
}

Result<std::vector<Store::JournalRow>> Store::journal(std::size_t limit)
{
    const std::size_t most = limit == 0 ? std::numeric_limits<std::int64_t>::max() : limit;
    std::vector<JournalRow> rows;
    const auto read = [&](std::string_view which, std::size_t count) -> Result<> {
        if (count == 0)
            return {};
        MB_TRY(auto select, database_->prepare(fmt::format("SELECT {} FROM journal WHERE {} DESC LIMIT ?",
                                                           row_columns, which)));
        select.bind({static_cast<std::int64_t>(count)});
        for (;;) {
            MB_TRY(const bool row, select.step());
            if (!row)
                return {};
            rows.push_back(journal_row(select));
        }
    };
    // What has no place in the log is known by number: asked for more, the whole journal would be searched.
    MB_CHECK(read("seq IS NULL ORDER BY device DESC, epoch DESC, counter", std::min(most, waiting_.size())));
    MB_CHECK(read("seq IS NOT NULL ORDER BY seq", most - rows.size()));
    std::reverse(rows.begin(), rows.end());
    return rows;
}

} // namespace montbrillant
