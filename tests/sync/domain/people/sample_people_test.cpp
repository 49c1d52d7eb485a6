// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/people_csv.hpp"
#include "sync/domain/people/sample_names.hpp"
#include "sync/domain/people/sample_people.hpp"
#include "sync/domain/people/unicode.hpp"
#include "tests/support/catch.hpp"
#include "tests/sync/domain/people/sample_profile.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

using namespace montbrillant;
using montbrillant::test::sample_profile;

namespace {

const std::vector<Person>& crowd()
{
    static const auto people = sample_people(5000, 20, sample_profile());
    return people;
}

} // namespace

TEST_CASE("the same seed gives the same people, and few are the beginning of many")
{
    const auto few = sample_people(50, 20, sample_profile());
    CHECK(std::equal(few.begin(), few.end(), crowd().begin()));
    CHECK(sample_people(50, 21, sample_profile()) != few);
    CHECK(crowd().front().id == DelegateId("R-000001"));
    CHECK(crowd().back().id == DelegateId("R-005000"));
}

TEST_CASE("made-up people pass the import without a fault or a warning, and come back the same")
{
    CsvOptions options;
    options.profile = std::make_shared<const EventProfile>(sample_profile());
    const auto report = read_people_csv(write_people_csv(crowd()), options);
    for (const auto& fault : report.faults)
        FAIL(fault.text());
    for (const auto& warning : report.warnings)
        FAIL(warning.text());
    CHECK(report.people == crowd());
}

TEST_CASE("made-up people keep the rules of participation")
{
    std::map<std::string, int> heads;
    std::map<std::string, int> fellows;
    for (const Person& person : crowd()) {
        INFO(person.id.str());
        const Delegation* delegation = sample_profile().delegation(person.delegation);
        REQUIRE(delegation != nullptr);
        REQUIRE(delegation->category == person.category);
        heads[person.delegation] += person.role == Role::head ? 1 : 0;
        if (person.flags.contains(Flag::fellow)) {
            ++fellows[person.delegation];
            REQUIRE(delegation->fellowships);
        }
        if (person.flags.contains(Flag::bsg_trainee))
            REQUIRE(delegation->developing);
        if (person.category == Category::sme_pilot) {
            REQUIRE(person.role == Role::delegate);
            REQUIRE(sample_profile().delegation(person.confirmed_by)->category == Category::member_state);
        } else {
            REQUIRE(person.confirmed_by.empty());
        }
        if (person.interpretation_language)
            REQUIRE(person.category == Category::member_state);
    }
    for (const auto& [code, count] : heads)
        CHECK(count <= 1);
    for (const auto& [code, count] : fellows)
        CHECK(count <= 2);
    CHECK(fellows.size() > 5);
}

TEST_CASE("every category, role, flag, state and language comes among them")
{
    std::set<Category> categories;
    std::set<Role> roles;
    std::set<Flag> flags;
    std::map<Registration, int> states;
    std::set<Language> languages;
    for (const Person& person : crowd()) {
        categories.insert(person.category);
        roles.insert(person.role);
        flags.insert(person.flags.begin(), person.flags.end());
        ++states[person.state];
        languages.insert(person.language);
    }
    CHECK(categories.size() == 8);
    CHECK(roles.size() == 6);
    CHECK(flags.size() == 4);
    CHECK(languages.size() == 6);
    CHECK(states[Registration::approved] > 4500);
    CHECK(states[Registration::pending] > 50);
    CHECK(states[Registration::cancelled] > 20);
}

TEST_CASE("the names are in the scripts of the world, and their badge names in Latin letters")
{
    std::map<unicode::Script, int> scripts;
    std::set<std::string> full_names;
    for (const Person& person : crowd()) {
        full_names.insert(person.full_name());
        for (const char32_t c : unicode::code_points(person.family_name)) {
            if (unicode::is_letter(c)) {
                ++scripts[unicode::script_of(c)];
                break;
            }
        }
        for (const char32_t c : unicode::code_points(person.badge_name)) {
            INFO(person.badge_name);
            if (unicode::is_letter(c))
                REQUIRE(unicode::script_of(c) == unicode::Script::latin);
        }
    }
    for (const auto script : {unicode::Script::latin, unicode::Script::cyrillic, unicode::Script::greek,
                              unicode::Script::arabic, unicode::Script::han, unicode::Script::hangul})
        CHECK(scripts[script] > 50);
    CHECK(scripts[unicode::Script::other] > 20); // Devanagari, Bengali, Ethiopic
    CHECK(full_names.size() > 2500);
}

TEST_CASE("every list of names is whole, and feminine family names stand beside the others")
{
    std::set<std::string_view> states;
    for (const NameOrigin& origin : name_origins()) {
        INFO(origin.id);
        const auto entries = [](std::string_view list) { return std::count(list.begin(), list.end(), ';'); };
        CHECK((origin.family_female.empty() || entries(origin.family_female) == entries(origin.family)));
        for (const std::string_view list : {origin.male, origin.female, origin.family}) {
            CHECK(list.find(";;") == std::string_view::npos);
            CHECK_FALSE(list.empty());
            CHECK_FALSE(list.ends_with(';'));
        }
        for (std::string_view rest = origin.states; !rest.empty();
             rest.remove_prefix(std::min<std::size_t>(4, rest.size())))
            states.insert(rest.substr(0, 3));
    }
    for (const Delegation& delegation : sample_profile().delegations) {
        INFO(delegation.code);
        if (delegation.category == Category::member_state)
            CHECK(states.contains(delegation.code));
    }
}
