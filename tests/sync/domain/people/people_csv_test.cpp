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
const std::string good_row = "R-1,Łukasz,Wiśniewski,Lukasz Wisniewski,Norrvik Telekom,NORRVIK,"
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

/// Two Member States, one of them with fellowships, and a company.
CsvOptions with_profile()
{
    EventProfile profile;
    const auto add = [&profile](const char* code, Category category, bool fellowships) {
        Delegation delegation{code, category, fellowships, fellowships, {}};
        profile.delegations.push_back(delegation);
    };
    add("FRA", Category::member_state, false);
    add("MLI", Category::member_state, true);
    add("NORRVIK", Category::sector_member, false);
    CsvOptions options;
    options.profile = std::make_shared<const EventProfile>(std::move(profile));
    return options;
}

} // namespace

TEST_CASE("a good row becomes a person")
{
    const auto report = read_people_csv(header + good_row);
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
            read_people_csv(start + quoted + "\n\r\n" + "R-2" + good_row.substr(3, good_row.size() - 5));
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
    const std::string text = "\xEF\xBB\xBF" + header + good_row +
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
    const auto report = read_people_csv(header + "R-7,a,b,,,FRA,pres,boss,vip;x,de,maybe,\n" + good_row);
    CHECK(report.faults.size() == 7);
    CHECK(report.rows == 2);
    CHECK(report.bad_rows == 1);
    CHECK(report.faults.front().row == 2);
}

TEST_CASE("a registration id or a code that stands twice names the first row")
{
    const auto report = read_people_csv(header + good_row + "\n" + good_row);
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
    const auto report = read_people_csv(header + "R-1,a,b,c,,FRA,pres,,,en,,\n" + good_row);
    CHECK(report.bad_rows == 2);
}

TEST_CASE("text that is not UTF-8 is named with row and byte")
{
    const auto fault = only_fault("R-1,Jos\xE9,b,c,,FRA,press,,,en,,\n");
    CHECK(fault.text() == "row 2, column 2 (given_name): \"Jos\\xE9\" is not UTF-8 at byte 4 (E9, which is é "
                          "in Windows-1252): save the file as \"CSV UTF-8\"");
    const std::string surrogate = "R-1,\xED\xA0\x80,b,c,,FRA,press,,,en,,\n";
    CHECK(has(only_fault(surrogate).what, "is not UTF-8 at byte 1 (ED"));
    CHECK(has(only_fault("R-1,Zo\x81,b,c,,FRA,press,,,en,,\n").what,
              "byte 3 (81): save")); // no letter anywhere
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
    reader.feed("\",b,c,,FRA,press,,,en,,\n" + good_row);
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
    CHECK(has(only_fault("R-1,a,\"b,c,,FRA,press,,,en,,\n" + good_row).text(),
              "row 2, column 3: a quote is opened here and never closed: "));
    CHECK(has(only_fault("R-1,a,b,c\n").text(), "row 2: has 4 fields: 12 were expected"));
    CHECK(has(only_fault("R-1,a,b,c,,FRA,press,,,en,,,surplus\n").what, "has 13 fields"));
    CHECK(read_people_csv(header + "R-1,a,b,c,,FRA,press,,,en,,,,,\n")
              .all_good()); // a spreadsheet's empty ones
    CHECK(has(only_fault(std::string(10'000, ',') + "\n").text(),
              "row 2, column 257: there are more than 256 columns"));
    CHECK(has(header_fault(std::string(10'000, ',') + "\n"), "there are more than 256 columns"));
    CHECK(only_fault(header).text() == "row 2: is the header again");
}

TEST_CASE("a header that cannot serve is refused in words")
{
    CHECK(has(header_fault(""), "the file is empty"));
    CHECK(has(header_fault("\n\n"), "the file is empty"));
    CHECK(has(header_fault("1,2,3\n"), "must name the columns"));
    CHECK(has(header_fault("registration_id;family_name;badge_name\n"), "semicolons"));
    CHECK(has(header_fault("registration_id\tfamily_name\n"), "tabs"));
    CHECK(has(header_fault("registration_id|family_name\n"), "bars"));
    CHECK(has(header_fault("sep=,\nregistration_id,family_name\n"), "\"sep=\" is a spreadsheet's own mark"));
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

TEST_CASE("what is odd for a delegation is warned about, and imported")
{
    const auto line = [](int id, const char* delegation, const char* role, const char* flags) {
        return "R-" + std::to_string(id) + ",a,b,c,," + delegation + ",member_state," + role + "," + flags +
               ",en,,\n";
    };
    const auto report = read_people_csv(header + line(1, "FRA", "head", "") + line(2, "FRA", "head", "") +
                                            line(3, "MLI", "", "fellow") + line(4, "MLI", "", "fellow") +
                                            line(5, "MLI", "", "fellow") + line(6, "XYZ", "head", "") +
                                            line(7, "FRA", "", "fellow") + line(8, "FRA", "", "bsg_trainee"),
                                        with_profile());
    CHECK(report.all_good());
    REQUIRE(report.warnings.size() == 5);
    CHECK(has(report.warnings[0].text(), "row 3, column 8 (role): \"FRA\" has a head already, in row 2"));
    CHECK(has(report.warnings[1].text(), "row 6, column 9 (flags): \"MLI\" has more than 2 fellows"));
    CHECK(
        has(report.warnings[2].text(), "row 7, column 6 (delegation): \"XYZ\" is not in the event profile"));
    CHECK(has(report.warnings[3].text(), "row 8, column 9 (flags): \"fellow\" is not expected of FRA"));
    CHECK(has(report.warnings[4].text(), "\"bsg_trainee\" is not expected of FRA"));
}

TEST_CASE("who is cancelled is no second head and no third fellow")
{
    const auto line = [](int id, const char* role, const char* flags, const char* state) {
        return "R-" + std::to_string(id) + ",a,b,c,,MLI,member_state," + role + "," + flags + ",en," + state +
               ",\n";
    };
    const auto report =
        read_people_csv(header + line(1, "head", "fellow", "") + line(2, "head", "fellow", "cancelled") +
                            line(3, "", "fellow", ""),
                        with_profile());
    CHECK(report.all_good());
    CHECK(report.warnings.empty());
}

TEST_CASE("an SME of the pilot needs a Member State of the event that confirmed it")
{
    const std::string start = "R-1,a,b,c,,NORRVIK,sme_pilot,,,en,,";
    CHECK(read_people_csv(header + start + "FRA\n", with_profile()).all_good());
    CHECK(read_people_csv(header + start + "XYZ\n").all_good()); // no profile, nothing to look it up in
    for (const std::string nobody : {"XYZ", "NORRVIK"}) {
        const auto report = read_people_csv(header + start + nobody + "\n", with_profile());
        REQUIRE(report.faults.size() == 1);
        CHECK(report.faults[0].column == "confirmed_by");
        CHECK(report.faults[0].value == nobody);
        CHECK(has(report.faults[0].what, "is no Member State of the event profile"));
    }
}

TEST_CASE("interpretation is for Member States: anybody else's wish is warned about")
{
    const std::string start =
        "registration_id,family_name,badge_name,category,language,interpretation_language\n";
    CHECK(read_people_csv(start + "1,a,a,member_state,en,fr\n").warnings.empty());
    const auto report = read_people_csv(start + "1,a,a,academia,en,fr\n");
    CHECK(report.all_good());
    REQUIRE(report.warnings.size() == 1);
    CHECK(has(report.warnings[0].text(), "row 2, column 6 (interpretation_language): \"fr\" is not counted"));
}

TEST_CASE("a photo that is not where it should be is a warning")
{
    CsvOptions options;
    options.photo_fault = [](const std::string& photo) {
        return photo == "there.jpg" ? std::string() : std::string("is not there");
    };
    const std::string start = "registration_id,family_name,badge_name,category,language,photo\n";
    CHECK(read_people_csv(start + "1,a,a,press,en,there.jpg\n2,b,b,press,en,\n", options).warnings.empty());
    const auto report = read_people_csv(start + "1,a,a,press,en,lost.jpg\n", options);
    CHECK(report.all_good());
    REQUIRE(report.warnings.size() == 1);
    CHECK(report.warnings[0].text() == "row 2, column 6 (photo): \"lost.jpg\" is not there");
}

TEST_CASE("a badge name that is not in Latin letters is warned about")
{
    CHECK(read_people_csv(header + "R-1,a,b,Đỗ Łukasz Æsa O’Brien,,FRA,press,,,en,,\n").warnings.empty());
    const auto report = read_people_csv(header + "R-1,a,b,王小明,,FRA,press,,,en,,\n");
    REQUIRE(report.warnings.size() == 1);
    CHECK(has(report.warnings[0].text(), "column 4 (badge_name): \"王小明\" is not in Latin letters"));
}

TEST_CASE("text that was saved in the wrong encoding twice is warned about")
{
    const auto report = read_people_csv(header + "R-1,JosÃ©,MÃ¼ller,Jose Muller,,FRA,press,,,en,,\n");
    CHECK(report.all_good());
    REQUIRE(report.warnings.size() == 2);
    CHECK(has(report.warnings[0].text(),
              "\"JosÃ©\" looks like UTF-8 that was read as Windows-1252: was \"José\" meant?"));
    CHECK(has(report.warnings[1].text(), "\"Müller\""));
    CHECK(read_people_csv(header + "R-1,José,São,Ãlvaro,,FRA,press,,,en,,\n").warnings.empty());
}

TEST_CASE("a file in another encoding or of another kind is refused in words that say what to do")
{
    using namespace std::string_literals;
    const auto utf16 = [](std::string_view text, bool big, std::string mark) {
        for (const char c : text)
            mark += big ? std::string{'\0', c} : std::string{c, '\0'};
        return mark;
    };
    const std::string text = header + good_row;
    const auto refused = [](const std::string& file, std::string_view words) {
        const std::string said = header_fault(file);
        INFO(said);
        CHECK(has(said, words));
        CHECK(has(said, "save the file as \"CSV UTF-8\""));
    };
    refused(utf16(text, false, "\xFF\xFE"), "UTF-16 (little-endian)");
    refused(utf16(text, true, "\xFE\xFF"), "UTF-16 (big-endian)");
    refused(utf16(text, false, ""), "UTF-16 (little-endian, without a byte order mark)");
    refused(utf16(text, true, ""), "UTF-16 (big-endian, without a byte order mark)");
    refused("\xFF\xFE\0\0r\0\0\0"s, "UTF-32");
    refused("registration_id,pr\xE9nom\n1,2\n",
            "the header is not UTF-8 at byte 3 (E9, which is é in Windows-1252)");
    refused("PK\x03\x04\x14\0\x06\0"s, "a workbook (.xlsx, .ods)");
    refused("\xD0\xCF\x11\xE0\xA1\xB1"s, "an old workbook");
    refused("\x1F\x8B\x08\0"s, "compressed");
    refused("%PDF-1.7\n", "a PDF");
}

TEST_CASE("after a text of several lines both the row and the line of the file are said")
{
    const std::string text = "registration_id,given_name,family_name,badge_name,category,language\r\n"
                             "R-1,\"Ana\r\nMaría\",b,c,press,en\r\n"
                             "R-2,a,b,c,pres,en\r\n"
                             "R-3,\"two\nlines\",\"and\r\ntwo\",c,press,xx\r\n";
    const auto report = read_people_csv(text);
    REQUIRE(report.faults.size() == 2);
    CHECK(has(report.faults[0].text(), "row 3, line 4, column 5 (category): \"pres\""));
    CHECK(has(report.faults[1].text(), "row 4, line 7, column 6 (language): \"xx\""));
    const auto unclosed = read_people_csv(text + "R-4,a,\"b,c,press,en\nR-5,a,b,c,press,en\n");
    REQUIRE(unclosed.faults.size() == 3);
    CHECK(has(unclosed.faults[2].text(), "row 5, line 8, column 3: a quote is opened here and never closed"));
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
    CHECK(report.warnings.size() == 1); // an SME that asks for interpretation
}

TEST_CASE("no file whatever brings the reader down")
{
    SeededRandom random(3);
    const std::string text = header + good_row + good_row;
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
