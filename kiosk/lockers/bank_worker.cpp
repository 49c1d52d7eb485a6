// SPDX-License-Identifier: Apache-2.0
#include "kiosk/lockers/bank_worker.hpp"

#include "sync/base/log.hpp"

namespace montbrillant {

BankWorker::BankWorker(LockerBank& bank, UnlockJournal& journal, UnlockPermit permit, Clock& clock,
                       BankSession::Handler handler, std::optional<std::string> quarantined,
                       UnlockRules rules, BankTiming timing)
    : clock_(clock), session_(bank, journal, std::move(permit), clock, std::move(handler), rules, timing)
{
    if (quarantined)
        session_.quarantine(std::move(*quarantined));
    thread_ = std::thread([this] { run(); });
}

BankWorker::~BankWorker() { stop(); }

bool BankWorker::request(UnlockRequest request)
{
    return requests_.push({std::move(request), clock_.mono()});
}

void BankWorker::stop()
{
    stopping_ = true;
    requests_.close();
    if (thread_.joinable())
        thread_.join();
}

void BankWorker::run()
{
    try {
        while (!stopping_) {
            const auto asked = requests_.pop(session_.until_next_turn());
            if (lift_.exchange(false)) // before what was asked after it
                session_.lift_quarantine();
            if (asked && !stopping_)
                session_.ask(asked->request, asked->at);
            if (!stopping_)
                session_.turn();
        }
    } catch (const std::exception& error) {
        requests_.close(); // from here on `request` says no
        log::error("locker bank thread ended: {}", error.what());
    }
}

Result<UnlockResult> unlock_once(LockerBank& bank, UnlockJournal& journal, const UnlockPermit& permit,
                                 Clock& clock, const UnlockRequest& request, UnlockRules rules)
{
    std::optional<UnlockResult> result;
    std::optional<BankOffline> offline;
    const auto handler = [&](const BankEvent& event) {
        if (const auto* ended = std::get_if<UnlockResult>(&event);
            ended != nullptr && ended->id == request.id)
            result = *ended;
        if (const auto* gone = std::get_if<BankOffline>(&event))
            offline = *gone;
    };
    BankSession session(bank, journal, permit, clock, handler, rules);
    const MonoTime begin = clock.mono();
    session.turn(); // connects
    if (result)     // this very unlock was cut off before
        return *result;
    if (!session.online() && offline)
        return UnlockResult{request.id, request.locker, UnlockOutcome::offline, clock.mono() - begin,
                            offline->why};
    session.ask(request, clock.mono());
    constexpr Millis patience{5000}; // beyond the watch: quiet times and back-off
    while (!result && clock.mono() - begin < rules.not_after + rules.jammed_after + patience) {
        clock.wait(session.until_next_turn());
        session.turn();
    }
    if (!result)
        return fail(ErrorKind::device, "the bank gave no result in time", request.locker.str());
    return *result;
}

} // namespace montbrillant
