// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How a name in any script is found by plain letters. `fold` brings a text to what a person types without
/// looking for accents; `spellings` gives the Latin ways to write a name of another script. Both sides of a
/// search, the index and the query, go through here.
///
/// Sources: ICAO Doc 9303-3, section 6 (Latin, Cyrillic) and BGN/PCGN romanization (Cyrillic, Russian and
/// Ukrainian); ELOT 743 (Greek); Hanyu pinyin by ICU, with its readings of surnames; Revised Romanization of
/// Korean with the customary spellings of surnames; ICU for the rest, with Indic sh, ch and ri.

#include "sync/domain/people/unicode.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

/// Words of lower-case letters and digits with one space between: NFKD without marks; ł l, ø o, ß ss, æ ae,
/// œ oe, ı i, đ d, þ th; apostrophes fall away ("obrien"), everything else ends a word ("jean pierre");
/// Arabic alef, hamza, ya and ta marbuta unified.
[[nodiscard]] std::string fold(std::string_view text);

/// The words of a folded text.
[[nodiscard]] std::vector<std::string> split_words(std::string_view folded);

/// Consonants alone, so that محمد, Mohammed and Muhamad meet in "mhmd": of an Arabic or a Latin folded word;
/// empty when it has another script. Long vowels, the article, a final h and doubled letters fall away; q is
/// k, g is j.
[[nodiscard]] std::string consonants(std::string_view folded_word);

/// Owns ICU's transforms (some milliseconds to make). One thread at a time.
class NameSpeller {
public:
    NameSpeller();
    /// Folded Latin spellings of a name, the most usual first: at least one for a text with letters, at most
    /// `spellings_max`. Chinese and Korean come one syllable a word. `family` chooses the readings of
    /// surnames.
    [[nodiscard]] std::vector<std::string> spellings(std::string_view name, bool family) const;

    static constexpr std::size_t spellings_max = 6;

private:
    unicode::Transliterator pinyin_;
    unicode::Transliterator pinyin_of_surnames_;
    unicode::Transliterator hangul_;
    unicode::Transliterator any_;
};

} // namespace montbrillant
