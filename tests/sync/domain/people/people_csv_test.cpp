// SPDX-License-Identifier: Apache-2.0
#include "sync/base/random.hpp"
#include "sync/domain/people/people_csv.hpp"
#include "sync/domain/people/unicode.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace montbrillant;

namespace {

const std::string header = "registration_id,given_name,family_name,badge_name,organization,delegation,"
                           "category,role,flags,language,state,confirmed_by\r\n";
const std::string good = "R-1,Łukasz,Wiśniewski,Lukasz Wisniewski,Norrvik Telekom,NORRVIK,"
                         "sector_member,delegate,newcomer,en,,\r\n";

/// The only fault of header + row.
CsvFault only_fault(const std::string& row)
{
    const auto report = read_people_csv(header + row);
    INFO(row);
    REQUIRE(report.faults.size() == 1);
    CHECK(report.people.empty());
    CHECK(report.bad_rows == 1);
    return report.faults.front();
}

std::string header_fault(const std::string& text)
{
    const auto report = read_people_csv(text);
    REQUIRE_FALSE(report.faults.empty());
    CHECK(report.people.empty());
    CHECK(report.rows == 0);
    return report.faults.front().text();
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("a good row becomes a person")
{
    const auto report = read_people_csv(header + good);
    REQUIRE(report.all_good());
    REQUIRE(report.people.size() == 1);
    const Person& person = report.people.front();
    CHECK(person.id == DelegateId("R-1"));
    CHECK(person.family_name == "Wiśniewski");
    CHECK(person.category == Category::sector_member);
    CHECK(person.flags == std::set<Flag>{Flag::newcomer});
    CHECK(person.state == Registration::approved);
    CHECK_FALSE(person.interpretation_language.has_value());
    CHECK(report.warnings.empty());
}

TEST_CASE("columns may stand in any order and only the needed ones must be there")
{
    const auto report = read_people_csv("language,category,badge_name,given_name,registration_id\n"
                                        "fr,press,Zoe,Zoé,7\n");
    REQUIRE(report.people.size() == 1);
    CHECK(report.people[0].given_name == "Zoé");
    CHECK(report.people[0].role == Role::delegate);
    CHECK(report.people[0].language == Language::fr);
}

TEST_CASE("line ends, byte order mark and quotes are read as RFC 4180 says")
{
    const std::string quoted =
        "R-1,\"Ana, \"\"la\"\"\",\"O'Brien\",Ana OBrien,\"Foo\r\nBar\",IRL,member_state,,,es,,\n";
    for (const std::string& start : {header, "\xEF\xBB\xBF" + header}) {
        const auto report =
            read_people_csv(start + quoted + "\n\r\n" + "R-2" + good.substr(3, good.size() - 5));
        REQUIRE(report.all_good());
        REQUIRE(report.people.size() == 2);
        CHECK(report.people[0].given_name == "Ana, \"la\"");
        CHECK(report.people[0].organization == "Foo Bar");
        REQUIRE(report.warnings.size() == 1);
        CHECK(has(report.warnings[0].text(), "row 2, column 5 (organization)"));
    }
    const auto mac =
        read_people_csv("registration_id,family_name,badge_name,category,language\r1,A,A,press,en\r");
    CHECK(mac.people.size() == 1);
}

TEST_CASE("a file means the same however it is cut into chunks")
{
    const std::string text = "\xEF\xBB\xBF" + header + good +
                             "R-2,\"a\"\"b\",李,Li,\"x,\r\ny\",CHN,member_state,head,,zh,,\r\n" +
                             "R-3,,,,,,,,,,,\r\nR-4,a\"b,,,,,,,,,,\r\n";
    const auto whole = read_people_csv(text);
    CHECK(whole.people.size() == 2);
    CHECK(whole.bad_rows == 2);
    for (std::size_t size = 1; size < 40; ++size) {
        std::vector<Person> people;
        std::size_t faults = 0;
        PeopleCsvReader reader({}, [&](const CsvRow& row, Result<Person> person) {
            faults += row.faults.size();
            if (person)
                people.push_back(*person);
        });
        for (std::size_t at = 0; at < text.size(); at += size)
            reader.feed(std::string_view(text).substr(at, size));
        const auto summary = reader.finish();
        REQUIRE(people == whole.people);
        REQUIRE(faults == whole.faults.size());
        REQUIRE(summary.bad_rows == whole.bad_rows);
    }
}

TEST_CASE("a bad value is reported with row, column, value and what was expected")
{
    const auto fault = only_fault("R-1,a,b,c,,FRA,membr_state,,,en,,\n");
    CHECK(fault.text() == "row 2, column 7 (category): \"membr_state\" is not known: member_state, "
                          "sector_member, associate, academia, sme_pilot, invited, secretariat or press was "
                          "expected");
    CHECK(only_fault("R-1,a,b,c,,FRA,press,boss,,en,,\n").column == "role");
    CHECK(only_fault("R-1,a,b,c,,FRA,press,,newcomer;vip,en,,\n").value == "vip");
    CHECK(only_fault("R-1,a,b,c,,FRA,press,,,de,,\n").column == "language");
    CHECK(only_fault("R-1,a,b,c,,FRA,press,,,en,maybe,\n").column == "state");
    CHECK(only_fault("R-1,a,b,c,,FRA,sme_pilot,head,,en,,FRA\n").column == "role");
    CHECK(only_fault("R-1,a,b,c,,FRA,sme_pilot,,,en,,\n").column == "confirmed_by");
    CHECK(only_fault("R-1,,,c,,FRA,press,,,en,,\n").column == "family_name");
    CHECK(only_fault("R-1,a,b,,,FRA,press,,,en,,\n").column == "badge_name");
    CHECK(only_fault("R-1,a,b,c,,FRA,,,,en,,\n").column == "category");
    CHECK(only_fault("R-1,a,b,c,,FRA,press,,,,,\n").column == "language");
    CHECK(only_fault(",a,b,c,,FRA,press,,,en,,\n").column == "registration_id");
    CHECK(only_fault("R 1,a,b,c,,FRA,press,,,en,,\n").column == "registration_id");
    CHECK(only_fault(std::string(33, 'R') + ",a,b,c,,FRA,press,,,en,,\n").column == "registration_id");
}

TEST_CASE("every fault of a row is reported, not the first alone")
{
    const auto report = read_people_csv(header + "R-7,a,b,,,FRA,pres,boss,vip;x,de,maybe,\n" + good);
    CHECK(report.faults.size() == 7);
    CHECK(report.rows == 2);
    CHECK(report.bad_rows == 1);
    CHECK(report.faults.front().row == 2);
}

TEST_CASE("a registration id or a code that stands twice names the first row")
{
    const auto report = read_people_csv(header + good + "\n" + good);
    REQUIRE(report.faults.size() == 1);
    CHECK(report.faults[0].text() == "row 4, column 1 (registration_id): \"R-1\" stands in row 2 already");
    CHECK(report.people.size() == 1);
    const auto codes = read_people_csv("registration_id,code,family_name,badge_name,category,language\n"
                                       "1,X,a,a,press,en\n2,X,b,b,press,en\n");
    REQUIRE(codes.faults.size() == 1);
    CHECK(codes.faults[0].column == "code");
}

TEST_CASE("an id taken by a bad row is still taken")
{
    const auto report = read_people_csv(header + "R-1,a,b,c,,FRA,pres,,,en,,\n" + good);
    CHECK(report.bad_rows == 2);
}

TEST_CASE("text that is not UTF-8 is named with row and byte")
{
    const auto fault = only_fault("R-1,Jos\xE9,b,c,,FRA,press,,,en,,\n");
    CHECK(fault.text() == "row 2, column 2 (given_name): \"Jos\\xE9\" is not UTF-8 at byte 4");
    CHECK(only_fault("R-1,\xED\xA0\x80,b,c,,FRA,press,,,en,,\n").what ==
          "is not UTF-8 at byte 1"); // surrogate
    CHECK(has(header_fault("registration_id,pr\xE9nom\n1,2\n"), "the header is not UTF-8"));
    CHECK(has(header_fault(std::string("\xFF\xFEr\0e\0g\0", 8)), "UTF-16"));
}

TEST_CASE("NUL, controls and characters that turn the direction of text are refused")
{
    CHECK(only_fault(std::string("R-1,a\0b,b,c,,FRA,press,,,en,,\n", 30)).text() ==
          "row 2, column 2 (given_name): \"a\\x00b\" holds the control character U+0000");
    CHECK(has(only_fault("R-1,a\x1B[2Jb,b,c,,FRA,press,,,en,,\n").what, "U+001B"));
    CHECK(has(only_fault("R-1,a,b,c\u202Ed,,FRA,press,,,en,,\n").what, "U+202E"));
}

TEST_CASE("a field over the limit is refused and shown shortened")
{
    CHECK(read_people_csv(header + "R-1," + std::string(400, 'a') + ",b,c,,FRA,press,,,en,,\n").all_good());
    const auto fault = only_fault("R-1," + std::string(401, 'a') + ",b,c,,FRA,press,,,en,,\n");
    CHECK(has(fault.what, "has 401 bytes: at most 400"));
    CHECK(fault.value.size() < 60);
    std::string chinese;
    for (int i = 0; i < 134; ++i)
        chinese += "王";
    CHECK(has(only_fault("R-1," + chinese + ",b,c,,FRA,press,,,en,,\n").what, "402 bytes"));
}

TEST_CASE("a field of twelve megabytes costs no memory and spoils no other row")
{
    std::vector<CsvFault> faults;
    std::size_t people = 0;
    PeopleCsvReader reader({}, [&](const CsvRow& row, const Result<Person>& person) {
        faults.insert(faults.end(), row.faults.begin(), row.faults.end());
        people += person ? 1U : 0U;
    });
    reader.feed(header + "R-9,\"");
    const std::string megabyte(1U << 20U, 'x');
    for (int i = 0; i < 12; ++i)
        reader.feed(megabyte);
    reader.feed("\",b,c,,FRA,press,,,en,,\n" + good);
    CHECK(reader.finish().rows == 2);
    REQUIRE(faults.size() == 1);
    CHECK(has(faults[0].what, "has 12582912 bytes"));
    CHECK(people == 1);
}

TEST_CASE("what RFC 4180 does not allow is reported, not guessed")
{
    CHECK(
        has(only_fault("R-1,a\"b,b,c,,FRA,press,,,en,,\n").text(), "row 2, column 2: a quote stands inside"));
    CHECK(has(only_fault("R-1,\"a\"b,b,c,,FRA,press,,,en,,\n").what, "text follows a closing quote"));
    CHECK(has(only_fault("R-1,a,\"b,c,,FRA,press,,,en,,\n" + good).text(),
              "row 2, column 3: a quote is opened here"));
    CHECK(has(only_fault("R-1,a,b,c\n").text(), "row 2: has 4 fields: 12 were expected"));
    CHECK(has(only_fault("R-1,a,b,c,,FRA,press,,,en,,,surplus\n").what, "has 13 fields"));
    CHECK(read_people_csv(header + "R-1,a,b,c,,FRA,press,,,en,,,,,\n")
              .all_good()); // a spreadsheet's empty ones
    CHECK_FALSE(read_people_csv(header + std::string(100'000, ',') + "\n" + good).all_good());
}

TEST_CASE("a header that cannot serve is refused in words")
{
    CHECK(has(header_fault(""), "the file is empty"));
    CHECK(has(header_fault("\n\n"), "the file is empty"));
    CHECK(has(header_fault("1,2,3\n"), "must name the columns"));
    CHECK(has(header_fault("registration_id;family_name;badge_name\n"), "semicolons"));
    CHECK(has(header_fault("registration_id\tfamily_name\n"), "tabs"));
    CHECK(has(header_fault("registration_id,family_name,badge_name,language\n"),
              "(category): this column is missing"));
    CHECK(has(header_fault("registration_id,badge_name,category,language\n"), "given_name is missing"));
    CHECK(has(header_fault("registration_id,family_name,badge_name,category,language,language\n"),
              "row 1, column 6 (language): this column is there twice"));
}

TEST_CASE("an unknown column is reported with the one that it may mean, and the rows are read")
{
    const auto report =
        read_people_csv("Registration_ID,family_name,badge_name,category,language,shoe,titel\n"
                        "1,a,a,press,en,42,Dr\n");
    REQUIRE(report.people.size() == 1);
    REQUIRE(report.warnings.size() == 2);
    CHECK(report.warnings[0].text() == "row 1, column 6: \"shoe\" is not a known column and is not read");
    CHECK(has(report.warnings[1].what, "did you mean title?"));
}

TEST_CASE("another system's columns are renamed by a map")
{
    CsvOptions options;
    options.renames = {{"Nachname", "family_name"}, {"Order code", "code"}};
    const auto report = read_people_csv("registration_id,Nachname,badge_name,category,language,Order code\n"
                                        "1,Strauß,Strauss,press,en,ABCDE\n",
                                        options);
    REQUIRE(report.people.size() == 1);
    CHECK(report.people[0].family_name == "Strauß");
    CHECK(report.people[0].code == "ABCDE");
}

TEST_CASE("texts come out trimmed and in NFC")
{
    const auto report =
        read_people_csv(header + "R-1,\u00A0Jose\u0301 ,Du\u031B\u0301c,c,,FRA,press,,,en,,\n");
    REQUIRE(report.people.size() == 1);
    CHECK(report.people[0].given_name == "José");
    CHECK(report.people[0].family_name == unicode::nfc("Du\u031B\u0301c"));
    CHECK(report.people[0].family_name.size() < std::string("Du\u031B\u0301c").size());
}

TEST_CASE("a photo lies below the folder of the file")
{
    const std::string start =
        "registration_id,family_name,badge_name,category,language,photo\n1,a,a,press,en,";
    CHECK(read_people_csv(start + "photos/a..b.jpg\n").all_good());
    for (const std::string path : {"/etc/passwd", "../x.jpg", "a/../../x.jpg", "a/..", "..", "a\\b.jpg"})
        CHECK_FALSE(read_people_csv(start + path + "\n").all_good());
}

TEST_CASE("two heads, three fellows and unknown delegations are warned about")
{
    const auto line = [](int id, const char* delegation, const char* role, const char* flags) {
        return "R-" + std::to_string(id) + ",a,b,c,," + delegation + ",member_state," + role + "," + flags +
               ",en,,\n";
    };
    CsvOptions options;
    options.delegation_known = [](std::string_view code) { return code != "XYZ"; };
    const auto report = read_people_csv(header + line(1, "FRA", "head", "") + line(2, "FRA", "head", "") +
                                            line(3, "MLI", "", "fellow") + line(4, "MLI", "", "fellow") +
                                            line(5, "MLI", "", "fellow") + line(6, "XYZ", "head", ""),
                                        options);
    CHECK(report.all_good());
    REQUIRE(report.warnings.size() == 3);
    CHECK(has(report.warnings[0].text(), "row 3, column 8 (role): \"FRA\" has a head already, in row 2"));
    CHECK(report.warnings[1].row == 6);
    CHECK(report.warnings[2].value == "XYZ");
}

TEST_CASE("what is written is read back as the same people")
{
    Person person;
    person.id = DelegateId("R-1");
    person.code = "=1+1";
    person.title = "H.E. \"Dr\"";
    person.given_name = "Ana, María";
    person.family_name = "O'Brien";
    person.badge_name = "Ana O'Brien";
    person.organization = "Foo \"&\" Bar, Ltd";
    person.delegation = "IRL";
    person.category = Category::sme_pilot;
    person.flags = {Flag::newcomer, Flag::accessible};
    person.language = Language::ru;
    person.interpretation_language = Language::ar;
    person.state = Registration::pending;
    person.contact_point = "محمد";
    person.confirmed_by = "IRL";
    person.photo = "photos/1.jpg";
    const auto report = read_people_csv(write_people_csv(std::vector{person}));
    REQUIRE(report.people.size() == 1);
    CHECK(report.people[0] == person);
    CHECK(report.warnings.empty());
}

TEST_CASE("no file whatever brings the reader down")
{
    SeededRandom random(3);
    const std::string text = header + good + good;
    for (int round = 0; round < 3000; ++round) {
        std::string wrong = text;
        for (int edits = 0; edits < 6; ++edits) {
            const auto at = random.below(wrong.size());
            const char byte =
                random.below(3) == 0 ? "\",\r\n\0;"[random.below(6)] : static_cast<char>(random.below(256));
            random.below(2) == 0 ? static_cast<void>(wrong[at] = byte)
                                 : static_cast<void>(wrong.insert(at, 1, byte));
        }
        const auto report = read_people_csv(wrong);
        for (const auto& person : report.people)
            REQUIRE(person.badge_name.size() <= Person::text_bytes_max);
        for (const auto& fault : report.faults)
            REQUIRE_FALSE(unicode::first_bad_byte(fault.text()));
    }
}
