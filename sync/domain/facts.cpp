// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/facts.hpp"

#include "sync/base/json.hpp"

#include <fmt/format.h>
#include <functional>
#include <map>

namespace montbrillant {
namespace {

Json texts(const auto& values)
{
    Json out = Json::array();
    for (const auto value : values)
        out.push_back(name_of(value));
    return out;
}

Json write(const Participation& p)
{
    return {{"category", name_of(p.category)},
            {"confirmed_by", p.confirmed_by},
            {"delegation", p.delegation},
            {"flags", texts(p.flags)},
            {"language", language_code(p.language)},
            {"role", name_of(p.role)},
            {"state", name_of(p.state)}};
}

Json write(const LockerNo& locker) { return {{"bank", locker.bank.str()}, {"door", locker.door}}; }

Json write(const std::optional<DelegateId>& id) { return id ? Json(id->str()) : Json(nullptr); }

struct Writer {
    Json operator()(const fact::DelegateRegistered& f) const
    {
        return {{"delegate", f.delegate.str()},
                {"participation", write(f.participation)},
                {"provisional", f.provisional}};
    }
    Json operator()(const fact::DelegateAmended& f) const
    {
        return {{"delegate", f.delegate.str()}, {"participation", write(f.participation)}};
    }
    Json operator()(const fact::CheckedIn& f) const
    {
        return {{"delegate", f.delegate.str()},
                {"identified_by", f.identified_by},
                {"released_by", write(f.released_by)}};
    }
    Json operator()(const fact::BadgeIssued& f) const
    {
        return {{"badge", f.badge.str()}, {"delegate", f.delegate.str()}, {"issue", f.issue}};
    }
    Json operator()(const fact::PrintQueued& f) const { return {{"badge", f.badge.str()}, {"copy", f.copy}}; }
    Json operator()(const fact::BadgePrinted& f) const
    {
        return {{"badge", f.badge.str()}, {"copy", f.copy}};
    }
    Json operator()(const fact::CardBound& f) const
    {
        return {{"badge", f.badge.str()}, {"card", f.card.str()}, {"tier", f.tier}};
    }
    Json operator()(const fact::LockerAssigned& f) const
    {
        return {{"delegate", f.delegate.str()}, {"locker", write(f.locker)}};
    }
    Json operator()(const fact::LockerOpened& f) const
    {
        return {{"delegate", write(f.delegate)},
                {"locker", write(f.locker)},
                {"outcome", f.outcome},
                {"reason", f.reason},
                {"unlock", f.unlock.str()}};
    }
    Json operator()(const fact::LockerReleased& f) const
    {
        return {{"delegate", f.delegate.str()}, {"locker", write(f.locker)}};
    }
    Json operator()(const fact::LaptopAdded& f) const
    {
        return {{"home", f.home.str()}, {"laptop", f.laptop.str()}};
    }
    Json operator()(const fact::LaptopAsked& f) const
    {
        return {{"delegate", f.delegate.str()}, {"ticket", f.ticket}};
    }
    Json operator()(const fact::LaptopLent& f) const
    {
        return {{"delegate", f.delegate.str()},
                {"due", f.due},
                {"laptop", f.laptop.str()},
                {"staff", f.staff.str()}};
    }
    Json operator()(const fact::LaptopReturned& f) const
    {
        return {{"condition", f.condition},
                {"faulty", f.faulty},
                {"laptop", f.laptop.str()},
                {"staff", f.staff.str()}};
    }
    Json operator()(const fact::StaffAppointed& f) const
    {
        return {{"rights", texts(f.rights)}, {"staff", f.staff.str()}};
    }
    Json operator()(const fact::StaffPinSet& f) const
    {
        return {{"staff", f.staff.str()}, {"verifier", f.verifier}};
    }
    Json operator()(const fact::TicketIssued& f) const
    {
        return {{"delegate", write(f.delegate)}, {"number", f.number}, {"reason", f.reason}};
    }
    Json operator()(const fact::AttemptRefused& f) const
    {
        return {{"delegate", write(f.delegate)}, {"reason", f.reason}};
    }
    Json operator()(const fact::Unknown&) const { return Json::object(); }
};

/// Reads members and remembers the first that is missing or of another type.
class Reader {
public:
    explicit Reader(const Json& object) : object_(object) {}

    std::string text(std::string_view key)
    {
        auto value = json_text(object_, key);
        if (!value)
            note(key);
        return value.value_or("");
    }
    template <class Id> Id id(std::string_view key)
    {
        Id value(text(key));
        if (value.empty())
            note(key);
        return value;
    }
    std::optional<DelegateId> delegate_if(std::string_view key)
    {
        const auto value = json_text(object_, key);
        return value && !value->empty() ? std::optional(DelegateId(*value)) : std::nullopt;
    }
    unsigned number(std::string_view key, unsigned max = 1000000)
    {
        const auto value = json_int(object_, key);
        if (!value || *value < 0 || *value > max)
            note(key);
        return static_cast<unsigned>(value.value_or(0));
    }
    bool boolean(std::string_view key) { return json_bool_or(object_, key, false); }
    LockerNo locker(std::string_view key)
    {
        Reader inner(member(key));
        LockerNo no{inner.id<BankId>("bank"), static_cast<std::uint16_t>(inner.number("door", UINT16_MAX))};
        adopt(inner, key);
        return no;
    }
    template <class Enum, class From> Enum named(std::string_view key, From from)
    {
        const auto value = from(text(key));
        if (!value)
            note(key);
        return value.value_or(Enum{});
    }
    template <class Enum, class From> std::set<Enum> set_of(std::string_view key, From from)
    {
        std::set<Enum> out;
        const Json& list = member(key);
        for (const auto& item : list) {
            const auto value = item.is_string() ? from(item.get<std::string>()) : std::nullopt;
            if (value)
                out.insert(*value); // a flag or right of a newer program has no effect here
        }
        return out;
    }
    Participation participation()
    {
        Reader inner(member("participation"));
        Participation p;
        p.delegation = inner.text("delegation");
        p.category = inner.named<Category>("category", category_from);
        p.role = inner.named<Role>("role", role_from);
        p.flags = inner.set_of<Flag>("flags", flag_from);
        p.language = inner.named<Language>("language", language_from_code);
        p.state = inner.named<Registration>("state", registration_from);
        p.confirmed_by = inner.text("confirmed_by");
        adopt(inner, "participation");
        return p;
    }
    [[nodiscard]] const std::string& missing() const { return missing_; }

private:
    const Json& member(std::string_view key)
    {
        static const Json nothing = Json::object();
        if (object_.is_object()) {
            if (const auto found = object_.find(key); found != object_.end())
                return *found;
        }
        return nothing;
    }
    void note(std::string_view key)
    {
        if (missing_.empty())
            missing_ = key;
    }
    void adopt(const Reader& inner, std::string_view key)
    {
        if (!inner.missing_.empty())
            note(fmt::format("{}.{}", key, inner.missing_));
    }

    const Json& object_;
    std::string missing_;
};

using Parser = std::function<Body(Reader&)>;

const std::map<std::string_view, Parser>& parsers()
{
    using namespace fact;
    static const std::map<std::string_view, Parser> table{
        {DelegateRegistered::kind,
         [](Reader& r) {
             return DelegateRegistered{r.id<DelegateId>("delegate"), r.participation(),
                                       r.boolean("provisional")};
         }},
        {DelegateAmended::kind,
         [](Reader& r) { return DelegateAmended{r.id<DelegateId>("delegate"), r.participation()}; }},
        {CheckedIn::kind,
         [](Reader& r) {
             return CheckedIn{r.id<DelegateId>("delegate"), r.text("identified_by"),
                              r.delegate_if("released_by")};
         }},
        {BadgeIssued::kind,
         [](Reader& r) {
             return BadgeIssued{r.id<BadgeId>("badge"), r.id<DelegateId>("delegate"), r.number("issue")};
         }},
        {PrintQueued::kind, [](Reader& r) { return PrintQueued{r.id<BadgeId>("badge"), r.number("copy")}; }},
        {BadgePrinted::kind,
         [](Reader& r) { return BadgePrinted{r.id<BadgeId>("badge"), r.number("copy")}; }},
        {CardBound::kind,
         [](Reader& r) {
             return CardBound{r.id<CardUid>("card"), r.id<BadgeId>("badge"), r.number("tier")};
         }},
        {LockerAssigned::kind,
         [](Reader& r) { return LockerAssigned{r.locker("locker"), r.id<DelegateId>("delegate")}; }},
        {LockerOpened::kind,
         [](Reader& r) {
             return LockerOpened{r.locker("locker"), r.delegate_if("delegate"), r.id<UnlockId>("unlock"),
                                 r.text("outcome"), r.text("reason")};
         }},
        {LockerReleased::kind,
         [](Reader& r) { return LockerReleased{r.locker("locker"), r.id<DelegateId>("delegate")}; }},
        {LaptopAdded::kind,
         [](Reader& r) { return LaptopAdded{r.id<LaptopTag>("laptop"), r.id<DeviceId>("home")}; }},
        {LaptopAsked::kind,
         [](Reader& r) { return LaptopAsked{r.id<DelegateId>("delegate"), r.text("ticket")}; }},
        {LaptopLent::kind,
         [](Reader& r) {
             return LaptopLent{r.id<LaptopTag>("laptop"), r.id<DelegateId>("delegate"),
                               r.id<DelegateId>("staff"), r.text("due")};
         }},
        {LaptopReturned::kind,
         [](Reader& r) {
             return LaptopReturned{r.id<LaptopTag>("laptop"), r.id<DelegateId>("staff"), r.boolean("faulty"),
                                   r.text("condition")};
         }},
        {StaffAppointed::kind,
         [](Reader& r) {
             return StaffAppointed{r.id<DelegateId>("staff"), r.set_of<Right>("rights", right_from)};
         }},
        {StaffPinSet::kind,
         [](Reader& r) { return StaffPinSet{r.id<DelegateId>("staff"), r.text("verifier")}; }},
        {TicketIssued::kind,
         [](Reader& r) {
             return TicketIssued{r.text("number"), r.delegate_if("delegate"), r.text("reason")};
         }},
        {AttemptRefused::kind,
         [](Reader& r) { return AttemptRefused{r.delegate_if("delegate"), r.text("reason")}; }},
    };
    return table;
}

std::uint64_t unsigned_of(const Json& object, std::string_view key, std::int64_t max, bool& good)
{
    const auto value = json_int(object, key);
    if (!value || *value < 0 || *value > max)
        good = false;
    return static_cast<std::uint64_t>(value.value_or(0));
}

} // namespace

std::string_view name_of(Right right)
{
    switch (right) {
    case Right::release: return "release";
    case Right::lend: return "lend";
    case Right::manage: return "manage";
    }
    return {};
}

std::optional<Right> right_from(std::string_view name)
{
    for (const auto right : {Right::release, Right::lend, Right::manage}) {
        if (name_of(right) == name)
            return right;
    }
    return std::nullopt;
}

Participation participation_of(const Person& person)
{
    return {person.delegation, person.category, person.role,        person.flags,
            person.language,   person.state,    person.confirmed_by};
}

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
    return std::nullopt;
}

std::string fact_bytes(const Fact& fact)
{
    const Json envelope{{"actor", fact.actor},         {"at", fact.at.ms},
                        {"counter", fact.counter},     {"data", std::visit(Writer{}, fact.body)},
                        {"device", fact.device.str()}, {"epoch", fact.epoch},
                        {"id", fact.id.str()},         {"kind", kind_of(fact.body)},
                        {"mono", fact.mono.ms},        {"v", 1}};
    return dump_json(envelope);
}

Result<Fact> parse_fact(std::string_view bytes)
{
    MB_TRY(const Json envelope, parse_json(bytes, "fact", {.bytes_max = fact_bytes_max, .depth_max = 8}));
    Fact fact;
    bool good = true;
    fact.id = FactId(json_text_or(envelope, "id", ""));
    fact.device = DeviceId(json_text_or(envelope, "device", ""));
    fact.epoch = static_cast<std::uint32_t>(unsigned_of(envelope, "epoch", UINT32_MAX, good));
    fact.counter = unsigned_of(envelope, "counter", INT64_MAX, good);
    fact.at = {json_int_or(envelope, "at", 0)};
    fact.mono = {json_int_or(envelope, "mono", 0)};
    fact.actor = json_text_or(envelope, "actor", "");
    const std::string kind = json_text_or(envelope, "kind", "");
    if (!good || fact.id.empty() || fact.device.empty() || kind.empty() || fact.counter == 0)
        return fail(ErrorKind::input, "a fact needs id, device, epoch, counter and kind", "fact");
    const auto parser = parsers().find(kind);
    if (parser == parsers().end()) {
        fact.body = fact::Unknown{kind};
        return fact;
    }
    const auto data = envelope.find("data");
    static const Json nothing = Json::object();
    Reader reader(data == envelope.end() ? nothing : *data);
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
