// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/person_columns.hpp"

namespace montbrillant {

std::array<std::string, people_columns.size()> column_texts(const Person& person)
{
    std::string flags;
    for (const Flag flag : person.flags)
        flags.append(flags.empty() ? "" : ";").append(name_of(flag));
    const auto interpretation =
        person.interpretation_language ? language_code(*person.interpretation_language) : std::string_view{};
    return {person.id.str(),
            person.code,
            person.title,
            person.given_name,
            person.family_name,
            person.badge_name,
            person.organization,
            person.delegation,
            std::string(name_of(person.category)),
            std::string(name_of(person.role)),
            flags,
            std::string(language_code(person.language)),
            std::string(interpretation),
            std::string(name_of(person.state)),
            person.contact_point,
            person.confirmed_by,
            person.photo};
}

std::set<std::string> columns_that_differ(const Person& a, const Person& b)
{
    const auto ours = column_texts(a);
    const auto theirs = column_texts(b);
    std::set<std::string> columns;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        if (ours[i] != theirs[i])
            columns.emplace(people_columns[i]);
    }
    return columns;
}

void take_columns(Person& to, const Person& from, const std::set<std::string>& columns)
{
    const auto take = [&](const char* column, auto member) {
        if (columns.contains(column))
            to.*member = from.*member;
    };
    take("code", &Person::code);
    take("title", &Person::title);
    take("given_name", &Person::given_name);
    take("family_name", &Person::family_name);
    take("badge_name", &Person::badge_name);
    take("organization", &Person::organization);
    take("delegation", &Person::delegation);
    take("category", &Person::category);
    take("role", &Person::role);
    take("flags", &Person::flags);
    take("language", &Person::language);
    take("interpretation_language", &Person::interpretation_language);
    take("state", &Person::state);
    take("contact_point", &Person::contact_point);
    take("confirmed_by", &Person::confirmed_by);
    take("photo", &Person::photo);
}

} // namespace montbrillant
