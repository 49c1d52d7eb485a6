// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/board.hpp"

namespace montbrillant::simulation {
namespace {

// Of a thousand commands or reads.
constexpr std::uint64_t commands_lost = 60;
constexpr std::uint64_t acknowledgements_lost = 90;
constexpr std::uint64_t restarts = 30;
constexpr std::uint64_t reads_lost = 30;
constexpr std::uint64_t unreachable = 100; // when it was in doubt
constexpr std::uint64_t jams = 40;

constexpr Millis patience{300};
/// From the tap, by the rules, and what one answer may take.
constexpr Millis last_moment = UnlockRules().not_after + patience;

void allow_only(bool true_of_it, const UnlockId& unlock, const std::string& otherwise)
{
    if (!true_of_it)
        throw Violation(fmt::format("a lock fires for {}, {}", unlock.str(), otherwise));
}

} // namespace

Board::Board(World& world, BankId bank, std::uint16_t doors) : world_(world)
{
    capabilities_ = {std::move(bank), {}, true};
    for (std::uint16_t door = 1; door <= doors; ++door) {
        capabilities_.doors.push_back(door);
        doors_[door];
    }
}

bool Board::open(const Door& door) const
{
    const Millis now = world_.timeline.now();
    return door.opens >= Millis(0) && door.opens <= now && now < door.closes;
}

Snapshot Board::look(MonoTime taken_at)
{
    Snapshot seen{{}, boots_, taken_at};
    for (const auto& [number, door] : doors_)
        seen.doors.push_back({number, open(door), door.fires});
    return seen;
}

void Board::check(std::uint16_t door, const UnlockId& unlock, const State& view)
{
    const auto known = taps_.find(unlock);
    allow_only(known != taps_.end(), unlock, "and nobody tapped since its terminal started");
    const Tap& tap = known->second.tap;
    allow_only(!std::exchange(known->second.fired, true), unlock, "which has fired before");
    allow_only(tap.request.locker == LockerNo{capabilities_.bank, door}, unlock,
               "though " + tap.request.locker.str() + " was asked for");
    allow_only(world_.timeline.now() <= tap.at + last_moment, unlock, "long after the tap");
    const Badge* badge = view.badges.find(tap.request.badge);
    allow_only(badge != nullptr && badge->live, unlock, "and its badge is known to be void");
}

void Board::pulse(std::uint16_t door, const UnlockId& unlock, const State& view)
{
    check(door, unlock, view);
    Door& moved = doors_[door];
    ++moved.fires;
    world_.note(fmt::format("{}{} fires for {}", capabilities_.bank.str(), door, unlock.str()));
    if (world_.happens(jams) || open(moved))
        return;
    moved.opens = world_.timeline.now() + world_.millis_between(Millis(20), Millis(300));
    moved.closes = moved.opens + world_.millis_between(Millis(2000), Millis(90000));
}

void Board::restart()
{
    ++boots_;
    for (auto& [number, door] : doors_)
        door.fires = 0;
}

void BoardWire::wait_in_vain()
{
    task_.hold(patience);
    in_doubt_ = true;
}

Result<> BoardWire::settle()
{
    if (!in_doubt_)
        return {};
    task_.hold(Millis(100));
    if (fails(unreachable))
        return fail(ErrorKind::device, "the board cannot be reached", board_.capabilities().bank.str());
    in_doubt_ = false;
    return {};
}

Result<Snapshot> BoardWire::snapshot()
{
    const MonoTime taken_at = clock_.mono();
    if (in_doubt_ || fails(reads_lost)) {
        wait_in_vain();
        return fail(ErrorKind::device, "no answer in time", board_.capabilities().bank.str());
    }
    task_.hold(world_.millis_between(Millis(1), Millis(8)));
    return board_.look(taken_at);
}

FireResult BoardWire::fire(std::uint16_t door, const UnlockId& unlock)
{
    if (in_doubt_)
        throw Violation("a lock is to fire while an older answer may be under way");
    const bool lost = fails(commands_lost);
    if (!lost)
        board_.pulse(door, unlock, view_());
    if (fails(restarts))
        board_.restart();
    if (lost || fails(acknowledgements_lost)) {
        wait_in_vain();
        return {false, "no answer in time"};
    }
    task_.hold(world_.millis_between(Millis(1), Millis(8)));
    return {true, {}};
}

} // namespace montbrillant::simulation
