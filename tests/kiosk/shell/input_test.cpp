// SPDX-License-Identifier: Apache-2.0
#include "kiosk/shell/pacer.hpp"
#include "kiosk/shell/pointer_queue.hpp"
#include "kiosk/shell/wedge.hpp"
#include "tests/support/catch.hpp"

using namespace montbrillant;
using ui::PointerKind;

namespace {

std::string feed(WedgeDetector& wedge, std::string_view text, MonoTime& at, Millis gap)
{
    std::string typed;
    for (const char c : text) {
        typed += wedge.character(std::string_view{&c, 1}, at).text;
        at = at + gap;
    }
    return typed;
}

} // namespace

TEST_CASE("a burst that ends with Enter is a scan")
{
    WedgeDetector wedge;
    MonoTime at{1000};
    CHECK(feed(wedge, "SG20-7K2M", at, Millis{4}).empty());
    const auto out = wedge.enter(at);
    CHECK(out.scan == "SG20-7K2M");
    CHECK(out.text.empty());
    CHECK_FALSE(out.enter);
    CHECK_FALSE(wedge.deadline());
}

TEST_CASE("slow typing is text, and its Enter an Enter")
{
    WedgeDetector wedge;
    MonoTime at{1000};
    std::string typed = feed(wedge, "schmidt", at, Millis{120});
    typed += wedge.idle(at).text;
    CHECK(typed == "schmidt");
    const auto out = wedge.enter(at);
    CHECK_FALSE(out.scan);
    CHECK(out.enter);
}

TEST_CASE("characters 50 ms apart are a scanner, 51 ms a person")
{
    for (const auto gap : {Millis{50}, Millis{51}}) {
        WedgeDetector wedge;
        MonoTime at{0};
        static_cast<void>(feed(wedge, "ABCDEF", at, gap));
        at = MonoTime{at.ms - gap.count()};
        CHECK(wedge.enter(at).scan.has_value() == (gap == Millis{50}));
    }
}

TEST_CASE("a scan that comes in two pieces, because the kiosk was drawing, is one scan")
{
    WedgeDetector wedge;
    MonoTime at{1000};
    CHECK(feed(wedge, "SG20-", at, Millis{2}).empty());
    const Millis drawing{180};
    at = at + drawing;
    wedge.busy(drawing);
    CHECK(feed(wedge, "7K2M", at, Millis{2}).empty());
    CHECK(wedge.enter(at).scan == "SG20-7K2M");
    SECTION("but a person's pause while it looks is one")
    {
        at = at + Millis{500};
        CHECK(feed(wedge, "abcdef", at, Millis{2}).empty());
        at = at + drawing;
        CHECK_FALSE(wedge.enter(at).scan);
    }
}

TEST_CASE("five characters are no scan")
{
    WedgeDetector wedge;
    MonoTime at{0};
    static_cast<void>(feed(wedge, "ABCDE", at, Millis{4}));
    const auto out = wedge.enter(at);
    CHECK_FALSE(out.scan);
    CHECK(out.text == "ABCDE");
    CHECK(out.enter);
}

TEST_CASE("a scan right after typing takes nothing of it")
{
    WedgeDetector wedge;
    MonoTime at{0};
    CHECK(wedge.character("x", at).text.empty());
    at = at + Millis{400};
    CHECK(feed(wedge, "QR1000", at, Millis{3}) == "x");
    CHECK(wedge.enter(at).scan == "QR1000");
}

TEST_CASE("a waiting character asks to be let go")
{
    WedgeDetector wedge;
    CHECK_FALSE(wedge.deadline());
    static_cast<void>(wedge.character("é", MonoTime{100}));
    REQUIRE(wedge.deadline());
    CHECK(wedge.idle(MonoTime{120}).text.empty());
    CHECK(wedge.idle(*wedge.deadline()).text == "é");
}

TEST_CASE("an endless burst is cut")
{
    WedgeDetector wedge;
    MonoTime at{0};
    static_cast<void>(feed(wedge, std::string(20000, 'A'), at, Millis{0}));
    const auto out = wedge.enter(at);
    REQUIRE(out.scan);
    CHECK(out.scan->size() == WedgeDetector::bytes_max);
}

TEST_CASE("a tap that came in one burst is a press and, a turn later, a release")
{
    PointerQueue queue;
    queue.push(PointerKind::down, {1, 2}, 7);
    queue.push(PointerKind::up, {1, 2}, 7);
    auto first = queue.take();
    REQUIRE(first.size() == 1);
    CHECK(first.front().kind == PointerKind::down);
    CHECK(queue.pending());
    auto second = queue.take();
    REQUIRE(second.size() == 1);
    CHECK(second.front().kind == PointerKind::up);
    CHECK_FALSE(queue.pending());
}

TEST_CASE("a second finger is ignored until the first is lifted")
{
    PointerQueue queue;
    queue.push(PointerKind::down, {}, 1);
    queue.push(PointerKind::down, {9, 9}, 2);
    queue.push(PointerKind::up, {9, 9}, 2);
    queue.push(PointerKind::up, {}, 1);
    CHECK(queue.take().front().kind == PointerKind::down);
    const auto up = queue.take();
    CHECK(up.front().kind == PointerKind::up);
    CHECK(up.front().at.x == 0);
    CHECK_FALSE(queue.pending());
    queue.push(PointerKind::down, {}, 2);
    CHECK(queue.pending());
}

TEST_CASE("a finger that never rests cannot fill the queue, and its release is kept")
{
    PointerQueue queue;
    queue.push(PointerKind::down, {}, 1);
    for (int i = 0; i < 10000; ++i)
        queue.push(PointerKind::move, {static_cast<float>(i), 0}, 1);
    queue.push(PointerKind::up, {}, 1);
    std::size_t events = queue.take().size();
    while (queue.pending()) {
        const auto more = queue.take();
        events += more.size();
        CHECK(more.back().kind == PointerKind::up);
    }
    CHECK(events <= PointerQueue::events_max + 1);
}

TEST_CASE("at rest nothing is drawn and the loop sleeps until the watchdog or the model")
{
    Pacer pacer;
    MonoTime now{1000000};
    while (pacer.frame_due(now))
        pacer.drawn(now);
    CHECK(pacer.wait(now, std::nullopt) == Pacer::wait_max);
    CHECK(pacer.wait(now, now + Millis{800}) == Millis{800});
    CHECK(pacer.wait(now, now + Millis{-3}) == Millis{1}); // late, but never a spin
    pacer.changed();
    CHECK(pacer.frame_due(now));
    CHECK(pacer.wait(now, std::nullopt) == Millis{0});
}

TEST_CASE("after a change of the window frames go on at 10 Hz for a second and a half")
{
    Pacer pacer;
    MonoTime now{1000000};
    pacer.window_changed(now);
    int frames = 0;
    for (const MonoTime end = now + Millis{5000}; now < end; now = now + Millis{1}) {
        if (pacer.frame_due(now)) {
            pacer.drawn(now);
            ++frames;
        }
    }
    CHECK(frames >= 14);
    CHECK(frames <= 18);
    CHECK(pacer.wait(now, std::nullopt) == Pacer::wait_max);
}
