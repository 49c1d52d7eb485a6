// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The oracle after all that stands in a device's journal. Devices that follow one log share what the oracle
/// made of it: a look goes on from the last place that this journal and an earlier one have in common, which
/// the hash of the log at that place proves.

#include "sync/store/store.hpp"
#include "tests/simulation/oracle.hpp"

namespace montbrillant::simulation {

class Replay {
public:
    /// The log as far as the store has it, then its own facts that wait.
    [[nodiscard]] Result<Oracle> of(Store& store);

private:
    struct Kept {
        Cursor place;
        Oracle oracle;
    };
    [[nodiscard]] Result<Kept> last_common(Store& store) const;

    std::multimap<std::uint64_t, Kept> kept_; ///< by seq; restored registries have several logs
};

} // namespace montbrillant::simulation
