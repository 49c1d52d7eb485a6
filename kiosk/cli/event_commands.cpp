// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "sync/base/json.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::size_t profile_bytes_max = 1024U * 1024U;

struct EventOptions {
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

Result<int> show(CommandHost& host, Output& output)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto profile, profile_of(*store));
    describe(*profile, output);
    return 0;
}

} // namespace

void add_event_commands(const CommandTree& tree)
{
    CLI::App& event = add_group(tree, "event", "The event profile", "--data demo event load sg20-2017.toml");
    const auto options = std::make_shared<EventOptions>();
    add_command(tree, event, "check", "Reads a profile and says what is wrong, where",
                "event check sg20-2017.toml", with(options, check))
        .add_option("FILE", options->file, "Event profile (TOML)")
        ->required();
    add_command(tree, event, "load", "Makes the folder the event's own, or renews its profile",
                "--data demo event load sg20-2017.toml", with(options, load_into))
        .add_option("FILE", options->file, "Event profile (TOML)")
        ->required();
    add_command(tree, event, "show", "The event of this folder", "--data demo event show", show);
}

} // namespace montbrillant
