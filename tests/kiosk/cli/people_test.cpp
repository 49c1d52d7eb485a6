// SPDX-License-Identifier: Apache-2.0
#include "sync/base/json.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

namespace montbrillant::test {
namespace {

const std::vector<std::string> three{"R-1,Dupont,Anne,Anne DUPONT,ARCEP,FRA,member_state,head,fr",
                                     "R-2,Meier,Ulf,Ulf MEIER,BAKOM,CHE,member_state,delegate,en",
                                     "R-3,Rossi,Ida,Ida ROSSI,Acme,,sector_member,delegate,es"};

} // namespace

TEST_CASE("made-up people are imported and found again by their names")
{
    const TestDesk desk(40);
    const Json person = desk.json({"people", "show", "R-000007"});
    const Run found = desk({"--json", "people", "search", json_text_or(person, "badge_name", "")});
    REQUIRE(found.exit == 0);
    const Json first = found.objects().at(0);
    CHECK(first["id"] == "R-000007");
    for (const char* field : {"name", "badge_name", "organization", "delegation", "score"})
        CHECK(first.contains(field));
    CHECK(desk({"people", "search", "R-000007"}).lines().size() == 1);
    CHECK(desk({"people", "search", "a", "--limit", "3"}).lines().size() <= 3);
    CHECK(desk({"people", "show", "R-999999"}).exit == 1);
}

TEST_CASE("a program asks many queries on one standard input and gets one answer a line")
{
    const TestDesk desk(20);
    const std::string long_query(5000, 'x');
    const Run run = desk({"people", "search", "-"}, "R-000001\n\n" + long_query + "\nR-000002");
    REQUIRE(run.exit == 0);
    const auto answers = run.objects();
    REQUIRE(answers.size() == 4);
    CHECK(answers[0]["query"] == "R-000001");
    CHECK(answers[0]["results"][0]["id"] == "R-000001");
    CHECK(answers[1]["results"].empty());
    CHECK(json_text_or(answers[2], "query", "").size() == 1000);
    CHECK(answers[3]["results"][0]["id"] == "R-000002");
}

TEST_CASE("one bad row and nothing is imported; every bad row is named")
{
    const TestDesk desk;
    auto rows = three;
    rows.insert(rows.begin() + 1, "R-4,Bad,Row,Bad ROW,X,FRA,membr,delegate,fr");
    rows.push_back("R-1,Twice,T,T TWICE,X,FRA,member_state,delegate,fr");
    desk.write("people.csv", people_csv(rows));
    const Run refused = desk({"people", "import", "people.csv"});
    CHECK(refused.exit == 2);
    CHECK_THAT(refused.err, Catch::Contains("people.csv: row 3, column 7 (category): \"membr\""));
    CHECK_THAT(refused.err, Catch::Contains("people.csv: row 6, column 1 (registration_id)"));
    CHECK_THAT(refused.err, Catch::Contains("2 of 5 rows are bad; nothing was imported"));
    CHECK(desk({"people", "show", "R-1"}).exit == 1);

    const Json some = desk.json({"people", "import", "people.csv", "--skip-bad"});
    CHECK(some["imported"] == 3);
    CHECK(some["skipped"] == 2);
    CHECK(desk({"people", "show", "R-3"}).exit == 0);
    CHECK(desk({"people", "show", "R-4"}).exit == 1);
}

TEST_CASE("what a rule refuses is a bad row too, before anything is written")
{
    const TestDesk desk;
    auto rows = three;
    rows.push_back("R-4,Martin,Luc,Luc MARTIN,ARCEP,FRA,member_state,head,fr");
    desk.write("people.csv", people_csv(rows));
    const Run refused = desk({"people", "import", "people.csv"});
    CHECK(refused.exit == 2);
    CHECK_THAT(refused.err, Catch::Contains("row 5: the delegation already has a head"));
    CHECK(desk({"people", "show", "R-1"}).exit == 1);
    CHECK(desk.json({"people", "import", "people.csv", "--skip-bad"})["imported"] == 3);
}

TEST_CASE("a second import amends what differs, names who is missing and cancels nobody")
{
    const TestDesk desk;
    desk.write("people.csv", people_csv(three));
    REQUIRE(desk.json({"people", "import", "people.csv"})["imported"] == 3);
    CHECK(desk.json({"people", "import", "people.csv"})["unchanged"] == 3);

    // The new head stands before the old one in the file, and R-3 is gone.
    desk.write("people.csv", people_csv({"R-4,Martin,Luc,Luc MARTIN,ARCEP,FRA,member_state,head,fr",
                                         "R-1,Dupont,Anne,Anne DUPONT,ARCEP,FRA,member_state,delegate,fr",
                                         "R-2,Meier,Ulf,Ulf MEIER,BAKOM,CHE,member_state,delegate,en"}));
    const Json again = desk.json({"people", "import", "people.csv"});
    CHECK(again["imported"] == 1);
    CHECK(again["amended"] == 1);
    CHECK(again["unchanged"] == 1);
    CHECK(again["missing"] == 1);
    CHECK(again["missing_ids"] == Json::array({"R-3"}));
    CHECK(desk.json({"people", "show", "R-3"})["state"] == "approved");
    CHECK(desk.json({"people", "show", "R-1"})["role"] == "delegate");
    CHECK(desk.json({"people", "show", "R-4"})["badge_name"] == "Luc MARTIN");
}

TEST_CASE("a list that still names somebody who was erased is imported without them, and says so")
{
    const TestDesk desk;
    desk.write("people.csv", people_csv(three));
    REQUIRE(desk.json({"people", "import", "people.csv"})["imported"] == 3);
    REQUIRE(desk.json({"people", "erase", "R-2"})["erased"] == true);
    auto rows = three;
    rows.push_back("R-4,Martin,Luc,Luc MARTIN,ARCEP,FRA,member_state,delegate,fr");
    desk.write("again.csv", people_csv(rows));
    const Run again = desk({"--json", "people", "import", "again.csv"});
    REQUIRE(again.exit == 0);
    CHECK_THAT(again.err, Catch::Contains("again.csv: note: row 3: R-2 was erased here; the row is skipped"));
    CHECK(again.object()["imported"] == 1);
    CHECK(again.object()["unchanged"] == 2);
    CHECK(again.object()["skipped"] == 1);
    CHECK(desk({"people", "show", "R-2"}).exit == 1);
    // Who is erased is not missed either.
    desk.write("rest.csv", people_csv({rows[0], rows[2], rows[3]}));
    CHECK(desk.json({"people", "import", "rest.csv"})["missing"] == 0);
}

TEST_CASE("what is exported is imported again without a change")
{
    const TestDesk desk(60);
    const Run exported = desk({"people", "export"});
    REQUIRE(exported.exit == 0);
    CHECK(exported.lines().size() == 61);
    desk.write("again.csv", exported.out);
    CHECK(desk.json({"people", "import", "again.csv"})["unchanged"] == 60);
}

TEST_CASE("another system's columns are renamed by a map")
{
    const TestDesk desk;
    desk.write("theirs.csv", "Ref,Surname,Badge,Type,Lang\nR-1,Dupont,Anne DUPONT,academia,fr\n");
    CHECK(desk({"people", "import", "theirs.csv"}).exit == 2);
    desk.write("map.toml", "[columns]\nRef = \"registration_id\"\nSurname = \"family_name\"\n"
                           "Badge = \"badge_name\"\nType = \"category\"\nLang = \"language\"\n");
    CHECK(desk.json({"people", "import", "theirs.csv", "--map", "map.toml"})["imported"] == 1);
    desk.write("map.toml", "[columns]\nRef = \"number\"\n");
    const Run bad = desk({"people", "import", "theirs.csv", "--map", "map.toml"});
    CHECK(bad.exit == 2);
    CHECK_THAT(bad.err, Catch::Contains("map.toml, line 2"));
}

} // namespace montbrillant::test
