// SPDX-License-Identifier: Apache-2.0
// Which locker is whose. The lock itself belongs to the bank's thread.
#include "kiosk/desk/desk.hpp"
#include "kiosk/desk/words.hpp"

#include <algorithm>

namespace montbrillant {

std::vector<LockerNo> Desk::doors(bool low_first) const
{
    std::vector<BankDoor> all = bank_ ? bank_->doors : std::vector<BankDoor>{};
    if (low_first)
        std::stable_partition(all.begin(), all.end(), [](const BankDoor& door) { return door.low; });
    else // low doors last: they are kept for who needs them
        std::stable_partition(all.begin(), all.end(), [](const BankDoor& door) { return !door.low; });
    std::vector<LockerNo> numbers;
    for (const auto& door : all)
        numbers.push_back({bank_->bank, door.number});
    return numbers;
}

Served<LockerNo> Desk::locker_for(const BadgeId& badge, bool low_door)
{
    if (!bank_)
        return turn_away(flow::Notice::bank_offline, "this device has no locker bank");
    const WallTime now = clock_.wall();
    const command::AssignLocker wish{badge,
                                     doors(low_door),
                                     static_cast<unsigned>(profile_->lockers.per_delegate),
                                     now,
                                     std::chrono::minutes(profile_->lockers.reopen_minutes),
                                     today()};
    const auto decided = decide(store_.view(), wish);
    if (!decided)
        return turn_away(decided.error());
    if (!decided->facts.empty()) {
        Draft draft;
        draft.facts = decided->facts;
        draft.actor = "kiosk";
        if (auto facts = commit(std::move(draft)); !facts)
            return storage_trouble(facts.error());
    }
    return decided->locker;
}

Served<LockerNo> Desk::give_back(const DelegateId& delegate)
{
    const auto decided = decide(store_.view(), command::ReleaseLocker{delegate});
    if (!decided)
        return turn_away(decided.error(), delegate);
    Draft draft;
    draft.facts = decided->facts;
    draft.actor = delegate.str();
    if (auto facts = commit(std::move(draft)); !facts)
        return storage_trouble(facts.error());
    return decided->locker;
}

void Desk::unlocked(const UnlockResult& result)
{
    const auto asked = unlocking_.extract(result.id);
    Draft draft;
    draft.actor = "kiosk";
    std::optional<DelegateId> delegate;
    if (asked)
        delegate = asked.mapped().delegate;
    draft.facts.push_back(fact::LockerOpened{result.locker, delegate, result.id,
                                             std::string(to_text(result.outcome)), result.why});
    if (auto facts = commit(std::move(draft)); !facts)
        static_cast<void>(storage_trouble(facts.error())); // the door is open all the same
    if (asked)
        tell(flow::LockerAnswered{asked.mapped().job, step_of(result.outcome), result.locker.str(),
                                  result.outcome == UnlockOutcome::offline ? flow::Notice::bank_offline
                                                                           : flow::Notice::none});
}

void Desk::door_changed(const DoorChanged& change)
{
    open_doors_[change.locker] = change.open;
    if (!change.open)
        tell(flow::DoorClosed{change.locker.str()});
}

} // namespace montbrillant
