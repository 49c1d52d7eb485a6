// SPDX-License-Identifier: Apache-2.0
// J3 and J10 without glass: lost, damaged, stolen, handed back.
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/decision.hpp"
#include "sync/base/json.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

struct BadgeDeskOptions {
    std::string id;
    std::string why;
    std::string staff;
    bool damaged = false;
};

/// The live badge of a registered person.
Result<BadgeId> live_badge(CommandHost& host, const std::string& id)
{
    MB_TRY(Store* const store, host.store());
    const Delegate* delegate = store->view().delegates.find(DelegateId(id));
    if (delegate == nullptr)
        return fail(ErrorKind::refused, std::string(words(Refusal::unknown_delegate)), id);
    if (delegate->badge.empty())
        return fail(ErrorKind::refused, "the delegate has no live badge", id);
    return delegate->badge;
}

Result<int> revoke(CommandHost& host, Output& output, const BadgeDeskOptions& options)
{
    MB_TRY(const BadgeId badge, live_badge(host, options.id));
    MB_TRY(const Decision decided,
           carry_out(host, command::RevokeBadge{badge, DelegateId(options.staff), options.why}, options.staff,
                     options.id));
    output.say({{"delegate", options.id}, {"badge", badge.str()}, {"revoked", true}},
               fmt::format("the badge of {} opens nothing any more", options.id));
    return 0;
}

Result<int> replace(CommandHost& host, Output& output, const BadgeDeskOptions& options)
{
    const IssueReason reason = options.damaged ? IssueReason::damaged : IssueReason::lost;
    const command::ReplaceBadge wish{DelegateId(options.id), reason, new_badge_id(host.random()),
                                     DelegateId(options.staff)};
    MB_TRY(const Decision decided, carry_out(host, wish, options.staff, options.id));
    MB_TRY(Store* const store, host.store());
    const Badge& badge = *store->view().badges.find(decided.badge);
    const PrintKey job = print_key(decided.badge, badge.issue, badge.copies);
    output.say({{"delegate", options.id},
                {"badge", decided.badge.str()},
                {"issue", badge.issue},
                {"job", job.str()}},
               fmt::format("issue {} for {}, print job {}; the one before {}", badge.issue, options.id,
                           job.str(), options.damaged ? "opens until the new card is bound" : "is void"));
    return 0;
}

Result<int> hand_back(CommandHost& host, Output& output, const BadgeDeskOptions& options)
{
    MB_TRY(const BadgeId badge, live_badge(host, options.id));
    MB_TRY(const Decision decided, carry_out(host, command::ReturnBadge{badge}, "staff", options.id));
    output.say({{"delegate", options.id}, {"badge", badge.str()}, {"returned", true}},
               fmt::format("the badge of {} is back; its card is blank again", options.id));
    return 0;
}

} // namespace

void add_badge_desk_commands(const CommandTree& tree, Subcommand badge)
{
    const auto options = std::make_shared<BadgeDeskOptions>();
    const Subcommand revoke_one =
        add_command(tree, badge, "revoke", "Voids somebody's badge, for instance a stolen one",
                    "--data demo badge revoke R-000001 --why stolen --staff R-000009", with(options, revoke));
    revoke_one.option("ID", options->id, "Registration id").required();
    revoke_one.option("--why", options->why, "The reason").required().sized(1, 400);
    revoke_one.option("--staff", options->staff, "Registration id of who revokes it").required();
    const Subcommand replace_one = add_command(
        tree, badge, "replace", "Issues the next badge for a lost or damaged one and queues its print",
        "--data demo badge replace R-000001 --staff R-000009", with(options, replace));
    replace_one.option("ID", options->id, "Registration id").required();
    replace_one.flag("--damaged", options->damaged,
                     "The badge before opens until the new card is bound; else it is void at once");
    replace_one.option("--staff", options->staff, "Registration id of who replaces it").required();
    add_command(tree, badge, "return", "Takes a badge back at the end; its card is blank for the next",
                "--data demo badge return R-000001", with(options, hand_back))
        .option("ID", options->id, "Registration id")
        .required();
}

} // namespace montbrillant
