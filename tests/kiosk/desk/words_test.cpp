// SPDX-License-Identifier: Apache-2.0
#include "kiosk/desk/words.hpp"
#include "sync/domain/people/sample_people.hpp"
#include "sync/domain/people/unicode.hpp"
#include "tests/kiosk/desk/desk_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

TEST_CASE("a masked name keeps the first letter of each word, in Han and Hangul the first character alone")
{
    CHECK(masked("Marie Dupont") == "M**** D*****");
    CHECK(masked("Jean-Pierre O'Brien") == "J***-P***** O'B****");
    CHECK(masked("Élise Ødegård") == "É**** Ø******");
    CHECK(masked("Иванова Мария") == "И****** М****");
    CHECK(masked("محمد علي") == "م*** ع**");
    CHECK(masked("李小龙") == "李**");
    CHECK(masked("李 小龙") == "李 **");
    CHECK(masked("김 철수") == "김 **");
    CHECK(masked("김철수") == "김**");
    CHECK(masked("山田 太郎") == "山* **");
    CHECK(masked("ヤマダ タロウ") == "ヤ** ***");
    CHECK(masked("Ng") == "N*");
    CHECK(masked("").empty());
    CHECK(masked("Anna\xF0\x28") != "Anna\xF0\x28"); // bad bytes neither crash nor show more
}

TEST_CASE("no masked name of the sample people can be read")
{
    const EventProfile profile = sample_profile();
    for (const Person& person : sample_people(2000, 7, profile)) {
        for (const std::string& name : {person.badge_name, person.full_name()}) {
            const auto whole = unicode::code_points(name);
            const auto shown = unicode::code_points(masked(name));
            REQUIRE(whole.size() == shown.size());
            const auto letters = std::count_if(whole.begin(), whole.end(), unicode::is_letter);
            const auto kept = std::count_if(shown.begin(), shown.end(), unicode::is_letter);
            INFO(name << " -> " << masked(name));
            CHECK(kept >= 1);
            CHECK(kept * 2 <= letters + 1);
        }
    }
}

TEST_CASE("a refusal has a sentence on the glass, and none of them is a success")
{
    for (int i = 0; i <= static_cast<int>(Refusal::rule); ++i) {
        const auto refusal = static_cast<Refusal>(i);
        INFO(words(refusal));
        CHECK(notice_of(refusal) != flow::Notice::saved);
        if (refusal != Refusal::no_locker_held)
            CHECK(notice_of(refusal) != flow::Notice::none);
    }
    CHECK(notice_of(CodeFault::other_meeting) == flow::Notice::code_other_meeting);
    CHECK(notice_of(CodeFault::badge_id) == flow::Notice::code_is_badge);
    CHECK(notice_of(CodeFault::forged) == flow::Notice::code_unreadable);
}

TEST_CASE("the badge carries the name in its own script with the Latin one beside it")
{
    KioskSite site;
    const auto badge_of = [&](const std::string& given, const std::string& family, const std::string& latin) {
        static int n = 100;
        Person person = delegate("R-" + std::to_string(++n), latin);
        person.given_name = given;
        person.family_name = family;
        site.register_person(person);
        return must(site.desk->badge_content(person.id, BadgeId("B-1")));
    };
    const auto native = [](const BadgeContent& content) { return content.name + "/" + content.latin_name; };
    CHECK(native(badge_of("Zoé", "Müller", "Zoé MÜLLER")) == "Zoé MÜLLER/");
    CHECK(native(badge_of("Nguyễn", "Ngọc Ánh", "Ngoc Anh NGUYEN")) == "Ngoc Anh NGUYEN/");
    CHECK(native(badge_of("Seán", "O’Brien", "Sean O'BRIEN")) == "Sean O'BRIEN/");
    CHECK(native(badge_of("小龙", "李", "LI Xiaolong")) == "小龙 李/LI Xiaolong");
    CHECK(native(badge_of("ნინო", "ბერიძე", "Nino BERIDZE")) == "ნინო ბერიძე/Nino BERIDZE");
    CHECK(native(badge_of("አበበ", "ቢቂላ", "Abebe BIKILA")) == "አበበ ቢቂላ/Abebe BIKILA");
    CHECK(native(badge_of("សុខា", "ជា", "Sokha CHEA")) == "សុខា ជា/Sokha CHEA");
    CHECK(native(badge_of("Мария", "Иванова", "Maria IVANOVA")) == "Мария Иванова/Maria IVANOVA");
    CHECK(native(badge_of("عمر", "حسن", "Omar HASSAN")) == "عمر حسن/Omar HASSAN");

    site.profile.printing.native_name = false;
    site.reopen();
    CHECK(native(badge_of("Мария", "Иванова", "Maria IVANOVA")) == "Maria IVANOVA/");
}

TEST_CASE("role, category and delegation stand on the badge in the delegate's language")
{
    KioskSite site;
    Person head = delegate("R-1");
    head.role = Role::head;
    head.flags = {Flag::newcomer, Flag::fellow};
    site.register_person(head);
    auto content = must(site.desk->badge_content(head.id, BadgeId("B-1")));
    CHECK(content.role == "head");
    CHECK_FALSE(content.role_word.empty());
    CHECK(content.category == "member_state");
    CHECK(content.category_letter == std::string(1, letter_of(Category::member_state)));
    CHECK(content.category_word == site.profile.name_of(Category::member_state).in(Language::fr));
    CHECK(content.delegation == site.profile.delegation_name("FRA", Language::fr));
    CHECK(content.language == Language::fr);
    CHECK(content.badge == BadgeId("B-1"));
    CHECK(content.flags.empty()); // a fellow is never marked, a newcomer where the profile says so

    Person plain = delegate("R-2");
    site.register_person(plain);
    content = must(site.desk->badge_content(plain.id, BadgeId()));
    CHECK(content.role.empty());
    CHECK(content.role_word.empty());

    site.profile.printing.newcomer_mark = true;
    site.reopen();
    content = must(site.desk->badge_content(head.id, BadgeId()));
    CHECK(content.flags == std::set<std::string>{"newcomer"});
    CHECK_FALSE(site.desk->badge_content(DelegateId("R-404"), BadgeId()));
}

TEST_CASE("each role has its own word, in each language")
{
    KioskSite site;
    int n = 0;
    for (const auto language : all_languages) {
        std::set<std::string> words;
        for (const Role role :
             {Role::head, Role::deputy_head, Role::chair, Role::vice_chair, Role::rapporteur}) {
            Person person = delegate("R-" + std::to_string(++n));
            person.delegation = "X" + std::to_string(n);
            person.role = role;
            person.language = language;
            site.register_person(person);
            words.insert(must(site.desk->badge_content(person.id, BadgeId())).role_word);
        }
        CHECK(words.size() == 5);
    }
}
