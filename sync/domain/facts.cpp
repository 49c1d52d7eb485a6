// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/facts.hpp"

#include "sync/base/one_of_body.hpp"
#include "sync/domain/members.hpp"

#include <map>

namespace montbrillant {

MB_COMPILE_ONE_OF(Body)

namespace {

template <class Enum, std::size_t N>
std::optional<Enum> by_name(const std::array<Enum, N>& all, std::string_view name)
{
    for (const auto value : all) {
        if (name_of(value) == name)
            return value;
    }
    return std::nullopt;
}

} // namespace

std::string_view name_of(Right right)
{
    switch (right) {
    case Right::release: return "release";
    case Right::lend: return "lend";
    case Right::manage: return "manage";
    case Right::host: return "host";
    }
    return {};
}

std::optional<Right> right_from(std::string_view name) { return by_name(all_rights, name); }

std::string_view name_of(Choice choice) { return choice == Choice::first ? "first" : "second"; }

std::optional<Choice> choice_from(std::string_view name) { return by_name(all_choices, name); }

std::string_view name_of(IssueReason reason)
{
    switch (reason) {
    case IssueReason::first: return "first";
    case IssueReason::lost: return "lost";
    case IssueReason::damaged: return "damaged";
    case IssueReason::day: return "day";
    }
    return {};
}

std::optional<IssueReason> issue_reason_from(std::string_view name)
{
    return by_name(all_issue_reasons, name);
}

Participation participation_of(const Person& person)
{
    return {person.delegation, person.category, person.role,        person.flags,
            person.language,   person.state,    person.confirmed_by};
}

void overlay(Person& person, const Participation& p)
{
    person.delegation = p.delegation;
    person.category = p.category;
    person.role = p.role;
    person.flags = p.flags;
    person.language = p.language;
    person.state = p.state;
    person.confirmed_by = p.confirmed_by;
}

// The members of every kind of fact, by name.

template <class Io> void members(Io& io, typename Io::template Of<fact::DelegateRegistered> f)
{
    io("delegate", f.delegate);
    io("participation", f.participation);
    io("provisional", f.provisional);
    io.later("letter", f.letter);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::DelegateAmended> f)
{
    io("delegate", f.delegate);
    io("participation", f.participation);
    io.later("changed", f.changed);
    io.later("base", f.base);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::DelegateCorrected> f)
{
    io("delegate", f.delegate);
    io("participation", f.participation);
    io("changed", f.changed);
    io("base", f.base);
    io("staff", f.staff);
    io("letter", f.letter);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::CorrectionRequested> f)
{
    io("delegate", f.delegate);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::IdSeen> f)
{
    io("delegate", f.delegate);
    io("staff", f.staff);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::CheckedIn> f)
{
    io("delegate", f.delegate);
    io("identified_by", f.identified_by);
    io("released_by", f.released_by);
    io.later("in_person", f.in_person);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::CheckInUndone> f)
{
    io("delegate", f.delegate);
    io("staff", f.staff);
    io("reason", f.reason);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::DelegateErased> f)
{
    io("delegate", f.delegate);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::RecordRead> f)
{
    io("delegate", f.delegate);
    io("staff", f.staff);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::BadgeIssued> f)
{
    io("badge", f.badge);
    io("delegate", f.delegate);
    io("issue", f.issue);
    io.later("reason", f.reason);
    io.later("staff", f.staff);
    io.later("valid_day", f.valid_day);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::BadgeRevoked> f)
{
    io("badge", f.badge);
    io("staff", f.staff);
    io("reason", f.reason);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::BadgeReturned> f)
{
    io("badge", f.badge);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::PrintQueued> f)
{
    io("badge", f.badge);
    io("copy", f.copy);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::BadgePrinted> f)
{
    io("badge", f.badge);
    io("copy", f.copy);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::CardBound> f)
{
    io("card", f.card);
    io("badge", f.badge);
    io("tier", f.tier);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::CardFreed> f)
{
    io("card", f.card);
    io("badge", f.badge);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LockerAssigned> f)
{
    io("locker", f.locker);
    io("delegate", f.delegate);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LockerOpened> f)
{
    io("locker", f.locker);
    io("delegate", f.delegate);
    io("unlock", f.unlock);
    io("outcome", f.outcome);
    io("reason", f.reason);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LockerReleased> f)
{
    io("locker", f.locker);
    io("delegate", f.delegate);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LockerAsked> f)
{
    io("bank", f.bank);
    io("delegate", f.delegate);
    io("ticket", f.ticket);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LockerServiced> f)
{
    io("locker", f.locker);
    io("in_service", f.in_service);
    io("staff", f.staff);
    io("reason", f.reason);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::ItemFound> f)
{
    io("locker", f.locker);
    io("staff", f.staff);
    io("item", f.item);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::BankOpened> f)
{
    io("bank", f.bank);
    io("first", f.first);
    io("second", f.second);
    io("reason", f.reason);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::BankServiced> f)
{
    io("bank", f.bank);
    io("in_service", f.in_service);
    io("staff", f.staff);
    io("reason", f.reason);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopAdded> f)
{
    io("laptop", f.laptop);
    io("home", f.home);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopMoved> f)
{
    io("laptop", f.laptop);
    io("home", f.home);
    io("staff", f.staff);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopAsked> f)
{
    io("delegate", f.delegate);
    io("ticket", f.ticket);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopQueueLeft> f)
{
    io("delegate", f.delegate);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopOffered> f)
{
    io("delegate", f.delegate);
    io("until", f.until);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopOfferMissed> f)
{
    io("delegate", f.delegate);
    io("ends", f.ends);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopLent> f)
{
    io("laptop", f.laptop);
    io("delegate", f.delegate);
    io("staff", f.staff);
    io("due", f.due);
    io.later("accessories", f.accessories);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopReturned> f)
{
    io("laptop", f.laptop);
    io("staff", f.staff);
    io("faulty", f.faulty);
    io("condition", f.condition);
    io.later("missing", f.missing);
    io.later("wiped", f.wiped);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopSwapped> f)
{
    io("laptop", f.laptop);
    io("instead", f.instead);
    io("staff", f.staff);
    io("condition", f.condition);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopLost> f)
{
    io("laptop", f.laptop);
    io("staff", f.staff);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::LaptopRestored> f)
{
    io("laptop", f.laptop);
    io("staff", f.staff);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::StaffAppointed> f)
{
    io("staff", f.staff);
    io("rights", f.rights);
    io.later("by", f.by);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::StaffPinSet> f)
{
    io("staff", f.staff);
    io("verifier", f.verifier);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::StaffPinFailed> f)
{
    io("staff", f.staff);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::StaffPinLifted> f)
{
    io("staff", f.staff);
    io("by", f.by);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::TicketIssued> f)
{
    io("number", f.number);
    io("delegate", f.delegate);
    io("reason", f.reason);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::TicketClosed> f)
{
    io("number", f.number);
    io("staff", f.staff);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::HelpCalled> f)
{
    io("where", f.where);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::HelpAnswered> f)
{
    io("call", f.call);
    io("staff", f.staff);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::AttemptRefused> f)
{
    io("delegate", f.delegate);
    io("reason", f.reason);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::SessionAttended> f)
{
    io("session", f.session);
    io("delegate", f.delegate);
    io("admitted_by", f.admitted_by);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::Announced> f)
{
    io("text", f.text);
    io("staff", f.staff);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::ExportMade> f)
{
    io("what", f.what);
    io("rows", f.rows);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::ConflictResolved> f)
{
    io("conflict", f.conflict);
    io("choice", f.choice);
    io("staff", f.staff);
    io("note", f.note);
}
template <class Io> void members(Io& io, typename Io::template Of<fact::EventClosed> f) { io("by", f.by); }
template <class Io> void members(Io& io, typename Io::template Of<fact::EventErased> f)
{
    io("by", f.by);
    io("reason", f.reason);
}
/// Whatever else it said, a newer program knows.
template <class Io> void members(Io&, typename Io::template Of<fact::Unknown>) {}

namespace {

using Parser = Body (*)(MemberReader&);

template <class F> Body parse_data(MemberReader& reader)
{
    F f;
    members(reader, f);
    return f;
}

template <class... Facts> std::map<std::string_view, Parser> parsers_of(const std::variant<Facts...>*)
{
    std::map<std::string_view, Parser> table;
    const auto add = [&table]<class F>(const F*) {
        if constexpr (!std::is_same_v<F, fact::Unknown>)
            table.emplace(F::kind, &parse_data<F>);
    };
    (add(static_cast<const Facts*>(nullptr)), ...);
    return table;
}

std::uint64_t unsigned_of(JsonView object, std::string_view key, std::int64_t max, bool& good)
{
    const auto value = object.find(key).integer();
    if (!value || *value < 0 || *value > max)
        good = false;
    return static_cast<std::uint64_t>(value.value_or(0));
}

void write_members(MemberWriter& out, const Fact& fact)
{
    out("actor", fact.actor);
    out("at", fact.at);
    out("counter", fact.counter);
    std::visit([&out](const auto& body) { out("data", body); }, fact.body);
    out("device", fact.device);
    out("epoch", std::uint64_t{fact.epoch});
    out("id", fact.id);
    out("kind", kind_of(fact.body));
    out("mono", fact.mono);
    out("v", 1);
}

} // namespace

std::string_view kind_of(const Body& body)
{
    return std::visit([](const auto& f) -> std::string_view { return f.kind; }, body);
}

std::optional<DelegateId> record_owner(const Body& body)
{
    if (const auto* registered = std::get_if<fact::DelegateRegistered>(&body))
        return registered->delegate;
    if (const auto* amended = std::get_if<fact::DelegateAmended>(&body))
        return amended->delegate;
    if (const auto* corrected = std::get_if<fact::DelegateCorrected>(&body))
        return corrected->delegate;
    return std::nullopt;
}

std::string fact_bytes(const Fact& fact)
{
    MemberWriter out;
    write_members(out, fact);
    return out.text();
}

Result<std::string> write_fact(Fact& fact)
{
    MemberWriter out;
    write_members(out, fact);
    std::string bytes = out.text();
    if (!out.exact() || bytes.size() > fact_bytes_max) {
        MB_TRY(fact, parse_fact(bytes));
    }
    return bytes;
}

Result<Fact> parse_fact(std::string_view bytes)
{
    thread_local JsonText kept{{.bytes_max = fact_bytes_max, .depth_max = 8}};
    MB_TRY(const JsonView envelope, kept.read(bytes, "fact"));
    const auto text = [envelope](std::string_view key) {
        return std::string(envelope.find(key).text().value_or(std::string_view()));
    };
    Fact fact;
    bool good = true;
    fact.id = FactId(text("id"));
    fact.device = DeviceId(text("device"));
    fact.epoch = static_cast<std::uint32_t>(unsigned_of(envelope, "epoch", UINT32_MAX, good));
    fact.counter = unsigned_of(envelope, "counter", INT64_MAX, good);
    fact.at = {envelope.find("at").integer().value_or(0)};
    fact.mono = {envelope.find("mono").integer().value_or(0)};
    fact.actor = text("actor");
    const std::string kind = text("kind");
    if (!good || fact.id.empty() || fact.device.empty() || kind.empty() || fact.counter == 0)
        return fail(ErrorKind::input, "a fact needs id, device, epoch, counter and kind", "fact");
    static const auto parsers = parsers_of(static_cast<const Body*>(nullptr));
    const auto parser = parsers.find(kind);
    if (parser == parsers.end()) {
        fact.body = fact::Unknown{kind};
        return fact;
    }
    MemberReader reader(envelope.find("data"));
    fact.body = parser->second(reader);
    if (!reader.missing().empty())
        return fail(ErrorKind::input,
                    fmt::format("{} of {} is missing or of another type", reader.missing(), kind),
                    fmt::format("fact {}", fact.id.str()));
    return fact;
}

crypto::Hash chain_hash(const crypto::Hash& previous, std::string_view bytes)
{
    return crypto::blake2b(previous, as_bytes(bytes));
}

} // namespace montbrillant
