// SPDX-License-Identifier: Apache-2.0
// Whatever comes in whatever order: the kiosk always finds back to the poster, and the poster shows nobody.
#include "sync/base/random.hpp"
#include "tests/kiosk/flow/flow_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

class Chaos {
public:
    explicit Chaos(std::uint64_t seed) : random_(seed) {}

    [[nodiscard]] bool chance(std::uint64_t percent) { return random_.below(100) < percent; }
    [[nodiscard]] std::int64_t below(std::uint64_t bound)
    {
        return static_cast<std::int64_t>(random_.below(bound));
    }
    template <class E> [[nodiscard]] E any(E last)
    {
        return static_cast<E>(random_.below(static_cast<std::uint64_t>(last) + 1));
    }

    [[nodiscard]] flow::Settings settings()
    {
        flow::Settings some = test::settings();
        some.identity_by_staff = chance(50);
        some.check_in = chance(80);
        some.lockers = chance(80);
        return some;
    }

    /// Anything that people, devices or the desk may say, sensible now or not.
    [[nodiscard]] flow::Msg message(const flow::Model& model)
    {
        switch (random_.below(5)) {
        case 0: return of_people();
        case 1: return flow::Pressed{any(Button::lowered)};
        case 2: return of_devices();
        default: return answer(job(model));
        }
    }

private:
    /// Mostly the awaited one, sometimes an old one.
    std::uint64_t job(const flow::Model& model)
    {
        return chance(80) ? model.job : random_.below(model.job + 1);
    }
    flow::PersonView someone() { return chance(50) ? zoe() : omar(); }
    std::string text()
    {
        switch (random_.below(4)) {
        case 0: return "m";
        case 1: return "李";
        case 2: return "LT-007";
        default: return "MB1:CODE";
        }
    }
    flow::Msg of_people()
    {
        switch (random_.below(7)) {
        case 0: return flow::LanguageChosen{any(Language::es)};
        case 1: return flow::KeyTyped{text()};
        case 2: return flow::KeyErased{};
        case 3: return flow::RowChosen{static_cast<std::size_t>(random_.below(7))};
        case 4: return flow::DigitTyped{static_cast<int>(random_.below(10))};
        case 5: return flow::Touched{};
        default: return flow::Scanned{text()};
        }
    }
    flow::Msg of_devices()
    {
        using State = flow::DeviceHealth::State;
        switch (random_.below(7)) {
        case 0: return flow::CardPlaced{CardUid("04A1"), 1};
        case 1: return flow::TwoCards{};
        case 2: return flow::DeviceChanged{any(flow::Device::registry), {any(State::trouble), "words"}};
        case 3: return flow::PrintFinished{BadgeId("B-ZOE")};
        case 4: return flow::PrintTrouble{BadgeId("B-ZOE"), "words"};
        case 5: return flow::DoorClosed{"B14"};
        default: return flow::Tick{static_cast<int>(random_.below(10)), {}};
        }
    }
    flow::Msg answer(std::uint64_t job)
    {
        const auto why = any(Notice::trouble);
        const std::string ticket = chance(50) ? "K2-1" : "";
        switch (random_.below(16)) {
        case 0: return flow::PersonFound{job, someone(), chance(50), flow::Texts{}};
        case 1: return flow::PersonRefused{job, why, ticket};
        case 2: return flow::RowsFound{job, {{zoe().id, "Z**", ""}}, chance(30)};
        case 3: return flow::BadgeDrawn{job, {1, 1, nullptr}};
        case 4: return flow::CheckedIn{job, BadgeId("B-ZOE"), chance(30), chance(30)};
        case 5: return flow::CheckInRefused{job, why, ticket};
        case 6: return flow::CardBound{job};
        case 7: return flow::CardRefused{job, why};
        case 8: return flow::CardOfDelegate{job, someone(), BadgeId("B-ZOE")};
        case 9: return flow::CardOfStaff{job, staff_member(chance(70), chance(70))};
        case 10: return flow::CardUnknown{job, CardUid("04A1"), why};
        case 11: return flow::LockerAnswered{job, any(LockerStep::given_back), "B14", why};
        case 12: return flow::PinAnswered{job, chance(50), chance(50)};
        case 13: return flow::LoanAnswered{job, any(LendStep::joined_queue), why, "Friday", 2};
        case 14: return flow::TakenBack{job, why};
        default: return flow::TicketIssued{job, ticket};
        }
    }

    SeededRandom random_;
};

/// Nobody's data on the poster, and no staff function without a PIN.
std::string wrong(const flow::Model& model)
{
    const Screen here =
        model.screen == Screen::help || model.screen == Screen::info || model.screen == Screen::language
            ? model.return_to
            : model.screen;
    if (here == Screen::attract) {
        if (model.person || model.staff || model.badge || model.next_session || !model.rows.empty() ||
            !model.typed.empty() || !model.ticket.empty() || !model.badge_id.empty() || !model.laptop.empty())
            return "a person at rest";
    }
    const bool staff_screen = here == Screen::staff_sign_in || here == Screen::staff_menu ||
                              here == Screen::lend || here == Screen::take_back;
    if (staff_screen != model.staff.has_value())
        return "staff and their screens do not fit";
    if (here == Screen::confirm || here == Screen::staff_release || here == Screen::verify_code ||
        here == Screen::printing || here == Screen::take_card || here == Screen::done) {
        if (!model.person)
            return "a step of a check-in without a person";
    }
    if (model.rows.size() > 5)
        return "more than five rows";
    return {};
}

} // namespace

TEST_CASE("whatever comes, the kiosk finds back to its poster and shows nobody there")
{
    constexpr Millis longest{20000 + 45000 + 20000 + 1000}; // printer, quiet, dialog, and the last tick
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        Chaos chaos{seed};
        Visit visit{chaos.settings()};
        for (int turn = 0; turn < 120; ++turn) {
            visit.say(chaos.message(visit.model));
            INFO("turn " << turn << " screen " << static_cast<int>(visit.model.screen));
            REQUIRE(wrong(visit.model) == "");
            if (chaos.chance(20)) {
                visit.wait(Millis{chaos.below(30000)});
                REQUIRE(wrong(visit.model) == "");
            }
        }
        visit.wait(longest);
        INFO("left behind: " << left_behind(visit.model));
        REQUIRE(left_behind(visit.model).empty());
    }
}

TEST_CASE("no answer, no question: a session that talks to nobody ends by itself")
{
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        Chaos chaos{seed};
        Visit visit{chaos.settings()};
        for (int turn = 0; turn < 60; ++turn)
            visit.say(chaos.message(visit.model));
        const auto later = visit.wait(Millis{86000});
        REQUIRE(left_behind(visit.model).empty());
        const bool asks_of_a_person = std::any_of(later.begin(), later.end(), [](const flow::Cmd& cmd) {
            return std::holds_alternative<flow::CheckIn>(cmd) ||
                   std::holds_alternative<flow::BindCard>(cmd) ||
                   std::holds_alternative<flow::OpenLocker>(cmd) ||
                   std::holds_alternative<flow::LendLaptop>(cmd);
        });
        CHECK_FALSE(asks_of_a_person); // nothing is done in anybody's name while they are away
    }
}
