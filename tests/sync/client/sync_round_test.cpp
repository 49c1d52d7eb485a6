// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/client/hall.hpp"

#include "sync/base/json.hpp"

#include <fmt/format.h>
#include <fstream>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

struct Hall {
    Desk desk;
    Kiosk k1{desk, "K1"};
    Kiosk k2{desk, "K2"};

    Hall()
    {
        desk.knows("alice", "Alice");
        desk.knows("bob", "Bob");
        settle();
    }
    void settle()
    {
        for (int round = 0; round < 2; ++round) {
            must(k1.sync());
            must(k2.sync());
        }
        CHECK(k1.same_as_registry());
        CHECK(k2.same_as_registry());
        CHECK_FALSE(must(desk.store().verify_journal()));
    }
};

void refused_in_words(const Result<>& result, const std::string& words)
{
    REQUIRE_FALSE(result);
    INFO(result.error().text());
    CHECK(result.error().kind == ErrorKind::refused);
    CHECK(result.error().text().find(words) != std::string::npos);
}

} // namespace

TEST_CASE("what happens at one kiosk is known at the other, with the person's name")
{
    Hall hall;
    must(hall.k1.store->commit(registration("carol", "Carol")));
    hall.k1.check_in("carol", "BC");
    auto at_2 = hall.k2.session();
    CHECK(must(hall.k2.pull(at_2)).rows == 0);
    must(hall.k1.sync());
    const auto report = must(hall.k2.pull(at_2));
    CHECK(report.rows == 4);
    CHECK(report.people == std::vector{DelegateId("carol")});
    CHECK(hall.k2.shows("carol"));
    CHECK(must(hall.k2.store->person(DelegateId("carol")))->badge_name == "Carol");
    hall.settle();
}

TEST_CASE(
    "one person checked in at two kiosks that are apart: the first stands, the second is a task at both")
{
    Hall hall;
    hall.k1.check_in("alice", "BA");
    hall.k2.check_in("alice", "BB");
    must(hall.k2.sync());
    auto at_1 = hall.k1.session();
    CHECK(must(hall.k1.push(at_1)).conflicts == 2);
    hall.settle();
    for (Kiosk* kiosk : {&hall.k1, &hall.k2}) {
        const State& view = kiosk->store->view();
        CHECK(view.delegates.find(DelegateId("alice"))->checked_in_at == DeviceId("K2"));
        CHECK(view.delegates.find(DelegateId("alice"))->badge == BadgeId("BB"));
        CHECK_FALSE(view.badges.find(BadgeId("BA"))->live);
        std::multiset<std::string> open;
        view.conflicts.each([&](const FactId&, const Conflict& conflict) {
            if (conflict.open)
                open.insert(conflict.kind);
        });
        CHECK(open == std::multiset<std::string>{"double_check_in", "second_badge"});
    }
}

TEST_CASE("the answer to a push that was taken is lost: every fact is there once")
{
    Hall hall;
    hall.k1.check_in("alice", "BA");
    const auto before = facts_of(hall.desk, DeviceId("K1"));
    auto session = hall.k1.session();
    must(hall.k1.push(session)); // knows where the registry stands
    hall.k1.check_in("bob", "BB");
    hall.k1.wire.lose_answers = 1;
    const auto lost = hall.k1.push(session);
    REQUIRE_FALSE(lost);
    CHECK(lost.error().kind == ErrorKind::network);
    SECTION("and the kiosk tries again") { CHECK(must(hall.k1.push(session)).sent == 3); }
    SECTION("and the kiosk starts anew") { must(hall.k1.sync()); }
    SECTION("and more happened meanwhile")
    {
        must(hall.k1.store->commit(just({bound("04A1", "BA")})));
        CHECK(must(hall.k1.push(session)).sent == 4);
    }
    hall.settle();
    CHECK(facts_of(hall.desk, DeviceId("K1")) == before + hall.k1.store->own_counter());
}

TEST_CASE("a kiosk that was alone for a day catches up, in both directions")
{
    Hall hall;
    hall.k1.wire.far = GENERATE(false, true);
    hall.k1.wire.down = true;
    for (int tens = 0; tens < 9; ++tens) {
        std::vector<Body> attempts(50, fact::AttemptRefused{{}, "a try"});
        std::vector<Body> laptops;
        for (int i = 0; i < 50; ++i)
            laptops.push_back(laptop(fmt::format("LT-{}-{}", tens, i)));
        must(hall.k1.store->commit(just(attempts)));
        must(hall.desk.store().commit(just(laptops)));
    }
    CHECK_FALSE(hall.k1.sync());
    CHECK(hall.k1.store->waiting() == 450);
    hall.k1.wire.down = false;
    auto session = hall.k1.session();
    hall.k1.wire.calls = 0;
    CHECK(must(hall.k1.push(session)).sent == 450);
    CHECK(hall.k1.wire.calls == 4); // one to ask, then 200 + 200 + 50
    CHECK(must(hall.k1.pull(session)).rows == 900);
    hall.settle();
    CHECK(facts_of(hall.desk, DeviceId("K1")) == 450);
}

TEST_CASE(
    "a page that was asked for ahead and got lost ends the round, and the next goes on behind what is stored")
{
    Hall hall;
    std::vector<Body> laptops;
    for (std::size_t i = 0; i < 2 * protocol::rows_per_pull_max + 100; ++i)
        laptops.push_back(laptop(fmt::format("LT-{}", i)));
    must(hall.desk.store().commit(just(laptops)));
    const auto before = hall.k1.store->cursor().seq;
    Wire& wire = hall.k1.wire;
    wire.far = true;
    wire.calls = 0;
    wire.twist_call = [&wire](HttpCall&) { wire.lose_answers = wire.calls == 4 ? 1 : 0; };
    auto session = hall.k1.session();
    const auto broken = hall.k1.pull(session);
    REQUIRE_FALSE(broken);
    CHECK(broken.error().kind == ErrorKind::network);
    CHECK(wire.calls == 4); // a page, the question for a snapshot, two pages
    CHECK(hall.k1.store->cursor().seq == before + 2 * protocol::rows_per_pull_max);
    CHECK(must(hall.k1.pull(session)).rows == 100);
    hall.settle();
}

TEST_CASE("a batch closes before it is too large for the registry")
{
    Hall hall;
    const std::string long_reason(12000, 'x');
    for (int i = 0; i < 5; ++i)
        must(hall.k1.store->commit(just(std::vector<Body>(50, fact::AttemptRefused{{}, long_reason}))));
    std::size_t largest = 0;
    hall.k1.wire.twist_call = [&largest](HttpCall& call) { largest = std::max(largest, call.body.size()); };
    auto session = hall.k1.session();
    CHECK(must(hall.k1.push(session)).sent == 250);
    CHECK(largest > protocol::batch_bytes_wanted / 2);
    CHECK(largest < protocol::push_body_bytes_max / 2);
    hall.settle();
}

TEST_CASE("a registry restored from a backup gets back all that the kiosks know")
{
    Hall hall;
    const auto backup = hall.desk.folder.path() / "monday.db";
    hall.k1.check_in("alice", "BA");
    hall.settle();
    must(hall.desk.store().backup_to(backup));
    Kiosk late(hall.desk, "K3"); // enrolled after the backup
    must(late.sync());
    late.check_in("bob", "BB");
    must(late.sync());
    must(hall.k1.store->commit(just({bound("04A1", "BA")})));
    hall.settle();
    const auto before = entities(hall.k1.store->view());
    const auto head = hall.desk.store().log_head();
    auto session = hall.k1.session();
    must(hall.k1.push(session)); // knows where the registry stood

    hall.desk.stop();
    const auto restored =
        must(registry::restore(hall.desk.address(), backup, hall.desk.clock, hall.desk.random));
    CHECK(restored.head < head);
    CHECK(restored.devices == 3);
    hall.desk.start();
    SECTION("at once") {}
    SECTION("after it moved on") { hall.desk.knows("dave", "Dave"); }
    SECTION("after it moved on further than it was")
    {
        std::vector<Body> laptops;
        for (int i = 0; i < 40; ++i)
            laptops.push_back(laptop(fmt::format("LT-{}", i)));
        must(hall.desk.store().commit(just(laptops)));
    }

    // No new local write: the pull alone notices, and the push follows.
    const auto pulled = must(hall.k1.pull(session));
    CHECK(pulled.reset);
    must(hall.k1.push(session));
    must(late.sync());
    hall.settle();
    must(late.sync());
    CHECK(late.same_as_registry());
    CHECK(facts_of(hall.desk, DeviceId("K1")) == hall.k1.store->own_counter());
    CHECK(facts_of(hall.desk, DeviceId("K3")) == late.store->own_counter());
    for (const auto& [key, value] : before) {
        INFO(key.key);
        CHECK(entities(hall.k1.store->view()).contains(key));
    }
    CHECK(hall.k1.shows("alice"));
    CHECK(hall.k2.shows("bob"));
    CHECK(holder_of(hall.k2.store->view(), CardUid("04A1"))->delegate == DelegateId("alice"));
}

TEST_CASE("a registry whose old file was put back by hand is noticed by its log alone")
{
    Hall hall;
    hall.desk.stop();
    TemporaryFolder copy;
    std::filesystem::copy(hall.desk.folder.path(), copy.path() / "r",
                          std::filesystem::copy_options::recursive);
    hall.desk.start();
    hall.k1.check_in("alice", "BA");
    hall.settle();
    hall.desk.stop();
    std::filesystem::remove_all(hall.desk.folder.path());
    std::filesystem::copy(copy.path() / "r", hall.desk.folder.path(),
                          std::filesystem::copy_options::recursive);
    hall.desk.start();
    SECTION("its log is shorter than the cursor") {}
    SECTION("its log is as long, with other facts")
    {
        for (int i = 0; i < 3; ++i)
            must(hall.desk.store().commit(just({laptop(fmt::format("LT-{}", i))})));
    }
    auto session = hall.k1.session();
    CHECK(must(hall.k1.pull(session)).reset);
    CHECK(must(hall.k1.push(session)).sent == 3);
    hall.settle();
    CHECK(hall.k2.shows("alice"));
}

TEST_CASE("a registry that lost facts asks for them by number")
{
    Hall hall;
    hall.k1.check_in("alice", "BA");
    hall.k1.check_in("bob", "BB");
    auto session = hall.k1.session();
    session.set_registry_counter(4); // so it said before it lost them
    CHECK(must(hall.k1.push(session)).sent == 6);
    hall.settle();
    CHECK(facts_of(hall.desk, DeviceId("K1")) == 6);
}

TEST_CASE("two disks that write as one device are found out, and nothing of the first is lost")
{
    Hall hall;
    TemporaryFolder copy;
    hall.k1.store.reset();
    std::filesystem::copy(hall.k1.folder.path(), copy.path() / "k", std::filesystem::copy_options::recursive);
    hall.k1.open();
    hall.k1.check_in("alice", "BA");
    must(hall.k1.sync());

    Store clone = must(Store::open({copy.path() / "k"}, hall.k1.clock, hall.k1.random));
    DirectStoreGate gate(clone);
    auto as = must(SyncSession::of(gate));
    const auto check_in_there = [&](const std::string& badge) {
        must(clone.commit(check_in_draft(clone.view(), "bob", badge)));
    };
    SECTION("when it asks where the registry stands")
    {
        check_in_there("BB");
        refused_in_words(push_all(gate, hall.k1.wire, as, hall.k1.clock).map([](const auto&) {}), "cloned");
        CHECK(hall.k1.sync()); // it did not write anything: nobody is shut out
    }
    SECTION("when it writes beyond the other")
    {
        check_in_there("BB");
        must(clone.commit(just({bound("04A1", "BB")})));
        as.set_registry_counter(3);
        refused_in_words(push_all(gate, hall.k1.wire, as, hall.k1.clock).map([](const auto&) {}),
                         "two disks");
        refused_in_words(hall.k1.sync(), "enrol");
        const auto* device = hall.desk.service->admission().find(DeviceId("K1"));
        CHECK(device->state == registry::DeviceState::forked);
    }
    SECTION("when it pulls before it pushes")
    {
        check_in_there("BB");
        CHECK_FALSE(pull_all(gate, hall.k1.wire, as, hall.k1.clock, Millis(0)));
        CHECK(clone.waiting() == 3);
    }
    SECTION("and a copy that wrote nothing just gets the facts back")
    {
        must(pull_all(gate, hall.k1.wire, as, hall.k1.clock, Millis(0)).map([](const auto&) {}));
        CHECK(clone.own_counter() == 3);
    }
    CHECK(facts_of(hall.desk, DeviceId("K1")) == 3);
}

TEST_CASE("nothing is taken from who cannot sign for it")
{
    Hall hall;
    hall.k1.check_in("alice", "BA");
    const auto head = hall.desk.store().log_head();
    std::string words;
    SECTION("the body was changed on the way")
    {
        hall.k1.wire.twist_call = [](HttpCall& call) { call.body += ' '; };
        words = "not signed";
    }
    SECTION("the address was changed on the way")
    {
        hall.k1.wire.twist_call = [](HttpCall& call) { call.target += "?x=1"; };
        words = "not signed";
    }
    SECTION("there is no signature")
    {
        hall.k1.wire.twist_call = [](HttpCall& call) { call.signature.clear(); };
        words = "not signed";
    }
    SECTION("another device's name is on it")
    {
        hall.k1.wire.twist_call = [](HttpCall& call) {
            Json body = parse_json(call.body, "").value();
            body["device"] = "K2";
            body["facts"] = Json::array();
            body.erase("head_signature");
            call.body = dump_json(body);
        };
        words = "not signed";
    }
    SECTION("the device was revoked, and has left")
    {
        must(hall.desk.service->admission().set_state(hall.desk.service->ledger(), DeviceId("K1"),
                                                      registry::DeviceState::gone));
        words = "keys wiped";
    }
    SECTION("the registry does not know the device")
    {
        hall.k1.wire.twist_call = [](HttpCall& call) {
            Json body = parse_json(call.body, "").value();
            body["device"] = "K9";
            body["facts"] = Json::array();
            body.erase("head_signature");
            call.body = dump_json(body);
        };
        words = "not enrolled";
    }
    auto session = hall.k1.session();
    refused_in_words(hall.k1.push(session).map([](const auto&) {}), words);
    CHECK(hall.desk.store().log_head() == head);
    CHECK(hall.k1.store->waiting() == 3);
}

TEST_CASE("a pull is signed too")
{
    Hall hall;
    hall.desk.knows("carol", "Carol");
    hall.k1.wire.twist_call = [](HttpCall& call) {
        const auto at = call.target.find("limit=500");
        call.target.replace(at, 9, "limit=499");
    };
    auto session = hall.k1.session();
    refused_in_words(hall.k1.pull(session).map([](const auto&) {}), "not signed");
}

TEST_CASE("a page that was garbled on the way is dropped whole, and the next round takes it")
{
    Hall hall;
    hall.desk.knows("carol", "Carol");
    hall.desk.knows("dave", "Dave");
    hall.k1.wire.twist_answer = [](const HttpCall&, HttpAnswer& answer) {
        Json page = parse_json(answer.body, "").value();
        if (!page.at("rows").empty())
            page["rows"][1]["log_hash"] = std::string(64, '0');
        answer.body = dump_json(page);
    };
    auto session = hall.k1.session();
    const auto cursor = hall.k1.store->cursor().seq;
    CHECK_FALSE(hall.k1.pull(session));
    CHECK(hall.k1.store->cursor().seq == cursor);
    CHECK(hall.k1.store->view().delegates.find(DelegateId("carol")) == nullptr);
    hall.k1.wire.twist_answer = nullptr;
    hall.settle();
}

TEST_CASE("an answer that is no answer of ours is an error of the network")
{
    Hall hall;
    hall.k1.check_in("alice", "BA");
    std::string body;
    int status = 200;
    SECTION("a web page") { body = "<html>Welcome to the hotel Wi-Fi</html>"; }
    SECTION("the word of a proxy")
    {
        body = "Bad gateway";
        status = 502;
    }
    SECTION("nothing") { body = ""; }
    SECTION("half an answer") { body = R"({"outcomes":[)"; }
    hall.k1.wire.twist_answer = [&](const HttpCall&, HttpAnswer& answer) { answer = {status, body}; };
    auto session = hall.k1.session();
    const auto pushed = hall.k1.push(session);
    const auto pulled = hall.k1.pull(session);
    REQUIRE_FALSE(pushed);
    REQUIRE_FALSE(pulled);
    CHECK(pushed.error().kind == ErrorKind::network);
    CHECK(pulled.error().kind == ErrorKind::network);
    CHECK(hall.k1.store->waiting() == 3);
    hall.k1.wire.twist_answer = nullptr;
    hall.settle();
}

TEST_CASE("another registry at the same address is refused, not believed")
{
    Hall hall;
    hall.k1.wire.twist_answer = [](const HttpCall&, HttpAnswer& answer) {
        Json body = parse_json(answer.body, "").value();
        body["registry_id"] = "another";
        body["log_epoch"] = "another";
        answer.body = dump_json(body);
    };
    auto session = hall.k1.session();
    const auto before = hall.k1.store->cursor().seq;
    refused_in_words(hall.k1.pull(session).map([](const auto&) {}), "another registry");
    refused_in_words(hall.k1.push(session).map([](const auto&) {}), "another registry");
    CHECK(hall.k1.store->cursor().seq == before);
}

TEST_CASE("programs of other protocol versions are told so in words")
{
    Hall hall;
    hall.k1.wire.twist_call = [&hall](HttpCall& call) {
        Json body = parse_json(call.body, "").value();
        body["protocol"] = 2;
        call.body = dump_json(body);
        static_cast<void>(hall);
    };
    auto session = hall.k1.session();
    refused_in_words(hall.k1.push(session).map([](const auto&) {}), "update the registry");
}

TEST_CASE("the clock's offset is measured, and a clock wrong by years changes no order")
{
    Hall hall;
    hall.k1.clock.advance(Millis(-10LL * 365 * 24 * 3600 * 1000));
    hall.desk.clock.advance(Millis(1234));
    hall.k1.check_in("alice", "BA");
    auto session = hall.k1.session();
    const auto report = must(hall.k1.push(session));
    REQUIRE(report.clock_offset);
    CHECK(*report.clock_offset == hall.desk.clock.wall() - hall.k1.clock.wall());
    hall.k2.check_in("alice", "BB");
    must(hall.k2.sync());
    hall.settle();
    CHECK(hall.k2.store->view().delegates.find(DelegateId("alice"))->badge == BadgeId("BA"));
}

TEST_CASE("a kiosk whose database was destroyed takes everything again in its next rounds, and goes on",
          "[rule6]")
{
    Hall hall;
    hall.k1.check_in("alice", "BA");
    must(hall.k1.sync());
    hall.k1.check_in("bob", "BB");
    hall.k1.store.reset();
    bool saved = true;
    SECTION("all of it")
    {
        std::filesystem::resize_file(hall.k1.database(), 0);
        saved = false;
    }
    SECTION("its header")
    {
        std::fstream file(hall.k1.database(), std::ios::binary | std::ios::in | std::ios::out);
        file << std::string(100, 'x');
    }
    hall.k1.open();
    CHECK_FALSE(hall.k1.store->commit(just({laptop("LT-1")})));
    must(hall.k1.sync());
    must(hall.k1.store->commit(just({laptop("LT-1")})));
    must(hall.k1.sync());
    CHECK(hall.k1.shows("alice"));
    CHECK(hall.k1.shows("bob") == saved);
    CHECK(hall.k1.same_as_registry());
    hall.settle();
    CHECK(hall.k2.shows("alice"));
}
