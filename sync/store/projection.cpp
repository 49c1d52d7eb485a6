// SPDX-License-Identifier: Apache-2.0
// What is shown, as rows. It is whole in memory; its rows follow the log in steps, for the facts in the log
// give them again: a start reads the rows and plays what came after them.
#include "sync/base/log.hpp"
#include "sync/base/number.hpp"
#include "sync/store/store.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

/// Changes whose rows wait: whichever commit makes them so many writes them all, at a desk about one in fifty
/// and in about a millisecond.
constexpr std::size_t unwritten_max = 128;
/// Facts that a start plays again, however little they changed.
constexpr std::uint64_t unplayed_max = 1024;

std::vector<EntityKey> each_once(std::vector<EntityKey> keys)
{
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

tl::unexpected<Error> log_is_damaged(const Store::BrokenLink& broken)
{
    return fail(
        ErrorKind::storage, fmt::format("fact {} of {}: {}", broken.counter, broken.device.str(), broken.why),
        std::string(Store::journal_is_damaged), "see what can be saved: montbrillant journal recover");
}

} // namespace

std::string Store::kinds_known()
{
    // 2: an entity's row is less what is as it is by default. 3: the rows are those of a place in the log.
    constexpr int form = 3;
    return fmt::format("{}/{}", Body::kinds, form);
}

/// Zero when nothing was written yet.
Result<RowSum> Store::projection_total()
{
    RowSum total{};
    MB_TRY(const auto written, setting(setting_total));
    const auto raw = from_hex(written.value_or(""));
    if (raw && raw->size() == total.size())
        std::copy(raw->begin(), raw->end(), total.begin());
    return total;
}

Result<> Store::write_entities(const State& state, std::span<const EntityKey> changes)
{
    if (changes.empty())
        return {};
    MB_TRY(auto* upsert,
           statement("INSERT INTO entity (kind, key, value, sum) VALUES (?, ?, ?, ?) ON CONFLICT (kind, key) "
                     "DO UPDATE SET value = excluded.value, sum = excluded.sum"));
    MB_TRY(auto* select, statement("SELECT sum FROM entity WHERE kind = ? AND key = ?"));
    MB_TRY(RowSum total, projection_total());
    for (const auto& change : each_once({changes.begin(), changes.end()})) {
        RowSum before{};
        if (confirmed_->holds(change)) {
            MB_TRY(const bool known, select->bind({name_of(change.kind), change.key}).step());
            if (const Bytes stored = known ? select->blob(0) : Bytes(); stored.size() == before.size())
                std::copy(stored.begin(), stored.end(), before.begin());
            select->reset();
        }
        const std::string value = state.write(change);
        const RowSum sum = entity_sum(name_of(change.kind), change.key, value);
        MB_CHECK(upsert->run({name_of(change.kind), change.key, value, BytesView(sum)}));
        mix(total, before);
        mix(total, sum);
    }
    return set_setting(setting_total, to_hex(total));
}

/// Rows of another place than it says would be facts played twice, or never: the place is in the total too.
Result<> Store::write_place(std::uint64_t seq)
{
    MB_TRY(RowSum total, projection_total());
    mix(total, place_sum(rows_at_));
    mix(total, place_sum(seq));
    MB_CHECK(set_setting(setting_total, to_hex(total)));
    return set_setting(setting_place, std::to_string(seq));
}

Result<bool> Store::project(const State& after, const Step& step)
{
    const bool few = unwritten_.size() + step.changes.size() < unwritten_max;
    if (!step.at_once && few && step.seq - rows_at_ < unplayed_max)
        return false;
    std::vector<EntityKey> keys = unwritten_;
    keys.insert(keys.end(), step.changes.begin(), step.changes.end());
    MB_CHECK(write_entities(after, keys));
    MB_CHECK(write_place(step.seq));
    return true;
}

void Store::projected(bool written, const Step& step)
{
    if (!written) {
        unwritten_.insert(unwritten_.end(), step.changes.begin(), step.changes.end());
        return;
    }
    unwritten_.clear();
    rows_at_ = step.seq;
}

Result<> Store::write_projection()
{
    if (!identity_ && !unread_)
        return {};
    MB_CHECK(require(Side::any));
    if (rows_at_ == head_.seq)
        return {};
    const Step all{{}, head_.seq, true};
    MB_TRY(auto transaction, database_->begin_immediate());
    MB_TRY(const bool written, project(*confirmed_, all));
    MB_CHECK(transaction.commit());
    projected(written, all);
    return {};
}

/// False: a row is not what was written.
Result<bool> Store::read_projection()
{
    MB_TRY(const auto place, setting(setting_place));
    rows_at_ = number_from<std::uint64_t>(place.value_or("")).value_or(0);
    MB_TRY(RowSum written, projection_total());
    mix(written, place_sum(rows_at_));
    MB_TRY(auto select, database_->prepare("SELECT kind, key, value, sum FROM entity"));
    for (RowSum total{};;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return total == written;
        const std::string kind = select.text(0);
        const std::string key = select.text(1);
        const std::string value = select.text(2);
        const RowSum sum = entity_sum(kind, key, value);
        const Bytes stored = select.blob(3);
        if (!std::equal(stored.begin(), stored.end(), sum.begin(), sum.end()) ||
            !confirmed_->read(kind, key, value))
            return false;
        mix(total, sum);
    }
}

/// Plays the log behind `place`, which ends at the last row that is sound.
Result<std::optional<Store::BrokenLink>> Store::play(Cursor& place, State& state,
                                                     std::vector<EntityKey>& changes)
{
    return walk_log(place, [&](const Fact& fact, const Outcome& outcome) {
        for (auto& key : apply(state, fact, outcome))
            changes.push_back(std::move(key));
    });
}

/// Plays what came after the rows. False: they are of a place that the log does not have.
Result<bool> Store::catch_up()
{
    MB_TRY(const auto hash, log_hash_at(rows_at_));
    if (!hash)
        return false;
    Cursor place{rows_at_, *hash};
    MB_TRY(const auto broken, play(place, *confirmed_, unwritten_));
    if (broken)
        return log_is_damaged(*broken);
    return true;
}

Result<> Store::load_projection()
{
    unwritten_.clear();
    MB_TRY(const auto kinds, setting(setting_kinds));
    if (kinds == kinds_known()) {
        MB_TRY(bool sound, read_projection());
        if (sound) {
            MB_TRY(sound, catch_up());
        }
        if (sound)
            return {};
        log::warn("what this folder shows was damaged on disk and is built again from its facts");
    }
    return rebuild_projection();
}

/// What is shown is only ever what the facts say: built again from all of them.
Result<> Store::rebuild_projection()
{
    State replayed;
    Cursor place;
    std::vector<EntityKey> keys;
    MB_TRY(const auto broken, play(place, replayed, keys));
    if (broken)
        return log_is_damaged(*broken);
    confirmed_->clear();
    rows_at_ = 0;
    MB_TRY(auto transaction, database_->begin_immediate());
    MB_CHECK(forget_projection());
    MB_CHECK(write_entities(replayed, keys));
    MB_CHECK(write_place(place.seq));
    MB_CHECK(set_setting(setting_kinds, kinds_known()));
    MB_CHECK(transaction.commit());
    confirmed_->absorb(replayed);
    rows_at_ = place.seq;
    return {};
}

Result<> Store::forget_projection()
{
    MB_CHECK(database_->execute("DELETE FROM entity"));
    MB_CHECK(set_setting(setting_place, ""));
    return set_setting(setting_total, "");
}

/// The log, and that the rows are what it says.
Result<std::optional<Store::BrokenLink>> Store::verify_projection()
{
    MB_CHECK(write_projection());
    State replayed;
    Cursor place;
    std::vector<EntityKey> keys;
    MB_TRY(auto broken, play(place, replayed, keys));
    if (broken)
        return broken;
    keys = each_once(std::move(keys));
    MB_TRY(auto* select, statement("SELECT value FROM entity WHERE kind = ? AND key = ?"));
    const auto differs = [this](std::string why) {
        return std::optional(BrokenLink{identity_ ? identity_->device : DeviceId(), 0, std::move(why)});
    };
    for (const auto& key : keys) {
        MB_TRY(const bool found, select->bind({name_of(key.kind), key.key}).step());
        const bool same_value = found && select->text(0) == replayed.write(key);
        select->reset();
        if (!same_value)
            return differs(
                fmt::format("the {} \"{}\" is not what the facts say", name_of(key.kind), key.key));
    }
    MB_TRY(auto* count, statement("SELECT count(*) FROM entity"));
    MB_TRY(const bool counted, count->step());
    const auto rows = counted ? static_cast<std::size_t>(count->integer(0)) : 0;
    count->reset();
    if (rows != keys.size())
        return differs(fmt::format("{} things are shown of which no fact speaks", rows - keys.size()));
    return std::optional<BrokenLink>();
}

} // namespace montbrillant
