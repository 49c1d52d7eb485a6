// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/decision.hpp"
#include "sync/base/json.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

struct CheckInOptions {
    std::string text;
    bool undo = false;
    std::string why;
    std::string staff;
};

/// A registration id, as staff type it, or anything that a scanner reads.
Served<Identified> who_is(Desk& desk, const std::string& text)
{
    if (desk.store().view().delegates.find(DelegateId(text)) != nullptr)
        return Identified{DelegateId(text), {}};
    return desk.identify(text);
}

Result<int> refused(const TurnedAway& away, const Output& output)
{
    if (away.notice == flow::Notice::trouble)
        return error_of(away, "check-in");
    if (!output.json) {
        output.err(fmt::format("refused: {}", away.reason));
        return exit_code(ErrorKind::refused);
    }
    output.out(dump_json({{"outcome", "refused"},
                          {"delegate", away.delegate ? Json(away.delegate->str()) : Json(nullptr)},
                          {"badge", nullptr},
                          {"issue", nullptr},
                          {"job", nullptr},
                          {"reason", away.reason}}));
    return exit_code(ErrorKind::refused);
}

/// The badge is void, what they keep in a locker or borrowed stays theirs.
Result<int> undo(CommandHost& host, Output& output, const CheckInOptions& options)
{
    if (options.why.empty() || options.staff.empty())
        return fail(ErrorKind::input, "needs --why TEXT and --staff ID: who takes it back, and why",
                    "--undo");
    const command::UndoCheckIn wish{DelegateId(options.text), DelegateId(options.staff), options.why};
    MB_TRY(const Decision decided, carry_out(host, wish, options.staff, options.text));
    output.say({{"outcome", "undone"}, {"delegate", options.text}, {"reason", options.why}},
               fmt::format("the check-in of {} is taken back; the badge is void", options.text));
    return 0;
}

Result<int> check_in(CommandHost& host, Output& output, const CheckInOptions& options)
{
    if (options.undo)
        return undo(host, output, options);
    MB_TRY(Desk* const desk, host.desk());
    const auto who = who_is(*desk, options.text);
    if (!who)
        return refused(who.error(), output);
    const auto done = desk->check_in({*who, {}, {}, true});
    if (!done)
        return refused(done.error(), output);
    const std::string_view outcome = done->resumed ? "resumed" : "checked_in";
    output.say({{"outcome", outcome},
                {"delegate", done->delegate.str()},
                {"badge", done->badge.str()},
                {"issue", done->issue},
                {"job", done->job.str()},
                {"reason", nullptr}},
               fmt::format("{} {}: badge {}, print job {}", outcome, done->delegate.str(), done->badge.str(),
                           done->job.str()));
    return 0;
}

} // namespace

void add_check_in_command(const CommandTree& tree)
{
    const auto options = std::make_shared<CheckInOptions>();
    const Subcommand one = add_command(
        tree, tree.app, "checkin", "Checks in, issues the badge and queues its print, at once or not at all",
        "--data demo checkin R-000001", with(options, check_in));
    one.option("CODE", options->text, "Confirmation code, or registration id").required();
    one.flag("--undo", options->undo, "Takes the check-in of a registration id back");
    one.option("--why", options->why, "The reason, with --undo").sized(1, 400);
    one.option("--staff", options->staff, "Registration id of who takes it back, with --undo");
}

} // namespace montbrillant
