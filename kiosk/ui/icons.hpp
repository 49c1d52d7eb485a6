// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One family of thin icons on a grid of 24 by 24, drawn by us as lines.

#include "kiosk/ui/canvas.hpp"

namespace montbrillant::ui {

enum class Icon {
    none,
    globe,
    info,
    person,
    check,
    cross,
    warning,
    stop,
    back,
    erase,
    search,
    wifi,
    locker,
    laptop,
    printer,
    card,
    lock,
    returned,
    room,
    edit,
    text_size,
    contrast,
    lower,
    star,
};

/// In placed coordinates; `mirror` for the few that point somewhere.
void draw_icon(Canvas& canvas, Icon icon, Rect box, Colour colour, bool mirror = false);

} // namespace montbrillant::ui
