// SPDX-License-Identifier: Apache-2.0
// How the event's keys rest: in clear, under a passphrase, under managers' PINs.
#include "sync/base/json.hpp"
#include "sync/store/key_access.hpp"
#include "tests/sync/store/store_support.hpp"

#include <fstream>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

std::string content(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

KeyAccess wrapped(Protector protector, const std::string& text, const std::string& staff = "")
{
    return {protector, [=](Protector asked) -> Result<std::shared_ptr<const KeySecret>> {
                CHECK(asked == protector);
                return std::make_shared<const KeySecret>(
                    KeySecret{crypto::SecretText(text), DelegateId(staff), ""});
            }};
}

/// A folder whose keys rest in one way.
struct Vault {
    TemporaryFolder folder;
    ManualClock clock;
    SeededRandom random{1};
    EventKeys keys = EventKeys::fresh();

    Result<Store> open(const KeyAccess& access)
    {
        return Store::open({folder.path(), "montbrillant.db", {}, access}, clock, random);
    }
    explicit Vault(const KeyAccess& access)
    {
        auto store = must(open(access));
        must(store.initialise({DeviceId("registry"), EventId("e"), true, 1, "", ""}, keys));
        must(store.commit(registration("alice")));
    }
    [[nodiscard]] std::string file() const { return content(folder.path() / "event.key"); }
    [[nodiscard]] bool shows_secrets() const
    {
        const std::string text = file();
        for (const auto& secret : {keys.master, keys.short_codes, keys.pepper})
            if (text.find(to_hex(secret)) != std::string::npos)
                return true;
        return text.find(to_hex(*keys.confirmation_secret)) != std::string::npos;
    }
};

std::string alice(Store& store) { return must(store.person(DelegateId("alice")))->badge_name; }

} // namespace

TEST_CASE("keys in a file are in clear there, and only their owner may read it")
{
    Vault vault({});
    CHECK(vault.shows_secrets());
    const auto mode = std::filesystem::status(vault.folder.path() / "event.key").permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    auto store = must(vault.open({}));
    CHECK(store.key_store().file()->protector() == Protector::file);
    CHECK(store.keys().confirmation_secret == vault.keys.confirmation_secret);
    CHECK(alice(store) == "Zoé Müller-Ødegård");
}

TEST_CASE("keys under a passphrase open with it alone, and are never in clear on the disk")
{
    const auto right = wrapped(Protector::passphrase, "correct horse battery");
    Vault vault(right);
    CHECK_FALSE(vault.shows_secrets());
    {
        auto store = must(vault.open(right));
        CHECK(store.keys().master == vault.keys.master);
        CHECK(store.keys().pepper == vault.keys.pepper);
        CHECK(alice(store) == "Zoé Müller-Ødegård");
    }
    const auto wrong = vault.open(wrapped(Protector::passphrase, "correct horse batterY"));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().kind == ErrorKind::refused);
    CHECK(wrong.error().what == "the passphrase does not fit");
    CHECK(vault.open({}).error().what == "the event's keys are locked");
}

TEST_CASE("a passphrase of seven characters and a PIN of three are too short to be worth wrapping under")
{
    TemporaryFolder folder;
    ManualClock clock;
    SeededRandom random{1};
    for (const auto& access : {wrapped(Protector::passphrase, "1234567"), wrapped(Protector::pin, "123")}) {
        auto store = must(Store::open({folder.path(), "montbrillant.db", {}, access}, clock, random));
        const auto refused =
            store.initialise({DeviceId("registry"), EventId("e"), true, 1, "", ""}, EventKeys::fresh());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::input);
        CHECK_FALSE(std::filesystem::exists(folder.path() / "event.key"));
    }
}

TEST_CASE("keys that lay in clear are wrapped later, and nothing of them stays in the folder")
{
    Vault vault({});
    const KeySecret secret{crypto::SecretText("a long passphrase"), {}, ""};
    must(must(vault.open({})).key_store().protect(Protector::passphrase, &secret));
    CHECK_FALSE(vault.shows_secrets());
    for (const auto& entry : std::filesystem::directory_iterator(vault.folder.path()))
        CHECK(content(entry.path()).find(to_hex(vault.keys.master)) == std::string::npos);
    auto store = must(vault.open(wrapped(Protector::passphrase, "a long passphrase")));
    CHECK(alice(store) == "Zoé Müller-Ødegård");
    must(store.key_store().protect(Protector::file, nullptr));
    CHECK(vault.shows_secrets());
}

TEST_CASE("what is overwritten under a file's name was the file's own bytes")
{
    TemporaryFolder folder;
    const auto path = folder.path() / "secret";
    must(write_file(path, as_bytes("the first secret"), 0600));
    std::filesystem::create_hard_link(path, folder.path() / "the old bytes");
    must(replace_secret_file(path, as_bytes("another")));
    CHECK(content(path) == "another");
    CHECK(content(folder.path() / "the old bytes") == std::string(16, '\0'));
    must(destroy_file(path));
    CHECK_FALSE(std::filesystem::exists(path));
    must(destroy_file(path));
}

TEST_CASE("each manager's PIN opens a kiosk, and a PIN that was changed no longer does")
{
    Vault vault(wrapped(Protector::pin, "471100"));
    const auto manager = [](const std::string& id, const std::string& pin, const std::string& verifier) {
        return KeySecret{crypto::SecretText(pin), DelegateId(id), verifier};
    };
    {
        auto store = must(vault.open(wrapped(Protector::pin, "471100")));
        must(store.key_store().set_manager(manager("ines", "1234", "v1")));
        must(store.key_store().set_manager(manager("omar", "987654", "v2")));
        CHECK(store.key_store().file()->opens_for(DelegateId("ines"), "v1"));
        CHECK_FALSE(store.key_store().file()->opens_for(DelegateId("ines"), "v2"));
    }
    CHECK_FALSE(vault.shows_secrets());
    CHECK_FALSE(vault.open(wrapped(Protector::pin, "471100"))); // the enrolment's was for the first start
    CHECK(alice(*must(vault.open(wrapped(Protector::pin, "1234")).map([](Store&& store) {
              return std::make_unique<Store>(std::move(store));
          }))) == "Zoé Müller-Ødegård");
    CHECK(vault.open(wrapped(Protector::pin, "987654", "omar")));
    CHECK_FALSE(vault.open(wrapped(Protector::pin, "987654", "ines")));
    {
        auto store = must(vault.open(wrapped(Protector::pin, "1234")));
        must(store.key_store().set_manager(manager("ines", "5678", "v3")));
    }
    const auto old = vault.open(wrapped(Protector::pin, "1234"));
    REQUIRE_FALSE(old);
    CHECK(old.error().what == "no manager's PIN fits");
    CHECK(vault.open(wrapped(Protector::pin, "5678")));
}

TEST_CASE("a file of the first release is read, and one that lacks a part is refused in words")
{
    Vault vault({});
    const auto path = vault.folder.path() / "event.key";
    const Json first{{"master", to_hex(vault.keys.master)},
                     {"short_codes", to_hex(vault.keys.short_codes)},
                     {"pepper", to_hex(vault.keys.pepper)},
                     {"confirmation_public", to_hex(vault.keys.confirmation_public)},
                     {"device_public", to_hex(vault.keys.device.public_key)},
                     {"device_secret", to_hex(vault.keys.device.secret_key)}};
    must(write_file(path, as_bytes(dump_json(first)), 0600));
    CHECK(alice(*std::make_unique<Store>(must(vault.open({})))) == "Zoé Müller-Ødegård");
    for (const auto* part : {"master", "pepper", "device_secret", "confirmation_public"}) {
        Json less = first;
        less[part] = "00";
        must(write_file(path, as_bytes(dump_json(less)), 0600));
        const auto broken = vault.open({});
        REQUIRE_FALSE(broken);
        CHECK_THAT(broken.error().what, Catch::Contains(part));
    }
    must(write_file(path, as_bytes(R"({"version":3})"), 0600));
    CHECK_FALSE(vault.open({}));
}

TEST_CASE("a damaged header does not ask for all memory")
{
    Vault vault(wrapped(Protector::passphrase, "correct horse battery"));
    Json file = parse_json(vault.file(), "file").value();
    file["slots"][0]["memory_kib"] = 4000000000;
    must(write_file(vault.folder.path() / "event.key", as_bytes(dump_json(file)), 0600));
    const auto refused = vault.open(wrapped(Protector::passphrase, "correct horse battery"));
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().what, Catch::Contains("a slot"));
}

TEST_CASE("a passphrase comes from the file that was named, else from the environment, else from systemd")
{
    TemporaryFolder folder;
    const auto file = folder.path() / "p";
    must(write_file(file, as_bytes("from the file\nsecond line\n"), 0600));
    must(write_file(folder.path() / "montbrillant-passphrase", as_bytes("from systemd\n"), 0600));
    const auto now = [](const std::filesystem::path& named = {}) {
        auto found = must(configured_passphrase({{}, named, {}}));
        return found ? std::string(found->view()) : "none";
    };
    CHECK(now() == "none");
    CHECK(key_access({}).at_rest == Protector::file);
    ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
    CHECK(now() == "from systemd");
    ::setenv("MONTBRILLANT_PASSPHRASE", "from the environment", 1);
    CHECK(now() == "from the environment");
    CHECK(now(file) == "from the file");
    CHECK(key_access({}).at_rest == Protector::passphrase);
    CHECK(key_access({Protector::file, {}, {}}).at_rest == Protector::file);
    ::unsetenv("MONTBRILLANT_PASSPHRASE");
    ::unsetenv("CREDENTIALS_DIRECTORY");
}
