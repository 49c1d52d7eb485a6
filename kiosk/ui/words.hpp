// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Which sentence and which kind of outcome belongs to what the model says.

#include "kiosk/flow/model.hpp"
#include "kiosk/i18n/messages.hpp"
#include "kiosk/ui/widgets.hpp"

#include <optional>

namespace montbrillant::ui {

struct NoticeWords {
    i18n::Id sentence;
    Outcome outcome;
};
/// Nothing for Notice::none.
[[nodiscard]] std::optional<NoticeWords> words_of(flow::Notice notice);

struct LockerWords {
    i18n::Id title;
    std::optional<i18n::Id> why;
    Outcome outcome;
};
[[nodiscard]] LockerWords words_of(flow::LockerStep step);

[[nodiscard]] i18n::Id words_of(flow::Device device);

/// What a device that is in trouble means for the person on this screen.
[[nodiscard]] std::optional<i18n::Id> banner_of(const flow::Model& model);

} // namespace montbrillant::ui
