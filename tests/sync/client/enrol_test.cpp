// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/client/hall.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

struct Newcomer : Site {
    Wire wire;
    explicit Newcomer(Desk& desk) : wire(desk.service) { open(); }
    Result<Identity> enrol_with(const std::string& token)
    {
        return enrol(*store, wire, "http://127.0.0.1:1", token);
    }
};

void refused(const Result<Identity>& result, const std::string& words)
{
    REQUIRE_FALSE(result);
    INFO(result.error().text());
    CHECK(result.error().kind == ErrorKind::refused);
    CHECK(result.error().text().find(words) != std::string::npos);
}

} // namespace

TEST_CASE("a token makes an empty folder a device that reads sealed records")
{
    Desk desk;
    desk.knows("alice", "Alice");
    Newcomer kiosk(desk);
    const auto identity = must(kiosk.enrol_with(desk.token("K1")));
    CHECK(identity.device == DeviceId("K1"));
    CHECK(identity.event == EventId("e"));
    CHECK(identity.epoch == 1);
    CHECK_FALSE(identity.authority);
    CHECK(identity.event_profile == "name = \"e\"");
    CHECK_FALSE(kiosk.store->keys().confirmation_secret); // the registry's alone
    DirectStoreGate gate(*kiosk.store);
    auto session = must(SyncSession::of(gate));
    must(pull_all(gate, kiosk.wire, session, kiosk.clock, Millis(0)).map([](const auto&) {}));
    CHECK(must(kiosk.store->person(DelegateId("alice")))->badge_name == "Alice");
    CHECK(must(SyncSession::of(gate)).url() == "http://127.0.0.1:1");
}

TEST_CASE("a token is good once, for ten minutes, in any spelling that a person may type")
{
    Desk desk;
    const auto token = desk.token("K1");
    Newcomer first(desk);
    Newcomer second(desk);
    SECTION("once")
    {
        must(first.enrol_with(token).map([](const auto&) {}));
        refused(second.enrol_with(token), "used already");
    }
    SECTION("for ten minutes")
    {
        desk.clock.advance(Millis(10 * 60 * 1000 + 1));
        refused(first.enrol_with(token), "ten minutes");
    }
    SECTION("a newer token for the same name replaces it")
    {
        const auto newer = desk.token("K1");
        refused(first.enrol_with(token), "unknown");
        must(second.enrol_with(newer).map([](const auto&) {}));
    }
    SECTION("in lower case without hyphens")
    {
        std::string typed;
        for (const char c : token) {
            if (c != '-')
                typed += static_cast<char>(std::tolower(c));
        }
        must(first.enrol_with(typed).map([](const auto&) {}));
    }
    SECTION("never a wrong one") { refused(first.enrol_with("0000-0000-0000-0000"), "unknown"); }
    SECTION("after a restart of the registry")
    {
        desk.stop();
        desk.start();
        must(first.enrol_with(token).map([](const auto&) {}));
    }
}

TEST_CASE("a token rests hashed")
{
    Desk desk;
    const auto token = desk.token("K1");
    const auto kept = must(desk.store().setting(registry::Admission::setting_name));
    REQUIRE(kept);
    CHECK(kept->find("K1") != std::string::npos);
    CHECK(kept->find(token) == std::string::npos);
    CHECK(kept->find(token.substr(0, 4) + token.substr(5, 4)) == std::string::npos);
}

TEST_CASE("a lost answer to an enrolment is asked for again")
{
    Desk desk;
    Newcomer kiosk(desk);
    kiosk.wire.lose_answers = 2;
    CHECK(must(kiosk.enrol_with(desk.token("K1"))).device == DeviceId("K1"));
    CHECK(kiosk.wire.calls == 3);
}

TEST_CASE("a new disk under an old name starts a chain of its own")
{
    Desk desk;
    desk.knows("alice", "Alice");
    Kiosk old(desk, "K1");
    must(old.sync());
    old.check_in("alice", "BA");
    must(old.sync());
    Kiosk fresh(desk, "K1");
    CHECK(fresh.store->identity()->epoch == 2);
    must(fresh.sync());
    must(fresh.store->commit(just({bound("04A1", "BA")})));
    must(fresh.sync());
    CHECK(fresh.same_as_registry());
    const auto result = old.sync();
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::refused);
}

TEST_CASE("a device that a restored registry forgot comes back with its facts")
{
    Desk desk;
    desk.knows("alice", "Alice");
    desk.stop();
    TemporaryFolder copy;
    std::filesystem::copy(desk.folder.path(), copy.path() / "r", std::filesystem::copy_options::recursive);
    desk.start();
    Kiosk kiosk(desk, "K1");
    must(kiosk.sync());
    kiosk.check_in("alice", "BA");
    desk.stop();
    std::filesystem::remove_all(desk.folder.path());
    std::filesystem::copy(copy.path() / "r", desk.folder.path(), std::filesystem::copy_options::recursive);
    desk.start();
    const auto forgotten = kiosk.sync();
    REQUIRE_FALSE(forgotten);
    CHECK(forgotten.error().text().find("enrol") != std::string::npos);
    must(enrol(*kiosk.store, kiosk.wire, "http://127.0.0.1:2", desk.token("K1")).map([](const auto&) {}));
    CHECK(kiosk.store->identity()->registry_url == "http://127.0.0.1:2");
    must(kiosk.sync());
    CHECK(kiosk.same_as_registry());
    CHECK(facts_of(desk, DeviceId("K1")) == 3);
}

TEST_CASE("a folder of one device is not turned into another")
{
    Desk desk;
    Desk elsewhere;
    Kiosk kiosk(desk, "K1");
    refused(enrol(*kiosk.store, kiosk.wire, "http://127.0.0.1:1", desk.token("K2")), "is the device K1");
    Wire wire(elsewhere.service);
    refused(enrol(*kiosk.store, wire, "http://127.0.0.1:1", elsewhere.token("K1")), "is the device K1");
    refused(enrol(desk.store(), kiosk.wire, "http://127.0.0.1:1", desk.token("K3")),
            "orders its facts itself");
    CHECK(kiosk.store->identity()->device == DeviceId("K1"));
    must(kiosk.sync());
}

TEST_CASE("names that could not be told apart on a screen or in an address are refused")
{
    Desk desk;
    for (const auto* name : {"", "registry", "K 1", "a-name-of-17-char", "Kü", "K1&x=2", "../K1"}) {
        INFO(name);
        CHECK_FALSE(desk.service->admission().issue_token(desk.service->ledger(), name, desk.clock.wall(),
                                                          desk.random));
    }
}
