// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What every screen file needs.

#include "kiosk/flow/update.hpp"
#include "kiosk/i18n/messages.hpp"
#include "kiosk/ui/page.hpp"
#include "kiosk/ui/screens.hpp"
#include "kiosk/ui/words.hpp"

namespace montbrillant::ui {

using flow::Button;
using i18n::Id;

[[nodiscard]] inline std::string say(const Ui& ui, Id id)
{
    return std::string(i18n::text(ui.language(), id));
}

[[nodiscard]] inline ButtonLook labelled(const Ui& ui, Button button, Id label, Icon icon = Icon::none)
{
    return button_of(button, say(ui, label), icon);
}

} // namespace montbrillant::ui
