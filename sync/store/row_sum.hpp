// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Checksums of what no hash chain covers: a bit that flipped on a worn disk is noticed, not believed. They
/// are no help against somebody who computes them too; `Store::verify_journal` says what is.

#include "sync/base/sodium.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace montbrillant {

using RowSum = std::array<std::uint8_t, 16>;

/// Of a row of the projection.
[[nodiscard]] RowSum entity_sum(std::string_view kind, std::string_view key, std::string_view value);
/// Of the place in the log that the rows show; zero for none.
[[nodiscard]] RowSum place_sum(std::uint64_t seq);
/// Adds a row's sum to the sum over all rows, or takes it away again: a row that vanished is noticed too.
void mix(RowSum& total, const RowSum& sum);
/// Of what the order of the log decided about a fact; `log_hash` holds the fact and its place.
[[nodiscard]] RowSum outcome_sum(const crypto::Hash& log_hash, std::string_view verdict,
                                 std::string_view conflict, std::string_view reason);

} // namespace montbrillant
