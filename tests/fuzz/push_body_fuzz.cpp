// SPDX-License-Identifier: Apache-2.0
// Any bytes as the body of a device's push, as the registry takes them: read, written again the same, and
// each fact judged and applied.
#include "tests/fuzz/wire_facts.hpp"

using namespace montbrillant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto push = protocol::read_push_request(body);
    if (!push)
        return 0;
    const std::string written = protocol::write(*push);
    const auto again = protocol::read_push_request(written);
    fuzz::must(again.has_value() && protocol::write(*again) == written);
    State state;
    for (const protocol::WireFact& fact : push->facts)
        fuzz::take(state, fact);
    return 0;
}
