// SPDX-License-Identifier: Apache-2.0
// Nodes as an operator runs them: programs on one database, asked over sockets, killed in the middle of work.
#include "sync/base/child_process.hpp"
#include "sync/client/registry_link.hpp"
#include "sync/registry/registry.hpp"
#include "tests/sync/client/hall.hpp"
#include "tests/sync/registry/on_postgres.hpp"
#include "tests/sync/registry/raw_http.hpp"

#include <atomic>
#include <condition_variable>
#include <fmt/format.h>
#include <fstream>
#include <mutex>
#include <thread>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// A node of its own process, over TLS.
struct Program {
    std::filesystem::path port_file;
    std::vector<std::string> arguments;
    std::optional<ChildProcess> child;
    std::string port = "0"; ///< kept over a restart

    Program(const Database& database, const std::string& node)
        : port_file(database.folder.path() / (node + ".port")),
          arguments{MONTBRILLANT_REGISTRY,
                    "serve",
                    "--store",
                    postgres_server().address(database.name),
                    "--key-dir",
                    database.keys_of(node).string(),
                    "--tls-dir",
                    database.keys_of(node).string(),
                    "--port-file",
                    port_file.string()}
    {
    }
    void start()
    {
        std::filesystem::remove(port_file);
        auto call = arguments;
        call.insert(call.end(), {"--listen", "127.0.0.1:" + port});
        child.emplace(must(ChildProcess::start(call)));
        std::string line;
        while (!std::filesystem::exists(port_file)) {
            REQUIRE(child->read_line(line, Millis(20)) == ChildProcess::Read::timeout);
            REQUIRE(child->running());
        }
        std::ifstream(port_file) >> port;
    }
    void kill() { child.reset(); } // SIGKILL
    [[nodiscard]] std::string url() const { return fmt::format("https://127.0.0.1:{}", port); }
};

/// The first node's folder, and a copy of it for the second: the event's keys, authority and registry key.
tls::Pin lay_folders(const Database& database)
{
    const auto a = database.keys_of("a");
    const std::vector<std::string> names{"127.0.0.1"};
    const auto authority = must(registry::Authority::open(a, names, SystemClock().wall()));
    std::filesystem::create_directories(database.keys_of("b"));
    for (const auto* file : {"event.key", "ca.key", "ca.pem", "registry.key", "registry.pem"})
        std::filesystem::copy_file(a / file, database.keys_of("b") / file);
    return authority.pin();
}

/// A device that goes to the other node when one does not answer.
struct Roamer {
    TemporaryFolder folder;
    SystemClock clock;
    SystemRandom random;
    std::optional<Store> store;
    std::array<std::unique_ptr<Http>, 2> nodes;
    std::size_t at = 0;

    Roamer(const protocol::Invitation& invitation, const Program& a, const Program& b, std::size_t first)
        : at(first)
    {
        store.emplace(must(Store::open({folder.path(), "montbrillant.db", hasty}, clock, random)));
        must(enrol(*store, invitation, "").map([](const auto&) {}));
        DirectStoreGate gate(*store);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            must(store->set_registry_url((i == 0 ? a : b).url()));
            nodes.at(i) = must(open_registry(gate, ""));
        }
    }
    Result<> sync()
    {
        DirectStoreGate gate(*store);
        auto session = must(SyncSession::of(gate));
        auto done = sync_once(gate, *nodes.at(at), session, clock).map([](const auto&) {});
        if (!done)
            at = 1 - at;
        return done;
    }
};

} // namespace

TEST_CASE("a node is killed while eight devices bring facts: each is in the log once, and there is no gap")
{
    constexpr int devices = 8;
    constexpr int batches = 4;
    constexpr int facts = 20;
    Database database;
    Desk desk(database.node("a")); // makes the event, and the tokens
    const auto pin = lay_folders(database);
    Program a(database, "a");
    Program b(database, "b");
    a.start();
    b.start();
    std::vector<std::unique_ptr<Roamer>> roamers;
    for (int i = 0; i < devices; ++i) {
        const auto token = must(desk.service->admission().issue_token(
            desk.ledger(), fmt::format("K{}", i + 1), SystemClock().wall(), desk.random));
        roamers.push_back(
            std::make_unique<Roamer>(protocol::Invitation{a.url(), token, pin, {}}, a, b, i % 2));
    }
    std::mutex mutex;
    std::condition_variable changed;
    int pushed = 0;
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < devices; ++i) {
        threads.emplace_back([&, i] {
            Roamer& roamer = *roamers[static_cast<std::size_t>(i)];
            for (int batch = 0; batch < batches; ++batch) {
                std::vector<Body> bodies;
                for (int j = 0; j < facts; ++j)
                    bodies.push_back(laptop(fmt::format("LT-{}-{}-{}", i, batch, j)));
                if (!roamer.store->commit(just(bodies)))
                    return;
                for (int tries = 0; tries < 10 && !roamer.sync(); ++tries)
                    ++refused;
                const std::lock_guard lock(mutex);
                ++pushed;
                changed.notify_all();
            }
        });
    }
    const auto wait_for = [&](int count) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return pushed >= count; });
    };
    wait_for(devices * batches / 4);
    a.kill();
    wait_for(devices * batches / 2);
    a.start();
    wait_for(devices * batches * 3 / 4);
    b.kill();
    for (auto& thread : threads)
        thread.join();
    b.start();
    constexpr int all = devices * batches * facts;
    for (auto& roamer : roamers) {
        for (int tries = 0; tries < 3 && (!roamer->sync() || roamer->store->cursor().seq < all); ++tries) {
        }
        CHECK(roamer->store->waiting() == 0);
        CHECK(roamer->store->cursor().seq == all);
        CHECK_FALSE(must(roamer->store->verify_journal()));
        CHECK(entities(roamer->store->view()) == entities(roamers.front()->store->view()));
    }
    CHECK(refused > 0); // the kills were felt
    CHECK(database.ask("SELECT count(*) = max(seq) AND min(seq) = 1 AND count(DISTINCT hash) = count(*) FROM "
                       "montbrillant.journal") == "t");
    CHECK(database.ask("SELECT count(*) FROM montbrillant.journal") == std::to_string(all));
}

TEST_CASE("who waits at one node is woken by what comes to another")
{
    Database database;
    SystemClock clock;
    Desk desk(database.node("a"));
    const auto node = [&](const std::string& name) {
        static_cast<void>(database.try_node(name)); // lays the keys
        auto service = must(registry::open_service(database.address(name), "", clock, database.random));
        return must(registry::Registry::start(std::move(service), {}));
    };
    const auto a = node("a");
    const auto b = node("b");
    Kiosk k1(desk, "K1");
    Kiosk k2(desk, "K2");
    const auto at = [](const auto& registry) {
        return must(CurlHttp::open(fmt::format("http://127.0.0.1:{}", registry->port())));
    };
    std::thread waiting([&] {
        const auto http = at(b);
        DirectStoreGate gate(*k2.store);
        auto session = must(SyncSession::of(gate));
        static_cast<void>(pull_all(gate, *http, session, clock, Millis(30000)));
    });
    const auto token = must(desk.service->tokens().add(desk.ledger(), "graphs", {registry::Scope::metrics},
                                                       clock.wall(), desk.random));
    while (metrics_of(b->port(), token).find("parked_pulls 1") == std::string::npos) {
    }
    const MonoTime began = clock.mono();
    must(k1.store->commit(just({laptop("LT-1")})));
    const auto http = at(a);
    DirectStoreGate gate(*k1.store);
    auto session = must(SyncSession::of(gate));
    must(push_all(gate, *http, session, clock).map([](const auto&) {}));
    waiting.join();
    CHECK(clock.mono() - began < Millis(15000));
    CHECK(k2.store->view().laptops.find(LaptopTag("LT-1")) != nullptr);
    b->stop();
    a->stop();
}

TEST_CASE("the program serves a database, and says in words what is missing")
{
    Database database;
    static_cast<void>(database.node("a"));
    const auto run = [](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(),
                         {"/bin/sh", "-c", "\"$@\" 2>&1; echo \"exit $?\"", "sh", MONTBRILLANT_REGISTRY});
        auto child = must(ChildProcess::start(arguments));
        std::string out;
        std::string line;
        while (child.read_line(line, Millis(30000)) == ChildProcess::Read::line)
            out += line + "\n";
        return out;
    };
    const auto store = postgres_server().address(database.name);
    const auto keys = database.keys_of("a").string();
    const auto with_store = [&](std::vector<std::string> words) {
        words.insert(words.end(), {"--store", store, "--key-dir", keys});
        return run(words);
    };
    CHECK(with_store({"enrol-token", "--name", "K7"}).find("for the device K7") != std::string::npos);
    CHECK(with_store({"device", "list"}).find("exit 0") != std::string::npos);
    const auto backup = with_store({"backup", "monday"});
    CHECK(backup.find("pg_dump") != std::string::npos);
    CHECK(backup.find("exit 1") != std::string::npos);
    CHECK(with_store({"restore", "monday"}).find("pg_restore") != std::string::npos);
    CHECK(with_store({"restored"}).find("the log goes on from 0") != std::string::npos);
    const auto absent = run({"serve", "--store", "postgresql:///none?host=/nowhere", "--key-dir", keys,
                             "--listen", "127.0.0.1:0", "--insecure-loopback"});
    CHECK(absent.find("PostgreSQL is not reached") != std::string::npos);
    CHECK(absent.find("exit 3") != std::string::npos);
}
