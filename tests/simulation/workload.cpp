// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/workload.hpp"

#include "sync/domain/cards.hpp"
#include "sync/domain/decide.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace montbrillant::simulation {
namespace {

constexpr unsigned people_at_first = 70;
constexpr std::int64_t import_max = 25;
constexpr unsigned cards = 70;
constexpr unsigned doors = 7;
constexpr unsigned laptops = 7;
/// Of these, the first are lent by their home alone, as the rules say; the others by anybody, so that devices
/// disagree.
constexpr unsigned laptops_leased = 4;
constexpr Millis reopen{30 * 60 * 1000};
const std::array<const char*, 4> delegations{"FRA", "CHE", "KEN", "BRA"};
const std::array<const char*, 2> banks{"A", "B"};

DelegateId releaser() { return DelegateId("staff-r"); }
DelegateId lender() { return DelegateId("staff-l"); }
DelegateId manager() { return DelegateId("staff-m"); }

Draft import_of(std::vector<Body> facts, std::vector<Person> records)
{
    return {std::move(facts), "import", std::move(records), {}, true};
}

} // namespace

DelegateId Workload::someone() { return people_[world_.chance.below(people_.size())]; }

DelegateId Workload::next_delegate() { return DelegateId(fmt::format("p{}", ++number_)); }

Person Workload::new_person(const DelegateId& id)
{
    Person person;
    person.id = id;
    person.badge_name = fmt::format("Zelda Quartermaine of {}", id.str());
    person.family_name = person.badge_name;
    person.organization = fmt::format("Institute Nr. {}", world_.chance.below(20));
    person.delegation = delegations[world_.chance.below(delegations.size())];
    if (world_.happens(80)) {
        person.role = Role::head;
    } else if (world_.happens(60)) {
        person.category = Category::sme_pilot;
        person.confirmed_by = person.delegation;
    }
    if (world_.happens(60))
        person.state = Registration::cancelled;
    names_[id] = person.badge_name;
    return person;
}

void Workload::prepare(RegistryNode& registry, const std::vector<std::string>& devices)
{
    devices_ = devices;
    const bool done = registry.work([this](Store& store) -> Result<> {
        MB_CHECK(import(store));
        Draft house{{}, "import", {}, {}};
        for (const auto& id : {releaser(), lender(), manager()}) {
            house.records.push_back(new_person(id));
            house.records.back().role = Role::delegate;
            house.facts.emplace_back(
                fact::DelegateRegistered{id, participation_of(house.records.back()), false});
        }
        house.facts.emplace_back(fact::StaffAppointed{releaser(), {Right::release}, {}});
        house.facts.emplace_back(fact::StaffAppointed{lender(), {Right::lend, Right::release}, {}});
        house.facts.emplace_back(fact::StaffAppointed{manager(), {Right::manage, Right::host}, {}});
        for (unsigned i = 1; i <= laptops; ++i) {
            laptops_.emplace_back(fmt::format("LT-{}", i));
            if (i <= laptops_leased)
                leased_laptops_.insert(laptops_.back());
            house.facts.emplace_back(
                fact::LaptopAdded{laptops_.back(), DeviceId(devices_[i % devices_.size()])});
        }
        return store.commit(house).map([](const auto&) {});
    });
    if (!done)
        throw Violation("the meeting cannot begin");
}

// --- at the registry ---------------------------------------------------------------------------------------

Result<> Workload::import(Store& store)
{
    std::vector<Body> facts;
    std::vector<Person> records;
    const std::int64_t many = people_.empty() ? people_at_first : world_.between(1, import_max);
    for (std::int64_t i = 0; i < many; ++i) {
        const DelegateId id = next_delegate();
        records.push_back(new_person(id));
        facts.emplace_back(fact::DelegateRegistered{id, participation_of(records.back()), false});
        people_.push_back(id);
    }
    return store.commit(import_of(std::move(facts), std::move(records))).map([](const auto&) {});
}

/// A later import: it looked at the record of now, or at one that it remembers.
Result<> Workload::amend(Store& store)
{
    const DelegateId id = someone();
    MB_TRY(auto person, store.person(id));
    const Delegate* delegate = store.view().delegates.find(id);
    if (!person || delegate == nullptr || delegate->erased)
        return {};
    person->organization = fmt::format("Academy Nr. {}", world_.chance.below(20));
    person->state = world_.happens(200) ? Registration::cancelled : Registration::approved;
    const unsigned base = delegate->revision - (delegate->revision > 0 && world_.happens(300) ? 1 : 0);
    const std::string column = world_.happens(500) ? "organization" : "role";
    fact::DelegateAmended amended{id, participation_of(*person), {column}, base};
    return store.commit(import_of({std::move(amended)}, {std::move(*person)})).map([](const auto&) {});
}

void Workload::at_registry(RegistryNode& registry)
{
    registry.work([this](Store& store) -> Result<> {
        const auto kind = world_.chance.below(100);
        if (kind < 25)
            return import(store);
        if (kind < 75)
            return amend(store);
        if (kind < 85)
            return store
                .commit({{fact::Announced{fmt::format("Room {}", world_.chance.below(9)), {}}}, "o", {}, {}})
                .map([](const auto&) {});
        if (kind < 95 || people_.size() < people_at_first)
            return {};
        const DelegateId who = someone();
        remember_key(store, who);
        return store.commit({{fact::DelegateErased{who}}, "organizer", {}, {}}).map([](const auto&) {});
    });
}

void Workload::remember_key(Store& store, const DelegateId& id)
{
    if (const auto key = store.key_store().wrapped_key(id); key && *key)
        keys_[id] = **key;
}

// --- at the glass ------------------------------------------------------------------------------------------

/// One person in front of one device.
struct Workload::Glass {
    Workload& load;
    World& world;
    Kiosk& kiosk;
    const State& view;
    DelegateId who;

    [[nodiscard]] const Delegate* delegate() const { return view.delegates.find(who); }
    [[nodiscard]] BadgeId badge() const { return delegate() == nullptr ? BadgeId() : delegate()->badge; }
    [[nodiscard]] LaptopTag laptop() const { return load.laptops_[world.chance.below(load.laptops_.size())]; }
    [[nodiscard]] CardUid any_card() const
    {
        return CardUid(fmt::format("04{:06X}", world.chance.below(cards)));
    }
    [[nodiscard]] unsigned tier() const { return world.happens(400) ? 2 : 1; }
    [[nodiscard]] WallTime now() const { return kiosk.machine().clock.wall(); }
    [[nodiscard]] std::optional<DeviceId> desk_for(const LaptopTag& tag) const
    {
        const bool leased = load.is_leased(tag);
        return leased || world.happens(300) ? std::optional(DeviceId(kiosk.name())) : std::nullopt;
    }
    template <class Wish> void wish(const Wish& wanted, std::vector<Person> records = {}) const
    {
        const auto decided = decide(view, wanted);
        if (decided && !decided->facts.empty())
            kiosk.commit({decided->facts, "kiosk", std::move(records), {}});
    }
    void write(Body body) const { kiosk.commit({{std::move(body)}, "kiosk", {}, {}}); }

    void check_in() const
    {
        command::CheckIn in{who, "code", {}, new_badge_id(kiosk.machine().ids), {}};
        if (world.happens(300))
            in.released_by = releaser();
        in.in_person = !world.happens(100);
        wish(in);
    }
    /// From the signed code alone: registered after the last sync.
    void check_in_unknown() const
    {
        const bool somebody_new = world.happens(300);
        const DelegateId id = somebody_new ? load.next_delegate() : who;
        if (somebody_new)
            load.people_.push_back(id);
        Person person = load.new_person(id);
        person.role = Role::delegate;
        command::CheckIn in{id, "code", {}, new_badge_id(kiosk.machine().ids), participation_of(person)};
        wish(in, view.delegates.find(id) == nullptr ? std::vector{person} : std::vector<Person>());
    }
    void walk_in() const
    {
        const DelegateId id = load.next_delegate();
        load.people_.push_back(id);
        const Person person = load.new_person(id);
        wish(command::RegisterWalkIn{id, participation_of(person), "L-1", releaser()}, {person});
    }
    void print() const
    {
        if (!badge().empty() && !view.badges.find(badge())->printed)
            write(fact::BadgePrinted{badge(), 1});
    }
    void bind() const
    {
        const CardUid card = any_card();
        if (!badge().empty())
            wish(command::BindCard{badge(), card, tier()});
    }
    /// A badge that waits for its card, or is void: cards go onto the wrong ones too.
    void bind_any() const
    {
        std::vector<BadgeId> theirs;
        view.badges.each([&](const BadgeId& id, const Badge& other) {
            if (other.delegate == who && other.card.empty() && !other.returned)
                theirs.push_back(id);
        });
        std::sort(theirs.begin(), theirs.end());
        if (!theirs.empty())
            wish(command::BindCard{theirs[world.chance.below(theirs.size())], any_card(), tier()});
    }
    void replace() const
    {
        const auto reason = world.happens(500) ? IssueReason::lost : IssueReason::damaged;
        wish(command::ReplaceBadge{who, reason, new_badge_id(kiosk.machine().ids), releaser()});
    }
    void locker() const { wish(assign_of(badge(), BankId(banks[world.chance.below(banks.size())]), doors)); }
    [[nodiscard]] command::AssignLocker assign_of(const BadgeId& theirs, const BankId& bank,
                                                  unsigned many) const
    {
        command::AssignLocker assign{theirs, {}, 1, now(), reopen, {}};
        for (unsigned door = 1; door <= many; ++door)
            assign.doors.push_back({bank, static_cast<std::uint16_t>(door)});
        std::rotate(assign.doors.begin(),
                    assign.doors.begin() + static_cast<std::ptrdiff_t>(world.chance.below(many)),
                    assign.doors.end());
        return assign;
    }
    void lend() const
    {
        const LaptopTag tag = laptop();
        wish(command::LendLaptop{tag, who, lender(), "2017-09-04T18:00", {"charger"}, desk_for(tag), {}});
    }
    void take_back() const
    {
        const LaptopTag tag = laptop();
        wish(command::TakeBackLaptop{tag, lender(), world.happens(200), "good", {}, true});
    }
    void laptop_trouble() const
    {
        const LaptopTag tag = laptop();
        const LaptopTag instead = laptop();
        switch (world.chance.below(3)) {
        case 0: return wish(command::SwapLaptop{tag, instead, lender(), "screen", desk_for(instead)});
        case 1: return write(fact::LaptopLost{tag, lender()});
        default: return write(fact::LaptopRestored{tag, lender()});
        }
    }
    void queue() const
    {
        switch (world.chance.below(4)) {
        case 0:
            return wish(
                command::AskForLaptop{who, fmt::format("{}-{}", kiosk.name(), world.chance.below(999))});
        case 1: return wish(command::LeaveLaptopQueue{who});
        case 2: return wish(command::AskForLocker{BankId("A"), who, kiosk.name() + "-1"});
        default: return offer();
        }
    }
    /// Rule 4: whoever waits longest is asked first.
    void offer() const
    {
        const command::OfferLaptops wanted{now(), Millis(900000), 3, desk_for({})};
        const auto decided = decide(view, wanted);
        if (!decided)
            return;
        std::set<DelegateId> offered;
        for (const auto& body : decided->facts) {
            if (const auto* one = std::get_if<fact::LaptopOffered>(&body))
                offered.insert(one->delegate);
        }
        for (const auto& place : view.laptop_queue().waiting) {
            if (offered.empty())
                break;
            const bool may_take =
                place.offered_until == WallTime{} && !place.passed_over && is_served(place.delegate);
            if (offered.erase(place.delegate) == 0 && may_take)
                throw Violation(fmt::format("{} is asked after others who came later", place.delegate.str()));
        }
        wish(wanted);
    }
    [[nodiscard]] bool is_served(const DelegateId& id) const
    {
        const Delegate* person = view.delegates.find(id);
        return person != nullptr && person->checked_in && !person->erased &&
               person->participation.state == Registration::approved;
    }
    void correct() const
    {
        auto read = kiosk.store().person(who);
        if (!kiosk.up() || !read || !*read || delegate() == nullptr)
            return;
        Person person = **read;
        person.organization = fmt::format("Ministry Nr. {}", world.chance.below(20));
        if (world.happens(250))
            person.role = person.role == Role::head ? Role::delegate : Role::head;
        if (world.happens(60)) {
            person.category = Category::sme_pilot;
            person.confirmed_by = person.delegation;
        }
        wish(command::CorrectRecord{who,
                                    participation_of(person),
                                    {"organization"},
                                    delegate()->revision,
                                    releaser(),
                                    world.happens(700) ? "L-2" : ""},
             {person});
    }
    void resolve() const
    {
        std::vector<FactId> open;
        view.conflicts.each([&](const FactId& id, const Conflict& conflict) {
            if (conflict.open)
                open.push_back(id);
        });
        std::sort(open.begin(), open.end());
        if (open.empty())
            return;
        const FactId chosen = open[world.chance.below(open.size())];
        const auto choice = world.happens(500) ? Choice::first : Choice::second;
        wish(command::ResolveConflict{chosen, choice, manager(), "seen"});
    }
    void staff() const
    {
        switch (world.chance.below(5)) {
        case 0: return wish(command::UndoCheckIn{who, releaser(), "mistake"});
        case 1: return wish(command::SeeId{who, releaser()});
        case 2: return badge().empty() ? void() : wish(command::RevokeBadge{badge(), releaser(), "stolen"});
        case 3: return badge().empty() ? void() : wish(command::ReturnBadge{badge()});
        default: return wish(command::Announce{fmt::format("Tea {}", world.chance.below(9)), manager()});
        }
    }
    void house() const
    {
        const std::string number = fmt::format("{}-{}", kiosk.name(), world.chance.below(50));
        switch (world.chance.below(6)) {
        case 0: return wish(command::AttendSession{SessionId("bsg"), who, {}, {}});
        case 1: return wish(command::RequestCorrection{who});
        case 2: return write(fact::TicketIssued{number, who, "no paper"});
        case 3: return write(fact::TicketClosed{number, releaser()});
        case 4: return write(fact::HelpCalled{"attract"});
        default: return write(fact::AttemptRefused{who, "cancelled"});
        }
    }
    void erase() const
    {
        load.remember_key(kiosk.store(), who);
        wish(command::EraseDelegate{who});
    }
    /// At any device; but of a bank with a terminal only there.
    void release() const
    {
        const auto held = delegate() == nullptr ? std::set<LockerNo>() : delegate()->lockers;
        const bool terminal_only = !held.empty() && load.is_leased(held.begin()->bank);
        if (!terminal_only || kiosk.bank() == held.begin()->bank)
            wish(command::ReleaseLocker{who});
    }

    [[nodiscard]] CardUid card_of_ours() const
    {
        std::vector<CardUid> ours;
        view.cards.each([&ours](const CardUid& uid, const Card& bound) {
            if (!bound.badge.empty())
                ours.push_back(uid);
        });
        std::sort(ours.begin(), ours.end());
        return ours.empty() ? any_card() : ours[world.chance.below(ours.size())];
    }

    // --- at a locker terminal ------------------------------------------------------------------------------
    /// Mostly a card of ours, now and then any; a copy of a card proves no more than its number.
    void tap() const
    {
        const CardUid card = world.happens(150) ? any_card() : card_of_ours();
        const Card* bound = view.cards.find(card);
        const unsigned tier = bound == nullptr || world.happens(80) ? 1 : bound->tier;
        const auto opener = opener_of(view, card, static_cast<int>(tier));
        if (!opener)
            return;
        check_opener(*opener, card, tier);
        if (const auto locker = locker_of(*opener); locker && locker->bank == kiosk.bank())
            kiosk.unlock({UnlockId(fmt::format("u{}", ++load.unlocks_)), *locker, opener->badge, false},
                         opener->delegate);
    }
    /// Rule 10, once more.
    void check_opener(const BadgeHolder& opener, const CardUid& card, unsigned tier) const
    {
        const Badge* shown = view.badges.find(opener.badge);
        if (shown == nullptr || !shown->live || shown->card != card || shown->delegate != opener.delegate ||
            tier < view.cards.find(card)->tier)
            throw Violation(fmt::format("{} opens for the card {}", opener.badge.str(), card.str()));
    }
    /// Theirs, or a free one that is theirs from now on, or the one that they gave back a moment ago.
    [[nodiscard]] std::optional<LockerNo> locker_of(const BadgeHolder& opener) const
    {
        if (world.happens(150)) {
            const auto reopened = decide(view, command::ReopenLocker{opener.badge, now(), reopen});
            return reopened ? std::optional(reopened->locker) : std::nullopt;
        }
        const auto assigned = decide(view, assign_of(opener.badge, *kiosk.bank(), doors_leased));
        if (!assigned)
            return std::nullopt;
        if (!assigned->facts.empty() && !kiosk.commit({assigned->facts, "kiosk", {}, {}}))
            return std::nullopt;
        return assigned->locker;
    }
};

void Workload::at_kiosk(Kiosk& kiosk)
{
    if (!kiosk.up() || !kiosk.enrolled() || kiosk.need() != Kiosk::Need::nothing)
        return;
    const Glass glass{*this, world_, kiosk, kiosk.store().view(), someone()};
    if (world_.happens(4))
        glass.erase();
    else if (kiosk.bank() && world_.happens(300))
        glass.tap();
    else
        act(glass);
    kiosk.restart_if_dark();
}

void Workload::act(const Glass& glass)
{
    using Act = void (Glass::*)() const;
    static constexpr std::array<std::pair<std::uint64_t, Act>, 17> acts{{{26, &Glass::check_in},
                                                                         {5, &Glass::check_in_unknown},
                                                                         {2, &Glass::walk_in},
                                                                         {6, &Glass::print},
                                                                         {12, &Glass::bind},
                                                                         {3, &Glass::bind_any},
                                                                         {3, &Glass::replace},
                                                                         {9, &Glass::locker},
                                                                         {5, &Glass::release},
                                                                         {6, &Glass::lend},
                                                                         {4, &Glass::take_back},
                                                                         {3, &Glass::laptop_trouble},
                                                                         {4, &Glass::queue},
                                                                         {4, &Glass::correct},
                                                                         {5, &Glass::resolve},
                                                                         {5, &Glass::staff},
                                                                         {6, &Glass::house}}};
    constexpr std::uint64_t sum = 108;
    auto chosen = world_.chance.below(sum);
    for (const auto& [weight, act] : acts) {
        if (chosen < weight)
            return (glass.*act)();
        chosen -= weight;
    }
}

} // namespace montbrillant::simulation
