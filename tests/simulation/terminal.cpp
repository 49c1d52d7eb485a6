// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/terminal.hpp"

#include "sync/store/store.hpp"

#include <algorithm>
#include <utility>

namespace montbrillant::simulation {
namespace {

/// Read seldom while nothing moves: what is looked at is the unlocking.
constexpr BankTiming timing{.poll = Millis(15000),
                            .poll_watching = Millis(100),
                            .stale_after = Millis(1000),
                            .backoff_min = Millis(200),
                            .backoff_max = Millis(20000)};

/// As the desk keeps them (kiosk/desk/journals.cpp).
class Intents final : public UnlockJournal {
public:
    explicit Intents(StoreGate& gate) : gate_(gate) {}

    Result<> intend(const UnlockIntent& intent) override
    {
        return gate_.run([&intent](Store& store) -> Result<> {
            MB_TRY(const auto known, store.unlock_intents().find(intent.id));
            if (known)
                return fail(ErrorKind::refused, "this unlock was asked for before", intent.id.str());
            return store.unlock_intents().insert(
                {intent.id, intent.locker, intent.badge, intent.by_staff, intent.not_after,
                 intent.fires_before ? std::int64_t{*intent.fires_before} : -1,
                 std::string(to_text(UnlockState::intended)), ""});
        });
    }
    Result<> record(const UnlockId& id, UnlockState state, std::optional<UnlockOutcome> outcome) override
    {
        return gate_.run([&](Store& store) -> Result<> {
            return store.unlock_intents().record(id, std::string(to_text(state)),
                                                 outcome ? std::string(to_text(*outcome)) : "");
        });
    }
    Result<std::vector<UnlockIntent>> unfinished() override
    {
        std::vector<UnlockIntent> intents;
        MB_CHECK(gate_.run([&intents](Store& store) -> Result<> {
            MB_TRY(const auto rows, store.unlock_intents().unfinished());
            for (const auto& row : rows)
                intents.push_back({row.id, row.locker, row.badge, row.by_staff, row.not_after, {}});
            return {};
        }));
        return intents;
    }

private:
    StoreGate& gate_;
};

} // namespace

Terminal::Terminal(World& world, Board& board, Clock& clock, BoardWire::View view, Write write)
    : world_(world), board_(board), clock_(clock), view_(std::move(view)), write_(std::move(write))
{
    board_.terminal_starts();
}

void Terminal::run(Task& task, StoreGate& gate)
{
    Intents intents(gate);
    BoardWire wire(world_, board_, task, clock_, view_);
    const auto permit = [this](const UnlockRequest& request) -> Result<> {
        const Badge* badge = view_().badges.find(request.badge);
        return badge != nullptr && badge->live ? Result<>()
                                               : fail(ErrorKind::refused, "the badge was revoked");
    };
    BankSession session(
        wire, intents, permit, clock_, [this](const BankEvent& event) { heard(event); }, {}, timing);
    for (;;) {
        session.turn();
        while (!taps_.empty()) {
            const Tap tap = std::move(taps_.front());
            taps_.pop_front();
            session.ask(tap.request, tap.asked_at);
        }
        task.wait(std::max(Millis(1), session.until_next_turn()));
    }
}

void Terminal::ask(const UnlockRequest& request, const DelegateId& who)
{
    const Tap tap{request, who, clock_.mono(), world_.timeline.now()};
    board_.tapped(tap);
    asked_.emplace(request.id, who);
    taps_.push_back(tap);
    ++world_.counts.taps;
}

void Terminal::heard(const BankEvent& event)
{
    const auto* result = std::get_if<UnlockResult>(&event);
    if (result == nullptr)
        return;
    std::optional<DelegateId> who;
    if (const auto asked = asked_.find(result->id); asked != asked_.end())
        who = asked->second;
    world_.note(
        fmt::format("{} for {}: {}", result->locker.str(), result->id.str(), to_text(result->outcome)));
    write_(fact::LockerOpened{result->locker, who, result->id, std::string(to_text(result->outcome)),
                              result->why});
}

} // namespace montbrillant::simulation
