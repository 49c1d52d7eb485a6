// SPDX-License-Identifier: Apache-2.0
// Sessions, staff, announcements, conflicts.
#include "sync/domain/decide/drafts.hpp"

namespace montbrillant {

using namespace drafts;

Decided decide(const State& state, const command::AttendSession& wish)
{
    const Delegate* delegate = state.delegates.find(wish.delegate);
    if (delegate == nullptr)
        return refuse(Refusal::unknown_delegate);
    if (delegate->attended.contains(wish.session))
        return Decision{};
    const bool listed = !wish.eligible || delegate->participation.flags.contains(*wish.eligible);
    if (!listed && !wish.admitted_by)
        return refuse(Refusal::not_on_list);
    if (wish.admitted_by && !has_right(state, *wish.admitted_by, Right::host))
        return refuse(Refusal::right_missing);
    return admitted(state, fact::SessionAttended{wish.session, wish.delegate, wish.admitted_by});
}

/// Without `by` it is the registry's own command line that asks.
Decided decide(const State& state, const command::AppointStaff& wish)
{
    if (state.delegates.find(wish.staff) == nullptr)
        return refuse(Refusal::unknown_delegate);
    if (wish.by && !has_right(state, *wish.by, Right::manage))
        return refuse(Refusal::right_missing);
    return admitted(state, fact::StaffAppointed{wish.staff, wish.rights, wish.by}, registry_device());
}

Decided decide(const State& state, const command::Announce& wish)
{
    if (wish.staff && !has_right(state, *wish.staff, Right::manage))
        return refuse(Refusal::right_missing);
    if (state.meeting().announcement == wish.text)
        return refuse(Refusal::nothing_to_do);
    return admitted(state, fact::Announced{wish.text, wish.staff});
}

Decided decide(const State& state, const command::ResolveConflict& wish)
{
    const Conflict* conflict = state.conflicts.find(wish.conflict);
    if (conflict == nullptr)
        return refuse(Refusal::conflict_unknown);
    if (!conflict->open)
        return refuse(Refusal::conflict_closed, conflict->choice);
    return admitted(state, fact::ConflictResolved{wish.conflict, wish.choice, wish.staff, wish.note});
}

} // namespace montbrillant
