// SPDX-License-Identifier: Apache-2.0
#include "sync/store/rebuilder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace montbrillant {
namespace {

using Type = ScannedValue::Type;

bool shaped(const ScannedRow& row, std::initializer_list<Type> types)
{
    return row.size() >= types.size() &&
           std::equal(types.begin(), types.end(), row.begin(),
                      [](Type type, const ScannedValue& value) { return value.type == type; });
}

template <std::size_t N> std::optional<std::array<std::uint8_t, N>> array_of(const std::string& bytes)
{
    if (bytes.size() != N)
        return std::nullopt;
    std::array<std::uint8_t, N> out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

sqlite::Value value_of(const ScannedValue& value)
{
    switch (value.type) {
    case Type::integer: return value.number;
    case Type::text: return std::string_view(value.bytes);
    case Type::blob: return as_bytes(value.bytes);
    default: return nullptr;
    }
}

bool is_verdict(const ScannedRow& row, const crypto::Hash& log_hash)
{
    if (!verdict_from(row[6].bytes) || row[7].bytes.empty() == conflict_from(row[7].bytes).has_value())
        return false;
    if (row.size() < 15) // before rows had sums
        return true;
    const RowSum sum = outcome_sum(log_hash, row[6].bytes, row[7].bytes, row[8].bytes);
    return std::equal(row[14].bytes.begin(), row[14].bytes.end(), sum.begin(), sum.end(),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

constexpr std::array<std::string_view, 8> print_states{"queued", "created", "sending",   "sent",
                                                       "done",   "failed",  "cancelled", "ask"};
constexpr std::string_view found_columns =
    "device, epoch, counter, seq, id, kind, verdict, conflict, reason, "
    "bytes, previous, hash, log_hash, delegate, sum";
constexpr std::string_view device_setting = "identity.device";

} // namespace

Result<sqlite::Statement*> Rebuilder::statement(std::string_view sql)
{
    const auto found = statements_.find(sql);
    if (found != statements_.end()) {
        found->second.reset();
        return &found->second;
    }
    MB_TRY(auto prepared, database_.prepare(sql));
    return &statements_.emplace(std::string(sql), std::move(prepared)).first->second;
}

Result<> Rebuilder::set(std::string_view key, std::string_view value)
{
    MB_TRY(auto* upsert, statement("INSERT INTO setting (key, value) VALUES (?, ?) "
                                   "ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
    return upsert->run({key, value});
}

Result<> Rebuilder::read(const std::filesystem::path& file)
{
    MB_TRY(auto transaction, database_.begin_immediate());
    MB_CHECK(database_.execute(
        "CREATE TABLE found (device TEXT, epoch INTEGER, counter INTEGER, seq INTEGER, id TEXT, kind TEXT, "
        "verdict TEXT, conflict TEXT, reason TEXT, bytes TEXT, previous BLOB, hash BLOB, log_hash BLOB, "
        "delegate "
        "TEXT, sum BLOB, PRIMARY KEY (device, epoch, counter, hash)) WITHOUT ROWID;"
        "CREATE INDEX found_seq ON found (seq);"));
    transaction_.emplace(std::move(transaction));
    return scan_pages(file, [this](const ScannedRow& row) { return take(row); });
}

Result<> Rebuilder::take(const ScannedRow& row)
{
    if (shaped(row, {Type::text, Type::integer, Type::integer}) && row.size() >= 14)
        return take_fact(row);
    if (row.size() == 3 && shaped(row, {Type::text, Type::blob, Type::blob}))
        return take_record(row);
    if (row.size() == 4 && shaped(row, {Type::text, Type::integer, Type::blob, Type::blob}))
        return take_own_record(row);
    if (row.size() == 4 && shaped(row, {Type::text, Type::text, Type::blob, Type::blob}))
        return take_proposal(row);
    if (row.size() == 9 || row.size() == 10)
        return take_print_job(row);
    if (row.size() == 2 && shaped(row, {Type::text, Type::text})) {
        MB_TRY(auto* insert, statement("INSERT OR IGNORE INTO setting (key, value) VALUES (?, ?)"));
        return insert->run({row[0].bytes, row[1].bytes});
    }
    return {};
}

/// A fact proves itself: its hash is over its bytes, and its bytes name its place.
Result<> Rebuilder::take_fact(const ScannedRow& row)
{
    const auto previous = array_of<32>(row[10].bytes);
    const auto hash = array_of<32>(row[11].bytes);
    if (!previous || !hash || row[9].type != Type::text || *hash != chain_hash(*previous, row[9].bytes))
        return {};
    const auto fact = parse_fact(row[9].bytes);
    if (fact && (fact->device.str() != row[0].bytes || std::int64_t{fact->epoch} != row[1].number ||
                 static_cast<std::int64_t>(fact->counter) != row[2].number))
        return {};
    const auto log_hash = array_of<32>(row[12].bytes);
    const bool ordered = row[3].type == Type::integer && log_hash && is_verdict(row, *log_hash);
    // What the row says beside the bytes may be what was damaged.
    const std::string id = fact ? fact->id.str() : row[4].bytes;
    const std::string kind(fact ? kind_of(fact->body) : Store::unreadable);
    const auto owner = fact ? record_owner(fact->body) : std::nullopt;
    const sqlite::Value nothing = nullptr;
    const auto of_order = [&](std::size_t column) { return ordered ? value_of(row[column]) : nothing; };
    RowSum sum{};
    if (ordered)
        sum = outcome_sum(*log_hash, row[6].bytes, row[7].bytes, row[8].bytes);
    MB_TRY(auto* insert, statement(fmt::format("INSERT OR IGNORE INTO found ({}) VALUES "
                                               "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                                               found_columns)));
    return insert->run({row[0].bytes, row[1].number, row[2].number, of_order(3), id, kind, of_order(6),
                        of_order(7), of_order(8), row[9].bytes, BytesView(*previous), BytesView(*hash),
                        of_order(12), owner ? sqlite::Value(owner->str()) : nothing,
                        ordered ? sqlite::Value(BytesView(sum)) : nothing});
}

/// A record proves itself by opening under its key.
Result<bool> Rebuilder::opens(const std::string& delegate, const ScannedValue& key,
                              const ScannedValue& sealed)
{
    SealedRecord record{DelegateId(delegate), {}, Bytes(sealed.bytes.begin(), sealed.bytes.end())};
    MB_TRY(auto wrapped, keys_.wrapped_key(record.delegate, as_bytes(key.bytes)));
    if (!wrapped)
        return false;
    record.wrapped_key = std::move(*wrapped);
    return keys_.open_record(record).has_value();
}

Result<> Rebuilder::take_own_record(const ScannedRow& row)
{
    MB_TRY(const bool good, opens(row[0].bytes, row[2], row[3]));
    if (!good)
        return {};
    MB_TRY(auto* insert, statement("INSERT OR IGNORE INTO own_record (delegate, counter, key, sealed) "
                                   "VALUES (?, ?, ?, ?)"));
    return insert->run({row[0].bytes, row[1].number, as_bytes(row[2].bytes), as_bytes(row[3].bytes)});
}

Result<> Rebuilder::take_proposal(const ScannedRow& row)
{
    MB_TRY(const bool good, opens(row[1].bytes, row[2], row[3]));
    if (!good)
        return {};
    MB_TRY(auto* insert,
           statement("INSERT OR IGNORE INTO proposal (fact, delegate, key, sealed) VALUES (?, ?, ?, ?)"));
    return insert->run({row[0].bytes, row[1].bytes, as_bytes(row[2].bytes), as_bytes(row[3].bytes)});
}

Result<> Rebuilder::take_record(const ScannedRow& row)
{
    MB_TRY(const bool good, opens(row[0].bytes, row[1], row[2]));
    if (!good)
        return {};
    MB_TRY(auto* insert, statement("INSERT OR IGNORE INTO record (delegate, key, sealed) VALUES (?, ?, ?) "
                                   "RETURNING delegate"));
    MB_TRY(const bool kept,
           insert->bind({row[0].bytes, as_bytes(row[1].bytes), as_bytes(row[2].bytes)}).step());
    rescue_.people += kept ? 1 : 0;
    insert->reset();
    return {};
}

Result<> Rebuilder::take_print_job(const ScannedRow& row)
{
    if (!shaped(row, {Type::text, Type::text, Type::text, Type::text, Type::integer, Type::text,
                      Type::integer, Type::integer, Type::text}) ||
        std::find(print_states.begin(), print_states.end(), row[3].bytes) == print_states.end())
        return {};
    MB_TRY(
        auto* insert,
        statement("INSERT OR IGNORE INTO print_job (key, badge, delegate, state, ipp_job, "
                  "printer_uuid, printer_up_time_s, updated, detail, place) VALUES (?,?,?,?,?,?,?,?,?,0)"));
    return insert->run({row[0].bytes, row[1].bytes, row[2].bytes, row[3].bytes, row[4].number, row[5].bytes,
                        row[6].number, row[7].number, row[8].bytes});
}

Result<std::optional<KeptIdentity>> Rebuilder::identity()
{
    const auto get = [this](std::string_view key) -> Result<std::string> {
        MB_TRY(auto* select, statement("SELECT value FROM setting WHERE key = ?"));
        MB_TRY(const bool found, select->bind({key}).step());
        std::string value = found ? select->text(0) : "";
        select->reset();
        return value;
    };
    KeptIdentity kept;
    Identity& identity = kept.identity;
    MB_TRY(const auto device, get(device_setting));
    if (device.empty())
        return std::optional<KeptIdentity>();
    identity.device = DeviceId(device);
    MB_TRY(const auto event, get("identity.event"));
    identity.event = EventId(event);
    MB_TRY(const auto said, get("identity.authority"));
    const std::string_view authority = said; // GCC 12 takes the string's own bytes for uninitialized
    identity.authority = authority == "1";
    MB_TRY(const auto epoch, get("identity.epoch"));
    std::uint32_t number = 0;
    const char* end = epoch.data() + epoch.size();
    if (std::from_chars(epoch.data(), end, number).ptr != end || number == 0 ||
        (authority != "1" && authority != "0"))
        return std::optional<KeptIdentity>();
    identity.epoch = number;
    MB_TRY(identity.registry_url, get("identity.registry_url"));
    MB_TRY(identity.event_profile, get("identity.event_profile"));
    MB_TRY(kept.registry_id, get(Store::setting_registry_id));
    return std::optional(std::move(kept));
}

Result<> Rebuilder::write(const KeptIdentity& kept, WallTime now, Random& random)
{
    const Identity& identity = kept.identity;
    rescue_.authority = identity.authority;
    MB_CHECK(identity.authority ? keep_log() : keep_own(identity));
    MB_CHECK(keep_print_jobs(identity, now));
    MB_CHECK(keep_settings(kept, now, random));
    statements_.clear();
    MB_CHECK(database_.execute("DROP TABLE found"));
    MB_CHECK(transaction_->commit());
    transaction_.reset();
    return {};
}

/// The log in its order, until the first link that does not hold.
Result<> Rebuilder::keep_log()
{
    MB_TRY(auto* select,
           statement("SELECT hash, log_hash, device, epoch, counter, previous FROM found WHERE seq = ?"));
    MB_TRY(auto* keep,
           statement(fmt::format("INSERT INTO journal ({0}) SELECT {0} FROM found WHERE seq = ? AND "
                                 "hash = ?",
                                 found_columns)));
    std::map<std::pair<std::string, std::int64_t>, Store::Chain> chains;
    crypto::Hash log_hash{};
    for (;;) {
        const auto seq = static_cast<std::int64_t>(rescue_.kept + 1);
        select->reset();
        select->bind({seq});
        bool kept = false;
        for (;;) {
            MB_TRY(const bool row, select->step());
            if (!row)
                break;
            const Bytes hash = select->blob(0);
            const crypto::Hash next = crypto::blake2b(log_hash, hash);
            Store::Chain& chain = chains[{select->text(2), select->integer(3)}];
            const auto counter = static_cast<std::uint64_t>(select->integer(4));
            if (select->blob(1) != Bytes(next.begin(), next.end()) || counter != chain.counter + 1 ||
                select->blob(5) != Bytes(chain.hash.begin(), chain.hash.end()))
                continue;
            MB_CHECK(keep->run({seq, BytesView(hash)}));
            chain.counter = counter;
            std::copy(hash.begin(), hash.end(), chain.hash.begin());
            log_hash = next;
            kept = true;
            break;
        }
        if (!kept)
            break;
        ++rescue_.kept;
    }
    return note_lost(rescue_.kept);
}

Result<> Rebuilder::note_lost(std::uint64_t after)
{
    MB_TRY(auto* select,
           statement("SELECT device, min(counter), max(counter), count(*) FROM found WHERE seq > ? OR "
                     "seq IS NULL GROUP BY device, epoch ORDER BY device, epoch"));
    select->bind({static_cast<std::int64_t>(after)});
    for (;;) {
        MB_TRY(const bool row, select->step());
        if (!row)
            break;
        rescue_.first_lost = fmt::format("fact {} of the log cannot be read or does not follow", after + 1);
        rescue_.lost +=
            fmt::format("{}{} facts of {} ({} to {})", rescue_.lost.empty() ? "" : ", ", select->integer(3),
                        select->text(0), select->integer(1), select->integer(2));
    }
    select->reset();
    return {};
}

/// The device's own chain from its first fact, on its way again; `seq` comes back with the log.
Result<> Rebuilder::keep_own(const Identity& identity)
{
    MB_TRY(auto* select,
           statement(
               "SELECT f.hash FROM found f WHERE f.device = ?1 AND f.epoch = ?2 AND f.counter = ?3 AND "
               "f.previous = ?4 ORDER BY EXISTS (SELECT 1 FROM found n WHERE n.device = ?1 AND n.epoch = ?2 "
               "AND n.counter = ?3 + 1 AND n.previous = f.hash) DESC LIMIT 1"));
    MB_TRY(auto* keep,
           statement("INSERT INTO journal (device, epoch, counter, id, kind, bytes, previous, hash, "
                     "delegate) SELECT device, epoch, counter, id, kind, bytes, previous, hash, delegate "
                     "FROM found WHERE device = ? AND epoch = ? AND counter = ? AND hash = ?"));
    Bytes previous(crypto::Hash{}.size());
    for (;;) {
        const auto counter = static_cast<std::int64_t>(rescue_.kept + 1);
        select->reset();
        MB_TRY(
            const bool row,
            select->bind({identity.device.str(), std::int64_t{identity.epoch}, counter, BytesView(previous)})
                .step());
        if (!row)
            break;
        previous = select->blob(0);
        select->reset();
        MB_CHECK(
            keep->run({identity.device.str(), std::int64_t{identity.epoch}, counter, BytesView(previous)}));
        ++rescue_.kept;
    }
    select->reset();
    return keep_apart(identity, rescue_.kept);
}

Result<> Rebuilder::keep_apart(const Identity& identity, std::uint64_t after)
{
    MB_TRY(auto* keep,
           statement("INSERT OR IGNORE INTO salvaged (counter, bytes, delegate) SELECT counter, bytes, "
                     "delegate FROM found WHERE device = ? AND epoch = ? AND counter > ? "
                     "ORDER BY counter RETURNING counter"));
    keep->bind({identity.device.str(), std::int64_t{identity.epoch}, static_cast<std::int64_t>(after)});
    for (;;) {
        MB_TRY(const bool row, keep->step());
        if (!row)
            break;
        ++rescue_.apart;
    }
    keep->reset();
    return {};
}

/// Rule 1: every sheet that was queued here has its job. One whose row is gone asks a person, and never
/// prints by itself.
Result<> Rebuilder::keep_print_jobs(const Identity& identity, WallTime now)
{
    MB_TRY(auto select,
           database_.prepare(
               "SELECT bytes FROM (SELECT bytes, 0 AS part, counter FROM journal WHERE device = ? AND "
               "kind IN (?, ?) UNION ALL SELECT bytes, 1, counter FROM salvaged) "
               "ORDER BY part, counter"));
    select.bind({identity.device.str(), fact::BadgeIssued::kind, fact::PrintQueued::kind});
    MB_CHECK(database_.execute("CREATE TABLE wanted (key TEXT PRIMARY KEY)"));
    MB_TRY(auto want, database_.prepare("INSERT OR IGNORE INTO wanted VALUES (?)"));
    MB_TRY(auto ask,
           database_.prepare("INSERT INTO print_job (key, badge, delegate, state, ipp_job, printer_uuid, "
                             "printer_up_time_s, updated, detail, place) "
                             "VALUES (?, ?, ?, 'ask', 0, '', 0, ?, ?, ?) "
                             "ON CONFLICT (key) DO UPDATE SET place = excluded.place"));
    std::map<BadgeId, fact::BadgeIssued> issued;
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            break;
        const auto fact = parse_fact(select.text(0));
        if (!fact)
            continue;
        if (const auto* badge = std::get_if<fact::BadgeIssued>(&fact->body))
            issued.insert_or_assign(badge->badge, *badge);
        const auto* queued = std::get_if<fact::PrintQueued>(&fact->body);
        const auto badge = queued == nullptr ? issued.end() : issued.find(queued->badge);
        if (badge == issued.end())
            continue;
        const auto key = print_key(queued->badge, badge->second.issue, queued->copy);
        MB_CHECK(want.run({key.str()}));
        MB_CHECK(ask.run({key.str(), queued->badge.str(), badge->second.delegate.str(), now.ms,
                          "the disk was damaged: did this sheet come out?",
                          static_cast<std::int64_t>(fact->counter)}));
    }
    return database_.execute(
        "DELETE FROM print_job WHERE key NOT IN (SELECT key FROM wanted); DROP TABLE wanted;");
}

Result<> Rebuilder::keep_settings(const KeptIdentity& kept, WallTime now, Random& random)
{
    const Identity& identity = kept.identity;
    if (!kept.registry_id.empty())
        MB_CHECK(set(Store::setting_registry_id, kept.registry_id));
    MB_CHECK(set(device_setting, identity.device.str()));
    MB_CHECK(set("identity.event", identity.event.str()));
    MB_CHECK(set("identity.authority", identity.authority ? "1" : "0"));
    MB_CHECK(set("identity.epoch", std::to_string(identity.epoch)));
    MB_CHECK(set("identity.registry_url", identity.registry_url));
    MB_CHECK(set("identity.event_profile", identity.event_profile));
    MB_CHECK(set(Store::setting_kinds, "")); // the projection is built from the facts at the next start
    // Devices see that the log is another one, and send again what it lacks.
    if (identity.authority)
        return set("log_epoch", uuid7(now, random));
    return set(Store::setting_pull_first, "1");
}

Result<> copy_keys(const std::filesystem::path& file, sqlite::Database& target)
{
    MB_TRY(auto transaction, target.begin_immediate());
    MB_TRY(auto insert,
           target.prepare("INSERT OR IGNORE INTO delegate_key (delegate, id, wrapped) VALUES (?, ?, ?)"));
    MB_TRY(auto erased, target.prepare("INSERT OR IGNORE INTO erased (delegate) VALUES (?)"));
    MB_CHECK(scan_pages(file, [&](const ScannedRow& row) -> Result<> {
        if (row.size() == 1 && row[0].type == Type::text)
            return erased.run({row[0].bytes});
        if (row.size() != 3 || !shaped(row, {Type::text, Type::blob, Type::blob}))
            return {};
        const crypto::Hash name = KeyStore::key_id(as_bytes(row[2].bytes));
        if (array_of<32>(row[1].bytes) != name)
            return {};
        return insert.run({row[0].bytes, BytesView(name), as_bytes(row[2].bytes)});
    }));
    // An old image of a page may hold a key that was deleted for good.
    MB_CHECK(target.execute("DELETE FROM delegate_key WHERE delegate IN (SELECT delegate FROM erased)"));
    return transaction.commit();
}

} // namespace montbrillant
