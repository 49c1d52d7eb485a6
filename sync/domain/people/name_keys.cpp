// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/name_keys.hpp"

#include <algorithm>
#include <array>
#include <span>
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

/// "Mueller", "Soerensen", "Aase": how German and Nordic letters are written where there are none (ICAO
/// 9303).
constexpr std::array spelled_out{Letter{U'ä', "ae"}, Letter{U'ö', "oe"}, Letter{U'ü', "ue"},
                                 Letter{U'å', "aa"}, Letter{U'ø', "oe"}};

constexpr std::array arabic_letters{std::pair{U'ى', U'ي'}, std::pair{U'ة', U'ه'}, std::pair{U'ٱ', U'ا'},
                                    std::pair{U'ی', U'ي'}, std::pair{U'ک', U'ك'}, std::pair{U'ہ', U'ه'}};

constexpr std::array arabic_consonants{
    Letter{U'ب', "b"},  Letter{U'ت', "t"},  Letter{U'ث', "th"}, Letter{U'ج', "j"}, Letter{U'ح', "h"},
    Letter{U'خ', "kh"}, Letter{U'د', "d"},  Letter{U'ذ', "dh"}, Letter{U'ر', "r"}, Letter{U'ز', "z"},
    Letter{U'س', "s"},  Letter{U'ش', "sh"}, Letter{U'ص', "s"},  Letter{U'ض', "d"}, Letter{U'ط', "t"},
    Letter{U'ظ', "z"},  Letter{U'غ', "gh"}, Letter{U'ف', "f"},  Letter{U'ق', "k"}, Letter{U'ك', "k"},
    Letter{U'ل', "l"},  Letter{U'م', "m"},  Letter{U'ن', "n"},  Letter{U'ه', "h"}, Letter{U'پ', "b"},
    Letter{U'چ', "ch"}, Letter{U'گ', "j"}};

/// One Cyrillic letter in the three manners people write it: BGN/PCGN, ICAO 9303, and the popular one.
struct CyrillicLetter {
    char32_t from;
    std::array<std::string_view, 3> to;
};

constexpr std::array cyrillic_letters{
    CyrillicLetter{U'а', {"a", "a", "a"}},     CyrillicLetter{U'б', {"b", "b", "b"}},
    CyrillicLetter{U'в', {"v", "v", "v"}},     CyrillicLetter{U'г', {"g", "g", "g"}},
    CyrillicLetter{U'ґ', {"g", "g", "g"}},     CyrillicLetter{U'д', {"d", "d", "d"}},
    CyrillicLetter{U'е', {"e", "e", "e"}},     CyrillicLetter{U'ё', {"yo", "e", "jo"}},
    CyrillicLetter{U'є', {"ye", "ie", "je"}},  CyrillicLetter{U'ж', {"zh", "zh", "j"}},
    CyrillicLetter{U'з', {"z", "z", "z"}},     CyrillicLetter{U'и', {"i", "i", "i"}},
    CyrillicLetter{U'і', {"i", "i", "i"}},     CyrillicLetter{U'ї', {"yi", "i", "ji"}},
    CyrillicLetter{U'й', {"y", "i", "j"}},     CyrillicLetter{U'к', {"k", "k", "k"}},
    CyrillicLetter{U'л', {"l", "l", "l"}},     CyrillicLetter{U'м', {"m", "m", "m"}},
    CyrillicLetter{U'н', {"n", "n", "n"}},     CyrillicLetter{U'о', {"o", "o", "o"}},
    CyrillicLetter{U'п', {"p", "p", "p"}},     CyrillicLetter{U'р', {"r", "r", "r"}},
    CyrillicLetter{U'с', {"s", "s", "s"}},     CyrillicLetter{U'т', {"t", "t", "t"}},
    CyrillicLetter{U'у', {"u", "u", "u"}},     CyrillicLetter{U'ў', {"u", "u", "w"}},
    CyrillicLetter{U'ф', {"f", "f", "f"}},     CyrillicLetter{U'х', {"kh", "kh", "h"}},
    CyrillicLetter{U'ц', {"ts", "ts", "c"}},   CyrillicLetter{U'ч', {"ch", "ch", "tch"}},
    CyrillicLetter{U'ш', {"sh", "sh", "sch"}}, CyrillicLetter{U'щ', {"shch", "shch", "sch"}},
    CyrillicLetter{U'ъ', {"", "ie", ""}},      CyrillicLetter{U'ы', {"y", "y", "i"}},
    CyrillicLetter{U'ь', {"", "", ""}},        CyrillicLetter{U'э', {"e", "e", "e"}},
    CyrillicLetter{U'ю', {"yu", "iu", "ju"}},  CyrillicLetter{U'я', {"ya", "ia", "ja"}},
    CyrillicLetter{U'ә', {"a", "a", "a"}},     CyrillicLetter{U'ғ', {"gh", "g", "g"}},
    CyrillicLetter{U'қ', {"q", "k", "k"}},     CyrillicLetter{U'ң', {"n", "n", "ng"}},
    CyrillicLetter{U'ө', {"o", "o", "o"}},     CyrillicLetter{U'ұ', {"u", "u", "u"}},
    CyrillicLetter{U'ү', {"u", "u", "u"}},     CyrillicLetter{U'һ', {"h", "h", "h"}},
    CyrillicLetter{U'ђ', {"dj", "d", "dj"}},   CyrillicLetter{U'ј', {"j", "j", "y"}},
    CyrillicLetter{U'љ', {"lj", "lj", "ly"}},  CyrillicLetter{U'њ', {"nj", "nj", "ny"}},
    CyrillicLetter{U'ћ', {"c", "c", "ch"}},    CyrillicLetter{U'џ', {"dz", "dz", "dzh"}}};

struct Cluster {
    std::u32string_view from;
    std::string_view to;
};

/// ELOT 743; longer ones first. Letters come without accents.
constexpr std::array greek_clusters{
    Cluster{U"ου", "ou"}, Cluster{U"αυ", "av"}, Cluster{U"ευ", "ev"},  Cluster{U"ηυ", "iv"},
    Cluster{U"γγ", "ng"}, Cluster{U"γξ", "nx"}, Cluster{U"γχ", "nch"}, Cluster{U"μπ", "mp"},
    Cluster{U"α", "a"},   Cluster{U"β", "v"},   Cluster{U"γ", "g"},    Cluster{U"δ", "d"},
    Cluster{U"ε", "e"},   Cluster{U"ζ", "z"},   Cluster{U"η", "i"},    Cluster{U"θ", "th"},
    Cluster{U"ι", "i"},   Cluster{U"κ", "k"},   Cluster{U"λ", "l"},    Cluster{U"μ", "m"},
    Cluster{U"ν", "n"},   Cluster{U"ξ", "x"},   Cluster{U"ο", "o"},    Cluster{U"π", "p"},
    Cluster{U"ρ", "r"},   Cluster{U"σ", "s"},   Cluster{U"ς", "s"},    Cluster{U"τ", "t"},
    Cluster{U"υ", "y"},   Cluster{U"φ", "f"},   Cluster{U"χ", "ch"},   Cluster{U"ψ", "ps"},
    Cluster{U"ω", "o"}};

/// Customary spellings of Korean surnames, the most usual first.
struct KoreanSurname {
    std::string_view hangul;
    std::string_view spellings;
};

constexpr std::array korean_surnames{KoreanSurname{"김", "kim gim"},
                                     KoreanSurname{"이", "lee yi i rhee"},
                                     KoreanSurname{"박", "park bak pak"},
                                     KoreanSurname{"최", "choi choe"},
                                     KoreanSurname{"정", "jung jeong chung"},
                                     KoreanSurname{"강", "kang gang"},
                                     KoreanSurname{"조", "cho jo"},
                                     KoreanSurname{"윤", "yoon yun"},
                                     KoreanSurname{"장", "jang chang"},
                                     KoreanSurname{"임", "lim im"},
                                     KoreanSurname{"한", "han hahn"},
                                     KoreanSurname{"오", "oh o"},
                                     KoreanSurname{"서", "seo suh"},
                                     KoreanSurname{"신", "shin sin"},
                                     KoreanSurname{"권", "kwon gwon"},
                                     KoreanSurname{"황", "hwang whang"},
                                     KoreanSurname{"안", "ahn an"},
                                     KoreanSurname{"송", "song"},
                                     KoreanSurname{"류", "ryu yoo"},
                                     KoreanSurname{"유", "yoo yu ryu"},
                                     KoreanSurname{"전", "jeon jun chun"},
                                     KoreanSurname{"홍", "hong"},
                                     KoreanSurname{"고", "ko go koh"},
                                     KoreanSurname{"문", "moon mun"},
                                     KoreanSurname{"양", "yang"},
                                     KoreanSurname{"손", "son sohn"},
                                     KoreanSurname{"배", "bae pae"},
                                     KoreanSurname{"백", "baek paik"},
                                     KoreanSurname{"허", "heo hur huh"},
                                     KoreanSurname{"노", "noh roh no"},
                                     KoreanSurname{"심", "shim sim"},
                                     KoreanSurname{"주", "joo ju chu"},
                                     KoreanSurname{"구", "koo gu"},
                                     KoreanSurname{"우", "woo u"},
                                     KoreanSurname{"남궁", "namgoong namgung"}};

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

bool any_of_script(std::u32string_view text, unicode::Script script)
{
    return std::any_of(text.begin(), text.end(), [&](char32_t c) { return unicode::script_of(c) == script; });
}

void append(std::u32string& out, std::string_view ascii) { out.append(ascii.begin(), ascii.end()); }

std::string spell_out(std::u32string_view name)
{
    std::u32string out;
    for (const char32_t c : name) {
        if (const Letter* letter = find_letter(spelled_out, unicode::lower(c)))
            append(out, letter->to);
        else
            out += c;
    }
    return out == name ? std::string{} : fold(unicode::utf8(out));
}

/// `manner`: an index of CyrillicLetter::to. Ukrainian and Belarusian read two letters their own way.
std::string cyrillic(std::u32string_view name, std::size_t manner)
{
    const bool ukrainian = name.find_first_of(U"іїєґІЇЄҐ") != std::u32string_view::npos;
    std::u32string out;
    for (char32_t c : name) {
        c = unicode::lower(c);
        const auto* at = std::find_if(cyrillic_letters.begin(), cyrillic_letters.end(),
                                      [&](const auto& one) { return one.from == c; });
        if (ukrainian && c == U'г')
            out += U'h';
        else if (ukrainian && c == U'и')
            out += U'y';
        else if (at != cyrillic_letters.end())
            append(out, at->to[manner]);
        else
            out += c;
    }
    return fold(unicode::utf8(out));
}

std::string greek(std::string_view name)
{
    const std::u32string text = unicode::code_points(fold(name));
    std::string out;
    for (std::u32string_view rest = text; !rest.empty();) {
        const auto* at = std::find_if(greek_clusters.begin(), greek_clusters.end(),
                                      [&](const auto& one) { return rest.starts_with(one.from); });
        const std::size_t taken = at == greek_clusters.end() ? 1 : at->from.size();
        const bool first = out.empty() || out.ends_with(' ');
        if (at == greek_clusters.end())
            out += unicode::utf8(rest.substr(0, 1));
        else
            out += first && at->to == "mp" ? "b" : at->to;
        rest.remove_prefix(taken);
    }
    return fold(out);
}

void replace_all(std::string& text, std::string_view from, std::string_view to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// ICU's scholarly Latin of Indic scripts in the letters people use: rājēśa -> rajesh.
std::string everyday(std::string latin)
{
    latin = unicode::nfc(latin);
    for (const auto& [from, to] : {std::pair{"ś", "sh"}, std::pair{"ṣ", "sh"}, std::pair{"r\u0325", "ri"},
                                   std::pair{"ṛ", "ri"}, std::pair{"c", "ch"}, std::pair{"chh", "ch"}})
        replace_all(latin, from, to);
    return fold(latin);
}

/// In Hindi and its kin the inherent vowel of the last syllable is silent.
std::string without_final_a(const std::string& phrase)
{
    std::string out;
    for (std::string word : split_words(phrase)) {
        if (word.size() > 3 && word.ends_with('a'))
            word.pop_back();
        out += (out.empty() ? "" : " ") + word;
    }
    return out;
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

std::string consonants(std::string_view folded_word)
{
    const std::u32string text = unicode::code_points(folded_word);
    std::string plain;
    if (any_of_script(text, unicode::Script::arabic)) {
        std::u32string_view rest = text;
        if (rest.starts_with(U"ال") && rest.size() > 3)
            rest.remove_prefix(2);
        for (const char32_t c : rest) {
            if (const Letter* letter = find_letter(arabic_consonants, c))
                plain += letter->to;
        }
    } else {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char32_t c = text[i];
            if (c < U'a' || c > U'z')
                return {};
            const bool gh = c == U'g' && i + 1 < text.size() && text[i + 1] == U'h';
            if (c == U'q' || (c == U'c' && !(i + 1 < text.size() && text[i + 1] == U'h')))
                plain += 'k';
            else if (c == U'g' && !gh)
                plain += 'j';
            else if (c == U'p')
                plain += 'b';
            else if (std::u32string_view(U"aeiouwy").find(c) == std::u32string_view::npos)
                plain += static_cast<char>(c);
        }
    }
    plain.erase(std::unique(plain.begin(), plain.end()), plain.end());
    const bool digraph = plain.size() > 1 &&
                         std::string_view("cdgkst").find(plain[plain.size() - 2]) != std::string_view::npos;
    if (plain.ends_with('h') && !digraph)
        plain.pop_back();
    return plain;
}

NameSpeller::NameSpeller()
    : pinyin_("Han-Latin"), pinyin_of_surnames_("Han-Latin/Names"), hangul_("Hangul-Latin"), any_("Any-Latin")
{
}

namespace {

/// Adds a spelling that is new and has letters.
void add(std::vector<std::string>& out, std::string spelling)
{
    if (!spelling.empty() && out.size() < NameSpeller::spellings_max &&
        std::find(out.begin(), out.end(), spelling) == out.end())
        out.push_back(std::move(spelling));
}

void spell_pinyin(std::vector<std::string>& out, std::string pinyin)
{
    add(out, fold(pinyin));
    // Typed "lv" on Chinese keyboards, printed "lyu" in passports (ISO 7098, GB/T 28039).
    for (const std::string_view other : {"yu", "v"}) {
        std::string spelled;
        for (const char32_t c : unicode::code_points(unicode::nfc(pinyin)))
            spelled += std::u32string_view(U"üǖǘǚǜ").find(c) != std::u32string_view::npos
                           ? std::string(other)
                           : unicode::utf8({&c, 1});
        add(out, fold(spelled));
    }
}

void spell_korean(std::vector<std::string>& out, std::string_view name, bool family,
                  const unicode::Transliterator& hangul)
{
    if (family) {
        for (const auto& surname : korean_surnames) {
            if (surname.hangul == name) {
                for (std::string& one : split_words(surname.spellings))
                    add(out, std::move(one));
                return;
            }
        }
    }
    std::string syllables;
    for (const char32_t c : unicode::code_points(name))
        syllables += hangul(unicode::utf8({&c, 1})) + " ";
    add(out, fold(syllables));
}

} // namespace

std::vector<std::string> NameSpeller::spellings(std::string_view name, bool family) const
{
    std::vector<std::string> out;
    if (is_ascii(name)) {
        add(out, fold_ascii(name));
        return out;
    }
    const std::string composed = unicode::nfc(name);
    const std::u32string text = unicode::code_points(composed);
    if (any_of_script(text, unicode::Script::cyrillic)) {
        for (std::size_t manner = 0; manner < 3; ++manner)
            add(out, cyrillic(text, manner));
    } else if (any_of_script(text, unicode::Script::greek)) {
        add(out, greek(composed));
        add(out, fold(any_(composed)));
    } else if (any_of_script(text, unicode::Script::han)) {
        spell_pinyin(out, family ? pinyin_of_surnames_(composed) : pinyin_(composed));
    } else if (any_of_script(text, unicode::Script::hangul)) {
        spell_korean(out, composed, family, hangul_);
    } else if (any_of_script(text, unicode::Script::latin)) {
        add(out, fold(composed));
        add(out, spell_out(text));
    } else if (!any_of_script(text, unicode::Script::arabic)) {
        const std::string latin = everyday(any_(composed));
        add(out, without_final_a(latin));
        add(out, latin);
    } else {
        add(out, fold(any_(composed)));
    }
    return out;
}

} // namespace montbrillant
