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
    const DelegateId staff("staff");
    const BadgeId badge("BA");
    const LaptopTag tag("LT-1");
    const BankId bank("B");
    return {fact::DelegateRegistered{alice, every_member(), true, "letter 7"},
            fact::DelegateAmended{alice, every_member(), {"title", "photo"}, 3},
            fact::DelegateAmended{alice, every_member(), {}, {}},
            fact::DelegateCorrected{alice, every_member(), {"badge_name"}, 0, staff, ""},
            fact::CorrectionRequested{alice},
            fact::IdSeen{alice, staff},
            fact::CheckedIn{alice, "staff", staff, false},
            fact::CheckedIn{alice, "code", {}},
            fact::CheckInUndone{alice, staff, "wrong person"},
            fact::DelegateErased{alice},
            fact::RecordRead{alice, staff},
            fact::BadgeIssued{badge, alice, 2, IssueReason::damaged, staff, ""},
            fact::BadgeIssued{badge, alice, 1, IssueReason::day, {}, "2017-09-04"},
            fact::BadgeRevoked{badge, staff, "stolen"},
            fact::BadgeReturned{badge},
            fact::PrintQueued{badge, 3},
            fact::BadgePrinted{badge, 4},
            fact::CardBound{CardUid("04A1"), badge, 2},
            fact::CardFreed{CardUid("04A1"), badge},
            fact::LockerAssigned{door(65535), alice},
            fact::LockerOpened{door(14), alice, UnlockId("u"), "jammed", ""},
            fact::LockerOpened{door(14), {}, UnlockId("u"), "opened", "lost key"},
            fact::LockerReleased{door(14), alice},
            fact::LockerAsked{bank, alice, "K2-B3"},
            fact::LockerServiced{door(14), false, staff, "hinge"},
            fact::ItemFound{door(14), staff, "an umbrella"},
            fact::BankOpened{bank, staff, alice, "fire drill"},
            fact::BankServiced{bank, false, {}, "wrong door"},
            fact::LaptopAdded{tag, DeviceId("S1")},
            fact::LaptopMoved{tag, DeviceId("S2"), staff},
            fact::LaptopAsked{alice, "S1-7"},
            fact::LaptopQueueLeft{alice},
            fact::LaptopOffered{alice, {1504510200000}},
            fact::LaptopOfferMissed{alice, true},
            fact::LaptopLent{tag, alice, staff, "2017-09-04T18:00", {"mouse", "charger"}},
            fact::LaptopReturned{tag, staff, true, "bent", {"mouse"}, true},
            fact::LaptopSwapped{tag, LaptopTag("LT-2"), staff, "no picture"},
            fact::LaptopLost{tag, staff},
            fact::LaptopRestored{tag, staff},
            fact::StaffAppointed{staff, {Right::release, Right::lend, Right::manage, Right::host}, alice},
            fact::StaffPinSet{staff, "$argon2id$"},
            fact::StaffPinFailed{staff},
            fact::StaffPinLifted{staff, {}},
            fact::TicketIssued{"K2-17", alice, "printer down"},
            fact::TicketIssued{"K2-18", {}, "unknown"},
            fact::TicketClosed{"K2-17", staff},
            fact::HelpCalled{"confirm"},
            fact::HelpAnswered{FactId("01"), staff},
            fact::AttemptRefused{{}, "forged"},
            fact::AttemptRefused{alice, "cancelled"},
            fact::SessionAttended{SessionId("bsg"), alice, staff},
            fact::Announced{"Plenary moved to room C", {}},
            fact::ExportMade{"people", 4000},
            fact::ConflictResolved{FactId("01"), Choice::second, staff, "same person"},
            fact::EventClosed{"manager"},
            fact::EventErased{"manager", "asked by the organizer"}};
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
        auto same = written;
        CHECK(write_fact(same) == bytes);
        kinds.insert(body.index());
    }
    CHECK(kinds.size() == Body::kinds - 1); // all but Unknown
}

TEST_CASE("a fact that is written is what will be read, or it is refused as it would be then")
{
    Log log;
    const DelegateId nobody;
    const DelegateId alice("alice");
    const BadgeId badge("BA");
    for (const Body& unreadable :
         {Body(fact::CheckedIn{nobody, "code", {}}), Body(fact::LockerAssigned{{BankId(), 14}, alice}),
          Body(fact::BadgeIssued{badge, alice, 1'000'001}),
          Body(fact::HelpCalled{std::string(fact_bytes_max, 'x')})}) {
        Fact fact = log.fact(unreadable);
        const auto written = write_fact(fact);
        const auto read = parse_fact(fact_bytes(fact));
        REQUIRE_FALSE(written);
        REQUIRE_FALSE(read);
        CHECK(written.error().text() == read.error().text());
    }
    for (const Body& readable :
         {Body(fact::CheckedIn{alice, "code", nobody}), Body(fact::BadgeIssued{badge, alice, 1'000'000}),
          Body(fact::HelpCalled{"o\xF9"}), Body(fact::HelpCalled{"où \"là\"\n"})}) {
        Fact fact = log.fact(readable);
        const auto bytes = write_fact(fact);
        REQUIRE(bytes);
        CHECK(fact_bytes(fact) == fact_bytes(*parse_fact(*bytes)));
    }
    Fact called = log.fact(fact::HelpCalled{"o\xF9"});
    REQUIRE(write_fact(called));
    CHECK(std::get<fact::HelpCalled>(called.body).where == "o\uFFFD");
    Fact released = log.fact(fact::CheckedIn{alice, "code", nobody});
    REQUIRE(write_fact(released));
    CHECK_FALSE(std::get<fact::CheckedIn>(released.body).released_by);
}

TEST_CASE("a fact of the first release is read as it was meant: what came later has its default")
{
    const auto fact = parse_fact(
        R"({"counter":1,"data":{"badge":"BA","delegate":"alice","issue":1},"device":"K1","epoch":1,)"
        R"("id":"01","kind":"badge.issued"})");
    REQUIRE(fact);
    const auto& badge = std::get<fact::BadgeIssued>(fact->body);
    CHECK(badge.reason == IssueReason::first);
    CHECK_FALSE(badge.staff);
    CHECK(badge.valid_day.empty());
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
        R"({"actor":"kiosk","at":1504510200000,"counter":1,"data":{"badge":"BA","delegate":"alice","issue":1,)"
        R"("reason":"first","staff":null,"valid_day":""},"device":"K1","epoch":1,"id":"01","kind":"badge.issued",)"
        R"("mono":5,"v":1})");
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
