// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/romanization.hpp"

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

/// "Mueller", "Soerensen", "Aase": how German and Nordic letters are written where there are none (ICAO
/// 9303).
constexpr std::array spelled_out{Letter{U'ä', "ae"}, Letter{U'ö', "oe"}, Letter{U'ü', "ue"},
                                 Letter{U'å', "aa"}, Letter{U'ø', "oe"}};

/// One Cyrillic letter in the four manners people write it: BGN/PCGN, ICAO 9303, the popular one of German
/// and French, and the Latin of the Balkans without its accents.
constexpr std::size_t cyrillic_manners = 4;
constexpr std::size_t icao = 1;
struct CyrillicLetter {
    char32_t from;
    std::array<std::string_view, cyrillic_manners> to;
};

constexpr std::array cyrillic_letters{
    CyrillicLetter{U'а', {"a", "a", "a", "a"}},      CyrillicLetter{U'б', {"b", "b", "b", "b"}},
    CyrillicLetter{U'в', {"v", "v", "v", "v"}},      CyrillicLetter{U'г', {"g", "g", "g", "g"}},
    CyrillicLetter{U'ґ', {"g", "g", "g", "g"}},      CyrillicLetter{U'д', {"d", "d", "d", "d"}},
    CyrillicLetter{U'е', {"e", "e", "e", "e"}},      CyrillicLetter{U'ё', {"yo", "e", "jo", "jo"}},
    CyrillicLetter{U'є', {"ye", "ie", "je", "je"}},  CyrillicLetter{U'ж', {"zh", "zh", "j", "z"}},
    CyrillicLetter{U'з', {"z", "z", "z", "z"}},      CyrillicLetter{U'и', {"i", "i", "i", "i"}},
    CyrillicLetter{U'і', {"i", "i", "i", "i"}},      CyrillicLetter{U'ї', {"yi", "i", "ji", "ji"}},
    CyrillicLetter{U'й', {"y", "i", "j", "j"}},      CyrillicLetter{U'к', {"k", "k", "k", "k"}},
    CyrillicLetter{U'л', {"l", "l", "l", "l"}},      CyrillicLetter{U'м', {"m", "m", "m", "m"}},
    CyrillicLetter{U'н', {"n", "n", "n", "n"}},      CyrillicLetter{U'о', {"o", "o", "o", "o"}},
    CyrillicLetter{U'п', {"p", "p", "p", "p"}},      CyrillicLetter{U'р', {"r", "r", "r", "r"}},
    CyrillicLetter{U'с', {"s", "s", "s", "s"}},      CyrillicLetter{U'т', {"t", "t", "t", "t"}},
    CyrillicLetter{U'у', {"u", "u", "ou", "u"}},     CyrillicLetter{U'ў', {"u", "u", "w", "u"}},
    CyrillicLetter{U'ф', {"f", "f", "f", "f"}},      CyrillicLetter{U'х', {"kh", "kh", "ch", "h"}},
    CyrillicLetter{U'ц', {"ts", "ts", "c", "c"}},    CyrillicLetter{U'ч', {"ch", "ch", "tch", "c"}},
    CyrillicLetter{U'ш', {"sh", "sh", "sch", "s"}},  CyrillicLetter{U'щ', {"shch", "shch", "sch", "sht"}},
    CyrillicLetter{U'ъ', {"", "ie", "", "a"}},       CyrillicLetter{U'ы', {"y", "y", "i", "i"}},
    CyrillicLetter{U'ь', {"", "", "", ""}},          CyrillicLetter{U'э', {"e", "e", "e", "e"}},
    CyrillicLetter{U'ю', {"yu", "iu", "ju", "ju"}},  CyrillicLetter{U'я', {"ya", "ia", "ja", "ja"}},
    CyrillicLetter{U'ә', {"a", "a", "a", "a"}},      CyrillicLetter{U'ғ', {"gh", "g", "g", "g"}},
    CyrillicLetter{U'қ', {"q", "k", "k", "k"}},      CyrillicLetter{U'ң', {"ng", "n", "ng", "n"}},
    CyrillicLetter{U'ө', {"o", "o", "o", "u"}},      CyrillicLetter{U'ұ', {"u", "u", "u", "u"}},
    CyrillicLetter{U'ү', {"u", "u", "u", "u"}},      CyrillicLetter{U'һ', {"h", "h", "h", "h"}},
    CyrillicLetter{U'ҷ', {"j", "j", "j", "j"}},      CyrillicLetter{U'ҳ', {"h", "h", "h", "h"}},
    CyrillicLetter{U'ӣ', {"i", "i", "i", "i"}},      CyrillicLetter{U'ӯ', {"u", "u", "u", "u"}},
    CyrillicLetter{U'җ', {"j", "zh", "j", "j"}},     CyrillicLetter{U'ђ', {"dj", "dj", "dj", "d"}},
    CyrillicLetter{U'ј', {"j", "j", "y", "j"}},      CyrillicLetter{U'љ', {"lj", "lj", "ly", "lj"}},
    CyrillicLetter{U'њ', {"nj", "nj", "ny", "nj"}},  CyrillicLetter{U'ћ', {"c", "c", "ch", "c"}},
    CyrillicLetter{U'џ', {"dz", "dz", "dzh", "dz"}}, CyrillicLetter{U'ѓ', {"gj", "g", "gj", "g"}},
    CyrillicLetter{U'ќ', {"kj", "k", "kj", "k"}},    CyrillicLetter{U'ѕ', {"dz", "dz", "dz", "dz"}},
    CyrillicLetter{U'ѐ', {"e", "e", "e", "e"}},      CyrillicLetter{U'ѝ', {"i", "i", "i", "i"}}};

/// Greek as ELOT 743 has it, and as it sounds; longer ones first. Letters come without accents.
struct Cluster {
    std::u32string_view from;
    std::string_view elot;
    std::string_view everyday;
};

constexpr std::array greek_clusters{
    Cluster{U"ου", "ou", "u"},  Cluster{U"γγ", "ng", "g"},   Cluster{U"γκ", "gk", "g"},
    Cluster{U"γξ", "nx", "nx"}, Cluster{U"γχ", "nch", "nh"}, Cluster{U"μπ", "mp", "b"},
    Cluster{U"ντ", "nt", "d"},  Cluster{U"τζ", "tz", "j"},   Cluster{U"αι", "ai", "e"},
    Cluster{U"α", "a", "a"},    Cluster{U"β", "v", "b"},     Cluster{U"γ", "g", "y"},
    Cluster{U"δ", "d", "d"},    Cluster{U"ε", "e", "e"},     Cluster{U"ζ", "z", "z"},
    Cluster{U"η", "i", "e"},    Cluster{U"θ", "th", "th"},   Cluster{U"ι", "i", "i"},
    Cluster{U"κ", "k", "c"},    Cluster{U"λ", "l", "l"},     Cluster{U"μ", "m", "m"},
    Cluster{U"ν", "n", "n"},    Cluster{U"ξ", "x", "x"},     Cluster{U"ο", "o", "o"},
    Cluster{U"π", "p", "p"},    Cluster{U"ρ", "r", "r"},     Cluster{U"σ", "s", "s"},
    Cluster{U"ς", "s", "s"},    Cluster{U"τ", "t", "t"},     Cluster{U"υ", "y", "i"},
    Cluster{U"φ", "f", "ph"},   Cluster{U"χ", "ch", "h"},    Cluster{U"ψ", "ps", "ps"},
    Cluster{U"ω", "o", "o"}};

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

/// Chinese characters of Japanese surnames that families write in two ways.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> two_ways{{{"邉", "边"},
                                                                                 {"邊", "边"},
                                                                                 {"辺", "边"},
                                                                                 {"齊", "斋"},
                                                                                 {"齋", "斋"},
                                                                                 {"斎", "斋"},
                                                                                 {"斉", "斋"},
                                                                                 {"沢", "泽"},
                                                                                 {"髙", "高"}}};

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool any_of_script(std::u32string_view text, unicode::Script script)
{
    return std::any_of(text.begin(), text.end(), [&](char32_t c) { return unicode::script_of(c) == script; });
}

void append(std::u32string& out, std::string_view ascii) { out.append(ascii.begin(), ascii.end()); }

void replace_all(std::string& text, std::string_view from, std::string_view to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// Adds a spelling that is new and has letters.
void add(std::vector<std::string>& out, std::string spelling)
{
    if (!spelling.empty() && out.size() < NameSpeller::spellings_max &&
        std::find(out.begin(), out.end(), spelling) == out.end())
        out.push_back(std::move(spelling));
}

std::string spell_out(std::u32string_view name)
{
    std::u32string out;
    for (const char32_t c : name) {
        const char32_t low = unicode::lower(c);
        const auto* at = std::find_if(spelled_out.begin(), spelled_out.end(),
                                      [&](const Letter& one) { return one.from == low; });
        if (at != spelled_out.end())
            append(out, at->to);
        else
            out += c;
    }
    return out == name ? std::string{} : fold(unicode::utf8(out));
}

/// `manner`: an index of CyrillicLetter::to. `ukrainian` reads two letters their own way.
std::string cyrillic(std::u32string_view name, std::size_t manner, bool ukrainian)
{
    std::u32string out;
    for (char32_t c : name) {
        c = unicode::lower(c);
        const auto* at = std::find_if(cyrillic_letters.begin(), cyrillic_letters.end(),
                                      [&](const auto& one) { return one.from == c; });
        if (ukrainian && c == U'г')
            out += U'h';
        else if (ukrainian && c == U'и')
            out += U'y';
        else if (c == U'ё' && manner != icao && !out.empty() && out.back() == U'h')
            out += U'o'; // after zh, ch, sh, shch
        else if (at != cyrillic_letters.end())
            append(out, at->to[manner]);
        else
            out += c;
    }
    return fold(unicode::utf8(out));
}

void spell_cyrillic(std::vector<std::string>& out, std::u32string_view name)
{
    const bool ukrainian = name.find_first_of(U"іїєґІЇЄҐ") != std::u32string_view::npos;
    for (std::size_t manner = 0; manner < 2 && ukrainian; ++manner)
        add(out, cyrillic(name, manner, true));
    for (std::size_t manner = 0; manner < cyrillic_manners; ++manner)
        add(out, cyrillic(name, manner, false));
}

/// alpha, epsilon or eta with upsilon: v, or f before a voiceless letter and at the end (ELOT 743).
std::string greek_upsilon(std::u32string_view rest)
{
    const bool diphthong = rest.size() > 1 && rest[1] == U'υ' &&
                           std::u32string_view(U"αεη").find(rest[0]) != std::u32string_view::npos;
    if (!diphthong)
        return {};
    const bool voiceless =
        rest.size() == 2 || std::u32string_view(U" θκξπσςτφχψ").find(rest[2]) != std::u32string_view::npos;
    return std::string(1, rest[0] == U'α' ? 'a' : rest[0] == U'ε' ? 'e' : 'i') + (voiceless ? "f" : "v");
}

std::string greek(std::u32string_view rest, bool everyday)
{
    std::string out;
    while (!rest.empty()) {
        if (const std::string upsilon = greek_upsilon(rest); !upsilon.empty()) {
            out += upsilon;
            rest.remove_prefix(2);
            continue;
        }
        const auto* at = std::find_if(greek_clusters.begin(), greek_clusters.end(),
                                      [&](const auto& one) { return rest.starts_with(one.from); });
        const std::size_t taken = at == greek_clusters.end() ? 1 : at->from.size();
        const bool first = out.empty() || out.ends_with(' ');
        if (at == greek_clusters.end())
            out += unicode::utf8(rest.substr(0, 1));
        else if (everyday || (first && at->from == U"μπ"))
            out += at->everyday;
        else
            out += at->elot;
        rest.remove_prefix(taken);
    }
    return fold(out);
}

/// Greek as most passports have it: ELOT but for one letter that people write in their own way.
void spell_greek(std::vector<std::string>& out, std::string_view name)
{
    const std::u32string text = unicode::code_points(fold(name));
    const std::string elot = greek(text, false);
    add(out, elot);
    std::string softer = elot;
    replace_all(softer, "ch", "h");
    replace_all(softer, "y", "i");
    add(out, softer);
    replace_all(softer, "mp", "b");
    replace_all(softer, "nt", "d");
    replace_all(softer, "gk", "g");
    add(out, softer);
    std::string beta = elot;
    replace_all(beta, "v", "b");
    add(out, beta);
    add(out, greek(text, true));
}

bool latin_vowel(char32_t c)
{
    return std::u32string_view(U"aeiouāīūēōæôǝ").find(c) != std::u32string_view::npos;
}

/// Leaves out `schwa` between a vowel with one consonant and a consonant with a vowel (rājakumāra, tasǝfāye),
/// from the end on; with `before_last`, before a last consonant too.
std::u32string without_schwa(std::u32string word, char32_t schwa, bool before_last)
{
    for (std::size_t i = word.size(); i-- > 2;) {
        if (word[i] != schwa || i + 1 >= word.size())
            continue;
        const bool after = latin_vowel(word[i - 2]) && !latin_vowel(word[i - 1]);
        const bool next = !latin_vowel(word[i + 1]) && word[i + 1] != U' ';
        const bool vowel_follows = i + 2 < word.size() && latin_vowel(word[i + 2]);
        const bool ends = i + 2 == word.size() || word[i + 2] == U' ';
        if (after && next && (vowel_follows || (before_last && ends)))
            word.erase(i, 1);
    }
    return word;
}

/// ICU's scholarly Latin of Indic scripts in the letters people use: rājēśa -> rajesh.
std::string everyday(std::u32string_view scholarly)
{
    std::string latin = unicode::utf8(scholarly);
    for (const auto& [from, to] : {std::pair{"ś", "sh"}, std::pair{"ṣ", "sh"}, std::pair{"r\u0325", "ri"},
                                   std::pair{"ṛ", "ri"}, std::pair{"c", "ch"}, std::pair{"chh", "ch"}})
        replace_all(latin, from, to);
    return fold(latin);
}

/// In Hindi and its kin the inherent vowel of the last syllable is silent.
std::u32string without_final_a(std::u32string_view text)
{
    std::u32string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool last = i + 1 == text.size() || text[i + 1] == U' ';
        const bool long_word = i >= 2 && text[i - 1] != U' ' && text[i - 2] != U' ';
        if (text[i] != U'a' || !last || !long_word)
            out += text[i];
    }
    return out;
}

void spell_indic(std::vector<std::string>& out, std::string_view scholarly)
{
    const std::u32string latin = unicode::code_points(unicode::nfc(scholarly));
    const std::u32string silent = without_final_a(latin);
    add(out, everyday(without_schwa(silent, U'a', false)));
    add(out, everyday(silent));
    add(out, everyday(latin));
}

/// Tamil writes one letter for a voiced and a voiceless stop: voiced after a vowel or a nasal.
void spell_tamil(std::vector<std::string>& out, std::string_view scholarly)
{
    constexpr std::array<std::pair<char32_t, char32_t>, 6> voiced{
        {{U'k', U'g'}, {U't', U'd'}, {U'ṭ', U'd'}, {U'p', U'b'}, {U'c', U's'}, {U'ṟ', U'r'}}};
    const std::u32string latin = unicode::code_points(unicode::nfc(scholarly));
    std::u32string spoken;
    for (std::size_t i = 0; i < latin.size(); ++i) {
        const auto* at = std::find_if(voiced.begin(), voiced.end(),
                                      [&](const auto& one) { return one.first == latin[i]; });
        const bool before =
            i > 0 && (latin_vowel(latin[i - 1]) ||
                      std::u32string_view(U"mnṅñṇṉ").find(latin[i - 1]) != std::u32string_view::npos);
        const bool doubled =
            (i + 1 < latin.size() && latin[i + 1] == latin[i]) || (i > 0 && latin[i - 1] == latin[i]);
        const bool first_c = latin[i] == U'c' && (i == 0 || latin[i - 1] == U' ');
        spoken += at != voiced.end() && !doubled && (before || first_c) ? at->second : latin[i];
    }
    add(out, everyday(spoken));
    add(out, everyday(latin));
}

/// The first vowel is e, the sixth is silent or i.
void spell_ethiopic(std::vector<std::string>& out, std::string_view scholarly)
{
    std::u32string latin;
    for (const char32_t c : unicode::code_points(unicode::nfc(scholarly))) {
        if (unicode::is_letter(c) || c == U' ')
            latin += c == U'a' ? U'e' : c;
    }
    for (const bool before_last : {false, true}) {
        std::u32string spoken = without_schwa(latin, U'ǝ', before_last);
        std::replace(spoken.begin(), spoken.end(), U'ǝ', U'i');
        add(out, fold(unicode::utf8(spoken)));
    }
    add(out, fold(scholarly));
}

void spell_pinyin(std::vector<std::string>& out, std::string_view pinyin)
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

/// Revised Romanization in the spelling of most passports: jeong jung, woo, hee, soo.
std::string customary_korean(std::string revised)
{
    for (const auto& [from, to] :
         {std::pair{"yeo", "you"}, std::pair{"eong", "ung"}, std::pair{"eon", "un"}, std::pair{"eul", "ul"},
          std::pair{"eun", "un"}, std::pair{"hui", "hee"}, std::pair{"ui", "ee"}, std::pair{"geu", "keu"}})
        replace_all(revised, from, to);
    for (const auto& [from, to] :
         {std::pair{" u", " woo"}, std::pair{"su ", "soo "}, std::pair{"ju ", "joo "},
          std::pair{"gyu ", "kyu "}, std::pair{" gy", " ky"}, std::pair{" ge", " ke"},
          std::pair{"un ", "oon "}})
        replace_all(revised, from, to);
    return revised;
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
    std::string syllables = " ";
    for (const char32_t c : unicode::code_points(name))
        syllables += hangul(unicode::utf8({&c, 1})) + " ";
    add(out, fold(syllables));
    add(out, fold(customary_korean(syllables)));
}

} // namespace

NameSpeller::NameSpeller()
    : pinyin_("Han-Latin"), pinyin_of_surnames_("Han-Latin/Names"), hangul_("Hangul-Latin"),
      any_("Any-Latin"), simplified_("Traditional-Simplified")
{
}

std::string NameSpeller::simplified(std::string_view name) const
{
    if (is_ascii(name) || !any_of_script(unicode::code_points(name), unicode::Script::han))
        return std::string(name);
    std::string out = simplified_(name);
    for (const auto& [from, to] : two_ways)
        replace_all(out, from, to);
    return out;
}

std::vector<std::string> NameSpeller::spellings(std::string_view name, bool family) const
{
    std::vector<std::string> out;
    if (is_ascii(name)) {
        add(out, fold(name));
        return out;
    }
    const std::string composed = unicode::nfc(name);
    const std::u32string text = unicode::code_points(composed);
    const auto has = [&text](unicode::Script script) { return any_of_script(text, script); };
    if (has(unicode::Script::cyrillic))
        spell_cyrillic(out, text);
    else if (has(unicode::Script::greek))
        spell_greek(out, composed);
    else if (has(unicode::Script::han))
        spell_pinyin(out, family ? pinyin_of_surnames_(composed) : pinyin_(composed));
    else if (has(unicode::Script::hangul))
        spell_korean(out, composed, family, hangul_);
    else if (has(unicode::Script::latin)) {
        add(out, fold(composed));
        add(out, spell_out(text));
    } else if (has(unicode::Script::arabic) || has(unicode::Script::hebrew))
        add(out, fold(any_(composed)));
    else if (has(unicode::Script::ethiopic))
        spell_ethiopic(out, any_(composed));
    else if (has(unicode::Script::tamil))
        spell_tamil(out, any_(composed));
    else
        spell_indic(out, any_(composed));
    return out;
}

} // namespace montbrillant
