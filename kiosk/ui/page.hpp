// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What all screens share: the steps above, banners, one primary action and at most two quiet ones at the
/// thumb's height, and the corner: language, "i", call staff, always in the same place. Portrait: from top to
/// bottom. Landscape: content left, picture and actions right (the other way round in Arabic).

#include "kiosk/flow/model.hpp"
#include "kiosk/ui/widgets.hpp"

#include <optional>
#include <vector>

namespace montbrillant::ui {

struct Page {
    std::optional<ButtonLook> primary;
    std::vector<ButtonLook> quiet;
    bool notice = true; ///< shows model.notice above the actions' column
    bool split = true;  ///< landscape: false gives content and actions the whole width
    float aside_share = 0.4F;
    bool header = true; ///< steps, or the title of the meeting
    float top = 0;      ///< the content begins below: the screen has drawn something there
};

struct Areas {
    Rect content;
    Rect aside; ///< landscape: room for a picture above the actions; portrait: empty
    bool split = false;

    /// Where a picture goes after the texts in `column` are set.
    [[nodiscard]] Rect picture(const Column& column) const { return split ? aside : column.rest(); }
};

[[nodiscard]] Areas begin_page(Ui& ui, const flow::Model& model, const Page& page);

/// Size of the content of a bottom bar and header, for screens that draw their own page.
[[nodiscard]] float corner_height(const Ui& ui);
void corner_bar(Ui& ui, const flow::Model& model);

} // namespace montbrillant::ui
