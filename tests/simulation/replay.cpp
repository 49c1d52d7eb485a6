// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/replay.hpp"

#include <fmt/format.h>

namespace montbrillant::simulation {
namespace {

constexpr std::size_t every_row = 10000000;

Result<> play(Oracle& oracle, const StoredFact& stored)
{
    if (stored.hash != chain_hash(stored.previous, stored.bytes))
        return fail(ErrorKind::storage,
                    fmt::format("fact {} of {} is not what was hashed", stored.counter, stored.device.str()));
    MB_TRY(const Fact fact, parse_fact(stored.bytes));
    static_cast<void>(oracle.next(fact));
    return {};
}

} // namespace

Result<Replay::Kept> Replay::last_common(Store& store) const
{
    for (auto next = kept_.upper_bound(store.log_end().seq); next != kept_.begin();) {
        const Kept& kept = (--next)->second;
        MB_TRY(const auto hash, store.log_hash_at(kept.place.seq));
        if (hash == kept.place.log_hash)
            return kept;
    }
    return Kept{};
}

Result<Oracle> Replay::of(Store& store)
{
    MB_TRY(Kept now, last_common(store));
    MB_TRY(const auto rows, store.log_after(now.place.seq, every_row));
    for (const auto& row : rows) {
        now.place = {now.place.seq + 1, crypto::blake2b(now.place.log_hash, row.fact.hash)};
        if (row.seq != now.place.seq || row.log_hash != now.place.log_hash)
            return fail(ErrorKind::storage, fmt::format("row {} does not follow the log", row.seq));
        MB_CHECK(play(now.oracle, row.fact));
    }
    if (!rows.empty())
        kept_.emplace(now.place.seq, now);
    MB_TRY(const auto waiting, store.own_facts_after(store.own_counter() - store.waiting(), every_row));
    for (const auto& fact : waiting)
        MB_CHECK(play(now.oracle, fact));
    return std::move(now.oracle);
}

} // namespace montbrillant::simulation
