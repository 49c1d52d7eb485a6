// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/decision.hpp"
#include "sync/base/json.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

struct SessionOptions {
    std::string session;
    std::string id;
    std::string host;
    std::string text;
    std::string staff;
};

std::optional<DelegateId> somebody(const std::string& id)
{
    return id.empty() ? std::nullopt : std::optional(DelegateId(id));
}

Result<Session> session_of(Store& store, const std::string& id)
{
    MB_TRY(const auto profile, profile_of(store));
    const Session* session = profile->session(SessionId(id));
    if (session == nullptr)
        return fail(ErrorKind::input, "is no session of this event", id, "see: montbrillant event show");
    return *session;
}

Result<int> attend(CommandHost& host, Output& output, const SessionOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const Session session, session_of(*store, options.session));
    const command::AttendSession wish{session.id, DelegateId(options.id), session.eligible,
                                      somebody(options.host)};
    MB_TRY(const Decision decided, carry_out(host, wish, "host", options.id));
    const bool already = decided.facts.empty();
    output.say(
        {{"session", options.session}, {"delegate", options.id}, {"already", already}},
        fmt::format("{} {} {}", options.id, already ? "is on the list of" : "came to", options.session));
    return 0;
}

/// Everybody who came or is on the list.
Result<int> list(CommandHost& host, Output& output, const SessionOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const Session session, session_of(*store, options.session));
    std::map<std::string, bool> came_by_id;
    store->view().delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        const bool came = delegate.attended.contains(session.id);
        if (came || (session.eligible && delegate.participation.flags.contains(*session.eligible)))
            came_by_id.emplace(id.str(), came);
    });
    for (const auto& [id, came] : came_by_id)
        output.say({{"delegate", id}, {"came", came}}, fmt::format("{:<12} {}", id, came ? "came" : "-"));
    return 0;
}

Result<int> broadcast(CommandHost& host, Output& output, const SessionOptions& options)
{
    const std::string text = options.text == "off" ? std::string() : options.text;
    MB_TRY(const Decision decided,
           carry_out(host, command::Announce{text, somebody(options.staff)}, "manager", "broadcast"));
    output.say({{"broadcast", text}, {"facts", decided.facts.size()}},
               text.empty() ? "no announcement is shown any more" : "on every screen: " + text);
    return 0;
}

} // namespace

void add_session_commands(const CommandTree& tree)
{
    const Subcommand session = add_group(tree, "session", "Who came to a session",
                                         "--data demo session attend bsg-training R-000001");
    const auto options = std::make_shared<SessionOptions>();
    const Subcommand attend_one =
        add_command(tree, session, "attend", "Records that a delegate came",
                    "--data demo session attend bsg-training R-000001", with(options, attend));
    attend_one.option("SESSION", options->session, "Id of the session in the event profile").required();
    attend_one.option("ID", options->id, "Registration id").required();
    attend_one.option("--host", options->host, "Registration id of the host, who admits somebody not listed");
    add_command(tree, session, "list", "Everybody who is on the list, and who came",
                "--data demo session list bsg-training", with(options, list))
        .option("SESSION", options->session, "Id of the session in the event profile")
        .required();
    const Subcommand say =
        add_command(tree, tree.app, "broadcast", "An announcement on every screen, until \"off\"",
                    "--data demo broadcast 'Plenary moved to room C'", with(options, broadcast));
    say.option("TEXT", options->text, "What to say, or off").required().sized(1, 400);
    say.option("--staff", options->staff, "Registration id of the manager who says it");
}

} // namespace montbrillant
