// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The Latin ways to write a name of another script, as people type them.
///
/// Sources: ICAO Doc 9303-3, section 6 (Latin, Cyrillic) and BGN/PCGN romanization (Cyrillic, Russian and
/// Ukrainian), Gaj's Latin for the Balkans; ELOT 743 (Greek); Hanyu pinyin by ICU, with its readings of
/// surnames; Revised Romanization of Korean with the customary spellings of surnames and vowels; ICU for the
/// rest, with the silent vowels of Indic and Ethiopic left out and Indic sh, ch and ri.

#include "sync/domain/people/unicode.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

/// Owns ICU's transforms (some milliseconds to make), and remembers what it has spelled: names repeat. One
/// thread at a time.
class NameSpeller {
public:
    NameSpeller();
    /// Folded Latin spellings of a name, the most usual first: at least one for a text with letters, at most
    /// `spellings_max`. Chinese and Korean come one syllable a word. `family` chooses the readings of
    /// surnames.
    [[nodiscard]] std::vector<std::string> spellings(std::string_view name, bool family) const;
    /// Traditional characters as simplified ones, and a few Japanese ones that families write in two ways.
    [[nodiscard]] std::string simplified(std::string_view name) const;

    static constexpr std::size_t spellings_max = 8;

private:
    unicode::Transliterator pinyin_;
    unicode::Transliterator pinyin_of_surnames_;
    unicode::Transliterator hangul_;
    unicode::Transliterator any_;
    unicode::Transliterator simplified_;
};

} // namespace montbrillant
