// SPDX-License-Identifier: Apache-2.0
#include "kiosk/desk/journals.hpp"

#include "sync/base/crash_point.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

Result<PrintRecord> record_of(const PrintJobRow& row)
{
    const auto state = print_state_from(row.state);
    if (!state)
        return fail(ErrorKind::storage, fmt::format("the print state \"{}\" is not known", row.state),
                    row.key.str());
    return PrintRecord{
        row.key,     *state,    static_cast<int>(row.ipp_job), row.printer_uuid, row.printer_up_time_s,
        row.updated, row.detail};
}

} // namespace

Result<std::vector<PrintRecord>> StorePrintJournal::open_jobs()
{
    std::vector<PrintRecord> records;
    MB_CHECK(gate_.run([&records](Store& store) -> Result<> {
        MB_TRY(const auto rows, store.print_jobs().open_jobs());
        for (const auto& row : rows) {
            MB_TRY(auto record, record_of(row));
            records.push_back(std::move(record));
        }
        return {};
    }));
    return records;
}

Result<std::optional<PrintRecord>> StorePrintJournal::find(const PrintKey& key)
{
    std::optional<PrintRecord> found;
    MB_CHECK(gate_.run([&](Store& store) -> Result<> {
        MB_TRY(const auto row, store.print_jobs().find(key));
        if (row) {
            MB_TRY(found, record_of(*row));
        }
        return {};
    }));
    return found;
}

Result<> StorePrintJournal::put(const PrintRecord& record)
{
    MB_CHECK(gate_.run([&record](Store& store) -> Result<> {
        MB_TRY(auto row, store.print_jobs().find(record.key));
        if (!row)
            return fail(ErrorKind::storage, "no such print job", record.key.str());
        row->state = name_of(record.state);
        row->ipp_job = record.ipp_job;
        row->printer_uuid = record.printer_uuid;
        row->printer_up_time_s = record.printer_up_time_s;
        row->updated = record.created_at;
        row->detail = record.why;
        return store.print_jobs().update(*row);
    }));
    return {};
}

Result<> StoreUnlockJournal::intend(const UnlockIntent& intent)
{
    return gate_.run([&intent](Store& store) -> Result<> {
        MB_TRY(const auto known, store.unlock_intents().find(intent.id));
        if (known)
            return fail(ErrorKind::refused, "this unlock was asked for before", intent.id.str());
        UnlockIntentRow row;
        row.id = intent.id;
        row.locker = intent.locker;
        row.badge = intent.badge;
        row.not_after = intent.not_after;
        row.fires_before = intent.fires_before ? std::int64_t{*intent.fires_before} : -1;
        row.by_staff = intent.by_staff;
        row.state = to_text(UnlockState::intended);
        return store.unlock_intents().insert(row);
    });
}

Result<> StoreUnlockJournal::record(const UnlockId& id, UnlockState state,
                                    std::optional<UnlockOutcome> outcome)
{
    return gate_.run([&](Store& store) -> Result<> {
        return store.unlock_intents().record(id, std::string(to_text(state)),
                                             outcome ? std::string(to_text(*outcome)) : "");
    });
}

Result<std::vector<UnlockIntent>> StoreUnlockJournal::unfinished()
{
    std::vector<UnlockIntent> intents;
    MB_CHECK(gate_.run([&intents](Store& store) -> Result<> {
        MB_TRY(const auto rows, store.unlock_intents().unfinished());
        for (const auto& row : rows) {
            UnlockIntent intent{row.id, row.locker, row.badge, row.by_staff, row.not_after, {}};
            if (row.fires_before >= 0)
                intent.fires_before = static_cast<std::uint16_t>(row.fires_before);
            intents.push_back(std::move(intent));
        }
        return {};
    }));
    return intents;
}

} // namespace montbrillant
