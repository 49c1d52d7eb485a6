// SPDX-License-Identifier: Apache-2.0
#include "sync/store/event_keys.hpp"

#include "sync/base/files.hpp"
#include "sync/base/json.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::size_t key_file_bytes_max = 65536;
constexpr std::int64_t key_file_version = 2;
constexpr std::size_t slots_max = 64;
constexpr std::array protectors{Protector::file, Protector::passphrase, Protector::pin, Protector::erased};
constexpr std::string_view damaged_remedy = "restore the file from a backup or enrol again";

tl::unexpected<Error> damaged(std::string_view what)
{
    return fail(ErrorKind::storage, fmt::format("{} is missing or damaged", what),
                std::string(EventKeyFile::name), std::string(damaged_remedy));
}

template <std::size_t N> bool take_hex(std::string_view hex, std::array<std::uint8_t, N>& into)
{
    auto raw = from_hex(hex);
    const bool fits = raw && raw->size() == N;
    if (fits)
        std::copy(raw->begin(), raw->end(), into.begin());
    if (raw)
        crypto::wipe(*raw);
    return fits;
}

template <std::size_t N>
Result<> take_hex(const Json& object, std::string_view key, std::array<std::uint8_t, N>& into)
{
    return take_hex(json_text_or(object, key, ""), into) ? Result<>() : Result<>(damaged(key));
}

void add_line(std::string& lines, std::string_view name, BytesView secret)
{
    std::string hex = to_hex(secret);
    lines.append(name).append(" ").append(hex).append("\n");
    crypto::wipe(hex);
}

/// One allocation: what a growing string leaves behind could not be overwritten.
std::string lines_of(const EventKeys& keys)
{
    std::string lines;
    lines.reserve(1024);
    add_line(lines, "master", keys.master);
    add_line(lines, "short_codes", keys.short_codes);
    add_line(lines, "pepper", keys.pepper);
    if (keys.confirmation_secret)
        add_line(lines, "confirmation_secret", *keys.confirmation_secret);
    return lines;
}

Result<> read_line_into(std::string_view name, std::string_view hex, EventKeys& keys, unsigned& seen)
{
    bool good = true;
    if (name == "master")
        good = take_hex(hex, keys.master);
    else if (name == "short_codes")
        good = take_hex(hex, keys.short_codes);
    else if (name == "pepper")
        good = take_hex(hex, keys.pepper);
    else if (name == "confirmation_secret")
        good = take_hex(hex, keys.confirmation_secret.emplace());
    else
        return {};
    seen += name == "confirmation_secret" ? 0U : 1U;
    return good ? Result<>() : Result<>(damaged(name));
}

Result<> read_lines(std::string_view lines, EventKeys& keys)
{
    unsigned seen = 0;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        const auto space = line.find(' ');
        if (space == std::string_view::npos)
            return damaged("a secret");
        MB_CHECK(read_line_into(line.substr(0, space), line.substr(space + 1), keys, seen));
    }
    return seen == 3 ? Result<>() : Result<>(damaged("a secret"));
}

Result<> strong_enough(Protector protector, std::string_view secret)
{
    if (protector == Protector::passphrase && secret.size() < passphrase_bytes_min)
        return fail(ErrorKind::input,
                    fmt::format("a passphrase has {} characters or more", passphrase_bytes_min));
    if (protector == Protector::pin && secret.size() < pin_digits_min)
        return fail(ErrorKind::input, fmt::format("a PIN has {} digits or more", pin_digits_min));
    return {};
}

crypto::Hash hash_of(std::string_view verifier) { return crypto::blake2b(as_bytes(verifier)); }

} // namespace

std::string_view name_of(Protector protector)
{
    switch (protector) {
    case Protector::file: return "file";
    case Protector::passphrase: return "passphrase";
    case Protector::pin: return "pin";
    case Protector::erased: break;
    }
    return "erased";
}

std::optional<Protector> protector_from(std::string_view name)
{
    const auto* const found = std::find_if(protectors.begin(), protectors.end(),
                                           [name](Protector one) { return name_of(one) == name; });
    return found == protectors.end() ? std::nullopt : std::optional(*found);
}

EventKeys EventKeys::fresh()
{
    EventKeys keys;
    keys.master = crypto::new_key();
    keys.short_codes = crypto::new_key();
    keys.pepper = crypto::new_key();
    const crypto::KeyPair confirmation = crypto::new_sign_key();
    keys.confirmation_public = confirmation.public_key;
    keys.confirmation_secret = confirmation.secret_key;
    keys.device = crypto::new_sign_key();
    return keys;
}

void EventKeys::forget_secrets()
{
    crypto::wipe(master);
    crypto::wipe(short_codes);
    crypto::wipe(pepper);
    if (confirmation_secret)
        crypto::wipe(*confirmation_secret);
    confirmation_secret.reset();
}

EventKeys::~EventKeys()
{
    forget_secrets();
    crypto::wipe(device.secret_key);
}

// --- wrapping ----------------------------------------------------------------------------------------------

/// What is sealed here opens in no other device's file and under no other kind.
std::string EventKeyFile::context(std::string_view what) const
{
    return fmt::format("{}/{}/{}/{}", name, what, name_of(protector_), to_hex(device_.public_key));
}

/// The device key stands beside the slots and keeps nobody out who has the whole file; it keeps out who has
/// seen another device's.
crypto::Hash EventKeyFile::mixed(const KeySecret& secret) const
{
    const auto own = crypto::blake2b(as_bytes("event.key secret"), device_.secret_key);
    return crypto::blake2b_keyed(own, as_bytes(secret.text.view()));
}

Result<EventKeyFile::Slot> EventKeyFile::slot_of(const KeySecret& secret, const crypto::Key& file_key) const
{
    Slot slot;
    slot.staff = secret.staff;
    slot.verifier = hash_of(secret.verifier);
    crypto::random_fill(slot.cost.salt);
    slot.cost.passes = protector_ == Protector::passphrase ? 3 : 2;
    crypto::Hash text = mixed(secret);
    const crypto::WipeAtEnd text_goes(text);
    MB_TRY(crypto::Key key, crypto::key_from_secret(text, slot.cost));
    const crypto::WipeAtEnd key_goes(key);
    slot.wrapped = crypto::seal(key, file_key, as_bytes(context("slot")));
    return slot;
}

Result<> EventKeyFile::unwrap(const KeySecret& secret, crypto::Key& file_key) const
{
    crypto::Hash text = mixed(secret);
    const crypto::WipeAtEnd text_goes(text);
    for (const Slot& slot : slots_) {
        if (!secret.staff.empty() && !slot.staff.empty() && slot.staff != secret.staff)
            continue;
        MB_TRY(crypto::Key key, crypto::key_from_secret(text, slot.cost));
        const crypto::WipeAtEnd key_goes(key);
        auto raw = crypto::open(key, slot.wrapped, as_bytes(context("slot")));
        if (!raw || raw->size() != file_key.size())
            continue;
        std::copy(raw->begin(), raw->end(), file_key.begin());
        crypto::wipe(*raw);
        return {};
    }
    return fail(ErrorKind::refused,
                protector_ == Protector::pin ? "no manager's PIN fits" : "the passphrase does not fit",
                std::string(name));
}

Result<EventKeyFile> EventKeyFile::make(const EventKeys& keys, Protector protector, const KeySecret* secret,
                                        crypto::Key& file_key)
{
    EventKeyFile file;
    file.protector_ = protector;
    file.device_ = keys.device;
    file.confirmation_public_ = keys.confirmation_public;
    if (protector == Protector::erased)
        return file;
    crypto::SecretText lines(lines_of(keys));
    if (protector == Protector::file) {
        file.clear_ = std::move(lines);
        return file;
    }
    MB_CHECK(strong_enough(protector, secret->text.view()));
    file_key = crypto::new_key();
    MB_TRY(Slot slot, file.slot_of(*secret, file_key));
    file.slots_.push_back(std::move(slot));
    file.sealed_ = crypto::seal(file_key, as_bytes(lines.view()), as_bytes(file.context("secrets")));
    return file;
}

Result<> EventKeyFile::open(const KeySecret* secret, EventKeys& into, crypto::Key& file_key)
{
    into.device = device_;
    into.confirmation_public = confirmation_public_;
    if (protector_ == Protector::erased)
        return {};
    if (protector_ == Protector::file) {
        const crypto::SecretText lines = std::move(clear_);
        return read_lines(lines.view(), into);
    }
    MB_CHECK(unwrap(*secret, file_key));
    MB_TRY(Bytes lines, crypto::open(file_key, sealed_, as_bytes(context("secrets"))));
    const crypto::WipeAtEnd lines_go(lines);
    return read_lines({reinterpret_cast<const char*>(lines.data()), lines.size()}, into);
}

Result<> EventKeyFile::set_manager(const KeySecret& secret, const crypto::Key& file_key)
{
    MB_TRY(Slot slot, slot_of(secret, file_key));
    std::erase_if(slots_,
                  [&secret](const Slot& old) { return old.staff == secret.staff || old.staff.empty(); });
    if (slots_.size() >= slots_max)
        return fail(ErrorKind::refused, fmt::format("{} managers can open it already", slots_max),
                    std::string(name));
    slots_.push_back(std::move(slot));
    return {};
}

std::vector<DelegateId> EventKeyFile::managers() const
{
    std::vector<DelegateId> all;
    for (const Slot& slot : slots_)
        all.push_back(slot.staff);
    return all;
}

bool EventKeyFile::opens_for(const DelegateId& manager, std::string_view verifier) const
{
    return std::any_of(slots_.begin(), slots_.end(), [&](const Slot& slot) {
        return slot.staff == manager && slot.verifier == hash_of(verifier);
    });
}

// --- the file ----------------------------------------------------------------------------------------------

Result<> EventKeyFile::save(const std::filesystem::path& folder)
{
    Json object{{"version", key_file_version},
                {"protector", name_of(protector_)},
                {"device_public", to_hex(device_.public_key)},
                {"device_secret", to_hex(device_.secret_key)},
                {"confirmation_public", to_hex(confirmation_public_)}};
    if (protector_ == Protector::file)
        object["secrets"] = clear_.view();
    else if (protector_ != Protector::erased)
        object["secrets"] = to_hex(sealed_);
    for (const Slot& slot : slots_)
        object["slots"].push_back({{"staff", slot.staff.str()},
                                   {"verifier", to_hex(slot.verifier)},
                                   {"salt", to_hex(slot.cost.salt)},
                                   {"memory_kib", slot.cost.memory_kib},
                                   {"passes", slot.cost.passes},
                                   {"wrapped", to_hex(slot.wrapped)}});
    std::string text = dump_json(object);
    auto saved = replace_secret_file(folder / name, as_bytes(text));
    crypto::wipe(text);
    if (saved)
        clear_ = crypto::SecretText();
    return saved;
}

Result<std::optional<EventKeyFile>> EventKeyFile::load(const std::filesystem::path& folder)
{
    const auto path = folder / name;
    if (std::error_code none; !std::filesystem::exists(path, none))
        return std::optional<EventKeyFile>();
    MB_TRY(std::string text, read_file(path, key_file_bytes_max));
    const crypto::SecretText kept(text);
    crypto::wipe(text);
    MB_TRY(const Json object, parse_json(kept.view(), path.string()));
    EventKeyFile file;
    MB_CHECK(file.read(object));
    return std::optional(std::move(file));
}

Result<> EventKeyFile::read(const Json& object)
{
    MB_CHECK(take_hex(object, "device_public", device_.public_key));
    MB_CHECK(take_hex(object, "device_secret", device_.secret_key));
    MB_CHECK(take_hex(object, "confirmation_public", confirmation_public_));
    const auto written = json_int_or(object, "version", 1);
    if (written == 1)
        return read_first_release(object);
    if (written != key_file_version)
        return fail(ErrorKind::storage, fmt::format("written by a newer program (version {})", written),
                    std::string(name), "install the newer program; nothing was changed");
    const auto protector = protector_from(json_text_or(object, "protector", ""));
    if (!protector)
        return damaged("\"protector\"");
    protector_ = *protector;
    const std::string secrets = json_text_or(object, "secrets", "");
    if (protector_ == Protector::file) {
        clear_ = crypto::SecretText(secrets);
        return {};
    }
    if (protector_ == Protector::erased)
        return {};
    auto sealed = from_hex(secrets);
    if (!sealed)
        return damaged("\"secrets\"");
    sealed_ = std::move(*sealed);
    if (!object.contains("slots") || !object["slots"].is_array() || object["slots"].size() > slots_max)
        return damaged("\"slots\"");
    for (const Json& slot : object["slots"])
        MB_CHECK(read_slot(slot));
    return {};
}

Result<> EventKeyFile::read_slot(const Json& object)
{
    Slot slot;
    slot.staff = DelegateId(json_text_or(object, "staff", ""));
    MB_CHECK(take_hex(object, "verifier", slot.verifier));
    MB_CHECK(take_hex(object, "salt", slot.cost.salt));
    const auto memory = json_int_or(object, "memory_kib", 0);
    const auto passes = json_int_or(object, "passes", 0);
    auto wrapped = from_hex(json_text_or(object, "wrapped", ""));
    if (!wrapped || memory < 8 || memory > crypto::Argon2::memory_kib_max || passes < 1 ||
        passes > crypto::Argon2::passes_max)
        return damaged("a slot");
    slot.cost.memory_kib = static_cast<std::uint32_t>(memory);
    slot.cost.passes = static_cast<std::uint32_t>(passes);
    slot.wrapped = std::move(*wrapped);
    slots_.push_back(std::move(slot));
    return {};
}

Result<> EventKeyFile::read_first_release(const Json& object)
{
    EventKeys keys;
    MB_CHECK(take_hex(object, "master", keys.master));
    MB_CHECK(take_hex(object, "short_codes", keys.short_codes));
    MB_CHECK(take_hex(object, "pepper", keys.pepper));
    if (object.contains("confirmation_secret"))
        MB_CHECK(take_hex(object, "confirmation_secret", keys.confirmation_secret.emplace()));
    clear_ = crypto::SecretText(lines_of(keys));
    return {};
}

} // namespace montbrillant
