// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/authority.hpp"

#include "sync/base/files.hpp"
#include "sync/base/log.hpp"

namespace montbrillant::registry {
namespace {

namespace fs = std::filesystem;

constexpr Millis one_day{Millis(1000) * 60 * 60 * 24};
constexpr Millis authority_life{one_day * 3653};
constexpr Millis server_life{one_day * 397}; // what browsers take at most
constexpr std::size_t file_bytes_max = 16384;
constexpr unsigned secret = 0600;

Result<std::string> read_secret(const fs::path& file)
{
    std::error_code failed;
    const auto mode = fs::status(file, failed).permissions();
    if (!failed && (mode & (fs::perms::group_all | fs::perms::others_all)) != fs::perms::none)
        return fail(ErrorKind::input, "others on this machine may read this key", file.string(),
                    "if nobody did: chmod 600 " + file.string());
    return read_file(file, file_bytes_max);
}

Result<std::string> key_in(const fs::path& file)
{
    if (fs::exists(file))
        return read_secret(file);
    MB_TRY(const auto key, tls::new_key());
    MB_CHECK(write_file(file, as_bytes(key), secret));
    log::info("made a key: file={}", file.string());
    return key;
}

Result<tls::Issuer> issuer_in(const fs::path& folder, WallTime now)
{
    const auto file = folder / "ca.pem";
    if (fs::exists(file) && !fs::exists(folder / "ca.key"))
        return fail(ErrorKind::input, "the authority's key is missing beside its certificate",
                    (folder / "ca.key").string(),
                    "put it back from a copy; without it every device is enrolled anew");
    MB_TRY(const auto key, key_in(folder / "ca.key"));
    if (!fs::exists(file)) {
        MB_TRY(auto made, tls::make_authority(key, "Montbrillant registry authority",
                                              {now + -one_day, now + authority_life}));
        MB_CHECK(write_file(file, as_bytes(made.certificate)));
        return made;
    }
    MB_TRY(auto certificate, read_file(file, file_bytes_max));
    tls::Issuer issuer{key, std::move(certificate)};
    if (!tls::belongs(issuer))
        return fail(ErrorKind::input, "is not the certificate of ca.key", file.string(),
                    "put back the two that belong together");
    return issuer;
}

Result<> make_folder(const fs::path& folder)
{
    std::error_code failed;
    if (fs::create_directories(folder, failed))
        fs::permissions(folder, fs::perms::owner_all, failed);
    if (failed)
        return fail(ErrorKind::storage, "cannot be made: " + failed.message(), folder.string());
    return {};
}

} // namespace

Result<Authority> Authority::open(const fs::path& folder, std::span<const std::string> names, WallTime now)
{
    MB_CHECK(make_folder(folder));
    Authority authority;
    MB_TRY(authority.issuer_, issuer_in(folder, now));
    MB_TRY(authority.server_.key, key_in(folder / "registry.key"));
    MB_TRY(authority.pin_, tls::pin_of_key(authority.server_.key, (folder / "registry.key").string()));
    MB_TRY(authority.server_.certificate, tls::sign_server(authority.issuer_, authority.server_.key, names,
                                                           {now + -one_day, now + server_life}));
    authority.server_.authority = authority.issuer_.certificate;
    MB_CHECK(write_file(folder / "registry.pem", as_bytes(authority.server_.certificate)));
    return authority;
}

Result<std::string> Authority::sign(const Device& device, WallTime now) const
{
    return tls::sign_device(issuer_, {device.name, device.epoch, device.public_key},
                            {now + -clock_doubt, now + device_life});
}

} // namespace montbrillant::registry
