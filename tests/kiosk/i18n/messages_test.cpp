// SPDX-License-Identifier: Apache-2.0
#include "kiosk/i18n/catalog.hpp"
#include "kiosk/i18n/messages.hpp"
#include "tests/support/catch.hpp"

#include <set>

using namespace montbrillant;
using i18n::Id;

TEST_CASE("every text exists in every language")
{
    for (const auto language : all_languages) {
        for (std::size_t i = 0; i < i18n::id_count; ++i) {
            INFO(i18n::id_name(static_cast<Id>(i)) << " in " << language_code(language));
            CHECK_FALSE(i18n::text(language, static_cast<Id>(i)).empty());
        }
    }
}

TEST_CASE("languages do not borrow each other's sentences")
{
    // Words that are the same in two of the six languages by right.
    const std::set<std::string_view> same{"done.wifi", "step.badge", "done.wifi_pass", "role.rapporteur"};
    for (std::size_t i = 0; i < i18n::id_count; ++i) {
        const auto id = static_cast<Id>(i);
        if (same.contains(i18n::id_name(id)))
            continue;
        for (const auto language : {Language::ar, Language::zh, Language::fr, Language::ru, Language::es}) {
            INFO(i18n::id_name(id) << " in " << language_code(language));
            CHECK(i18n::text(language, id) != i18n::text(Language::en, id));
        }
    }
}

TEST_CASE("a count chooses the language's own plural form")
{
    const auto minutes = [](Language language, long n) {
        return i18n::plural(language, Id::attract_opens_in, n);
    };
    CHECK(minutes(Language::en, 1) == "Opening in 1 minute");
    CHECK(minutes(Language::en, 0) == "Opening in 0 minutes");
    CHECK(minutes(Language::fr, 0) == "Ouverture dans 0 minute");
    CHECK(minutes(Language::ru, 1) == "Открытие через 1 минуту");
    CHECK(minutes(Language::ru, 3) == "Открытие через 3 минуты");
    CHECK(minutes(Language::ru, 11) == "Открытие через 11 минут");
    CHECK(minutes(Language::ru, 21) == "Открытие через 21 минуту");
    CHECK(minutes(Language::zh, 45) == "距开幕还有 45 分钟");
    CHECK(i18n::plural(Language::en, Id::attract_opens_in, -7) == "Opening in 0 minutes");
}

TEST_CASE("Arabic has six plural forms and each number finds its own")
{
    const std::array<std::pair<unsigned long, std::size_t>, 12> expected{{{0, 0},
                                                                          {1, 1},
                                                                          {2, 2},
                                                                          {3, 3},
                                                                          {10, 3},
                                                                          {11, 4},
                                                                          {99, 4},
                                                                          {100, 5},
                                                                          {102, 5},
                                                                          {103, 3},
                                                                          {111, 4},
                                                                          {200, 5}}};
    for (const auto& [n, form] : expected) {
        INFO(n);
        CHECK(i18n::catalog_plural(Language::ar, n) == form);
    }
}

TEST_CASE("no number asks for a plural form that the language lacks")
{
    for (const auto language : all_languages) {
        for (unsigned long n = 0; n <= 1000; ++n) {
            const auto form = i18n::catalog_plural(language, n);
            REQUIRE(form < i18n::forms_max);
            REQUIRE_FALSE(i18n::catalog_form(language, Id::attract_opens_in, form).empty());
        }
    }
}

TEST_CASE("a name inside a sentence keeps its own direction")
{
    CHECK(i18n::format(Language::en, Id::ticket_title, {{"desk", "B"}}) == "Please go to desk \u2068B\u2069");
    const auto arabic = i18n::format(Language::ar, Id::ticket_title, {{"desk", "B"}});
    CHECK(arabic.find("\u2068B\u2069") != std::string::npos);
}

TEST_CASE("braces in a person's name are not names of arguments")
{
    const auto title =
        i18n::format(Language::en, Id::lend_terms_title, {{"tag", "{name}"}, {"name", "A {tag} B"}});
    CHECK(title == "Laptop \u2068{name}\u2069 for \u2068A {tag} B\u2069");
}

TEST_CASE("the date of the day is written as each language writes it")
{
    CHECK(i18n::date(Language::en, "2017-09-04") == "Monday, 4 September 2017");
    CHECK(i18n::date(Language::fr, "2017-09-04") == "lundi 4 septembre 2017");
    CHECK(i18n::date(Language::zh, "2017-09-04") == "2017年9月4日星期一");
    CHECK(i18n::date(Language::ar, "2017-09-04").find("2017") != std::string::npos);
    CHECK(i18n::date(Language::en, "soon") == "soon");
    CHECK(i18n::date(Language::en, "2017-13-04") == "2017-13-04");
}
