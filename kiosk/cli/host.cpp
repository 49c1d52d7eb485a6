// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/host.hpp"

#include "badge/layout/layout.hpp"
#include "sync/base/json.hpp"
#include "sync/store/event_end.hpp"

#include <fmt/format.h>
#include <sstream>

namespace montbrillant {
namespace {

constexpr std::string_view sample_event = "sg20-2017";

} // namespace

void Output::say(const nlohmann::json& object, std::string_view text) const
{
    if (json)
        return out(dump_json(object));
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);)
        out(line);
}

int Output::report(const Error& error) const
{
    if (json)
        out(dump_json({{"error", error.what}, {"where", error.where}, {"remedy", error.remedy}}));
    else
        err(error.text());
    return exit_code(error.kind);
}

Result<std::shared_ptr<const EventProfile>> profile_of(Store& store)
{
    if (!store.identity())
        return fail(ErrorKind::input, "no event is loaded in this folder", {},
                    "load one with: montbrillant event load FILE");
    MB_TRY(auto profile, load_event_profile(store.identity()->event_profile, "event profile"));
    return std::make_shared<const EventProfile>(std::move(profile));
}

Result<BankMap> bank_of(const KioskConfig& config)
{
    if (config.bank_map.empty())
        return fail(ErrorKind::input, "no locker bank is configured", {},
                    "give --config FILE with a [bank] section");
    BankOverride differently;
    differently.host = config.bank_host;
    if (config.bank_port)
        differently.port = static_cast<std::uint16_t>(*config.bank_port);
    return load_bank_map(config.bank_map, differently);
}

tl::unexpected<Error> error_of(const TurnedAway& away, const std::string& where)
{
    const bool trouble = away.notice == flow::Notice::trouble;
    return fail(trouble ? ErrorKind::storage : ErrorKind::refused, away.reason, where);
}

Result<> FolderHost::allow(const EventId& event) const
{
    if (other_day_ && event.str() != sample_event)
        return fail(ErrorKind::input, "another day can be played with the sample event only", "--at",
                    fmt::format("leave --at out: this event is {}", event.str()));
    return {};
}

Result<Store*> FolderHost::store()
{
    if (!store_) {
        Store::Options options;
        options.folder = config().data;
        options.keys = key_access();
        auto opened = Store::open(options, clock(), random());
        if (!opened) {
            held_by_another_ = FileLock::is_held(opened.error());
            return fail(std::move(opened).error());
        }
        if (opened->identity())
            MB_CHECK(allow(opened->identity()->event));
        store_ = std::make_unique<Store>(std::move(*opened));
    }
    return store_.get();
}

/// Layout and bank are for the commands that use them, which say themselves what they miss.
Result<> FolderHost::equip(Desk& desk) const
{
    if (auto layout = load_layout(layout_path(config().share, desk.profile().printing.layout)))
        desk.use_layout(std::make_shared<const Layout>(std::move(*layout)));
    if (!config().bank_map.empty()) {
        MB_TRY(const BankMap map, bank_of(config()));
        desk.use_bank(map);
    }
    return {};
}

Result<Desk*> FolderHost::desk()
{
    if (!desk_) {
        MB_TRY(Store* const opened, store());
        MB_TRY(auto profile, profile_of(*opened));
        if (!other_day_)
            MB_CHECK(check_lease(*opened, clock().wall()));
        auto made = std::make_unique<Desk>(*opened, std::move(profile), clock(), random(), Desk::Ports{});
        MB_CHECK(equip(*made));
        MB_CHECK(made->open());
        desk_ = std::move(made);
    }
    return desk_.get();
}

} // namespace montbrillant
