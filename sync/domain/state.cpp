// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/state.hpp"

#include "sync/base/json.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::array<std::pair<EntityKind, std::string_view>, 8> entity_names{
    {{EntityKind::delegate, "delegate"},
     {EntityKind::badge, "badge"},
     {EntityKind::card, "card"},
     {EntityKind::locker, "locker"},
     {EntityKind::laptop, "laptop"},
     {EntityKind::laptop_queue, "laptop_queue"},
     {EntityKind::delegation, "delegation"},
     {EntityKind::conflict, "conflict"}}};

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

Json write_entity(const Delegate& d)
{
    Json flags = Json::array();
    for (const auto flag : d.participation.flags)
        flags.push_back(name_of(flag));
    Json rights = Json::array();
    for (const auto right : d.rights)
        rights.push_back(name_of(right));
    Json lockers = Json::array();
    for (const auto& locker : d.lockers)
        lockers.push_back(locker_key(locker));
    return {{"delegation", d.participation.delegation},
            {"category", name_of(d.participation.category)},
            {"role", name_of(d.participation.role)},
            {"flags", flags},
            {"language", language_code(d.participation.language)},
            {"state", name_of(d.participation.state)},
            {"confirmed_by", d.participation.confirmed_by},
            {"provisional", d.provisional},
            {"checked_in", d.checked_in},
            {"at", d.checked_in_at.str()},
            {"time", d.checked_in_time.ms},
            {"badge", d.badge.str()},
            {"lockers", lockers},
            {"laptop", d.laptop.str()},
            {"rights", rights},
            {"pin", d.pin_verifier}};
}

template <class Each> void each_text(const Json& object, std::string_view key, Each each)
{
    const auto list = object.find(key);
    if (list == object.end() || !list->is_array())
        return;
    for (const auto& item : *list) {
        if (item.is_string())
            each(item.get<std::string>());
    }
}

std::optional<Delegate> read_delegate(const Json& o)
{
    Delegate d;
    d.participation.delegation = json_text_or(o, "delegation", "");
    const auto category = category_from(json_text_or(o, "category", ""));
    const auto role = role_from(json_text_or(o, "role", ""));
    const auto state = registration_from(json_text_or(o, "state", ""));
    // A guess here would change what a person may do.
    if (!category || !role || !state)
        return std::nullopt;
    d.participation.category = *category;
    d.participation.role = *role;
    d.participation.state = *state;
    d.participation.language = language_from_code(json_text_or(o, "language", "")).value_or(Language::en);
    d.participation.confirmed_by = json_text_or(o, "confirmed_by", "");
    each_text(o, "flags", [&](const std::string& name) {
        if (const auto flag = flag_from(name))
            d.participation.flags.insert(*flag);
    });
    each_text(o, "rights", [&](const std::string& name) {
        if (const auto right = right_from(name))
            d.rights.insert(*right);
    });
    each_text(o, "lockers", [&](const std::string& key) {
        if (const auto locker = locker_from_key(key))
            d.lockers.insert(*locker);
    });
    d.provisional = json_bool_or(o, "provisional", false);
    d.checked_in = json_bool_or(o, "checked_in", false);
    d.checked_in_at = DeviceId(json_text_or(o, "at", ""));
    d.checked_in_time = {json_int_or(o, "time", 0)};
    d.badge = BadgeId(json_text_or(o, "badge", ""));
    d.laptop = LaptopTag(json_text_or(o, "laptop", ""));
    d.pin_verifier = json_text_or(o, "pin", "");
    return d;
}

Json write_entity(const Badge& b)
{
    return {{"delegate", b.delegate.str()}, {"issue", b.issue},   {"live", b.live},
            {"card", b.card.str()},         {"copies", b.copies}, {"printed", b.printed}};
}

Badge read_badge(const Json& o)
{
    return {DelegateId(json_text_or(o, "delegate", "")),
            static_cast<unsigned>(json_int_or(o, "issue", 1)),
            json_bool_or(o, "live", false),
            CardUid(json_text_or(o, "card", "")),
            static_cast<unsigned>(json_int_or(o, "copies", 0)),
            json_bool_or(o, "printed", false)};
}

Json write_entity(const Card& c) { return {{"badge", c.badge.str()}, {"tier", c.tier}}; }
Json write_entity(const Locker& l) { return {{"holder", l.holder.str()}, {"since", l.since.ms}}; }
Json write_entity(const Laptop& l)
{
    return {{"home", l.home.str()}, {"borrower", l.borrower.str()}, {"due", l.due}, {"repair", l.in_repair}};
}
Json write_entity(const LaptopQueue& q)
{
    Json out = Json::array();
    for (const auto& waiting : q.waiting)
        out.push_back({{"delegate", waiting.delegate.str()}, {"ticket", waiting.ticket}});
    return {{"waiting", out}};
}
Json write_entity(const DelegationHead& d) { return {{"head", d.head.str()}}; }
Json write_entity(const Conflict& c)
{
    return {{"kind", c.kind}, {"subjects", c.subjects}, {"open", c.open}};
}

LaptopQueue read_queue(const Json& o)
{
    LaptopQueue queue;
    const auto list = o.find("waiting");
    if (list != o.end() && list->is_array()) {
        for (const auto& item : *list)
            queue.waiting.push_back(
                {DelegateId(json_text_or(item, "delegate", "")), json_text_or(item, "ticket", "")});
    }
    return queue;
}

Conflict read_conflict(const Json& o)
{
    Conflict conflict{json_text_or(o, "kind", ""), {}, json_bool_or(o, "open", true)};
    each_text(o, "subjects", [&](const std::string& subject) { conflict.subjects.push_back(subject); });
    return conflict;
}

template <class K, class V> std::string found(const Table<K, V>& table, const K& key)
{
    const V* entity = table.find(key);
    return entity == nullptr ? std::string("null") : dump_json(write_entity(*entity));
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
      delegations(base ? &base->delegations : nullptr), conflicts(base ? &base->conflicts : nullptr)
{
}

const LaptopQueue& State::laptop_queue() const
{
    static const LaptopQueue empty;
    const LaptopQueue* queue = laptop_queues.find("");
    return queue == nullptr ? empty : *queue;
}

void State::clear()
{
    delegates.clear();
    badges.clear();
    cards.clear();
    lockers.clear();
    laptops.clear();
    laptop_queues.clear();
    delegations.clear();
    conflicts.clear();
}

std::string State::write(const EntityKey& key) const
{
    switch (key.kind) {
    case EntityKind::delegate: return found(delegates, DelegateId(key.key));
    case EntityKind::badge: return found(badges, BadgeId(key.key));
    case EntityKind::card: return found(cards, CardUid(key.key));
    case EntityKind::locker: return found(lockers, locker_from_key(key.key).value_or(LockerNo{}));
    case EntityKind::laptop: return found(laptops, LaptopTag(key.key));
    case EntityKind::laptop_queue: return found(laptop_queues, key.key);
    case EntityKind::delegation: return found(delegations, key.key);
    case EntityKind::conflict: return found(conflicts, FactId(key.key));
    }
    return "null";
}

Result<> State::read(std::string_view kind, const std::string& key, std::string_view text)
{
    MB_TRY(const Json o, parse_json(text, fmt::format("{} {}", kind, key)));
    if (!o.is_object())
        return fail(ErrorKind::storage, fmt::format("the {} is not an object", kind), key);
    if (kind == name_of(EntityKind::delegate)) {
        auto delegate = read_delegate(o);
        if (!delegate)
            return fail(ErrorKind::storage, "a category, role or state that this program does not know", key);
        delegates.edit(DelegateId(key)) = std::move(*delegate);
    } else if (kind == name_of(EntityKind::badge))
        badges.edit(BadgeId(key)) = read_badge(o);
    else if (kind == name_of(EntityKind::card))
        cards.edit(CardUid(key)) = {BadgeId(json_text_or(o, "badge", "")),
                                    static_cast<unsigned>(json_int_or(o, "tier", 0))};
    else if (kind == name_of(EntityKind::locker) && locker_from_key(key))
        lockers.edit(*locker_from_key(key)) = {DelegateId(json_text_or(o, "holder", "")),
                                               {json_int_or(o, "since", 0)}};
    else if (kind == name_of(EntityKind::laptop))
        laptops.edit(LaptopTag(key)) = {DeviceId(json_text_or(o, "home", "")),
                                        DelegateId(json_text_or(o, "borrower", "")),
                                        json_text_or(o, "due", ""), json_bool_or(o, "repair", false)};
    else if (kind == name_of(EntityKind::laptop_queue))
        laptop_queues.edit(key) = read_queue(o);
    else if (kind == name_of(EntityKind::delegation))
        delegations.edit(key) = {DelegateId(json_text_or(o, "head", ""))};
    else if (kind == name_of(EntityKind::conflict))
        conflicts.edit(FactId(key)) = read_conflict(o);
    else
        return fail(ErrorKind::storage, fmt::format("an entity of the unknown kind \"{}\"", kind), key);
    return {};
}

} // namespace montbrillant
