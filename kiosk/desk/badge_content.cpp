// SPDX-License-Identifier: Apache-2.0
// What of a person stands on the badge and on the glass.
#include "kiosk/desk/desk.hpp"

#include "kiosk/i18n/messages.hpp"
#include "sync/domain/people/unicode.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

/// Georgian and Ethiopic are letters of no Latin script too; apostrophes and marks are of none.
bool latin_only(const std::string& text)
{
    const auto points = unicode::code_points(text);
    return std::all_of(points.begin(), points.end(), [](char32_t c) {
        return !unicode::is_letter(c) || unicode::script_of(c) == unicode::Script::latin;
    });
}

std::optional<i18n::Id> word_of(Role role)
{
    switch (role) {
    case Role::delegate: return std::nullopt;
    case Role::head: return i18n::Id::role_head;
    case Role::deputy_head: return i18n::Id::role_deputy_head;
    case Role::chair: return i18n::Id::role_chair;
    case Role::vice_chair: return i18n::Id::role_vice_chair;
    case Role::rapporteur: return i18n::Id::role_rapporteur;
    }
    return std::nullopt;
}

} // namespace

Result<flow::PersonView> Desk::view_of(const DelegateId& id, const std::optional<SignedConfirmation>& code)
{
    flow::PersonView view;
    view.id = id;
    MB_TRY(const auto person, store_.person(id));
    if (!person && !code)
        return fail(ErrorKind::storage, "the person's record is not here", id.str());
    if (person) {
        view.name = person->full_name();
        view.badge_name = person->badge_name;
        view.organization = person->organization;
        view.category = person->category;
        view.language = person->language;
        view.newcomer = person->flags.contains(Flag::newcomer);
        view.bsg_trainee = person->flags.contains(Flag::bsg_trainee);
        view.accessible = person->flags.contains(Flag::accessible);
        for (const auto language : all_languages)
            view.delegation.in[static_cast<std::size_t>(language)] =
                profile_->delegation_name(person->delegation, language);
    } else {
        view.name = view.badge_name = code->badge_name;
        view.organization = code->organization;
        view.category = code->category;
        view.language = code->language;
        view.provisional = true;
    }
    view.category_word = texts_of(profile_->name_of(view.category));
    return view;
}

Result<BadgeContent> Desk::badge_content(const DelegateId& id, const BadgeId& badge)
{
    MB_TRY(const auto person, store_.person(id));
    if (!person)
        return fail(ErrorKind::storage, "the person's record is not here", id.str());
    BadgeContent content = content_of(*person);
    content.badge = badge;
    return content;
}

BadgeContent Desk::content_of(const Person& person) const
{
    BadgeContent content;
    content.language = person.language;
    content.event = {profile_->study_group, profile_->title.in(person.language),
                     profile_->place.in(person.language)};
    content.latin_name = person.badge_name;
    content.name = profile_->printing.native_name ? person.full_name() : person.badge_name;
    if (latin_only(content.name)) {
        content.name = person.badge_name;
        content.latin_name.clear();
    }
    content.organization = person.organization;
    content.delegation = profile_->delegation_name(person.delegation, person.language);
    content.category = name_of(person.category);
    content.category_word = profile_->name_of(person.category).in(person.language);
    content.category_letter = std::string(1, letter_of(person.category));
    if (const auto word = word_of(person.role)) {
        content.role = name_of(person.role);
        content.role_word = i18n::text(person.language, *word);
    }
    if (profile_->printing.newcomer_mark && person.flags.contains(Flag::newcomer))
        content.flags.emplace(name_of(Flag::newcomer));
    return content;
}

std::string Desk::short_code_of(const DelegateId& id) const
{
    return ShortCode::derive(store_.keys().short_codes, profile_->id, id).printed();
}

std::optional<flow::Texts> Desk::next_session(const DelegateId& id) const
{
    const Delegate* delegate = store_.view().delegates.find(id);
    const LocalTime now = local_time(profile_->time_zone, clock_.wall());
    for (const auto& session : profile_->sessions) {
        if (LocalTime{session.day, session.until} <= now)
            continue;
        if (session.eligible &&
            (delegate == nullptr || !delegate->participation.flags.contains(*session.eligible)))
            continue;
        flow::Texts texts;
        for (const auto language : all_languages)
            texts.in[static_cast<std::size_t>(language)] =
                fmt::format("{} · {} · {}", session.from.str(), session.room, session.title.in(language));
        return texts;
    }
    return std::nullopt;
}

} // namespace montbrillant
