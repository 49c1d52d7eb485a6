// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/sync/domain/domain_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

Participation every_member()
{
    Participation p = member_state("CÔTE D’IVOIRE", Role::rapporteur);
    p.category = Category::academia;
    p.flags = {Flag::newcomer, Flag::fellow, Flag::bsg_trainee, Flag::accessible};
    p.language = Language::ar;
    p.state = Registration::pending;
    p.confirmed_by = "Administration \"x\"\n";
    return p;
}

std::vector<Body> one_of_each_kind()
{
    const DelegateId alice("alice");
    return {fact::DelegateRegistered{alice, every_member(), true},
            fact::DelegateAmended{alice, every_member()},
            fact::CheckedIn{alice, "staff", DelegateId("staff")},
            fact::CheckedIn{alice, "code", {}},
            fact::BadgeIssued{BadgeId("BA"), alice, 2},
            fact::PrintQueued{BadgeId("BA"), 3},
            fact::BadgePrinted{BadgeId("BA"), 4},
            fact::CardBound{CardUid("04A1"), BadgeId("BA"), 2},
            fact::LockerAssigned{door(65535), alice},
            fact::LockerOpened{door(14), alice, UnlockId("u"), "jammed", ""},
            fact::LockerOpened{door(14), {}, UnlockId("u"), "opened", "lost key"},
            fact::LockerReleased{door(14), alice},
            fact::LaptopAdded{LaptopTag("LT-1"), DeviceId("S1")},
            fact::LaptopAsked{alice, "S1-7"},
            fact::LaptopLent{LaptopTag("LT-1"), alice, DelegateId("staff"), "2017-09-04T18:00"},
            fact::LaptopReturned{LaptopTag("LT-1"), DelegateId("staff"), true, "bent"},
            fact::StaffAppointed{DelegateId("staff"), {Right::release, Right::lend, Right::manage}},
            fact::StaffPinSet{DelegateId("staff"), "$argon2id$"},
            fact::TicketIssued{"K2-17", alice, "printer down"},
            fact::TicketIssued{"K2-18", {}, "unknown"},
            fact::AttemptRefused{{}, "forged"},
            fact::AttemptRefused{alice, "cancelled"}};
}

/// `bytes` with the first `from` replaced.
std::string with(std::string bytes, const std::string& from, const std::string& to)
{
    const auto at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    return bytes.replace(at, from.size(), to);
}

bool refused_in_words(const std::string& bytes)
{
    const auto parsed = parse_fact(bytes);
    return !parsed && parsed.error().kind == ErrorKind::input && !parsed.error().what.empty();
}

} // namespace

TEST_CASE("a fact of every kind comes back as it was written")
{
    Log log;
    std::set<std::size_t> kinds;
    for (const auto& body : one_of_each_kind()) {
        Fact written = log.fact(body);
        written.epoch = 4294967295;
        written.mono = {77};
        const std::string bytes = fact_bytes(written);
        INFO(bytes);
        const auto read = parse_fact(bytes);
        REQUIRE(read);
        CHECK(read->body.index() == body.index());
        CHECK(read->id == written.id);
        CHECK(read->device == written.device);
        CHECK(read->epoch == written.epoch);
        CHECK(read->counter == written.counter);
        CHECK(read->at == written.at);
        CHECK(read->mono == written.mono);
        CHECK(read->actor == written.actor);
        CHECK(fact_bytes(*read) == bytes);
        kinds.insert(body.index());
    }
    CHECK(kinds.size() == std::variant_size_v<Body> - 1); // all but Unknown
}

TEST_CASE("the bytes of a fact are canonical: sorted, compact and the same on every machine")
{
    Log log;
    Fact fact = log.fact(issued("BA", "alice"));
    fact.id = FactId("01");
    fact.mono = {5};
    fact.at = {1504510200000};
    CHECK(
        fact_bytes(fact) ==
        R"({"actor":"kiosk","at":1504510200000,"counter":1,"data":{"badge":"BA","delegate":"alice","issue":1},)"
        R"("device":"K1","epoch":1,"id":"01","kind":"badge.issued","mono":5,"v":1})");
    // The published test vector of the chain: 32 zero bytes, then these bytes.
    const auto first = chain_hash({}, fact_bytes(fact));
    CHECK(to_hex(first) == to_hex(crypto::blake2b(Bytes(32), as_bytes(fact_bytes(fact)))));
    CHECK(chain_hash(first, fact_bytes(fact)) != first);
}

TEST_CASE("a fact of a newer program is kept by its kind and has no effect")
{
    const std::string bytes =
        R"({"counter":1,"data":{"x":[1,{"y":2}]},"device":"K9","epoch":1,"id":"01","kind":"delegate.beamed","v":7})";
    const auto fact = parse_fact(bytes);
    REQUIRE(fact);
    REQUIRE(std::holds_alternative<fact::Unknown>(fact->body));
    CHECK(kind_of(fact->body) == "delegate.beamed");
    State state;
    CHECK(admit(state, *fact).verdict == Verdict::accepted);
    CHECK(apply(state, *fact, {}).empty());
    CHECK(entities(state).empty());
}

TEST_CASE("unknown members, flags and rights of a newer program are passed over")
{
    Log log;
    auto bytes = fact_bytes(log.fact(registered("alice")));
    bytes = with(bytes, "\"flags\":[]", "\"flags\":[\"vip\",7,\"fellow\"],\"shoe\":44");
    const auto fact = parse_fact(bytes);
    REQUIRE(fact);
    CHECK(std::get<fact::DelegateRegistered>(fact->body).participation.flags == std::set{Flag::fellow});
}

TEST_CASE("an envelope without id, device, epoch, counter or kind is refused in words")
{
    Log log;
    const auto good = fact_bytes(log.fact(checked_in("alice")));
    REQUIRE(parse_fact(good));
    for (const auto* member : {"\"id\"", "\"device\"", "\"epoch\"", "\"counter\"", "\"kind\""})
        CHECK(refused_in_words(with(good, member, "\"other\"")));
    CHECK(refused_in_words(with(good, "\"counter\":1", "\"counter\":0")));
    CHECK(refused_in_words(with(good, "\"counter\":1", "\"counter\":-1")));
    CHECK(refused_in_words(with(good, "\"counter\":1", "\"counter\":1.5")));
    CHECK(refused_in_words(with(good, "\"counter\":1", "\"counter\":18446744073709551615")));
    CHECK(refused_in_words(with(good, "\"delegate\":\"alice\"", "\"delegate\":5")));
    CHECK(refused_in_words(with(good, "\"delegate\":\"alice\"", "\"delegate\":\"\"")));
    for (const auto* text : {"", "null", "[]", "7", "\"fact\"", "{}", "{\"data\":"})
        CHECK(refused_in_words(text));
}

TEST_CASE("numbers that do not fit are refused, not cut")
{
    Log log;
    const auto check_in = fact_bytes(log.fact(checked_in("alice")));
    CHECK(refused_in_words(with(check_in, "\"epoch\":1", "\"epoch\":4294967297")));
    const auto locker = fact_bytes(log.fact(assigned(1, "alice")));
    REQUIRE(parse_fact(locker));
    CHECK(refused_in_words(with(locker, "\"door\":1", "\"door\":65537")));
    CHECK(refused_in_words(with(locker, "\"door\":1", "\"door\":-1")));
    CHECK(refused_in_words(with(locker, "\"door\":1", "\"door\":1e999")));
    const auto badge = fact_bytes(log.fact(issued("BA", "alice")));
    CHECK(refused_in_words(with(badge, "\"issue\":1", "\"issue\":4294967297")));
}

TEST_CASE("a fact that is too long or too deep is refused before it is read")
{
    Log log;
    const std::string longest(fact_bytes_max, 'x');
    CHECK(refused_in_words(fact_bytes(log.fact(fact::AttemptRefused{{}, longest}))));
    CHECK(refused_in_words(std::string(5000, '[')));
    CHECK(refused_in_words("{\"id\":" + std::string(9, '[') + std::string(9, ']') + "}"));
}

TEST_CASE("garbage never crashes the parser, and what it reads it can write and read again")
{
    SeededRandom random(20170904);
    Log log;
    std::vector<std::string> seeds;
    for (const auto& body : one_of_each_kind())
        seeds.push_back(fact_bytes(log.fact(body)));
    static constexpr std::string_view pieces = "{}[]\",:0123456789eE.-+\\untrlf\x80\xff\x00 ";
    int read = 0;
    for (int round = 0; round < 8000; ++round) {
        std::string bytes = seeds[random.below(seeds.size())];
        for (auto changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
            const auto at = random.below(bytes.size());
            switch (random.below(4)) {
            case 0: bytes[at] = pieces[random.below(pieces.size())]; break;
            case 1: bytes.erase(at, 1 + random.below(12)); break;
            case 2: bytes.insert(at, 1, pieces[random.below(pieces.size())]); break;
            case 3: bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(40))); break;
            }
        }
        const auto fact = parse_fact(bytes);
        if (!fact)
            continue;
        ++read;
        const auto again = parse_fact(fact_bytes(*fact));
        INFO(bytes);
        REQUIRE(again);
        REQUIRE(fact_bytes(*again) == fact_bytes(*fact));
        State state;
        static_cast<void>(apply(state, *fact, admit(state, *fact)));
    }
    CHECK(read > 500); // the mutations are not all hopeless
}
