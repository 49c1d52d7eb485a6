// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A person as registered. This is the only personal data of the suite: it travels and rests sealed, beside
/// the facts, which hold ids. Participation follows the event's rules: categories, roles and flags below.

#include "sync/base/ids.hpp"
#include "sync/base/language.hpp"
#include "sync/base/result.hpp"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace montbrillant {

class JsonView;

enum class Category {
    member_state,
    sector_member,
    associate,
    academia,
    sme_pilot,
    invited,
    secretariat,
    press
};
enum class Role { delegate, head, deputy_head, chair, vice_chair, rapporteur };
enum class Flag { newcomer, fellow, bsg_trainee, accessible };
enum class Registration { pending, approved, cancelled };

[[nodiscard]] std::string_view name_of(Category category);
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::string_view name_of(Flag flag);
[[nodiscard]] std::string_view name_of(Registration state);
[[nodiscard]] std::optional<Category> category_from(std::string_view name);
[[nodiscard]] std::optional<Role> role_from(std::string_view name);
[[nodiscard]] std::optional<Flag> flag_from(std::string_view name);
[[nodiscard]] std::optional<Registration> registration_from(std::string_view name);

/// Colour and letter stand together on badge and screen; this is the letter.
[[nodiscard]] char letter_of(Category category);

/// head, deputy_head, chair, vice_chair, rapporteur: what an SME of the pilot may not hold.
[[nodiscard]] bool is_leadership(Role role);

/// The columns of the people CSV. Texts are UTF-8 in NFC, at most `text_bytes_max` each.
struct Person {
    static constexpr std::size_t text_bytes_max = 400;

    DelegateId id;    ///< registration_id
    std::string code; ///< a foreign confirmation code (opaque look-up); empty: ours is derived
    std::string title;
    std::string given_name;  ///< native script
    std::string family_name; ///< native script
    std::string badge_name;  ///< Latin
    std::string organization;
    std::string delegation; ///< code of the event profile: "FRA" or a body's
    Category category = Category::member_state;
    Role role = Role::delegate;
    std::set<Flag> flags;
    Language language = Language::en;
    std::optional<Language> interpretation_language;
    Registration state = Registration::approved;
    std::string contact_point;
    std::string confirmed_by; ///< sme_pilot: the Administration that confirmed
    std::string photo;        ///< path relative to the CSV; empty: none

    /// Given and family name in the native script, in the order given-family.
    [[nodiscard]] std::string full_name() const;
    friend bool operator==(const Person&, const Person&) = default;
};

void to_json(nlohmann::json& out, const Person& person);
/// Strict: unknown categories, roles, flags, languages or states are errors that name the field.
[[nodiscard]] Result<Person> person_from_json(JsonView object, const std::string& where);

} // namespace montbrillant
