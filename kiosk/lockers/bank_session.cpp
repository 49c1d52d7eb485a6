// SPDX-License-Identifier: Apache-2.0
#include "kiosk/lockers/bank_session.hpp"

#include "sync/base/log.hpp"

#include <algorithm>

namespace montbrillant {

BankSession::BankSession(LockerBank& bank, UnlockJournal& journal, UnlockPermit permit, Clock& clock,
                         Handler handler, UnlockRules rules, BankTiming timing)
    : bank_(bank), journal_(journal), permit_(std::move(permit)), clock_(clock), handler_(std::move(handler)),
      rules_(rules), timing_(timing), tracker_(rules.reads_to_believe), next_read_(clock.mono()),
      backoff_(timing.backoff_min)
{
}

Millis BankSession::until_next_turn() const { return std::max(Millis{0}, next_read_ - clock_.mono()); }

void BankSession::turn()
{
    if (clock_.mono() < next_read_)
        return;
    if (!recovered())
        return;
    if (auto snapshot = settled_snapshot(bank_))
        good_read(*snapshot);
    else
        bad_read(snapshot.error());
    close_finished();
}

bool BankSession::recovered()
{
    if (recovered_)
        return true;
    const BankId& bank = bank_.capabilities().bank;
    auto left = forget_unfinished(journal_, bank);
    if (!left) {
        bad_read(left.error());
        return false;
    }
    recovered_ = true;
    for (const UnlockIntent& intent : *left) {
        log::warn("bank {}: unlock {} of door {} was cut off; it is unknown now", bank.str(), intent.id.str(),
                  intent.locker.door);
        expected_until_[intent.locker.door] = clock_.mono() + rules_.jammed_after;
        handler_(UnlockResult{intent.id, intent.locker, UnlockOutcome::unknown, Millis{0},
                              "cut off by a restart"});
    }
    return true;
}

void BankSession::good_read(const Snapshot& snapshot)
{
    last_good_ = snapshot.taken_at;
    backoff_ = timing_.backoff_min;
    if (!online_) {
        tracker_.start_from(snapshot);
        online_ = true;
        told_offline_ = false;
        log::info("bank {}: online", bank_.capabilities().bank.str());
        handler_(BankOnline{bank_.capabilities().bank, snapshot.doors});
    }
    for (const DoorChange& change : tracker_.update(snapshot))
        door_changed(change);
    for (UnlockTransaction& unlock : watching_)
        unlock.observe(snapshot, ports());
    look_for_doors_left_open(snapshot.taken_at);
    const bool soon = !watching_.empty() || tracker_.restless();
    next_read_ = clock_.mono() + (soon ? timing_.poll_watching : timing_.poll);
}

void BankSession::bad_read(const Error& error)
{
    const MonoTime now = clock_.mono();
    next_read_ = now + backoff_;
    backoff_ = std::min(backoff_ * 2, timing_.backoff_max);
    offline_why_ = error.text();
    if (told_offline_ || (last_good_ && now - *last_good_ < timing_.stale_after))
        return;
    online_ = false;
    told_offline_ = true;
    for (UnlockTransaction& unlock : watching_)
        unlock.lost_bank(offline_why_, ports());
    log::warn("bank {}: offline: {}", bank_.capabilities().bank.str(), offline_why_);
    handler_(BankOffline{bank_.capabilities().bank, offline_why_});
}

void BankSession::door_changed(const DoorChange& change)
{
    const LockerNo locker{bank_.capabilities().bank, change.door};
    handler_(DoorChanged{locker, change.open});
    if (!change.open) {
        opened_by_.erase(change.door);
        return;
    }
    const auto expected = expected_until_.find(change.door);
    if (expected != expected_until_.end() && change.since <= expected->second)
        return;
    if (blame_a_fire(change))
        return;
    log::warn("bank {}: door {} opened without a pulse", locker.bank.str(), locker.door);
    handler_(DoorAlarm{locker, UnlockOutcome::forced});
}

bool BankSession::blame_a_fire(const DoorChange& change)
{
    for (UnlockTransaction& unlock : watching_) {
        const MonoTime fired = unlock.fired_at().value_or(MonoTime{});
        if (unlock.step() != UnlockTransaction::Step::watch || change.since < fired ||
            change.since > fired + rules_.wrong_door_within)
            continue;
        unlock.saw_wrong_door(change.door, ports());
        quarantine(unlock.why());
        handler_(BankQuarantined{bank_.capabilities().bank, unlock.why()});
        return true;
    }
    return false;
}

void BankSession::quarantine(std::string why)
{
    quarantined_ = true;
    log::error("bank {}: self-service stopped: {}", bank_.capabilities().bank.str(), why);
}

void BankSession::look_for_doors_left_open(MonoTime now)
{
    for (const std::uint16_t door : tracker_.take_open_since({(now.ms - rules_.left_open_after.count())})) {
        handler_(DoorAlarm{{bank_.capabilities().bank, door}, UnlockOutcome::left_open});
        const auto by = opened_by_.find(door);
        if (by == opened_by_.end())
            continue;
        if (auto kept = journal_.record(by->second, UnlockState::finished, UnlockOutcome::left_open); !kept)
            log::error("unlock {}: {}", by->second.str(), kept.error().text());
    }
}

void BankSession::ask(const UnlockRequest& request, MonoTime asked_at)
{
    if (!recovered_ || !online_)
        return refuse(request, asked_at, UnlockOutcome::offline, offline_why_);
    if (quarantined_ && !request.by_staff)
        return refuse(request, asked_at, UnlockOutcome::refused,
                      "the bank is quarantined: staff open its doors");
    UnlockTransaction unlock(request, asked_at, rules_);
    unlock.fire(ports());
    if (unlock.wrote()) // the door may answer even if the board did not
        expected_until_[request.locker.door] = clock_.mono() + rules_.jammed_after;
    if (unlock.fired_at())
        handler_(UnlockFired{request.id, request.locker});
    watching_.push_back(std::move(unlock));
    close_finished();
    next_read_ = std::min(next_read_, clock_.mono() + timing_.poll_watching);
}

void BankSession::refuse(const UnlockRequest& request, MonoTime asked_at, UnlockOutcome outcome,
                         std::string why)
{
    handler_(UnlockResult{request.id, request.locker, outcome, clock_.mono() - asked_at, std::move(why)});
}

void BankSession::close_finished()
{
    for (const UnlockTransaction& unlock : watching_)
        if (unlock.step() == UnlockTransaction::Step::finished)
            tell(unlock);
    std::erase_if(watching_,
                  [](const UnlockTransaction& u) { return u.step() == UnlockTransaction::Step::finished; });
}

void BankSession::tell(const UnlockTransaction& unlock)
{
    const UnlockRequest& request = unlock.request();
    if (unlock.outcome() == UnlockOutcome::opened || unlock.outcome() == UnlockOutcome::already_open)
        opened_by_[request.locker.door] = request.id;
    const Millis after = unlock.finished_at() - unlock.asked_at();
    log::info("bank {}: unlock={} door={} outcome={} ms={} {}", request.locker.bank.str(), request.id.str(),
              request.locker.door, to_text(unlock.outcome()), after.count(), unlock.why());
    handler_(UnlockResult{request.id, request.locker, unlock.outcome(), after, unlock.why()});
}

} // namespace montbrillant
