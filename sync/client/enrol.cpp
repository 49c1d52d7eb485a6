// SPDX-License-Identifier: Apache-2.0
#include "sync/client/enrol.hpp"

#include "sync/client/sync_round.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr int attempts = 3;

ErrorKind kind_of_refusal(int status) { return status >= 500 ? ErrorKind::network : ErrorKind::refused; }

Result<protocol::EnrolAnswer> ask_registry(Http& http, const protocol::EnrolRequest& request)
{
    const HttpCall call{"POST", "/v1/enrol", protocol::write(request), "", Millis(15000)};
    Result<HttpAnswer> answer = http.send(call);
    // The token may be used up and only the answer lost: the same key may ask again.
    for (int attempt = 1; !answer && attempt < attempts; ++attempt)
        answer = http.send(call);
    if (!answer)
        return fail(answer.error());
    if (answer->status == 200)
        return protocol::read_enrol_answer(answer->body);
    const auto refusal = protocol::read_refusal(answer->status, answer->body);
    return fail(kind_of_refusal(refusal.status), refusal.words, "enrolment",
                refusal.code == protocol::code::token
                    ? "print a new one with: montbrillant-registry enrol-token"
                    : "");
}

Result<> keep(Store& store, const protocol::EnrolAnswer& answer, const std::string& url,
              const crypto::KeyPair& device)
{
    EventKeys keys;
    keys.master = answer.master;
    keys.short_codes = answer.short_codes;
    keys.pepper = answer.pepper;
    keys.confirmation_public = answer.confirmation_public;
    keys.device = device;
    return store.initialise({answer.device, answer.event, false, answer.epoch, url, answer.event_profile},
                            keys);
}

Result<> keep_link(Store& store, const protocol::EnrolAnswer& answer, const crypto::PublicKey& key,
                   const std::optional<tls::Pin>& pin)
{
    if (!pin)
        return destroy_link(store.folder());
    MB_TRY(const auto mine, tls::read_device(answer.certificate, answer.authority));
    if (mine.device.name != answer.device || mine.device.key != key)
        return fail(ErrorKind::network, "the registry gave another device's certificate", "enrolment");
    return write_link(store.folder(), {*pin, answer.authority, answer.certificate});
}

/// The folder is a device already: only the registry that it belongs to may take it back.
Result<> check_rejoin(const Store& store, const protocol::EnrolAnswer& answer)
{
    const Identity& mine = *store.identity();
    if (answer.event != mine.event || answer.device != mine.device || answer.epoch != mine.epoch ||
        answer.master != store.keys().master)
        return fail(
            ErrorKind::refused,
            fmt::format("this folder is the device {} of the event {}", mine.device.str(), mine.event.str()),
            "enrolment", "choose an empty folder with --data");
    return {};
}

/// Whole, or found out at the address and compared with the start that a person typed.
Result<std::optional<tls::Pin>> key_of(const protocol::Invitation& invitation, const std::string& proxy)
{
    if (invitation.pin || invitation.key_start.empty())
        return invitation.pin;
    MB_TRY(const auto pin, CurlHttp::key_at(invitation.url, proxy));
    if (!protocol::starts_with_key(pin, invitation.key_start))
        return fail(ErrorKind::refused, "what answers there is not the registry that gave this token",
                    invitation.url, "check the address and the token");
    return std::optional(pin);
}

} // namespace

Result<Identity> enrol(Store& store, Http& http, const std::string& url, const std::string& token,
                       const std::optional<tls::Pin>& pin)
{
    const bool again = store.identity().has_value();
    if (again && store.identity()->authority)
        return fail(ErrorKind::refused, "this folder orders its facts itself and is no device", "enrolment",
                    "choose an empty folder with --data");
    const crypto::KeyPair device = again ? store.keys().device : crypto::new_sign_key();
    protocol::EnrolRequest request;
    request.token = token;
    request.public_key = device.public_key;
    request.epoch = again ? store.identity()->epoch : 0;
    MB_TRY(const auto answer, ask_registry(http, request));
    if (again)
        MB_CHECK(check_rejoin(store, answer));
    MB_CHECK(keep_link(store, answer, device.public_key, pin));
    MB_CHECK(again ? store.set_registry_url(url) : keep(store, answer, url, device));
    MB_CHECK(store.set_setting(setting_registry_id, answer.standing.registry_id));
    if (!again)
        MB_CHECK(store.set_log_epoch(answer.standing.log_epoch));
    return *store.identity();
}

Result<Identity> enrol(Store& store, const protocol::Invitation& invitation, const std::string& proxy)
{
    CurlHttp::Options options;
    options.proxy = proxy;
    MB_TRY(options.pin, key_of(invitation, proxy));
    MB_TRY(const auto http, CurlHttp::open(invitation.url, options));
    return enrol(store, *http, invitation.url, invitation.token, options.pin);
}

} // namespace montbrillant
