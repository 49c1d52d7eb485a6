// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Every screen as a function of the model. `draw_screen` is all that a composition root calls; the others
/// are one per Screen, in screens/*.cpp. Between ui.begin and ui.end, UI thread.

#include "kiosk/flow/model.hpp"
#include "kiosk/ui/ui.hpp"

namespace montbrillant::ui {

/// The screen of model.screen, and the timeout dialog above it when that is due.
void draw_screen(Ui& ui, const flow::Model& model);

/// How this person wants to see it.
[[nodiscard]] Look look_of(const flow::Model& model, Colour accent = rgb(0x0B5394));

void draw_attract(Ui& ui, const flow::Model& model);        // screens/attract.cpp
void draw_search(Ui& ui, const flow::Model& model);         // screens/find.cpp
void draw_verify_code(Ui& ui, const flow::Model& model);    // screens/find.cpp
void draw_confirm(Ui& ui, const flow::Model& model);        // screens/confirm.cpp
void draw_staff_release(Ui& ui, const flow::Model& model);  // screens/confirm.cpp
void draw_printing(Ui& ui, const flow::Model& model);       // screens/badge.cpp
void draw_take_card(Ui& ui, const flow::Model& model);      // screens/badge.cpp
void draw_done(Ui& ui, const flow::Model& model);           // screens/done.cpp
void draw_desk_ticket(Ui& ui, const flow::Model& model);    // screens/done.cpp
void draw_locker(Ui& ui, const flow::Model& model);         // screens/locker.cpp
void draw_staff_sign_in(Ui& ui, const flow::Model& model);  // screens/staff.cpp
void draw_staff_menu(Ui& ui, const flow::Model& model);     // screens/staff.cpp
void draw_lend(Ui& ui, const flow::Model& model);           // screens/loans.cpp
void draw_take_back(Ui& ui, const flow::Model& model);      // screens/loans.cpp
void draw_help(Ui& ui, const flow::Model& model);           // screens/everywhere.cpp
void draw_info(Ui& ui, const flow::Model& model);           // screens/everywhere.cpp
void draw_language(Ui& ui, const flow::Model& model);       // screens/everywhere.cpp
void draw_timeout_dialog(Ui& ui, const flow::Model& model); // screens/everywhere.cpp

} // namespace montbrillant::ui
