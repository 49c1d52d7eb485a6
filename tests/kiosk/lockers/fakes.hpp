// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A scripted bank and a journal in memory, for the rules of the unlock transaction.

#include "kiosk/lockers/bank_session.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace montbrillant::testing {

/// Longer than any answer of a bank that answers.
inline constexpr Millis a_moment{2000};

/// Thrown where the plug is pulled.
struct PowerCut : std::runtime_error {
    PowerCut() : std::runtime_error("power cut") {}
};

/// What is in here survives the session, as a disk does.
class FakeJournal final : public UnlockJournal {
public:
    struct Row {
        UnlockIntent intent;
        std::vector<UnlockState> states;
        std::optional<UnlockOutcome> outcome;
    };

    Result<> intend(const UnlockIntent& intent) override
    {
        if (disk_full)
            return fail(ErrorKind::storage, "no space left");
        if (rows.contains(intent.id.str()))
            return fail(ErrorKind::refused, "this unlock was carried out before");
        rows[intent.id.str()].intent = intent;
        return {};
    }
    Result<> record(const UnlockId& id, UnlockState state, std::optional<UnlockOutcome> outcome) override
    {
        if (disk_full)
            return fail(ErrorKind::storage, "no space left");
        Row& row = rows.at(id.str());
        row.states.push_back(state);
        row.outcome = outcome;
        return {};
    }
    Result<std::vector<UnlockIntent>> unfinished() override
    {
        if (disk_full)
            return fail(ErrorKind::storage, "the journal cannot be read");
        std::vector<UnlockIntent> out;
        for (const auto& [id, row] : rows)
            if (!row.outcome)
                out.push_back(row.intent);
        return out;
    }

    bool disk_full = false;
    std::map<std::string, Row> rows;
};

enum class Wire { good, request_lost, reply_lost };

/// Four doors; released ones spring open after 50 ms of the clock's time.
class FakeBank final : public LockerBank {
public:
    struct Door {
        bool open = false;
        bool jammed = false;
        int pulses = 0;
        std::uint16_t counter = 0;
        std::optional<MonoTime> springs_at;
    };

    explicit FakeBank(ManualClock& clock, bool counts_fires = true) : clock_(clock)
    {
        capabilities_ = {BankId("B"), {1, 2, 3, 4}, counts_fires};
        for (const std::uint16_t door : capabilities_.doors)
            doors[door];
    }

    const BankCapabilities& capabilities() const override { return capabilities_; }

    Result<> settle() override
    {
        ++settles;
        if (in_doubt)
            clock_.wait(quiet);
        if (gone)
            return fail(ErrorKind::device, "the connection was refused", "bank B");
        in_doubt = false;
        return {};
    }

    Result<Snapshot> snapshot() override
    {
        clock_.wait(Millis{1});
        if (gone || in_doubt || reads_to_lose > 0) {
            reads_to_lose = std::max(0, reads_to_lose - 1);
            in_doubt = true;
            return fail(ErrorKind::device, "no answer in time", "bank B");
        }
        spring();
        Snapshot out{{}, std::nullopt, clock_.mono()};
        for (const auto& [number, door] : doors)
            out.doors.push_back(
                {number, door.open, capabilities_.counts_fires ? std::optional(door.counter) : std::nullopt});
        if (capabilities_.counts_fires)
            out.boots = boots;
        return out;
    }

    FireResult fire(std::uint16_t number, const UnlockId& unlock) override
    {
        CHECK_FALSE(in_doubt);
        fired_ids.push_back(unlock.str());
        if (before_fire)
            before_fire();
        Wire wire = Wire::good;
        if (!script.empty()) {
            wire = script.front();
            script.pop_front();
        }
        if (wire != Wire::request_lost)
            release(number);
        if (after_fire)
            after_fire();
        if (wire == Wire::good)
            return {true, {}};
        clock_.wait(Millis{300});
        in_doubt = true;
        return {false, "no answer in time"};
    }

    void release(std::uint16_t number)
    {
        ++doors[number].counter;
        Door& moved = doors[wired_to.contains(number) ? wired_to[number] : number];
        ++moved.pulses;
        if (!moved.jammed && !moved.open)
            moved.springs_at = clock_.mono() + Millis{50};
    }

    [[nodiscard]] int pulses() const
    {
        int sum = 0;
        for (const auto& [number, door] : doors)
            sum += door.pulses;
        return sum;
    }

    std::map<std::uint16_t, Door> doors;
    std::map<std::uint16_t, std::uint16_t> wired_to;
    std::deque<Wire> script; ///< for the next writes; then all is good
    std::vector<std::string> fired_ids;
    std::function<void()> before_fire;
    std::function<void()> after_fire;
    std::uint16_t boots = 1;
    int reads_to_lose = 0;
    bool gone = false;
    bool in_doubt = true; // not connected yet
    Millis quiet{100};
    int settles = 0;

private:
    void spring()
    {
        for (auto& [number, door] : doors) {
            if (!door.springs_at || clock_.mono() < *door.springs_at)
                continue;
            door.open = true;
            door.springs_at.reset();
        }
    }

    ManualClock& clock_;
    BankCapabilities capabilities_;
};

/// A session over the fakes, and what it told.
class Rig {
public:
    explicit Rig(bool counts_fires = true) : bank(clock, counts_fires) { restart(); }

    /// The process dies and comes back: the journal and the bank stay.
    void restart()
    {
        session.emplace(
            bank, journal, [this](const UnlockRequest& request) { return permit(request); }, clock,
            [this](const BankEvent& event) { events.push_back(event); });
    }

    void run(Millis duration)
    {
        const MonoTime end = clock.mono() + duration;
        while (clock.mono() < end) {
            session->turn();
            clock.advance(std::max(Millis{1}, std::min(session->until_next_turn(), end - clock.mono())));
        }
        session->turn();
    }

    void tap(const std::string& unlock, std::uint16_t door, bool by_staff = false)
    {
        session->ask(request(unlock, door, by_staff), clock.mono());
    }

    [[nodiscard]] static UnlockRequest request(const std::string& unlock, std::uint16_t door,
                                               bool by_staff = false)
    {
        return {UnlockId(unlock), {BankId("B"), door}, BadgeId("Bxyz"), by_staff};
    }

    template <class Event> [[nodiscard]] std::vector<Event> told() const
    {
        std::vector<Event> out;
        for (const BankEvent& event : events)
            if (const auto* match = std::get_if<Event>(&event))
                out.push_back(*match);
        return out;
    }

    /// The one result of an unlock.
    [[nodiscard]] UnlockResult result(const std::string& unlock) const
    {
        std::vector<UnlockResult> mine = told<UnlockResult>();
        std::erase_if(mine, [&unlock](const UnlockResult& r) { return r.id.str() != unlock; });
        REQUIRE(mine.size() == 1);
        return mine.front();
    }
    [[nodiscard]] std::string outcome(const std::string& unlock) const
    {
        return std::string(to_text(result(unlock).outcome));
    }
    [[nodiscard]] std::vector<UnlockState> states(const std::string& unlock) const
    {
        return journal.rows.at(unlock).states;
    }

    ManualClock clock;
    FakeBank bank;
    FakeJournal journal;
    std::function<Result<>(const UnlockRequest&)> permit = [](const UnlockRequest&) { return Result<>{}; };
    std::vector<BankEvent> events;
    std::optional<BankSession> session;
};

} // namespace montbrillant::testing
