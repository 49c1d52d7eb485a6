// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A set of small numbers that is cheap to fill, to intersect in order and to empty again: one bit each, and
/// above them one bit for every 64 of those words that has any. A few hundred numbers among a million cost a
/// few hundred steps.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace montbrillant {

class SlotSet {
public:
    /// Room for [0, size); empty afterwards.
    void reset(std::size_t size)
    {
        clear();
        bits_.resize((size + word_bits - 1) / word_bits);
        summary_.resize((bits_.size() + word_bits - 1) / word_bits);
    }

    void clear()
    {
        for (std::size_t s = 0; s < summary_.size(); ++s) {
            for (std::uint64_t left = summary_[s]; left != 0; left &= left - 1)
                bits_[s * word_bits + static_cast<std::size_t>(std::countr_zero(left))] = 0;
            summary_[s] = 0;
        }
    }

    void insert(std::uint32_t slot)
    {
        const std::size_t word = slot / word_bits;
        bits_[word] |= std::uint64_t{1} << (slot % word_bits);
        summary_[word / word_bits] |= std::uint64_t{1} << (word % word_bits);
    }

    void erase(std::uint32_t slot) { bits_[slot / word_bits] &= ~(std::uint64_t{1} << (slot % word_bits)); }

    [[nodiscard]] bool contains(std::uint32_t slot) const
    {
        return ((bits_[slot / word_bits] >> (slot % word_bits)) & 1U) != 0;
    }

    [[nodiscard]] std::size_t words() const { return bits_.size(); }
    [[nodiscard]] std::uint64_t word(std::size_t index) const { return bits_[index]; }
    /// Which of the 64 words from 64 * `index` on have any.
    [[nodiscard]] std::uint64_t summary(std::size_t index) const { return summary_[index]; }
    [[nodiscard]] std::size_t summaries() const { return summary_.size(); }

    static constexpr std::size_t word_bits = 64;

private:
    std::vector<std::uint64_t> bits_;
    std::vector<std::uint64_t> summary_;
};

} // namespace montbrillant
