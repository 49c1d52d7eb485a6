// SPDX-License-Identifier: Apache-2.0
#include "sync/store/unlock_intents.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::string_view columns =
    "id, bank, door, badge, by_staff, not_after, fires_before, state, outcome";

UnlockIntentRow row_of(const sqlite::Statement& row)
{
    return {UnlockId(row.text(0)), {BankId(row.text(1)), static_cast<std::uint16_t>(row.integer(2))},
            BadgeId(row.text(3)),  row.integer(4) != 0,
            {row.integer(5)},      row.integer(6),
            row.text(7),           row.text(8)};
}

} // namespace

Result<> UnlockIntents::insert(const UnlockIntentRow& row)
{
    MB_TRY(auto statement, database_->prepare(fmt::format(
                               "INSERT INTO unlock_intent ({}) VALUES (?,?,?,?,?,?,?,?,?)", columns)));
    return statement.run({row.id.str(), row.locker.bank.str(), std::int64_t{row.locker.door}, row.badge.str(),
                          std::int64_t{row.by_staff}, row.not_after.ms, row.fires_before, row.state,
                          row.outcome});
}

Result<> UnlockIntents::record(const UnlockId& id, const std::string& state, const std::string& outcome)
{
    MB_TRY(auto statement,
           database_->prepare("UPDATE unlock_intent SET state = ?, outcome = ? WHERE id = ?"));
    return statement.run({state, outcome, id.str()});
}

Result<std::optional<UnlockIntentRow>> UnlockIntents::find(const UnlockId& id)
{
    MB_TRY(auto select,
           database_->prepare(fmt::format("SELECT {} FROM unlock_intent WHERE id = ?", columns)));
    MB_TRY(const bool found, select.bind({id.str()}).step());
    return found ? std::optional(row_of(select)) : std::nullopt;
}

Result<std::vector<UnlockIntentRow>> UnlockIntents::unfinished()
{
    MB_TRY(auto select, database_->prepare(fmt::format(
                            "SELECT {} FROM unlock_intent WHERE outcome = '' ORDER BY rowid", columns)));
    std::vector<UnlockIntentRow> rows;
    for (;;) {
        MB_TRY(const bool row, select.step());
        if (!row)
            return rows;
        rows.push_back(row_of(select));
    }
}

} // namespace montbrillant
