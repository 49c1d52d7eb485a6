// SPDX-License-Identifier: Apache-2.0
#include "sync/store/identity_file.hpp"

#include "sync/base/json.hpp"

namespace montbrillant {
namespace {

constexpr std::size_t file_bytes_max = 4U * 1024U * 1024U; // an event profile of any length, and little else

std::string sum_of(const Json& object) { return to_hex(crypto::blake2b(as_bytes(dump_json(object)))); }

} // namespace

std::filesystem::path identity_file(const std::filesystem::path& folder) { return folder / "identity.json"; }

Result<> write_identity(const std::filesystem::path& folder, const KeptIdentity& kept)
{
    const Identity& identity = kept.identity;
    Json object{{"device", identity.device.str()},       {"event", identity.event.str()},
                {"authority", identity.authority},       {"epoch", identity.epoch},
                {"registry_url", identity.registry_url}, {"event_profile", identity.event_profile}};
    object["registry_id"] = kept.registry_id;
    object["sum"] = sum_of(object);
    return write_file(identity_file(folder), as_bytes(dump_json(object)), 0600);
}

std::optional<KeptIdentity> read_identity(const std::filesystem::path& folder)
{
    const auto text = read_file(identity_file(folder), file_bytes_max);
    auto object = text ? parse_json(*text, "identity.json") : Result<Json>(tl::unexpected(text.error()));
    if (!object || !object->is_object())
        return std::nullopt;
    const std::string sum = json_text_or(*object, "sum", "");
    object->erase("sum");
    if (sum != sum_of(*object))
        return std::nullopt;
    KeptIdentity kept{{}, json_text_or(*object, "registry_id", "")};
    Identity& identity = kept.identity;
    identity.device = DeviceId(json_text_or(*object, "device", ""));
    identity.event = EventId(json_text_or(*object, "event", ""));
    identity.authority = json_bool_or(*object, "authority", false);
    identity.epoch = static_cast<std::uint32_t>(json_int_or(*object, "epoch", 1));
    identity.registry_url = json_text_or(*object, "registry_url", "");
    identity.event_profile = json_text_or(*object, "event_profile", "");
    return kept;
}

} // namespace montbrillant
