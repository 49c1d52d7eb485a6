// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "sync/base/json.hpp"
#include "sync/base/secret_input.hpp"
#include "sync/store/event_end.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::size_t profile_bytes_max = 1024U * 1024U;

struct EventOptions {
    std::string file;
};

struct EndOptions {
    std::string by = "the command line";
    bool now = false;
    std::string why;
    std::string file;
};

struct Loaded {
    std::string text;
    EventProfile profile;
};

Result<Loaded> load(const std::filesystem::path& file)
{
    Loaded loaded;
    MB_TRY(loaded.text, read_file(file, profile_bytes_max));
    MB_TRY(loaded.profile, load_event_profile(loaded.text, file.string()));
    return loaded;
}

void describe(const EventProfile& profile, const Output& output)
{
    output.say({{"event", profile.id.str()},
                {"title", profile.title.in(Language::en)},
                {"first_day", profile.first_day.str()},
                {"last_day", profile.last_day.str()},
                {"delegations", profile.delegations.size()},
                {"sessions", profile.sessions.size()}},
               fmt::format("{}: {}, {}\n{}, {} to {}, {} delegations, {} sessions", profile.id.str(),
                           profile.study_group, profile.title.in(Language::en),
                           profile.place.in(Language::en), profile.first_day.str(), profile.last_day.str(),
                           profile.delegations.size(), profile.sessions.size()));
}

Result<int> check(CommandHost& host, Output& output, const EventOptions& options)
{
    MB_TRY(const Loaded loaded, load(host.path(options.file)));
    describe(loaded.profile, output);
    return 0;
}

Result<> found(Store& store, const Loaded& loaded)
{
    Identity identity;
    identity.device = DeviceId("registry");
    identity.event = loaded.profile.id;
    identity.authority = true;
    identity.event_profile = loaded.text;
    return store.initialise(identity, EventKeys::fresh());
}

Result<> renew(Store& store, const Loaded& loaded, const std::string& folder)
{
    if (store.identity()->event != loaded.profile.id)
        return fail(ErrorKind::refused,
                    fmt::format("this folder belongs to the event {}", store.identity()->event.str()), folder,
                    "choose another folder with --data");
    if (!store.identity()->authority)
        return fail(ErrorKind::refused, "this device has its profile from the registry", folder,
                    "load the new one there");
    return store.set_event_profile(loaded.text);
}

/// A fresh folder becomes its own authority; one that has the event takes the profile's new text.
Result<int> load_into(CommandHost& host, Output& output, const EventOptions& options)
{
    MB_TRY(const Loaded loaded, load(host.path(options.file)));
    MB_CHECK(host.allow(loaded.profile.id));
    MB_TRY(Store* const store, host.store());
    if (store->identity())
        MB_CHECK(renew(*store, loaded, host.config().data.string()));
    else
        MB_CHECK(found(*store, loaded));
    describe(loaded.profile, output);
    if (host.live())
        output.err("The running kiosk shows the new profile after its next start.");
    return 0;
}

Result<int> show_event(CommandHost& host, Output& output)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto profile, profile_of(*store));
    describe(*profile, output);
    return 0;
}

Result<int> close(CommandHost& host, Output& output, const EndOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto profile, profile_of(*store));
    MB_CHECK(close_event(*store, options.by));
    MB_TRY(const auto due, erase_due(*store));
    output.say({{"event", profile->id.str()}, {"closed", true}, {"erase_from", rfc3339(*due)}},
               fmt::format("{} is closed: no new check-ins; its data may be erased from {} on",
                           profile->id.str(), rfc3339(*due)));
    return 0;
}

/// A running kiosk has everybody in its search index.
Result<> forget_everybody(CommandHost& host, Store& store)
{
    if (!host.live())
        return {};
    MB_TRY(Desk* const desk, host.desk());
    std::vector<DelegateId> everybody;
    store.view().delegates.each([&](const DelegateId& id, const Delegate&) { everybody.push_back(id); });
    desk->refresh(everybody);
    return {};
}

/// The certificate as it was written, which is canonical: --json gives it byte for byte.
void say(const ErasureCertificate& certificate, const std::string& json, const Output& output)
{
    if (output.json)
        output.out(json);
    else
        output.say({}, text_of(certificate));
}

/// A terminal is asked; whoever has none says --yes.
Result<> sure(const EventProfile& profile, bool yes)
{
    if (yes)
        return {};
    MB_TRY(const auto typed,
           ask_terminal(fmt::format("All personal data of {} will be gone for ever. Type the event's id",
                                    profile.id.str()),
                        "say --yes"));
    if (typed.view() != profile.id.str())
        return fail(ErrorKind::refused, "nothing was erased: this is not the event's id");
    return {};
}

Result<int> erase(CommandHost& host, Output& output, const EndOptions& options, bool yes)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto profile, profile_of(*store));
    if (host.live() && !yes)
        return fail(ErrorKind::refused, "a running kiosk reads no standard input", "event erase",
                    "say --yes");
    if (!store->view().meeting().erased)
        MB_CHECK(sure(*profile, yes));
    MB_TRY(const auto certificate,
           erase_event(*store, {options.by, options.now, options.why}, host.clock().wall()));
    MB_CHECK(forget_everybody(host, *store));
    MB_TRY(const auto json, store->certificate());
    say(certificate, json.value_or(""), output);
    if (!certificate.proves())
        return fail(ErrorKind::storage, "the erasure is not proved: see the certificate",
                    (host.config().data / certificate_json_name).string());
    return 0;
}

/// Needs no folder; one of the same event also says whether it knows the key and the place in the log.
Result<int> verify_erasure(CommandHost& host, Output& output, const EndOptions& options)
{
    constexpr std::size_t bytes_max = std::size_t{4} << 20U;
    MB_TRY(const std::string text, read_file(host.path(options.file), bytes_max));
    MB_TRY(const auto certificate, read_certificate(text, options.file));
    say(certificate, text, output);
    if (!certificate.proves())
        return fail(ErrorKind::refused, "it is signed, and says that something could still be read",
                    options.file);
    return 0;
}

void add_end_commands(const CommandTree& tree, Subcommand event)
{
    const auto options = std::make_shared<EndOptions>();
    const Subcommand close_one =
        add_command(tree, event, "close", "No new check-ins; the days until erasure begin",
                    "--data demo event close", with(options, close));
    const auto yes = std::make_shared<bool>(false);
    const Subcommand erase_one =
        add_command(tree, event, "erase", "Erases every key and sealed record, checks that, and certifies it",
                    "--data demo event erase --yes", [options, yes](CommandHost& host, Output& output) {
                        return erase(host, output, *options, *yes);
                    });
    erase_one.flag("--yes", *yes, "Without asking");
    erase_one.flag("--now", options->now, "Before the profile's days are over");
    erase_one.option("--why", options->why, "With --now: the reason, kept in the journal; no personal data");
    for (const Subcommand one : {close_one, erase_one})
        one.option("--by", options->by, "The id of the manager who asked for it");
    add_command(tree, event, "verify-erasure", "Whether a certificate is as its device signed it",
                "event verify-erasure erasure-certificate.json", with(options, verify_erasure))
        .option("FILE", options->file, "The certificate (JSON)")
        .required();
}

} // namespace

void add_event_commands(const CommandTree& tree)
{
    const Subcommand event =
        add_group(tree, "event", "The event profile", "--data demo event load sg20-2017.toml");
    const auto options = std::make_shared<EventOptions>();
    add_command(tree, event, "check", "Reads a profile and says what is wrong, where",
                "event check sg20-2017.toml", with(options, check))
        .option("FILE", options->file, "Event profile (TOML)")
        .required();
    add_command(tree, event, "load", "Makes the folder the event's own, or renews its profile",
                "--data demo event load sg20-2017.toml", with(options, load_into))
        .option("FILE", options->file, "Event profile (TOML)")
        .required();
    add_command(tree, event, "show", "The event of this folder", "--data demo event show", show_event);
    add_end_commands(tree, event);
}

} // namespace montbrillant
