// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/index_feeder.hpp"
#include "sync/domain/people/sample_people.hpp"
#include "sync/domain/people/search.hpp"
#include "tests/support/catch.hpp"
#include "tests/sync/domain/people/sample_profile.hpp"

#include <algorithm>
#include <fmt/format.h>

using namespace montbrillant;
using montbrillant::test::sample_profile;

namespace {

Person person(const char* id, const char* given, const char* family, const char* badge,
              const char* organization = "", const char* delegation = "")
{
    Person out;
    out.id = DelegateId(id);
    out.given_name = given;
    out.family_name = family;
    out.badge_name = badge;
    out.organization = organization;
    out.delegation = delegation;
    return out;
}

/// The names that plain letters must find.
const SearchIndex& world()
{
    static const auto index = [] {
        auto out = std::make_unique<SearchIndex>([](std::string_view code) {
            return code == "CHE" ? std::vector<std::string>{"Switzerland", "Suisse", "瑞士"}
                                 : std::vector<std::string>{};
        });
        for (const Person& one : {
                 person("pl", "Łukasz", "Wiśniewski", "Łukasz Wiśniewski", "Norrvik Telekom", "NORRVIK"),
                 person("dk", "Søren", "Kjærgaard", "Søren Kjærgaard", "Energistyrelsen", "DNK"),
                 person("vn", "Văn Đức", "Nguyễn", "Nguyen Van Duc", "Cục Viễn thông", "VNM"),
                 person("tr", "Işıl", "Yılmaz", "Işıl Yılmaz", "BTK", "TUR"),
                 person("de", "Jürgen", "Strauß", "Jürgen Strauß", "Bundesnetzagentur", "DEU"),
                 person("is", "Æsa", "Þórarinsdóttir", "Æsa Þórarinsdóttir", "", "ISL"),
                 person("ie", "Aoife", "O'Brien", "Aoife O’Brien", "ComReg", "IRL"),
                 person("cn", "小明", "王", "Wang Xiaoming", "信息通信管理局", "CHN"),
                 person("cn2", "敏", "吕", "Lyu Min", "", "CHN"),
                 person("ru", "Екатерина", "Щербакова", "Ekaterina Shcherbakova", "", "RUS"),
                 person("ua", "Юрій", "Гриценко", "Yurii Hrytsenko", "", "UKR"),
                 person("sa", "محمد", "الهاشمي", "Mohammed Al Hashimi", "هيئة تنظيم الاتصالات", "SAU"),
                 person("gr", "Γιώργος", "Παπαδόπουλος", "Giorgos Papadopoulos", "", "GRC"),
                 person("in", "", "Krishnamūrti", "Krishnamūrti", "", "IND"),
                 person("in2", "राजेश", "कृष्णमूर्ति", "R. K. Murthy", "", "IND"),
                 person("kr", "민수", "김", "Kim Minsu", "", "KOR"),
                 person("ch", "Jean-Pierre", "Rochat", "Jean-Pierre Rochat", "OFCOM Bienne", "CHE"),
                 person("R-000123", "Ana", "de la Fuente", "Ana de la Fuente", "", "ESP"),
             })
            out->add(one);
        out->settle();
        return out;
    }();
    return *index;
}

std::string first(std::string_view query)
{
    const auto hits = world().query(query, 6);
    return hits.empty() ? "nobody" : hits.front().id.str();
}

int points(std::string_view query)
{
    const auto hits = world().query(query, 6);
    return hits.empty() ? 0 : hits.front().score;
}

} // namespace

TEST_CASE("names of every script are found by plain letters, in either order")
{
    const std::vector<std::pair<const char*, const char*>> cases{
        {"lukasz", "pl"},
        {"lukasz wisniewski", "pl"},
        {"Wisniewski Lukasz", "pl"},
        {"wisn", "pl"},
        {"soren", "dk"},
        {"soeren", "dk"},
        {"kjaergaard soren", "dk"},
        {"Søren", "dk"},
        {"duc", "vn"},
        {"nguyen", "vn"},
        {"duc nguyen", "vn"},
        {"nguyen van duc", "vn"},
        {"vanduc", "vn"},
        {"yilmaz", "tr"},
        {"isil yilmaz", "tr"},
        {"YILMAZ ISIL", "tr"},
        {"YILMAZ IŞIL", "tr"},
        {"strauss", "de"},
        {"straus", "de"},
        {"jurgen strauss", "de"},
        {"juergen", "de"},
        {"aesa", "is"},
        {"thorarins", "is"},
        {"thorarinsdottir aesa", "is"},
        {"obrien", "ie"},
        {"o'brien", "ie"},
        {"o’brien", "ie"},
        {"o brien", "ie"},
        {"brien aoife", "ie"},
        {"wang xiao ming", "cn"},
        {"wangxiaoming", "cn"},
        {"xiaoming wang", "cn"},
        {"wang", "cn"},
        {"xiao", "cn"},
        {"xiaomingwang", "cn"},
        {"王小明", "cn"},
        {"王", "cn"},
        {"小明", "cn"},
        {"小明王", "cn"},
        {"lyu", "cn2"},
        {"lv min", "cn2"},
        {"lu min", "cn2"},
        {"吕敏", "cn2"},
        {"shcherbakova", "ru"},
        {"scherbakova", "ru"},
        {"shcherb ekat", "ru"},
        {"щербакова", "ru"},
        {"Екатерина Щербакова", "ru"},
        {"hrytsenko", "ua"},
        {"юрій", "ua"},
        {"iurii", "ua"},
        {"mohammed", "sa"},
        {"muhammad", "sa"},
        {"mohamed hashimi", "sa"},
        {"alhashimi", "sa"},
        {"al hashemi", "sa"},
        {"محمد", "sa"},
        {"مُحمّد", "sa"},
        {"الهاشمى", "sa"},
        {"hashimi mohammed", "sa"},
        {"papadopoulos", "gr"},
        {"giorgos papad", "gr"},
        {"παπαδοπουλος", "gr"},
        {"ΠΑΠΑΔΌΠΟΥΛΟΣ", "gr"},
        {"krishnamurti", "in"},
        {"krishnam", "in"},
        {"rajesh", "in2"},
        {"rajesh krishnamurti", "in2"},
        {"राजेश", "in2"},
        {"kim minsu", "kr"},
        {"minsu kim", "kr"},
        {"gim min su", "kr"},
        {"kimminsu", "kr"},
        {"김민수", "kr"},
        {"민수", "kr"},
        {"jean pierre", "ch"},
        {"jeanpierre", "ch"},
        {"rochat jean", "ch"},
        {"fuente", "R-000123"},
        {"delafuente", "R-000123"},
        {"ana fuente", "R-000123"},
    };
    for (const auto& [query, id] : cases) {
        INFO(query);
        CHECK(first(query) == id);
    }
}

TEST_CASE("a person is found by organization, delegation and registration id")
{
    CHECK(first("norrvik") == "pl");
    CHECK(first("norrvik lukasz") == "pl");
    CHECK(first("ofcom rochat") == "ch");
    CHECK(first("switzerland") == "ch");
    CHECK(first("suisse") == "ch");
    CHECK(first("瑞士") == "ch");
    CHECK(first("R-000123") == "R-000123");
    CHECK(first("r000123") == "R-000123");
    CHECK(first("000123") == "R-000123");
    CHECK(points("R-000123") == 100);
}

TEST_CASE("hits are ranked as it is written down")
{
    CHECK(points("Łukasz Wiśniewski") == 100);
    CHECK(points("wisniewski lukasz") == 100);
    CHECK(points("王小明") == 100);
    CHECK(points("wangxiaoming") == 100);
    CHECK(points("wisniewski") == 90);
    CHECK(points("wisnie") == 80);
    CHECK(points("luka") == 70);
    CHECK(points("vishnevsky") == 60); // as it sounds
    CHECK(points("muhamad") == 35);    // consonants
    CHECK(points("norrvik") == 50);
    CHECK(points("suisse") == 40);
    CHECK(points("wisniewski norrvik") == 50);
    CHECK(points("wusniewski") == 60); // a whole word but for one slip
    CHECK(points("wisniewski lukasz telekom") == 50);
    CHECK(points("mac lukasz wisniewski") == 0);
    CHECK(points("王") == 90);
    CHECK(points("de la Fuente Ana") == 100);
    CHECK(points("fuente ana") == 100); // particles are optional in the record
    CHECK(points("van rochat") == 86);  // and in the query

    SearchIndex index;
    index.add(person("a", "Martin", "Smith", "Martin Smith"));
    index.add(person("b", "Ann", "Martin", "Ann Martin"));
    index.add(person("c", "Bea", "Martinez", "Bea Martinez"));
    index.add(person("d", "Martina", "Clarke", "Martina Clarke"));
    index.add(person("e", "Carl", "Olsen", "Carl Olsen", "Martin & Sons"));
    index.add(person("f", "", "Martin", "Martin"));
    const auto hits = index.query("martin", 10);
    std::vector<std::string> order;
    for (const Hit& hit : hits)
        order.push_back(hit.id.str());
    CHECK(order == std::vector<std::string>{"f", "b", "a", "c", "d", "e"});
}

TEST_CASE("one slip is forgiven from five letters, and only when few were found")
{
    CHECK(first("wisnuewski") == "pl");  // changed
    CHECK(first("winiewski") == "pl");   // left out
    CHECK(first("wismniewski") == "pl"); // surplus
    CHECK(first("winsiewski") == "pl");  // swapped
    CHECK(first("xobrien") == "ie");     // the first letter too
    CHECK(first("papadopuolos giorgos") == "gr");
    CHECK(first("winsiewsko") == "nobody"); // two
    CHECK(first("wamg") == "nobody");       // four letters
    CHECK(first("lukasz wisniewski") == "pl");

    SearchIndex index;
    for (int i = 0; i < 5; ++i)
        index.add(person(fmt::format("n{}", i).c_str(), "A", "Marten", "A Marten"));
    index.add(person("slip", "A", "Barten", "A Barten"));
    CHECK(index.query("marten", 10).size() == 5);
    index.remove(DelegateId("n0"));
    const auto hits = index.query("marten", 10);
    REQUIRE(hits.size() == 5);
    CHECK(hits.back() == Hit{DelegateId("slip"), 60});
}

TEST_CASE("every word typed must fit the same person")
{
    CHECK(first("lukasz rochat") == "nobody");
    CHECK(first("wang wang") == "cn");
    CHECK(first("zzz") == "nobody");
    CHECK(first("wisniewski qqqqqqq") == "nobody");
}

TEST_CASE("ties go by name and the limit holds")
{
    SearchIndex index;
    for (const char* given : {"Zoë", "Ana", "Émile", "Bob"})
        index.add(person(given, given, "Smith", (std::string(given) + " Smith").c_str()));
    const auto hits = index.query("smith", 3);
    REQUIRE(hits.size() == 3);
    CHECK(hits[0].id == DelegateId("Ana"));
    CHECK(hits[1].id == DelegateId("Bob"));
    CHECK(hits[2].id == DelegateId("Émile"));
    CHECK(index.query("smith", 0).empty());
}

TEST_CASE("a corrected name is found by the new one only, a removed person not at all")
{
    SearchIndex index;
    index.add(person("1", "Ana", "Silva", "Ana Silva", "Arvetel"));
    index.add(person("2", "Rui", "Silva", "Rui Silva", "Arvetel"));
    index.update(person("1", "Ana", "Souza", "Ana Souza", "Hexalink"));
    CHECK(index.size() == 2);
    CHECK(index.query("souza", 5).size() == 1);
    CHECK(index.query("silva", 5).size() == 1);
    CHECK(index.query("arvetel", 5).size() == 1);
    index.remove(DelegateId("2"));
    index.remove(DelegateId("2"));
    CHECK(index.query("silva", 5).empty());
    CHECK(index.query("arvetel", 5).empty());
    index.add(person("3", "Rui", "Silva", "Rui Silva"));
    CHECK(index.query("silva", 5) == std::vector<Hit>{{DelegateId("3"), 90}});
    index.clear();
    CHECK(index.size() == 0);
    CHECK(index.query("silva", 5).empty());
}

TEST_CASE("nonsense finds nobody and harms nothing")
{
    CHECK(first("") == "nobody");
    CHECK(first("   ") == "nobody");
    CHECK(first("'-'") == "nobody");
    CHECK(first("\xff\xfe\x00") == "nobody");
    CHECK(first("%_\"; DROP") == "nobody");
    CHECK(first("~mhmd") == "sa"); // the mark falls away, the letters are an Arabic name's
    CHECK(first(std::string(1'000'000, 'a')) == "nobody");
    CHECK(first("a b c d e f g h i j k l m n") == "nobody");
    SeededRandom random(4);
    for (int round = 0; round < 500; ++round) {
        Bytes noise(random.below(40));
        random.fill(noise);
        static_cast<void>(world().query(to_text(noise), 5));
    }
}

TEST_CASE("two letters are enough on public glass, and one Han character")
{
    CHECK_FALSE(enough_letters("", 1));
    CHECK_FALSE(enough_letters("a", 2));
    CHECK_FALSE(enough_letters("a '-", 2));
    CHECK(enough_letters("ab", 2));
    CHECK(enough_letters("王", 2));
    CHECK_FALSE(enough_letters("م", 2));
    CHECK(enough_letters("مح", 2));
}

TEST_CASE("every made-up delegate is found by the badge name in either order, and by the native name")
{
    const auto people = sample_people(400, 9, sample_profile());
    SearchIndex index([](std::string_view code) {
        return std::vector<std::string>{sample_profile().delegation_name(code, Language::en)};
    });
    for (const Person& one : people)
        index.add(one);
    REQUIRE(index.size() == people.size());
    const auto found = [&](const Person& one, const std::string& text) {
        const auto hits = index.query(text, 40);
        return std::any_of(hits.begin(), hits.end(),
                           [&](const Hit& hit) { return hit.id == one.id && hit.score == 100; });
    };
    for (const Person& one : people) {
        INFO(one.badge_name << " " << one.full_name());
        const std::string plain = fold(one.badge_name);
        CHECK(found(one, plain));
        CHECK(found(one, one.full_name()));
        CHECK(found(one, one.family_name + " " + one.given_name));
        std::string together = fold(one.family_name + " " + one.given_name);
        std::erase(together, ' ');
        CHECK(found(one, together));
        CHECK(found(one, one.id.str()));
    }
}

TEST_CASE("consonants of a name in a script without vowels meet those of its Latin spellings")
{
    const auto meet = [](std::string_view latin, std::string_view native) {
        const auto ours = consonants(latin);
        const auto theirs = consonants(fold(native));
        return std::any_of(ours.begin(), ours.end(), [&](const auto& one) {
            return std::find(theirs.begin(), theirs.end(), one) != theirs.end();
        });
    };
    for (const char* latin : {"mohammed", "muhamad", "mohamed", "muhammad"})
        CHECK(meet(latin, "محمد"));
    CHECK(meet("khalid", "خالد"));
    CHECK(meet("tarek", "طارق"));
    CHECK(meet("tariq", "طارق"));
    CHECK(meet("fatimah", "فاطمة"));
    CHECK(meet("sayed", "السيد"));
    CHECK(meet("aisha", "عائشة"));
    CHECK(meet("gamal", "جمال"));
    CHECK(meet("jamal", "جمال"));
    CHECK(meet("cherif", "شريف"));
    CHECK(meet("qasemi", "قاسمی"));
    CHECK(meet("ghasemi", "قاسمی"));
    CHECK(meet("avraham", "אברהם"));
    CHECK(meet("abraham", "אברהם"));
    CHECK(meet("cohen", "כהן"));
    CHECK(meet("peretz", "פרץ"));
    CHECK_FALSE(meet("khalid", "محمد"));
    CHECK(consonants("щербаков").empty());
}

TEST_CASE("spellings that sound alike meet, others do not")
{
    CHECK(sound_of("shcherbakova") == sound_of("scherbakova"));
    CHECK(sound_of("yeltsin") == sound_of("eltsin"));
    CHECK(sound_of("tchaikovsky") == sound_of("chaikovskii"));
    CHECK(sound_of("krishnamurthy") == sound_of("krishnamoorthi"));
    CHECK(sound_of("petrovich") == sound_of("petrovic"));
    CHECK(sound_of("satou") == sound_of("sato"));
    CHECK(sound_of("hristos") == sound_of("khristos"));
    CHECK(sound_of("yoon") == sound_of("yun"));
    CHECK(sound_of("ivanov") != sound_of("ivanova"));
    CHECK(sound_of("martin") != sound_of("marton"));
    CHECK(sound_of("王").empty());
    CHECK(sound_of("k2").empty());
}

namespace {

/// Opens at once, or never.
struct Envelope {
    Result<Person> inside;
    [[nodiscard]] Result<Person> open() const { return inside; }
};

} // namespace

TEST_CASE("who is fed to the index on threads is found as if added one by one")
{
    constexpr auto people = static_cast<int>(2 * IndexFeeder<Envelope>::batch_people + 500);
    const auto names = [](std::string_view code) {
        return std::vector<std::string>{std::string(code) + "land"};
    };
    SearchIndex fed(names);
    SearchIndex added(names);
    SamplePeople source(sample_profile(), 20);
    std::size_t heard = 0;
    IndexFeeder<Envelope> feeder(fed, [&heard](const Person&) { ++heard; });
    std::vector<std::string> queries{"fraland", "ma", "an de", "li"};
    for (int i = 0; i < people; ++i) {
        const Person one = source.next();
        feeder.add({one});
        added.add(one);
        if (i == people / 2) { // in the middle of a batch
            CHECK(feeder.catch_up());
            CHECK(fed.size() == added.size());
        }
        if (i % 500 == 0)
            queries.push_back(one.family_name + " " + one.given_name);
    }
    CHECK(feeder.finish());
    CHECK(fed.size() == people);
    CHECK(heard == people);
    for (const auto& query : queries) {
        INFO(query);
        CHECK(fed.query(query, 20) == added.query(query, 20));
    }
}

TEST_CASE("who cannot be opened is an error, and everybody else is found")
{
    SearchIndex index;
    IndexFeeder<Envelope> feeder(index);
    SamplePeople source(sample_profile(), 21);
    constexpr auto people = static_cast<int>(IndexFeeder<Envelope>::batch_people + 500);
    for (int i = 0; i < people; ++i) {
        const bool damaged = i == 10 || i == people - 100;
        feeder.add({damaged ? Result<Person>(fail(ErrorKind::storage, fmt::format("damaged {}", i), "record"))
                            : Result<Person>(source.next())});
    }
    const auto all = feeder.catch_up();
    REQUIRE_FALSE(all);
    CHECK(all.error().what == "damaged 10");
    CHECK(index.size() == people - 2);
    CHECK(feeder.finish()); // said once
}

TEST_CASE("of somebody who is fed to the index more than once, what came last is found")
{
    SearchIndex index;
    IndexFeeder<Envelope> feeder(index);
    SamplePeople source(sample_profile(), 22);
    const auto feed = [&](const std::string& family_name) {
        Person zoe = source.next();
        zoe.id = DelegateId("zoe");
        zoe.family_name = family_name;
        feeder.add({zoe});
    };
    const auto feed_others = [&](std::size_t many) {
        for (std::size_t i = 0; i < many; ++i)
            feeder.add({source.next()});
    };
    feed("Firstname-Aaaa");
    feed_others(IndexFeeder<Envelope>::batch_people); // the next is in another batch
    feed("Secondname-Bbbb");
    feed_others(10);
    feed("Thirdname-Cccc"); // and this in the same
    CHECK(feeder.catch_up());
    CHECK(index.size() == IndexFeeder<Envelope>::batch_people + 11);
    CHECK(index.query("firstname-aaaa", 6).empty());
    CHECK(index.query("secondname-bbbb", 6).empty());
    REQUIRE(index.query("thirdname-cccc", 6).size() == 1);
    CHECK(index.query("thirdname-cccc", 6).front().id == DelegateId("zoe"));
}
