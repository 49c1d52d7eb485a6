// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where programs take the secret from that opens a folder's keys, the same for all of them.
///
///  - passphrase: the file of --passphrase-file, $MONTBRILLANT_PASSPHRASE, the systemd credential
///    montbrillant-passphrase, and at last a person at a terminal
///  - PIN: the file of --pin-file, or a person at a terminal
///
/// A folder that is made while a passphrase is configured has its keys wrapped from the first moment on.

#include "sync/store/event_keys.hpp"

namespace montbrillant {

struct KeySources {
    /// Of a folder that gets its keys now. Nothing: by passphrase when one is configured, else in a file.
    std::optional<Protector> at_rest;
    std::filesystem::path passphrase_file;
    std::filesystem::path pin_file;
};

/// Reads or asks when a folder needs it, at most once for each kind.
[[nodiscard]] KeyAccess key_access(const KeySources& sources);

/// Has the secret ready that a folder made now would need, before anything else is used up.
[[nodiscard]] Result<> ready_to_close(const KeyAccess& access);

/// A configured passphrase, never asked for; nothing when there is none.
[[nodiscard]] Result<std::optional<crypto::SecretText>> configured_passphrase(const KeySources& sources);

} // namespace montbrillant
