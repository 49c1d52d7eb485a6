// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/tap_filter.hpp"
#include "tests/support/catch.hpp"

using namespace montbrillant;

namespace {

const SeenCard anna{CardUid("04A1B2C3D4E5F6"), CardFamily::type2};
const SeenCard ben{CardUid("01020304"), CardFamily::classic};

/// A reader that looks every 50 ms.
class Desk {
public:
    std::vector<TapEvent> look(std::vector<SeenCard> cards)
    {
        clock_.advance(Millis(50));
        return filter_.look(clock_.mono(), cards);
    }
    /// All events of so many equal looks.
    std::vector<TapEvent> look(std::vector<SeenCard> cards, int times)
    {
        std::vector<TapEvent> all;
        for (int i = 0; i < times; ++i)
            for (auto& event : look(cards))
                all.push_back(event);
        return all;
    }
    const TapFilter& filter() const { return filter_; }
    void pass(Millis time) { clock_.advance(time); }

private:
    ManualClock clock_;
    TapFilter filter_;
};

using Events = std::vector<TapEvent>;

} // namespace

TEST_CASE("a card that stays is one tap")
{
    Desk desk;
    CHECK(desk.look({anna}, 1000) == Events{TapBegan{anna}});
}

TEST_CASE("a card that leaves and comes back is two taps")
{
    Desk desk;
    CHECK(desk.look({anna}, 2) == Events{TapBegan{anna}});
    CHECK(desk.look({}, 10) == Events{TapEnded{anna.uid}});
    CHECK(desk.look({anna}, 2) == Events{TapBegan{anna}});
}

TEST_CASE("one missed look is not a departure")
{
    Desk desk;
    Events all;
    for (int i = 0; i < 20; ++i)
        for (auto& event : desk.look(i % 2 == 0 ? std::vector{anna} : std::vector<SeenCard>{}))
            all.push_back(event);
    CHECK(all == Events{TapBegan{anna}});
}

TEST_CASE("presence ends after two missed looks and never sooner than the shortest absence")
{
    Desk desk;
    REQUIRE(desk.look({anna}, 1) == Events{TapBegan{anna}});
    CHECK(desk.look({}).empty()); // 50 ms
    CHECK(desk.look({}).empty()); // 100 ms: two missed, but a hand trembles for as long
    CHECK(desk.look({}) == Events{TapEnded{anna.uid}});
}

TEST_CASE("a slow reader still needs two missed looks")
{
    Desk desk;
    REQUIRE(desk.look({anna}, 1) == Events{TapBegan{anna}});
    desk.pass(Millis(5000));
    CHECK(desk.look({}).empty());
    CHECK(desk.look({}) == Events{TapEnded{anna.uid}});
}

TEST_CASE("another card alone proves that the first has left")
{
    Desk desk;
    REQUIRE(desk.look({anna}, 3) == Events{TapBegan{anna}});
    CHECK(desk.look({ben}) == Events{TapEnded{anna.uid}, TapBegan{ben}});
}

TEST_CASE("two cards at once are no tap and one complaint")
{
    Desk desk;
    CHECK(desk.look({anna, ben}, 100) == Events{SeveralCards{}});
    CHECK(desk.filter().several());
    CHECK_FALSE(desk.filter().present());
}

TEST_CASE("two cards of which the reader sometimes sees one are still one complaint")
{
    Desk desk;
    Events all;
    for (int i = 0; i < 30; ++i)
        for (auto& event : desk.look(i % 2 == 0 ? std::vector{anna, ben} : std::vector{ben}))
            all.push_back(event);
    CHECK(all == Events{SeveralCards{}});
}

TEST_CASE("when one of two cards is taken away the other is tapped")
{
    Desk desk;
    REQUIRE(desk.look({anna, ben}, 5) == Events{SeveralCards{}});
    CHECK(desk.look({ben}, 10) == Events{TapBegan{ben}});
}

TEST_CASE("taking away a second card beside a tapped one is no new tap")
{
    Desk desk;
    REQUIRE(desk.look({anna}, 3) == Events{TapBegan{anna}});
    CHECK(desk.look({anna, ben}, 10) == Events{SeveralCards{}});
    CHECK(desk.look({anna}, 10).empty());
    CHECK(desk.look({}, 10) == Events{TapEnded{anna.uid}});
}

TEST_CASE("a second time with two cards is a second complaint")
{
    Desk desk;
    CHECK(desk.look({anna, ben}, 5) == Events{SeveralCards{}});
    CHECK(desk.look({}, 10).empty());
    CHECK(desk.look({anna, ben}, 5) == Events{SeveralCards{}});
}
