// SPDX-License-Identifier: Apache-2.0
// Staff, tickets, help, sessions, announcements and the meeting as a whole.
#include "sync/domain/rules/parts.hpp"

namespace montbrillant::rules {
namespace {

constexpr std::string_view not_registered = "the person is not registered";

} // namespace

/// The first manager is made at the registry; every later one by a manager.
Outcome Admit::operator()(const fact::StaffAppointed& f) const
{
    const Delegate* person = state.delegates.find(f.staff);
    if (person == nullptr || person->erased)
        return rejected(std::string(not_registered));
    const bool may = f.by ? holds(state, f.by, Right::manage) : fact.device == registry_device();
    return may ? accepted() : rejected("only a manager, or the registry itself, appoints staff");
}
Changes Apply::operator()(const fact::StaffAppointed& f) const
{
    state.delegates.edit(f.staff).rights = f.rights;
    return {{EntityKind::delegate, f.staff.str()}};
}

Outcome Admit::operator()(const fact::StaffPinSet& f) const
{
    return state.delegates.find(f.staff) == nullptr ? rejected(std::string(not_registered)) : accepted();
}
Changes Apply::operator()(const fact::StaffPinSet& f) const
{
    Delegate& staff = state.delegates.edit(f.staff);
    staff.pin_verifier = f.verifier;
    staff.pin_failures = 0;
    return {{EntityKind::delegate, f.staff.str()}};
}

Outcome Admit::operator()(const fact::StaffPinFailed& f) const
{
    return state.delegates.find(f.staff) == nullptr ? rejected(std::string(not_registered)) : accepted();
}
Changes Apply::operator()(const fact::StaffPinFailed& f) const
{
    Delegate& staff = state.delegates.edit(f.staff);
    ++staff.pin_failures;
    staff.pin_failed_time = fact.at;
    return {{EntityKind::delegate, f.staff.str()}};
}

Outcome Admit::operator()(const fact::StaffPinLifted& f) const
{
    const Delegate* staff = state.delegates.find(f.staff);
    if (staff == nullptr)
        return rejected(std::string(not_registered));
    if (f.by && !holds(state, f.by, Right::manage))
        return rejected("only a manager lifts the wait");
    return staff->pin_failures == 0 ? duplicate("nothing is to be lifted") : accepted();
}
Changes Apply::operator()(const fact::StaffPinLifted& f) const
{
    state.delegates.edit(f.staff).pin_failures = 0;
    return {{EntityKind::delegate, f.staff.str()}};
}

Outcome Admit::operator()(const fact::TicketIssued& f) const
{
    return state.tickets.find(f.number) != nullptr ? duplicate("the ticket was issued already") : accepted();
}
Changes Apply::operator()(const fact::TicketIssued& f) const
{
    state.tickets.edit(f.number) = {f.delegate.value_or(DelegateId()), f.reason, true, fact.device, fact.at};
    return {{EntityKind::ticket, f.number}};
}

Outcome Admit::operator()(const fact::TicketClosed& f) const
{
    const Ticket* ticket = state.tickets.find(f.number);
    if (ticket == nullptr)
        return rejected("no such ticket was issued");
    return ticket->open ? accepted() : duplicate("the ticket is closed already");
}
Changes Apply::operator()(const fact::TicketClosed& f) const
{
    state.tickets.edit(f.number).open = false;
    return {{EntityKind::ticket, f.number}};
}

Outcome Admit::operator()(const fact::HelpCalled&) const { return accepted(); }
Changes Apply::operator()(const fact::HelpCalled& f) const
{
    state.help_calls.edit(fact.id) = {f.where, true, fact.device, fact.at};
    return {{EntityKind::help_call, fact.id.str()}};
}

Outcome Admit::operator()(const fact::HelpAnswered& f) const
{
    const HelpCall* call = state.help_calls.find(f.call);
    if (call == nullptr)
        return rejected("nobody called");
    return call->open ? accepted() : duplicate("somebody came already");
}
Changes Apply::operator()(const fact::HelpAnswered& f) const
{
    state.help_calls.edit(f.call).open = false;
    return {{EntityKind::help_call, f.call.str()}};
}

Outcome Admit::operator()(const fact::AttemptRefused&) const { return accepted(); }
Changes Apply::operator()(const fact::AttemptRefused&) const { return {}; }

Outcome Admit::operator()(const fact::SessionAttended& f) const
{
    const Delegate* delegate = state.delegates.find(f.delegate);
    if (delegate == nullptr)
        return conflict(ConflictKind::unknown_person, "nobody is registered under this id");
    return delegate->attended.contains(f.session) ? duplicate("they are on the list already") : accepted();
}
Changes Apply::operator()(const fact::SessionAttended& f) const
{
    Changes changes;
    Delegate& delegate = delegate_for(state, f.delegate, changes);
    delegate.attended.insert(f.session);
    delegate.arrived = true;
    return changes;
}

Outcome Admit::operator()(const fact::Announced& f) const
{
    if (f.staff && !holds(state, f.staff, Right::manage))
        return rejected("only a manager speaks to every screen");
    return state.meeting().announcement == f.text ? duplicate("it is on every screen already") : accepted();
}
Changes Apply::operator()(const fact::Announced& f) const
{
    Meeting& meeting = state.meetings.edit("");
    meeting.announcement = f.text;
    meeting.announced_time = fact.at;
    return {{EntityKind::meeting, ""}};
}

Outcome Admit::operator()(const fact::ExportMade&) const { return accepted(); }
Changes Apply::operator()(const fact::ExportMade&) const { return {}; }

Outcome Admit::operator()(const fact::EventClosed&) const
{
    if (fact.device != registry_device())
        return rejected("an event is closed at its registry");
    return state.meeting().closed ? duplicate("the event is closed already") : accepted();
}
Changes Apply::operator()(const fact::EventClosed&) const
{
    Meeting& meeting = state.meetings.edit("");
    meeting.closed = true;
    meeting.closed_time = fact.at;
    meeting.announcement.clear();
    return {{EntityKind::meeting, ""}};
}

Outcome Admit::operator()(const fact::EventErased&) const
{
    // One device that is stolen must not take everybody's data with it.
    if (fact.device != registry_device())
        return rejected("an event is erased at its registry");
    if (!state.meeting().closed)
        return rejected("the event is not closed");
    return state.meeting().erased ? duplicate("the event is erased already") : accepted();
}
Changes Apply::operator()(const fact::EventErased&) const
{
    state.meetings.edit("").erased = true;
    return {{EntityKind::meeting, ""}};
}

} // namespace montbrillant::rules
