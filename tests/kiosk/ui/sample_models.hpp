// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Every screen in every state that looks different, with a person whose names are long: what the lints
/// measure and the gallery draws.

#include "kiosk/flow/model.hpp"

#include <string>
#include <vector>

namespace montbrillant {

struct Sample {
    std::string name; ///< "locker-opened"
    flow::Model model;
};

[[nodiscard]] std::vector<Sample> sample_models(Language language);

} // namespace montbrillant
