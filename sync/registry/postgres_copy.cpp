// SPDX-License-Identifier: Apache-2.0
// A registry that began on SQLite moves to PostgreSQL: the same log, the same devices, the same keys.
#include "sync/registry/postgres_turn.hpp"

#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

constexpr std::size_t rows_at_a_time = 1000;

/// A row that another registry ordered, with the record that it would send now.
OrderedFact ordered_before(const LoggedFact& row)
{
    OrderedFact ordered{row.fact,    readable_fact(row.fact), {row.seq, row.log_hash},
                        row.outcome, RecordFate::dropped,     {},
                        false};
    ordered.record = row.fact.record && ordered.fact ? record_fate(row.outcome) : RecordFate::dropped;
    return ordered;
}

} // namespace

Result<> PostgresLedger::copy_keys(Store& from)
{
    std::vector<DelegateId> erased(from.key_store().erased().begin(), from.key_store().erased().end());
    if (!keys_->has_event())
        MB_CHECK(keys_->save_event(from.keys()));
    if (keys_->event().master != from.keys().master)
        return fail(ErrorKind::refused, "the key folder holds the keys of another registry",
                    (options_.key_folder / EventKeyFile::name).string(), "name an empty folder in --key-dir");
    return keys_->erase(erased);
}

Result<> PostgresLedger::copy_settings(Store& from)
{
    const auto& event = from.identity()->event;
    auto& connection = *connection_;
    const Bytes check = seal_key_check(event);
    MB_TRY(const auto epoch, from.log_epoch());
    std::map<std::string_view, std::string> settings{
        {setting_event, event.str()},
        {setting_profile, from.identity()->event_profile},
        {setting_key_check, to_hex(check)},
        {setting_log_epoch, epoch},
        {Store::setting_kinds, ""}}; // built anew at the next start
    for (const std::string_view key : {"registry.id", "registry.admission", "registry.tokens"}) {
        MB_TRY(auto value, from.setting(key));
        if (value)
            settings.emplace(key, std::move(*value));
    }
    for (const auto& [key, value] : settings)
        connection.queue("INSERT INTO montbrillant.setting VALUES ($1, $2)",
                         postgres::Values().text(key).text(value));
    return {};
}

Result<std::uint64_t> PostgresLedger::copy(const Options& options, Store& from, Clock& clock, Random& random)
{
    if (!from.identity() || !from.identity()->authority)
        return fail(ErrorKind::input, "this is not a registry's folder", "--from");
    MB_TRY(const auto ledger, prepare(options, clock, random));
    MB_TRY(const auto there, ledger->setting(setting_event));
    if (there)
        return fail(ErrorKind::refused, fmt::format("the database holds the event {} already", *there),
                    "--store", "name an empty database");
    MB_CHECK(ledger->copy_keys(from));
    MB_TRY(auto turn, Turn::begin(*ledger));
    for (std::uint64_t seq = 0; seq < from.log_head();) {
        MB_TRY(const auto page, from.log_after(seq, rows_at_a_time));
        Rows rows(*ledger, turn.connection(), *ledger->state_);
        for (const auto& row : page)
            MB_CHECK(rows.write(ordered_before(row)));
        rows.queue();
        MB_CHECK(turn.connection().finish().map([](const auto&) {}));
        seq = page.back().seq;
    }
    MB_CHECK(ledger->copy_settings(from));
    MB_CHECK(turn.commit(settings_news));
    return from.log_head();
}

} // namespace montbrillant::registry
