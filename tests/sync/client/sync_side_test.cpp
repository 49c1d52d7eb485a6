// SPDX-License-Identifier: Apache-2.0
// When a device talks to its registry again, without threads or waiting.
#include "sync/client/sync_side.hpp"
#include "tests/sync/client/hall.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

struct Sides {
    Desk desk;
    Kiosk kiosk{desk, "K1"};
    SyncSession session = kiosk.session();
    DirectStoreGate gate{*kiosk.store};
    SyncLine line{&gate, &kiosk.wire, &session, &kiosk.clock, &kiosk.own_random};
    SyncPacing pacing;
    PushSide push{line, pacing};
    PullSide pull{line, pacing};
};

} // namespace

TEST_CASE("a side that failed tries again within a minute though nobody wakes it")
{
    Sides sides;
    sides.kiosk.wire.down = true;
    for (int turn = 0; turn < 30; ++turn) {
        for (const Pause& pause : {sides.push.turn().pause, sides.pull.turn().pause}) {
            CHECK(pause.most <= sides.pacing.backoff_last);
            CHECK(pause.least <= sides.pacing.backoff_first);
            CHECK(pause.most >= sides.pacing.backoff_first / 10);
        }
    }
    sides.kiosk.wire.down = false;
    CHECK(sides.push.turn().round);
    CHECK(sides.pull.turn().round);
    must(sides.kiosk.store->commit(just({laptop("LT-1")})));
    sides.kiosk.wire.down = true;
    CHECK(sides.push.turn().pause.most <= sides.pacing.backoff_first);
}

TEST_CASE("what only a person can mend is asked again slowly, woken or not")
{
    Sides sides;
    must(sides.desk.service->admission().set_state(sides.desk.service->ledger(), DeviceId("K1"),
                                                   registry::DeviceState::forked));
    const auto turn = sides.push.turn();
    REQUIRE_FALSE(turn.round);
    CHECK(turn.round.error().kind == ErrorKind::refused);
    CHECK(turn.pause.least == sides.pacing.backoff_first);
    CHECK(turn.pause.most == sides.pacing.backoff_last);
}

TEST_CASE("unsent facts are looked for also when nobody wakes the pushing side")
{
    Sides sides;
    CHECK(sides.push.turn().pause.most == sides.pacing.push_period);
    must(sides.kiosk.store->commit(just({laptop("LT-1"), laptop("LT-2"), laptop("LT-3")})));
    const auto turn = sides.push.turn();
    REQUIRE(turn.round);
    CHECK(turn.round->sent == 3);
}

TEST_CASE("a registry that is back, or lost its log, has the pushing side woken")
{
    Sides sides;
    CHECK(sides.pull.turn().wakes_others);
    CHECK_FALSE(sides.pull.turn().wakes_others);
    SECTION("back")
    {
        sides.kiosk.wire.down = true;
        CHECK_FALSE(sides.pull.turn().wakes_others);
        sides.kiosk.wire.down = false;
    }
    SECTION("another log") { must(sides.desk.store().set_log_epoch("another")); }
    CHECK(sides.pull.turn().wakes_others);
}

TEST_CASE("an answer that comes empty at once is not asked for again at once")
{
    Sides sides;
    static_cast<void>(sides.pull.turn());
    CHECK(sides.pull.turn().pause.least == Millis(1000));
}
