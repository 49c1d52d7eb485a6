// SPDX-License-Identifier: Apache-2.0
#include "kiosk/lockers/unlock.hpp"

#include "sync/base/crash_point.hpp"
#include "sync/base/log.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace montbrillant {

namespace {

constexpr std::array outcomes = {
    UnlockOutcome::opened,  UnlockOutcome::already_open, UnlockOutcome::jammed,  UnlockOutcome::left_open,
    UnlockOutcome::forced,  UnlockOutcome::wrong_door,   UnlockOutcome::refused, UnlockOutcome::too_late,
    UnlockOutcome::offline, UnlockOutcome::unknown};
constexpr int writes_max = 2;

} // namespace

std::string_view to_text(UnlockOutcome outcome)
{
    switch (outcome) {
    case UnlockOutcome::opened: return "opened";
    case UnlockOutcome::already_open: return "already_open";
    case UnlockOutcome::jammed: return "jammed";
    case UnlockOutcome::left_open: return "left_open";
    case UnlockOutcome::forced: return "forced";
    case UnlockOutcome::wrong_door: return "wrong_door";
    case UnlockOutcome::refused: return "refused";
    case UnlockOutcome::too_late: return "too_late";
    case UnlockOutcome::offline: return "offline";
    case UnlockOutcome::unknown: return "unknown";
    }
    return "unknown";
}

std::optional<UnlockOutcome> unlock_outcome(std::string_view text)
{
    const auto* found = std::find_if(outcomes.begin(), outcomes.end(),
                                     [text](UnlockOutcome o) { return to_text(o) == text; });
    return found == outcomes.end() ? std::nullopt : std::optional(*found);
}

std::string_view to_text(UnlockState state)
{
    switch (state) {
    case UnlockState::intended: return "intended";
    case UnlockState::acked: return "acked";
    case UnlockState::unknown: return "unknown";
    case UnlockState::fired: return "fired";
    case UnlockState::finished: return "finished";
    }
    return "unknown";
}

UnlockTransaction::UnlockTransaction(UnlockRequest request, MonoTime asked_at, UnlockRules rules)
    : request_(std::move(request)), asked_at_(asked_at), rules_(rules)
{
}

void UnlockTransaction::fire(const Ports& ports)
{
    for (;;) {
        switch (step_) {
        case Step::look: look(ports); break;
        case Step::intend: intend(ports); break;
        case Step::write: write(ports); break;
        case Step::doubt: doubt(ports); break;
        case Step::watch:
        case Step::finished: return;
        }
    }
}

void UnlockTransaction::look(const Ports& ports)
{
    const auto& doors = ports.bank.capabilities().doors;
    if (request_.locker.bank != ports.bank.capabilities().bank ||
        std::find(doors.begin(), doors.end(), request_.locker.door) == doors.end())
        return finish(UnlockOutcome::refused, fmt::format("there is no door {}", request_.locker.str()),
                      ports);
    if (late(ports.clock))
        return finish(UnlockOutcome::too_late, "it waited too long for its turn", ports);
    auto before = settled_snapshot(ports.bank);
    if (!before && !late(ports.clock))
        before = settled_snapshot(ports.bank); // one lost answer is no outage
    if (!before)
        return finish(UnlockOutcome::offline, before.error().text(), ports);
    const DoorState* door = before->door(request_.locker.door);
    if (door == nullptr)
        return finish(UnlockOutcome::offline, "the board does not report this door", ports);
    open_before_ = door->open;
    fires_before_ = door->fires;
    boots_before_ = before->boots;
    step_ = Step::intend;
}

void UnlockTransaction::intend(const Ports& ports)
{
    const Millis left = asked_at_ + rules_.not_after - ports.clock.mono();
    const UnlockIntent intent{request_.id,       request_.locker,           request_.badge,
                              request_.by_staff, ports.clock.wall() + left, fires_before_};
    if (auto stored = ports.journal.intend(intent); !stored)
        return finish(UnlockOutcome::refused, stored.error().text(), ports);
    crash_point("unlock.intended");
    intended_ = true;
    step_ = Step::write;
}

void UnlockTransaction::write(const Ports& ports)
{
    // A repetition that may not happen says what the counter proved: nothing has fired.
    if (auto permitted = ports.permit(request_); !permitted)
        return finish(UnlockOutcome::refused, permitted.error().text(), ports);
    if (late(ports.clock))
        return finish(UnlockOutcome::too_late, "its time was over before the board could be told", ports);
    ++writes_;
    const FireResult result = ports.bank.fire(request_.locker.door, request_.id);
    crash_point("unlock.written");
    if (result.acknowledged)
        return begin_watch(UnlockState::acked, ports);
    last_error_ = result.why;
    if (!ports.journal.record(request_.id, UnlockState::unknown, std::nullopt))
        return finish(UnlockOutcome::unknown, "no answer from the board, and the journal does not write",
                      ports);
    step_ = Step::doubt;
}

void UnlockTransaction::doubt(const Ports& ports)
{
    const auto after = settled_snapshot(ports.bank);
    if (!after)
        return finish(UnlockOutcome::unknown, after.error().text(), ports);
    const DoorState* door = after->door(request_.locker.door);
    if (door == nullptr || !fires_before_ || !door->fires) {
        if (door != nullptr && door->open && !open_before_)
            return begin_watch(UnlockState::fired, ports); // the door itself is the proof
        return finish(UnlockOutcome::unknown, last_error_ + "; this board counts no pulses", ports);
    }
    if (after->boots != boots_before_)
        return finish(UnlockOutcome::unknown, "the board restarted meanwhile", ports);
    if (door->fires != fires_before_)
        return begin_watch(UnlockState::fired, ports);
    if (writes_ >= writes_max || late(ports.clock))
        return finish(UnlockOutcome::offline, last_error_ + "; its counter shows that nothing fired", ports);
    step_ = Step::write;
}

void UnlockTransaction::begin_watch(UnlockState proof, const Ports& ports)
{
    fired_at_ = ports.clock.mono();
    if (auto kept = ports.journal.record(request_.id, proof, std::nullopt); !kept)
        log::error("unlock {}: {}", request_.id.str(),
                   kept.error().text()); // the intent is kept: unknown at the next start
    crash_point("unlock.fired");
    step_ = Step::watch;
    if (open_before_)
        finish(UnlockOutcome::already_open, {}, ports);
}

void UnlockTransaction::observe(const Snapshot& snapshot, const Ports& ports)
{
    const DoorState* door = snapshot.door(request_.locker.door);
    if (step_ != Step::watch || door == nullptr || snapshot.taken_at < *fired_at_)
        return;
    if (!door->open)
        reads_open_ = 0;
    else if (++reads_open_ == 1)
        opened_at_ = snapshot.taken_at;
    if (reads_open_ >= rules_.reads_to_believe)
        return finish(UnlockOutcome::opened, {}, ports);
    if (snapshot.taken_at < *fired_at_ + rules_.jammed_after)
        return;
    const bool still = fires_before_ && door->fires == fires_before_ && snapshot.boots == boots_before_;
    if (still)
        return finish(UnlockOutcome::offline,
                      "the board acknowledged, but its counter shows that nothing fired", ports);
    finish(UnlockOutcome::jammed, "it fired and the door did not open", ports);
}

void UnlockTransaction::saw_wrong_door(std::uint16_t door, const Ports& ports)
{
    if (step_ == Step::watch)
        finish(UnlockOutcome::wrong_door,
               fmt::format("door {} opened instead of {}", door, request_.locker.door), ports);
}

void UnlockTransaction::lost_bank(const std::string& why, const Ports& ports)
{
    if (step_ == Step::watch)
        finish(UnlockOutcome::unknown, why, ports);
}

void UnlockTransaction::finish(UnlockOutcome outcome, std::string why, const Ports& ports)
{
    step_ = Step::finished;
    outcome_ = outcome;
    why_ = std::move(why);
    finished_at_ = outcome == UnlockOutcome::opened ? opened_at_ : ports.clock.mono();
    if (!intended_)
        return;
    if (auto kept = ports.journal.record(request_.id, UnlockState::finished, outcome); !kept)
        log::error("unlock {}: outcome {} not kept: {}", request_.id.str(), to_text(outcome),
                   kept.error().text());
    crash_point("unlock.finished");
}

Result<std::vector<UnlockIntent>> forget_unfinished(UnlockJournal& journal, const BankId& bank)
{
    MB_TRY(std::vector<UnlockIntent> left, journal.unfinished());
    std::erase_if(left, [&bank](const UnlockIntent& intent) { return intent.locker.bank != bank; });
    for (const UnlockIntent& intent : left)
        MB_CHECK(journal.record(intent.id, UnlockState::finished, UnlockOutcome::unknown));
    return left;
}

} // namespace montbrillant
