// SPDX-License-Identifier: Apache-2.0
#include "sync/store/event_end.hpp"

#include "sync/base/log.hpp"
#include "sync/base/number.hpp"
#include "sync/domain/people/event_profile.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::string_view setting_doubted = "lease.doubted";
constexpr Millis day{24 * 60 * 60 * 1000};

Result<EventProfile> profile_of(const std::string& text) { return load_event_profile(text, "event profile"); }

Result<> commit_one(Store& store, Body body, const std::string& by)
{
    Draft draft;
    draft.facts.push_back(std::move(body));
    draft.actor = by;
    return store.commit(draft).map([](const auto&) {});
}

Result<ErasureCertificate> certificate_of(Store& store)
{
    MB_TRY(const auto text, store.certificate());
    if (!text)
        return fail(ErrorKind::storage, "the certificate is missing", std::string(certificate_json_name));
    return read_certificate(*text, std::string(certificate_json_name));
}

} // namespace

Result<> close_event(Store& store, const std::string& by)
{
    return commit_one(store, fact::EventClosed{by}, by);
}

Result<std::optional<WallTime>> erase_due(Store& store)
{
    return erase_due(store.view(), store.identity()->event_profile);
}

Result<std::optional<WallTime>> erase_due(const State& state, const std::string& profile_text)
{
    const Meeting& meeting = state.meeting();
    if (!meeting.closed)
        return std::optional<WallTime>();
    MB_TRY(const EventProfile profile, profile_of(profile_text));
    return std::optional(std::max(meeting.closed_time, profile.ends_at()) + day * profile.privacy.erase_days);
}

Result<> may_erase(const State& state, const std::string& profile, const EraseWish& wish, WallTime now)
{
    MB_TRY(const auto due, erase_due(state, profile));
    if (!due)
        return fail(ErrorKind::refused, "the event is not closed", {},
                    "close it with: montbrillant event close");
    if (wish.before_time && wish.why.empty())
        return fail(ErrorKind::input, "an erasure before its time needs a reason", "--why",
                    "give --why TEXT");
    if (!wish.before_time && now < *due)
        return fail(ErrorKind::refused, fmt::format("the data is kept until {}", rfc3339(*due)), {},
                    "wait, or say --now --why TEXT");
    return {};
}

Result<ErasureCertificate> erase_event(Store& store, const EraseWish& wish, WallTime now)
{
    if (store.view().meeting().erased)
        return certificate_of(store);
    if (!store.identity() || !store.identity()->authority)
        return fail(ErrorKind::refused, "a device is erased by its registry", {},
                    "erase the event there; this device follows with its next pull");
    MB_CHECK(may_erase(store.view(), store.identity()->event_profile, wish, now));
    MB_CHECK(commit_one(store, fact::EventErased{wish.by, wish.before_time ? wish.why : ""}, wish.by));
    return certificate_of(store);
}

Result<> erase_person(Store& store, const DelegateId& id, const std::string& by)
{
    return commit_one(store, fact::DelegateErased{id}, by);
}

Result<> repeat_erasures(Store& store)
{
    std::vector<DelegateId> forgotten;
    for (const auto& id : store.key_store().erased()) {
        const Delegate* delegate = store.view().delegates.find(id);
        if (delegate != nullptr && !delegate->erased)
            forgotten.push_back(id);
    }
    for (const auto& id : forgotten)
        MB_CHECK(erase_person(store, id, "restore"));
    return {};
}

Result<LeaseState> check_lease(Store& store, WallTime now)
{
    if (!store.identity() || store.identity()->authority || store.key_store().event_erased())
        return LeaseState::good;
    MB_TRY(const EventProfile profile, profile_of(store.identity()->event_profile));
    const WallTime over = std::max(profile.ends_at() + day * profile.privacy.erase_days, store.last_heard()) +
                          day * Lease::days;
    MB_TRY(const auto doubted, store.setting(setting_doubted));
    if (now < over) {
        if (doubted)
            MB_CHECK(store.set_setting(setting_doubted, ""));
        return LeaseState::good;
    }
    const auto since = number_from<std::int64_t>(doubted.value_or(""));
    if (!since || now < WallTime{*since} + Lease::doubt) {
        if (!since)
            MB_CHECK(store.set_setting(setting_doubted, std::to_string(now.ms)));
        log::warn("the event is long over, by this clock: without the registry the keys are wiped at a start "
                  "after tomorrow");
        return LeaseState::doubted;
    }
    MB_CHECK(store.give_up_keys());
    log::warn("nothing was heard from the registry since the event was over: the keys are wiped");
    return LeaseState::over;
}

} // namespace montbrillant
