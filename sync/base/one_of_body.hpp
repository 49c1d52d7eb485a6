// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What one_of.hpp leaves to one .cpp file.

#include "sync/base/one_of.hpp"

#include <utility>

namespace montbrillant {

template <class... Kinds> OneOf<Kinds...>::OneOf() : Variant() {}
template <class... Kinds> OneOf<Kinds...>::OneOf(const OneOf& other) : Variant(other) {}
template <class... Kinds>
OneOf<Kinds...>::OneOf(OneOf&& other) noexcept : Variant(static_cast<Variant&&>(other))
{
}
template <class... Kinds> OneOf<Kinds...>& OneOf<Kinds...>::operator=(const OneOf& other)
{
    Variant::operator=(other);
    return *this;
}
template <class... Kinds> OneOf<Kinds...>& OneOf<Kinds...>::operator=(OneOf&& other) noexcept
{
    Variant::operator=(static_cast<Variant&&>(other));
    return *this;
}
template <class... Kinds>
OneOf<Kinds...>::~OneOf() {} // NOLINT(modernize-use-equals-default): must be instantiable

} // namespace montbrillant

/// `Name` is an alias of a OneOf: clang, pedantic, wants its template-id. In the namespace of OneOf or one
/// around it.
#define MB_COMPILE_ONE_OF(Name)                                                                              \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wpedantic\"") template Name::OneOf();  \
    template Name::OneOf(const Name&);                                                                       \
    template Name::OneOf(Name&&) noexcept;                                                                   \
    template Name& Name::operator=(const Name&);                                                             \
    template Name& Name::operator=(Name&&) noexcept;                                                         \
    template Name::~OneOf();                                                                                 \
    _Pragma("GCC diagnostic pop")
