// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/person.hpp"

#include "sync/base/json_view.hpp"

#include <array>
#include <fmt/format.h>
#include <utility>

namespace montbrillant {
namespace {

template <class Enum, std::size_t N> using Names = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Names<Category, 8> categories{{{Category::member_state, "member_state"},
                                         {Category::sector_member, "sector_member"},
                                         {Category::associate, "associate"},
                                         {Category::academia, "academia"},
                                         {Category::sme_pilot, "sme_pilot"},
                                         {Category::invited, "invited"},
                                         {Category::secretariat, "secretariat"},
                                         {Category::press, "press"}}};
constexpr Names<Role, 6> roles{{{Role::delegate, "delegate"},
                                {Role::head, "head"},
                                {Role::deputy_head, "deputy_head"},
                                {Role::chair, "chair"},
                                {Role::vice_chair, "vice_chair"},
                                {Role::rapporteur, "rapporteur"}}};
constexpr Names<Flag, 4> flags{{{Flag::newcomer, "newcomer"},
                                {Flag::fellow, "fellow"},
                                {Flag::bsg_trainee, "bsg_trainee"},
                                {Flag::accessible, "accessible"}}};
constexpr Names<Registration, 3> states{{{Registration::pending, "pending"},
                                         {Registration::approved, "approved"},
                                         {Registration::cancelled, "cancelled"}}};

template <class Enum, std::size_t N> std::string_view find_name(const Names<Enum, N>& names, Enum value)
{
    for (const auto& [candidate, name] : names) {
        if (candidate == value)
            return name;
    }
    return {};
}

template <class Enum, std::size_t N>
std::optional<Enum> find_value(const Names<Enum, N>& names, std::string_view wanted)
{
    for (const auto& [value, name] : names) {
        if (name == wanted)
            return value;
    }
    return std::nullopt;
}

template <class Value>
Result<Value> known(std::optional<Value> value, std::string_view field, std::string_view text,
                    const std::string& where)
{
    if (!value)
        return fail(ErrorKind::input, fmt::format("{} \"{}\" is not known", field, text), where);
    return *value;
}

} // namespace

std::string_view name_of(Category category) { return find_name(categories, category); }
std::string_view name_of(Role role) { return find_name(roles, role); }
std::string_view name_of(Flag flag) { return find_name(flags, flag); }
std::string_view name_of(Registration state) { return find_name(states, state); }
std::optional<Category> category_from(std::string_view name) { return find_value(categories, name); }
std::optional<Role> role_from(std::string_view name) { return find_value(roles, name); }
std::optional<Flag> flag_from(std::string_view name) { return find_value(flags, name); }
std::optional<Registration> registration_from(std::string_view name) { return find_value(states, name); }

char letter_of(Category category)
{
    switch (category) {
    case Category::member_state: return 'M';
    case Category::sector_member: return 'S';
    case Category::associate: return 'A';
    case Category::academia: return 'U';
    case Category::sme_pilot: return 'E';
    case Category::invited: return 'I';
    case Category::secretariat: return 'T';
    case Category::press: return 'P';
    }
    return '?';
}

bool is_leadership(Role role) { return role != Role::delegate; }

std::string Person::full_name() const
{
    if (given_name.empty() || family_name.empty())
        return given_name + family_name;
    return given_name + " " + family_name;
}

void to_json(nlohmann::json& out, const Person& person)
{
    out = Json{{"registration_id", person.id.str()},
               {"code", person.code},
               {"title", person.title},
               {"given_name", person.given_name},
               {"family_name", person.family_name},
               {"badge_name", person.badge_name},
               {"organization", person.organization},
               {"delegation", person.delegation},
               {"category", name_of(person.category)},
               {"role", name_of(person.role)},
               {"flags", Json::array()},
               {"language", language_code(person.language)},
               {"interpretation_language",
                person.interpretation_language ? language_code(*person.interpretation_language) : ""},
               {"state", name_of(person.state)},
               {"contact_point", person.contact_point},
               {"confirmed_by", person.confirmed_by},
               {"photo", person.photo}};
    for (const auto flag : person.flags)
        out["flags"].push_back(name_of(flag));
}

Result<Person> person_from_json(JsonView object, const std::string& where)
{
    if (!object.is_object())
        return fail(ErrorKind::input, "a person must be an object", where);
    for (const auto& [key, value] : object.members()) {
        if (value.text().value_or(std::string_view()).size() > Person::text_bytes_max)
            return fail(ErrorKind::input,
                        fmt::format("{} is longer than {} bytes", key, Person::text_bytes_max), where);
    }
    const auto text = [object](std::string_view key) {
        return std::string(object.find(key).text().value_or(std::string_view()));
    };
    Person person;
    person.id = DelegateId(text("registration_id"));
    if (person.id.empty() || person.id.str().size() > 32)
        return fail(ErrorKind::input, "registration_id must have 1 to 32 characters", where);
    person.code = text("code");
    person.title = text("title");
    person.given_name = text("given_name");
    person.family_name = text("family_name");
    person.badge_name = text("badge_name");
    person.organization = text("organization");
    person.delegation = text("delegation");
    person.contact_point = text("contact_point");
    person.confirmed_by = text("confirmed_by");
    person.photo = text("photo");
    MB_TRY(person.category, known(category_from(text("category")), "category", text("category"), where));
    MB_TRY(person.role, known(role_from(text("role")), "role", text("role"), where));
    MB_TRY(person.state, known(registration_from(text("state")), "state", text("state"), where));
    MB_TRY(person.language, known(language_from_code(text("language")), "language", text("language"), where));
    if (const auto code = text("interpretation_language"); !code.empty()) {
        MB_TRY(person.interpretation_language,
               known(language_from_code(code), "interpretation_language", code, where));
    }
    for (const auto& item : object.find("flags").items()) {
        const std::string_view name = item.text().value_or(std::string_view());
        MB_TRY(const Flag flag, known(flag_from(name), "flag", name, where));
        person.flags.insert(flag);
    }
    return person;
}

} // namespace montbrillant
