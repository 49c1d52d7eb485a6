// SPDX-License-Identifier: Apache-2.0
// Several nodes on one database of PostgreSQL, and a database that goes away.
#include "sync/base/json.hpp"
#include "sync/protocol/signing.hpp"
#include "sync/registry/postgres_ledger.hpp"
#include "tests/support/cut_proxy.hpp"
#include "tests/sync/client/hall.hpp"
#include "tests/sync/registry/on_postgres.hpp"

#include <condition_variable>
#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// Two nodes of one registry, in this process, and a kiosk at each.
struct TwoNodes {
    Database database;
    Desk a{database.node("a")};
    Desk b{database.node("b"), 8};
    Kiosk k1{a, "K1"};
    Kiosk k2{b, "K2"};

    void settle()
    {
        for (int round = 0; round < 2; ++round) {
            must(k1.sync());
            must(k2.sync());
        }
        must(a.service->follow());
        must(b.service->follow());
        CHECK(k1.same_as_registry());
        CHECK(k2.same_as_registry());
        CHECK(a.service->ledger().log_end() == b.service->ledger().log_end());
        check_log();
    }
    /// No gap, each fact once, and each hash follows from the one before.
    void check_log()
    {
        const auto log = must(a.service->ledger().log_after(0, 100000));
        CHECK(log.size() == a.service->ledger().log_end().seq);
        Cursor place;
        std::map<std::pair<DeviceId, std::uint32_t>, ChainEnd> chains;
        for (const auto& row : log) {
            REQUIRE(row.seq == place.seq + 1);
            place = {row.seq, crypto::blake2b(place.log_hash, row.fact.hash)};
            REQUIRE(row.log_hash == place.log_hash);
            ChainEnd& chain = chains[{row.fact.device, row.fact.epoch}];
            REQUIRE(row.fact.counter == chain.counter + 1);
            REQUIRE(row.fact.previous == chain.hash);
            REQUIRE(row.fact.hash == chain_hash(chain.hash, row.fact.bytes));
            chain = {row.fact.counter, row.fact.hash};
        }
    }
};

std::string words_of(const Result<>& result)
{
    REQUIRE_FALSE(result);
    return result.error().text();
}

} // namespace

TEST_CASE("two nodes give one order: what came to one is known at the other")
{
    TwoNodes hall;
    must(hall.k1.store->commit(registration("alice", "Alice")));
    hall.settle();
    hall.k1.check_in("alice", "BA");
    hall.k2.check_in("alice", "BB");
    hall.settle();
    CHECK(hall.k1.shows("alice"));
    CHECK(must(hall.k2.store->person(DelegateId("alice")))->badge_name == "Alice");
    // A kiosk goes on at the other node as if it were the same.
    hall.k1.wire.down = true;
    Wire other(hall.b.service);
    must(hall.k1.store->commit(just({laptop("LT-1")})));
    DirectStoreGate gate(*hall.k1.store);
    auto session = hall.k1.session();
    must(sync_once(gate, other, session, hall.k1.clock).map([](const auto&) {}));
    CHECK(hall.k1.store->waiting() == 0);
    hall.k1.wire.down = false;
    hall.settle();
}

TEST_CASE("a device that is enrolled, enrolled again or revoked at one node is so at the other at once")
{
    TwoNodes hall;
    auto& admission = hall.a.service->admission();
    Kiosk k3(hall.a, "K3");
    Wire at_b(hall.b.service);
    DirectStoreGate gate(*k3.store);
    auto session = k3.session();
    must(sync_once(gate, at_b, session, k3.clock).map([](const auto&) {}));
    Kiosk again(hall.a, "K3"); // a fresh folder: epoch 2
    must(again.store->commit(just({laptop("LT-1")})));
    DirectStoreGate again_gate(*again.store);
    auto again_session = again.session();
    must(sync_once(again_gate, at_b, again_session, again.clock).map([](const auto&) {}));
    must(admission.set_state(hall.a.service->ledger(), DeviceId("K3"), registry::DeviceState::revoked));
    must(hall.b.service->follow()); // as the notice makes it do
    const auto refused = sync_once(again_gate, at_b, again_session, again.clock).map([](const auto&) {});
    CHECK(words_of(refused).find("revoked") != std::string::npos);
}

TEST_CASE("each node has a snapshot of its own: the same where the log is, and none with whoever was erased")
{
    TwoNodes hall;
    must(hall.k1.store->commit(registration("alice", "Alice")));
    must(hall.k1.store->commit(just(std::vector<Body>(250, fact::AttemptRefused{{}, "a try"}))));
    hall.settle();
    const auto ask = [&](Desk& node) {
        const auto target = protocol::snapshot_target(DeviceId("K1"));
        const auto session = hall.k1.session();
        const auto text = protocol::request_text(session.registry_id(), "GET", target, "");
        return node.service->http({"GET", target, session.sign(text), ""});
    };
    for (Desk* node : {&hall.a, &hall.b}) {
        node->service->cut_snapshot({100, 256U << 20});
        node->rest();
    }
    const auto etag = registry::header_of(ask(hall.a), "ETag");
    CHECK_FALSE(etag.empty());
    CHECK(registry::header_of(ask(hall.b), "ETag") == etag);
    CHECK(registry::whole_body(ask(hall.a)) == registry::whole_body(ask(hall.b)));
    must(hall.a.service->ledger().erase_person(DelegateId("alice"), "the registry"));
    CHECK(ask(hall.a).status == 404);
    CHECK(ask(hall.b).status == 404);
    hall.b.rest();
    CHECK(ask(hall.b).status == 200);
    CHECK(registry::header_of(ask(hall.b), "ETag") != etag);
}

TEST_CASE("what the organizer does at one node holds at the other at once")
{
    TwoNodes hall;
    const auto token = must(hall.a.service->tokens().add(hall.a.ledger(), "crm",
                                                         {registry::Scope::people, registry::Scope::import},
                                                         hall.database.clock.wall(), hall.database.random));
    const auto ask = [&](Desk& node, const std::string& method, const std::string& target,
                         const std::string& body = "") {
        return node.service->http({method, target, "", body, "Bearer " + token});
    };
    const std::string file =
        "registration_id,family_name,badge_name,category,role,state,delegation,language\n"
        "R-1,Lima,Ana Lima,member_state,delegate,approved,PRT,en\n";
    CHECK(ask(hall.b, "POST", "/v1/people:import", file).status == 200);
    CHECK(ask(hall.a, "GET", "/v1/people").body.find("Ana Lima") != std::string::npos);
    must(hall.a.service->tokens().revoke(hall.a.ledger(), "crm"));
    CHECK(ask(hall.b, "GET", "/v1/people").status == 401);
    hall.settle();
    CHECK(must(hall.k2.store->person(DelegateId("R-1")))->badge_name == "Ana Lima");
}

TEST_CASE("an answer that is lost behind its commit is found in the log, one lost before it is sent again")
{
    Database database;
    CutProxy proxy(postgres_server().folder());
    database.by_way_of = proxy.folder();
    Desk desk(database.node("a"));
    Kiosk k1(desk, "K1");
    must(k1.store->commit(just({laptop("LT-1"), laptop("LT-2")})));
    const auto cut = GENERATE(CutProxy::Cut::answer_to_commit, CutProxy::Cut::before_commit);
    proxy.cut_next(cut);
    const auto pushed = k1.sync(); // the node finds out by itself, on a new connection
    INFO((pushed ? "" : pushed.error().text()));
    CHECK(pushed);
    CHECK(proxy.cuts() == 1);
    CHECK(k1.store->waiting() == 0);
    CHECK(facts_of(desk, DeviceId("K1")) == 2);
    CHECK(k1.same_as_registry());
    CHECK(database.ask("SELECT count(*) FROM montbrillant.journal") == "2");
}

TEST_CASE("a lost answer to the change of a setting does not do it twice")
{
    Database database;
    CutProxy proxy(postgres_server().folder());
    database.by_way_of = proxy.folder();
    Desk desk(database.node("a"));
    proxy.cut_next(CutProxy::Cut::answer_to_commit);
    Kiosk k1(desk, "K1"); // its token
    proxy.cut_next(CutProxy::Cut::answer_to_commit);
    const auto token = desk.token("K2");
    proxy.cut_next(CutProxy::Cut::answer_to_commit);
    Kiosk k3(desk, "K3");
    CHECK(proxy.cuts() == 3);
    CHECK(desk.service->admission().devices().size() == 2);
    must(k1.sync());
    must(k3.sync());
}

TEST_CASE("whoever holds the lock and falls silent is cut off, and loses what it had not committed")
{
    TwoNodes hall;
    must(hall.k1.sync());
    auto holder = must(postgres::Connection::open({postgres_server().address(hall.database.name)}));
    must(holder.execute(fmt::format("SET idle_in_transaction_session_timeout = '200ms'; BEGIN; "
                                    "SELECT pg_advisory_xact_lock({}); "
                                    "INSERT INTO montbrillant.setting VALUES ('half', 'done')",
                                    registry::writers_lock)));
    must(hall.k2.store->commit(just({laptop("LT-1")})));
    must(hall.k2.sync()); // waits until the server has had enough
    CHECK_FALSE(holder.execute("COMMIT"));
    CHECK(holder.lost());
    CHECK(must(hall.b.service->ledger().setting("half")) == std::nullopt);
    hall.settle();
}

TEST_CASE("a database that is away is said in words, and the registry goes on when it is back")
{
    TwoNodes hall;
    must(hall.k1.store->commit(registration("alice", "Alice")));
    hall.settle();
    postgres_server().stop(true);
    hall.k1.check_in("alice", "BA");
    const auto away = words_of(hall.k1.sync());
    CHECK(away.find("cannot use its store") != std::string::npos);
    CHECK(away.find("PostgreSQL") != std::string::npos);
    CHECK(hall.k1.store->waiting() == 3);
    CHECK(hall.a.service->http({"GET", "/readyz", "", ""}).status == 500);
    CHECK(hall.a.service->http({"GET", "/healthz", "", ""}).status == 200);
    const auto third = hall.database.try_node("c");
    REQUIRE_FALSE(third);
    CHECK(third.error().kind == ErrorKind::network);
    CHECK(third.error().text().find("not reached") != std::string::npos);
    postgres_server().start();
    hall.database.clock.advance(Millis(5000)); // it does not try at every request
    hall.settle();
    CHECK(hall.a.service->http({"GET", "/readyz", "", ""}).status == 200);
    CHECK(hall.k2.shows("alice"));
}

TEST_CASE("what one device sends cannot spoil the turn of the others")
{
    TwoNodes hall;
    // As if the server had a limit that nobody thought of.
    static_cast<void>(hall.database.ask("ALTER TABLE montbrillant.journal ADD CHECK (length(bytes) < 1000)"));
    must(hall.k1.store->commit(just({fact::AttemptRefused{{}, std::string(2000, 'x')}})));
    must(hall.k2.store->commit(just({laptop("LT-1")})));
    const auto at_1 = must(hall.k1.store->own_facts_after(0, 10));
    const auto at_2 = must(hall.k2.store->own_facts_after(0, 10));
    const std::array pushes{DevicePush{DeviceId("K1"), 1, at_1}, DevicePush{DeviceId("K2"), 1, at_2}};
    const auto results = hall.a.service->ledger().take_pushes(pushes);
    REQUIRE_FALSE(results[0]);
    CHECK(results[0].error().text().find("PostgreSQL refuses") != std::string::npos);
    INFO((results[1] ? "" : results[1].error().text()));
    REQUIRE(results[1]);
    CHECK(results[1]->answers.front().seq == 1);
}

TEST_CASE("a database restored from a dump begins a new log epoch, and the kiosks fill it again")
{
    TwoNodes hall;
    must(hall.k1.store->commit(registration("alice", "Alice")));
    must(hall.k1.store->commit(registration("bob", "Bob")));
    hall.settle();
    static_cast<void>(hall.database.ask("CREATE TABLE dump AS TABLE montbrillant.journal; CREATE TABLE "
                                        "dump_entity AS TABLE montbrillant.entity; "
                                        "CREATE TABLE dump_record AS TABLE montbrillant.record"));
    hall.k1.check_in("alice", "BA");
    hall.settle();
    must(hall.a.service->ledger().erase_person(DelegateId("bob"), "the registry"));
    must(hall.b.service->follow());
    const auto head = hall.b.service->ledger().log_end().seq;
    static_cast<void>(hall.database.ask(
        "TRUNCATE montbrillant.journal, montbrillant.entity, montbrillant.record; "
        "INSERT INTO montbrillant.journal TABLE dump; INSERT INTO montbrillant.entity TABLE dump_entity; "
        "INSERT INTO montbrillant.record TABLE dump_record"));
    const auto restored = must(
        registry::declare_restored(hall.database.address("a"), hall.database.clock, hall.database.random));
    CHECK(restored.devices == 2);
    CHECK(restored.head == head - 3); // without the check-in's, with the repeated erasure
    hall.settle();                    // a node that ran all the while notices
    CHECK(hall.k2.shows("alice"));
    CHECK_FALSE(must(hall.k2.store->person(DelegateId("bob"))));
    CHECK(hall.database.ask("SELECT count(*) FROM montbrillant.record") == "1");
}

TEST_CASE("a registry moves from SQLite to PostgreSQL, and its kiosks notice nothing")
{
    TemporaryFolder folder;
    Database database;
    const registry::StoreAddress file{folder.path() / "data", "registry.db"};
    Desk desk(must(registry::open_service(file, MONTBRILLANT_EVENT, database.clock, database.random)));
    Kiosk k1(desk, "K1");
    must(k1.store->commit(registration("alice", "Alice")));
    k1.check_in("alice", "BA");
    must(k1.sync());
    must(desk.service->tokens().add(desk.ledger(), "crm", {registry::Scope::people}, {}, desk.random));
    const auto before = desk.service->ledger().log_end();
    const auto epoch = must(desk.service->ledger().log_epoch());
    const auto id = desk.service->registry_id();
    desk.service.reset();
    const auto to = database.address("a");
    CHECK(must(registry::copy(file, to, database.clock, database.random)) == before.seq);
    CHECK_FALSE(registry::copy(file, to, database.clock, database.random)); // not into a full one
    desk.service.emplace(must(registry::open_service(to, "", database.clock, database.random)));
    CHECK(desk.service->ledger().log_end() == before);
    CHECK(must(desk.service->ledger().log_epoch()) == epoch);
    CHECK(desk.service->registry_id() == id);
    CHECK(desk.service->tokens().all().size() == 1);
    must(k1.store->commit(just({laptop("LT-1")})));
    const auto report = k1.sync();
    CHECK(report);
    CHECK(k1.same_as_registry());
    Kiosk k2(desk, "K2");
    must(k2.sync());
    CHECK(must(k2.store->person(DelegateId("alice")))->badge_name == "Alice");
}

TEST_CASE("what is not fit to serve is refused with a word on what to do")
{
    Database database;
    auto wrong = registry::read_store_address("postgresql://host/db", "");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().text().find("--key-dir") != std::string::npos);
    wrong = registry::read_store_address("postgresql://user:secret%zz@host/db", "keys");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().text().find("secret") == std::string::npos);
    auto node = registry::open_service(database.address("a"), "", database.clock, database.random);
    REQUIRE_FALSE(node);
    CHECK(node.error().text().find("--event FILE") != std::string::npos);
    static_cast<void>(database.node("a"));
    node = registry::open_service(database.address("b"), "", database.clock, database.random);
    REQUIRE_FALSE(node);
    CHECK(node.error().text().find("copy event.key") != std::string::npos);
    std::filesystem::create_directories(database.keys_of("c"));
    must(must(KeyStore::open(database.keys_of("c"), {}, {}))->save_event(EventKeys::fresh()));
    node = registry::open_service(database.address("c"), "", database.clock, database.random);
    REQUIRE_FALSE(node);
    CHECK(node.error().text().find("not the keys of this database") != std::string::npos);
    // Neither the master nor anything else that opens records lies in the database.
    const auto keys = must(KeyStore::open(database.keys_of("a"), {}, {}));
    const auto all = database.ask("SELECT string_agg(key || '=' || value, ' ') FROM montbrillant.setting");
    CHECK(all.find(to_hex(keys->event().master)) == std::string::npos);
    CHECK(all.find("registry.id=") != std::string::npos);
    static_cast<void>(database.ask("UPDATE montbrillant.schema_version SET version = 99"));
    node = registry::open_service(database.address("a"), "", database.clock, database.random);
    REQUIRE_FALSE(node);
    CHECK(node.error().text().find("newer program") != std::string::npos);
}

TEST_CASE("a projection of programs that know other kinds of facts is built again")
{
    TwoNodes hall;
    must(hall.k1.store->commit(registration("alice", "Alice")));
    hall.settle();
    const auto shown = entities(hall.a.service->ledger().state());
    // A node of another release wrote meanwhile, and what it did not know is missing.
    static_cast<void>(hall.database.ask("UPDATE montbrillant.setting SET value = '3' WHERE key = "
                                        "'projection.kinds'; DELETE FROM montbrillant.entity"));
    must(hall.k2.store->commit(just({laptop("LT-1")})));
    must(hall.k2.sync());
    CHECK(hall.database.ask("SELECT value FROM montbrillant.setting WHERE key = 'projection.kinds'") ==
          "mixed");
    Desk fresh(hall.database.node("c"));
    const auto now = entities(hall.b.service->ledger().state());
    CHECK(now.size() > shown.size());
    CHECK(entities(fresh.service->ledger().state()) == now);
    CHECK(hall.database.ask("SELECT count(*) FROM montbrillant.entity") == std::to_string(now.size()));
}
