// SPDX-License-Identifier: Apache-2.0
// The program itself: started, asked, killed and restored as an organizer and a bad day would.
#include "sync/base/child_process.hpp"
#include "sync/base/json.hpp"
#include "tests/sync/client/hall.hpp"

#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <sys/wait.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr Millis patience{30000};
constexpr const char* program = MONTBRILLANT_REGISTRY;
constexpr const char* event_file = MONTBRILLANT_EVENT;

struct Ran {
    int code = -1;
    std::string out;
};

/// Runs to its end; the code comes as the last line from a shell around it.
Ran run(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"/bin/sh", "-c", "\"$@\" 2>&1; echo \"exit $?\"", "sh", program});
    auto child = must(ChildProcess::start(arguments));
    Ran ran;
    std::string line;
    while (child.read_line(line, patience) == ChildProcess::Read::line) {
        if (line.starts_with("exit "))
            ran.code = std::stoi(line.substr(5));
        else
            ran.out += line + "\n";
    }
    return ran;
}

struct Server {
    TemporaryFolder folder;
    std::optional<ChildProcess> child;
    std::string port = "0";

    [[nodiscard]] std::string store() const
    {
        return "sqlite:" + (folder.path() / "data" / "registry.db").string();
    }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + port; }

    void start(const std::string& crash_at = "")
    {
        const auto port_file = folder.path() / "port";
        std::filesystem::remove(port_file);
        std::vector<std::string> arguments{"/usr/bin/env"};
        if (!crash_at.empty())
            arguments.push_back("MONTBRILLANT_CRASH_AT=" + crash_at);
        for (const auto& word : {std::string(program), std::string("serve"), std::string("--store"), store(),
                                 std::string("--listen"), "127.0.0.1:" + port,
                                 std::string("--insecure-loopback"), std::string("--event"),
                                 std::string(event_file), std::string("--port-file"), port_file.string()})
            arguments.push_back(word);
        child.emplace(must(ChildProcess::start(arguments)));
        std::string line;
        while (!std::filesystem::exists(port_file)) {
            REQUIRE(child->read_line(line, Millis(20)) == ChildProcess::Read::timeout);
            REQUIRE(child->running());
        }
        std::ifstream(port_file) >> port;
    }
    /// Ends it as an init system does; its exit code.
    int terminate()
    {
        REQUIRE(::kill(child->pid(), SIGTERM) == 0);
        siginfo_t ended{};
        REQUIRE(::waitid(P_PID, static_cast<id_t>(child->pid()), &ended, WEXITED | WNOWAIT) == 0);
        child.reset();
        return ended.si_code == CLD_EXITED ? ended.si_status : -ended.si_status;
    }
    /// Waits until it died by itself.
    void wait_for_death()
    {
        siginfo_t ended{};
        REQUIRE(::waitid(P_PID, static_cast<id_t>(child->pid()), &ended, WEXITED | WNOWAIT) == 0);
        CHECK(ended.si_code == CLD_KILLED);
        child.reset();
    }
    std::string token(const std::string& name)
    {
        const auto ran = run({"enrol-token", "--store", store(), "--name", name, "--json"});
        REQUIRE(ran.code == 0);
        const auto brace = ran.out.find('{');
        REQUIRE(brace != std::string::npos);
        return json_text_or(parse_json(ran.out.substr(brace), "token").value(), "token", "");
    }
};

struct Enrolled {
    TemporaryFolder folder;
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<CurlHttp> http;
    std::optional<Store> store;

    Enrolled(Server& server, const std::string& name) : http(must(CurlHttp::open(server.url())))
    {
        store.emplace(must(Store::open({folder.path()}, clock, random)));
        must(enrol(*store, *http, server.url(), server.token(name)).map([](const auto&) {}));
    }
    Result<SyncReport> sync()
    {
        DirectStoreGate gate(*store);
        auto session = must(SyncSession::of(gate));
        return sync_once(gate, *http, session, clock);
    }
    void check_in(const std::string& delegate, const std::string& badge)
    {
        must(store->commit(check_in_draft(store->view(), delegate, badge)));
    }
};

} // namespace

TEST_CASE("two kiosks agree through the program, over real sockets")
{
    Server server;
    server.start();
    Enrolled k1(server, "K1");
    Enrolled k2(server, "K2");
    CHECK(k1.store->identity()->event == EventId("sg20-2017"));
    CHECK(k1.store->identity()->event_profile.size() > 1000);
    must(k1.store->commit(registration("alice", "Alice")));
    must(k1.sync().map([](const auto&) {}));
    must(k2.sync().map([](const auto&) {}));
    k1.check_in("alice", "BA");
    k2.check_in("alice", "BB");
    must(k2.sync().map([](const auto&) {}));
    CHECK(must(k1.sync()).pushed.conflicts == 2);
    must(k2.sync().map([](const auto&) {}));
    CHECK(entities(k1.store->view()) == entities(k2.store->view()));
    CHECK(k1.store->view().delegates.find(DelegateId("alice"))->badge == BadgeId("BB"));
    CHECK(must(k2.store->person(DelegateId("alice")))->badge_name == "Alice");

    const auto listed = run({"device", "list", "--store", server.store()});
    CHECK(listed.code == 0);
    CHECK(listed.out.find("K1") != std::string::npos);
    CHECK(run({"device", "revoke", "K2", "--store", server.store()}).code == 0);
    const auto revoked = k2.sync();
    REQUIRE_FALSE(revoked);
    CHECK(revoked.error().text().find("revoked") != std::string::npos);
    CHECK(run({"device", "revoke", "K7", "--store", server.store()}).code == 1);

    CHECK(server.terminate() == 0);
    CHECK_FALSE(k1.sync());
    // Without a running registry the same command works on the folder itself.
    const auto alone = run({"device", "list", "--store", server.store(), "--json"});
    CHECK(alone.code == 0);
    CHECK(alone.out.find("gone") != std::string::npos);

    auto folder = must(Store::open({server.folder.path() / "data", "registry.db", {}}, k1.clock, k1.random));
    CHECK(entities(folder.view()) == entities(k1.store->view()));
    CHECK_FALSE(must(folder.verify_journal()));
}

TEST_CASE("the registry dies between its commit and its answer: every fact is there once")
{
    Server server;
    server.start();
    Enrolled k1(server, "K1");
    must(k1.store->commit(registration("alice", "Alice")));
    must(k1.sync().map([](const auto&) {}));
    CHECK(server.terminate() == 0);

    k1.check_in("alice", "BA");
    server.start("registry.push_committed");
    const auto lost = k1.sync();
    REQUIRE_FALSE(lost);
    CHECK(lost.error().kind == ErrorKind::network);
    server.wait_for_death();
    CHECK_FALSE(k1.sync()); // nobody there
    server.start();
    must(k1.sync().map([](const auto&) {}));
    CHECK(k1.store->waiting() == 0);
    CHECK(k1.store->cursor().seq == 4);
    server.child.reset(); // SIGKILL: the control socket stays behind, and the next start copes
    server.start();
    CHECK(run({"device", "list", "--store", server.store()}).code == 0);
    CHECK(server.terminate() == 0);
}

TEST_CASE("the drill: a backup of the running registry is restored, and the kiosks fill it again")
{
    Server server;
    server.start();
    Enrolled k1(server, "K1");
    must(k1.store->commit(registration("alice", "Alice")));
    must(k1.sync().map([](const auto&) {}));
    const auto backup = (server.folder.path() / "monday.db").string();
    CHECK(run({"backup", backup, "--store", server.store()}).code == 0);
    CHECK(run({"backup", backup, "--store", server.store()}).code == 2); // never over another
    k1.check_in("alice", "BA");
    must(k1.sync().map([](const auto&) {}));
    CHECK(run({"restore", backup, "--store", server.store()}).code == 3); // not while it runs
    CHECK(server.terminate() == 0);
    const auto restored = run({"restore", backup, "--store", server.store()});
    CHECK(restored.code == 0);
    server.start();
    const auto report = must(k1.sync());
    CHECK(report.pulled.reset);
    CHECK(report.pushed.sent == 3);
    CHECK(k1.store->waiting() == 0);
    CHECK(k1.store->cursor().seq == 4);
    CHECK(server.terminate() == 0);
}

TEST_CASE("what cannot be served is refused with a word on what to do")
{
    Server server;
    const auto serve = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"serve", "--store", server.store()});
        return run(more);
    };
    const auto refused = [](const Ran& ran, int code, const std::string& words) {
        INFO(ran.out);
        CHECK(ran.code == code);
        CHECK(ran.out.find(words) != std::string::npos);
    };
    refused(serve({"--listen", "127.0.0.1:0"}), 2, "--insecure-loopback");
    refused(serve({"--listen", "0.0.0.0:0", "--insecure-loopback"}), 2, "this machine alone");
    refused(serve({"--listen", "192.0.2.7:0", "--insecure-loopback"}), 2, "this machine alone");
    refused(serve({"--listen", "[::]:0", "--insecure-loopback"}), 2, "this machine alone");
    refused(serve({"--listen", "127.0.0.1:0", "--insecure-loopback", "--tls-dir", "tls"}), 2, "to be chosen");
    refused(serve({"--listen", "127.0.0.1:0", "--tls-dir", "tls", "--url", "http://registry.hall"}), 2,
            "https://");
    refused(serve({"--listen", "127.0.0.1", "--insecure-loopback"}), 2, "port is missing");
    refused(serve({"--listen", "127.0.0.1:99999", "--insecure-loopback"}), 2, "65535");
    refused(serve({"--listen", "127.0.0.1:0", "--insecure-loopback"}), 2, "--event");
    refused(serve({"--insecure-loopback", "--event", "/nowhere.toml", "--listen", "127.0.0.1:0"}), 2,
            "/nowhere.toml");
    refused(run({"enrol-token", "--store", "mysql://db"}), 2, "sqlite:FILE");
    refused(run({"enrol-token", "--store", "postgresql://db"}), 2, "--key-dir");
    refused(run({"enrol-token", "--store", "sqlite:" + (server.folder.path() / "none.db").string()}), 2,
            "no registry");
    refused(run({"enrol-token"}), 2, "--store");
    refused(run({"serve", "--help"}), 0, "Example");
    refused(run({}), 2, "subcommand");
}
