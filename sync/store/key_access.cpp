// SPDX-License-Identifier: Apache-2.0
#include "sync/store/key_access.hpp"

#include "sync/base/secret_input.hpp"

#include <map>

namespace montbrillant {
namespace {

Result<crypto::SecretText> passphrase(const KeySources& sources)
{
    MB_TRY(auto configured, configured_passphrase(sources));
    if (configured)
        return std::move(*configured);
    return ask_terminal("Passphrase of the event's keys",
                        "give --passphrase-file FILE, $MONTBRILLANT_PASSPHRASE or a systemd credential");
}

Result<crypto::SecretText> pin(const KeySources& sources)
{
    if (!sources.pin_file.empty())
        return secret_from_file(sources.pin_file);
    return ask_terminal("A manager's PIN, to unlock this kiosk", "give --pin-file FILE");
}

} // namespace

Result<std::optional<crypto::SecretText>> configured_passphrase(const KeySources& sources)
{
    if (sources.passphrase_file.empty())
        return passphrase_from_surroundings();
    MB_TRY(auto text, secret_from_file(sources.passphrase_file));
    return std::optional(std::move(text));
}

Result<> ready_to_close(const KeyAccess& access)
{
    if (access.at_rest == Protector::file)
        return {};
    return access.secret(access.at_rest).map([](const auto&) {});
}

KeyAccess key_access(const KeySources& sources)
{
    KeyAccess access;
    const auto configured = configured_passphrase(sources);
    // A passphrase that cannot be read is told when it is needed, not as "no passphrase".
    const bool has_passphrase = !configured || configured->has_value();
    access.at_rest = sources.at_rest.value_or(has_passphrase ? Protector::passphrase : Protector::file);
    access.secret = [sources, known = std::map<Protector, std::shared_ptr<const KeySecret>>()](
                        Protector protector) mutable -> Result<std::shared_ptr<const KeySecret>> {
        auto& secret = known[protector];
        if (!secret) {
            KeySecret fresh;
            MB_TRY(fresh.text, protector == Protector::pin ? pin(sources) : passphrase(sources));
            secret = std::make_shared<const KeySecret>(std::move(fresh));
        }
        return secret;
    };
    return access;
}

} // namespace montbrillant
