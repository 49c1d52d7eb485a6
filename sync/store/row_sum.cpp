// SPDX-License-Identifier: Apache-2.0
#include "sync/store/row_sum.hpp"

#include <algorithm>
#include <string>

namespace montbrillant {
namespace {

RowSum sum_of(BytesView first, std::initializer_list<std::string_view> texts)
{
    // Lengths in front: "ab","c" and "a","bc" are not the same row.
    std::string joined;
    for (const auto text : texts)
        joined.append(std::to_string(text.size())).append(":").append(text);
    const crypto::Hash hash = crypto::blake2b(first, as_bytes(joined));
    RowSum sum{};
    std::copy_n(hash.begin(), sum.size(), sum.begin());
    return sum;
}

} // namespace

RowSum entity_sum(std::string_view kind, std::string_view key, std::string_view value)
{
    return sum_of({}, {kind, key, value});
}

RowSum place_sum(std::uint64_t seq) { return seq == 0 ? RowSum{} : sum_of({}, {std::to_string(seq)}); }

void mix(RowSum& total, const RowSum& sum)
{
    for (std::size_t i = 0; i < total.size(); ++i)
        total[i] ^= sum[i];
}

RowSum outcome_sum(const crypto::Hash& log_hash, std::string_view verdict, std::string_view conflict,
                   std::string_view reason)
{
    return sum_of(log_hash, {verdict, conflict, reason});
}

} // namespace montbrillant
