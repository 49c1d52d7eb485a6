// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A std::variant whose copies, moves and destruction are compiled once. Over dozens of kinds they are
/// several seconds of every file that holds such a value. One .cpp file has them; without it the program does
/// not link:
///
///   #include "sync/base/one_of_body.hpp"
///   MB_COMPILE_ONE_OF(Body)
///
/// Everything else (std::visit, std::get_if) is std::variant's own.

#include <cstddef>
#include <variant>

namespace montbrillant {

template <class... Kinds> struct OneOf : std::variant<Kinds...> {
    using Variant = std::variant<Kinds...>;
    using Variant::Variant;
    OneOf();
    OneOf(const OneOf& other);
    OneOf(OneOf&& other) noexcept;
    OneOf& operator=(const OneOf& other);
    OneOf& operator=(OneOf&& other) noexcept;
    ~OneOf();

    static constexpr std::size_t kinds = sizeof...(Kinds);
};

} // namespace montbrillant
