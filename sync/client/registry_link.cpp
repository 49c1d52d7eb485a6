// SPDX-License-Identifier: Apache-2.0
#include "sync/client/registry_link.hpp"

#include "sync/base/files.hpp"
#include "sync/base/json.hpp"

namespace montbrillant {
namespace {

constexpr std::size_t file_bytes_max = 65536;

std::filesystem::path file_of(const std::filesystem::path& folder) { return folder / "registry-link.json"; }

} // namespace

Result<std::optional<RegistryLink>> read_link(const std::filesystem::path& folder)
{
    const auto file = file_of(folder);
    if (!std::filesystem::exists(file))
        return std::optional<RegistryLink>();
    MB_TRY(const auto text, read_file(file, file_bytes_max));
    MB_TRY(const Json object, parse_json(text, file.string()));
    const auto pin = tls::read_pin(json_text_or(object, "pin", ""));
    if (!pin)
        return fail(ErrorKind::storage, "does not say which key the registry has", file.string(),
                    "enrol this device again: montbrillant enrol URL TOKEN");
    return std::optional(
        RegistryLink{*pin, json_text_or(object, "authority", ""), json_text_or(object, "certificate", "")});
}

Result<> write_link(const std::filesystem::path& folder, const RegistryLink& link)
{
    const Json object{
        {"pin", tls::write_pin(link.pin)}, {"authority", link.authority}, {"certificate", link.certificate}};
    return write_file(file_of(folder), as_bytes(dump_json(object)), 0600);
}

Result<> destroy_link(const std::filesystem::path& folder) { return destroy_file(file_of(folder)); }

Result<std::unique_ptr<Http>> open_registry(StoreGate& gate, const std::string& proxy)
{
    std::string url;
    CurlHttp::Options options;
    options.proxy = proxy;
    MB_CHECK(gate.run([&](Store& store) -> Result<> {
        if (!store.identity())
            return fail(ErrorKind::input, "this folder is not enrolled at a registry", {},
                        "enrol it with: montbrillant enrol URL TOKEN");
        url = store.identity()->registry_url;
        MB_TRY(const auto link, read_link(store.folder()));
        if (!link)
            return {};
        options.pin = link->pin;
        options.authority = link->authority;
        MB_TRY(options.key, tls::device_key(store.keys().device.secret_key));
        return {};
    }));
    MB_TRY(auto http, CurlHttp::open(url, options));
    return std::unique_ptr<Http>(std::move(http));
}

} // namespace montbrillant
