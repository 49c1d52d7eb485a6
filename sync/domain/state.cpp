// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/state.hpp"

#include "sync/domain/members.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::array<std::pair<EntityKind, std::string_view>, 12> entity_names{
    {{EntityKind::delegate, "delegate"},
     {EntityKind::badge, "badge"},
     {EntityKind::card, "card"},
     {EntityKind::locker, "locker"},
     {EntityKind::laptop, "laptop"},
     {EntityKind::laptop_queue, "laptop_queue"},
     {EntityKind::delegation, "delegation"},
     {EntityKind::conflict, "conflict"},
     {EntityKind::bank, "bank"},
     {EntityKind::ticket, "ticket"},
     {EntityKind::help_call, "help_call"},
     {EntityKind::meeting, "meeting"}}};

/// "B/14": the bank's name may hold digits, so the door is set apart.
std::optional<LockerNo> locker_from_key(const std::string& key)
{
    const auto slash = key.rfind('/');
    if (slash == std::string::npos)
        return std::nullopt;
    LockerNo no{BankId(key.substr(0, slash)), 0};
    const char* end = key.data() + key.size();
    const auto [stop, error] = std::from_chars(key.data() + slash + 1, end, no.door);
    return error == std::errc() && stop == end ? std::optional(no) : std::nullopt;
}

std::set<std::string> keys_of(const std::set<LockerNo>& lockers)
{
    std::set<std::string> keys;
    for (const auto& locker : lockers)
        keys.insert(locker_key(locker));
    return keys;
}

std::set<LockerNo> lockers_of(const std::set<std::string>& keys)
{
    std::set<LockerNo> lockers;
    for (const auto& key : keys) {
        if (const auto locker = locker_from_key(key))
            lockers.insert(*locker);
    }
    return lockers;
}

} // namespace

// How entities rest on disk. Only what a person may do must be there: a guess would change it.

template <class Io> void members(Io& io, typename Io::template Of<Delegate> d)
{
    auto& p = d.participation;
    io("category", p.category);
    io("role", p.role);
    io("state", p.state);
    io.later("confirmed_by", p.confirmed_by);
    io.later("delegation", p.delegation);
    io.later("flags", p.flags);
    io.later("language", p.language);
    io.later("provisional", d.provisional);
    io.later("letter", d.letter);
    io.later("revision", d.revision);
    io.later("corrected", d.corrected);
    io.later("correction_wanted", d.correction_wanted);
    io.later("erased", d.erased);
    io.later("id_seen_time", d.id_seen_time);
    io.later("id_seen_by", d.id_seen_by);
    io.later("checked_in", d.checked_in);
    io.later("arrived", d.arrived);
    io.later("at", d.checked_in_at);
    io.later("time", d.checked_in_time);
    io.later("badge", d.badge);
    io.later("issue", d.issue);
    auto lockers = keys_of(d.lockers);
    io.later("lockers", lockers);
    if constexpr (Io::reads)
        d.lockers = lockers_of(lockers);
    io.later("laptop", d.laptop);
    io.later("attended", d.attended);
    io.later("rights", d.rights);
    io.later("pin", d.pin_verifier);
    io.later("pin_failures", d.pin_failures);
    io.later("pin_failed_time", d.pin_failed_time);
}
template <class Io> void members(Io& io, typename Io::template Of<Badge> b)
{
    io.later("delegate", b.delegate);
    io.later("issue", b.issue);
    io.later("live", b.live);
    io.later("card", b.card);
    io.later("copies", b.copies);
    io.later("printed", b.printed);
    io.later("reason", b.reason);
    io.later("awaits_card", b.awaits_card);
    io.later("valid_day", b.valid_day);
    io.later("returned", b.returned);
}
template <class Io> void members(Io& io, typename Io::template Of<Card> c)
{
    io.later("badge", c.badge);
    io.later("tier", c.tier);
}
template <class Io> void members(Io& io, typename Io::template Of<Locker> l)
{
    io.later("holder", l.holder);
    io.later("since", l.since);
    io.later("last_holder", l.last_holder);
    io.later("out_of_service", l.out_of_service);
    io.later("opened_by_staff", l.opened_by_staff);
}
template <class Io> void members(Io& io, typename Io::template Of<Laptop> l)
{
    io.later("home", l.home);
    io.later("borrower", l.borrower);
    io.later("due", l.due);
    io.later("repair", l.in_repair);
    io.later("lost", l.lost);
    io.later("accessories", l.accessories);
}
template <class Io> void members(Io& io, typename Io::template Of<QueuePlace> p)
{
    io.later("delegate", p.delegate);
    io.later("ticket", p.ticket);
    io.later("offered_until", p.offered_until);
    io.later("misses", p.misses);
    io.later("passed_over", p.passed_over);
}
template <class Io> void members(Io& io, typename Io::template Of<LaptopQueue> q)
{
    io.later("waiting", q.waiting);
}
template <class Io> void members(Io& io, typename Io::template Of<Bank> b)
{
    io.later("out_of_service", b.out_of_service);
    io.later("waiting", b.waiting);
}
template <class Io> void members(Io& io, typename Io::template Of<DelegationHead> d)
{
    io.later("head", d.head);
}
template <class Io> void members(Io& io, typename Io::template Of<Conflict> c)
{
    io.later("kind", c.kind);
    io.later("subjects", c.subjects);
    io.later("open", c.open);
    io.later("at", c.at);
    io.later("device", c.device);
    io.later("closed_by", c.closed_by);
    io.later("choice", c.choice);
    io.later("claim", c.claim);
}
template <class Io> void members(Io& io, typename Io::template Of<Ticket> t)
{
    io.later("delegate", t.delegate);
    io.later("reason", t.reason);
    io.later("open", t.open);
    io.later("device", t.device);
    io.later("at", t.at);
}
template <class Io> void members(Io& io, typename Io::template Of<HelpCall> h)
{
    io.later("where", h.where);
    io.later("open", h.open);
    io.later("device", h.device);
    io.later("at", h.at);
}
template <class Io> void members(Io& io, typename Io::template Of<Meeting> m)
{
    io.later("closed", m.closed);
    io.later("closed_time", m.closed_time);
    io.later("erased", m.erased);
    io.later("announcement", m.announcement);
    io.later("announced_time", m.announced_time);
}

namespace {

/// The table of a kind and the key in it; nothing for a key that is none of that kind.
template <class StateType, class Visit>
bool visit_table(StateType& state, const EntityKey& entity, Visit visit)
{
    const std::string& key = entity.key;
    switch (entity.kind) {
    case EntityKind::delegate: visit(state.delegates, DelegateId(key)); return true;
    case EntityKind::badge: visit(state.badges, BadgeId(key)); return true;
    case EntityKind::card: visit(state.cards, CardUid(key)); return true;
    case EntityKind::locker:
        if (const auto locker = locker_from_key(key)) {
            visit(state.lockers, *locker);
            return true;
        }
        return false;
    case EntityKind::laptop: visit(state.laptops, LaptopTag(key)); return true;
    case EntityKind::laptop_queue: visit(state.laptop_queues, key); return true;
    case EntityKind::delegation: visit(state.delegations, key); return true;
    case EntityKind::conflict: visit(state.conflicts, FactId(key)); return true;
    case EntityKind::bank: visit(state.banks, BankId(key)); return true;
    case EntityKind::ticket: visit(state.tickets, key); return true;
    case EntityKind::help_call: visit(state.help_calls, FactId(key)); return true;
    case EntityKind::meeting: visit(state.meetings, key); return true;
    }
    return false;
}

} // namespace

std::string locker_key(const LockerNo& locker)
{
    return fmt::format("{}/{}", locker.bank.str(), locker.door);
}

std::string_view name_of(EntityKind kind)
{
    for (const auto& [candidate, name] : entity_names) {
        if (candidate == kind)
            return name;
    }
    return {};
}

State::State(const State* base)
    : delegates(base ? &base->delegates : nullptr), badges(base ? &base->badges : nullptr),
      cards(base ? &base->cards : nullptr), lockers(base ? &base->lockers : nullptr),
      laptops(base ? &base->laptops : nullptr), laptop_queues(base ? &base->laptop_queues : nullptr),
      delegations(base ? &base->delegations : nullptr), conflicts(base ? &base->conflicts : nullptr),
      banks(base ? &base->banks : nullptr), tickets(base ? &base->tickets : nullptr),
      help_calls(base ? &base->help_calls : nullptr), meetings(base ? &base->meetings : nullptr)
{
}

const LaptopQueue& State::laptop_queue() const
{
    static const LaptopQueue empty;
    const LaptopQueue* queue = laptop_queues.find("");
    return queue == nullptr ? empty : *queue;
}

const Meeting& State::meeting() const
{
    static const Meeting open;
    const Meeting* meeting = meetings.find("");
    return meeting == nullptr ? open : *meeting;
}

void State::clear()
{
    std::apply([](auto&... table) { (table.clear(), ...); }, tables());
}

void State::absorb(State& layer)
{
    const auto each = [&]<std::size_t... I>(std::index_sequence<I...>, auto ours, auto theirs) {
        (std::get<I>(ours).absorb(std::get<I>(theirs)), ...);
    };
    using Tables = decltype(tables());
    each(std::make_index_sequence<std::tuple_size_v<Tables>>(), tables(), layer.tables());
}

bool State::holds(const EntityKey& key) const
{
    bool found = false;
    visit_table(*this, key,
                [&found](const auto& table, const auto& id) { found = table.find(id) != nullptr; });
    return found;
}

std::string State::write(const EntityKey& key) const
{
    std::string text = "null";
    visit_table(*this, key, [&text](const auto& table, const auto& id) {
        if (const auto* entity = table.find(id)) {
            using Entity = std::remove_cvref_t<decltype(*entity)>;
            static const MemberWriter usual = [] {
                MemberWriter of_default;
                members(of_default, Entity{});
                return of_default;
            }();
            MemberWriter writer;
            members(writer, *entity);
            text = writer.text_beside(usual);
        }
    });
    return text;
}

Result<> State::read(std::string_view kind, const std::string& key, std::string_view text)
{
    thread_local JsonText kept{JsonLimits{}};
    MB_TRY(const JsonView object, kept.read(text, fmt::format("{} {}", kind, key)));
    if (!object.is_object())
        return fail(ErrorKind::storage, fmt::format("the {} is not an object", kind), key);
    const auto* known = std::find_if(entity_names.begin(), entity_names.end(),
                                     [kind](const auto& named) { return named.second == kind; });
    if (known == entity_names.end())
        return fail(ErrorKind::storage, fmt::format("an entity of the unknown kind \"{}\"", kind), key);
    std::string missing;
    const bool keyed = visit_table(*this, {known->first, key}, [&](auto& table, const auto& id) {
        auto entity = std::remove_cvref_t<decltype(*table.find(id))>{};
        MemberReader reader(object);
        members(reader, entity);
        missing = reader.missing();
        if (missing.empty())
            table.edit(id) = std::move(entity);
    });
    if (!keyed)
        return fail(ErrorKind::storage, fmt::format("\"{}\" is no key of a {}", key, kind), key);
    if (!missing.empty())
        return fail(ErrorKind::storage,
                    fmt::format("{} of the {} is missing or not known to this program", missing, kind), key);
    return {};
}

} // namespace montbrillant
