// SPDX-License-Identifier: Apache-2.0
#include "badge/render/qr.hpp"
#include "kiosk/cli/command_line.hpp"
#include "sync/base/json.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr int qr_module_px = 8;

struct CodeOptions {
    std::string id;
    std::string picture;
    std::string text;
};

Result<int> mint(CommandHost& host, Output& output, const CodeOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto event, profile_of(*store));
    const EventKeys& keys = store->keys();
    if (!keys.confirmation_secret)
        return fail(ErrorKind::refused, "this device cannot sign confirmations", {},
                    "mint them at the registry's own folder");
    MB_TRY(const auto person, store->person(DelegateId(options.id)));
    if (!person)
        return fail(ErrorKind::refused, "nobody is registered under this id", options.id);
    const SignedConfirmation code{
        event->id,        person->id,       person->badge_name, person->organization,
        person->category, person->language, event->ends_at()};
    MB_TRY(const std::string text, mint_qr(code, {keys.confirmation_public, *keys.confirmation_secret}));
    if (!options.picture.empty()) {
        MB_TRY(const Bytes png, qr_png(text, qr_module_px));
        MB_CHECK(write_file(host.path(options.picture), png));
    }
    const std::string typed = ShortCode::derive(keys.short_codes, event->id, person->id).printed();
    output.say({{"id", options.id}, {"short", typed}, {"qr", text}}, typed + "\n" + text);
    return 0;
}

/// What the text is, without the rules of a check-in and without a trace in the journal.
struct Verified {
    DelegateId delegate;
    std::optional<CodeFault> fault;
    std::string words; ///< of a fault
};

Verified faulty(CodeFault fault) { return {{}, fault, error_of(fault).text()}; }

Result<Verified> owner_of(Store& store, const EventId& event, const std::string& text)
{
    const auto typed = ShortCode::parse(text);
    Verified found;
    if (typed) {
        store.view().delegates.each([&](const DelegateId& id, const Delegate&) {
            if (ShortCode::derive(store.keys().short_codes, event, id) == *typed)
                found.delegate = id;
        });
    } else { // perhaps a code of the organizer's own system
        MB_CHECK(store.each_person([&](const Person& person) {
            if (!text.empty() && person.code == text)
                found.delegate = person.id;
        }));
    }
    if (!found.delegate.empty())
        return found;
    if (!typed)
        return faulty(typed.error());
    return Verified{{}, CodeFault::garbled, "no registration has this code"};
}

Result<int> verify(CommandHost& host, Output& output, const CodeOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto event, profile_of(*store));
    Verified verified;
    switch (classify(options.text)) {
    case ScannedText::badge_id: verified = faulty(CodeFault::badge_id); break;
    case ScannedText::qr_confirmation: {
        const std::array keys{confirmation_key(store->keys().confirmation_public)};
        const auto code = verify_qr(options.text, keys, event->id, host.clock().wall());
        verified = code ? Verified{code->delegate, {}, {}} : faulty(code.error());
        break;
    }
    case ScannedText::short_code:
    case ScannedText::foreign: {
        MB_TRY(verified, owner_of(*store, event->id, options.text));
        break;
    }
    }
    if (!verified.fault) {
        output.say({{"outcome", "good"}, {"delegate", verified.delegate.str()}, {"reason", nullptr}},
                   fmt::format("good: {}", verified.delegate.str()));
        return 0;
    }
    if (output.json)
        output.out(
            dump_json({{"outcome", "refused"}, {"delegate", nullptr}, {"reason", name_of(*verified.fault)}}));
    else
        output.err(fmt::format("refused: {}", verified.words));
    return exit_code(ErrorKind::refused);
}

} // namespace

void add_code_commands(const CommandTree& tree)
{
    const Subcommand code =
        add_group(tree, "code", "Confirmation codes", "--data demo code mint R-000001 --qr code.png");
    const auto options = std::make_shared<CodeOptions>();
    const Subcommand mint_one =
        add_command(tree, code, "mint", "Both forms of a delegate's confirmation: to type and as QR text",
                    "--data demo code mint R-000001 --qr code.png", with(options, mint));
    mint_one.option("ID", options->id, "Registration id").required();
    mint_one.option("--qr", options->picture, "Also write the QR code as a PNG");
    add_command(tree, code, "verify", "Whose code it is, or why it is none",
                "--data demo code verify 7K3QX-M40ZT", with(options, verify))
        .option("STRING", options->text, "What was scanned or typed")
        .required();
}

} // namespace montbrillant
