// SPDX-License-Identifier: Apache-2.0
#pragma once

/// `identity.json` beside the database: who the folder is, kept where damage to the database does not reach
/// it. The database is the truth; this is what is left to start again with. No secrets, no personal data.

#include "sync/store/store.hpp"

namespace montbrillant {

[[nodiscard]] std::filesystem::path identity_file(const std::filesystem::path& folder);

struct KeptIdentity {
    Identity identity;
    std::string registry_id; ///< a device's, once it is enrolled (`Store::setting_registry_id`)
    friend bool operator==(const KeptIdentity&, const KeptIdentity&) = default;
};

/// Durable when it returns.
[[nodiscard]] Result<> write_identity(const std::filesystem::path& folder, const KeptIdentity& kept);
/// Nothing when there is none, or none that is whole.
[[nodiscard]] std::optional<KeptIdentity> read_identity(const std::filesystem::path& folder);

} // namespace montbrillant
