// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/name_keys.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace montbrillant {
namespace {

struct Letter {
    char32_t from;
    std::string_view to;
};

/// Latin letters that NFKD leaves whole.
constexpr std::array latin_letters{
    Letter{U'ł', "l"}, Letter{U'ø', "o"}, Letter{U'ß', "ss"}, Letter{U'æ', "ae"}, Letter{U'œ', "oe"},
    Letter{U'ı', "i"}, Letter{U'đ', "d"}, Letter{U'ð', "d"},  Letter{U'þ', "th"}, Letter{U'ħ', "h"},
    Letter{U'ŋ', "n"}, Letter{U'ŧ', "t"}, Letter{U'ə', "e"},  Letter{U'ɛ', "e"},  Letter{U'ɔ', "o"},
    Letter{U'ɓ', "b"}, Letter{U'ɗ', "d"}, Letter{U'ƙ', "k"},  Letter{U'ƴ', "y"},  Letter{U'ĸ', "k"}};

constexpr std::array arabic_letters{std::pair{U'ى', U'ي'}, std::pair{U'ة', U'ه'}, std::pair{U'ٱ', U'ا'},
                                    std::pair{U'ی', U'ي'}, std::pair{U'ک', U'ك'}, std::pair{U'ہ', U'ه'}};

/// Consonants that several scripts without vowels share, in the letters of `consonants`.
constexpr std::array consonant_letters{
    Letter{U'ب', "b"}, Letter{U'ت', "t"}, Letter{U'ث', "t"}, Letter{U'ج', "j"}, Letter{U'ح', "h"},
    Letter{U'خ', "k"}, Letter{U'د', "d"}, Letter{U'ذ', "d"}, Letter{U'ر', "r"}, Letter{U'ز', "z"},
    Letter{U'س', "s"}, Letter{U'ش', "s"}, Letter{U'ص', "s"}, Letter{U'ض', "d"}, Letter{U'ط', "t"},
    Letter{U'ظ', "z"}, Letter{U'غ', "k"}, Letter{U'ف', "f"}, Letter{U'ق', "k"}, Letter{U'ك', "k"},
    Letter{U'ل', "l"}, Letter{U'م', "m"}, Letter{U'ن', "n"}, Letter{U'ه', "h"}, Letter{U'پ', "b"},
    Letter{U'چ', "s"}, Letter{U'گ', "k"}, Letter{U'ژ', "z"}, Letter{U'ٹ', "t"}, Letter{U'ڈ', "d"},
    Letter{U'ڑ', "r"}, Letter{U'ھ', ""},  Letter{U'ں', "n"}, Letter{U'ב', "b"}, Letter{U'ג', "k"},
    Letter{U'ד', "d"}, Letter{U'ה', "h"}, Letter{U'ז', "z"}, Letter{U'ח', "h"}, Letter{U'ט', "t"},
    Letter{U'כ', "k"}, Letter{U'ך', "k"}, Letter{U'ל', "l"}, Letter{U'מ', "m"}, Letter{U'ם', "m"},
    Letter{U'נ', "n"}, Letter{U'ן', "n"}, Letter{U'ס', "s"}, Letter{U'פ', "f"}, Letter{U'ף', "f"},
    Letter{U'צ', "z"}, Letter{U'ץ', "z"}, Letter{U'ק', "k"}, Letter{U'ר', "r"}, Letter{U'ש', "s"},
    Letter{U'ת', "t"}};

constexpr std::u32string_view apostrophes =
    U"'`´\u02B9\u02BA\u02BB\u02BC\u02BD\u02BE\u02BF\u2018\u2019\u201B\u2032\u05F3";

template <class Range> const Letter* find_letter(const Range& letters, char32_t c)
{
    const auto at =
        std::find_if(letters.begin(), letters.end(), [&](const Letter& one) { return one.from == c; });
    return at == letters.end() ? nullptr : &*at;
}

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// `fold` for the most usual case, the same without ICU.
std::string fold_ascii(std::string_view text)
{
    std::string out;
    for (char c : text) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out += c;
        else if (c != '\'' && c != '`' && !out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (out.ends_with(' '))
        out.pop_back();
    return out;
}

void append_folded(std::u32string& out, char32_t c)
{
    c = unicode::lower(c);
    if (const Letter* letter = find_letter(latin_letters, c)) {
        out.append(letter->to.begin(), letter->to.end());
        return;
    }
    for (const auto& [from, to] : arabic_letters) {
        if (c == from)
            c = to;
    }
    out += c;
}

/// How letters sound, longer ones first; what is not here sounds as it is written. 'e' is every front vowel,
/// 'o' every back one.
struct Sound {
    std::string_view from;
    std::string_view to;
};
constexpr std::array sounds{
    Sound{"schtsch", "s"}, Sound{"shch", "s"}, Sound{"tsch", "c"}, Sound{"tch", "c"}, Sound{"sch", "s"},
    Sound{"dzh", "s"},     Sound{"sh", "s"},   Sound{"sz", "s"},   Sound{"ch", "c"},  Sound{"cz", "c"},
    Sound{"ts", "s"},      Sound{"tz", "s"},   Sound{"zh", "s"},   Sound{"dj", "d"},  Sound{"kh", "h"},
    Sound{"gh", "g"},      Sound{"ph", "v"},   Sound{"th", "t"},   Sound{"dh", "d"},  Sound{"bh", "b"},
    Sound{"ck", "k"},      Sound{"ee", "e"},   Sound{"ie", "e"},   Sound{"ei", "e"},  Sound{"ey", "e"},
    Sound{"ai", "e"},      Sound{"ay", "e"},   Sound{"ae", "e"},   Sound{"oo", "o"},  Sound{"ou", "o"},
    Sound{"eu", "o"},      Sound{"eo", "o"},   Sound{"ce", "se"},  Sound{"ci", "se"}, Sound{"cy", "se"},
    Sound{"c", "k"},       Sound{"q", "k"},    Sound{"x", "ks"},   Sound{"w", "v"},   Sound{"f", "v"},
    Sound{"z", "s"},       Sound{"i", "e"},    Sound{"j", "e"},    Sound{"y", "e"},   Sound{"u", "o"}};

/// First, or between vowels.
bool h_sounds(std::string_view rest, std::string_view before)
{
    const auto vowel = [](char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; };
    return before.empty() || (rest.size() > 1 && vowel(rest[1]) && vowel(before.back()));
}

/// Consonants of a Latin word; `g` is what the letter g counts as: j in Cairo, k in the Gulf.
struct Consonant {
    std::string_view from;
    std::string_view to;
};
constexpr std::array consonants_of_latin{
    Consonant{"sch", "s"}, Consonant{"sh", "s"}, Consonant{"ch", "s"}, Consonant{"th", "t"},
    Consonant{"dh", "d"},  Consonant{"kh", "k"}, Consonant{"gh", "k"}, Consonant{"ph", "f"},
    Consonant{"zh", "z"},  Consonant{"dj", "j"}, Consonant{"tz", "z"}, Consonant{"ts", "z"},
    Consonant{"q", "k"},   Consonant{"c", "k"},  Consonant{"x", "ks"}, Consonant{"p", "b"},
    Consonant{"a", ""},    Consonant{"e", ""},   Consonant{"i", ""},   Consonant{"o", ""},
    Consonant{"u", ""},    Consonant{"w", ""},   Consonant{"y", ""},   Consonant{"v", ""}};

/// Without doubled letters and a final h.
std::string tidy_consonants(std::string plain)
{
    plain.erase(std::unique(plain.begin(), plain.end()), plain.end());
    if (plain.ends_with('h'))
        plain.pop_back();
    return plain;
}

/// The first entry that `rest`, which is not empty, begins with.
template <class Table> const auto* first_of(const Table& table, std::string_view rest)
{
    const auto* const at = std::find_if(table.begin(), table.end(), [&](const auto& one) {
        return one.from.front() == rest.front() && rest.starts_with(one.from);
    });
    return at == table.end() ? nullptr : at;
}

void add_new(std::vector<std::string>& out, std::string text)
{
    if (!text.empty() && std::find(out.begin(), out.end(), text) == out.end())
        out.push_back(std::move(text));
}

std::string latin_consonants(std::string_view word, char g)
{
    std::string plain;
    while (!word.empty()) {
        const Consonant* const known = first_of(consonants_of_latin, word);
        if (known != nullptr)
            plain += known->to;
        else
            plain += word.front() == 'g' ? g : word.front();
        word.remove_prefix(known != nullptr ? known->from.size() : 1);
    }
    return tidy_consonants(std::move(plain));
}

/// Hebrew bet may be b or v, and v counts as a vowel; pe may be p or f.
std::string native_consonants(std::u32string_view word, bool bet_is_v, bool pe_is_p)
{
    if (word.starts_with(U"ال") && word.size() > 3)
        word.remove_prefix(2);
    std::string plain;
    for (const char32_t c : word) {
        const Letter* letter = find_letter(consonant_letters, c);
        const bool pe = c == U'פ' || c == U'ף';
        if (letter != nullptr && !(c == U'ב' && bet_is_v))
            plain += pe && pe_is_p ? "b" : letter->to;
    }
    return tidy_consonants(std::move(plain));
}

} // namespace

std::string fold(std::string_view text)
{
    if (is_ascii(text))
        return fold_ascii(text);
    std::u32string out;
    for (const char32_t c : unicode::code_points(unicode::nfkd(text))) {
        constexpr char32_t tatweel = 0x0640;
        constexpr char32_t hamza = 0x0621;
        if (unicode::is_mark(c) || c == tatweel || c == hamza ||
            apostrophes.find(c) != std::u32string_view::npos)
            continue;
        if (unicode::is_letter(c) || unicode::is_digit(c))
            append_folded(out, c);
        else if (!out.empty() && out.back() != U' ')
            out += U' ';
    }
    if (out.ends_with(U' '))
        out.pop_back();
    return unicode::utf8(out);
}

std::vector<std::string> split_words(std::string_view folded)
{
    std::vector<std::string> out;
    while (!folded.empty()) {
        const std::size_t end = std::min(folded.find(' '), folded.size());
        if (end > 0)
            out.emplace_back(folded.substr(0, end));
        folded.remove_prefix(std::min(end + 1, folded.size()));
    }
    return out;
}

std::string sound_of(std::string_view folded_word)
{
    std::string out;
    const bool ends_in_ic = folded_word.ends_with("ic");
    const std::size_t size = folded_word.size();
    for (std::size_t i = 0; i < size;) {
        const std::string_view rest = folded_word.substr(i);
        if (rest.front() < 'a' || rest.front() > 'z')
            return {};
        const Sound* const known = first_of(sounds, rest);
        std::string_view sound = known == nullptr ? rest.substr(0, 1) : known->to;
        if (rest == "c" && ends_in_ic)
            sound = "c"; // Petrovic is Petrovich
        if (rest.front() != 'h' || h_sounds(rest, out))
            out += sound;
        i += known == nullptr ? 1 : known->from.size();
    }
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::vector<std::string> consonants(std::string_view folded_word)
{
    std::vector<std::string> out;
    const auto latin = [](char c) { return c >= 'a' && c <= 'z'; };
    if (std::all_of(folded_word.begin(), folded_word.end(), latin)) {
        constexpr std::size_t with_article_min = 6;
        const bool article = folded_word.size() >= with_article_min &&
                             (folded_word.starts_with("al") || folded_word.starts_with("el"));
        for (const char g : {'j', 'k'}) {
            add_new(out, latin_consonants(folded_word, g));
            if (article)
                add_new(out, latin_consonants(folded_word.substr(2), g));
        }
        return out;
    }
    const std::u32string text = unicode::code_points(folded_word);
    const auto has = [&](unicode::Script script) {
        return std::any_of(text.begin(), text.end(),
                           [&](char32_t c) { return unicode::script_of(c) == script; });
    };
    if (!has(unicode::Script::arabic) && !has(unicode::Script::hebrew))
        return out;
    for (const bool bet_is_v : {false, true}) {
        for (const bool pe_is_p : {false, true})
            add_new(out, native_consonants(text, bet_is_v, pe_is_p));
    }
    return out;
}

} // namespace montbrillant
