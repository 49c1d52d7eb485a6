// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/unicode.hpp"

#include <cassert>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

namespace montbrillant::unicode {
namespace {

icu::UnicodeString utf16(std::string_view text)
{
    return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

std::string normalized(std::string_view text, const icu::Normalizer2* form)
{
    UErrorCode status = U_ZERO_ERROR;
    std::string out;
    form->normalize(utf16(text), status).toUTF8String(out);
    return out;
}

bool plain_ascii(std::string_view text)
{
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x80)
            return false;
    }
    return true;
}

} // namespace

std::optional<std::size_t> first_bad_byte(std::string_view text)
{
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<int32_t>(text.size());
    int32_t at = 0;
    while (at < size) {
        const int32_t start = at;
        UChar32 c = 0;
        U8_NEXT(bytes, at, size, c);
        if (c < 0)
            return static_cast<std::size_t>(start);
    }
    return std::nullopt;
}

std::string nfc(std::string_view text)
{
    if (plain_ascii(text))
        return std::string(text);
    UErrorCode status = U_ZERO_ERROR;
    return normalized(text, icu::Normalizer2::getNFCInstance(status));
}

std::string nfkd(std::string_view text)
{
    if (plain_ascii(text))
        return std::string(text);
    UErrorCode status = U_ZERO_ERROR;
    return normalized(text, icu::Normalizer2::getNFKDInstance(status));
}

std::string_view cut(std::string_view text, std::size_t bytes_max)
{
    if (text.size() <= bytes_max)
        return text;
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U)
        --bytes_max;
    return text.substr(0, bytes_max);
}

std::u32string code_points(std::string_view text)
{
    std::u32string out;
    out.reserve(text.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<int32_t>(text.size());
    for (int32_t at = 0; at < size;) {
        UChar32 c = 0;
        U8_NEXT(bytes, at, size, c);
        out += c < 0 ? U'\uFFFD' : static_cast<char32_t>(c);
    }
    return out;
}

std::string utf8(std::u32string_view text)
{
    icu::UnicodeString work;
    for (const char32_t c : text)
        work.append(static_cast<UChar32>(c));
    std::string out;
    return work.toUTF8String(out);
}

char32_t lower(char32_t c) { return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))); }

bool is_mark(char32_t c) { return (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_M_MASK) != 0; }

bool is_letter(char32_t c) { return (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_L_MASK) != 0; }

bool is_digit(char32_t c) { return u_isdigit(static_cast<UChar32>(c)) != 0; }

bool is_control(char32_t c)
{
    const bool turns = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return turns || c == 0x2028 || c == 0x2029 || u_charType(static_cast<UChar32>(c)) == U_CONTROL_CHAR;
}

Script script_of(char32_t c)
{
    UErrorCode status = U_ZERO_ERROR;
    const auto script = static_cast<int>(uscript_getScript(static_cast<UChar32>(c), &status));
    if (script == USCRIPT_LATIN)
        return Script::latin;
    if (script == USCRIPT_CYRILLIC)
        return Script::cyrillic;
    if (script == USCRIPT_GREEK)
        return Script::greek;
    if (script == USCRIPT_ARABIC)
        return Script::arabic;
    if (script == USCRIPT_HEBREW)
        return Script::hebrew;
    if (script == USCRIPT_ETHIOPIC)
        return Script::ethiopic;
    if (script == USCRIPT_TAMIL)
        return Script::tamil;
    if (script == USCRIPT_THAI)
        return Script::thai;
    if (script == USCRIPT_HAN)
        return Script::han;
    if (script == USCRIPT_HANGUL)
        return Script::hangul;
    if (script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA)
        return Script::kana;
    return Script::other;
}

struct Transliterator::Impl {
    std::unique_ptr<icu::Transliterator> icu;
};

Transliterator::Transliterator(std::string_view id) : impl_(std::make_unique<Impl>())
{
    UErrorCode status = U_ZERO_ERROR;
    impl_->icu.reset(icu::Transliterator::createInstance(utf16(id), UTRANS_FORWARD, status));
    assert(impl_->icu != nullptr && U_SUCCESS(status));
}

Transliterator::Transliterator(Transliterator&&) noexcept = default;
Transliterator& Transliterator::operator=(Transliterator&&) noexcept = default;
Transliterator::~Transliterator() = default;

std::string Transliterator::operator()(std::string_view text) const
{
    icu::UnicodeString work = utf16(text);
    impl_->icu->transliterate(work);
    std::string out;
    work.toUTF8String(out);
    return out;
}

} // namespace montbrillant::unicode
