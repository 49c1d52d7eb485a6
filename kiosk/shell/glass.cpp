// SPDX-License-Identifier: Apache-2.0
#include "kiosk/shell/glass.hpp"

#include "kiosk/ui/screens.hpp"

#include <algorithm>
#include <cctype>

namespace montbrillant {
namespace {

/// A physical keyboard does what the one on the glass does.
std::optional<flow::Msg> typed(const flow::Model& model, const std::string& text)
{
    const bool digit = text.size() == 1 && std::isdigit(static_cast<unsigned char>(text.front())) != 0;
    if (model.screen == flow::Screen::staff_sign_in)
        return digit ? std::optional<flow::Msg>(flow::DigitTyped{text.front() - '0'}) : std::nullopt;
    if (model.screen == flow::Screen::search || model.screen == flow::Screen::verify_code)
        return flow::KeyTyped{text};
    return std::nullopt;
}

std::optional<flow::Msg> pressed(const flow::Model& model, Key key)
{
    const bool pin = model.screen == flow::Screen::staff_sign_in;
    switch (key) {
    case Key::enter:
        if (pin)
            return flow::Pressed{flow::Button::pin_submit};
        if (model.screen == flow::Screen::verify_code)
            return flow::Pressed{flow::Button::verify_submit};
        return std::nullopt;
    case Key::backspace:
        return pin ? flow::Msg(flow::Pressed{flow::Button::pin_erase}) : flow::Msg(flow::KeyErased{});
    case Key::escape: return flow::Pressed{flow::Button::back};
    }
    return std::nullopt;
}

} // namespace

Glass::Glass(Window& window, Kiosk& kiosk, Clock& clock, ui::Colour accent)
    : window_(window), kiosk_(kiosk), clock_(clock), accent_(accent)
{
}

ui::Frame Glass::frame(const flow::Model& model)
{
    ui_.begin(window_.size(), ui::look_of(model, accent_), model.language);
    ui::draw_screen(ui_, model);
    return ui_.end();
}

void Glass::draw()
{
    window_.draw(frame(kiosk_.model()));
    pacer_.drawn(clock_.mono());
}

void Glass::take(const InputEvent& event)
{
    const auto feed = [this](const std::optional<flow::Msg>& msg) {
        if (msg)
            kiosk_.feed(*msg);
        pacer_.changed();
    };
    if (const auto* pointer = std::get_if<ui::PointerEvent>(&event)) {
        if (pointer->kind == ui::PointerKind::up && touches_under_way_ > 0)
            --touches_under_way_;
        feed(ui_.pointer(*pointer, clock_.mono()));
    } else if (const auto* text = std::get_if<TextTyped>(&event))
        feed(typed(kiosk_.model(), text->text));
    else if (const auto* key = std::get_if<KeyPressed>(&event))
        feed(pressed(kiosk_.model(), key->key));
    else if (const auto* read = std::get_if<ScanRead>(&event))
        feed(flow::Scanned{read->text});
    else if (std::get_if<WindowChanged>(&event))
        pacer_.window_changed(clock_.mono());
    else if (std::get_if<QuitAsked>(&event))
        closed_ = true;
}

void Glass::obey_glass_commands()
{
    for (const auto& command : kiosk_.take_glass_commands()) {
        if (std::holds_alternative<flow::Wipe>(command))
            ui_.wipe();
    }
}

bool Glass::turn(Millis longest)
{
    const Millis wait = std::min(longest, pacer_.wait(clock_.mono(), kiosk_.next_deadline()));
    for (const auto& event : window_.next_events(wait))
        take(event);
    if (kiosk_.pump())
        pacer_.changed();
    obey_glass_commands();
    if (pacer_.frame_due(clock_.mono()))
        draw();
    return !closed_;
}

bool Glass::shows(std::string_view id) const
{
    const auto& hits = ui_.hits();
    return std::any_of(hits.begin(), hits.end(),
                       [id](const ui::Hit& hit) { return hit.id == id && hit.enabled; });
}

bool Glass::press(std::string_view id)
{
    const auto rect = ui_.find(id);
    if (!rect || !shows(id))
        return false;
    const ui::Point middle{rect->x + rect->w / 2, rect->y + rect->h / 2};
    window_.inject_touch(ui::PointerKind::down, middle);
    window_.inject_touch(ui::PointerKind::up, middle);
    ++touches_under_way_;
    return true;
}

void Glass::scan(std::string_view text)
{
    window_.inject_text(text);
    window_.inject_key(Key::enter);
}

Result<> Glass::screenshot(const std::filesystem::path& file, Language language)
{
    flow::Model model = kiosk_.model();
    model.language = language;
    auto written = window_.screenshot(frame(model), file);
    draw(); // the hit map belongs to what the person sees
    return written;
}

Result<> Glass::screenshot_of(flow::Screen screen, bool timeout, const std::filesystem::path& file,
                              Language language)
{
    flow::Model model = kiosk_.model();
    model.screen = screen;
    model.language = language;
    model.timeout_dialog = timeout;
    model.timeout_seconds_left = 12;
    return window_.screenshot(frame(model), file);
}

} // namespace montbrillant
