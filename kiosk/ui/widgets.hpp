// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The parts that screens are made of. All draw into a Ui; rectangles are written from left to right.

#include "kiosk/ui/icons.hpp"
#include "kiosk/ui/qr.hpp"
#include "kiosk/ui/ui.hpp"

#include <span>
#include <string>
#include <vector>

namespace montbrillant::ui {

/// What people entered keeps its own direction whatever the screen's language: FSI and PDI around it.
[[nodiscard]] std::string isolated(const std::string& theirs);

/// The id of a button's rectangle: "button.confirm_yes".
[[nodiscard]] std::string hit_id(flow::Button button);

/// Texts from top to bottom, each as high as it measures.
class Column {
public:
    Column(Ui& ui, Rect area) : ui_(ui), area_(area) {}
    void title(const std::string& text);
    void lead(const std::string& text);
    void text(const std::string& text, const TextLook& look);
    void gap(float units);
    /// What is left below.
    [[nodiscard]] Rect rest() const { return area_; }

private:
    Ui& ui_;
    Rect area_;
};

struct ButtonLook {
    std::string label;
    flow::Msg msg;
    std::string id;
    Icon icon = Icon::none;
    bool enabled = true;
    bool on = false;      ///< a switch that is on
    bool large = false;   ///< the label in the type of a primary action
    bool stacked = false; ///< the icon above a small label
};
/// "button.<name>" that sends Pressed{button}.
[[nodiscard]] ButtonLook button_of(flow::Button button, std::string label, Icon icon = Icon::none);

void primary_button(Ui& ui, Rect rect, const ButtonLook& look);
void quiet_button(Ui& ui, Rect rect, const ButtonLook& look);
/// Three or so of equal width, icon above label. Returns the height.
float stacked_row(Ui& ui, Rect area, std::span<const ButtonLook> buttons, bool dry_run);
/// As wide as a quiet button must be for its label.
[[nodiscard]] float button_width(Ui& ui, const ButtonLook& look);
/// Buttons of equal width side by side; under each other when a label would not fit its share. Returns the
/// height.
float quiet_row(Ui& ui, Rect area, std::span<const ButtonLook> buttons, bool dry_run);

void text_field(Ui& ui, Rect rect, const std::string& text, const std::string& hint);
/// `count` boxes, one character each; always from left to right.
void code_boxes(Ui& ui, Rect area, const std::string& text, std::size_t count);
/// Filled dots for what is typed and never shown.
void pin_dots(Ui& ui, Rect area, std::size_t typed);

void result_row(Ui& ui, Rect rect, std::size_t index, const flow::SearchRow& row);

enum class Outcome { good, attention, stop };
/// Colour, shape and sentence. Returns the height used.
float outcome_panel(Ui& ui, Rect area, Outcome outcome, const std::string& sentence);
[[nodiscard]] float outcome_height(Ui& ui, float width, const std::string& sentence);

void qr_symbol(Ui& ui, Rect area, const QrModules& qr);
/// 1 Find, 2 Confirm, 3 Badge.
void step_indicator(Ui& ui, Rect area, int step);

/// The kiosk in outlines with one part lit.
void kiosk_picture(Ui& ui, Rect area, flow::Part part);

/// Keys for names and codes in the scripts of the six languages; sends KeyTyped and KeyErased.
void keyboard(Ui& ui, Rect area);
/// The height that suits a keyboard of this width.
[[nodiscard]] float keyboard_height(Ui& ui, float width);
void pin_pad(Ui& ui, Rect area, bool can_submit);

} // namespace montbrillant::ui
