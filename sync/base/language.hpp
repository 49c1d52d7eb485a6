// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The six languages of the United Nations, in the alphabetical order of their English names.

#include <array>
#include <optional>
#include <string_view>

namespace montbrillant {

enum class Language { ar, zh, en, fr, ru, es };

inline constexpr std::array all_languages{Language::ar, Language::zh, Language::en,
                                          Language::fr, Language::ru, Language::es};

/// ISO 639-1: "ar", "zh", ...
[[nodiscard]] constexpr std::string_view language_code(Language language)
{
    switch (language) {
    case Language::ar: return "ar";
    case Language::zh: return "zh";
    case Language::en: return "en";
    case Language::fr: return "fr";
    case Language::ru: return "ru";
    case Language::es: return "es";
    }
    return "en";
}

/// The language's name in itself.
[[nodiscard]] constexpr std::string_view language_name(Language language)
{
    switch (language) {
    case Language::ar: return "العربية";
    case Language::zh: return "中文";
    case Language::en: return "English";
    case Language::fr: return "Français";
    case Language::ru: return "Русский";
    case Language::es: return "Español";
    }
    return "English";
}

[[nodiscard]] constexpr bool right_to_left(Language language) { return language == Language::ar; }

[[nodiscard]] constexpr std::optional<Language> language_from_code(std::string_view code)
{
    for (const auto language : all_languages) {
        if (language_code(language) == code)
            return language;
    }
    return std::nullopt;
}

} // namespace montbrillant
