// SPDX-License-Identifier: Apache-2.0
#include "sync/base/files.hpp"
#include "sync/base/hardening.hpp"
#include "sync/base/json.hpp"
#include "sync/base/log.hpp"
#include "sync/base/number.hpp"
#include "sync/registry/control.hpp"
#include "sync/registry/folder.hpp"
#include "sync/registry/qr.hpp"
#include "sync/registry/registry.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <sys/resource.h>

namespace {

using namespace montbrillant;
using namespace montbrillant::registry;

struct Arguments {
    std::string store;
    std::string listen = "127.0.0.1:8317";
    std::string event;
    std::string port_file;
    std::string name;
    std::string file;
    std::string passphrase_file;
    std::string tls_dir;
    std::string url;
    std::string qr;
    std::vector<std::string> scopes;
    std::string key_dir;
    std::string from;
    std::string by;
    std::string why;
    bool now = false;
    bool yes = false;
    bool insecure_loopback = false;
    bool accept = false;
    bool json = false;
};

int report(const Error& error)
{
    std::cerr << "montbrillant-registry: " << error.text() << '\n';
    return exit_code(error.kind);
}

Result<HttpServer::Options> read_listen(const Arguments& arguments)
{
    HttpServer::Options options;
    options.connections_max = 4096; // of a few hundred kiosks, each may ask and wait at once
    const auto colon = arguments.listen.rfind(':');
    const auto wrong = [&](std::string what, std::string remedy) {
        return fail(ErrorKind::input, std::move(what), "--listen " + arguments.listen, std::move(remedy));
    };
    if (colon == std::string::npos)
        return wrong("the port is missing", "write ADDRESS:PORT, for example 127.0.0.1:8317");
    options.address = arguments.listen.substr(0, colon);
    if (options.address.size() > 2 && options.address.front() == '[')
        options.address = options.address.substr(1, options.address.size() - 2);
    const std::string_view port = std::string_view(arguments.listen).substr(colon + 1);
    const auto number = number_from<std::uint16_t>(port);
    if (!number)
        return wrong("the port must be a number up to 65535", "0 takes any free port, see --port-file");
    options.port = *number;
    if (arguments.insecure_loopback == !arguments.tls_dir.empty())
        return wrong("one of TLS and plain HTTP is to be chosen",
                     "add --tls-dir DIR, or --insecure-loopback for this machine alone");
    if (arguments.insecure_loopback && !is_loopback(options.address))
        return wrong("plain HTTP is for this machine alone",
                     "use 127.0.0.1 or [::1], or --tls-dir DIR instead of --insecure-loopback");
    return options;
}

/// "https://[2001:db8::7]:8317"
std::string address_as_url(const HttpServer::Options& options, std::uint16_t port)
{
    const bool six = options.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", options.identity ? "https" : "http", six ? "[" : "", options.address,
                       six ? "]" : "", port);
}

/// "registry.hall" of "https://registry.hall:8317"
Result<std::string> host_of(const std::string& url)
{
    constexpr std::string_view scheme = "https://";
    std::string_view host = url;
    const auto wrong = [&url] {
        return fail(ErrorKind::input, "is no address that devices can use", "--url " + url,
                    "write it like https://registry.example:8317");
    };
    if (!host.starts_with(scheme))
        return wrong();
    host.remove_prefix(scheme.size());
    if (host.starts_with('['))
        host = host.substr(1, host.find(']') - 1);
    else
        host = host.substr(0, host.find(':'));
    if (host.empty() ||
        host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-") !=
            std::string_view::npos)
        return wrong();
    return std::string(host);
}

/// All that the registry is reached by: this machine, the address it listens at, and the one of --url.
Result<std::shared_ptr<const Authority>> authority_of(const Arguments& arguments,
                                                      const HttpServer::Options& options, const Clock& clock)
{
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    if (!is_everywhere(options.address) && !is_loopback(options.address))
        names.push_back(options.address);
    if (!arguments.url.empty()) {
        MB_TRY(auto host, host_of(arguments.url));
        names.push_back(std::move(host));
    }
    MB_TRY(auto authority, Authority::open(arguments.tls_dir, names, clock.wall()));
    return std::make_shared<const Authority>(std::move(authority));
}

Result<StoreAddress> address_of(const Arguments& arguments)
{
    MB_TRY(auto address, read_store_address(arguments.store, arguments.key_dir));
    address.keys.passphrase_file = arguments.passphrase_file;
    return address;
}

/// Until SIGTERM or SIGINT, which every thread has blocked.
void wait_for_the_end()
{
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGTERM);
    ::sigaddset(&ends, SIGINT);
    int which = 0;
    ::sigwait(&ends, &which);
}

void block_signals()
{
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGTERM);
    ::sigaddset(&ends, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN); // a limit on files is an error of the disk, said in words
}

/// Each connection is a file: as many as this user may have.
void raise_file_limit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<> serve(const Arguments& arguments)
{
    block_signals();
    raise_file_limit();
    MB_TRY(auto options, read_listen(arguments));
    MB_TRY(const auto address, address_of(arguments));
    SystemClock clock;
    SystemRandom random;
    std::shared_ptr<const Authority> authority;
    if (!arguments.tls_dir.empty()) {
        MB_TRY(authority, authority_of(arguments, options, clock));
        options.identity = authority->server();
    }
    MB_TRY(auto service, open_service(address, arguments.event, clock, random));
    const auto event = service.ledger().identity().event;
    const auto head = service.ledger().log_end().seq;
    const auto at_rest = name_of(service.ledger().key_store().file()->protector());
    service.serve_as(authority, arguments.url);
    MB_TRY(const auto registry, Registry::start(std::move(service), options));
    MB_TRY(
        auto control, ControlSocket::start(address.folder, [&registry](std::string_view line) {
            std::string answer;
            const auto done = registry->run([&](Service& running) { answer = run_command(running, line); });
            return done ? answer : std::string(R"({"error":{"kind":3,"what":"the registry is stopping"}})");
        }));
    if (arguments.url.empty() && !is_everywhere(options.address)) // the port is known only now
        MB_CHECK(registry->run([&, url = address_as_url(options, registry->port())](Service& running) {
            running.serve_as(authority, url);
        }));
    if (!arguments.port_file.empty())
        MB_CHECK(write_file(arguments.port_file, as_bytes(fmt::format("{}\n", registry->port()))));
    log::info("serving: event={} address={} port={} tls={} log_head={} keys_at_rest={}", event.str(),
              options.address, registry->port(), options.identity.has_value(), head, at_rest);
    wait_for_the_end();
    log::info("stopping");
    control.reset();
    registry->stop();
    return {};
}

Result<std::string> command(const Arguments& arguments, const Json& request)
{
    MB_TRY(const auto address, address_of(arguments));
    const auto line = dump_json(request);
    MB_TRY(auto answer, ask_running(address.folder, line));
    if (answer)
        return command_result(std::move(*answer));
    SystemClock clock;
    SystemRandom random;
    MB_TRY(auto service, open_existing(address, clock, random));
    return command_result(run_command(service, line));
}

void print_devices(const Json& devices)
{
    std::cout << fmt::format("{:<16} {:>5} {:<8} {:>8}  {}\n", "device", "epoch", "state", "facts",
                             "enrolled");
    for (const auto& d : devices)
        std::cout << fmt::format("{:<16} {:>5} {:<8} {:>8}  {}\n", json_text_or(d, "device", ""),
                                 json_int_or(d, "epoch", 0), json_text_or(d, "state", ""),
                                 json_int_or(d, "facts", 0), json_text_or(d, "enrolled", ""));
}

Result<> print(const Arguments& arguments, const Json& request,
               const std::function<void(const Json&)>& for_people)
{
    MB_TRY(const auto answer, command(arguments, request));
    if (arguments.json) {
        std::cout << answer << '\n';
        return {};
    }
    MB_TRY(const Json object, parse_json(answer, "answer of the registry"));
    for_people(object);
    return {};
}

/// The token is a secret for ten minutes: 0600.
Result<> write_picture(const std::string& file, const Json& answer)
{
    constexpr unsigned module_px = 8;
    const auto invitation = json_text(answer, "invitation");
    if (!invitation)
        return fail(ErrorKind::input, "the registry does not know by what address devices reach it",
                    "enrol-token --qr", "start the registry; say --url if it listens at every address");
    MB_TRY(const auto png, qr_png(*invitation, module_px));
    return write_file(file, png, 0600);
}

Result<> enrol_token(const Arguments& arguments)
{
    Json request{{"command", "enrol-token"}};
    if (!arguments.name.empty())
        request["name"] = arguments.name;
    if (!arguments.url.empty())
        request["url"] = arguments.url;
    MB_TRY(const auto text, command(arguments, request));
    MB_TRY(const Json answer, parse_json(text, "answer of the registry"));
    if (!arguments.qr.empty())
        MB_CHECK(write_picture(arguments.qr, answer));
    if (arguments.json) {
        std::cout << text << '\n';
        return {};
    }
    std::cout << fmt::format("{}\n  for the device {}, once, until {}\n  there: montbrillant enrol {} {}\n",
                             json_text_or(answer, "token", ""), json_text_or(answer, "device", ""),
                             rfc3339({json_int_or(answer, "expires", 0)}), json_text_or(answer, "url", "URL"),
                             json_text_or(answer, "token", ""));
    if (const auto invitation = json_text(answer, "invitation"))
        std::cout << fmt::format("     or: montbrillant enrol '{}'\n", *invitation);
    return {};
}

Result<> device_list(const Arguments& arguments)
{
    return print(arguments, {{"command", "device-list"}},
                 [](const Json& answer) { print_devices(answer.at("devices")); });
}

Result<> device_revoke(const Arguments& arguments)
{
    return print(arguments, {{"command", "device-revoke"}, {"name", arguments.name}}, [](const Json& answer) {
        std::cout << fmt::format("{} is revoked\n", json_text_or(answer, "device", ""));
    });
}

Result<> token_add(const Arguments& arguments)
{
    const Json request{{"command", "token-add"}, {"name", arguments.name}, {"scopes", arguments.scopes}};
    return print(arguments, request, [](const Json& answer) {
        std::cout << fmt::format("{}\n  it is shown once; send it as: Authorization: Bearer {}\n",
                                 json_text_or(answer, "token", ""), json_text_or(answer, "token", ""));
    });
}

Result<> token_list(const Arguments& arguments)
{
    return print(arguments, {{"command", "token-list"}}, [](const Json& answer) {
        for (const auto& token : answer.at("tokens"))
            std::cout << fmt::format("{:<32} {}  {}\n", json_text_or(token, "name", ""),
                                     json_text_or(token, "made", ""),
                                     fmt::join(token.at("scopes").get<std::vector<std::string>>(), " "));
    });
}

Result<> token_revoke(const Arguments& arguments)
{
    return print(arguments, {{"command", "token-revoke"}, {"name", arguments.name}}, [](const Json& answer) {
        std::cout << fmt::format("{} is revoked\n", json_text_or(answer, "name", ""));
    });
}

Json asked_by(const Arguments& arguments, Json request)
{
    if (!arguments.by.empty())
        request["by"] = arguments.by;
    return request;
}

Result<> event_close(const Arguments& arguments)
{
    return print(arguments, asked_by(arguments, {{"command", "event-close"}}), [](const Json& answer) {
        std::cout << fmt::format("closed: no new check-ins; the data may be erased from {} on\n",
                                 json_text_or(answer, "erase_from", ""));
    });
}

Result<> event_erase(const Arguments& arguments)
{
    if (!arguments.yes)
        return fail(ErrorKind::refused, "all personal data of the event would be gone for ever",
                    "event erase", "say --yes");
    const Json request =
        asked_by(arguments, {{"command", "event-erase"}, {"now", arguments.now}, {"why", arguments.why}});
    MB_TRY(const auto text, command(arguments, request));
    MB_TRY(const Json answer, parse_json(text, "answer of the registry"));
    std::cout << json_text_or(answer, arguments.json ? "certificate" : "text", "")
              << (arguments.json ? "\n" : "");
    return json_bool_or(answer, "proves", false)
               ? Result<>()
               : fail(ErrorKind::storage, "the erasure is not proved: see the certificate");
}

Result<> people_erase(const Arguments& arguments)
{
    return print(arguments, {{"command", "people-erase"}, {"name", arguments.name}}, [](const Json& answer) {
        std::cout << fmt::format("{} is erased here, and at every device with its next pull\n",
                                 json_text_or(answer, "id", ""));
    });
}

Result<> backup(const Arguments& arguments)
{
    const auto file = std::filesystem::absolute(arguments.file).string();
    return print(arguments, {{"command", "backup"}, {"file", file}}, [](const Json& answer) {
        std::cout << fmt::format("{} holds the log up to {}\n", json_text_or(answer, "file", ""),
                                 json_int_or(answer, "head", 0));
    });
}

Result<> restore_backup(const Arguments& arguments)
{
    MB_TRY(const auto address, address_of(arguments));
    SystemClock clock;
    SystemRandom random;
    MB_TRY(const auto restored, restore(address, arguments.file, clock, random));
    const Json answer{{"head", restored.head}, {"devices", restored.devices}};
    std::cout << (arguments.json
                      ? dump_json(answer)
                      : fmt::format("restored up to {}; devices send again what came after", restored.head))
              << '\n';
    return {};
}

Result<> declare_restored_database(const Arguments& arguments)
{
    MB_TRY(const auto address, address_of(arguments));
    SystemClock clock;
    SystemRandom random;
    MB_TRY(const auto restored, declare_restored(address, clock, random));
    const Json answer{{"head", restored.head}, {"devices", restored.devices}};
    std::cout << (arguments.json ? dump_json(answer)
                                 : fmt::format("the log goes on from {}; devices send again what came after",
                                               restored.head))
              << '\n';
    return {};
}

Result<> copy_registry(const Arguments& arguments)
{
    MB_TRY(const auto to, address_of(arguments));
    MB_TRY(auto from, read_store_address(arguments.from));
    from.keys = to.keys;
    SystemClock clock;
    SystemRandom random;
    MB_TRY(const auto head, copy(from, to, clock, random));
    std::cout << (arguments.json
                      ? dump_json({{"head", head}})
                      : fmt::format("copied up to {}; serve the database now, and no longer the folder",
                                    head))
              << '\n';
    return {};
}

Result<> recover_database(const Arguments& arguments)
{
    MB_TRY(const auto address, address_of(arguments));
    SystemClock clock;
    SystemRandom random;
    MB_TRY(const Rescue found, recover(address, arguments.accept, clock, random));
    const Json answer{{"kept", found.kept},
                      {"people", found.people},
                      {"first_lost", found.first_lost},
                      {"lost", found.lost},
                      {"set_aside", found.set_aside}};
    std::cout << (arguments.json
                      ? dump_json(answer)
                      : (arguments.accept ? "" : "Nothing was changed. With --accept: ") + found.words())
              << '\n';
    return {};
}

struct Command {
    CLI::App* app;
    Result<> (*run)(const Arguments&);
};

CLI::App* add(CLI::App& parent, Arguments& arguments, const std::string& name, const std::string& about,
              const std::string& example)
{
    CLI::App* app = parent.add_subcommand(name, about);
    app->add_option("--store", arguments.store,
                    "where its data is: sqlite:FILE, or postgresql://USER@HOST/NAME of several nodes")
        ->required()
        ->type_name("STORE");
    app->add_option(
           "--key-dir", arguments.key_dir,
           "with PostgreSQL: the folder of this node's event.key; copy the file from the first node to "
           "each other one")
        ->type_name("DIR");
    app->add_option(
        "--passphrase-file", arguments.passphrase_file,
        "the passphrase of the event's keys, in the first line of a file; a registry that is made "
        "with one keeps its keys under it");
    app->footer("Example: montbrillant-registry " + example);
    return app;
}

std::vector<Command> token_commands(CLI::App& app, Arguments& arguments)
{
    auto* token = app.add_subcommand("token", "Tokens of the organizer's programs");
    token->require_subcommand(1);
    token->footer("Example: montbrillant-registry token list --store sqlite:data/registry.db");
    auto* made = add(*token, arguments, "add", "Makes one, and prints it this once",
                     "token add --name website --scope reports --store sqlite:data/registry.db");
    made->add_option("--name", arguments.name, "whose it is, for the list and the journal")->required();
    made->add_option("--scope", arguments.scopes,
                     "what it is for, once or more: people, import, reports, conflicts, metrics")
        ->required();
    auto* list = add(*token, arguments, "list", "Lists them", "token list --store sqlite:data/registry.db");
    auto* revoke =
        add(*token, arguments, "revoke", "Ends one", "token revoke website --store sqlite:data/registry.db");
    revoke->add_option("NAME", arguments.name, "which token")->required();
    for (auto* one : {made, list, revoke})
        one->add_flag("--json", arguments.json, "one JSON object");
    return {{made, token_add}, {list, token_list}, {revoke, token_revoke}};
}

std::vector<Command> ending_commands(CLI::App& app, Arguments& arguments)
{
    auto* event = app.add_subcommand("event", "The end of the event");
    event->require_subcommand(1);
    event->footer("Example: montbrillant-registry event close --store sqlite:data/registry.db");
    auto* close = add(*event, arguments, "close", "No new check-ins; the days until erasure begin",
                      "event close --store sqlite:data/registry.db --by R-000009");
    auto* erase = add(*event, arguments, "erase",
                      "Erases every key and sealed record, here and at every device with its next pull, and "
                      "prints the certificate",
                      "event erase --store sqlite:data/registry.db --by R-000009 --yes");
    erase->add_flag("--yes", arguments.yes, "without it nothing is erased");
    erase->add_flag("--now", arguments.now, "before the profile's days are over");
    erase->add_option("--why", arguments.why, "with --now: the reason, kept in the journal");
    auto* people = app.add_subcommand("people", "Delegates");
    people->require_subcommand(1);
    people->footer("Example: montbrillant-registry people erase R-17 --store sqlite:data/registry.db");
    auto* forget = add(*people, arguments, "erase", "Deletes one person's keys and record for good",
                       "people erase R-17 --store sqlite:data/registry.db");
    forget->add_option("ID", arguments.name, "registration id")->required();
    for (auto* one : {close, erase})
        one->add_option("--by", arguments.by, "the id of the manager who asked for it");
    for (auto* one : {close, erase, forget})
        one->add_flag("--json", arguments.json, "one JSON object");
    return {{close, event_close}, {erase, event_erase}, {forget, people_erase}};
}

std::vector<Command> database_commands(CLI::App& app, Arguments& arguments)
{
    auto* save = add(
        app, arguments, "backup",
        "Copies the database, also while it runs. The keys are not in it: without event.key and keys.db of "
        "the folder nobody reads a name in a backup, and what was erased there is erased in every backup",
        "backup monday.db --store sqlite:data/registry.db");
    save->add_option("FILE", arguments.file, "a new file")->required();
    save->add_flag("--json", arguments.json, "one JSON object");
    auto* back = add(app, arguments, "restore", "Puts a backup in the database's place, while nothing runs",
                     "restore monday.db --store sqlite:data/registry.db");
    back->add_option("FILE", arguments.file, "the backup")->required();
    back->add_flag("--json", arguments.json, "one JSON object");
    auto* rescued =
        add(app, arguments, "recover",
            "What of a damaged database can be kept, while nothing runs; --accept goes on with it",
            "recover --store sqlite:data/registry.db");
    rescued->add_flag("--accept", arguments.accept,
                      "set the damaged files aside and go on with what can be kept");
    rescued->add_flag("--json", arguments.json, "one JSON object");
    auto* moved =
        add(app, arguments, "copy",
            "Copies a registry from SQLite, while nothing runs, to an empty database of PostgreSQL; "
            "devices go on as if nothing had happened",
            "copy --from sqlite:data/registry.db --store postgresql:///meeting --key-dir node-1");
    moved->add_option("--from", arguments.from, "sqlite:FILE")->required()->type_name("STORE");
    moved->add_flag("--json", arguments.json, "one JSON object");
    auto* declared = add(app, arguments, "restored",
                         "After a database of PostgreSQL was put back from a dump, before a node serves it: "
                         "devices send again what the dump lacks, and who was erased since is erased again",
                         "restored --store postgresql:///meeting --key-dir node-1");
    declared->add_flag("--json", arguments.json, "one JSON object");
    return {{save, backup},
            {back, restore_backup},
            {rescued, recover_database},
            {moved, copy_registry},
            {declared, declare_restored_database}};
}

std::vector<Command> commands(CLI::App& app, Arguments& arguments)
{
    auto* serving =
        add(app, arguments, "serve", "Serves devices until SIGTERM",
            "serve --store sqlite:data/registry.db --event sg20-2017.toml --listen 192.0.2.7:8317 "
            "--tls-dir tls");
    serving->add_option("--listen", arguments.listen, "ADDRESS:PORT; port 0 takes a free one")
        ->capture_default_str();
    serving->add_option("--event", arguments.event,
                        "event profile (TOML): makes a new registry, or updates it");
    serving->add_option("--port-file", arguments.port_file, "the port is written into this file");
    serving->add_flag("--insecure-loopback", arguments.insecure_loopback,
                      "plain HTTP, on this machine alone");
    serving->add_option("--tls-dir", arguments.tls_dir,
                        "TLS: the registry's authority and key are in this folder, made at the first start");
    serving->add_option("--url", arguments.url,
                        "the address that devices use, when it is another: https://registry.example:8317");

    auto* token =
        add(app, arguments, "enrol-token", "Prints a one-time token for a new device, good for 10 minutes",
            "enrol-token --store sqlite:data/registry.db --name K2");
    token->add_option("--name", arguments.name, "the device's name; the next free of K1, K2, ... by default");
    token->add_option("--url", arguments.url, "the registry's address for this device");
    token->add_option("--qr", arguments.qr, "write address, token and the registry's key as a QR code (PNG)");
    token->add_flag("--json", arguments.json, "one JSON object");

    auto* device = app.add_subcommand("device", "Devices of this registry");
    device->require_subcommand(1);
    device->footer("Example: montbrillant-registry device list --store sqlite:data/registry.db");
    auto* list = add(*device, arguments, "list", "Lists them", "device list --store sqlite:data/registry.db");
    list->add_flag("--json", arguments.json, "one JSON object");
    auto* revoke = add(*device, arguments, "revoke", "Takes a device's rights away",
                       "device revoke K2 --store sqlite:data/registry.db");
    revoke->add_option("NAME", arguments.name, "which device")->required();
    revoke->add_flag("--json", arguments.json, "one JSON object");
    std::vector<Command> all{
        {serving, serve}, {token, enrol_token}, {list, device_list}, {revoke, device_revoke}};
    for (const auto& more :
         {token_commands(app, arguments), ending_commands(app, arguments), database_commands(app, arguments)})
        all.insert(all.end(), more.begin(), more.end());
    return all;
}

} // namespace

int main(int argc, char** argv)
{
    keep_memory_private();
    log::start("montbrillant-registry", log::Level::info);
    CLI::App app(
        "The registry of a meeting: devices send it what happened, it puts that in one order for all.");
    app.footer("Example: montbrillant-registry serve --store sqlite:data/registry.db --event sg20-2017.toml "
               "--tls-dir tls\n"
               "Exit codes: 0 done, 1 refused, 2 usage or configuration, 3 network or storage.");
    app.set_version_flag("--version", "montbrillant-registry " MONTBRILLANT_VERSION);
    app.require_subcommand(1);
    Arguments arguments;
    const auto all = commands(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_code(ErrorKind::input);
    }
    try {
        for (const auto& [parsed, run] : all) {
            if (!parsed->parsed())
                continue;
            const auto done = run(arguments);
            return done ? 0 : report(done.error());
        }
    } catch (const std::exception& error) {
        return report({ErrorKind::storage, error.what(), "", ""});
    }
    return 0;
}
