// SPDX-License-Identifier: Apache-2.0
#pragma once

/// libsodium in the simulator's process, and only there. Its random bytes come from a seed: keys and nonces
/// decide where rows lie in a file, and so at which of its calls a disk loses its power. Its signatures are
/// a hash over key and text: who signed what still decides, but nobody forges here, and the curve took half
/// of the time of a meeting in which every message is signed.

#include <cstdint>

namespace montbrillant::simulation {

/// From now on, in the whole process, until called again.
void seed_keys(std::uint64_t seed);

} // namespace montbrillant::simulation
