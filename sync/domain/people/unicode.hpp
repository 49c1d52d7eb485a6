// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of ICU's text functions: UTF-8 checked, composed, cut and transliterated. No policy here.
/// Functions are thread-safe; a Transliterator belongs to one thread at a time.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace montbrillant::unicode {

/// Where the first byte stands that is not well-formed UTF-8 (Unicode 15, table 3-7); nothing when all is
/// well.
[[nodiscard]] std::optional<std::size_t> first_bad_byte(std::string_view text);

/// Normalization form C, and form KD; bad bytes become U+FFFD.
[[nodiscard]] std::string nfc(std::string_view text);
[[nodiscard]] std::string nfkd(std::string_view text);

/// The longest beginning of at most `bytes_max` bytes that ends between two code points.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t bytes_max);

[[nodiscard]] std::u32string code_points(std::string_view text);
[[nodiscard]] std::string utf8(std::u32string_view text);

/// Simple lower case of one code point, without regard to language.
[[nodiscard]] char32_t lower(char32_t c);
/// General categories: marks (M*), letters (L*) and decimal digits (Nd).
[[nodiscard]] bool is_mark(char32_t c);
[[nodiscard]] bool is_letter(char32_t c);
[[nodiscard]] bool is_digit(char32_t c);
/// Line breaks, controls, and the marks that turn the direction of text (U+202A..202E, U+2066..2069).
[[nodiscard]] bool is_control(char32_t c);

enum class Script { latin, cyrillic, greek, arabic, hebrew, ethiopic, tamil, thai, han, hangul, kana, other };
[[nodiscard]] Script script_of(char32_t c);

/// An ICU transform chain such as "Han-Latin; Latin-ASCII". An unknown id is a bug and asserts.
class Transliterator {
public:
    explicit Transliterator(std::string_view id);
    Transliterator(Transliterator&&) noexcept;
    Transliterator& operator=(Transliterator&&) noexcept;
    ~Transliterator();
    [[nodiscard]] std::string operator()(std::string_view text) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace montbrillant::unicode
