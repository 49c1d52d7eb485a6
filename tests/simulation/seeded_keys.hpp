// SPDX-License-Identifier: Apache-2.0
#pragma once

/// libsodium's random bytes from a seed: keys and nonces decide where rows lie in a file, and so at which of
/// its calls a disk loses its power. For the simulator's process only.

#include <cstdint>

namespace montbrillant::simulation {

/// From now on, in the whole process, until called again.
void seed_keys(std::uint64_t seed);

} // namespace montbrillant::simulation
