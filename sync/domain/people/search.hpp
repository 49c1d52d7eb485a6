// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Finding a delegate by what people type: plain letters for a name in any script, the script itself, words
/// in any order, joined or apart; the organization, the delegation, the registration id. Held in memory only,
/// since it is personal data in clear; built at unlock, kept up by `add`, `update` and `remove`.
///
/// Every word typed must fit the same person; the weakest counts. Points (`Hit::score`):
///
///     100  all letters are the full name, in either order, or the registration id; spaces do not matter
///      90  a word of the family or given name
///      80  beginning of a word of the family name, or of the full name with the family name first
///      70  beginning of a word of the given name, or of the full name with the given name first
///      60  beginning of how a word of the name or the full name sounds, or of the registration id
///      50  beginning of a word of the organization
///      40  beginning of a word of the delegation's name, or of its code
///      35  consonants of a word of the name, for names that are spelled in many ways
///
///     less 4 when the query had to be read in Latin letters, or without its particles (al, de, van)
///     less 30 with one slip (a wrong, missing, surplus or swapped letter) in a word of five letters or more
///
/// Slips are tried only if fewer than five people were found otherwise than by consonants.
/// Of several ways to fit, the best counts. Ties go by the badge name, then by id. What is found is exactly
/// what this ranking says of all people, however broad the query. One thread at a time.

#include "sync/domain/people/search_block.hpp"
#include "sync/domain/people/search_keys.hpp"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace montbrillant {

struct Hit {
    DelegateId id;
    int score{};
    friend bool operator==(const Hit&, const Hit&) = default;
};

class SearchIndex {
public:
    explicit SearchIndex(KeyMaker::DelegationNames delegation_names = {});
    SearchIndex(const SearchIndex&) = delete;
    SearchIndex& operator=(const SearchIndex&) = delete;

    /// Adds, or replaces the person of the same id.
    void add(const Person& person) { add(keys_.keys_of(person)); }
    void add(SearchKeys keys);
    /// The same for everybody of a block that was just built, on whatever thread.
    void add(SearchBlock block);
    void update(const Person& person) { add(person); }
    void remove(const DelegateId& id);
    void clear();
    [[nodiscard]] std::size_t size() const;
    /// Sorts everything into one block: after many were added, so that the first query does not have to.
    void settle();

    /// Best first, at most `limit`. To know whether there are more than five, ask for six.
    [[nodiscard]] std::vector<Hit> query(std::string_view text, std::size_t limit) const;

    [[nodiscard]] const KeyMaker& key_maker() const { return keys_; }

    static constexpr std::size_t enough = 5;
    static constexpr int more_than_consonants = 36;
    static constexpr int slip_penalty = 30;

private:
    struct Found {
        std::size_t block{};
        SearchBlock::Match match;
    };

    void sort_in() const;
    void take(SearchBlock block) const;
    void find(const std::vector<QueryReading>& readings, bool with_slip, std::size_t most,
              std::vector<Found>& found) const;

    KeyMaker keys_;
    /// Added since the last query. It and the blocks change by being asked: what was added is sorted in then.
    mutable std::unordered_map<DelegateId, SearchKeys> fresh_;
    mutable std::vector<SearchBlock> blocks_; ///< each at least `growth` times the next
    mutable SearchBlock::Scratch scratch_;
};

/// Has the query enough letters for public glass? One Han character is enough, else `letters_min` letters or
/// digits.
[[nodiscard]] bool enough_letters(std::string_view query, int letters_min);

} // namespace montbrillant
