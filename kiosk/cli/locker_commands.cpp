// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "kiosk/desk/journals.hpp"
#include "kiosk/lockers/bank_worker.hpp"
#include "kiosk/lockers/modbus_bank.hpp"
#include "sync/base/json.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

struct LockerOptions {
    std::string id;
    std::string bank;
    std::string why;
    std::uint16_t door = 0;
};

Result<BankMap> bank_named(CommandHost& host, const std::string& name)
{
    MB_TRY(auto map, bank_of(host.config()));
    if (!name.empty() && map.bank.str() != name)
        return fail(ErrorKind::input, fmt::format("this device owns the bank {}", map.bank.str()), name);
    return map;
}

/// The bank, for commands that fire a lock.
Result<BankMap> own_bank(CommandHost& host, const std::string& name)
{
    if (host.live())
        return fail(ErrorKind::refused, "the bank belongs to the running kiosk", {},
                    "use its screen, or stop it first");
    return bank_named(host, name);
}

Result<int> banks(CommandHost& host, Output& output)
{
    MB_TRY(const BankMap map, bank_of(host.config()));
    output.say({{"bank", map.bank.str()}, {"doors", map.doors.size()}, {"address", map.address()}},
               explain(map));
    return 0;
}

Result<int> status(CommandHost& host, Output& output, const LockerOptions& options)
{
    MB_TRY(const BankMap map, bank_named(host, options.bank));
    MB_TRY(Store* const store, host.store());
    Result<Snapshot> seen =
        fail(ErrorKind::device, "the running kiosk has the bank; its doors are not asked");
    if (!host.live()) {
        ModbusBank bank(map, host.clock());
        seen = settled_snapshot(bank);
    }
    if (!seen)
        output.err(fmt::format("bank {}: {}", map.bank.str(), seen.error().text()));
    for (const auto& door : map.doors) {
        const LockerNo no{map.bank, door.number};
        const Locker* locker = store->view().lockers.find(no);
        const std::string holder = locker == nullptr ? "" : locker->holder.str();
        const DoorState* state = seen ? seen->door(door.number) : nullptr;
        const std::string_view stands = state == nullptr ? "unknown" : state->open ? "open" : "closed";
        output.say({{"door", no.str()}, {"holder", holder}, {"state", stands}},
                   fmt::format("{:<6} {:<8} {}", no.str(), stands, holder.empty() ? "free" : holder));
    }
    return seen || host.live() ? 0 : exit_code(ErrorKind::device);
}

Result<int> answer_tap(const Output& output, std::string_view outcome, const std::string& reason,
                       const std::optional<LockerNo>& door = {})
{
    output.say({{"outcome", outcome},
                {"door", door ? Json(door->str()) : Json(nullptr)},
                {"reason", reason},
                {"ms", 0}},
               fmt::format("{}: {}", outcome, reason));
    return exit_code(ErrorKind::refused);
}

int report(const UnlockResult& result, const Output& output)
{
    output.say({{"outcome", to_text(result.outcome)},
                {"door", result.locker.str()},
                {"reason", result.why},
                {"ms", result.after.count()}},
               fmt::format("{}: {} after {} ms{}{}", result.locker.str(), to_text(result.outcome),
                           result.after.count(), result.why.empty() ? "" : ": ", result.why));
    switch (result.outcome) {
    case UnlockOutcome::opened:
    case UnlockOutcome::already_open: return 0;
    case UnlockOutcome::refused: return exit_code(ErrorKind::refused);
    case UnlockOutcome::jammed:
    case UnlockOutcome::left_open:
    case UnlockOutcome::forced:
    case UnlockOutcome::wrong_door:
    case UnlockOutcome::too_late:
    case UnlockOutcome::offline:
    case UnlockOutcome::unknown: return exit_code(ErrorKind::device);
    }
    return exit_code(ErrorKind::device);
}

Result<> keep(Store& store, const std::string& actor, fact::LockerOpened opened)
{
    Draft draft;
    draft.actor = actor;
    draft.facts.push_back(std::move(opened));
    MB_CHECK(store.commit(draft));
    return {};
}

/// Fires once, and keeps what came of it. `holder` is empty when staff open a door, for the reason `why`.
Result<int> fire(CommandHost& host, const Output& output, const BankMap& map, const UnlockRequest& request,
                 const std::optional<DelegateId>& holder, const std::string& why)
{
    MB_TRY(Desk* const desk, host.desk());
    DirectStoreGate gate(desk->store());
    StoreUnlockJournal journal(gate);
    ModbusBank bank(map, host.clock());
    const UnlockPermit permit = [desk](const UnlockRequest& asked) -> Result<> {
        if (!asked.by_staff && desk->void_badges().contains(asked.badge))
            return fail(ErrorKind::refused, "the badge was revoked");
        return {};
    };
    MB_TRY(const UnlockResult result, unlock_once(bank, journal, permit, host.clock(), request));
    const std::string reason = why.empty() || result.why.empty() ? why + result.why : why + ": " + result.why;
    const auto kept =
        keep(desk->store(), holder ? holder->str() : "staff",
             {request.locker, holder, request.id, std::string(to_text(result.outcome)), reason});
    if (!kept) // the door is open all the same
        output.err(kept.error().text());
    return report(result, output);
}

Result<int> tap(CommandHost& host, Output& output, const LockerOptions& options)
{
    MB_TRY(const BankMap map, own_bank(host, options.bank));
    MB_TRY(Desk* const desk, host.desk());
    const CardUid uid(options.id);
    const Card* card = desk->store().view().cards.find(uid);
    const auto holder = desk->holder(uid, card == nullptr ? 0 : static_cast<int>(card->tier));
    if (!holder)
        return answer_tap(output, card == nullptr ? "unknown" : "refused", holder.error().reason);
    const auto locker = desk->locker_for(holder->badge, false);
    if (!locker && locker.error().notice == flow::Notice::trouble)
        return error_of(locker.error(), options.id);
    if (!locker)
        return answer_tap(output, locker.error().notice == flow::Notice::bank_full ? "full" : "refused",
                          locker.error().reason);
    if (locker->bank != map.bank) // the same number here is somebody else's
        return answer_tap(output, "refused", "their locker is in another bank", *locker);
    return fire(host, output, map,
                {UnlockId(uuid7(host.clock().wall(), host.random())), *locker, holder->badge, false},
                holder->delegate, {});
}

Result<int> open(CommandHost& host, Output& output, const LockerOptions& options)
{
    MB_TRY(const BankMap map, own_bank(host, options.bank));
    const LockerNo no{map.bank, options.door};
    if (map.door(no.door) == nullptr)
        return fail(ErrorKind::input, "the bank has no such door", no.str());
    MB_TRY(Store* const store, host.store());
    const UnlockId unlock(uuid7(host.clock().wall(), host.random()));
    // Who opens a stranger's door says why before it opens.
    MB_CHECK(keep(*store, "staff", {no, {}, unlock, "asked", options.why}));
    return fire(host, output, map, {unlock, no, BadgeId(), true}, {}, options.why);
}

Result<int> release(CommandHost& host, Output& output, const LockerOptions& options)
{
    MB_TRY(Desk* const desk, host.desk());
    const auto given = desk->give_back(DelegateId(options.id));
    if (!given)
        return error_of(given.error(), options.id);
    output.say({{"door", given->str()}, {"released", true}}, given->str() + " is free");
    return 0;
}

} // namespace

void add_locker_commands(const CommandTree& tree)
{
    const Subcommand locker =
        add_group(tree, "locker", "Locker banks and their doors", "--config kiosk.toml locker status B");
    const auto options = std::make_shared<LockerOptions>();
    add_command(tree, locker, "banks", "The bank of this device, in sentences",
                "--config kiosk.toml locker banks", banks);
    add_command(tree, locker, "status", "Every door: open or closed, free or whose",
                "--config kiosk.toml locker status B", with(options, status))
        .option("BANK", options->bank, "Letter of the bank");
    const Subcommand tap_one =
        add_command(tree, locker, "tap", "What a badge on the terminal does: assign if need be, open once",
                    "--config kiosk.toml locker tap 04A1B2C3D4E5F6 --bank B", with(options, tap));
    tap_one.option("UID", options->id, "UID of the card, in upper-case hexadecimal").required();
    tap_one.option("--bank", options->bank, "Letter of the bank").required();
    const Subcommand open_one =
        add_command(tree, locker, "open", "Staff open one door, with a reason on the record",
                    "--config kiosk.toml locker open B 14 --why 'forgotten umbrella'", with(options, open));
    open_one.option("BANK", options->bank, "Letter of the bank").required();
    open_one.option("DOOR", options->door, "Number of the door").required().between(1, 999);
    open_one.option("--why", options->why, "The reason").required().sized(1, 400);
    add_command(tree, locker, "release", "Takes a person's locker back; the door is not opened",
                "--data demo locker release R-000001", with(options, release))
        .option("ID", options->id, "Registration id")
        .required();
}

} // namespace montbrillant
