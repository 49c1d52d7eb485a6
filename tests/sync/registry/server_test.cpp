// SPDX-License-Identifier: Apache-2.0
// The registry with its threads and sockets, in this process.
#include "sync/base/zstd.hpp"
#include "sync/protocol/signing.hpp"
#include "sync/registry/registry.hpp"
#include "tests/sync/client/hall.hpp"
#include "tests/sync/registry/raw_http.hpp"

#include <atomic>
#include <fmt/format.h>
#include <thread>

using namespace montbrillant;
using namespace montbrillant::test;
namespace wire = montbrillant::protocol;

namespace {

/// A running registry and devices that reach it over the loopback.
struct Running {
    TemporaryFolder folder;
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<registry::Registry> registry;
    std::string metrics_token;

    explicit Running(registry::HttpServer::Options options = {})
    {
        auto store = must(Store::open({folder.path(), "registry.db", {}}, clock, random));
        must(store.initialise({DeviceId("registry"), EventId("e"), true, 1, "", "name = \"e\""},
                              EventKeys::fresh()));
        auto service = must(registry::Service::open(std::move(store), clock, random));
        registry = must(registry::Registry::start(std::move(service), options));
    }
    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", registry->port()); }
    std::string token(const std::string& name)
    {
        Result<std::string> token = std::string();
        must(registry->run([&](registry::Service& service) {
            token = service.admission().issue_token(service.ledger(), name, clock.wall(), random);
        }));
        return must(token);
    }
    std::size_t rows()
    {
        std::size_t head = 0;
        must(registry->run([&head](registry::Service& service) { head = service.ledger().log_end().seq; }));
        return head;
    }
    std::string metrics()
    {
        if (metrics_token.empty()) {
            Result<std::string> made = std::string();
            must(registry->run([&](registry::Service& service) {
                made = service.tokens().add(service.ledger(), "graphs", {registry::Scope::metrics},
                                            clock.wall(), random);
            }));
            metrics_token = must(made);
        }
        return metrics_of(registry->port(), metrics_token);
    }
};

struct Node {
    TemporaryFolder folder;
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<CurlHttp> http;
    std::optional<Store> store;
    std::optional<SyncSession> session;

    Node(Running& running, const std::string& name) : http(must(CurlHttp::open(running.url())))
    {
        store.emplace(must(Store::open({folder.path()}, clock, random)));
        must(enrol(*store, *http, running.url(), running.token(name)).map([](const auto&) {}));
        DirectStoreGate gate(*store);
        session.emplace(must(SyncSession::of(gate)));
    }
    Result<PushReport> push()
    {
        DirectStoreGate gate(*store);
        return push_all(gate, *http, *session, clock);
    }
    Result<PullReport> pull(Millis wait = Millis(0))
    {
        DirectStoreGate gate(*store);
        return pull_all(gate, *http, *session, clock, wait);
    }
};

} // namespace

TEST_CASE("who waits for news gets it as soon as another device brings it")
{
    Running running;
    Node k1(running, "K1");
    Node k2(running, "K2");
    std::atomic<bool> asked{false};
    Result<PullReport> pulled = PullReport{};
    std::thread waiting([&] {
        asked = true;
        pulled = k2.pull(Millis(30000));
    });
    while (!asked || running.metrics().find("montbrillant_parked_pulls 1") == std::string::npos) {
    }
    const MonoTime began = running.clock.mono();
    must(k1.store->commit(just({laptop("LT-1")})));
    must(k1.push().map([](const auto&) {}));
    waiting.join();
    REQUIRE(pulled);
    CHECK(pulled->rows == 1);
    CHECK(running.clock.mono() - began < Millis(20000));
    CHECK(k2.store->view().laptops.find(LaptopTag("LT-1")) != nullptr);
}

TEST_CASE("who waits in vain is answered in time, and when the registry stops")
{
    Running running;
    Node k1(running, "K1");
    CHECK(must(k1.pull(Millis(1000))).rows == 0);
    Result<PullReport> pulled = PullReport{};
    std::thread waiting([&] { pulled = k1.pull(Millis(30000)); });
    while (running.metrics().find("montbrillant_parked_pulls 1") == std::string::npos) {
    }
    const MonoTime began = running.clock.mono();
    running.registry->stop();
    waiting.join();
    CHECK(running.clock.mono() - began < Millis(20000));
    REQUIRE(pulled);
    CHECK(pulled->rows == 0);
    CHECK_FALSE(k1.pull());
}

TEST_CASE("a registry that rests makes a snapshot by itself, and a first start over sockets takes it")
{
    Running running;
    must(running.registry->run([](registry::Service& service) {
        must(service.store().commit(just(std::vector<Body>(1200, fact::AttemptRefused{{}, "a try"}))));
    }));
    while (running.metrics().find("montbrillant_snapshot_rows 1000") == std::string::npos) {
    }
    Node k1(running, "K1");
    std::vector<std::uint64_t> seen;
    DirectStoreGate gate(*k1.store);
    must(pull_all(gate, *k1.http, *k1.session, k1.clock, Millis(0), [&seen](const PulledPage& page) {
             seen.push_back(page.seq);
         }).map([](const auto&) {}));
    CHECK(seen == std::vector<std::uint64_t>{500, 1000, 1200});
    CHECK(running.metrics().find("montbrillant_snapshot_answers_total 2") != std::string::npos);
    CHECK(k1.store->cursor().seq == running.rows());
    CHECK_FALSE(must(k1.store->verify_journal()));
}

TEST_CASE("a large answer goes compressed to who takes it so, and is the same")
{
    Running running;
    must(running.registry->run([](registry::Service& service) {
        must(service.store().commit(just(std::vector<Body>(100, fact::AttemptRefused{{}, "a try"}))));
    }));
    Node k1(running, "K1");
    const auto target = wire::pull_target({DeviceId("K1"), {}, 100, Millis(0)});
    const auto ask = [&](const std::string& encodings) {
        const auto text = wire::request_text(k1.session->registry_id(), "GET", target, "");
        return converse(running.registry->port(),
                        fmt::format("GET {} HTTP/1.1\r\n{}: {}\r\n{}Connection: close\r\n\r\n", target,
                                    wire::signature_header, k1.session->sign(text), encodings));
    };
    const auto rows = [](std::string_view body) {
        return std::string(body.substr(0, body.find("\"server_time\"")));
    };
    const auto plain = ask("");
    CHECK(plain.find("Content-Encoding") == std::string::npos);
    CHECK(plain.find("Vary: Accept-Encoding\r\n") != std::string::npos);
    const auto body = plain.substr(plain.find("\r\n\r\n") + 4);
    for (const auto* refused : {"gzip", "zstd;q=0", "zstd;q=0.0", "xzstd"})
        CHECK(rows(ask(fmt::format("Accept-Encoding: {}\r\n", refused))).find("Content-Encoding") ==
              std::string::npos);
    for (const auto* taken : {"zstd", "gzip, zstd;q=0.5", "ZSTD, gzip"}) {
        INFO(taken);
        const auto answer = ask(fmt::format("Accept-Encoding: {}\r\n", taken));
        CHECK(answer.find("Content-Encoding: zstd\r\n") != std::string::npos);
        CHECK(answer.find("Vary: Accept-Encoding\r\n") != std::string::npos);
        CHECK(answer.size() < plain.size() / 2);
        zstd::Decoder decoder;
        std::string unpacked;
        std::string_view frame = std::string_view(answer).substr(answer.find("\r\n\r\n") + 4);
        while (!frame.empty())
            must(decoder.step(frame, unpacked, 1U << 20));
        CHECK(rows(unpacked) == rows(body));
    }
    CHECK(ask("Accept-Encoding: zstd\r\n").find("\r\nContent-Type: application/json\r\n") !=
          std::string::npos);
    CHECK(must(k1.pull()).rows == 100);
}

TEST_CASE("a device that asks anew frees the question that it gave up")
{
    Running running;
    Node k1(running, "K1");
    DirectStoreGate gate(*k1.store);
    const auto second = must(CurlHttp::open(running.url()));
    const wire::PullQuery query{DeviceId("K1"), {}, 500, Millis(30000)};
    const auto target = wire::pull_target(query);
    const HttpCall call{"GET", target, "",
                        k1.session->sign(wire::request_text(k1.session->registry_id(), "GET", target, "")),
                        Millis(40000)};
    Result<HttpAnswer> older = HttpAnswer{};
    std::thread waiting([&] { older = k1.http->send(call); });
    while (running.metrics().find("montbrillant_parked_pulls 1") == std::string::npos) {
    }
    std::thread newer([&] { static_cast<void>(second->send(call)); });
    waiting.join(); // not after 30 seconds: the newer question ended it
    REQUIRE(older);
    CHECK(older->status == 200);
    CHECK(running.metrics().find("montbrillant_parked_pulls 1") != std::string::npos);
    second->abort();
    newer.join();
}

TEST_CASE("devices that push at the same moment are put in one order without gaps")
{
    Running running;
    constexpr int devices = 4;
    constexpr int batches = 8;
    std::vector<std::unique_ptr<Node>> nodes;
    for (int i = 0; i < devices; ++i)
        nodes.push_back(std::make_unique<Node>(running, fmt::format("K{}", i + 1)));
    std::vector<std::thread> threads;
    std::atomic<int> failures{0};
    for (int i = 0; i < devices; ++i) {
        threads.emplace_back([&, i] {
            Node& node = *nodes[static_cast<std::size_t>(i)];
            for (int batch = 0; batch < batches; ++batch) {
                std::vector<Body> facts;
                for (int j = 0; j < 10; ++j)
                    facts.push_back(laptop(fmt::format("LT-{}-{}-{}", i, batch, j)));
                if (!node.store->commit(just(facts)) || !node.push() || !node.pull())
                    ++failures;
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(failures == 0);
    CHECK(running.rows() == devices * batches * 10);
    for (auto& node : nodes) {
        must(node->pull().map([](const auto&) {}));
        CHECK(node->store->cursor().seq == devices * batches * 10);
        CHECK(entities(node->store->view()) == entities(nodes.front()->store->view()));
        CHECK_FALSE(must(node->store->verify_journal()));
    }
}

TEST_CASE("one device that pushes the same facts twice at the same moment gets them in once")
{
    Running running;
    Node node(running, "K1");
    for (int i = 0; i < 3; ++i)
        must(node.store->commit(just(std::vector<Body>(200, fact::AttemptRefused{{}, "a try"}))));
    const auto second = must(CurlHttp::open(running.url()));
    DirectStoreGate gate(*node.store);
    std::mutex one_store;
    struct Locked final : StoreGate {
        StoreGate& gate;
        std::mutex& mutex;
        Locked(StoreGate& g, std::mutex& m) : gate(g), mutex(m) {}
        Result<> run(const Work& work) override
        {
            const std::lock_guard lock(mutex);
            return gate.run(work);
        }
    } locked(gate, one_store);
    auto other = must(SyncSession::of(locked));
    Result<PushReport> twin = PushReport{};
    std::thread racer([&] { twin = push_all(locked, *second, other, node.clock); });
    const auto mine = push_all(locked, *node.http, *node.session, node.clock);
    racer.join();
    CHECK(mine);
    CHECK(twin);
    CHECK(running.rows() == 600);
}

TEST_CASE("what is no request, or too much of one, is refused and the registry goes on")
{
    Running running;
    const auto port = running.registry->port();
    CHECK(converse(port, "SSH-2.0-OpenSSH\r\n\r\n").find("HTTP/1.1 400") == 0);
    CHECK(converse(port, "GET /healthz HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n")
              .find("HTTP/1.1 431") == 0);
    const std::string large = "POST /v1/sync/push HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n";
    CHECK(converse(port, large).find("HTTP/1.1 413") == 0);
    CHECK(converse(port, large + std::string(200000, 'x')).find("HTTP/1.1 413") == 0);
    std::string chunks = "POST /v1/enrol HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 10; ++i)
        chunks += "1000\r\n" + std::string(4096, 'x') + "\r\n";
    CHECK(converse(port, chunks + "0\r\n\r\n").find("HTTP/1.1 413") == 0);
    CHECK(converse(port, "POST /v1/enrol HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
              .find("HTTP/1.1 400") == 0);
    CHECK(converse(port, "HEAD /healthz HTTP/1.1\r\nConnection: close\r\n\r\n").find("HTTP/1.1 405") == 0);
    CHECK(running.metrics().find("montbrillant_log_head 0") != std::string::npos);
}

TEST_CASE("a request that comes too slowly is given up, and too many connections are closed")
{
    registry::HttpServer::Options options;
    options.idle_patience = Millis(150);
    options.request_patience = Millis(150);
    options.connections_max = 2;
    Running running(options);
    const auto port = running.registry->port();
    CHECK(converse(port, "GET /healthz HT").empty());
    CHECK(converse(port, "POST /v1/enrol HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf").empty());
    CHECK(converse(port, "").empty());
    {
        std::vector<std::unique_ptr<CurlHttp>> held;
        int answered = 0;
        for (int i = 0; i < 4; ++i) {
            held.push_back(must(CurlHttp::open(running.url())));
            answered += held.back()->send({"GET", "/healthz", "", "", Millis(5000)}) ? 1 : 0;
        }
        CHECK(answered >= 1);
        CHECK(answered <= 3);
    }
    // The held ones are gone: there is room again.
    for (int i = 0; i < 100000; ++i) {
        const auto http = must(CurlHttp::open(running.url()));
        if (http->send({"GET", "/healthz", "", "", Millis(5000)}))
            return;
    }
    FAIL("no room again");
}

TEST_CASE("a port that is taken is said in words")
{
    Running running;
    Desk desk;
    registry::HttpServer::Options options;
    options.port = running.registry->port();
    auto second = registry::Registry::start(std::move(*desk.service), options);
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == ErrorKind::network);
    CHECK(second.error().text().find("cannot listen") != std::string::npos);
    CHECK(registry::is_loopback("127.0.0.1"));
    CHECK(registry::is_loopback("127.8.9.1"));
    CHECK(registry::is_loopback("::1"));
    CHECK_FALSE(registry::is_loopback("0.0.0.0"));
    CHECK_FALSE(registry::is_loopback("::"));
    CHECK_FALSE(registry::is_loopback("localhost"));
    CHECK_FALSE(registry::is_loopback("10.0.0.1"));
}
