// SPDX-License-Identifier: Apache-2.0
#include "kiosk/flow/update.hpp"

namespace montbrillant::flow {

Part part_of(const Model& model)
{
    switch (model.screen) {
    case Screen::attract:
    case Screen::search: return Part::scanner;
    case Screen::staff_release:
    case Screen::locker: return Part::reader;
    case Screen::printing: return model.card_bound ? Part::printer_slot : Part::card_tray;
    case Screen::take_card: return Part::card_tray;
    case Screen::lend: return model.lend_step == LendStep::scan_tag ? Part::scanner : Part::reader;
    case Screen::take_back: return Part::scanner;
    case Screen::verify_code:
    case Screen::confirm:
    case Screen::done:
    case Screen::desk_ticket:
    case Screen::staff_sign_in:
    case Screen::staff_menu:
    case Screen::help:
    case Screen::info:
    case Screen::language: return Part::none;
    }
    return Part::none;
}

int step_of(Screen screen)
{
    switch (screen) {
    case Screen::search:
    case Screen::verify_code: return 1;
    case Screen::confirm:
    case Screen::staff_release: return 2;
    case Screen::printing:
    case Screen::take_card: return 3;
    case Screen::attract:
    case Screen::done:
    case Screen::locker:
    case Screen::desk_ticket:
    case Screen::staff_sign_in:
    case Screen::staff_menu:
    case Screen::lend:
    case Screen::take_back:
    case Screen::help:
    case Screen::info:
    case Screen::language: return 0;
    }
    return 0;
}

} // namespace montbrillant::flow
