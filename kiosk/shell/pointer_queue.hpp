// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Hands out at most one press or release per turn of the loop, so that a tap is met by the frame that the
/// person saw: what was pressed may have changed the screen under the next touch. Follows one finger; others
/// are ignored until it is lifted. Pure.

#include "kiosk/ui/ui.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace montbrillant {

class PointerQueue {
public:
    static constexpr std::size_t events_max = 64;

    void push(ui::PointerKind kind, ui::Point at, std::int64_t finger)
    {
        if (kind == ui::PointerKind::down) {
            if (finger_)
                return;
            finger_ = finger;
        } else if (finger_ != finger) {
            return;
        } else if (kind != ui::PointerKind::move) {
            finger_.reset();
        }
        if (queue_.size() >= events_max && kind == ui::PointerKind::move)
            return; // only movement is lost; a press always meets its release
        queue_.push_back({kind, at});
    }

    /// Movements, then at most one press or release.
    [[nodiscard]] std::vector<ui::PointerEvent> take()
    {
        std::vector<ui::PointerEvent> out;
        while (!queue_.empty()) {
            out.push_back(queue_.front());
            queue_.pop_front();
            if (out.back().kind != ui::PointerKind::move)
                break;
        }
        return out;
    }

    [[nodiscard]] bool pending() const { return !queue_.empty(); }

private:
    std::deque<ui::PointerEvent> queue_;
    std::optional<std::int64_t> finger_;
};

} // namespace montbrillant
