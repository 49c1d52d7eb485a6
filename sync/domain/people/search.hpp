// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Finding a delegate by what people type: plain letters for a name in any script, the script itself, words
/// in any order, joined or apart; the organization, the delegation, the registration id. Held in memory only,
/// since it is personal data in clear; built at unlock, kept up by `add`, `update` and `remove`.
///
/// Order of work: whole words, then beginnings of words, then, only if fewer than five people were found, one
/// slip (a wrong, missing, surplus or swapped letter) in a word of five letters or more. Every word typed
/// must fit. Rank (`Hit::score`):
///
///     100 exact full name, or the registration id     60 consonants of an Arabic name
///      90 all words are words of the name             50 organization
///      80 beginning of the family name                40 delegation
///      70 beginning of the given name                 less 30 with a slip, less 5 by another script
///
/// With several words the weakest counts. Ties go by name. A broad query looks at a bounded number of
/// people (`candidates_max`), whole words first, and is ranked among these. One thread at a time.

#include "sync/base/ids.hpp"
#include "sync/domain/people/name_keys.hpp"
#include "sync/domain/person.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace montbrillant {

struct Hit {
    DelegateId id;
    int score{};
    friend bool operator==(const Hit&, const Hit&) = default;
};

class SearchIndex {
public:
    /// Gives the names of a delegation to search by; empty: by its code alone.
    using DelegationNames = std::function<std::vector<std::string>(std::string_view code)>;
    explicit SearchIndex(DelegationNames delegation_names = {});
    SearchIndex(const SearchIndex&) = delete;
    SearchIndex& operator=(const SearchIndex&) = delete;

    /// Adds, or replaces the person of the same id.
    void add(const Person& person);
    void update(const Person& person) { add(person); }
    void remove(const DelegateId& id);
    void clear();
    [[nodiscard]] std::size_t size() const { return slots_by_id_.size(); }

    /// Best first, at most `limit`. To know whether there are more than five, ask for six.
    [[nodiscard]] std::vector<Hit> query(std::string_view text, std::size_t limit) const;

    static constexpr std::size_t candidates_max = 1000;
    static constexpr std::size_t candidates_of_several_words_max = 20'000;
    static constexpr std::size_t candidates_of_a_slip_max = 500;
    static constexpr std::size_t enough = 5;
    static constexpr std::size_t slip_letters_min = 5;

private:
    enum class Field : std::uint8_t {
        family,
        given,
        full_family_first,
        full_given_first,
        consonants,
        id,
        organization,
        delegation
    };
    using Slot = std::uint32_t;
    struct Posting {
        Slot slot{};
        Field field{};
    };
    using Postings = std::map<std::string, std::vector<Posting>, std::less<>>;
    struct Key {
        const std::string* token{}; ///< owned by the map
        Field field{};
    };
    struct Entry {
        DelegateId id; ///< empty: a free slot
        std::string sort_name;
        std::vector<Key> keys;
        std::vector<std::string> full_names; ///< the words of each form, sorted
    };
    struct Word {
        std::string text;
        std::string consonants; ///< as a token; empty: too few
    };
    using Tokens = std::set<std::pair<std::string, Field>>;
    using Scores = std::unordered_map<Slot, int>;

    [[nodiscard]] static std::vector<Word> words_of(const std::vector<std::string>& texts);
    [[nodiscard]] static int rank(Field field, bool whole);
    static void add_words(Tokens& tokens, const std::vector<std::string>& words, Field field);
    static void add_full(Entry& entry, Tokens& tokens, const std::vector<std::string>& family,
                         const std::vector<std::string>& given);
    void collect_name(const Person& person, Entry& entry, Tokens& tokens) const;
    void collect_badge(const Person& person, Entry& entry, Tokens& tokens) const;
    void collect_body(const Person& person, Entry& entry, Tokens& tokens) const;

    void find(const std::vector<std::string>& words, int penalty, Scores& scores) const;
    /// Looks at the people whom `driver` fits, `most` at most, and scores them by all words.
    void find_among(const std::vector<Word>& words, std::size_t driver, std::size_t most, int penalty,
                    Scores& scores) const;
    void find_with_slip(const std::vector<std::string>& words, Scores& scores) const;
    /// How many postings the word has, counted up to `most`.
    [[nodiscard]] std::size_t breadth(const Word& word, std::size_t most) const;
    /// Each person once, with the best rank of the word.
    [[nodiscard]] std::vector<std::pair<Slot, int>> candidates(const Word& word, std::size_t most) const;
    [[nodiscard]] int score(const Entry& entry, const std::vector<Word>& words) const;
    [[nodiscard]] Postings& map_of(Field field) { return field >= Field::organization ? others_ : names_; }

    DelegationNames delegation_names_;
    NameSpeller speller_;
    std::vector<Entry> entries_;
    std::vector<Slot> free_;
    std::unordered_map<DelegateId, Slot> slots_by_id_;
    Postings names_;  ///< names and ids
    Postings others_; ///< organizations and delegations
};

/// Has the query enough letters for public glass? One Han character is enough, else `letters_min` letters or
/// digits.
[[nodiscard]] bool enough_letters(std::string_view query, int letters_min);

} // namespace montbrillant
