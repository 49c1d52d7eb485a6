// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Who may talk to the registry: devices with their public keys, and one-time tokens to become one. Kept as
/// one setting of the ledger, so that using a token and admitting its device is one write, made over what the
/// ledger says at that moment: another node may have changed it. Tokens are stored hashed. Same thread as the
/// Ledger; every change is durable when the call returns.

#include "sync/base/clock.hpp"
#include "sync/base/random.hpp"
#include "sync/protocol/messages.hpp"
#include "sync/registry/ledger.hpp"

#include <map>
#include <vector>

namespace montbrillant::registry {

enum class DeviceState {
    active,
    forked,  ///< two disks wrote as this device: it must be enrolled again
    revoked, ///< it may hand over what it wrote, and nothing else
    gone,    ///< revoked, and it has handed over; nothing is taken from it any more
};
[[nodiscard]] std::string_view name_of(DeviceState state);

struct Device {
    DeviceId name;
    crypto::PublicKey public_key{};
    std::uint32_t epoch = 1;
    DeviceState state = DeviceState::active;
    WallTime enrolled;
};

class Admission {
public:
    static constexpr std::string_view setting_name = "registry.admission";
    static constexpr Millis token_life{10 * 60 * 1000};
    static constexpr std::size_t tokens_max = 100;
    static constexpr std::size_t devices_max = 1000;

    [[nodiscard]] static Result<Admission> load(Ledger& ledger);

    /// "ABCD-EFGH-JKMN-PQRS", shown once. `name` may be a device that exists: it then gets a new epoch.
    [[nodiscard]] Result<std::string> issue_token(Ledger& ledger, const std::string& name, WallTime now,
                                                  Random& random);
    /// Uses the token up. The same key may ask again with it while it lives: its answer may have been lost.
    [[nodiscard]] tl::expected<Device, protocol::Refusal>
    enrol(Ledger& ledger, const protocol::EnrolRequest& request, WallTime now);
    [[nodiscard]] const Device* find(const DeviceId& name) const;
    [[nodiscard]] bool is_active(const DeviceId& name) const;
    [[nodiscard]] Result<> set_state(Ledger& ledger, const DeviceId& name, DeviceState state);
    /// Adds the devices of an older or newer state of this list; of two entries the later epoch stays.
    [[nodiscard]] Result<> merge(Ledger& ledger, const std::string& other);
    [[nodiscard]] const std::map<DeviceId, Device>& devices() const { return devices_; }

private:
    struct Token {
        crypto::Hash hash{};
        DeviceId device;
        WallTime expires;
        std::optional<crypto::PublicKey> used_by;
    };
    using Edit = std::function<Result<>(Admission& now)>;
    /// Over what the ledger says now; nothing of a failed edit stays.
    [[nodiscard]] Result<> change(Ledger& ledger, const Edit& edit);
    [[nodiscard]] tl::expected<Device, protocol::Refusal>
    use_token(Ledger& ledger, const protocol::EnrolRequest& request, WallTime now);
    [[nodiscard]] std::string text() const;
    [[nodiscard]] Result<> read(const std::string& text);
    [[nodiscard]] Result<std::uint32_t> epoch_for(Ledger& ledger, const DeviceId& name,
                                                  const protocol::EnrolRequest& request) const;

    std::map<DeviceId, Device> devices_;
    std::vector<Token> tokens_;
};

} // namespace montbrillant::registry
