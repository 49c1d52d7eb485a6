// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How long to wait before the next try: uniform between a tenth of `first` and a ceiling that doubles from
/// `first` to `last` (full jitter), so that many devices do not come back in step. One thread.

#include "sync/base/clock.hpp"
#include "sync/base/random.hpp"

#include <algorithm>

namespace montbrillant {

class Backoff {
public:
    Backoff(Millis first, Millis last) : first_(first), last_(last), ceiling_(first) {}

    [[nodiscard]] Millis next(Random& random)
    {
        const Millis least = first_ / 10;
        const auto span = static_cast<std::uint64_t>((ceiling_ - least).count()) + 1;
        ceiling_ = std::min(last_, ceiling_ * 2);
        return least + Millis(static_cast<std::int64_t>(random.below(span)));
    }
    void reset() { ceiling_ = first_; }

private:
    Millis first_;
    Millis last_;
    Millis ceiling_;
};

} // namespace montbrillant
