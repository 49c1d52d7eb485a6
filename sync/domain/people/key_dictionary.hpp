// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The keys of one field in order, and whose they are: all texts in one string, all postings in one array, so
/// that the keys with a common beginning, and everybody who has one of them, are a range. Never changes once
/// built; two are merged into a new one.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace montbrillant {

/// Keys [first, last).
struct KeyRange {
    std::uint32_t first{};
    std::uint32_t last{};
    [[nodiscard]] bool empty() const { return first >= last; }
    friend bool operator==(const KeyRange&, const KeyRange&) = default;
};

/// A slot, and whether the key is complete there (SearchKey::complete).
struct Posting {
    std::uint32_t slot{};
    bool complete = false;

    [[nodiscard]] std::uint32_t packed() const { return slot << 1U | (complete ? 1U : 0U); }
    [[nodiscard]] static Posting from(std::uint32_t packed) { return {packed >> 1U, (packed & 1U) != 0}; }
};

class KeyDictionary {
public:
    /// The slot that an old slot became; `dropped` for one that is gone.
    using Renumbering = std::vector<std::uint32_t>;
    static constexpr std::uint32_t dropped = UINT32_MAX;

    using Entry = std::pair<std::string_view, Posting>;
    /// Takes the entries in any order, each once.
    [[nodiscard]] static KeyDictionary build(std::span<const Entry> entries);
    [[nodiscard]] static KeyDictionary merge(const KeyDictionary& a, const Renumbering& slots_of_a,
                                             const KeyDictionary& b, const Renumbering& slots_of_b);

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(text_at_.size() - 1); }
    [[nodiscard]] std::string_view key(std::uint32_t index) const
    {
        return std::string_view(text_).substr(text_at_[index], text_at_[index + 1] - text_at_[index]);
    }
    [[nodiscard]] KeyRange beginning_with(std::string_view word) const;
    /// Of a range that begins with `word`: the key that is the word, if there is one.
    [[nodiscard]] KeyRange whole(KeyRange beginning, std::string_view word) const;

    /// Calls for each range of keys that begin with a word one slip from `word`: a letter less, swapped with
    /// its neighbour, changed or more, where letters are a to z. `length` is that word's. Ranges may overlap.
    void each_slip(std::string_view word,
                   const std::function<void(KeyRange range, std::size_t length)>& found) const;

    template <class Visit> void each_posting(KeyRange keys, Visit&& visit) const
    {
        for (std::uint32_t i = postings_at_[keys.first]; i < postings_at_[keys.last]; ++i)
            visit(Posting::from(postings_[i]));
    }

private:
    void append(std::string_view text);
    void finish();
    /// The keys of `range`, which have their first `depth` letters in common, that go on with `rest`.
    [[nodiscard]] KeyRange narrowed(KeyRange range, std::size_t depth, std::string_view rest) const;

    std::string text_;
    std::vector<std::uint32_t> text_at_{0};     ///< one more than keys
    std::vector<std::uint32_t> postings_at_{0}; ///< likewise
    std::vector<std::uint32_t> postings_;       ///< packed; of one key in the order of slots
};

} // namespace montbrillant
