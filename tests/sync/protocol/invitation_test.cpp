// SPDX-License-Identifier: Apache-2.0
#include "sync/protocol/invitation.hpp"
#include "tests/support/catch.hpp"

using namespace montbrillant;
namespace wire = montbrillant::protocol;

namespace {

constexpr tls::Pin some_pin{0xfb, 0xff, 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                            15,   16,   17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30};

} // namespace

TEST_CASE("an invitation is one text with address, token and the registry's key, byte for byte")
{
    const wire::Invitation invitation{"https://[2001:db8::7]:8317", "ABCD-EFGH-JKMN-PQRS", some_pin, {}};
    const auto text = wire::write_invitation(invitation);
    CHECK(text == "montbrillant:enrol?url=https%3A%2F%2F%5B2001%3Adb8%3A%3A7%5D%3A8317&token=ABCDEFGHJKMNPQRS"
                  "&pin=-_8BAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4");
    const auto read = wire::read_invitation(text);
    REQUIRE(read);
    CHECK(read->url == invitation.url);
    CHECK(read->token == "ABCDEFGHJKMNPQRS");
    CHECK(read->pin == some_pin);
    CHECK(wire::is_invitation(text));
    CHECK_FALSE(wire::is_invitation("https://192.0.2.7:8317"));
}

TEST_CASE("a registry in clear has no key in its invitation, and what a later program adds is passed over")
{
    const auto read = wire::read_invitation(
        "montbrillant:enrol?later=1&url=http%3a%2f%2f127.0.0.1%3a1&token=abcd-efgh-jkmn-pqrs&url=second&x");
    REQUIRE(read);
    CHECK(read->url == "http://127.0.0.1:1");
    CHECK(read->token == "ABCDEFGHJKMNPQRS");
    CHECK_FALSE(read->pin);
}

TEST_CASE("what is damaged, or no invitation, is refused")
{
    const std::string sound = "montbrillant:enrol?url=https%3A%2F%2Fa&token=ABCDEFGHJKMNPQRS";
    REQUIRE(wire::read_invitation(sound));
    for (const auto& text :
         {std::string(), std::string("montbrillant:enrol"), std::string("montbrillant:enrol?"),
          std::string("Montbrillant:enrol?url=a&token=ABCDEFGHJKMNPQRS"), sound + "&pin=", sound + "&pin=abc",
          sound + "&x=%", sound + "&x=%4", sound + "&x=%zz", sound.substr(0, sound.size() - 1),
          sound + "&x=" + std::string(1100, 'a')}) {
        INFO(text);
        CHECK_FALSE(wire::read_invitation(text));
    }
}

TEST_CASE("a typed token carries the start of the registry's key, in any spelling that a person may type")
{
    const auto typed = wire::typed_token("ABCDEFGHJKMNPQRS", some_pin);
    CHECK(typed == "ABCD-EFGH-JKMN-PQRS-ZFZG-20G3-0G2G-C1R8");
    for (const auto& spelling : {typed, std::string("abcd efgh jkmn pqrs zfzg 2og3 og2g cir8")}) {
        const auto read = wire::read_typed("https://a", spelling);
        REQUIRE(read);
        CHECK(read->token == "ABCDEFGHJKMNPQRS");
        CHECK(wire::starts_with_key(some_pin, read->key_start));
        CHECK_FALSE(wire::starts_with_key({}, read->key_start));
    }
    CHECK(wire::typed_token("abcd-efgh-jkmn-pqrs", {}) == "ABCD-EFGH-JKMN-PQRS");
    CHECK(wire::read_typed("http://127.0.0.1:1", "ABCD-EFGH-JKMN-PQRS")->key_start.empty());
    for (const auto* wrong : {"", "ABCD-EFGH-JKMN-PQR", "ABCD-EFGH-JKMN-PQRS-ZFZG", "no"})
        CHECK_FALSE(wire::read_typed("https://a", wrong));
}
