// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What is left of a name when accents, spelling habits or vowels are left out. Both sides of a search, the
/// index and the query, go through here; how a name of another script is written in Latin is in
/// romanization.hpp.

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

/// How a folded Latin word sounds, roughly and in no language, so that Shcherbakova, Scherbakova and
/// Sherbakowa meet: sh, shch, ts, z and c before e are s; ch is c; f, v and w are v; all front vowels e,
/// all back ones o; doubled letters and a silent h fall away. Empty when the word has anything but a to z.
[[nodiscard]] std::string sound_of(std::string_view folded_word);

/// Consonants alone, so that محمد, Mohammed and Muhamad meet in "mhmd": of a folded Arabic, Hebrew or Latin
/// word, in each way to read a doubtful letter; nothing when it has another script. Long vowels, the article,
/// a final h and doubled letters fall away; q, kh and gh are k.
[[nodiscard]] std::vector<std::string> consonants(std::string_view folded_word);

} // namespace montbrillant
