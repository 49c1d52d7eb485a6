// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/admission.hpp"

#include "sync/base/json.hpp"
#include "sync/protocol/invitation.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace montbrillant::registry {
namespace {

using protocol::refuse;

constexpr std::array states{DeviceState::active, DeviceState::forked, DeviceState::revoked,
                            DeviceState::gone};

/// What a person may have typed: lower case, other spacing, O for 0.
std::string plain(std::string_view token)
{
    std::string out;
    for (const char c : token) {
        if (const int value = crockford_value(c); value >= 0)
            out += crockford_alphabet[static_cast<std::size_t>(value)];
    }
    return out;
}

/// What may follow is the start of the registry's key, for the device's eyes (protocol/invitation.hpp).
crypto::Hash token_hash(std::string_view token)
{
    return crypto::blake2b(as_bytes(plain(token).substr(0, protocol::token_characters)));
}

} // namespace

std::string_view name_of(DeviceState state)
{
    switch (state) {
    case DeviceState::active: return "active";
    case DeviceState::forked: return "forked";
    case DeviceState::revoked: return "revoked";
    case DeviceState::gone: return "gone";
    }
    return {};
}

Result<Admission> Admission::load(Ledger& ledger)
{
    Admission admission;
    MB_TRY(const auto text, ledger.setting(setting_name));
    if (text)
        MB_CHECK(admission.read(*text));
    return admission;
}

Result<> Admission::read(const std::string& text)
{
    MB_TRY(const Json object, parse_json(text, "the list of devices"));
    try {
        for (const auto& item : object.at("devices")) {
            Device device;
            device.name = DeviceId(item.at("name").get<std::string>());
            MB_TRY(device.public_key,
                   crypto::key_from_hex(item.at("public_key").get<std::string>(), "device"));
            device.epoch = item.at("epoch").get<std::uint32_t>();
            const auto state = item.at("state").get<std::string>();
            const auto* const found = std::find_if(states.begin(), states.end(),
                                                   [&state](DeviceState s) { return name_of(s) == state; });
            device.state = found == states.end() ? DeviceState::revoked : *found;
            device.enrolled = {item.at("enrolled").get<std::int64_t>()};
            devices_[device.name] = device;
        }
        for (const auto& item : object.at("tokens")) {
            Token token;
            MB_TRY(token.hash, crypto::key_from_hex(item.at("hash").get<std::string>(), "token"));
            token.device = DeviceId(item.at("device").get<std::string>());
            token.expires = {item.at("expires").get<std::int64_t>()};
            if (item.contains("used_by")) {
                MB_TRY(token.used_by, crypto::key_from_hex(item.at("used_by").get<std::string>(), "token"));
            }
            tokens_.push_back(std::move(token));
        }
    } catch (const Json::exception& error) {
        return fail(ErrorKind::storage, fmt::format("the list of devices is damaged: {}", error.what()), {},
                    "restore the registry from a backup");
    }
    return {};
}

std::string Admission::text() const
{
    Json devices = Json::array();
    for (const auto& [name, device] : devices_)
        devices.push_back({{"name", name.str()},
                           {"public_key", to_hex(device.public_key)},
                           {"epoch", device.epoch},
                           {"state", name_of(device.state)},
                           {"enrolled", device.enrolled.ms}});
    Json tokens = Json::array();
    for (const auto& token : tokens_) {
        Json item{
            {"hash", to_hex(token.hash)}, {"device", token.device.str()}, {"expires", token.expires.ms}};
        if (token.used_by)
            item["used_by"] = to_hex(*token.used_by);
        tokens.push_back(std::move(item));
    }
    return dump_json({{"devices", devices}, {"tokens", tokens}});
}

Result<> Admission::change(Ledger& ledger, const Edit& edit)
{
    Admission next;
    const auto over = [&](const std::optional<std::string>& now) -> Result<std::string> {
        next = Admission();
        if (now)
            MB_CHECK(next.read(*now));
        MB_CHECK(edit(next));
        return next.text();
    };
    MB_CHECK(ledger.revise(setting_name, over));
    *this = std::move(next);
    return {};
}

Result<std::string> Admission::issue_token(Ledger& ledger, const std::string& name, WallTime now,
                                           Random& random)
{
    if (!protocol::is_device_name(name))
        return fail(ErrorKind::input, fmt::format("\"{}\" cannot be the name of a device", name), "--name",
                    "use 1 to 16 letters, digits or hyphens");
    const DeviceId device(name);
    std::array<std::uint8_t, 10> raw{};
    random.fill(raw);
    const std::string word = to_crockford(raw);
    const auto token = fmt::format("{}-{}-{}-{}", word.substr(0, 4), word.substr(4, 4), word.substr(8, 4),
                                   word.substr(12, 4));
    MB_CHECK(change(ledger, [&](Admission& list) -> Result<> {
        std::erase_if(list.tokens_,
                      [&](const Token& t) { return t.expires < now || (t.device == device && !t.used_by); });
        if (list.tokens_.size() >= tokens_max)
            return fail(ErrorKind::refused,
                        fmt::format("{} tokens are waiting to be used", list.tokens_.size()), {},
                        "wait ten minutes");
        list.tokens_.push_back({token_hash(token), device, now + token_life, {}});
        return {};
    }));
    return token;
}

/// A fresh folder starts a chain of its own: an epoch in which nothing was ever written as this device.
Result<std::uint32_t> Admission::epoch_for(Ledger& ledger, const DeviceId& name,
                                           const protocol::EnrolRequest& request) const
{
    const Device* known = find(name);
    if (request.epoch != 0 && (known == nullptr || known->public_key == request.public_key))
        return request.epoch;
    std::uint32_t epoch = known == nullptr ? 1 : known->epoch + 1;
    for (;; ++epoch) {
        MB_TRY(const auto chain, ledger.chain_of(name, epoch));
        if (chain.counter == 0)
            return epoch;
    }
}

tl::expected<Device, protocol::Refusal>
Admission::use_token(Ledger& ledger, const protocol::EnrolRequest& request, WallTime now)
{
    const auto hash = token_hash(request.token);
    const auto token =
        std::find_if(tokens_.begin(), tokens_.end(), [&](const Token& t) { return t.hash == hash; });
    if (token == tokens_.end() || token->expires < now ||
        (token->used_by && token->used_by != request.public_key))
        return refuse(401, protocol::code::token,
                      "the token is unknown, used already or older than ten minutes");
    const Device* known = find(token->device);
    if (token->used_by && known != nullptr)
        return *known;
    if (known == nullptr && devices_.size() >= devices_max)
        return refuse(503, protocol::code::busy, "the registry has as many devices as it takes");
    if (request.epoch != 0 && known != nullptr && known->state == DeviceState::forked &&
        known->public_key == request.public_key)
        return refuse(409, protocol::code::fork,
                      "two disks wrote as this device: enrol it again with an empty data folder");
    const auto epoch = epoch_for(ledger, token->device, request);
    if (!epoch)
        return refuse(500, protocol::code::storage, epoch.error().text());
    token->used_by = request.public_key;
    const Device device{token->device, request.public_key, *epoch, DeviceState::active, now};
    devices_[device.name] = device;
    return device;
}

tl::expected<Device, protocol::Refusal> Admission::enrol(Ledger& ledger,
                                                         const protocol::EnrolRequest& request, WallTime now)
{
    tl::expected<Device, protocol::Refusal> device;
    const auto changed = change(ledger, [&](Admission& list) -> Result<> {
        device = list.use_token(ledger, request, now);
        return device ? Result<>() : fail(ErrorKind::refused, device.error().words);
    });
    if (!changed && device)
        return refuse(500, protocol::code::storage, changed.error().text());
    return device;
}

const Device* Admission::find(const DeviceId& name) const
{
    const auto found = devices_.find(name);
    return found == devices_.end() ? nullptr : &found->second;
}

bool Admission::is_active(const DeviceId& name) const
{
    const Device* device = find(name);
    return device != nullptr && device->state == DeviceState::active;
}

Result<> Admission::set_state(Ledger& ledger, const DeviceId& name, DeviceState state)
{
    return change(ledger, [&](Admission& list) -> Result<> {
        const auto found = list.devices_.find(name);
        if (found == list.devices_.end())
            return fail(ErrorKind::refused, fmt::format("there is no device {}", name.str()), {},
                        "see montbrillant-registry device list");
        found->second.state = state;
        return {};
    });
}

Result<> Admission::merge(Ledger& ledger, const std::string& other)
{
    Admission more;
    MB_CHECK(more.read(other));
    return change(ledger, [&](Admission& list) -> Result<> {
        for (const auto& [name, device] : more.devices_) {
            const Device* known = list.find(name);
            if (known == nullptr || known->epoch <= device.epoch)
                list.devices_[name] = device;
        }
        return {};
    });
}

} // namespace montbrillant::registry
