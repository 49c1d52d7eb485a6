// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens/say.hpp"

#include <algorithm>

namespace montbrillant::ui {

namespace {

/// A card with an icon, a small heading and what it says. Returns its height.
float fact_card(Ui& ui, Rect area, Icon icon, const std::string& heading, const std::string& words)
{
    const auto& theme = ui.theme();
    TextLook small;
    small.type = Type::small;
    small.ink = theme.soft_ink;
    TextLook body;
    body.weight = heading.empty() ? Weight::regular : Weight::bold;
    const float pad = ui.u(2.5F);
    const float text_width = area.w - 2 * pad - ui.u(8);
    const float heading_height = heading.empty() ? 0 : ui.measure(heading, small, text_width).h;
    const float words_height = ui.measure(words, body, text_width).h;
    const float height = std::max(ui.u(control_u), heading_height + words_height + 2 * pad);
    const Rect box{area.x, area.y, area.w, height};
    const auto ground = ui.panel(box, {theme.ink, theme.surface, theme.edge}, ui.u(corner_u));
    Rect inner = box.inset(pad, 0);
    const Rect left = inner.cut_left(ui.u(6), ui.u(2));
    draw_icon(ui.canvas(), icon, ui.place({left.x, box.center().y - left.w / 2, left.w, left.w}), theme.lit);
    inner.y += (height - heading_height - words_height) / 2;
    ui.text({inner.x, inner.y, inner.w, 0}, heading, small);
    ui.text({inner.x, inner.y + heading_height, inner.w, 0}, words, body);
    return height;
}

/// The symbol with the network's name and password beside or below it.
void wifi_card(Ui& ui, const flow::Wifi& wifi, Rect area)
{
    if (wifi.ssid.empty() || area.h < ui.u(24))
        return;
    const auto& theme = ui.theme();
    area.h = std::min(area.h, area.w > area.h ? ui.u(54) : area.w + ui.u(30));
    const auto ground = ui.panel(area, {theme.ink, theme.surface, theme.edge}, ui.u(corner_u));
    Rect inner = area.inset(ui.u(3));
    const bool beside = inner.w > inner.h * 1.9F;
    const auto qr = qr_modules(wifi_text(wifi.ssid, wifi.passphrase));
    TextLook head;
    head.type = Type::lead;
    head.weight = Weight::bold;
    head.shrink = 0.7F;
    TextLook look;
    look.shrink = 0.6F;
    if (!beside)
        head.align = look.align = Align::center;
    const auto label = say(ui, Id::done_wifi);
    const auto password = i18n::format(ui.language(), Id::done_wifi_pass, {{"password", wifi.passphrase}});
    const float words =
        ui.measure(label, head, inner.w).h + 2 * ui.measure(password, look, inner.w).h + ui.u(2);
    if (beside)
        qr_symbol(ui, inner.cut_right(inner.h, ui.u(3)), qr);
    else
        qr_symbol(ui, inner.cut_top(std::max(0.0F, inner.h - words), ui.u(1)), qr);
    Column column(ui, inner);
    if (beside)
        column.gap(std::max(0.0F, (inner.h - words) / 2 / ui.u(1)));
    column.text(label, head);
    column.gap(0.5F);
    column.text(isolated(wifi.ssid), look);
    if (!wifi.passphrase.empty())
        column.text(password, look);
}

void stack(Ui& ui, Rect& area, Icon icon, const std::string& heading, const std::string& words)
{
    area.cut_top(fact_card(ui, area, icon, heading, words), ui.u(gap_u));
}

void reminders(Ui& ui, const flow::Model& model, Rect& area)
{
    if (model.next_session)
        stack(ui, area, Icon::room, say(ui, Id::done_next_session), model.next_session->get(ui.language()));
    if (model.person && model.person->newcomer)
        stack(ui, area, Icon::star, {}, say(ui, Id::done_newcomer));
    if (model.person && model.person->bsg_trainee)
        stack(ui, area, Icon::laptop, {}, say(ui, Id::done_training));
}

} // namespace

void draw_done(Ui& ui, const flow::Model& model)
{
    Page page;
    const bool offers_locker = model.settings.lockers && model.card_bound;
    if (offers_locker) {
        page.primary = labelled(ui, Button::locker_wanted, Id::done_locker, Icon::locker);
        page.quiet = {labelled(ui, Button::end_session, Id::button_finish, Icon::check)};
    } else {
        page.primary = labelled(ui, Button::end_session, Id::button_finish, Icon::check);
    }
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    TextLook welcome;
    welcome.type = Type::lead;
    welcome.ink = ui.theme().soft_ink;
    column.text(say(ui, Id::done_welcome), welcome);
    if (model.person) {
        TextLook name;
        name.type = Type::name;
        name.weight = Weight::bold;
        name.lines_max = 2;
        name.may_ellipsise = true;
        name.shrink = 0.6F;
        column.text(
            isolated(model.person->badge_name.empty() ? model.person->name : model.person->badge_name), name);
    }
    column.gap(1);
    TextLook take;
    take.type = Type::lead;
    column.text(say(ui, Id::done_take_badge), take);
    column.gap(4);
    Rect rest = column.rest();
    reminders(ui, model, rest);
    if (!areas.split)
        rest.cut_top(ui.u(1));
    wifi_card(ui, model.settings.wifi, areas.split ? areas.aside : rest);
}

void draw_desk_ticket(Ui& ui, const flow::Model& model)
{
    Page page;
    page.primary = labelled(ui, Button::end_session, Id::button_finish, Icon::check);
    auto areas = begin_page(ui, model, page);
    Column column(ui, areas.content);
    column.title(i18n::format(ui.language(), Id::ticket_title, {{"desk", model.settings.desk}}));
    if (model.ticket.empty())
        return; // it could not be saved: the notice says so, and no number is promised
    column.lead(say(ui, Id::ticket_kept));
    if (model.ticket.empty()) // it could not be saved; the desk helps all the same
        return;
    const auto& theme = ui.theme();
    Rect area = areas.split ? areas.aside : column.rest();
    area = middle(area, ui.u(56));
    const auto ground = ui.panel(area, {theme.ink, theme.surface, theme.edge}, ui.u(corner_u));
    Rect inner = area.inset(ui.u(4));
    TextLook label;
    label.type = Type::lead;
    label.ink = theme.soft_ink;
    label.align = Align::center;
    const auto words = say(ui, Id::ticket_number);
    ui.text(inner.cut_top(ui.measure(words, label, inner.w).h), words, label);
    TextLook number;
    number.type = Type::number;
    number.weight = Weight::bold;
    number.align = Align::center;
    number.middle = true;
    number.shrink = 0.4F;
    number.lines_max = 1;
    ui.text(inner, isolated(model.ticket), number);
}

} // namespace montbrillant::ui
