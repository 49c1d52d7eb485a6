// SPDX-License-Identifier: Apache-2.0
#include "sync/base/json.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <cstdlib>
#include <sys/stat.h>
#include <thread>

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

TEST_CASE("one bad row and nothing is imported, and every bad row is named")
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

TEST_CASE("a second head of a delegation is imported and becomes a task for staff")
{
    const TestDesk desk;
    auto rows = three;
    rows.insert(rows.begin(), "R-4,Martin,Luc,Luc MARTIN,ARCEP,FRA,member_state,head,fr");
    desk.write("people.csv", people_csv(rows));
    const Run run = desk({"--json", "people", "import", "people.csv"});
    REQUIRE(run.exit == 0);
    CHECK(run.object()["imported"] == 4);
    CHECK(run.object()["tasks"] == 1);
    CHECK_THAT(run.err,
               Catch::Contains("people.csv: note: row 3, column 8 (role): \"FRA\" has a head already"));
    CHECK_THAT(run.err, Catch::Contains("people.csv: task: row 3: the delegation already has a head"));
    const Json task = desk.json({"sync", "conflicts"});
    CHECK(task["kind"] == "two_heads");
    CHECK(task["subjects"] == Json::array({"R-1"}));
    CHECK(desk.json({"people", "show", "R-1"})["role"] == "head");
}

TEST_CASE("what a rule refuses is a bad row too, and nothing is written")
{
    const TestDesk desk;
    auto rows = three;
    rows.push_back("R-4,Rossi,Ida,Ida ROSSI,Mizu,,sme_pilot,head,fr");
    rows.push_back("R-5,Rossi,Ada,Ada ROSSI,Mizu,,sme_pilot,delegate,fr");
    desk.write("people.csv", people_csv(rows));
    const Run refused = desk({"people", "import", "people.csv"});
    CHECK(refused.exit == 2);
    CHECK_THAT(refused.err,
               Catch::Contains("row 5, column 8 (role): \"head\" is not open to an SME of the pilot"));
    CHECK_THAT(refused.err, Catch::Contains("row 6 (confirmed_by): is empty"));
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

TEST_CASE("an export is imported into another folder and exported again as the same bytes")
{
    const TestDesk desk;
    desk.write(
        "theirs.csv",
        "registration_id,code,title,given_name,family_name,badge_name,organization,delegation,category,role,"
        "flags,language,interpretation_language,state,contact_point,confirmed_by,photo\r\n"
        "1,=1+1,\"H.E. \"\"Dr\"\"\",محمد,المنصوري,Mohammed Al Mansouri,\"هيئة, تنظيم\",ARE,member_state,head,"
        "newcomer;accessible,ar,ar,approved,+41 22 730 51 11,,\r\n"
        "2,@x,,小明,王,WANG Xiaoming,信息通信管理局,CHN,member_state,delegate,,zh,,pending,-,,\r\n"
        "3,,Г-жа,Дарья,Щербакова,Daria Shcherbakova,\"Агентство "
        "\"\"Связь\"\"\",RUS,member_state,deputy_head,,ru,,"
        "cancelled,,,\r\n"
        "4,,,Siân,O'Brien–Nguyễn,Siân "
        "O'Brien,\"=HYPERLINK(\"\"x\"\")\",,sme_pilot,delegate,,en,,approved,,GBR,\r\n"
        "5,,,कृष्ण,शर्मा,Krishna Sharma,ተስፋዬ,IND,academia,delegate,bsg_trainee,en,,approved,,,\r\n");
    REQUIRE(desk.json({"people", "import", "theirs.csv"})["imported"] == 5);
    REQUIRE(desk.json({"people", "export", "--out", "ours.csv"})["people"] == 5);
    CHECK(desk.read("ours.csv") == desk.read("theirs.csv"));
    CHECK(desk({"people", "export"}).out == desk.read("theirs.csv"));

    const TestDesk other;
    other.write("ours.csv", desk.read("ours.csv"));
    REQUIRE(other.json({"people", "import", "ours.csv"})["imported"] == 5);
    REQUIRE(other({"people", "export", "--out", "again.csv"}).exit == 0);
    CHECK(other.read("again.csv") == desk.read("ours.csv"));
    CHECK(other.json({"people", "import", "again.csv"})["unchanged"] == 5);
}

TEST_CASE("made-up people of every script come through an export and an import unchanged")
{
    const TestDesk desk(300);
    CHECK(desk({"people", "export"}).out == desk.read("people.csv"));
    CHECK(desk.json({"people", "import", "people.csv"})["unchanged"] == 300);
}

TEST_CASE("an export is readable to its owner only, and is there as a whole or not at all")
{
    const TestDesk desk(3);
    desk.write("ours.csv", "of before");
    REQUIRE(desk({"people", "export", "--out", "ours.csv"}).exit == 0);
    const auto rights = std::filesystem::status(desk.path("ours.csv")).permissions();
    CHECK((rights & std::filesystem::perms::mask) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(desk.read("ours.csv").find("of before") == std::string::npos);
    CHECK_FALSE(std::filesystem::exists(desk.path("ours.csv.new")));
    const Run nowhere = desk({"people", "export", "--out", "no/such/folder.csv"});
    CHECK(nowhere.exit == 2);
    CHECK_THAT(nowhere.err, Catch::Contains("no/such/folder.csv"));
}

TEST_CASE("every export is a fact, with who made it")
{
    const TestDesk desk(3);
    for (const bool to_file : {true, false}) {
        REQUIRE(desk(to_file ? std::vector<std::string>{"people", "export", "--out", "ours.csv"}
                             : std::vector<std::string>{"people", "export"})
                    .exit == 0);
        const std::string last = desk({"journal", "tail", "-n", "1"}).out;
        CHECK_THAT(last, Catch::Contains("export.made") && Catch::Contains("manager"));
    }
}

TEST_CASE("an export for a spreadsheet holds no formula, and a plain one is exactly what was imported")
{
    const TestDesk desk;
    desk.write("people.csv", people_csv({"R-1,=cmd,+Anne,@Anne,-1,FRA,member_state,head,fr",
                                         "R-2,Meier,Ulf,Ulf MEIER,＝BAKOM,CHE,member_state,delegate,en"}));
    REQUIRE(desk.json({"people", "import", "people.csv"})["imported"] == 2);
    const std::string safe = desk({"people", "export", "--for-spreadsheet"}).out;
    CHECK(safe.starts_with("\xEF\xBB\xBFregistration_id,"));
    CHECK_THAT(safe, Catch::Contains("R-1,,,'+Anne,'=cmd,'@Anne,'-1,FRA,"));
    CHECK_THAT(safe, Catch::Contains("Ulf MEIER,'＝BAKOM,"));
    CHECK_THAT(desk({"people", "export"}).out, Catch::Contains("R-1,,,+Anne,=cmd,@Anne,-1,FRA,"));
    const Run help = desk({"people", "export", "--help"});
    CHECK_THAT(help.out, Catch::Contains("formula") && Catch::Contains("--for-spreadsheet"));
}

TEST_CASE("a killed import leaves nobody, and the next one everybody")
{
    for (const char* const moment : {"intake.written", "intake.before_commit", "intake.committed"}) {
        const TestDesk desk;
        REQUIRE(desk({"people", "sample", "1100", "--out", "people.csv"}).exit == 0);
        ::setenv("MONTBRILLANT_CRASH_AT", moment, 1);
        CHECK(desk({"people", "import", "people.csv"}).exit == 128 + SIGKILL);
        ::unsetenv("MONTBRILLANT_CRASH_AT");
        const bool stood = std::string_view(moment) == "intake.committed";
        INFO(moment);
        CHECK(desk({"people", "export"}).lines().size() == (stood ? 1101 : 1));
        CHECK(desk({"journal", "verify"}).exit == 0);
        const Json again = desk.json({"people", "import", "people.csv"});
        CHECK(again["imported"] == (stood ? 0 : 1100));
        CHECK(again["unchanged"] == (stood ? 1100 : 0));
    }
}

TEST_CASE("a refused import leaves the folder as it was")
{
    const TestDesk desk;
    desk.write("people.csv", people_csv(three));
    REQUIRE(desk.json({"people", "import", "people.csv"})["imported"] == 3);
    const std::string people = desk({"people", "export"}).out;
    const std::string journal = desk({"journal", "tail"}).out;
    auto rows = three;
    rows[0] = "R-1,Dupond,Anne,Anne DUPOND,ARCEP,FRA,member_state,head,fr";
    rows.push_back("R-9,New,Nora,Nora NEW,ARCEP,FRA,member_state,delegate,fr");
    rows.push_back("R-10,Bad,Nora,Nora BAD,ARCEP,FRA,pres,delegate,fr");
    desk.write("people.csv", people_csv(rows));
    CHECK(desk({"people", "import", "people.csv"}).exit == 2);
    CHECK(desk({"journal", "tail"}).out == journal);
    CHECK(desk({"people", "export"}).out == people);
}

TEST_CASE("standard input is imported like a file")
{
    const TestDesk desk;
    const Run run = desk({"people", "import", "-"}, people_csv(three));
    CHECK(run.exit == 0);
    CHECK_THAT(run.out, Catch::Contains("3 people imported"));
    const Run bad = desk({"people", "import", "-"}, "registration_id;badge_name\n");
    CHECK(bad.exit == 2);
    CHECK_THAT(bad.err, Catch::Contains("standard input: row 1: the columns are separated by semicolons"));
}

TEST_CASE("what is no CSV is refused in words and with exit code 2")
{
    const TestDesk desk;
    std::filesystem::create_directory(desk.path("folder.csv"));
    desk.write("empty.csv", "");
    desk.write("header.csv", people_csv({}));
    const auto refused = [&desk](const std::string& file, const std::string& words) {
        const Run run = desk({"people", "import", file});
        INFO(run.err);
        CHECK(run.exit == 2);
        CHECK_THAT(run.err, Catch::Contains(file) && Catch::Contains(words));
    };
    refused("folder.csv", "is a folder: a file was expected");
    refused("absent.csv", "cannot be opened: No such file or directory");
    refused("/dev/zero", "is neither a file nor a pipe");
    refused("empty.csv", "row 1: the file is empty: a header row was expected");
    CHECK(desk.json({"people", "import", "header.csv"})["imported"] == 0);
}

TEST_CASE("a named pipe is read to its end")
{
    const TestDesk desk;
    REQUIRE(::mkfifo(desk.path("pipe.csv").c_str(), 0600) == 0);
    std::thread writer([&] { desk.write("pipe.csv", people_csv(three)); });
    const Run run = desk({"people", "import", "pipe.csv"});
    writer.join();
    CHECK(run.exit == 0);
    CHECK_THAT(run.out, Catch::Contains("3 people imported"));
}

TEST_CASE("a photo is looked for beside the file, and one that is absent is a note")
{
    const TestDesk desk;
    std::filesystem::create_directories(desk.path("in/photos"));
    desk.write("in/photos/1.jpg", "a picture");
    desk.write("in/people.csv",
               "registration_id,family_name,badge_name,category,language,photo\n"
               "1,A,A,press,en,photos/1.jpg\n2,B,B,press,en,photos/2.jpg\n3,C,C,press,en,photos\n");
    const Run run = desk({"people", "import", "in/people.csv"});
    CHECK(run.exit == 0);
    CHECK_THAT(run.err, !Catch::Contains("photos/1.jpg"));
    CHECK_THAT(run.err, Catch::Contains("row 3, column 6 (photo): \"photos/2.jpg\" is not there"));
    CHECK_THAT(run.err, Catch::Contains("row 4, column 6 (photo): \"photos\" is no file"));
    desk.write("in/people.csv", "registration_id,family_name,badge_name,category,language,photo\n"
                                "1,A,A,press,en,../../etc/passwd\n");
    const Run out = desk({"people", "import", "in/people.csv"});
    CHECK(out.exit == 2);
    CHECK_THAT(out.err, Catch::Contains("\"../../etc/passwd\" must be a path below the folder of the CSV"));
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
    CHECK_THAT(bad.err, Catch::Contains("map.toml, line 2, column 7"));
}

TEST_CASE("maps that ship with the program are found by their names")
{
    const TestDesk desk;
    desk.write("indico.csv", "ID,Name,Category,Registration state\n12,Zoë Llewellyn,Academia,Completed\n");
    CHECK(desk.json({"people", "import", "indico.csv", "--map", "indico"})["imported"] == 1);
    CHECK(desk.json({"people", "show", "12"})["badge_name"] == "Zoë Llewellyn");
    desk.write("pretix.csv",
               "Order code,Position ID,Product,Attendee name,Secret\nABC12,1,Press,Ida Rossi,s3cret\n");
    CHECK(desk.json({"people", "import", "pretix.csv", "--map", "pretix"})["imported"] == 1);
    CHECK(desk.json({"people", "show", "ABC12-1"})["code"] == "s3cret");
    const Run unknown = desk({"people", "import", "indico.csv", "--map", "eventbrite"});
    CHECK(unknown.exit == 2);
    CHECK_THAT(unknown.err, Catch::Contains("--map eventbrite") && Catch::Contains("indico, pretix"));
}

} // namespace montbrillant::test
