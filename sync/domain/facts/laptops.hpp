// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Facts about loaner laptops and the queue for them.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"

#include <set>
#include <string>
#include <string_view>

namespace montbrillant::fact {

struct LaptopAdded {
    static constexpr std::string_view kind = "laptop.added";
    LaptopTag laptop;
    DeviceId home; ///< the device that alone lends it while offline
};
/// Another desk holds it from now on.
struct LaptopMoved {
    static constexpr std::string_view kind = "laptop.moved";
    LaptopTag laptop;
    DeviceId home;
    DelegateId staff;
};
struct LaptopAsked {
    static constexpr std::string_view kind = "laptop.asked";
    DelegateId delegate;
    std::string ticket;
};
struct LaptopQueueLeft {
    static constexpr std::string_view kind = "laptop.queue_left";
    DelegateId delegate;
};
/// A free laptop is set aside for somebody who waits.
struct LaptopOffered {
    static constexpr std::string_view kind = "laptop.offered";
    DelegateId delegate;
    WallTime until;
};
/// Nobody came in time: first place for the next laptop stays theirs, the last allowed miss ends it.
struct LaptopOfferMissed {
    static constexpr std::string_view kind = "laptop.offer_missed";
    DelegateId delegate;
    bool ends{}; ///< the last that is allowed
};
struct LaptopLent {
    static constexpr std::string_view kind = "laptop.lent";
    LaptopTag laptop;
    DelegateId delegate;
    DelegateId staff;
    std::string due;                     ///< ISO 8601, local time of the event
    std::set<std::string> accessories{}; ///< that went along
};
struct LaptopReturned {
    static constexpr std::string_view kind = "laptop.returned";
    LaptopTag laptop;
    DelegateId staff;
    bool faulty{};
    std::string condition;
    std::set<std::string> missing{}; ///< accessories that did not come back
    bool wiped{};
};
/// A faulty laptop is exchanged in one step: the loan goes on with another.
struct LaptopSwapped {
    static constexpr std::string_view kind = "laptop.swapped";
    LaptopTag laptop;
    LaptopTag instead;
    DelegateId staff;
    std::string condition;
};
struct LaptopLost {
    static constexpr std::string_view kind = "laptop.lost";
    LaptopTag laptop;
    DelegateId staff;
};
/// Repaired, or found again: back on the shelf.
struct LaptopRestored {
    static constexpr std::string_view kind = "laptop.restored";
    LaptopTag laptop;
    DelegateId staff;
};

} // namespace montbrillant::fact
