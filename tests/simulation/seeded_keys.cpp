// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/seeded_keys.hpp"

#include "sync/base/random.hpp"

#include <memory>
#include <sodium.h>

namespace montbrillant::simulation {
namespace {

std::unique_ptr<SeededRandom> source;

const char* name_of_source() { return "simulation"; }
void fill(void* out, std::size_t size) { source->fill({static_cast<std::uint8_t*>(out), size}); }
std::uint32_t word()
{
    std::uint32_t out = 0;
    fill(&out, sizeof out);
    return out;
}

randombytes_implementation seeded{name_of_source, word, nullptr, nullptr, fill, nullptr};

} // namespace

void seed_keys(std::uint64_t seed)
{
    source = std::make_unique<SeededRandom>(seed);
    randombytes_set_implementation(&seeded);
}

} // namespace montbrillant::simulation
