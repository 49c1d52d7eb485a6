// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/rules.hpp"

#include "sync/domain/rules/parts.hpp"

#include <array>

namespace montbrillant {
namespace {

constexpr std::array all_verdicts{Verdict::accepted, Verdict::duplicate, Verdict::conflict,
                                  Verdict::rejected};

template <class Range> auto by_name(const Range& all, std::string_view wanted)
{
    std::optional<typename Range::value_type> found;
    for (const auto value : all) {
        if (name_of(value) == wanted)
            found = value;
    }
    return found;
}

} // namespace

std::string_view name_of(Verdict verdict)
{
    switch (verdict) {
    case Verdict::accepted: return "accepted";
    case Verdict::duplicate: return "duplicate";
    case Verdict::conflict: return "conflict";
    case Verdict::rejected: return "rejected";
    }
    return {};
}

std::optional<Verdict> verdict_from(std::string_view name) { return by_name(all_verdicts, name); }

std::string_view name_of(ConflictKind kind)
{
    switch (kind) {
    case ConflictKind::double_check_in: return "double_check_in";
    case ConflictKind::second_badge: return "second_badge";
    case ConflictKind::card_on_two_badges: return "card_on_two_badges";
    case ConflictKind::locker_at_two: return "locker_at_two";
    case ConflictKind::laptop_at_two: return "laptop_at_two";
    case ConflictKind::cancelled_checked_in: return "cancelled_checked_in";
    case ConflictKind::two_heads: return "two_heads";
    case ConflictKind::record_at_two: return "record_at_two";
    case ConflictKind::import_over_correction: return "import_over_correction";
    case ConflictKind::unknown_person: return "unknown_person";
    case ConflictKind::unknown_badge: return "unknown_badge";
    case ConflictKind::resolved_twice: return "resolved_twice";
    }
    return {};
}

std::optional<ConflictKind> conflict_from(std::string_view name) { return by_name(all_conflict_kinds, name); }

const DeviceId& registry_device()
{
    static const DeviceId registry("registry");
    return registry;
}

Outcome admit(const State& state, const Fact& fact)
{
    return std::visit(rules::Admit{state, fact}, fact.body);
}

} // namespace montbrillant
