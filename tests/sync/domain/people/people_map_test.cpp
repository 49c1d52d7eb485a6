// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/people_csv.hpp"
#include "tests/support/catch.hpp"
#include "tests/sync/domain/people/sample_profile.hpp"

using namespace montbrillant;
using montbrillant::test::sample_profile;

namespace {

constexpr std::string_view small_map = R"(
[columns]
"Ref" = "registration_id"
"Surname" = "family_name"
"Prénom" = "given_name"
"Type" = "category"
"Organisation" = "organization"
"Company" = "organization"
"Lang" = "language"
"Notes" = ""
[values.category]
"Member State" = "member_state"
"SME" = "sme_pilot"
[values.language]
"French" = "fr"
"*" = "en"
[flags]
"First time?" = "newcomer"
[split]
"Full name" = "family_name, given_name"
[templates]
badge_name = "{given_name} {family_name}"
[defaults]
language = "es"
[constants]
state = "pending"
)";

CsvOptions with(std::string_view map)
{
    auto read = read_people_map(map, "map.toml");
    if (!read)
        FAIL(read.error().text());
    CsvOptions options;
    options.map = std::make_shared<const PeopleMap>(std::move(*read));
    return options;
}

Person only_person(const CsvReport& report)
{
    for (const auto& fault : report.faults)
        FAIL(fault.text());
    REQUIRE(report.people.size() == 1);
    return report.people.front();
}

std::string refusal(const std::string& map)
{
    const auto read = read_people_map(map, "map.toml");
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::input);
    return read.error().text();
}

CsvOptions shipped(const std::string& name)
{
    auto map = load_people_map(std::string(IMPORT_MAPS_DIR) + "/" + name + ".toml");
    if (!map)
        FAIL(map.error().text());
    CsvOptions options;
    options.map = std::make_shared<const PeopleMap>(std::move(*map));
    options.profile = std::make_shared<const EventProfile>(sample_profile());
    return options;
}

using Catch::Contains;

} // namespace

TEST_CASE("a map names columns, translates texts, fills what is missing and sets constants")
{
    const auto report =
        read_people_csv("REF,surname,Prénom,Type,Organisation,Company,Lang,Notes,First time?,state\n"
                        "7,Strauß,Jörg,member state,,Norrvik,French,x,YES,cancelled\n",
                        with(small_map));
    const Person person = only_person(report);
    CHECK(person.id == DelegateId("7"));
    CHECK(person.badge_name == "Jörg Strauß");
    CHECK(person.category == Category::member_state);
    CHECK(person.organization == "Norrvik"); // the first of two that is not empty
    CHECK(person.language == Language::fr);
    CHECK(person.flags == std::set<Flag>{Flag::newcomer});
    CHECK(person.state == Registration::pending); // a constant, whatever the file says
    CHECK(report.warnings.empty());
}

TEST_CASE("a text that a map does not know is kept, or read as its star says")
{
    const std::string header = "Ref,Surname,Type,Lang\n";
    CHECK(only_person(read_people_csv(header + "7,A,press,Basque\n", with(small_map))).language ==
          Language::en);
    CHECK(only_person(read_people_csv(header + "7,A,press,\n", with(small_map))).language == Language::es);
    const auto report = read_people_csv(header + "7,A,Minister,\n", with(small_map));
    REQUIRE(report.faults.size() == 1);
    CHECK_THAT(
        report.faults[0].text(),
        Contains(
            "row 2, column 3 (Type, read as category): \"Minister\" is not known: a text of the map or"));
}

TEST_CASE("a whole name is cut as the map says, and a doubtful cut is warned about")
{
    const auto cut = [](const std::string& name) {
        const auto report =
            read_people_csv("Ref,Full name,Type\n7,\"" + name + "\",press\n", with(small_map));
        const Person person = only_person(report);
        return std::tuple(person.given_name, person.family_name, report.warnings.size());
    };
    CHECK(cut("García Márquez, María José") == std::tuple("María José", "García Márquez", 0));
    CHECK(cut("Madonna") == std::tuple("", "Madonna", 0));
    CHECK(cut("Prince Harry") == std::tuple("", "Prince Harry", 1));
    using Order = PeopleMap::NameOrder;
    CHECK(split_name(" Ana  Silva ", Order::family_last).given == "Ana");
    CHECK(split_name("Ana Maria Silva", Order::family_last).family == "Silva");
    CHECK(split_name("Ana Maria Silva", Order::family_last).doubtful);
    CHECK(split_name("Nguyễn Văn Đức", Order::family_first).family == "Nguyễn");
    CHECK(split_name("Nguyễn Văn Đức", Order::family_first).given == "Văn Đức");
    CHECK(split_name("", Order::family_last).family.empty());
}

TEST_CASE("names of their own in the file win over a whole name")
{
    const auto report =
        read_people_csv("Ref,Surname,Prénom,Full name,Type\n7,Silva,Ana,\"X, Y\",press\n", with(small_map));
    CHECK(only_person(report).family_name == "Silva");
}

TEST_CASE("a yes-or-no column that says neither is a bad row")
{
    const std::string header = "Ref,Surname,Type,First time?\n";
    for (const std::string no : {"No", "", "0", "нет", "-"})
        CHECK(only_person(read_people_csv(header + "7,A,press," + no + "\n", with(small_map))).flags.empty());
    for (const std::string yes : {"Yes", "1", "да", "TRUE", "oui"})
        CHECK(
            only_person(read_people_csv(header + "7,A,press," + yes + "\n", with(small_map))).flags.size() ==
            1);
    const auto report = read_people_csv(header + "7,A,press,perhaps\n", with(small_map));
    REQUIRE(report.faults.size() == 1);
    CHECK_THAT(report.faults[0].text(),
               Contains("row 2, column 4 (First time?, read as flags): \"perhaps\" is neither yes nor no"));
}

TEST_CASE("a template makes one text of several columns, and none of empty ones")
{
    const auto options =
        with("[columns]\n\"Name\" = \"family_name\"\n[templates]\n"
             "registration_id = \"{Order code}-{Position ID}\"\nbadge_name = \"{family_name}\"\n"
             "[constants]\ncategory = \"press\"\nlanguage = \"en\"\n");
    const auto report = read_people_csv("Order code,Position ID,Name\nABC12,2,Noël\n,,Nobody\n", options);
    REQUIRE(report.people.size() == 1);
    CHECK(report.people[0].id == DelegateId("ABC12-2"));
    CHECK(report.people[0].badge_name == "Noël");
    REQUIRE(report.faults.size() == 1);
    CHECK(report.faults[0].column == "registration_id");
    const auto without = read_people_csv("Order code,Name\nABC12,Noël\n", options);
    REQUIRE_FALSE(without.faults.empty());
    CHECK_THAT(without.faults[0].text(),
               Contains("the map makes it of \"Position ID\", and that column is missing"));
}

TEST_CASE("a column that is missing says from which columns of theirs the map reads it")
{
    const auto report = read_people_csv("Ref,Surname\n7,A\n", with(small_map));
    REQUIRE(report.faults.size() == 1);
    CHECK_THAT(report.faults[0].text(),
               Contains("(category): this column is missing (the map reads it from \"type\")"));
}

TEST_CASE("a map with a mistake is refused with line, column and what was expected")
{
    CHECK_THAT(refusal("[columns]\n\"Ref\" = \"number\"\n"), Contains("map.toml, line 2, column 9"));
    CHECK_THAT(refusal("[columns]\n\"Ref\" = \"categry\"\n"), Contains("did you mean category?"));
    CHECK_THAT(refusal("[columns]\nRef = 7\n"), Contains("line 2"));
    CHECK_THAT(refusal("[columns]\nRef = \"code\"\nREF = \"title\"\n"), Contains("line 3"));
    CHECK_THAT(refusal("[colums]\nRef = \"code\"\n"), Contains("[columns] is missing"));
    CHECK_THAT(refusal("[columns]\n[values.categry]\nA = \"press\"\n"), Contains("line 2"));
    CHECK_THAT(refusal("[columns]\n[values.category]\nA = \"presse\"\n"),
               Contains("\"presse\" is no category of ours"));
    CHECK_THAT(refusal("[columns]\n[flags]\nA = \"vip\"\n"), Contains("line 3"));
    CHECK_THAT(refusal("[columns]\n[split]\nName = \"last first\"\n"), Contains("family_name, given_name"));
    CHECK_THAT(refusal("[columns]\n[templates]\nbadge_name = \"{given_name\"\n"), Contains("is no template"));
    CHECK_THAT(refusal("[columns]\n[templates]\nbadge_name = \"none\"\n"), Contains("is no template"));
    CHECK_THAT(refusal("[columns]\n[defaults]\nlanguage = \"de\"\n"),
               Contains("\"de\" is no language of ours"));
    CHECK_THAT(refusal("[columns]\n[constants]\nstatus = \"paid\"\n"), Contains("did you mean state?"));
    CHECK_THAT(refusal("[columns]\n[default]\nlanguage = \"en\"\n"),
               Contains("\"default\" is not known here"));
    CHECK_THAT(refusal("[columns\n"), Contains("line 1"));
}

TEST_CASE("an Indico registration list is read with the map that ships")
{
    const auto report = read_people_csv(
        "\xEF\xBB\xBF"
        "ID,Name,Title,First Name,Last Name,Email Address,Affiliation,Position,Country,Category,Role in "
        "delegation,"
        "Preferred language,Interpretation language,Newcomer,Fellowship,Confirmed by,Registration date,"
        "Registration state,Price,Checked in,Tags\r\n"
        "1,Amélie Béranger,Ms,Amélie,Béranger,a.beranger@example.org,ANFR,Head of unit,France,Member State,"
        "Head of delegation,French,French,No,No,,2017-05-02 09:14:11,Completed,0,No,\r\n"
        "2,小明 王,,小明,王,wang@example.org,CAICT,,China,Member State,Delegate,Chinese,None,Yes,,,"
        "2017-05-03 10:00:00,Completed,0,No,\"Newcomer, Speaker\"\r\n"
        "3,Moussa Traoré,Mr,Moussa,Traoré,m@example.org,AMRTP,,Mali,Administration,,French,,Yes,Yes,,"
        "2017-05-04 08:00:00,Pending,0,No,\r\n"
        "4,Ida Rossi,Ms,Ida,Rossi,i@example.org,\"Mizu Works, Inc.\",,Japan,SME,,English,,No,No,Japan,"
        "2017-06-01 12:00:00,Awaiting payment,\"CHF 0.00\",No,\r\n"
        "5,Karl Groß,,Karl,Groß,k@example.org,Wire and Wave,,,Press,,,,,,,2017-06-02 "
        "12:00:00,Withdrawn,0,No,\r\n",
        shipped("indico"));
    for (const auto& fault : report.faults)
        FAIL(fault.text());
    REQUIRE(report.people.size() == 5);
    const auto& people = report.people;
    CHECK(people[0].id == DelegateId("1"));
    CHECK(people[0].badge_name == "Amélie Béranger");
    CHECK(people[0].delegation == "FRA");
    CHECK(people[0].role == Role::head);
    CHECK(people[0].language == Language::fr);
    CHECK(people[0].interpretation_language == Language::fr);
    CHECK(people[0].state == Registration::approved);
    CHECK(people[1].family_name == "王");
    CHECK(people[1].flags == std::set<Flag>{Flag::newcomer});
    CHECK_FALSE(people[1].interpretation_language);
    CHECK(people[2].flags == std::set<Flag>{Flag::newcomer, Flag::fellow});
    CHECK(people[2].state == Registration::pending);
    CHECK(people[3].category == Category::sme_pilot);
    CHECK(people[3].confirmed_by == "JPN");
    CHECK(people[3].organization == "Mizu Works, Inc.");
    CHECK(people[4].state == Registration::cancelled);
    CHECK(people[4].language == Language::en);
    // One badge name in Chinese, one fellow whose registration waits: nothing else is odd about it.
    REQUIRE(report.warnings.size() == 2);
    CHECK_THAT(report.warnings[0].text(), Contains("is not in Latin letters"));
    CHECK_THAT(report.warnings[1].text(),
               Contains("\"fellow\" is for people whose registration is approved"));
}

TEST_CASE("an Indico list with the fixed columns alone is read with the names cut")
{
    const auto report =
        read_people_csv("ID,Name,Category,Registration state\n"
                        "12,Zoë Llewellyn,Academia,Completed\n13,Ana de la Fuente,Press,Completed\n",
                        shipped("indico"));
    REQUIRE(report.people.size() == 2);
    CHECK(report.people[0].given_name == "Zoë");
    CHECK(report.people[0].family_name == "Llewellyn");
    CHECK(report.people[1].badge_name == "Ana de la Fuente");
    REQUIRE(report.warnings.size() == 1);
    CHECK_THAT(report.warnings[0].text(), Contains("row 3, column 2 (Name, read as family_name)"));
}

TEST_CASE("a pretix order export is read with the map that ships")
{
    const auto report = read_people_csv(
        "\"Event slug\",\"Order code\",\"Position ID\",\"Status\",\"Email\",\"Phone number\",\"Order "
        "date\",\"Order "
        "time\",\"Product\",\"Variation\",\"Price\",\"Tax rate\",\"Tax rule\",\"Tax value\",\"Attendee "
        "name\","
        "\"Attendee name: Given name\",\"Attendee name: Family name\",\"Attendee "
        "email\",\"Company\",\"Address\",\"ZIP "
        "code\",\"City\",\"Country\",\"State\",\"Voucher\",\"Pseudonymization ID\",\"Ticket secret\",\"Seat "
        "ID\",\"Seat "
        "name\",\"Seat zone\",\"Seat row\",\"Seat number\",\"Order comment\",\"Follow-up "
        "date\",\"Delegation\",\"First "
        "ITU meeting\",\"Company\",\"Invoice address name\",\"Address\",\"ZIP "
        "code\",\"City\",\"Country\",\"State\","
        "\"VAT ID\",\"Sales channel\",\"Order locale\",\"E-mail address verified\",\"Payment providers\"\r\n"
        "sg20,K7QWX,1,paid,x@example.org,,2017-06-01,10:00:00,Member State,,0.00,0.00,,0.00,Łukasz "
        "Wiśniewski,Łukasz,"
        "Wiśniewski,l@example.org,,,,,,,,9TYUBV3X7Q,ag7dfu3kw8wq5bqg6r4xj6kv2n3v9m5t,,,,,,,,Poland,Yes,"
        "Ministry of "
        "Digital Affairs,,,,,PL,,,web,en,Yes,\r\n"
        "sg20,K7QWX,2,paid,x@example.org,,2017-06-01,10:00:00,Sector Member,,0.00,0.00,,0.00,Günther "
        "Jäger,Günther,"
        "Jäger,g@example.org,Norrvik "
        "Telekom,,,,,BE,,C3KDW8YZTF,b2k3wmd8s6x7fdsz5q9rjv4hgc8n2x7p,,,,,,,,,No,Other "
        "GmbH,,,,,DE,,,web,de-informal,Yes,\r\n"
        "sg20,M2PRT,1,canceled,y@example.org,,2017-06-02,11:00:00,Press,,0.00,0.00,,0.00,Ida "
        "Rossi,Ida,Rossi,,,,,,,,,"
        "QQ3KDW8YZT,c5k3wmd8s6x7fdsz5q9rjv4hgc8n2x7p,,,,,,,,,,,,,,,,,,web,es,No,\r\n",
        shipped("pretix"));
    for (const auto& fault : report.faults)
        FAIL(fault.text());
    for (const auto& warning : report.warnings)
        FAIL(warning.text());
    REQUIRE(report.people.size() == 3);
    const auto& people = report.people;
    CHECK(people[0].id == DelegateId("K7QWX-1"));
    CHECK(people[0].code == "ag7dfu3kw8wq5bqg6r4xj6kv2n3v9m5t");
    CHECK(people[0].delegation == "POL");
    CHECK(people[0].organization == "Ministry of Digital Affairs"); // the invoice's: the attendee's is empty
    CHECK(people[0].flags == std::set<Flag>{Flag::newcomer});
    CHECK(people[1].id == DelegateId("K7QWX-2"));
    CHECK(people[1].category == Category::sector_member);
    CHECK(people[1].organization == "Norrvik Telekom");
    CHECK(people[1].language == Language::en);        // a German shop's guest is greeted in English
    CHECK(people[1].state == Registration::approved); // "State" is the address's
    CHECK(people[2].state == Registration::cancelled);
    CHECK(people[2].language == Language::es);
}
