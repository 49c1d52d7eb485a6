// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The compiled table behind messages.hpp; only messages.cpp and the tests use it.

#include "kiosk/i18n/id.hpp"
#include "sync/base/language.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace montbrillant::i18n {

/// Arabic has six plural forms, no language has more.
inline constexpr std::size_t forms_max = 6;

/// Form 0 of a text without plural is the text. Empty: the language has fewer forms.
[[nodiscard]] std::string_view catalog_form(Language language, Id id, std::size_t form);

/// The form that the language's Plural-Forms header gives for `n`.
[[nodiscard]] std::size_t catalog_plural(Language language, unsigned long n);

} // namespace montbrillant::i18n
