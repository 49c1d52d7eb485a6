// SPDX-License-Identifier: Apache-2.0
// What a registry promises, on either store: the same cases over SQLite and over PostgreSQL.
#include "sync/base/json.hpp"
#include "sync/registry/postgres_ledger.hpp"
#include "tests/sync/client/hall.hpp"
#include "tests/sync/registry/on_postgres.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// One registry and two kiosks, on the store that the case is at.
struct Hall {
    const bool on_postgres = GENERATE(false, true);
    TemporaryFolder folder;
    std::optional<Database> database;
    ManualClock clock;
    SeededRandom random{7};
    std::optional<Desk> desk;
    std::optional<Kiosk> k1;
    std::optional<Kiosk> k2;

    Hall()
    {
        if (on_postgres)
            database.emplace();
        desk.emplace(open(MONTBRILLANT_EVENT));
        k1.emplace(*desk, "K1");
        k2.emplace(*desk, "K2");
        must(k1->store->commit(registration("alice", "Alice")));
        must(k1->store->commit(registration("bob", "Bob")));
        settle();
    }
    registry::Service open(const std::string& event)
    {
        if (database)
            return database->node("n1");
        return must(registry::open_service({folder.path(), "registry.db"}, event, clock, random));
    }
    [[nodiscard]] registry::Ledger& ledger() { return desk->service->ledger(); }
    void settle()
    {
        for (int round = 0; round < 2; ++round) {
            must(k1->sync());
            must(k2->sync());
        }
        CHECK(k1->same_as_registry());
        CHECK(k2->same_as_registry());
        CHECK_FALSE(must(k1->store->verify_journal()));
        CHECK_FALSE(must(k2->store->verify_journal()));
        restart();
        CHECK(k1->same_as_registry());
    }
    /// What the registry knows is on disk: another process would know the same.
    void restart()
    {
        desk->service.reset();
        desk->service.emplace(open(""));
    }
    std::vector<StoredFact> own(Kiosk& kiosk) const { return must(kiosk.store->own_facts_after(0, 1000)); }
    PushResult take(const DeviceId& device, std::span<const StoredFact> facts)
    {
        const DevicePush push{device, 1, facts};
        return must(std::move(ledger().take_pushes({&push, 1}).front()));
    }
};

} // namespace

TEST_CASE("what one kiosk did is known at the other, with the person's record")
{
    Hall hall;
    hall.k1->check_in("alice", "BA");
    hall.settle();
    CHECK(hall.k2->shows("alice"));
    CHECK(must(hall.k2->store->person(DelegateId("alice")))->badge_name == "Alice");
    const auto log = must(hall.ledger().log_after(0, 1000));
    REQUIRE(log.size() == hall.ledger().log_end().seq);
    Cursor place;
    for (const auto& row : log) {
        CHECK(row.seq == place.seq + 1);
        place = {row.seq, crypto::blake2b(place.log_hash, row.fact.hash)};
        CHECK(row.log_hash == place.log_hash);
        CHECK(must(hall.ledger().log_hash_at(row.seq)) == place.log_hash);
    }
    CHECK(place == hall.ledger().log_end());
    CHECK_FALSE(must(hall.ledger().log_hash_at(place.seq + 1)));
}

TEST_CASE("the second of two claims becomes a task, and the record that lost is proposed until people decide")
{
    Hall hall;
    const auto amend = [](Kiosk& kiosk, const std::string& name) {
        Person p = must(kiosk.store->person(DelegateId("bob"))).value();
        p.badge_name = name;
        Draft draft{{fact::DelegateAmended{p.id, participation_of(p), {"badge_name"}, 0}}, "staff", {p}, {}};
        must(kiosk.store->commit(draft));
    };
    amend(*hall.k1, "Bob the First");
    amend(*hall.k2, "Bob the Second");
    hall.k1->check_in("alice", "BA");
    hall.k2->check_in("alice", "BB");
    hall.settle();
    CHECK(must(hall.k2->store->person(DelegateId("bob")))->badge_name == "Bob the First");
    std::vector<FactId> open;
    hall.ledger().state().conflicts.each([&](const FactId& id, const Conflict& conflict) {
        if (conflict.open && conflict.kind == name_of(ConflictKind::record_at_two))
            open.push_back(id);
    });
    REQUIRE(open.size() == 1);
    REQUIRE(must(hall.k1->store->proposal(open.front())));
    CHECK(must(hall.k1->store->proposal(open.front()))->badge_name == "Bob the Second");
    must(hall.k1->store->commit(
        just({fact::ConflictResolved{open.front(), Choice::second, DelegateId("staff"), ""}})));
    hall.settle();
    CHECK(must(hall.k2->store->person(DelegateId("bob")))->badge_name == "Bob the Second");
}

TEST_CASE("a device that has the record and not yet the claim gets what people decided about it")
{
    Hall hall;
    const auto amend = [](Kiosk& kiosk, const std::string& name) {
        Person p = must(kiosk.store->person(DelegateId("bob"))).value();
        p.badge_name = name;
        must(kiosk.store->commit(
            {{fact::DelegateAmended{p.id, participation_of(p), {"badge_name"}, 0}}, "staff", {p}, {}}));
    };
    amend(*hall.k1, "Bob the First");
    must(hall.k1->sync());
    Kiosk late(*hall.desk, "K3");
    must(late.sync());
    late.wire.down = true;
    amend(*hall.k2, "Bob the Second");
    hall.settle();
    must(hall.k1->store->commit(just(
        {fact::ConflictResolved{only_conflict(*hall.k1->store), Choice::second, DelegateId("R-9"), ""}})));
    hall.settle();
    CHECK(must(late.store->person(DelegateId("bob")))->badge_name == "Bob the First");
    late.wire.down = false;
    must(late.sync());
    CHECK(must(late.store->person(DelegateId("bob")))->badge_name == "Bob the Second");
}

TEST_CASE("the snapshot is the log as it is pulled, without whoever was erased")
{
    Hall hall;
    must(hall.k1->store->commit(just(std::vector<Body>(1100, fact::AttemptRefused{{}, "a try"}))));
    hall.k1->check_in("alice", "BA");
    must(hall.k1->sync());
    hall.desk->service->cut_snapshot({100, 256U << 20});
    hall.desk->rest();
    Kiosk fresh(*hall.desk, "K3");
    std::size_t parts = 0;
    fresh.wire.twist_call = [&parts](HttpCall& call) { parts += call.range.empty() ? 0U : 1U; };
    must(fresh.sync());
    CHECK(parts == 2);
    CHECK(fresh.same_as_registry());
    CHECK(must(fresh.store->person(DelegateId("bob")))->badge_name == "Bob");
    must(hall.ledger().erase_person(DelegateId("bob"), "the registry"));
    parts = 0;
    Kiosk later(*hall.desk, "K4");
    later.wire.twist_call = fresh.wire.twist_call;
    must(later.sync());
    CHECK(parts == 1); // there is none: it asked and pulled
    CHECK_FALSE(must(later.store->person(DelegateId("bob"))));
    hall.desk->rest();
    parts = 0;
    Kiosk last(*hall.desk, "K5");
    last.wire.twist_call = fresh.wire.twist_call;
    must(last.sync());
    CHECK(parts == 2);
    CHECK_FALSE(must(last.store->person(DelegateId("bob"))));
    CHECK(must(last.store->person(DelegateId("alice")))->badge_name == "Alice");
}

TEST_CASE(
    "a repeated push gets its stored outcomes, a gap is named, another fact under the same number is a fork")
{
    Hall hall;
    hall.k1->check_in("alice", "BA");
    const auto facts = hall.own(*hall.k1);
    const DeviceId k1("K1");
    const auto gap = hall.take(k1, std::span(facts).subspan(3));
    CHECK(gap.answers.empty());
    CHECK(gap.expect == 3U);
    const auto first = hall.take(k1, facts);
    REQUIRE(first.answers.size() == facts.size());
    CHECK(first.answers.front().repeated);
    CHECK_FALSE(first.answers.back().repeated);
    CHECK(first.chain.counter == facts.size());
    const auto head = hall.ledger().log_end();
    const auto again = hall.take(k1, facts);
    REQUIRE(again.answers.size() == facts.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
        CHECK(again.answers[i].seq == first.answers[i].seq);
        CHECK(again.answers[i].outcome.verdict == first.answers[i].outcome.verdict);
        CHECK(again.answers[i].repeated);
    }
    CHECK(hall.ledger().log_end() == head);
    auto other = facts;
    other.back().hash.front() ^= 1U;
    CHECK(hall.take(k1, other).fork);
    CHECK(hall.ledger().log_end() == head);
}

TEST_CASE("pushes of one turn are one transaction, each with its own result")
{
    Hall hall;
    hall.k1->check_in("alice", "BA");
    hall.k2->check_in("bob", "BB");
    const auto at_1 = hall.own(*hall.k1);
    const auto at_2 = hall.own(*hall.k2);
    const auto before = hall.ledger().log_end().seq;
    const DeviceId k1("K1");
    const DeviceId k2("K2");
    // K1 in two pieces and the second of them twice, K2 whole, and K2 with a gap.
    const std::array pushes{DevicePush{k1, 1, std::span(at_1).first(3)}, DevicePush{k2, 1, at_2},
                            DevicePush{k1, 1, std::span(at_1).subspan(3)},
                            DevicePush{k1, 1, std::span(at_1).subspan(3)},
                            DevicePush{k2, 2, std::span<const StoredFact>()}};
    const auto results = hall.ledger().take_pushes(pushes);
    REQUIRE(results.size() == pushes.size());
    for (const auto& result : results)
        REQUIRE(result);
    CHECK(results[0]->answers.back().seq == before + 1);
    CHECK(results[1]->answers.back().seq == before + 1 + at_2.size());
    CHECK(results[2]->answers.back().seq == before + at_1.size() - 2 + at_2.size());
    CHECK(results[3]->answers.front().seq == results[2]->answers.front().seq);
    CHECK(results[3]->answers.front().repeated);
    CHECK(results[4]->answers.empty());
    hall.settle();
    CHECK(hall.k1->shows("bob"));
    CHECK(facts_of(*hall.desk, k1) == at_1.size());
}

TEST_CASE("what nobody can read is ordered, too, and stops no queue")
{
    Hall hall;
    auto facts = hall.own(*hall.k2);
    ChainEnd chain = facts.empty() ? ChainEnd{} : ChainEnd{facts.back().counter, facts.back().hash};
    const auto then = [&](std::string bytes) {
        StoredFact next{DeviceId("K2"), 1, chain.counter + 1, std::move(bytes), chain.hash, {}, {}};
        next.hash = chain_hash(next.previous, next.bytes);
        chain = {next.counter, next.hash};
        facts.push_back(std::move(next));
    };
    const auto envelope = [&](const std::string& id, const std::string& kind, const std::string& data) {
        return fmt::format(R"({{"actor":"","at":1,"counter":{},"data":{},"device":"K2","epoch":1,"id":"{}",)"
                           R"("kind":"{}","mono":1,"v":1}})",
                           chain.counter + 1, data, id, kind);
    };
    then("not even JSON");
    then(envelope("a\\u0000b", "of.tomorrow", "{}"));
    then(envelope("c", "of\\u0000tomorrow", R"({"x":"y"})"));
    then(envelope("d", "laptop.added", R"({"laptop":"LT\u0000-1","home":"S\u00001"})"));
    const auto result = hall.take(DeviceId("K2"), facts);
    REQUIRE(result.answers.size() == facts.size());
    CHECK(result.answers[facts.size() - 4].outcome.verdict == Verdict::rejected);
    CHECK(result.chain.counter == chain.counter);
    hall.restart();
    const auto log = must(hall.ledger().log_after(0, 1000));
    CHECK(log.back().fact.bytes == facts.back().bytes);
    CHECK(log[log.size() - 4].fact.bytes == "not even JSON");
    CHECK(entities(hall.ledger().state()).contains({EntityKind::laptop, std::string("LT\0-1", 5)}));
}

TEST_CASE("a token is good once, a revoked device is refused, and both are known after a restart")
{
    Hall hall;
    const auto token = hall.desk->token("K3");
    hall.restart();
    Kiosk k3(*hall.desk, "K4"); // uses a token of its own
    const protocol::EnrolRequest request{1, token, crypto::new_sign_key().public_key, 0};
    auto& admission = hall.desk->service->admission();
    CHECK(admission.enrol(hall.ledger(), request, hall.desk->clock.wall()));
    CHECK(admission.enrol(hall.ledger(), request, hall.desk->clock.wall())); // its answer was lost
    const protocol::EnrolRequest thief{1, token, crypto::new_sign_key().public_key, 0};
    CHECK_FALSE(admission.enrol(hall.ledger(), thief, hall.desk->clock.wall()));
    must(admission.set_state(hall.ledger(), DeviceId("K4"), registry::DeviceState::revoked));
    CHECK_FALSE(admission.set_state(hall.ledger(), DeviceId("K9"), registry::DeviceState::revoked));
    hall.restart();
    const auto refused = k3.sync();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text().find("revoked") != std::string::npos);
    CHECK(hall.desk->service->admission().devices().size() == 4);
}

TEST_CASE("who is erased leaves neither key nor record, and what a device still sends of them is not kept")
{
    Hall hall;
    Person late = must(hall.k2->store->person(DelegateId("bob"))).value();
    late.badge_name = "Bob again";
    must(hall.k2->store->commit(
        {{fact::DelegateAmended{late.id, participation_of(late), {"badge_name"}, 0}}, "staff", {late}, {}}));
    must(hall.ledger().erase_person(DelegateId("bob"), "the registry"));
    CHECK_FALSE(hall.ledger().erase_person(DelegateId("nobody"), "the registry"));
    must(hall.k1->sync());
    CHECK_FALSE(must(hall.k1->store->person(DelegateId("bob"))));
    must(hall.k2->sync());
    must(hall.k2->sync());
    hall.restart();
    CHECK(hall.ledger().key_store().is_erased(DelegateId("bob")));
    for (const auto& row : must(hall.ledger().log_after(0, 1000)))
        CHECK((!row.fact.record || row.fact.record->delegate != DelegateId("bob")));
    CHECK(must(hall.k1->store->person(DelegateId("alice")))->badge_name == "Alice");
}

TEST_CASE("the whole event is erased in its time, with a certificate that proves it")
{
    Hall hall;
    CHECK_FALSE(hall.ledger().erase_event({"R-9", true, "over"}, hall.desk->clock.wall())); // not closed
    must(hall.ledger().close_event("R-9"));
    const auto early = hall.ledger().erase_event({"R-9", false, ""}, hall.desk->clock.wall());
    REQUIRE_FALSE(early);
    const auto erased = must(hall.ledger().erase_event({"R-9", true, "the drill"}, hall.desk->clock.wall()));
    CHECK(erased.certificate.proves());
    CHECK(erased.certificate.records == 2);
    CHECK(erased.certificate.records_tried == 2);
    CHECK(erased.certificate.texts > 0);
    must(read_certificate(erased.json, "certificate").map([](const auto&) {}));
    must(hall.k1->sync());
    CHECK_FALSE(must(hall.k1->store->person(DelegateId("alice"))));
    hall.restart();
    CHECK(hall.ledger().key_store().event_erased());
    hall.desk->service->cut_snapshot({1, 256U << 20});
    CHECK_FALSE(must(hall.desk->service->tend_snapshot()));
    CHECK(must(hall.ledger().erase_event({"R-9", false, ""}, hall.desk->clock.wall())).json == erased.json);
}

namespace {

std::string row_of(const std::string& id, const std::string& family_name)
{
    return fmt::format("{0},{1},Ana {1},member_state,delegate,approved,PRT,en\n", id, family_name);
}

/// The organizer's program, with a token for everything.
struct Organizer {
    Hall& hall;
    std::string token;

    explicit Organizer(Hall& at)
        : hall(at), token(must(at.desk->service->tokens().add(
                        at.ledger(), "crm", {registry::all_scopes.begin(), registry::all_scopes.end()},
                        at.desk->clock.wall(), at.random)))
    {
    }
    registry::HttpResponse ask(const std::string& method, const std::string& target,
                               const std::string& body = "") const
    {
        return hall.desk->service->http({method, target, "", body, "Bearer " + token});
    }
    registry::HttpResponse send(const std::string& rows) const
    {
        return ask("POST", "/v1/people:import",
                   "registration_id,family_name,badge_name,category,role,state,delegation,language\n" + rows);
    }
    /// What became of the rows: "imported 2 amended 0 unchanged 0 kept 0 tasks 0 erased 0".
    std::string take(const std::string& rows) const
    {
        const auto answer = send(rows);
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        const Json said = must(parse_json(answer.body, "answer"));
        std::string text;
        for (const auto* what : {"imported", "amended", "unchanged", "kept", "tasks", "erased"}) {
            if (const auto count = json_int_or(said, what, 0); count != 0)
                text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, count);
        }
        return text;
    }
};

} // namespace

TEST_CASE("a file of people comes over HTTP as a whole or not at all, and what is handed out of it is a fact")
{
    constexpr std::size_t many = Intake::facts_per_write + 50;
    Hall hall;
    const Organizer crm(hall);
    std::string rows;
    for (std::size_t i = 0; i < many; ++i)
        rows += row_of(fmt::format("R-{:04}", i), "Lima");
    const auto before = hall.ledger().log_end();
    CHECK(crm.send(row_of("R-1", "Lima") + "R-2,Li,Bo,martian,delegate,approved,CHN,zh\n").status == 400);
    CHECK(hall.ledger().log_end() == before);
    CHECK(crm.take(rows) == fmt::format("imported {}", many));
    CHECK(hall.ledger().log_end().seq == before.seq + many);
    CHECK(crm.take(row_of("R-0007", "Reis") + row_of("R-0008", "Lima")) == "amended 1, unchanged 1");
    hall.restart();
    CHECK(must(hall.ledger().person(DelegateId("R-0007")))->family_name == "Reis");
    CHECK(must(hall.ledger().person(DelegateId("R-1049")))->badge_name == "Ana Lima");
    CHECK(crm.ask("GET", "/v1/people?after=R-0006&limit=1").body.find("Reis") != std::string::npos);
    CHECK(crm.ask("GET", "/v1/reports/delegations").status == 200);
    CHECK(crm.ask("GET", "/metrics")
              .body.find(fmt::format("montbrillant_log_head {}\n", hall.ledger().log_end().seq)) !=
          std::string::npos);
    const auto last = must(hall.ledger().log_after(hall.ledger().log_end().seq - 1, 1)).front().fact.bytes;
    CHECK(last.find("export.made") != std::string::npos);
    CHECK(last.find("token crm") != std::string::npos);
}

TEST_CASE("what staff corrected stays when a file says otherwise, and becomes one task that people decide on")
{
    Hall hall;
    const Organizer crm(hall);
    CHECK(crm.take(row_of("R-1", "Lima") + row_of("R-2", "Oz")) == "imported 2");
    hall.settle();
    Person ana = must(hall.k1->store->person(DelegateId("R-1"))).value();
    ana.family_name = "Lima Reis";
    must(hall.k1->store->commit(
        {{fact::DelegateCorrected{
             ana.id, participation_of(ana), {"family_name"}, 0, DelegateId("alice"), {}}},
         "alice",
         {ana},
         {}}));
    hall.settle();
    CHECK(crm.take(row_of("R-1", "Lima")) == "unchanged 1, kept 1, tasks 1");
    CHECK(crm.take(row_of("R-1", "Lima")) == "unchanged 1, kept 1");
    hall.settle();
    CHECK(must(hall.k2->store->person(DelegateId("R-1")))->family_name == "Lima Reis");
    const Json told = must(parse_json(crm.ask("GET", "/v1/conflicts").body, "conflicts"));
    REQUIRE(told.at("conflicts").size() == 1);
    const Json& task = told.at("conflicts").front();
    CHECK(json_text_or(task, "kind", "") == "import_over_correction");
    must(hall.k1->store->commit(just({fact::ConflictResolved{FactId(json_text_or(task, "fact", "")),
                                                             Choice::second, DelegateId("alice"), ""}})));
    hall.settle();
    CHECK(must(hall.k2->store->person(DelegateId("R-1")))->family_name == "Lima");
    must(hall.ledger().erase_person(DelegateId("R-2"), "the registry"));
    CHECK(crm.take(row_of("R-2", "Oz")) == "erased 1");
    CHECK(crm.ask("GET", "/v1/people").body.find("R-2") == std::string::npos);
}
