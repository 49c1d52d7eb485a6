// SPDX-License-Identifier: Apache-2.0
// What the registry's own command line can ask of it, running or not.
#include "sync/base/json.hpp"
#include "sync/base/log.hpp"
#include "sync/protocol/invitation.hpp"
#include "sync/registry/control.hpp"

#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

Result<Json> enrol_token(Service& service, const Json& request)
{
    auto name = json_text_or(request, "name", "");
    for (unsigned number = 1; name.empty(); ++number) {
        const auto free = fmt::format("K{}", number);
        if (service.admission().find(DeviceId(free)) == nullptr)
            name = free;
    }
    const WallTime now = service.clock().wall();
    MB_TRY(const auto token, service.admission().issue_token(service.ledger(), name, now, service.random()));
    const auto* authority = service.authority();
    const auto pin = authority != nullptr ? std::optional(authority->pin()) : std::nullopt;
    Json answer{{"token", protocol::typed_token(token, pin)},
                {"device", name},
                {"expires", (now + Admission::token_life).ms}};
    const auto url = json_text_or(request, "url", service.url());
    if (!url.empty())
        answer["url"] = url;
    if (!url.empty() && (pin || url.starts_with("http://"))) // over TLS only with the key
        answer["invitation"] = protocol::write_invitation({url, token, pin, {}});
    return answer;
}

Result<Json> device_list(Service& service)
{
    Json devices = Json::array();
    for (const auto& [name, device] : service.admission().devices()) {
        MB_TRY(const auto chain, service.ledger().chain_of(name, device.epoch));
        devices.push_back({{"device", name.str()},
                           {"epoch", device.epoch},
                           {"state", name_of(device.state)},
                           {"enrolled", rfc3339(device.enrolled)},
                           {"facts", chain.counter}});
    }
    return Json{{"devices", std::move(devices)}};
}

Result<Json> device_revoke(Service& service, const Json& request)
{
    const DeviceId name(json_text_or(request, "name", ""));
    const Device* known = service.admission().find(name);
    const bool left = known != nullptr && known->state == DeviceState::gone;
    if (!left)
        MB_CHECK(service.admission().set_state(service.ledger(), name, DeviceState::revoked));
    return Json{{"device", name.str()}, {"state", name_of(left ? DeviceState::gone : DeviceState::revoked)}};
}

Result<Json> token_add(Service& service, const Json& request)
{
    std::set<Scope> scopes;
    for (const auto& item : request.value("scopes", Json::array())) {
        const auto name = item.is_string() ? item.get<std::string>() : std::string();
        const auto scope = scope_from(name);
        if (!scope)
            return fail(ErrorKind::input, fmt::format("\"{}\" is no scope", name), "--scope",
                        "use people, import, reports, conflicts or metrics");
        scopes.insert(*scope);
    }
    const auto name = json_text_or(request, "name", "");
    MB_TRY(const auto token, service.tokens().add(service.ledger(), name, std::move(scopes),
                                                  service.clock().wall(), service.random()));
    return Json{{"name", name}, {"token", token}, {"scopes", request.at("scopes")}};
}

Result<Json> token_list(Service& service)
{
    Json tokens = Json::array();
    for (const auto& token : service.tokens().all()) {
        Json scopes = Json::array();
        for (const auto scope : token.scopes)
            scopes.push_back(name_of(scope));
        tokens.push_back(
            {{"name", token.name}, {"scopes", std::move(scopes)}, {"made", rfc3339(token.made)}});
    }
    return Json{{"tokens", std::move(tokens)}};
}

Result<Json> token_revoke(Service& service, const Json& request)
{
    const auto name = json_text_or(request, "name", "");
    MB_CHECK(service.tokens().revoke(service.ledger(), name));
    return Json{{"name", name}, {"revoked", true}};
}

Result<Json> backup(Service& service, const Json& request)
{
    const std::filesystem::path file = json_text_or(request, "file", "");
    if (!file.is_absolute())
        return fail(ErrorKind::input, "the backup needs an absolute path", file.string());
    if (std::filesystem::exists(file))
        return fail(ErrorKind::input, "is there already", file.string(), "choose another name");
    MB_CHECK(service.ledger().backup_to(file));
    std::error_code failed;
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed);
    return Json{{"file", file.string()}, {"head", service.ledger().log_end().seq}};
}

Result<Json> event_close(Service& service, const Json& request)
{
    MB_CHECK(service.ledger().close_event(json_text_or(request, "by", "the registry")));
    MB_TRY(const auto due, service.ledger().erase_due());
    return Json{{"closed", true}, {"erase_from", rfc3339(*due)}};
}

Result<Json> event_erase(Service& service, const Json& request)
{
    const EraseWish wish{json_text_or(request, "by", "the registry"), json_bool_or(request, "now", false),
                         json_text_or(request, "why", "")};
    MB_TRY(const auto erased, service.ledger().erase_event(wish, service.clock().wall()));
    return Json{{"certificate", erased.json},
                {"text", text_of(erased.certificate)},
                {"proves", erased.certificate.proves()}};
}

Result<Json> people_erase(Service& service, const Json& request)
{
    const DelegateId id(json_text_or(request, "name", ""));
    MB_CHECK(service.ledger().erase_person(id, "the registry"));
    return Json{{"id", id.str()}, {"erased", true}};
}

Result<Json> dispatch(Service& service, std::string_view line)
{
    MB_TRY(const Json request, parse_json(line, "command", {.bytes_max = 65536, .depth_max = 4}));
    const auto command = json_text_or(request, "command", "");
    log::info("command: {}", command);
    MB_CHECK(service.follow());
    if (command == "enrol-token")
        return enrol_token(service, request);
    if (command == "device-list")
        return device_list(service);
    if (command == "device-revoke")
        return device_revoke(service, request);
    if (command == "token-add")
        return token_add(service, request);
    if (command == "token-list")
        return token_list(service);
    if (command == "token-revoke")
        return token_revoke(service, request);
    if (command == "backup")
        return backup(service, request);
    if (command == "event-close")
        return event_close(service, request);
    if (command == "event-erase")
        return event_erase(service, request);
    if (command == "people-erase")
        return people_erase(service, request);
    return fail(ErrorKind::input, fmt::format("the command \"{}\" is not known", command));
}

Json error_json(const Error& error)
{
    return {{"error",
             {{"kind", exit_code(error.kind)},
              {"what", error.what},
              {"where", error.where},
              {"remedy", error.remedy}}}};
}

ErrorKind kind_from(std::int64_t code)
{
    switch (code) {
    case 1: return ErrorKind::refused;
    case 2: return ErrorKind::input;
    }
    return ErrorKind::storage;
}

} // namespace

std::string run_command(Service& service, std::string_view line)
{
    const auto result = dispatch(service, line);
    return dump_json(result ? *result : error_json(result.error()));
}

Result<std::string> command_result(std::string answer)
{
    MB_TRY(const Json object, parse_json(answer, "answer of the registry"));
    if (!object.contains("error"))
        return answer;
    const Json& error = object.at("error");
    return fail(kind_from(json_int_or(error, "kind", 3)), json_text_or(error, "what", ""),
                json_text_or(error, "where", ""), json_text_or(error, "remedy", ""));
}

} // namespace montbrillant::registry
