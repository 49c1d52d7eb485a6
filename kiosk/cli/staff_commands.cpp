// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/terminal_input.hpp"
#include "sync/base/json.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

struct StaffOptions {
    std::string id;
    std::vector<std::string> rights;
    std::string by;
};

Result<> commit(Store& store, Body body)
{
    Draft draft;
    draft.actor = "manager";
    draft.facts.push_back(std::move(body));
    MB_CHECK(store.commit(draft));
    return {};
}

Result<int> add(CommandHost& host, Output& output, const StaffOptions& options)
{
    MB_TRY(Store* const store, host.store());
    fact::StaffAppointed appointed{DelegateId(options.id), {}, {}};
    if (!options.by.empty())
        appointed.by = DelegateId(options.by);
    for (const auto& name : options.rights) {
        const auto right = right_from(name);
        if (!right)
            return fail(ErrorKind::input, "is no right: release, lend, manage or host was expected", name);
        appointed.rights.insert(*right);
    }
    MB_CHECK(commit(*store, appointed));
    output.say({{"staff", options.id}, {"rights", options.rights}},
               fmt::format("{} may {}", options.id, fmt::join(options.rights, ", ")));
    return 0;
}

bool is_pin(std::string_view digits)
{
    return digits.size() >= 4 && digits.size() <= 8 &&
           std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<int> pin(CommandHost& host, Output& output, const StaffOptions& options)
{
    if (host.live())
        return fail(ErrorKind::refused, "a running kiosk reads no standard input", "staff pin",
                    "stop the kiosk, or set the PIN at the registry");
    MB_TRY(Store* const store, host.store());
    if (store->view().delegates.find(DelegateId(options.id)) == nullptr)
        return fail(ErrorKind::refused, "nobody is registered under this id", options.id);
    constexpr std::size_t bytes_max = 64;
    MB_TRY(const crypto::SecretText digits, read_secret("PIN, four to eight digits", bytes_max));
    if (!is_pin(digits.view()))
        return fail(ErrorKind::input, "a PIN has four to eight digits", "standard input");
    MB_TRY(const std::string verifier, crypto::pin_verifier(digits.view(), store->keys().pepper));
    MB_CHECK(commit(*store, fact::StaffPinSet{DelegateId(options.id), verifier}));
    output.say({{"staff", options.id}, {"pin", true}}, "the PIN is set");
    return 0;
}

Result<int> lift(CommandHost& host, Output& output, const StaffOptions& options)
{
    MB_TRY(Desk* const desk, host.desk());
    if (const auto lifted = desk->lift_pin_wait(DelegateId(options.id), DelegateId(options.by)); !lifted)
        return error_of(lifted.error(), options.id);
    output.say({{"staff", options.id}, {"lifted", true}}, fmt::format("{} may try a PIN again", options.id));
    return 0;
}

Result<int> list_staff(CommandHost& host, Output& output)
{
    MB_TRY(Store* const store, host.store());
    std::map<std::string, Delegate> staff;
    store->view().delegates.each([&staff](const DelegateId& id, const Delegate& delegate) {
        if (!delegate.rights.empty())
            staff.emplace(id.str(), delegate);
    });
    for (const auto& [id, delegate] : staff) {
        std::vector<std::string_view> rights;
        for (const auto right : delegate.rights)
            rights.push_back(name_of(right));
        const bool has_pin = !delegate.pin_verifier.empty();
        output.say({{"staff", id}, {"rights", rights}, {"pin", has_pin}},
                   fmt::format("{:<12} {}{}", id, fmt::join(rights, ", "), has_pin ? "" : " (no PIN yet)"));
    }
    return 0;
}

} // namespace

void add_staff_commands(const CommandTree& tree)
{
    const Subcommand staff = add_group(tree, "staff", "Who may release, lend and manage",
                                       "--data demo staff add R-000009 --rights release lend");
    const auto options = std::make_shared<StaffOptions>();
    const Subcommand add_one =
        add_command(tree, staff, "add", "Gives a registered person exactly these rights",
                    "--data demo staff add R-000009 --rights release lend", with(options, add));
    add_one.option("ID", options->id, "Registration id").required();
    add_one.option("--rights", options->rights, "release, lend, manage, host")
        .required()
        .separated_by(',')
        .one_of({"release", "lend", "manage", "host"});
    add_one.option("--by", options->by,
                   "Registration id of the manager who appoints; not needed at the registry");
    add_command(tree, staff, "pin", "Sets a PIN, read from standard input",
                "--data demo staff pin R-000009 < pin.txt", with(options, pin))
        .option("ID", options->id, "Registration id")
        .required();
    const Subcommand lift_one =
        add_command(tree, staff, "lift", "Ends the wait after wrong PINs",
                    "--data demo staff lift R-000009 --by R-000001", with(options, lift));
    lift_one.option("ID", options->id, "Registration id").required();
    lift_one.option("--by", options->by, "The manager who allows it").required();
    add_command(tree, staff, "list", "Everybody with rights", "--data demo staff list", list_staff);
}

} // namespace montbrillant
