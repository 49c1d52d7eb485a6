// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/sample_people.hpp"

#include "sync/domain/people/sample_names.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <fmt/format.h>
#include <utility>

namespace montbrillant {
namespace {

/// How often each category comes, in percent.
constexpr std::array<std::pair<Category, unsigned>, 8> shares{{{Category::member_state, 62},
                                                               {Category::sector_member, 16},
                                                               {Category::academia, 6},
                                                               {Category::associate, 5},
                                                               {Category::invited, 4},
                                                               {Category::secretariat, 3},
                                                               {Category::sme_pilot, 3},
                                                               {Category::press, 1}}};

/// Delegations that are larger than the others.
constexpr std::array<std::pair<std::string_view, unsigned>, 16> large{{{"CHN", 8},
                                                                       {"KOR", 6},
                                                                       {"JPN", 6},
                                                                       {"USA", 5},
                                                                       {"RUS", 5},
                                                                       {"ARE", 5},
                                                                       {"GBR", 4},
                                                                       {"DEU", 4},
                                                                       {"FRA", 4},
                                                                       {"CHE", 4},
                                                                       {"IND", 4},
                                                                       {"BRA", 3},
                                                                       {"EGY", 3},
                                                                       {"SAU", 3},
                                                                       {"CAN", 3},
                                                                       {"ESP", 3}}};

constexpr std::string_view arabic_speaking = "ARE DZA EGY JOR MAR SAU TUN";
constexpr std::string_view spanish_speaking = "ARG CHL COL CUB ESP MEX";
constexpr std::string_view russian_speaking = "RUS BLR KAZ";
constexpr std::string_view french_speaking = "FRA BEN CIV CMR MLI SEN TCD TGO";
constexpr std::string_view sometimes_french = "CHE CAN DZA MAR TUN RWA";

constexpr int vice_chairs_max = 8;
constexpr int rapporteurs_max = 14;
constexpr int fellows_max = 2;

constexpr std::string_view administrations(Language language)
{
    switch (language) {
    case Language::ar: return "هيئة تنظيم الاتصالات;وزارة الاتصالات وتقنية المعلومات;هيئة الاقتصاد الرقمي";
    case Language::zh: return "信息通信管理局;国家标准与数字化司;通信研究院";
    case Language::en:
        return "Ministry of Communications;Communications Authority;Ministry of Digital Affairs;National "
               "Institute of Standards;Department of Infrastructure";
    case Language::fr:
        return "Ministère de l'économie numérique;Autorité de régulation des télécommunications;Agence "
               "nationale du numérique";
    case Language::ru: return "Министерство цифрового развития;Агентство связи;Институт стандартизации связи";
    case Language::es:
        return "Ministerio de Telecomunicaciones;Comisión Nacional de Comunicaciones;Secretaría de Economía "
               "Digital";
    }
    return {};
}

constexpr std::string_view enterprises =
    "Tramontane Sensors;Kestrel Metering;Mizu Works;Orchard Telematics;Lac Bleu Logiciels;Fjordlys AS;Savana "
    "Dados;Steppe Radio;Palmyra Systems;Bamboo Signals";
constexpr std::string_view papers = "The Standards Courier;Le Journal des réseaux;Wire and Wave";

bool among(std::string_view codes, std::string_view code)
{
    return !code.empty() && codes.find(code) != std::string_view::npos;
}

std::size_t entries(std::string_view list)
{
    return static_cast<std::size_t>(std::count(list.begin(), list.end(), ';')) + 1;
}

std::string_view entry(std::string_view list, std::size_t index)
{
    for (; index > 0; --index)
        list.remove_prefix(list.find(';') + 1);
    return list.substr(0, list.find(';'));
}

std::string native(std::string_view entry) { return std::string(entry.substr(0, entry.find('='))); }

std::string latin(std::string_view entry)
{
    const auto at = entry.find('=');
    return std::string(at == std::string_view::npos ? entry : entry.substr(at + 1));
}

std::string_view form_of_address(Language language, bool woman)
{
    switch (language) {
    case Language::fr: return woman ? "Mme" : "M.";
    case Language::es: return woman ? "Sra." : "Sr.";
    case Language::ru: return woman ? "Г-жа" : "Г-н";
    case Language::zh: return woman ? "女士" : "先生";
    case Language::ar: return woman ? "السيدة" : "السيد";
    case Language::en: break;
    }
    return woman ? "Ms" : "Mr";
}

} // namespace

SamplePeople::SamplePeople(const EventProfile& profile, std::uint64_t seed) : random_(seed)
{
    for (const Delegation& delegation : profile.delegations) {
        const auto found = std::find_if(large.begin(), large.end(),
                                        [&](const auto& one) { return one.first == delegation.code; });
        auto& list = delegations_[delegation.category];
        const std::uint64_t before = list.empty() ? 0 : list.back().upto;
        list.push_back({&delegation, before + (found == large.end() ? 1 : found->second)});
    }
    assert(delegations_.contains(Category::member_state));
}

Person SamplePeople::next()
{
    Person person;
    person.id = DelegateId(fmt::format("R-{:06}", ++made_));
    person.category = pick_category();
    const Delegation& delegation = pick_delegation(person.category);
    person.delegation = delegation.code;
    const auto lot = random_.below(100);
    person.state = lot < 95   ? Registration::approved
                   : lot < 98 ? Registration::pending
                              : Registration::cancelled;
    name(person, delegation);
    place(person, delegation);
    choose_role(person, delegation);
    choose_flags(person, delegation);
    if (person.category == Category::member_state && person.language != Language::en && chance(35))
        person.interpretation_language = person.language;
    return person;
}

Category SamplePeople::pick_category()
{
    auto lot = random_.below(100);
    for (const auto& [category, share] : shares) {
        if (lot < share)
            return delegations_.contains(category) ? category : Category::member_state;
        lot -= share;
    }
    return Category::member_state;
}

const Delegation& SamplePeople::pick_delegation(Category category)
{
    const auto& list = delegations_.at(category);
    const auto lot = random_.below(list.back().upto);
    return *std::find_if(list.begin(), list.end(), [&](const auto& one) {
                return lot < one.upto;
            })->delegation;
}

std::string SamplePeople::pick(std::string_view list)
{
    return std::string(entry(list, random_.below(entries(list))));
}

void SamplePeople::name(Person& person, const Delegation& delegation)
{
    std::vector<const NameOrigin*> fitting;
    for (const NameOrigin& origin : name_origins()) {
        if (delegation.category != Category::member_state || among(origin.states, delegation.code))
            fitting.push_back(&origin);
    }
    const NameOrigin& origin =
        fitting.empty() ? name_origins().back() : *fitting[random_.below(fitting.size())];
    const bool woman = chance(42);
    const std::string_view given_list = woman ? origin.female : origin.male;
    const std::string_view family_list =
        woman && !origin.family_female.empty() ? origin.family_female : origin.family;
    const std::string_view given = entry(given_list, random_.below(entries(given_list)));
    const std::string_view family = entry(family_list, random_.below(entries(family_list)));
    person.given_name = native(given);
    person.family_name = native(family);
    person.badge_name =
        origin.family_first ? latin(family) + " " + latin(given) : latin(given) + " " + latin(family);

    const std::string_view home = entry(origin.states, 0).substr(0, 3);
    const std::string_view code = delegation.category == Category::member_state ? delegation.code : home;
    if (among(sometimes_french, code) && chance(45))
        person.language = Language::fr;
    else if (among(arabic_speaking, code))
        person.language = Language::ar;
    else if (among(spanish_speaking, code))
        person.language = Language::es;
    else if (among(russian_speaking, code))
        person.language = Language::ru;
    else if (among(french_speaking, code))
        person.language = Language::fr;
    else if (code == "CHN")
        person.language = Language::zh;
    person.title = chance(12) ? "Dr" : std::string(form_of_address(person.language, woman));
}

void SamplePeople::place(Person& person, const Delegation& delegation)
{
    const std::string in_english = delegation.names.in(Language::en);
    person.contact_point = "Focal point, " + in_english;
    switch (person.category) {
    case Category::member_state: person.organization = pick(administrations(person.language)); return;
    case Category::press: person.organization = pick(papers); return;
    case Category::sme_pilot: {
        const Delegation& state = pick_delegation(Category::member_state);
        person.organization = pick(enterprises);
        person.confirmed_by = state.code;
        person.contact_point = "Focal point, " + state.names.in(Language::en);
        return;
    }
    case Category::sector_member:
    case Category::associate:
    case Category::academia:
    case Category::invited:
    case Category::secretariat: person.organization = delegation.names.in(person.language); return;
    }
}

void SamplePeople::choose_role(Person& person, const Delegation& delegation)
{
    const bool decides =
        person.category == Category::member_state || person.category == Category::sector_member;
    if (!decides || person.state != Registration::approved)
        return;
    Posts& posts = posts_[delegation.code];
    if (!posts.head && chance(50)) {
        posts.head = true;
        person.role = Role::head;
    } else if (posts.head && !posts.deputy && chance(30)) {
        posts.deputy = true;
        person.role = Role::deputy_head;
    } else if (!chair_ && chance(2)) {
        chair_ = true;
        person.role = Role::chair;
    } else if (vice_chairs_ < vice_chairs_max && chance(3)) {
        ++vice_chairs_;
        person.role = Role::vice_chair;
    } else if (rapporteurs_ < rapporteurs_max && chance(5)) {
        ++rapporteurs_;
        person.role = Role::rapporteur;
    }
}

void SamplePeople::choose_flags(Person& person, const Delegation& delegation)
{
    if (chance(2))
        person.flags.insert(Flag::accessible);
    if (person.role != Role::delegate || person.category == Category::secretariat)
        return;
    if (chance(24))
        person.flags.insert(Flag::newcomer);
    if (delegation.developing && chance(30))
        person.flags.insert(Flag::bsg_trainee);
    Posts& posts = posts_[delegation.code];
    if (delegation.fellowships && person.state == Registration::approved && posts.fellows < fellows_max &&
        chance(50)) {
        ++posts.fellows;
        person.flags.insert(Flag::fellow);
    }
}

std::vector<Person> sample_people(std::size_t n, std::uint64_t seed, const EventProfile& profile)
{
    SamplePeople source(profile, seed);
    std::vector<Person> people;
    people.reserve(n);
    for (std::size_t i = 0; i < n; ++i)
        people.push_back(source.next());
    return people;
}

} // namespace montbrillant
