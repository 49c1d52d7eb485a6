// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a person is found by: the keys of names, bodies and id, and the keys of a query. The ranking is
/// written here and in search.hpp; whoever has the keys needs neither ICU nor the person.

#include "sync/base/ids.hpp"
#include "sync/domain/people/name_keys.hpp"
#include "sync/domain/people/romanization.hpp"
#include "sync/domain/person.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace montbrillant {

/// Where a key comes from.
enum class KeyField : std::uint8_t {
    family,       ///< a word of the family name in its script or in Latin, two words joined, or all
    given,        ///< likewise
    sole,         ///< the whole of a name that is only family or only given name
    sound,        ///< how a word of the name sounds (`sound_of`)
    consonants,   ///< its consonants (`consonants`)
    id,           ///< the registration id, and its number alone
    organization, ///< a word
    delegation    ///< a word of one of its names, or its code
};
inline constexpr std::size_t key_fields = 8;

struct SearchKey {
    std::string text;
    KeyField field{};
    bool complete = false; ///< family, given, sound: of the whole family or given name, as one word
    friend auto operator<=>(const SearchKey&, const SearchKey&) = default;
};

struct SearchKeys {
    DelegateId id;
    std::string sort_name;       ///< ties of the ranking go by it, then by id
    std::vector<SearchKey> keys; ///< in no order, each once
};

/// Points for a key that is the word (`whole`) or begins with it; 0: no match.
[[nodiscard]] constexpr int points_of(KeyField field, bool whole)
{
    switch (field) {
    case KeyField::sole: return whole ? 100 : 0;
    case KeyField::id: return whole ? 100 : 60;
    case KeyField::family: return whole ? 90 : 80;
    case KeyField::given: return whole ? 90 : 70;
    case KeyField::sound: return 60;
    case KeyField::organization: return 50;
    case KeyField::delegation: return 40;
    case KeyField::consonants: return whole ? 35 : 0;
    }
    return 0;
}

/// One word of a query with what it is compared by: `text` with all fields but sound and consonants.
struct QueryWord {
    std::string text;
    std::string sound;                   ///< with KeyField::sound; empty: too short
    std::vector<std::string> consonants; ///< each with KeyField::consonants
};

/// A way to read what was typed: as it stands, in Latin, or without particles.
struct QueryReading {
    std::vector<QueryWord> words;
    std::string joined;       ///< all words without spaces
    std::string joined_sound; ///< how that sounds; empty when it is no Latin, or too long
    int penalty = 0;          ///< less by so many points
};

/// Makes keys. Owns ICU's transforms; what it has spelled once it remembers, for names repeat. One thread.
class KeyMaker {
public:
    /// Gives the names of a delegation to search by; empty: by its code alone.
    using DelegationNames = std::function<std::vector<std::string>(std::string_view code)>;
    explicit KeyMaker(DelegationNames delegation_names = {});
    /// One that makes the same keys, for another thread.
    [[nodiscard]] std::unique_ptr<KeyMaker> another() const
    {
        return std::make_unique<KeyMaker>(delegation_names_);
    }

    [[nodiscard]] SearchKeys keys_of(const Person& person) const;
    /// None when there is no word, or more than `query_words_max`. Only the first `query_bytes_max` bytes
    /// count.
    [[nodiscard]] std::vector<QueryReading> readings_of(std::string_view typed) const;

    static constexpr std::size_t query_bytes_max = 200;
    static constexpr std::size_t query_words_max = 8;

    static constexpr std::size_t remembered_max = 100'000;

private:
    /// The keys of a part of people's data that repeats; `collect` makes them.
    template <class Collect>
    const std::vector<SearchKey>& remembered(char part, const std::string& text, Collect&& collect) const;

    DelegationNames delegation_names_;
    NameSpeller speller_;
    mutable std::unordered_map<std::string, std::vector<SearchKey>> remembered_;
};

} // namespace montbrillant
