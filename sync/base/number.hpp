// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A number from text that may be anything.

#include <charconv>
#include <optional>
#include <string_view>

namespace montbrillant {

/// The whole text as a number; nothing when it is none or does not fit.
template <class Number> [[nodiscard]] std::optional<Number> number_from(std::string_view text)
{
    Number value{};
    const char* end = text.data() + text.size();
    const auto [stop, wrong] = std::from_chars(text.data(), end, value);
    return wrong == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

} // namespace montbrillant
