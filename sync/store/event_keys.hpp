// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The event's keys and the one file that holds them, "event.key" (0600), as JSON:
///
///     {"version":2, "protector":"passphrase",
///      "device_public":…, "device_secret":…, "confirmation_public":…,   never wrapped: the device's own
///      (0600) "slots":[{"staff":…, "verifier":…, "salt":…, "memory_kib":65536, "passes":3, "wrapped":…}],
///      "secrets":…}
///
/// `secrets` are lines "name HEX" of master, short_codes, pepper and, at the authority, confirmation_secret;
/// lines of other names are left alone. How they are protected is one of a closed set:
///
///  - file        in clear in this file: whoever reads the file reads everything
///  - passphrase  sealed under a random key, which one slot wraps under Argon2id of the passphrase
///  - pin         the same with a slot for each manager, under Argon2id of their PIN mixed with the device
///  key
///  - erased      there are none any more
///
/// A PIN has few digits: its slot holds up who steals the folder for hours of computing, not for years. A TPM
/// is no kind of its own: systemd-creds(1) can seal a passphrase to the TPM and hand it to the service.
/// A file without "version" is of the first release and of the kind `file`.

#include "sync/base/ids.hpp"
#include "sync/base/sodium.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

/// Whole at the authority; a device has no `confirmation_secret`. Overwritten when it goes.
struct EventKeys {
    crypto::Key master{};                                 ///< seals personal data and delegate keys
    crypto::Key short_codes{};                            ///< derives the typed confirmation codes
    crypto::Key pepper{};                                 ///< of staff PINs
    crypto::PublicKey confirmation_public{};              ///< verifies confirmation QR codes
    std::optional<crypto::SecretKey> confirmation_secret; ///< signs them: registry only
    crypto::KeyPair device{};                             ///< signs this device's chain heads

    [[nodiscard]] static EventKeys fresh();
    ~EventKeys();
    /// All but the device's own key and what is public.
    void forget_secrets();
};

enum class Protector { file, passphrase, pin, erased };
[[nodiscard]] std::string_view name_of(Protector protector);
[[nodiscard]] std::optional<Protector> protector_from(std::string_view name);

inline constexpr std::size_t passphrase_bytes_min = 8;
inline constexpr std::size_t pin_digits_min = 4;

/// A secret that opens or closes keys, and whose it is (of a PIN).
struct KeySecret {
    crypto::SecretText text;
    DelegateId staff;
    std::string verifier; ///< of a PIN: the staff fact's, so that a PIN that was changed is noticed
};

/// How a folder's keys are opened, and closed when they are made.
struct KeyAccess {
    Protector at_rest = Protector::file; ///< of a folder that gets its keys now
    /// Asked when a folder's keys are wrapped so, once or more; an error in words when there is no secret.
    std::function<Result<std::shared_ptr<const KeySecret>>(Protector)> secret;
};

class EventKeyFile {
public:
    static constexpr std::string_view name = "event.key";

    /// Nothing when the folder has none.
    [[nodiscard]] static Result<std::optional<EventKeyFile>> load(const std::filesystem::path& folder);
    /// `secret` is for the kinds passphrase and pin; `file_key` becomes the key that slots wrap.
    [[nodiscard]] static Result<EventKeyFile> make(const EventKeys& keys, Protector protector,
                                                   const KeySecret* secret, crypto::Key& file_key);
    /// Durable when it returns; the file before is overwritten. What was in clear here is, too.
    [[nodiscard]] Result<> save(const std::filesystem::path& folder);

    [[nodiscard]] Protector protector() const { return protector_; }
    /// Managers whose PIN opens it.
    [[nodiscard]] std::vector<DelegateId> managers() const;
    /// The manager has a slot, and it is of the PIN with this verifier.
    [[nodiscard]] bool opens_for(const DelegateId& manager, std::string_view verifier) const;

    /// `secret` is not looked at for the kinds file and erased. A wrong one is refused in words.
    [[nodiscard]] Result<> open(const KeySecret* secret, EventKeys& into, crypto::Key& file_key);
    /// A slot for one more manager, or for a changed PIN; the nameless one of the enrolment goes. Save
    /// afterwards.
    [[nodiscard]] Result<> set_manager(const KeySecret& secret, const crypto::Key& file_key);

private:
    struct Slot {
        DelegateId staff;
        crypto::Hash verifier{}; ///< BLAKE2b of the PIN's verifier
        crypto::Argon2 cost;
        Bytes wrapped;
    };

    [[nodiscard]] Result<> read(const nlohmann::json& object);
    [[nodiscard]] Result<> read_first_release(const nlohmann::json& object);
    [[nodiscard]] Result<> read_slot(const nlohmann::json& object);
    [[nodiscard]] Result<Slot> slot_of(const KeySecret& secret, const crypto::Key& file_key) const;
    [[nodiscard]] Result<> unwrap(const KeySecret& secret, crypto::Key& file_key) const;
    [[nodiscard]] crypto::Hash mixed(const KeySecret& secret) const;
    [[nodiscard]] std::string context(std::string_view what) const;

    Protector protector_ = Protector::file;
    crypto::KeyPair device_;
    crypto::PublicKey confirmation_public_{};
    std::vector<Slot> slots_;
    crypto::SecretText clear_; ///< kind file: the secrets, until they are opened
    Bytes sealed_;             ///< kinds passphrase and pin
};

} // namespace montbrillant
