// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/store/morning.hpp"

#include "sync/domain/decide.hpp"

#include <fmt/format.h>

namespace montbrillant::test {
namespace {

constexpr unsigned doors = 8;

EventKeys device_keys(const EventKeys& event)
{
    EventKeys keys = event;
    keys.confirmation_secret.reset();
    keys.device = crypto::new_sign_key();
    return keys;
}

Draft draft_of(std::vector<Body> facts) { return {std::move(facts), "kiosk", {}, {}}; }

/// A refusal by a rule is an answer, not a fault.
Result<> answered(Result<> result)
{
    if (!result && result.error().kind == ErrorKind::refused)
        return {};
    return result;
}

} // namespace

Morning::Morning(std::uint64_t seed, bool full_sync, const std::filesystem::path& folder, unsigned number)
    : chance_(seed + 3), registry_(seed + 5, {DeviceId("registry"), EventId("e"), true, 1, "", ""}, keys_,
                                   {full_sync, folder.empty() ? folder : folder / "registry"}),
      kiosk_(seed + 7, {DeviceId("K1"), EventId("e"), false, 1, "", ""}, device_keys(keys_),
             {full_sync, folder.empty() ? folder : folder / "kiosk"}),
      number_(number)
{
}

void Morning::step(std::uint64_t& acknowledged)
{
    registry_.clock.advance(Millis(1000));
    kiosk_.clock.advance(Millis(1000));
    const auto done = step_of(chance_.below(kinds), acknowledged);
    if (!done && registry_.disk.powered() && kiosk_.disk.powered())
        throw Corrupt(done.error().text());
}

Result<> Morning::step_of(std::size_t kind, std::uint64_t& acknowledged)
{
    using Step = Result<> (Morning::*)(std::uint64_t&);
    static constexpr std::array<Step, kinds> steps{
        &Morning::import,    &Morning::add_laptop,    &Morning::check_in,       &Morning::check_in_unknown,
        &Morning::bind_card, &Morning::assign_locker, &Morning::release_locker, &Morning::lend,
        &Morning::correct,   &Morning::print,         &Morning::unlock,         &Morning::set,
        &Morning::push,      &Morning::pull};
    return answered((this->*steps[kind])(acknowledged));
}

Result<> Morning::commit(Home& home, Draft draft, std::uint64_t& acknowledged)
{
    for (const auto& record : draft.records)
        home.wanted.people.insert(record.id);
    for (const auto& body : draft.facts) {
        if (const auto* queued = std::get_if<fact::PrintQueued>(&body))
            home.wanted.jobs[print_key(queued->badge, 1, queued->copy)] = "queued";
    }
    home.begins();
    const auto facts = home.store().commit(draft);
    home.ended(facts.has_value(), acknowledged);
    return facts ? Result<>() : Result<>(tl::unexpected(facts.error()));
}

Draft Morning::registration(unsigned people, bool provisional)
{
    Draft draft{{}, "import", {}, {}};
    for (unsigned i = 0; i < people; ++i) {
        Person person;
        person.id = DelegateId(fmt::format("p{}", ++number_));
        person.badge_name = fmt::format("Zoé Müller-Ødegård {}", number_);
        person.organization = std::string(chance_.below(400), 'o');
        person.delegation = "FRA";
        draft.facts.emplace_back(fact::DelegateRegistered{person.id, participation_of(person), provisional});
        draft.records.push_back(std::move(person));
    }
    return draft;
}

/// Somebody the kiosk knows who is, or is not, checked in.
std::optional<DelegateId> Morning::someone(bool inside)
{
    std::vector<DelegateId> found;
    kiosk_.store().view().delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        if (delegate.checked_in == inside)
            found.push_back(id);
    });
    if (found.empty())
        return std::nullopt;
    std::sort(found.begin(), found.end());
    return found[chance_.below(found.size())];
}

Result<> Morning::import(std::uint64_t& acknowledged)
{
    return commit(registry_, registration(1 + static_cast<unsigned>(chance_.below(6)), false), acknowledged);
}

Result<> Morning::add_laptop(std::uint64_t& acknowledged)
{
    const LaptopTag tag(fmt::format("LT-{}", ++number_));
    return commit(registry_, draft_of({fact::LaptopAdded{tag, DeviceId("K1")}}), acknowledged);
}

Result<> Morning::check_in(std::uint64_t& acknowledged)
{
    const auto who = someone(false);
    if (!who)
        return {};
    const auto decided =
        decide(kiosk_.store().view(),
               command::CheckIn{*who, "code", {}, BadgeId(fmt::format("B{}", ++number_)), {}});
    return decided ? commit(kiosk_, draft_of(decided->facts), acknowledged) : Result<>();
}

Result<> Morning::check_in_unknown(std::uint64_t& acknowledged)
{
    Draft draft = registration(1, true);
    const DelegateId who = draft.records.front().id;
    const BadgeId badge(fmt::format("B{}", ++number_));
    draft.facts.emplace_back(fact::CheckedIn{who, "code", {}});
    draft.facts.emplace_back(fact::BadgeIssued{badge, who, 1});
    draft.facts.emplace_back(fact::PrintQueued{badge, 1});
    return commit(kiosk_, std::move(draft), acknowledged);
}

Result<> Morning::bind_card(std::uint64_t& acknowledged)
{
    const auto who = someone(true);
    if (!who)
        return {};
    const BadgeId badge = kiosk_.store().view().delegates.find(*who)->badge;
    return commit(kiosk_, draft_of({fact::CardBound{CardUid(fmt::format("04{:06}", ++number_)), badge, 1}}),
                  acknowledged);
}

Result<> Morning::assign_locker(std::uint64_t& acknowledged)
{
    const auto who = someone(true);
    if (!who)
        return {};
    const LockerNo door{BankId("B"), static_cast<std::uint16_t>(1 + chance_.below(doors))};
    return commit(kiosk_, draft_of({fact::LockerAssigned{door, *who}}), acknowledged);
}

Result<> Morning::release_locker(std::uint64_t& acknowledged)
{
    const LockerNo door{BankId("B"), static_cast<std::uint16_t>(1 + chance_.below(doors))};
    const Locker* locker = kiosk_.store().view().lockers.find(door);
    if (locker == nullptr || locker->holder.empty())
        return {};
    return commit(kiosk_, draft_of({fact::LockerReleased{door, locker->holder}}), acknowledged);
}

Result<> Morning::lend(std::uint64_t& acknowledged)
{
    const auto who = someone(true);
    std::vector<LaptopTag> tags;
    kiosk_.store().view().laptops.each([&](const LaptopTag& tag, const Laptop&) { tags.push_back(tag); });
    if (!who || tags.empty())
        return {};
    std::sort(tags.begin(), tags.end());
    const LaptopTag& tag = tags[chance_.below(tags.size())];
    const bool out = !kiosk_.store().view().laptops.find(tag)->borrower.empty();
    const Body body = out ? Body(fact::LaptopReturned{tag, DelegateId("staff"), false, "complete"})
                          : Body(fact::LaptopLent{tag, *who, DelegateId("staff"), "2017-09-04T18:00"});
    return commit(kiosk_, draft_of({body}), acknowledged);
}

Result<> Morning::correct(std::uint64_t& acknowledged)
{
    const auto who = someone(chance_.below(2) == 0);
    if (!who)
        return {};
    Person person;
    person.id = *who;
    person.badge_name = fmt::format("Corrected {}", ++number_);
    person.delegation = "FRA";
    return commit(kiosk_,
                  {{fact::DelegateAmended{person.id, participation_of(person)}}, "staff", {person}, {}},
                  acknowledged);
}

Result<> Morning::print(std::uint64_t& acknowledged)
{
    static constexpr std::array states{"created", "sending", "sent", "done", "ask"};
    MB_TRY(auto jobs, kiosk_.store().print_jobs().open_jobs());
    if (jobs.empty())
        return {};
    PrintJobRow job = jobs[chance_.below(jobs.size())];
    job.state = states[chance_.below(states.size())];
    job.detail = std::string(chance_.below(200), 'd');
    kiosk_.wanted.jobs[job.key] = job.state;
    kiosk_.begins();
    const auto written = kiosk_.store().print_jobs().update(job);
    kiosk_.ended(written.has_value(), acknowledged);
    return written;
}

Result<> Morning::unlock(std::uint64_t& acknowledged)
{
    MB_TRY(const auto open, kiosk_.store().unlock_intents().unfinished());
    Result<> written;
    if (!open.empty() && chance_.below(2) == 0) {
        kiosk_.wanted.intents[open.front().id] = "opened";
        kiosk_.begins();
        written = kiosk_.store().unlock_intents().record(open.front().id, "done", "opened");
    } else {
        UnlockIntentRow row;
        row.id = UnlockId(fmt::format("u{}", ++number_));
        row.locker = {BankId("B"), 1};
        kiosk_.wanted.intents[row.id] = "";
        kiosk_.begins();
        written = kiosk_.store().unlock_intents().insert(row);
    }
    kiosk_.ended(written.has_value(), acknowledged);
    return written;
}

Result<> Morning::set(std::uint64_t& acknowledged)
{
    Home& home = chance_.below(2) == 0 ? kiosk_ : registry_;
    const std::string value(1 + chance_.below(3000), 'v');
    home.wanted.settings["test.setting"] = value;
    home.begins();
    const auto written = home.store().set_setting("test.setting", value);
    home.ended(written.has_value(), acknowledged);
    return written;
}

/// The registry takes what the kiosk has; the answer may be lost, and the next push then repeats.
Result<> Morning::push(std::uint64_t& acknowledged)
{
    MB_TRY(const auto known, registry_.store().chain_of(DeviceId("K1"), 1));
    const std::uint64_t from = chance_.below(4) == 0 ? 0 : known.counter;
    MB_TRY(const auto facts, kiosk_.store().own_facts_after(from, 1 + chance_.below(60)));
    const auto pushed = registry_.store().take_push(DeviceId("K1"), 1, facts);
    registry_.ended(pushed.has_value(), acknowledged);
    if (!pushed)
        return tl::unexpected(pushed.error());
    if (pushed->fork || pushed->expect)
        throw Corrupt("the registry and the kiosk disagree about the kiosk's own facts");
    return {};
}

Result<> Morning::pull(std::uint64_t& acknowledged)
{
    MB_TRY(const auto page, registry_.store().log_after(kiosk_.store().cursor().seq, 1 + chance_.below(60)));
    const auto taken = kiosk_.store().take_page(page);
    if (taken)
        kiosk_.wanted.people.insert(taken->begin(), taken->end());
    kiosk_.ended(taken.has_value(), acknowledged);
    return taken ? Result<>() : Result<>(tl::unexpected(taken.error()));
}

} // namespace montbrillant::test
