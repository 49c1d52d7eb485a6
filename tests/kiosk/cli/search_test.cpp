// SPDX-License-Identifier: Apache-2.0
#include "sync/base/child_process.hpp"
#include "sync/base/json.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

namespace montbrillant::test {

TEST_CASE(
    "a query of nothing, of one letter, of spaces, of bad bytes or without end is answered like any other")
{
    const TestDesk desk(30);
    const std::vector<std::string> queries{"",
                                           " \t  ",
                                           "a",
                                           "\xff\xfe",
                                           std::string("ha\0na", 5),
                                           std::string(999, 'q'),
                                           "'; DROP TABLE person; --",
                                           "🙂",
                                           "á"};
    std::string input;
    for (const auto& query : queries)
        input += query + "\n";
    const Run run = desk({"people", "search", "-"}, input);
    REQUIRE(run.exit == 0);
    const auto answers = run.objects();
    REQUIRE(answers.size() == queries.size());
    for (const std::size_t empty : {0U, 1U, 3U, 5U, 7U})
        CHECK(answers[empty]["results"].empty());
    CHECK_FALSE(answers[2]["results"].empty());
    CHECK(answers[8]["results"] == answers[2]["results"]);
    for (const char* query : {"", "   ", "\xff"}) {
        const Run one = desk({"--json", "people", "search", query});
        CHECK(one.exit == 0);
        CHECK(one.out.empty());
    }
    CHECK(desk({"people", "search", std::string(50'000, 'q')}).exit == 0);
}

TEST_CASE("the best come first, at most as many as were asked for")
{
    const TestDesk desk(60);
    const Json answer = desk({"people", "search", "-", "--limit", "7"}, "a\n").objects().at(0);
    const Json& results = answer["results"];
    REQUIRE(results.size() == 7);
    CHECK(std::is_sorted(results.begin(), results.end(),
                         [](const Json& x, const Json& y) { return x["score"] > y["score"]; }));
    CHECK(desk({"people", "search", "a", "--limit", "2"}).lines().size() == 2);
}

TEST_CASE("a program that waits for each answer before its next question gets it")
{
    const TestDesk desk(20);
    auto child = ChildProcess::start({MONTBRILLANT_PROGRAM, "--config", desk.path("kiosk.toml").string(),
                                      "--data", desk.path("data").string(), "people", "search", "-"});
    REQUIRE(child);
    for (const char* id : {"R-000003", "R-000011"}) {
        REQUIRE(child->write_line(id));
        std::string line;
        REQUIRE(child->read_line(line, Millis{30'000}) == ChildProcess::Read::line);
        const Json answer = Json::parse(line);
        CHECK(answer["query"] == id);
        CHECK(answer["results"][0]["id"] == id);
    }
}

} // namespace montbrillant::test
