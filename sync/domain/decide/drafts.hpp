// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What every decision shares. For this room only.

#include "sync/domain/decide.hpp"

namespace montbrillant::drafts {

[[nodiscard]] inline tl::unexpected<Refused> refuse(Refusal why, std::string detail = {})
{
    return tl::unexpected(Refused{why, std::move(detail)});
}

/// Tries the drafts in order on a scratch layer: a wish never yields a fact that its own kiosk would not
/// admit. `device` is whose facts they will be, where a rule asks for it.
[[nodiscard]] Decided admitted(const State& state, Decision decision, const DeviceId& device = {});
[[nodiscard]] Decided admitted(const State& state, Body fact, const DeviceId& device = {});

/// Why this person gets nothing new: unknown, erased, cancelled, not here; nothing when they may.
[[nodiscard]] std::optional<Refused> not_served(const State& state, const DelegateId& delegate,
                                                const std::string& today);
[[nodiscard]] bool has_right(const State& state, const DelegateId& staff, Right right);
/// Whose live badge this is.
[[nodiscard]] tl::expected<DelegateId, Refused> live_holder(const State& state, const BadgeId& badge);

} // namespace montbrillant::drafts
