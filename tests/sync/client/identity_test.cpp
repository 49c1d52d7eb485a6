// SPDX-License-Identifier: Apache-2.0
// A device's identity over its life: its certificate, its renewal, its revocation; no sockets, a clock by
// hand.
#include "sync/protocol/signing.hpp"
#include "tests/sync/client/hall.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr Millis day{Millis(1000) * 60 * 60 * 24};

/// A registry with an authority: every call is as over TLS.
struct SecureDesk : Desk {
    TemporaryFolder tls_folder;
    std::shared_ptr<const registry::Authority> authority;

    SecureDesk()
    {
        const std::vector<std::string> names{"localhost"};
        authority = std::make_shared<const registry::Authority>(
            must(registry::Authority::open(tls_folder.path(), names, clock.wall())));
        service->serve_as(authority, "https://localhost:1");
    }
    void revoke(const std::string& name)
    {
        must(service->admission().set_state(ledger(), DeviceId(name), registry::DeviceState::revoked));
    }
    [[nodiscard]] registry::DeviceState state_of(const std::string& name)
    {
        return service->admission().find(DeviceId(name))->state;
    }
};

struct SecureKiosk : Site {
    SecureDesk& desk;
    Wire wire;
    SeededRandom own_random;

    SecureKiosk(SecureDesk& at, const std::string& name)
        : desk(at), wire(at.service), own_random(std::hash<std::string>{}(name))
    {
        open();
        must(enrol(*store, wire, "https://localhost:1", at.token(name), at.authority->pin())
                 .map([](const auto&) {}));
    }
    void open()
    {
        store.reset();
        store.emplace(must(Store::open({folder.path(), "montbrillant.db", hasty}, clock, own_random)));
    }
    Result<> sync()
    {
        DirectStoreGate gate(*store);
        auto session = must(SyncSession::of(gate));
        return sync_once(gate, wire, session, clock).map([](const auto&) {});
    }
    [[nodiscard]] std::string certificate() { return must(read_link(folder.path()))->certificate; }
    [[nodiscard]] tls::Period valid()
    {
        return must(tls::read_device(certificate(), desk.authority->certificate())).valid;
    }
};

void refused(const Result<>& result, ErrorKind kind, const std::string& words)
{
    REQUIRE_FALSE(result);
    INFO(result.error().text());
    CHECK(result.error().kind == kind);
    CHECK(result.error().text().find(words) != std::string::npos);
}

std::filesystem::perms mode_of(const std::filesystem::path& file)
{
    return std::filesystem::status(file).permissions();
}

constexpr auto only_owner = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

} // namespace

TEST_CASE("an enrolment gives a certificate for the device's own key, and keeps it with the registry's")
{
    SecureDesk desk;
    SecureKiosk kiosk(desk, "K1");
    const auto link = must(read_link(kiosk.folder.path()));
    REQUIRE(link);
    CHECK(link->pin == desk.authority->pin());
    const auto mine = must(tls::read_device(link->certificate, link->authority));
    CHECK(mine.device.name == DeviceId("K1"));
    CHECK(mine.device.epoch == 1);
    CHECK(mine.device.key == kiosk.store->keys().device.public_key);
    CHECK(mine.valid.until - desk.clock.wall() <= 14 * day);
    CHECK(mine.valid.until - desk.clock.wall() > 14 * day - Millis(1000));
    must(kiosk.sync());
    CHECK(mode_of(kiosk.folder.path() / "registry-link.json") == only_owner);
    CHECK(mode_of(kiosk.folder.path() / "event.key") == only_owner);
    CHECK(mode_of(desk.tls_folder.path() / "ca.key") == only_owner);
    CHECK(mode_of(desk.tls_folder.path() / "registry.key") == only_owner);
}

TEST_CASE("the authority and the registry's key are made once, and a key that others can read is not used")
{
    SecureDesk desk;
    const std::vector<std::string> names{"elsewhere.hall"};
    const auto& folder = desk.tls_folder.path();
    const auto again = must(registry::Authority::open(folder, names, desk.clock.wall() + 400 * day));
    CHECK(again.pin() == desk.authority->pin());
    CHECK(again.certificate() == desk.authority->certificate());
    CHECK(again.server().certificate != desk.authority->server().certificate); // signed anew, same key
    std::filesystem::permissions(folder / "ca.key", std::filesystem::perms::group_read,
                                 std::filesystem::perm_options::add);
    const auto open_to_all = registry::Authority::open(folder, names, desk.clock.wall());
    REQUIRE_FALSE(open_to_all);
    CHECK(open_to_all.error().text().find("chmod 600") != std::string::npos);
    std::filesystem::remove(folder / "ca.key");
    const auto lost = registry::Authority::open(folder, names, desk.clock.wall());
    REQUIRE_FALSE(lost);
    CHECK(lost.error().text().find("key is missing") != std::string::npos);
}

TEST_CASE("a certificate is renewed by itself when half of it is over, by the registry's time")
{
    SecureDesk desk;
    SecureKiosk kiosk(desk, "K1");
    const auto first = kiosk.certificate();
    desk.clock.advance(6 * day);
    must(kiosk.sync());
    CHECK(kiosk.certificate() == first);
    desk.clock.advance(day); // the kiosk's own clock stands still: it does not count
    must(kiosk.sync());
    CHECK(kiosk.certificate() != first);
    CHECK(kiosk.valid().until - desk.clock.wall() > 14 * day - Millis(1000));
    for (int week = 0; week < 10; ++week) { // and so on, without a gap
        desk.clock.advance(8 * day);
        must(kiosk.sync());
        CHECK(kiosk.valid().until - desk.clock.wall() > 13 * day);
    }
    kiosk.open(); // it is on disk
    must(kiosk.sync());
}

TEST_CASE("a renewal that fails is tried again, and what was pulled stays pulled")
{
    SecureDesk desk;
    desk.knows("alice", "Alice");
    SecureKiosk kiosk(desk, "K1");
    desk.clock.advance(8 * day);
    kiosk.wire.twist_answer = [](const HttpCall& call, HttpAnswer& answer) {
        if (call.target == "/v1/renew")
            answer = {503, "{}"};
    };
    const auto first = kiosk.certificate();
    must(kiosk.sync());
    CHECK(kiosk.certificate() == first);
    CHECK(must(kiosk.store->person(DelegateId("alice"))));
    kiosk.wire.twist_answer = nullptr;
    must(kiosk.sync());
    CHECK(kiosk.certificate() != first);
}

TEST_CASE("a kiosk that lay in a box for a month renews its expired certificate with its signature")
{
    SecureDesk desk;
    SecureKiosk kiosk(desk, "K1");
    must(kiosk.store->commit(just({laptop("LT-1")})));
    desk.clock.advance(40 * day);
    must(kiosk.sync());
    CHECK(kiosk.store->waiting() == 0);
    CHECK(kiosk.valid().until > desk.clock.wall());
}

TEST_CASE("a registry whose clock was set back says so, and its devices go on with a new certificate")
{
    SecureDesk desk;
    SecureKiosk kiosk(desk, "K1");
    desk.clock.advance(-3 * day);
    must(kiosk.sync());
    CHECK(kiosk.valid().from < desk.clock.wall());
}

TEST_CASE(
    "a request without the device's certificate, or with another's, is refused whatever it is signed with")
{
    SecureDesk desk;
    SecureKiosk kiosk(desk, "K1");
    SecureKiosk other(desk, "K2");
    SECTION("none")
    {
        kiosk.wire.twist_call = [](HttpCall& call) { call.certificate.clear(); };
        refused(kiosk.sync(), ErrorKind::refused, "shows its certificate");
    }
    SECTION("another device's")
    {
        kiosk.wire.twist_call = [&](HttpCall& call) { call.certificate = other.certificate(); };
        refused(kiosk.sync(), ErrorKind::refused, "another device's");
    }
    SECTION("of the same name, before its disk was exchanged")
    {
        const auto old = kiosk.certificate();
        SecureKiosk fresh(desk, "K1");
        CHECK(fresh.store->identity()->epoch == 2);
        fresh.wire.twist_call = [&](HttpCall& call) { call.certificate = old; };
        refused(fresh.sync(), ErrorKind::refused, "another device's");
    }
    SECTION("and none but the signature where a proxy ends TLS")
    {
        desk.service->serve_as(nullptr, "");
        must(kiosk.sync());
    }
}

TEST_CASE("a revoked device hands over what it wrote, is told to wipe, and wipes its keys")
{
    SecureDesk desk;
    desk.knows("alice", "Alice");
    SecureKiosk kiosk(desk, "K1");
    must(kiosk.sync());
    must(kiosk.store->commit(check_in_draft(kiosk.store->view(), "alice", "BA")));
    REQUIRE(kiosk.store->waiting() > 0);
    const auto certificate = kiosk.certificate();
    desk.revoke("K1");
    desk.clock.advance(40 * day); // whatever the date of its certificate
    refused(kiosk.sync(), ErrorKind::refused, "keys wiped");
    CHECK(desk.state_of("K1") == registry::DeviceState::gone);
    CHECK(desk.store().view().delegates.find(DelegateId("alice"))->checked_in);
    CHECK(kiosk.store->key_store().event_erased());
    CHECK_FALSE(std::filesystem::exists(kiosk.folder.path() / "registry-link.json"));
    CHECK(kiosk.store->keys().device.secret_key == crypto::SecretKey{});
    kiosk.open();
    CHECK(kiosk.store->keys().device.secret_key == crypto::SecretKey{});
    CHECK_FALSE(must(kiosk.store->person(DelegateId("alice"))));
}

TEST_CASE(
    "a device whose last answer was lost wipes its keys all the same, and its certificate opens nothing")
{
    SecureDesk desk;
    SecureKiosk kiosk(desk, "K1");
    must(kiosk.sync());
    DirectStoreGate gate(*kiosk.store);
    auto before = must(SyncSession::of(gate)); // what a thief copied from the disk
    desk.revoke("K1");
    kiosk.wire.twist_answer = [](const HttpCall& call, HttpAnswer& answer) {
        if (call.target == "/v1/sync/leave")
            answer = {502, "gone"};
    };
    CHECK_FALSE(kiosk.sync());
    CHECK_FALSE(kiosk.store->key_store().event_erased());
    kiosk.wire.twist_answer = nullptr;
    const auto target = protocol::pull_target({DeviceId("K1"), {}, 500, Millis(0)});
    const HttpCall call{
        "GET",        target,
        "",           before.sign(protocol::request_text(before.registry_id(), "GET", target, "")),
        Millis(1000), before.certificate()};
    CHECK(must(kiosk.wire.send(call)).body.find("\"wipe\"") != std::string::npos);
    CHECK_FALSE(kiosk.store->key_store().event_erased());
    for (int twice = 0; twice < 2; ++twice) {
        refused(push_all(gate, kiosk.wire, before, kiosk.clock).map([](const auto&) {}), ErrorKind::refused,
                "keys wiped");
        refused(pull_all(gate, kiosk.wire, before, kiosk.clock, Millis(0)).map([](const auto&) {}),
                ErrorKind::refused, "keys wiped");
    }
    CHECK(kiosk.store->key_store().event_erased());
}

TEST_CASE("a device that was not revoked cannot leave, nor can one that still has facts")
{
    SecureDesk desk;
    SecureKiosk kiosk(desk, "K1");
    DirectStoreGate gate(*kiosk.store);
    const auto session = must(SyncSession::of(gate));
    const auto leave = [&](std::uint64_t last) {
        const auto body = protocol::write(protocol::LeaveRequest{1, DeviceId("K1"), 1, last});
        const HttpCall call{
            "POST",
            "/v1/sync/leave",
            body,
            session.sign(protocol::request_text(session.registry_id(), "POST", "/v1/sync/leave", body)),
            Millis(1000),
            session.certificate()};
        const auto answer = must(kiosk.wire.send(call));
        return protocol::read_refusal(answer.status, answer.body);
    };
    CHECK(leave(0).code == protocol::code::in_service);
    desk.revoke("K1");
    CHECK(leave(3).code == protocol::code::gap);
    CHECK(leave(3).expect == 1);
    CHECK(desk.state_of("K1") == registry::DeviceState::revoked);
    CHECK(leave(0).code.empty());
    CHECK(desk.state_of("K1") == registry::DeviceState::gone);
}
