// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Names to make up people from, for sample_people.cpp only. Each list is text: entries separated by ';', an
/// entry "native=Latin", or one form where the native script is Latin already. Combinations are random; a
/// likeness to a living person is chance.

#include <array>
#include <span>
#include <string_view>

namespace montbrillant {

struct NameOrigin {
    std::string_view id;       ///< "arabic"
    bool family_first = false; ///< in the Latin badge name
    std::string_view male;     ///< given names
    std::string_view female;
    std::string_view family;
    std::string_view family_female; ///< in the order of `family`; empty: the same
    std::string_view states;        ///< codes of the States where such names are at home, separated by spaces
};

[[nodiscard]] std::span<const NameOrigin> name_origins();

} // namespace montbrillant
