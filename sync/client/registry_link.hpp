// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How a device reaches its registry over TLS: whose key it expects there, and its own certificate. Kept in
/// "registry-link.json" (0600) beside the database, where damage to that does not reach it. The device's own
/// key is in event.key. A folder that was enrolled over plain HTTP has no such file.

#include "sync/client/http.hpp"
#include "sync/client/store_gate.hpp"

#include <filesystem>
#include <optional>

namespace montbrillant {

struct RegistryLink {
    tls::Pin pin{};          ///< of the registry's key
    std::string authority;   ///< PEM: who signed the registry's certificate and this device's
    std::string certificate; ///< PEM, this device's
};

/// Nothing when there is none.
[[nodiscard]] Result<std::optional<RegistryLink>> read_link(const std::filesystem::path& folder);
/// Durable when it returns.
[[nodiscard]] Result<> write_link(const std::filesystem::path& folder, const RegistryLink& link);
/// No link is no error.
[[nodiscard]] Result<> destroy_link(const std::filesystem::path& folder);

/// To the registry that the folder is enrolled at. `proxy` as in CurlHttp::Options. The gate is used before
/// this returns, not later.
[[nodiscard]] Result<std::unique_ptr<Http>> open_registry(StoreGate& gate, const std::string& proxy);

} // namespace montbrillant
