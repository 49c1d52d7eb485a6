// SPDX-License-Identifier: Apache-2.0
#pragma once

/// People sorted by the order of ties and never changed, but for being crossed out: a person's slot is their
/// place among them, so that of equally good people the one with the lower slot comes first. That makes the
/// best few cheap and exact: from the highest points down, take the lowest slots of those whom every word
/// fits. One thread at a time.

#include "sync/domain/people/key_dictionary.hpp"
#include "sync/domain/people/search_keys.hpp"
#include "sync/domain/people/slot_set.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

class SearchBlock {
public:
    struct Match {
        std::uint32_t slot{};
        int score{};
    };
    /// What evaluating needs, shared by all blocks.
    struct Scratch {
        std::array<SlotSet, KeyMaker::query_words_max> words;
        SlotSet joined;
        SlotSet seen;
        SlotSet first; ///< one side of a name that was typed as one word
    };

    [[nodiscard]] static SearchBlock build(std::vector<SearchKeys> people);
    /// Leaves out who is crossed out.
    [[nodiscard]] static SearchBlock merge(const SearchBlock& a, const SearchBlock& b);

    /// Adds the best `most` by this reading, best first.
    void find(const QueryReading& reading, std::size_t most, Scratch& scratch, std::vector<Match>& out) const;
    /// The same with one slip in one word of `slip_letters_min` letters or more, for `penalty` points less.
    void find_with_slip(const QueryReading& reading, std::size_t most, int penalty, Scratch& scratch,
                        std::vector<Match>& out) const;

    /// False when nobody (left) has this id.
    bool cross_out(const DelegateId& id);
    /// Who is not crossed out.
    [[nodiscard]] std::size_t size() const { return alive_count_; }
    [[nodiscard]] std::string_view id(std::uint32_t slot) const { return ids_.at(slot); }
    [[nodiscard]] std::string_view sort_name(std::uint32_t slot) const { return names_.at(slot); }

    static constexpr std::size_t slip_letters_min = 5;
    static constexpr std::size_t joined_letters_max = 64; ///< a longer run of letters is not taken apart

private:
    /// Many short texts in one.
    class Texts {
    public:
        void add(std::string_view text);
        [[nodiscard]] std::string_view at(std::uint32_t index) const;

    private:
        std::string text_;
        std::vector<std::uint32_t> ends_;
    };
    /// Everybody with one of these keys fits the word, for so many points.
    struct Source {
        int points{};
        const KeyDictionary* keys{};
        KeyRange range;
        bool complete_only = false;
    };
    /// All letters typed, without regard to spaces: everybody with one of `first` and, if given, of `second`.
    struct JoinedSource {
        int points{};
        Source first;
        std::optional<Source> second;
    };
    struct Plan {
        std::vector<std::vector<Source>> words;
        std::vector<JoinedSource> joined;
        int penalty = 0;
    };

    void sort_ids();
    void take_ids(const SearchBlock& from, const KeyDictionary::Renumbering& slots);
    [[nodiscard]] const KeyDictionary& of(KeyField field) const
    {
        return fields_[static_cast<std::size_t>(field)];
    }
    [[nodiscard]] std::vector<Source> sources_of(const QueryWord& word) const;
    void add_sources(std::vector<Source>& out, KeyField field, std::string_view text) const;
    [[nodiscard]] std::vector<Source> slips_of(const QueryWord& word) const;
    void add_joined_whole(std::vector<JoinedSource>& out, std::string_view joined) const;
    void add_joined_parts(std::vector<JoinedSource>& out, std::string_view joined) const;
    void add_joined_sounds(std::vector<JoinedSource>& out, std::string_view sounds) const;
    void add_joined_parts_with_slip(std::vector<JoinedSource>& out, std::string_view joined) const;
    void evaluate(const Plan& plan, std::size_t most, Scratch& scratch, std::vector<Match>& out) const;
    void add_joined(const JoinedSource& source, Scratch& scratch) const;
    void add_level(const Plan& plan, int points, Scratch& scratch) const;
    void take_level(const Plan& plan, int score, std::size_t most, Scratch& scratch,
                    std::vector<Match>& out) const;

    std::array<KeyDictionary, key_fields> fields_;
    Texts names_;
    Texts ids_;
    std::vector<std::uint32_t> by_id_; ///< slots in the order of ids
    SlotSet alive_;
    std::size_t alive_count_ = 0;
    std::uint32_t slots_ = 0;
};

} // namespace montbrillant
