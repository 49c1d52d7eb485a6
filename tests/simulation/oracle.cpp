// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/oracle.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace montbrillant::simulation {
namespace {

using Said = std::optional<std::string>;

const char* const yes = "accepted";
const char* const again = "duplicate";
const char* const no = "rejected";

template <class Map> auto* at(Map& map, const typename Map::key_type& key)
{
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

} // namespace

/// One fact against all that went before.
struct Oracle::Judge {
    Oracle& o;
    const Fact& fact;

    // --- helpers -------------------------------------------------------------------------------------------
    /// Somebody nobody knew, but who is here.
    Guest& stranger(const DelegateId& id) const
    {
        auto [guest, is_new] = o.guests_.try_emplace(id);
        guest->second.provisional = guest->second.provisional || is_new;
        return guest->second;
    }
    Paper* living(const DelegateId& id) const
    {
        for (auto& [badge, paper] : o.papers_) {
            if (paper.of == id && paper.lives)
                return &paper;
        }
        return nullptr;
    }
    void kill(const DelegateId& id) const
    {
        if (Paper* paper = living(id))
            paper->lives = false;
    }
    BadgeId badge_with(const CardUid& card) const
    {
        for (const auto& [badge, paper] : o.papers_) {
            if (paper.card == card)
                return badge;
        }
        return BadgeId();
    }
    LockerNo* locker_of(const DelegateId& id, LockerNo& into) const
    {
        for (const auto& [no_, holder] : o.lockers_) {
            if (holder == id) {
                into = no_;
                return &into;
            }
        }
        return nullptr;
    }
    LaptopTag laptop_of(const DelegateId& id) const
    {
        for (const auto& [tag, computer] : o.computers_) {
            if (computer.at == id)
                return tag;
        }
        return LaptopTag();
    }
    Waiting* place_of(const DelegateId& id) const
    {
        for (auto& waiting : o.queue_) {
            if (waiting.who == id)
                return &waiting;
        }
        return nullptr;
    }
    void leaves_queue(const DelegateId& id) const
    {
        std::erase_if(o.queue_, [&id](const Waiting& waiting) { return waiting.who == id; });
    }
    static bool leads(const Participation& p)
    {
        return p.role == Role::head && p.state != Registration::cancelled && !p.delegation.empty();
    }
    Said lost(std::string_view kind) const
    {
        o.tasks_[fact.id] = {std::string(kind), fact, true, Choice::first};
        return std::string(kind);
    }
    /// Rule 9.
    Said role_allowed(const DelegateId& id, const Participation& p, bool provisional) const
    {
        if (p.category == Category::sme_pilot &&
            (is_leadership(p.role) || (p.confirmed_by.empty() && !provisional)))
            return no;
        const DelegateId* head = leads(p) ? at(o.heads_, p.delegation) : nullptr;
        return head != nullptr && *head != id ? Said("two_heads") : std::nullopt;
    }
    void becomes(const DelegateId& id, const Participation& p, bool head_too) const
    {
        Guest& guest = o.guests_[id];
        const std::string former = guest.as.delegation;
        if (const DelegateId* head = at(o.heads_, former);
            head != nullptr && *head == id && !(head_too && leads(p) && p.delegation == former))
            o.heads_.erase(former);
        guest.as = p;
        if (head_too && leads(p))
            o.heads_[p.delegation] = id;
    }

    // --- people --------------------------------------------------------------------------------------------
    Said operator()(const fact::DelegateRegistered& f) const
    {
        const Guest* known = at(o.guests_, f.delegate);
        if (known != nullptr && (!known->provisional || f.provisional || known->erased))
            return again;
        if (!f.letter.empty() && f.participation.flags.contains(Flag::fellow))
            return no;
        const Said wrong = role_allowed(f.delegate, f.participation, f.provisional);
        if (wrong == no)
            return no;
        becomes(f.delegate, f.participation, !wrong);
        o.guests_[f.delegate].provisional = f.provisional;
        return wrong ? lost(*wrong) : Said(yes);
    }
    template <class Change> Said changed(const Change& f, const std::set<std::string>& protects) const
    {
        Guest* guest = at(o.guests_, f.delegate);
        if (guest == nullptr || guest->erased)
            return no;
        if (f.base && *f.base != guest->changes)
            return lost("record_at_two");
        for (const auto& column : protects) {
            if (guest->put_right.contains(column))
                return lost("import_over_correction");
        }
        return std::nullopt;
    }
    Said takes_effect(const DelegateId& id, const Participation& p) const
    {
        const Said wrong = role_allowed(id, p, false);
        if (wrong == no)
            return no;
        ++o.guests_[id].changes;
        becomes(id, p, !wrong);
        o.guests_[id].provisional = false;
        return wrong ? lost(*wrong) : Said(yes);
    }
    Said operator()(const fact::DelegateAmended& f) const
    {
        const Said wrong = changed(f, f.changed);
        return wrong ? wrong : takes_effect(f.delegate, f.participation);
    }
    Said operator()(const fact::DelegateCorrected& f) const
    {
        if (const Said wrong = changed(f, {}))
            return wrong;
        const Participation before = o.guests_[f.delegate].as;
        const bool new_head =
            leads(f.participation) && !(leads(before) && before.delegation == f.participation.delegation);
        if (new_head && f.letter.empty())
            return no;
        const Said said = takes_effect(f.delegate, f.participation);
        if (said != no)
            o.guests_[f.delegate].put_right.insert(f.changed.begin(), f.changed.end());
        return said;
    }
    Said operator()(const fact::CheckedIn& f) const
    {
        const bool known = o.guests_.contains(f.delegate);
        Guest& guest = stranger(f.delegate);
        const bool arrives = f.in_person && !guest.seen_in_person;
        const bool twice = guest.inside && !arrives;
        guest.seen_in_person = guest.seen_in_person || f.in_person;
        guest.inside = true;
        if (!known)
            return lost("unknown_person");
        if (twice)
            return lost("double_check_in");
        return guest.as.state == Registration::cancelled ? lost("cancelled_checked_in") : Said(yes);
    }
    Said operator()(const fact::CheckInUndone& f) const
    {
        Guest* guest = at(o.guests_, f.delegate);
        if (guest == nullptr)
            return no;
        if (!guest->inside)
            return again;
        guest->inside = guest->seen_in_person = false;
        kill(f.delegate);
        return yes;
    }
    Said operator()(const fact::DelegateErased& f) const
    {
        Guest* guest = at(o.guests_, f.delegate);
        if (guest == nullptr)
            return no;
        if (guest->erased)
            return again;
        kill(f.delegate);
        Participation bare;
        bare.delegation = guest->as.delegation;
        bare.category = guest->as.category;
        bare.state = Registration::cancelled;
        becomes(f.delegate, bare, true);
        guest->erased = true;
        guest->provisional = false;
        return yes;
    }

    // --- badges and cards ----------------------------------------------------------------------------------
    Said operator()(const fact::BadgeIssued& f) const
    {
        const bool replaces = f.reason == IssueReason::lost || f.reason == IssueReason::damaged;
        if (o.papers_.contains(f.badge) || (replaces && !f.staff))
            return no;
        const bool known = o.guests_.contains(f.delegate);
        Guest& guest = stranger(f.delegate);
        const bool late = known && replaces && f.issue <= guest.issues;
        const bool second = known && !replaces && living(f.delegate) != nullptr;
        guest.issues = std::max(guest.issues, f.issue);
        Paper paper{f.delegate, f.issue, false, false, false, {}};
        if (late || second) { // void until staff decide (rule 10)
            o.papers_[f.badge] = paper;
            return lost("second_badge");
        }
        if (f.reason == IssueReason::damaged && living(f.delegate) != nullptr) {
            for (auto& [id, other] : o.papers_)
                other.until_card = other.until_card && other.of != f.delegate;
            paper.until_card = true;
        } else {
            kill(f.delegate);
            paper.lives = true;
        }
        o.papers_[f.badge] = paper;
        return known ? Said(yes) : lost("unknown_person");
    }
    Said operator()(const fact::BadgeRevoked& f) const
    {
        Paper* paper = at(o.papers_, f.badge);
        if (paper == nullptr)
            return lost("unknown_badge");
        if (!paper->lives && !paper->until_card)
            return again;
        paper->lives = paper->until_card = false;
        return yes;
    }
    Said operator()(const fact::BadgeReturned& f) const
    {
        Paper* paper = at(o.papers_, f.badge);
        if (paper == nullptr)
            return lost("unknown_badge");
        if (paper->back)
            return again;
        paper->back = true;
        paper->lives = paper->until_card = false;
        return yes;
    }
    Said operator()(const fact::CardBound& f) const
    {
        Paper* paper = at(o.papers_, f.badge);
        if (paper == nullptr)
            return lost("unknown_badge");
        if (paper->card == f.card)
            return again;
        if (!badge_with(f.card).empty() || !paper->card.empty())
            return lost("card_on_two_badges");
        paper->card = f.card;
        if (paper->until_card) {
            kill(paper->of);
            paper->until_card = false;
            paper->lives = true;
        }
        return yes;
    }
    Said operator()(const fact::CardFreed& f) const
    {
        Paper* paper = at(o.papers_, f.badge);
        if (paper == nullptr || paper->card != f.card)
            return again;
        if (paper->lives)
            return no;
        paper->card = CardUid();
        return yes;
    }

    // --- lockers -------------------------------------------------------------------------------------------
    Said operator()(const fact::LockerAssigned& f) const
    {
        const DelegateId* holder = at(o.lockers_, f.locker);
        LockerNo other;
        if (holder != nullptr)
            return *holder == f.delegate ? Said(again) : lost("locker_at_two");
        const bool known = o.guests_.contains(f.delegate);
        if (known && locker_of(f.delegate, other) != nullptr)
            return lost("locker_at_two");
        stranger(f.delegate);
        o.lockers_[f.locker] = f.delegate;
        return known ? Said(yes) : lost("unknown_person");
    }
    Said operator()(const fact::LockerReleased& f) const
    {
        const DelegateId* holder = at(o.lockers_, f.locker);
        if (holder == nullptr || *holder != f.delegate)
            return again;
        o.lockers_.erase(f.locker);
        return yes;
    }

    // --- laptops -------------------------------------------------------------------------------------------
    Said operator()(const fact::LaptopAdded& f) const
    {
        return o.computers_.try_emplace(f.laptop).second ? yes : again;
    }
    Said operator()(const fact::LaptopLent& f) const
    {
        Computer* computer = at(o.computers_, f.laptop);
        if (computer == nullptr)
            return no;
        if (computer->at == f.delegate)
            return again;
        if (!computer->at.empty())
            return lost("laptop_at_two");
        const bool known = o.guests_.contains(f.delegate);
        if (known && !laptop_of(f.delegate).empty())
            return lost("laptop_at_two");
        stranger(f.delegate);
        computer->at = f.delegate;
        computer->missing = false;
        leaves_queue(f.delegate);
        return known ? Said(yes) : lost("unknown_person");
    }
    Said operator()(const fact::LaptopReturned& f) const
    {
        Computer* computer = at(o.computers_, f.laptop);
        if (computer == nullptr)
            return no;
        if (computer->at.empty() && !computer->missing)
            return again;
        *computer = {DelegateId(), false, f.faulty};
        return yes;
    }
    Said operator()(const fact::LaptopSwapped& f) const
    {
        Computer* faulty = at(o.computers_, f.laptop);
        Computer* instead = at(o.computers_, f.instead);
        if (faulty == nullptr || instead == nullptr || f.laptop == f.instead)
            return no;
        if (faulty->at.empty())
            return again;
        if (!instead->at.empty())
            return lost("laptop_at_two");
        instead->at = faulty->at;
        instead->missing = false;
        faulty->at = DelegateId();
        faulty->broken = true;
        leaves_queue(instead->at);
        return yes;
    }
    Said operator()(const fact::LaptopLost& f) const
    {
        Computer* computer = at(o.computers_, f.laptop);
        if (computer == nullptr)
            return no;
        if (computer->missing)
            return again;
        computer->missing = true;
        return yes;
    }
    Said operator()(const fact::LaptopRestored& f) const
    {
        Computer* computer = at(o.computers_, f.laptop);
        if (computer == nullptr)
            return no;
        if (!computer->broken && !computer->missing)
            return again;
        computer->broken = computer->missing = false;
        return yes;
    }
    Said operator()(const fact::LaptopAsked& f) const
    {
        if (!o.guests_.contains(f.delegate) || !laptop_of(f.delegate).empty())
            return no;
        if (place_of(f.delegate) != nullptr)
            return again;
        o.queue_.push_back({f.delegate, false});
        return yes;
    }
    Said operator()(const fact::LaptopQueueLeft& f) const
    {
        if (place_of(f.delegate) == nullptr)
            return again;
        leaves_queue(f.delegate);
        return yes;
    }
    Said operator()(const fact::LaptopOffered& f) const
    {
        Waiting* place = place_of(f.delegate);
        if (place == nullptr)
            return no;
        return std::exchange(place->offered, true) ? again : yes;
    }
    Said operator()(const fact::LaptopOfferMissed& f) const
    {
        Waiting* place = place_of(f.delegate);
        if (place == nullptr || !std::exchange(place->offered, false))
            return again;
        if (f.ends)
            leaves_queue(f.delegate);
        return yes;
    }

    // --- tasks ---------------------------------------------------------------------------------------------
    Said operator()(const fact::ConflictResolved& f) const;
    [[nodiscard]] bool second_can_stand(const Task& task) const;
    void second_stands(const Task& task) const;
    void make_room(const Body& claim) const;
    void settle_heads(const DelegateId& claimant, Choice choice) const;
    void settle_cancelled(const DelegateId& id, Choice choice) const;

    Said operator()(const fact::SessionAttended& f) const
    {
        const bool known = o.guests_.contains(f.delegate);
        Guest& guest = stranger(f.delegate);
        if (!guest.sessions.insert(f.session).second)
            return again;
        guest.seen_in_person = true;
        return known ? Said(yes) : lost("unknown_person");
    }
    Said operator()(const fact::PrintQueued& f) const { return about_badge(f.badge); }
    Said operator()(const fact::BadgePrinted& f) const { return about_badge(f.badge); }
    Said about_badge(const BadgeId& badge) const
    {
        return o.papers_.contains(badge) ? std::nullopt : lost("unknown_badge");
    }
    template <class Other> Said operator()(const Other&) const { return std::nullopt; }
};

/// The claims that stand against it give way.
void Oracle::Judge::make_room(const Body& claim) const
{
    if (const auto* card = std::get_if<fact::CardBound>(&claim)) {
        for (auto& [id, paper] : o.papers_) {
            if (paper.card == card->card || id == card->badge)
                paper.card = CardUid();
        }
    } else if (const auto* locker = std::get_if<fact::LockerAssigned>(&claim)) {
        std::erase_if(o.lockers_, [locker](const auto& held) {
            return held.first == locker->locker || held.second == locker->delegate;
        });
    } else if (const auto* lent = std::get_if<fact::LaptopLent>(&claim)) {
        for (auto& [tag, computer] : o.computers_) {
            if (tag == lent->laptop || computer.at == lent->delegate)
                computer.at = DelegateId();
        }
    } else if (const auto* swapped = std::get_if<fact::LaptopSwapped>(&claim)) {
        if (Computer* instead = at(o.computers_, swapped->instead))
            instead->at = DelegateId();
    }
}

bool Oracle::Judge::second_can_stand(const Task& task) const
{
    if (task.kind == "second_badge") {
        const auto& claim = std::get<fact::BadgeIssued>(task.claim.body);
        const Paper* paper = at(o.papers_, claim.badge);
        const Guest* guest = at(o.guests_, claim.delegate);
        return paper != nullptr && !paper->back && guest != nullptr && !guest->erased;
    }
    static const std::set<std::string> by_room{"card_on_two_badges", "locker_at_two", "laptop_at_two",
                                               "unknown_badge"};
    if (!by_room.contains(task.kind))
        return true;
    Oracle tried = o;
    const Judge trial{tried, task.claim};
    trial.make_room(task.claim.body);
    const Said said = std::visit(trial, task.claim.body);
    return !said || said == yes || said == again || said == no;
}

void Oracle::Judge::second_stands(const Task& task) const
{
    const Judge claimant{o, task.claim};
    if (task.kind == "second_badge") {
        const auto& claim = std::get<fact::BadgeIssued>(task.claim.body);
        kill(claim.delegate);
        o.papers_[claim.badge].lives = true;
    } else if (task.kind == "record_at_two" || task.kind == "import_over_correction") {
        if (const auto* amended = std::get_if<fact::DelegateAmended>(&task.claim.body)) {
            ++stranger(amended->delegate).changes;
            becomes(amended->delegate, amended->participation, true);
            o.guests_[amended->delegate].provisional = false;
        } else if (const auto* corrected = std::get_if<fact::DelegateCorrected>(&task.claim.body)) {
            Guest& guest = stranger(corrected->delegate);
            ++guest.changes;
            guest.put_right.insert(corrected->changed.begin(), corrected->changed.end());
            becomes(corrected->delegate, corrected->participation, true);
            guest.provisional = false;
        }
    } else if (task.kind != "double_check_in" && task.kind != "unknown_person" &&
               task.kind != "resolved_twice") {
        make_room(task.claim.body);
        static_cast<void>(std::visit(claimant, task.claim.body));
    }
}

void Oracle::Judge::settle_heads(const DelegateId& claimant, Choice choice) const
{
    Guest* person = at(o.guests_, claimant);
    if (person == nullptr || person->as.role != Role::head)
        return;
    const std::string delegation = person->as.delegation;
    const DelegateId* head = at(o.heads_, delegation);
    // Nobody leads it now: the claimant may, whatever was chosen.
    const DelegateId former = head == nullptr ? DelegateId() : *head;
    if (former == claimant || (head == nullptr && !o.ever_led_.contains(delegation)))
        return;
    if (choice == Choice::second || former.empty()) {
        if (!former.empty())
            o.guests_[former].as.role = Role::delegate;
        o.heads_[delegation] = claimant;
    } else {
        person->as.role = Role::delegate;
    }
}

void Oracle::Judge::settle_cancelled(const DelegateId& id, Choice choice) const
{
    Guest& guest = stranger(id);
    if (choice == Choice::second) {
        guest.as.state = Registration::approved;
    } else {
        kill(id);
        guest.inside = false;
    }
}

Said Oracle::Judge::operator()(const fact::ConflictResolved& f) const
{
    Task* task = at(o.tasks_, f.conflict);
    if (task == nullptr)
        return no;
    if (!task->open)
        return task->choice == f.choice ? Said(again) : lost("resolved_twice");
    if (f.choice == Choice::second && !second_can_stand(*task))
        return no;
    task->open = false;
    task->choice = f.choice;
    const Task decided = *task;
    if (decided.kind == "two_heads") {
        std::visit(
            [&](const auto& claim) {
                if constexpr (requires { claim.participation; })
                    settle_heads(claim.delegate, f.choice);
            },
            decided.claim.body);
    } else if (decided.kind == "cancelled_checked_in") {
        settle_cancelled(std::get<fact::CheckedIn>(decided.claim.body).delegate, f.choice);
    } else if (f.choice == Choice::second) {
        second_stands(decided);
    }
    return yes;
}

Said Oracle::next(const Fact& fact)
{
    const auto said = std::visit(Judge{*this, fact}, fact.body);
    for (const auto& [delegation, head] : heads_)
        ever_led_.insert(delegation);
    return said;
}

DelegateId Oracle::holder_of(const Body& claim) const
{
    if (const auto* locker = std::get_if<fact::LockerAssigned>(&claim)) {
        const DelegateId* holder = at(lockers_, locker->locker);
        return holder == nullptr ? DelegateId() : *holder;
    }
    if (const auto* lent = std::get_if<fact::LaptopLent>(&claim)) {
        const Computer* computer = at(computers_, lent->laptop);
        return computer == nullptr ? DelegateId() : computer->at;
    }
    return DelegateId();
}

// --- comparing ---------------------------------------------------------------------------------------------

Said Oracle::differs_from(const State& shown) const
{
    for (const auto& [id, guest] : guests_) {
        const Delegate* delegate = shown.delegates.find(id);
        if (delegate == nullptr)
            return fmt::format("{} is not shown", id.str());
        if (delegate->checked_in != guest.inside)
            return fmt::format("{} is {}", id.str(), guest.inside ? "inside" : "not inside");
        if (delegate->erased != guest.erased || delegate->revision != guest.changes)
            return fmt::format("{} was changed {} times, not {}", id.str(), guest.changes,
                               delegate->revision);
        if (delegate->participation != guest.as)
            return fmt::format("{} takes part otherwise", id.str());
        std::set<LockerNo> lockers;
        for (const auto& [locker, holder] : lockers_) {
            if (holder == id)
                lockers.insert(locker);
        }
        if (delegate->lockers != lockers)
            return fmt::format("{} holds {} lockers, not {}", id.str(), lockers.size(),
                               delegate->lockers.size());
    }
    Said wrong;
    const auto expect = [&wrong](bool agrees, const std::string& what) {
        if (!agrees && !wrong)
            wrong = what;
    };
    shown.delegates.each([&](const DelegateId& id, const Delegate&) {
        expect(guests_.contains(id), id.str() + " is nobody");
    });
    shown.badges.each([&](const BadgeId& id, const Badge& badge) {
        const auto* paper = at(papers_, id);
        expect(paper != nullptr && paper->lives == badge.live && paper->card == badge.card &&
                   paper->of == badge.delegate && paper->back == badge.returned,
               fmt::format("the badge {} {}", id.str(), badge.live ? "lives" : "is void"));
    });
    shown.cards.each([&](const CardUid& uid, const Card& card) {
        const auto* paper = at(papers_, card.badge);
        expect(card.badge.empty() || (paper != nullptr && paper->card == uid),
               fmt::format("the card {} is on {}", uid.str(), card.badge.str()));
    });
    shown.lockers.each([&](const LockerNo& locker, const Locker& entity) {
        const auto* holder = at(lockers_, locker);
        expect(entity.holder == (holder == nullptr ? DelegateId() : *holder),
               fmt::format("{} is held by \"{}\"", locker.str(), entity.holder.str()));
    });
    shown.laptops.each([&](const LaptopTag& tag, const Laptop& laptop) {
        const auto* computer = at(computers_, tag);
        expect(computer != nullptr && computer->at == laptop.borrower && computer->missing == laptop.lost &&
                   computer->broken == laptop.in_repair,
               fmt::format("{} is lent to \"{}\"", tag.str(), laptop.borrower.str()));
    });
    shown.delegations.each([&](const std::string& code, const DelegationHead& entity) {
        const auto* head = at(heads_, code);
        expect(entity.head == (head == nullptr ? DelegateId() : *head),
               fmt::format("{} is led by \"{}\"", code, entity.head.str()));
    });
    const auto& places = shown.laptop_queue().waiting;
    expect(std::equal(places.begin(), places.end(), queue_.begin(), queue_.end(),
                      [](const QueuePlace& place, const Waiting& waiting) {
                          return place.delegate == waiting.who &&
                                 (place.offered_until != WallTime{}) == waiting.offered;
                      }),
           "others wait for laptops, or in another order");
    std::size_t open = 0;
    std::size_t all = 0;
    shown.conflicts.each([&](const FactId& id, const Conflict& conflict) {
        ++all;
        open += conflict.open ? 1 : 0;
        const auto* task = at(tasks_, id);
        expect(task != nullptr && task->kind == conflict.kind && task->open == conflict.open,
               fmt::format("the task {} ({}) is {}", id.str(), conflict.kind,
                           conflict.open ? "open" : "closed"));
    });
    expect(all == tasks_.size(), fmt::format("{} tasks, not {} ({} open)", tasks_.size(), all, open));
    return wrong;
}

} // namespace montbrillant::simulation
