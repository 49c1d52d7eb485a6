// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens/say.hpp"

#include "sync/domain/person.hpp"

#include <algorithm>

namespace montbrillant::ui {

namespace {

/// The badge as it will be printed, as large as the room allows, on a quiet edge.
void badge_preview(Ui& ui, const flow::Model& model, Rect area)
{
    if (!model.badge || area.h < ui.u(10))
        return;
    const Size size{static_cast<float>(model.badge->width), static_cast<float>(model.badge->height)};
    const Rect box = fit(size, area.inset(ui.u(1)));
    const auto ground =
        ui.panel(box.inset(-ui.u(0.5F)), {ui.theme().ink, rgb(0xFFFFFF), ui.theme().edge}, ui.u(1));
    ui.picture(box, *model.badge);
}

/// Names may be long; they wrap before they shrink and are cut only as a last resort. Brief: where the room
/// is needed for what to do.
void person_words(Ui& ui, const flow::PersonView& person, Column& column, bool brief)
{
    TextLook name;
    name.type = brief ? Type::lead : Type::title;
    name.weight = Weight::bold;
    name.lines_max = 2;
    name.may_ellipsise = true;
    column.text(isolated(person.badge_name.empty() ? person.name : person.badge_name), name);
    TextLook below;
    below.type = brief ? Type::body : Type::lead;
    below.lines_max = brief ? 1 : 2;
    below.may_ellipsise = true;
    if (!person.badge_name.empty() && person.name != person.badge_name)
        column.text(isolated(person.name), below);
    column.gap(1);
    below.type = Type::body;
    below.ink = ui.theme().soft_ink;
    column.text(isolated(person.organization), below);
    const auto& word = person.category_word.get(ui.language());
    if (!word.empty() && !brief)
        column.text(std::string(1, letter_of(person.category)) + " · " + word, below);
    column.gap(2);
}

} // namespace

void draw_confirm(Ui& ui, const flow::Model& model)
{
    Page page;
    page.primary = labelled(ui, Button::confirm_yes, Id::confirm_yes, Icon::printer);
    page.primary->enabled = !model.busy;
    page.quiet = {labelled(ui, Button::confirm_not_me, Id::confirm_not_me, Icon::cross),
                  labelled(ui, Button::please_correct, Id::confirm_correct, Icon::edit)};
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    column.title(say(ui, Id::confirm_title));
    column.lead(
        say(ui, model.person && model.person->provisional ? Id::confirm_provisional : Id::confirm_why));
    // The picture is the badge; the words stand beside it for large text and while it is being drawn.
    if (model.person && (areas.split || !model.badge || ui.look().large_text))
        person_words(ui, *model.person, column, ui.wide() || ui.look().large_text);
    badge_preview(ui, model, areas.picture(column));
}

void draw_staff_release(Ui& ui, const flow::Model& model)
{
    Page page;
    page.quiet = {labelled(ui, Button::back, Id::button_back, Icon::back)};
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    column.title(say(ui, Id::release_title));
    const bool crowded = ui.wide() && ui.look().large_text && model.notice != flow::Notice::none;
    if (!crowded)
        column.lead(say(ui, Id::release_why));
    if (model.person) {
        person_words(ui, *model.person, column, ui.wide() || ui.look().large_text);
    }
    kiosk_picture(ui, areas.picture(column), flow::part_of(model));
}

} // namespace montbrillant::ui
