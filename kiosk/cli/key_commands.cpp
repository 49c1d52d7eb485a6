// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "sync/base/json.hpp"
#include "sync/base/secret_input.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

struct KeyOptions {
    std::string protector;
    std::string staff;
    std::string new_file;
};

std::string_view explained(Protector protector)
{
    switch (protector) {
    case Protector::file:
        return "The event's keys lie in clear in this file (0600): whoever copies the folder can read "
               "everything.\n"
               "Wrap them with: montbrillant key protect passphrase";
    case Protector::passphrase:
        return "The event's keys are wrapped under a passphrase (Argon2id).\n"
               "Change it with: montbrillant key protect passphrase";
    case Protector::pin:
        return "The event's keys are wrapped under managers' PINs (Argon2id): a kiosk starts locked.\n"
               "Against who steals the disk a PIN holds for hours, not for years: use LUKS as well.";
    case Protector::erased: break;
    }
    return "The event's keys were erased: nobody's data can be read here any more.";
}

Result<EventKeyFile> key_file(const CommandHost& host)
{
    MB_TRY(auto file, EventKeyFile::load(host.config().data));
    if (!file)
        return fail(ErrorKind::input, "no event is loaded in this folder", host.config().data.string(),
                    "load one with: montbrillant event load FILE");
    return std::move(*file);
}

Result<int> show(CommandHost& host, Output& output)
{
    MB_TRY(const EventKeyFile file, key_file(host));
    const auto path = (host.config().data / EventKeyFile::name).string();
    std::vector<std::string> managers;
    for (const auto& id : file.managers())
        managers.push_back(id.empty() ? "the enrolment's" : id.str());
    std::string text =
        fmt::format("{}: {}\n{}", path, name_of(file.protector()), explained(file.protector()));
    if (file.protector() == Protector::pin)
        text += fmt::format("\nPINs that unlock it: {}", fmt::join(managers, ", "));
    Json out{{"file", path}, {"at_rest", name_of(file.protector())}};
    if (file.protector() == Protector::pin)
        out["managers"] = managers;
    output.say(out, text);
    return 0;
}

Result<crypto::SecretText> new_secret(const CommandHost& host, const KeyOptions& options)
{
    if (!options.new_file.empty())
        return secret_from_file(host.path(options.new_file));
    const std::string remedy = "give --new-file FILE";
    const std::string what = options.protector == "pin" ? "PIN" : "New passphrase";
    MB_TRY(auto first, ask_terminal(what, remedy));
    MB_TRY(const auto again, ask_terminal(what + ", again", remedy));
    if (first.view() != again.view())
        return fail(ErrorKind::input, "the two do not match", "standard input");
    return first;
}

/// Needs no database, so that it also serves a registry's folder, whose database has another name.
Result<> protect_folder(CommandHost& host, Protector protector, const KeyOptions& options)
{
    MB_TRY(const auto lock, FileLock::take(host.config().data / "lock"));
    MB_TRY(auto file, key_file(host));
    if (file.protector() == Protector::erased)
        return fail(ErrorKind::refused, "the event's keys were erased", host.config().data.string());
    const crypto::Locked<EventKeys> keys;
    const crypto::Locked<crypto::Key> file_key;
    std::shared_ptr<const KeySecret> now;
    if (file.protector() != Protector::file) {
        MB_TRY(now, host.key_access().secret(file.protector()));
    }
    MB_CHECK(file.open(now.get(), *keys, *file_key));
    KeySecret secret;
    if (protector == Protector::passphrase) {
        MB_TRY(secret.text, new_secret(host, options));
    }
    MB_TRY(auto wrapped, EventKeyFile::make(*keys, protector, &secret, *file_key));
    return wrapped.save(host.config().data);
}

/// Only a manager whose PIN this folder knows: a slip at the keyboard must not lock the kiosk for ever.
Result<> protect_by_pin(CommandHost& host, const KeyOptions& options)
{
    MB_TRY(Store* const store, host.store());
    const DelegateId id(options.staff);
    const Delegate* manager = store->view().delegates.find(id);
    if (manager == nullptr || !manager->rights.contains(Right::manage) || manager->pin_verifier.empty())
        return fail(ErrorKind::refused, "is no manager with a PIN here", options.staff,
                    "set one with: montbrillant staff pin ID, and let this device pull it");
    KeySecret secret;
    MB_TRY(secret.text, new_secret(host, options));
    if (!crypto::pin_matches(manager->pin_verifier, secret.text.view(), store->keys().pepper))
        return fail(ErrorKind::refused, "this is not the manager's PIN", options.staff);
    secret.staff = id;
    secret.verifier = manager->pin_verifier;
    KeyStore& keys = store->key_store();
    return keys.file()->protector() == Protector::pin ? keys.set_manager(secret)
                                                      : keys.protect(Protector::pin, &secret);
}

Result<int> protect(CommandHost& host, Output& output, const KeyOptions& options)
{
    if (host.live())
        return fail(ErrorKind::refused, "a running kiosk keeps its keys as they are", "key protect",
                    "stop it first");
    const Protector protector = *protector_from(options.protector);
    if (protector == Protector::pin && options.staff.empty())
        return fail(ErrorKind::input, "whose PIN is missing", "--staff", "give --staff ID");
    MB_CHECK(protector == Protector::pin ? protect_by_pin(host, options)
                                         : protect_folder(host, protector, options));
    return show(host, output);
}

} // namespace

void add_key_commands(const CommandTree& tree)
{
    const Subcommand key =
        add_group(tree, "key", "How the event's keys rest on this disk", "--data demo key show");
    add_command(tree, key, "show", "In clear, under a passphrase, under PINs, or erased",
                "--data demo key show", show);
    const auto options = std::make_shared<KeyOptions>();
    const Subcommand one =
        add_command(tree, key, "protect", "Wraps the event's keys in another way, or under another secret",
                    "--data demo key protect passphrase --new-file passphrase.txt", with(options, protect));
    one.option("HOW", options->protector, "file, passphrase or pin")
        .required()
        .one_of({"file", "passphrase", "pin"});
    one.option("--new-file", options->new_file,
               "The new passphrase or the PIN, in the first line of a file; a terminal is asked without it");
    one.option("--staff", options->staff, "pin: the manager whose PIN it is");
}

} // namespace montbrillant
