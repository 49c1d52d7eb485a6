// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The rules once more, small and slow, written from the product's text (design: rules 2, 3, 4, 7, 9 and 10)
/// without looking at sync/domain/rules: who is inside, whose badge lives, which card opens for whom, who
/// holds which locker and laptop, who waits, who leads, and what the registry must say to each fact. Of kinds
/// that none of this is about it says nothing.

#include "sync/domain/rules.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace montbrillant::simulation {

class Oracle {
public:
    struct Guest {
        Participation as;
        bool provisional = false;
        bool inside = false;
        bool seen_in_person = false;
        bool erased = false;
        unsigned changes = 0;
        unsigned issues = 0; ///< highest number on a badge of theirs
        std::set<std::string> put_right;
        std::set<SessionId> sessions;
    };
    struct Paper { ///< a badge
        DelegateId of;
        unsigned issue = 0;
        bool lives = false;
        bool until_card = false; ///< comes to life with its card
        bool back = false;
        CardUid card;
    };
    struct Computer {
        DelegateId at;
        bool missing = false;
        bool broken = false;
    };
    struct Waiting {
        DelegateId who;
        bool offered = false;
    };
    struct Task {
        std::string kind;
        Fact claim;
        bool open = true;
        Choice choice = Choice::first;
    };

    /// The next fact of the log. What must be said to it: "accepted", "duplicate", "rejected", or the name of
    /// a conflict; nothing where it does not matter here.
    std::optional<std::string> next(const Fact& fact);
    /// The first difference between this and what a program shows, in words; nothing when they agree.
    [[nodiscard]] std::optional<std::string> differs_from(const State& shown) const;
    /// Who has the locker or the laptop that this would give out; empty: nobody.
    [[nodiscard]] DelegateId holder_of(const Body& claim) const;

private:
    struct Judge;
    std::map<DelegateId, Guest> guests_;
    std::map<BadgeId, Paper> papers_;
    std::map<LockerNo, DelegateId> lockers_;
    std::map<LaptopTag, Computer> computers_;
    std::deque<Waiting> queue_;
    std::map<std::string, DelegateId> heads_;
    std::set<std::string> ever_led_; ///< delegations that had a head once
    std::map<FactId, Task> tasks_;
};

} // namespace montbrillant::simulation
