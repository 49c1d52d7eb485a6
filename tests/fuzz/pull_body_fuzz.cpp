// SPDX-License-Identifier: Apache-2.0
// Any bytes as the registry's answer to a pull, as a kiosk takes them: read, written again the same, and each
// row judged and applied; the same bytes as an answer to a push and as a refusal.
#include "tests/fuzz/wire_facts.hpp"

using namespace montbrillant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    static_cast<void>(protocol::read_refusal(409, body));
    if (const auto push = protocol::read_push_answer(body)) {
        const std::string written = protocol::write(*push);
        const auto again = protocol::read_push_answer(written);
        fuzz::must(again.has_value() && protocol::write(*again) == written);
    }
    const auto pull = protocol::read_pull_answer(body);
    if (!pull)
        return 0;
    const std::string written = protocol::write(*pull);
    const auto again = protocol::read_pull_answer(written);
    fuzz::must(again.has_value() && protocol::write(*again) == written);
    State state;
    for (const protocol::PullRow& row : pull->rows)
        fuzz::take(state, row.fact);
    return 0;
}
