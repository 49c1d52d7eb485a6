// SPDX-License-Identifier: Apache-2.0
// The organizer's side without sockets: who may ask what, and what everybody sees of today.
#include "sync/base/files.hpp"
#include "sync/base/json.hpp"
#include "sync/domain/people/event_profile.hpp"
#include "tests/sync/client/hall.hpp"

#include <algorithm>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// A registry of the sample meeting.
struct Organizer : Desk {
    Organizer() { must(store().set_event_profile(must(read_file(MONTBRILLANT_EVENT, 1U << 20)))); }

    registry::HttpResponse get(const std::string& target, const std::string& token = "")
    {
        registry::HttpRequest request{"GET", target, "", ""};
        if (!token.empty())
            request.authorization = "Bearer " + token;
        return service->http(request);
    }
    std::string token(registry::Scope scope)
    {
        return must(
            service->tokens().add(ledger(), std::string(name_of(scope)), {scope}, clock.wall(), random));
    }
    void go_to(const std::string& time) { clock.advance(*from_rfc3339(time) - clock.wall()); }
};

} // namespace

TEST_CASE("today is the meeting's day at its place, before it the first, after it the last")
{
    Organizer desk;
    const auto day = [&](const std::string& time) {
        desk.go_to(time);
        return json_text_or(must(parse_json(desk.get("/today").body, "today")), "day", "");
    };
    CHECK(day("2017-08-01T10:00:00Z") == "2017-09-04");
    CHECK(day("2017-09-04T22:30:00Z") == "2017-09-05"); // past midnight in Geneva
    CHECK(day("2018-01-01T00:00:00Z") == "2017-09-15");
}

TEST_CASE("the calendar has every session, in lines that every reader takes")
{
    Organizer desk;
    const auto answer = desk.get("/today.ics");
    CHECK(answer.content_type.starts_with("text/calendar"));
    std::size_t events = 0;
    for (std::size_t at = 0; at < answer.body.size();) {
        const auto end = answer.body.find("\r\n", at);
        REQUIRE(end != std::string::npos);
        CHECK(end - at <= 75);
        events += answer.body.compare(at, end - at, "BEGIN:VEVENT") == 0 ? 1U : 0U;
        at = end + 2;
    }
    const auto profile = must(load_event_profile(desk.store().identity()->event_profile, "profile"));
    CHECK(events == profile.sessions.size());
    CHECK(answer.body.find("DTSTART:20170904T") != std::string::npos);
}

TEST_CASE("a token opens what its scope names, rests hashed, and is gone when it is revoked")
{
    Organizer desk;
    desk.knows("alice", "Alice");
    const auto people = desk.token(registry::Scope::people);
    CHECK(desk.get("/v1/people", people).status == 200);
    CHECK(desk.get("/v1/people", people).body.find("Alice") != std::string::npos);
    CHECK(desk.get("/v1/conflicts", people).status == 403);
    CHECK(desk.get("/v1/people").status == 401);
    CHECK(desk.get("/v1/people", people.substr(1)).status == 401);
    const auto kept = must(desk.store().setting(registry::Tokens::setting_name));
    REQUIRE(kept);
    CHECK(kept->find(people) == std::string::npos);
    desk.stop();
    desk.start();
    CHECK(desk.get("/v1/people", people).status == 200);
    CHECK_FALSE(
        desk.service->tokens().add(desk.ledger(), "people", {registry::Scope::people}, {}, desk.random));
    CHECK_FALSE(desk.service->tokens().add(desk.ledger(), "no scope", {}, {}, desk.random));
    must(desk.service->tokens().revoke(desk.ledger(), "people"));
    CHECK(desk.get("/v1/people", people).status == 401);
    CHECK_FALSE(desk.service->tokens().revoke(desk.ledger(), "people"));
}

TEST_CASE("people come a page at a time, and each page that was handed out is a fact")
{
    Organizer desk;
    for (const auto* id : {"R-3", "R-1", "R-2"})
        desk.knows(id, std::string("Name ") + id);
    const auto token = desk.token(registry::Scope::people);
    std::vector<std::string> seen;
    for (std::string after; seen.size() < 10;) {
        const auto page = must(parse_json(desk.get("/v1/people?limit=2&after=" + after, token).body, "page"));
        for (const auto& person : page.at("people"))
            seen.push_back(json_text_or(person, "registration_id", ""));
        after = json_text_or(page, "next", "");
        if (after.empty())
            break;
    }
    CHECK(seen == std::vector<std::string>{"R-1", "R-2", "R-3"});
    const auto facts = must(desk.store().journal(0));
    CHECK(std::count_if(facts.begin(), facts.end(), [](const auto& row) {
              return row.bytes.find("export.made") != std::string::npos &&
                     row.bytes.find("token people") != std::string::npos;
          }) == 2);
}
