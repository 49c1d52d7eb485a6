// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Many texts looked for in large files at once. Of a file only every eighth window of eight bytes is looked
/// up: wherever a text of fifteen bytes or more stands, one of these windows lies within its first fifteen.

#include "sync/base/bytes.hpp"

#include <bitset>
#include <unordered_map>

namespace montbrillant::simulation {

class Needles {
public:
    static constexpr std::size_t bytes_min = 15;
    /// Shorter than `bytes_min`: nothing is looked for.
    void add(Bytes text);
    /// The first one found, by the order of `add`; nothing: none stands there.
    [[nodiscard]] std::optional<std::size_t> find_in(BytesView file) const;

private:
    struct Window {
        std::size_t needle = 0;
        std::size_t at = 0; ///< in the needle
    };
    [[nodiscard]] bool stands_at(BytesView file, std::size_t place, const Window& window) const;

    std::vector<Bytes> needles_;
    std::unordered_multimap<std::uint64_t, Window> windows_;
    std::bitset<1U << 16U> likely_; ///< by a hash of the window
};

} // namespace montbrillant::simulation
