// SPDX-License-Identifier: Apache-2.0
// TLS between the real server and the real client, over sockets of this machine.
#include "sync/base/child_process.hpp"
#include "sync/registry/registry.hpp"
#include "tests/sync/client/hall.hpp"
#include "tests/sync/client/scripted_server.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr Millis day{Millis(1000) * 60 * 60 * 24};

/// A registry that serves over TLS; its certificate may be of another day than today.
struct SecureRegistry {
    TemporaryFolder folder;
    SystemClock clock;
    SystemRandom random;
    std::shared_ptr<const registry::Authority> authority;
    std::unique_ptr<registry::Registry> running;

    explicit SecureRegistry(Millis certificate_age = Millis(0))
    {
        const std::vector<std::string> names{"localhost", "127.0.0.1"};
        authority = std::make_shared<const registry::Authority>(
            must(registry::Authority::open(folder.path() / "tls", names, clock.wall() + -certificate_age)));
        auto store = must(Store::open({folder.path(), "registry.db", hasty}, clock, random));
        must(store.initialise({DeviceId("registry"), EventId("e"), true, 1, "", "name = \"e\""},
                              EventKeys::fresh()));
        auto service = must(registry::Service::open(std::move(store), clock, random));
        service.serve_as(authority, "");
        registry::HttpServer::Options options;
        options.identity = authority->server();
        running = must(registry::Registry::start(std::move(service), options));
    }
    [[nodiscard]] std::string url(const std::string& scheme = "https") const
    {
        return fmt::format("{}://127.0.0.1:{}", scheme, running->port());
    }
    [[nodiscard]] protocol::Invitation invitation(const std::string& name)
    {
        Result<std::string> token = std::string();
        must(running->run([&](registry::Service& service) {
            token = service.admission().issue_token(service.ledger(), name, clock.wall(), random);
        }));
        return {url(), must(token), authority->pin(), {}};
    }
    void revoke(const std::string& name)
    {
        must(running->run([&](registry::Service& service) {
            must(
                service.admission().set_state(service.ledger(), DeviceId(name), registry::DeviceState::gone));
        }));
    }
};

struct Identified {
    TemporaryFolder folder;
    SystemClock clock;
    SystemRandom random;
    std::optional<Store> store;

    Identified()
    {
        store.emplace(must(Store::open({folder.path(), "montbrillant.db", hasty}, clock, random)));
    }
    explicit Identified(const protocol::Invitation& invitation) : Identified()
    {
        must(enrol(*store, invitation, "").map([](const auto&) {}));
    }
    Result<SyncReport> sync()
    {
        DirectStoreGate gate(*store);
        auto session = must(SyncSession::of(gate));
        MB_TRY(const auto http, open_registry(gate, ""));
        return sync_once(gate, *http, session, clock);
    }
};

template <class T> void fails(const Result<T>& result, ErrorKind kind, const std::string& words)
{
    REQUIRE_FALSE(result);
    INFO(result.error().text());
    CHECK(result.error().kind == kind);
    CHECK(result.error().text().find(words) != std::string::npos);
}

/// What the openssl program says of the connection; it has nothing to send.
std::string s_client(const SecureRegistry& registry, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(),
                     {"/bin/sh", "-c", "exec openssl s_client \"$@\" </dev/null 2>&1", "sh", "-connect",
                      fmt::format("127.0.0.1:{}", registry.running->port()), "-CAfile",
                      (registry.folder.path() / "tls" / "ca.pem").string()});
    auto child = must(ChildProcess::start(arguments));
    std::string all;
    std::string line;
    while (child.read_line(line, Millis(5000)) == ChildProcess::Read::line)
        all += line + "\n";
    return all;
}

} // namespace

TEST_CASE("two kiosks agree over TLS with certificates of their own")
{
    SecureRegistry registry;
    Identified k1(registry.invitation("K1"));
    Identified k2(registry.invitation("K2"));
    must(k1.store->commit(registration("alice", "Alice")));
    CHECK(must(k1.sync()).pushed.sent > 0);
    must(k2.sync().map([](const auto&) {}));
    CHECK(must(k2.store->person(DelegateId("alice")))->badge_name == "Alice");
    CHECK(k2.store->identity()->registry_url == registry.url());
}

TEST_CASE("a token typed by a person holds the start of the registry's key, and trusts no other")
{
    SecureRegistry registry;
    SecureRegistry impostor;
    const auto invited = registry.invitation("K1");
    const auto typed = protocol::typed_token(invited.token, invited.pin);
    Identified fooled;
    auto elsewhere = must(protocol::read_typed(impostor.url(), typed));
    fails(enrol(*fooled.store, elsewhere, ""), ErrorKind::refused, "not the registry that gave this token");
    CHECK_FALSE(fooled.store->identity());
    Identified node(must(protocol::read_typed(registry.url(), typed)));
    must(node.sync().map([](const auto&) {}));
    Identified nameless;
    elsewhere.key_start.clear();
    fails(enrol(*nameless.store, elsewhere, ""), ErrorKind::input, "key of this registry is not known");
}

TEST_CASE("a kiosk whose clock is wrong by years reaches its registry, whatever the certificate's dates say")
{
    for (const auto age : {20 * 365 * day, -20 * 365 * day}) {
        SecureRegistry registry(age);
        Identified node(registry.invitation("K1"));
        must(node.sync().map([](const auto&) {}));
    }
}

TEST_CASE("each way in which the other end cannot be trusted has its words")
{
    SecureRegistry registry;
    SecureRegistry other;
    Identified node(registry.invitation("K1"));
    const auto link = must(read_link(node.folder.path()));
    const auto ask = [&](RegistryLink kept, const std::string& url) {
        must(write_link(node.folder.path(), kept));
        must(node.store->set_registry_url(url));
        return node.sync();
    };
    SECTION("another registry at the address")
    {
        fails(ask(*link, other.url()), ErrorKind::network, "another registry answers there");
    }
    SECTION("the same authority with another key")
    {
        auto kept = *link;
        kept.pin = other.authority->pin();
        fails(ask(kept, registry.url()), ErrorKind::network, "its key was changed");
    }
    SECTION("the right key with another authority's certificate")
    {
        auto kept = *link;
        kept.pin = other.authority->pin();
        fails(ask(kept, other.url()), ErrorKind::network, "of another authority");
    }
    SECTION("a certificate that this registry did not sign")
    {
        auto kept = *link;
        kept.authority = other.authority->certificate();
        kept.pin = other.authority->pin();
        const tls::Device device{DeviceId("K1"), 1, node.store->keys().device.public_key};
        TemporaryFolder foreign;
        const std::vector<std::string> names{"localhost"};
        const auto third = must(registry::Authority::open(foreign.path(), names, node.clock.wall()));
        kept.certificate = must(
            third.sign({device.name, device.key, 1, registry::DeviceState::active, {}}, node.clock.wall()));
        CurlHttp::Options options{kept.pin, kept.authority,
                                  must(tls::device_key(node.store->keys().device.secret_key)), ""};
        const auto http = must(CurlHttp::open(other.url(), options));
        HttpCall call{"GET", "/healthz", "", "", Millis(5000)};
        CHECK(must(http->send(call)).status == 200);
        call.certificate = kept.certificate;
        fails(http->send(call), ErrorKind::network, "does not take this device's certificate");
    }
    SECTION("no TLS at all")
    {
        const auto plain = must(registry::HttpServer::start(
            {}, [](std::string_view) { return std::size_t{100}; },
            [](const registry::HttpRequest&, const registry::HttpServer::Respond& respond) {
                respond([] { return registry::HttpResponse{}; });
            }));
        fails(ask(*link, fmt::format("https://127.0.0.1:{}", plain->port())), ErrorKind::network,
              "no TLS 1.3");
    }
    SECTION("and plain HTTP to a registry over TLS gets no answer")
    {
        const auto http = must(CurlHttp::open(registry.url("http")));
        CHECK_FALSE(http->send({"GET", "/healthz", "", "", Millis(5000)}));
    }
}

TEST_CASE("one connection serves call after call, and another certificate makes another connection")
{
    SecureRegistry registry;
    Identified node(registry.invitation("K1"));
    DirectStoreGate gate(*node.store);
    auto session = must(SyncSession::of(gate));
    const auto http = must(open_registry(gate, ""));
    for (int i = 0; i < 3; ++i)
        must(sync_once(gate, *http, session, node.clock).map([](const auto&) {}));
    CHECK(registry.running->connections() == 1);
    const registry::Device renewed{
        DeviceId("K1"), node.store->keys().device.public_key, 1, registry::DeviceState::active, {}};
    must(session.set_certificate(gate, must(registry.authority->sign(renewed, node.clock.wall()))));
    must(sync_once(gate, *http, session, node.clock).map([](const auto&) {}));
    CHECK(registry.running->connections() == 2);
}

TEST_CASE("TLS 1.3 and nothing older is spoken, under the authority's certificate")
{
    SecureRegistry registry;
    const auto spoken = s_client(registry, {"-verify_return_error", "-verify_hostname", "localhost"});
    INFO(spoken);
    CHECK(spoken.find("Verify return code: 0") != std::string::npos);
    CHECK(spoken.find("TLSv1.3") != std::string::npos);
    CHECK(s_client(registry, {"-tls1_2"}).find("Cipher is (NONE)") != std::string::npos);
}

TEST_CASE("a proxy is asked only where one is configured, and never for this machine")
{
    SecureRegistry registry;
    const ScriptedServer proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(::setenv("https_proxy", proxy.url().c_str(), 1) == 0);
    const CurlHttp::Options here{registry.authority->pin(), "", "", proxy.url()};
    const HttpCall call{"GET", "/healthz", "", "", Millis(5000)};
    CHECK(must(must(CurlHttp::open(registry.url(), here))->send(call)).status == 200);
    REQUIRE(::unsetenv("https_proxy") == 0);
    const auto away = must(CurlHttp::open("https://192.0.2.7:8317", here))->send(call);
    REQUIRE_FALSE(away);
    INFO(away.error().text());
    CHECK(away.error().text().find("403") != std::string::npos);
}

TEST_CASE("a device that has left is refused with its certificate in hand")
{
    SecureRegistry registry;
    Identified node(registry.invitation("K1"));
    must(node.sync().map([](const auto&) {}));
    registry.revoke("K1");
    fails(node.sync(), ErrorKind::refused, "keys wiped");
}
