// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/decision.hpp"
#include "kiosk/cli/progress.hpp"
#include "sync/base/json.hpp"
#include "sync/client/enrol.hpp"
#include "sync/client/sync_round.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

struct EnrolOptions {
    std::string url;
    std::string token;
};

struct ResolveOptions {
    std::size_t number{};
    std::string choice;
    std::string staff;
    std::string note;
};

/// In the order of `sync conflicts`.
std::vector<std::pair<FactId, Conflict>> open_conflicts(const State& state)
{
    std::vector<std::pair<FactId, Conflict>> open;
    state.conflicts.each([&open](const FactId& id, const Conflict& conflict) {
        if (conflict.open)
            open.emplace_back(id, conflict);
    });
    std::sort(open.begin(), open.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return open;
}

Result<int> enrol_folder(CommandHost& host, Output& output, const EnrolOptions& options)
{
    if (host.live())
        return fail(ErrorKind::refused, "the running kiosk is enrolled already", {}, "stop it first");
    MB_CHECK(ready_to_close(host.key_access())); // before the token is used up
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto invitation, options.token.empty() ? protocol::read_invitation(options.url)
                                                        : protocol::read_typed(options.url, options.token));
    MB_TRY(const Identity identity, enrol(*store, invitation, host.config().proxy));
    output.say({{"device", identity.device.str()},
                {"event", identity.event.str()},
                {"registry", identity.registry_url}},
               fmt::format("this folder is now {} of {}, at {}", identity.device.str(), identity.event.str(),
                           identity.registry_url));
    return 0;
}

Result<PullReport> take_log(CommandHost& host, Output& output, StoreGate& gate, Http& http,
                            SyncSession& session)
{
    Progress progress(output, host.clock(), "the registry's log", std::nullopt);
    const OnPage on_page = [&progress](const PulledPage& page) {
        if (page.of > page.seq)
            progress.expect(page.rows + page.of - page.seq);
        progress.at(page.rows, page.rows, "facts");
    };
    return pull_all(gate, http, session, host.clock(), Millis{0}, on_page);
}

Result<int> now(CommandHost& host, Output& output)
{
    if (host.live())
        return fail(ErrorKind::refused, "the running kiosk keeps in step by itself", {},
                    "see: montbrillant sync status");
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto event, profile_of(*store));
    DirectStoreGate gate(*store);
    MB_TRY(SyncSession session, SyncSession::of(gate));
    MB_TRY(const auto http, open_registry(gate, host.config().proxy));
    MB_TRY(PushReport pushed, push_all(gate, *http, session, host.clock()));
    MB_TRY(const PullReport pulled, take_log(host, output, gate, *http, session));
    if (pulled.reset) { // the registry lost its log: it gets again what it lacks
        MB_TRY(pushed, push_all(gate, *http, session, host.clock()));
    }
    output.say({{"sent", pushed.sent},
                {"conflicts", pushed.conflicts},
                {"rejected", pushed.rejected},
                {"pulled", pulled.rows},
                {"people", pulled.people.size()},
                {"waiting", store->waiting()}},
               fmt::format("{} facts sent ({} conflicts, {} rejected), {} taken, {} still wait", pushed.sent,
                           pushed.conflicts, pushed.rejected, pulled.rows, store->waiting()));
    return 0;
}

Result<int> status(CommandHost& host, Output& output)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto event, profile_of(*store));
    const Identity& identity = *store->identity();
    MB_TRY(const std::string log_epoch, store->log_epoch());
    output.say({{"device", identity.device.str()},
                {"authority", identity.authority},
                {"registry", identity.registry_url},
                {"log_epoch", log_epoch},
                {"waiting", store->waiting()},
                {"seq", store->cursor().seq}},
               identity.authority
                   ? fmt::format("this folder is its own registry; {} facts", store->log_head())
                   : fmt::format("{} at {}: {} facts wait to be sent, the registry's log is known up to {}",
                                 identity.device.str(), identity.registry_url, store->waiting(),
                                 store->cursor().seq));
    return 0;
}

Result<int> conflicts(CommandHost& host, Output& output)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto event, profile_of(*store));
    std::size_t number = 0;
    for (const auto& [fact, conflict] : open_conflicts(store->view())) {
        ++number;
        output.say({{"number", number},
                    {"fact", fact.str()},
                    {"kind", conflict.kind},
                    {"subjects", conflict.subjects},
                    {"device", conflict.device.str()},
                    {"at", rfc3339(conflict.at)}},
                   fmt::format("{:>3} {:<22} {} ({}, {})", number, conflict.kind,
                               fmt::join(conflict.subjects, " "), conflict.device.str(),
                               rfc3339(conflict.at)));
    }
    return 0;
}

Result<int> resolve(CommandHost& host, Output& output, const ResolveOptions& options)
{
    MB_TRY(Store* const store, host.store());
    const auto open = open_conflicts(store->view());
    if (options.number == 0 || options.number > open.size())
        return fail(ErrorKind::input, fmt::format("is no open conflict: there are {}", open.size()),
                    std::to_string(options.number), "see: montbrillant sync conflicts");
    const auto& [fact, conflict] = open[options.number - 1];
    const command::ResolveConflict wish{fact, choice_from(options.choice).value_or(Choice::first),
                                        DelegateId(options.staff), options.note};
    MB_TRY(const Decision decided, carry_out(host, wish, options.staff, conflict.kind));
    output.say({{"fact", fact.str()}, {"kind", conflict.kind}, {"choice", options.choice}},
               fmt::format("{} {}: the {} claim stands", conflict.kind, fmt::join(conflict.subjects, " "),
                           options.choice));
    return 0;
}

} // namespace

void add_sync_commands(const CommandTree& tree)
{
    const auto options = std::make_shared<EnrolOptions>();
    const Subcommand enrol_one =
        add_command(tree, tree.app, "enrol", "Makes the folder a device of a registry",
                    "--data kiosk2 enrol https://192.0.2.7:8317 ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345-6789",
                    with(options, enrol_folder));
    enrol_one
        .option("URL", options->url,
                "Address of the registry, or the whole text of the QR code, without a token then")
        .required();
    enrol_one.option("TOKEN", options->token, "One-time token, as the registry printed it");

    const Subcommand sync =
        add_group(tree, "sync", "Keeping in step with the registry", "--data kiosk2 sync now");
    add_command(tree, sync, "now", "Sends what waits and takes what is new, once", "--data kiosk2 sync now",
                now);
    add_command(tree, sync, "status", "Who this folder is, and what waits to be sent",
                "--data kiosk2 sync status", status);
    add_command(tree, sync, "conflicts", "Where two devices disagree, until a person resolves it",
                "--data kiosk2 sync conflicts", conflicts);
    const auto resolving = std::make_shared<ResolveOptions>();
    const Subcommand resolve_one =
        add_command(tree, sync, "resolve", "Decides a conflict: the first claim stays, or the second stands",
                    "--data kiosk2 sync resolve 1 first --staff R-000009 --note 'same person, came twice'",
                    with(resolving, resolve));
    resolve_one.option("N", resolving->number, "Its number in: sync conflicts").required();
    resolve_one.option("CHOICE", resolving->choice, "first or second").required().one_of({"first", "second"});
    resolve_one.option("--staff", resolving->staff, "Registration id of who decides").required();
    resolve_one.option("--note", resolving->note, "Why").sized(0, 400);
}

} // namespace montbrillant
