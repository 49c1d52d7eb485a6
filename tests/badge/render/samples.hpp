// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Badges of made-up people in the six languages, and the worst ones.

#include "badge/layout/layout.hpp"

#include <vector>

namespace montbrillant::test {

[[nodiscard]] Layout a6();
/// One of each language: a head, a photo, names in their own script.
[[nodiscard]] std::vector<BadgeContent> people();
/// Names, organizations and delegations as long as lists really hold.
[[nodiscard]] std::vector<BadgeContent> long_people();
/// A grey JPEG of 48 x 64 pixels.
[[nodiscard]] Bytes photo();

} // namespace montbrillant::test
