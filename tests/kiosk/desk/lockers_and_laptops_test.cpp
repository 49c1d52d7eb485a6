// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/desk/desk_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;
using flow::LendStep;
using flow::LockerStep;

namespace {

/// People R-1 ... R-n with finished badges and cards 04A1 ...
std::vector<CheckInDone> crowd(KioskSite& site, int n)
{
    std::vector<CheckInDone> badges;
    for (int i = 1; i <= n; ++i) {
        const std::string id = "R-" + std::to_string(i);
        site.register_person(delegate(id));
        badges.push_back(site.checked_in(id));
    }
    return badges;
}

bool is_low(const LockerNo& locker) { return sample_bank().door(locker.door)->low; }

LockerNo served(const Served<LockerNo>& locker)
{
    REQUIRE(locker);
    return *locker;
}

} // namespace

TEST_CASE("a delegate gets one locker and keeps it, also after a restart")
{
    KioskSite site;
    const auto badges = crowd(site, 2);
    const auto mine = served(site.desk->locker_for(badges[0].badge, false));
    CHECK(served(site.desk->locker_for(badges[0].badge, false)) == mine);
    CHECK(served(site.desk->locker_for(badges[1].badge, false)) != mine);
    site.reopen();
    CHECK(served(site.desk->locker_for(badges[0].badge, true)) == mine);
    CHECK(site.facts(fact::LockerAssigned::kind) == 2);
}

TEST_CASE("low doors go to who needs them, and last to the others")
{
    KioskSite site;
    const auto badges = crowd(site, 17);
    CHECK(is_low(served(site.desk->locker_for(badges[0].badge, true))));
    std::vector<bool> low;
    for (std::size_t i = 1; i < 16; ++i)
        low.push_back(is_low(served(site.desk->locker_for(badges[i].badge, false))));
    CHECK(std::is_sorted(low.begin(), low.end()));
    const auto full = site.desk->locker_for(badges[16].badge, false);
    REQUIRE_FALSE(full);
    CHECK(full.error().notice == flow::Notice::bank_full);
    REQUIRE(site.desk->give_back(DelegateId("R-3")));
    CHECK(site.desk->locker_for(badges[16].badge, false));
}

TEST_CASE("giving back needs a locker, and frees it")
{
    KioskSite site;
    const auto badges = crowd(site, 1);
    CHECK_FALSE(site.desk->give_back(DelegateId("R-1")));
    const auto mine = served(site.desk->locker_for(badges[0].badge, false));
    CHECK(served(site.desk->give_back(DelegateId("R-1"))) == mine);
    CHECK(site.store->view().lockers.find(mine)->holder.empty());
}

TEST_CASE("no locker for a badge of nobody, nor before the check-in")
{
    KioskSite site;
    CHECK(site.desk->locker_for(BadgeId("BNOBODY"), false).error().notice == flow::Notice::card_not_ours);
}

TEST_CASE("a tap at the bank: assigned, on disk, then fired once, and told what came of it")
{
    KioskSite site;
    const auto badges = crowd(site, 1);
    site.told.clear();
    site.desk->execute(flow::OpenLocker{7, DelegateId("R-1"), badges[0].badge, CardUid("04A1"), false});
    CHECK(site.told.empty()); // the answer is the door's
    REQUIRE(site.unlocks.size() == 1);
    const auto request = site.unlocks.front();
    CHECK(request.badge == badges[0].badge);
    CHECK_FALSE(request.by_staff);
    CHECK(site.store->view().lockers.find(request.locker)->holder == DelegateId("R-1"));
    site.desk->unlocked({request.id, request.locker, UnlockOutcome::opened, Millis{300}, ""});
    const auto answer = site.answer<flow::LockerAnswered>();
    CHECK(answer.job == 7);
    CHECK(answer.step == LockerStep::opened);
    CHECK(answer.door == request.locker.str());
    CHECK(site.facts(fact::LockerOpened::kind) == 1);
    site.desk->unlocked({request.id, request.locker, UnlockOutcome::left_open, Millis{60000}, ""});
    CHECK(site.told.empty()); // kept, but nobody's question any more
    CHECK(site.facts(fact::LockerOpened::kind) == 2);
}

TEST_CASE("every outcome of a lock is its own step on the glass")
{
    const struct {
        UnlockOutcome outcome;
        LockerStep step;
    } cases[]{{UnlockOutcome::opened, LockerStep::opened},
              {UnlockOutcome::already_open, LockerStep::already_open},
              {UnlockOutcome::jammed, LockerStep::jammed},
              {UnlockOutcome::left_open, LockerStep::left_open},
              {UnlockOutcome::wrong_door, LockerStep::wrong_door},
              {UnlockOutcome::refused, LockerStep::refused},
              {UnlockOutcome::offline, LockerStep::offline},
              {UnlockOutcome::too_late, LockerStep::tap},
              {UnlockOutcome::unknown, LockerStep::tap}};
    KioskSite site;
    const auto badges = crowd(site, 1);
    for (const auto& one : cases) {
        site.told.clear();
        site.desk->execute(flow::OpenLocker{7, DelegateId("R-1"), badges[0].badge, {}, false});
        const auto request = site.unlocks.back();
        site.desk->unlocked({request.id, request.locker, one.outcome, Millis{300}, "why"});
        CHECK(site.answer<flow::LockerAnswered>().step == one.step);
    }
}

TEST_CASE("a bank that takes nothing more is offline, a full one is full, one's own may be elsewhere")
{
    KioskSite site;
    const auto badges = crowd(site, 2);
    site.told.clear();
    site.bank_takes = false;
    site.desk->execute(flow::OpenLocker{7, DelegateId("R-1"), badges[0].badge, {}, false});
    CHECK(site.answer<flow::LockerAnswered>().step == LockerStep::offline);

    must(site.store->commit(just({fact::LockerAssigned{{BankId("A"), 3}, DelegateId("R-2")}})));
    site.desk->execute(flow::OpenLocker{8, DelegateId("R-2"), badges[1].badge, {}, false});
    const auto elsewhere = site.answer<flow::LockerAnswered>();
    CHECK(elsewhere.door == "A3");
    CHECK(elsewhere.step == LockerStep::elsewhere);
    CHECK(site.unlocks.empty());
}

TEST_CASE("giving back waits for the door to close")
{
    KioskSite site;
    const auto badges = crowd(site, 1);
    const auto mine = served(site.desk->locker_for(badges[0].badge, false));
    site.desk->door_changed({mine, true});
    site.told.clear();
    site.desk->execute(flow::GiveBackLocker{3, DelegateId("R-1")});
    CHECK(site.answer<flow::LockerAnswered>().step == LockerStep::close_door);
    CHECK(site.facts(fact::LockerReleased::kind) == 0);
    site.desk->door_changed({mine, false});
    CHECK(site.answer<flow::DoorClosed>().door == mine.str());
    site.desk->execute(flow::GiveBackLocker{4, DelegateId("R-1")});
    CHECK(site.answer<flow::LockerAnswered>().step == LockerStep::given_back);
    CHECK(site.facts(fact::LockerReleased::kind) == 1);
}

TEST_CASE("a locker that the disk could not note is not opened")
{
    KioskSite site;
    const auto badges = crowd(site, 1);
    site.told.clear();
    FullDisk full;
    site.desk->execute(flow::OpenLocker{7, DelegateId("R-1"), badges[0].badge, {}, false});
    CHECK(site.answer<flow::LockerAnswered>().why == flow::Notice::trouble);
    CHECK(site.unlocks.empty());
}

// --- laptops -----------------------------------------------------------------------------------------------

TEST_CASE("a laptop is lent by staff with the right, after the terms, once")
{
    KioskSite site;
    crowd(site, 2);
    const auto ines = site.staff({Right::lend});
    must(site.store->commit(just({fact::LaptopAdded{LaptopTag("LT-1"), DeviceId("K2")},
                                  fact::LaptopAdded{LaptopTag("LT-2"), DeviceId("K2")}})));
    const DelegateId zoe{"R-1"};
    const LaptopTag tag{"LT-1"};
    CHECK(site.desk->lend(ines, zoe, {}, false)->step == LendStep::scan_tag);
    CHECK(site.desk->lend(ines, zoe, tag, false)->step == LendStep::terms);
    CHECK(site.facts(fact::LaptopLent::kind) == 0);
    const auto lent = site.desk->lend(ines, zoe, tag, true);
    CHECK(lent->step == LendStep::lent);
    CHECK_FALSE(lent->due.empty());
    CHECK(site.desk->lend(ines, zoe, {}, false).error().notice == flow::Notice::has_laptop);
    CHECK(site.desk->lend(ines, DelegateId("R-2"), tag, true).error().notice == flow::Notice::laptop_lent);
    CHECK(site.desk->lend(ines, DelegateId("R-2"), LaptopTag("LT-9"), true).error().notice ==
          flow::Notice::laptop_unknown);
    CHECK(site.desk->lend(zoe, DelegateId("R-2"), LaptopTag("LT-2"), true).error().notice ==
          flow::Notice::staff_only);
    CHECK(site.desk->take_back(ines, tag, false, "complete"));
    CHECK(site.desk->take_back(ines, tag, false, "complete").error().notice == flow::Notice::no_laptop_loan);
    site.reopen();
    CHECK(site.store->view().laptops.find(tag)->borrower.empty());
    CHECK(site.store->view().delegates.find(zoe)->laptop.empty());
}

TEST_CASE("a faulty laptop goes to repair and is not lent")
{
    KioskSite site;
    crowd(site, 2);
    const auto ines = site.staff({Right::lend});
    must(site.store->commit(just({fact::LaptopAdded{LaptopTag("LT-1"), DeviceId("K2")}})));
    REQUIRE(site.desk->lend(ines, DelegateId("R-1"), LaptopTag("LT-1"), true));
    REQUIRE(site.desk->take_back(ines, LaptopTag("LT-1"), true, "faulty"));
    CHECK(site.desk->lend(ines, DelegateId("R-2"), LaptopTag("LT-1"), true).error().notice ==
          flow::Notice::laptop_in_repair);
}

TEST_CASE("nobody overtakes anybody in the queue for laptops")
{
    KioskSite site;
    crowd(site, 4);
    const auto ines = site.staff({Right::lend});
    must(site.store->commit(just({fact::LaptopAdded{LaptopTag("LT-1"), DeviceId("K2")}})));
    const auto id = [](int n) { return DelegateId("R-" + std::to_string(n)); };
    REQUIRE(site.desk->lend(ines, id(1), LaptopTag("LT-1"), true));
    const auto second = site.desk->lend(ines, id(2), {}, false);
    CHECK(second->step == LendStep::joined_queue);
    CHECK(second->place == 1);
    CHECK(second->ticket == "K2-L1");
    CHECK(site.desk->join_queue(id(3))->place == 2);
    CHECK(site.desk->join_queue(id(3))->ticket == "K2-L2"); // asked twice, the same place
    CHECK(site.facts(fact::LaptopAsked::kind) == 2);

    REQUIRE(site.desk->take_back(ines, LaptopTag("LT-1"), false, "complete"));
    CHECK(site.desk->lend(ines, id(3), LaptopTag("LT-1"), true).error().notice ==
          flow::Notice::not_their_turn);
    CHECK(site.desk->lend(ines, id(4), {}, false)->step == LendStep::joined_queue);
    CHECK(site.desk->lend(ines, id(2), {}, false)->step == LendStep::scan_tag);

    // Who cancelled while they waited keeps nobody waiting.
    Person gone = delegate("R-2");
    gone.state = Registration::cancelled;
    must(
        site.store->commit({{fact::DelegateAmended{gone.id, participation_of(gone)}}, "import", {gone}, {}}));
    CHECK(site.desk->lend(ines, id(3), {}, false)->step == LendStep::scan_tag);
    CHECK(site.desk->lend(ines, id(3), LaptopTag("LT-1"), true)->step == LendStep::lent);
    site.reopen();
    CHECK(must(site.desk->issue_ticket({}, "help")) == "K2-1"); // the two counters are two
    CHECK(site.desk->join_queue(id(1))->ticket == "K2-L4");
}

TEST_CASE("while its registry does not answer a desk lends only what it holds itself")
{
    KioskSite site;
    crowd(site, 2);
    const auto ines = site.staff({Right::lend});
    must(site.store->commit(just({fact::LaptopAdded{LaptopTag("LT-1"), DeviceId("K9")}})));
    const DelegateId zoe{"R-1"};
    site.desk->registry_answers(false);
    CHECK(site.desk->lend(ines, zoe, LaptopTag("LT-1"), true).error().notice ==
          flow::Notice::laptop_elsewhere);
    must(site.store->commit(just({fact::LaptopAdded{LaptopTag("LT-2"), DeviceId("K2")}})));
    CHECK(site.desk->lend(ines, zoe, {}, false)->step == LendStep::scan_tag);
    CHECK(site.desk->lend(ines, zoe, LaptopTag("LT-2"), true)->step == LendStep::lent);
    CHECK(site.desk->lend(ines, DelegateId("R-2"), {}, false)->step == LendStep::joined_queue);
    site.desk->registry_answers(true);
    CHECK(site.desk->lend(ines, DelegateId("R-2"), LaptopTag("LT-1"), true)->step == LendStep::lent);
}

TEST_CASE("who has not checked in or cancelled borrows nothing")
{
    KioskSite site;
    site.register_person(delegate("R-1"));
    const auto ines = site.staff({Right::lend});
    CHECK(site.desk->lend(ines, DelegateId("R-1"), {}, false).error().notice == flow::Notice::not_checked_in);
    CHECK(site.desk->lend(ines, DelegateId("R-404"), {}, false).error().notice ==
          flow::Notice::not_checked_in);
    site.checked_in("R-1");
    Person gone = delegate("R-1");
    gone.state = Registration::cancelled;
    must(
        site.store->commit({{fact::DelegateAmended{gone.id, participation_of(gone)}}, "import", {gone}, {}}));
    CHECK(site.desk->lend(ines, DelegateId("R-1"), {}, false).error().notice == flow::Notice::cancelled);
}

TEST_CASE("a confirmation scanned where a laptop's tag belongs is in no fact")
{
    KioskSite site;
    crowd(site, 1);
    const auto ines = site.staff({Right::lend});
    const std::string confirmation = site.signed_code("R-1");
    CHECK_FALSE(site.desk->lend(ines, DelegateId("R-1"), LaptopTag(confirmation), true));
    CHECK_FALSE(site.desk->take_back(ines, LaptopTag(confirmation), false, "complete"));
    for (const auto& row : must(site.store->journal(0)))
        CHECK(row.bytes.find(confirmation.substr(0, 40)) == std::string::npos);
}
