// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What both ends do with facts that came over the wire, for the fuzzers of the bodies that carry them.

#include "sync/domain/rules.hpp"
#include "sync/protocol/messages.hpp"

#include <cstdlib>

namespace montbrillant::fuzz {

inline void must(bool holds)
{
    if (!holds)
        std::abort();
}

/// A fact that can be read has one canonical form; whatever it says, it gets a verdict, and what it changes
/// can be written.
inline void take(State& state, const protocol::WireFact& wire)
{
    static_cast<void>(protocol::read_envelope(wire.bytes));
    const auto fact = parse_fact(wire.bytes);
    if (!fact)
        return;
    const std::string canonical = fact_bytes(*fact);
    const auto again = parse_fact(canonical);
    must(again.has_value() && fact_bytes(*again) == canonical);
    const Outcome outcome = admit(state, *fact);
    for (const EntityKey& change : apply(state, *fact, outcome))
        static_cast<void>(state.write(change));
}

} // namespace montbrillant::fuzz
