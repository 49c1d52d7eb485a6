// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/registry.hpp"

#include "sync/base/log.hpp"
#include "sync/base/zstd.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <tuple>

namespace montbrillant::registry {
namespace {

constexpr Millis idle_turn{1000};
constexpr std::size_t worth_packing = 1024; ///< bytes of an answer
constexpr int packing_level = 1;            ///< while somebody waits

/// A large answer in the form that its receiver takes.
HttpResponse packed(HttpResponse response, bool takes_zstd)
{
    if (response.body.size() < worth_packing || !response.pieces.empty())
        return response;
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (!takes_zstd)
        return response;
    if (auto frame = zstd::compress(response.body, packing_level)) {
        response.body = std::move(*frame);
        response.headers.emplace_back("Content-Encoding", "zstd");
    }
    return response;
}

/// Of an answer that several get.
template <class T> MakeResponse once(Answered<T> answer, bool takes_zstd)
{
    struct Made {
        Answered<T> answer;
        std::once_flag flag;
        HttpResponse response;
    };
    auto made = std::make_shared<Made>();
    made->answer = std::move(answer);
    return [made, takes_zstd] {
        std::call_once(made->flag, [&] { made->response = packed(response_of(made->answer), takes_zstd); });
        return made->response;
    };
}

} // namespace

void Registry::give(const Caller& caller, HttpResponse response)
{
    caller.respond([response = std::move(response), zstd = caller.takes_zstd]() mutable {
        return packed(std::move(response), zstd);
    });
}

/// The answer travels as a value; it becomes JSON, and small, on the thread that sends it.
template <class T> void Registry::give(const Caller& caller, Answered<T> answer)
{
    caller.respond(
        [answer = std::move(answer), zstd = caller.takes_zstd] { return packed(response_of(answer), zstd); });
}

Registry::Registry(Service service) : service_(std::move(service)), registry_id_(service_.registry_id()) {}

Result<std::unique_ptr<Registry>> Registry::start(Service service, const HttpServer::Options& options)
{
    std::unique_ptr<Registry> registry(new Registry(std::move(service)));
    registry->woken_at_ = registry->service_.ledger().log_end().seq;
    registry->followed_ = registry->service_.clock().mono();
    MB_TRY(registry->server_,
           HttpServer::start(options, body_bytes_max,
                             [self = registry.get()](HttpRequest request, HttpServer::Respond respond) {
                                 self->on_request(std::move(request), std::move(respond));
                             }));
    // Last: what was asked meanwhile waits in the queue, and the writer finds the server made.
    registry->writer_ = std::thread([self = registry.get()] { self->write_loop(); });
    registry->service_.ledger().on_news([self = registry.get()] {
        if (!self->news_.exchange(true) && !self->jobs_.push([self] { self->follow(); }))
            self->news_ = false;
    });
    return registry;
}

Registry::~Registry() { stop(); }

void Registry::stop()
{
    if (!writer_.joinable())
        return;
    if (server_)
        server_->drain();
    service_.ledger().on_news({});
    static_cast<void>(run([this](Service&) { stopping_ = true; }));
    jobs_.close();
    writer_.join();
    parked_.clear();
    if (server_)
        server_->stop();
}

Result<> Registry::run(std::function<void(Service&)> work)
{
    auto done = std::make_shared<std::promise<void>>();
    auto waiting = done->get_future();
    const bool queued = jobs_.push([this, work = std::move(work), done] {
        work(service_);
        done->set_value();
    });
    done.reset();
    if (!queued)
        return fail(ErrorKind::refused, "the registry is stopping or has too much to do");
    try {
        waiting.get();
    } catch (const std::exception& error) {
        return fail(ErrorKind::storage, error.what());
    }
    return {};
}

void Registry::on_request(HttpRequest request, HttpServer::Respond respond)
{
    auto ask = read_ask(request, registry_id_);
    if (!ask)
        return respond([refusal = std::move(ask.error())] { return refusal_response(refusal); });
    auto shared = std::make_shared<const Ask>(std::move(*ask));
    const bool queued =
        jobs_.push([this, shared = std::move(shared), caller = Caller{respond, request.takes_zstd}] {
            answer(shared, caller);
        });
    if (!queued)
        respond([] {
            return refusal_response(
                {503, std::string(protocol::code::busy), "the registry has too much to do", {}});
        });
}

void Registry::answer(const std::shared_ptr<const Ask>& ask, const Caller& caller)
{
    if (const auto* wanted = std::get_if<EnrolAsk>(&*ask))
        return give(caller, service_.enrol(*wanted));
    if (const auto* renewed = std::get_if<RenewAsk>(&*ask))
        return give(caller, service_.renew(*renewed));
    if (const auto* leaving = std::get_if<LeaveAsk>(&*ask))
        return give(caller, service_.leave(*leaving));
    if (std::holds_alternative<PushAsk>(*ask))
        return static_cast<void>(pushes_.push_back({ask, caller})); // taken at the end of the turn
    if (const auto* pulled = std::get_if<PullAsk>(&*ask))
        return answer_pull(*pulled, caller);
    if (const auto* wanted = std::get_if<SnapshotAsk>(&*ask))
        return give(caller, service_.snapshot(*wanted));
    if (const auto* organizing = std::get_if<OrganizerAsk>(&*ask)) {
        service_.counts.connections = server_ ? server_->connections() : 0;
        service_.counts.parked = parked_.size();
        return give(caller, service_.organizer(*organizing));
    }
    give(caller, service_.probe(std::get<ProbeAsk>(*ask)));
}

void Registry::answer_pull(const PullAsk& ask, const Caller& caller)
{
    // A device waits once: an older pull of it belongs to a connection that it gave up.
    const auto same = [&ask](const Parked& parked) { return parked.ask.query.device == ask.query.device; };
    const bool quiet = ask.query.wait == Millis(0) || stopping_ || parked_.size() >= parked_max;
    auto answered = service_.pull(ask);
    if (!answered || !answered->rows.empty() || quiet)
        return give(caller, std::move(answered));
    if (const auto older = std::find_if(parked_.begin(), parked_.end(), same); older != parked_.end()) {
        give(older->caller, service_.pull(older->ask));
        parked_.erase(older);
    }
    parked_.push_back({ask, caller, service_.clock().mono() + ask.query.wait});
}

Millis Registry::patience()
{
    Millis shortest = idle_turn;
    const MonoTime now = service_.clock().mono();
    if (service_.snapshot_due())
        shortest = std::max(Millis(0), snapshot_at_ - now);
    for (const auto& parked : parked_)
        shortest = std::min(shortest, std::max(Millis(1), parked.until - now));
    return shortest;
}

void Registry::write_loop()
{
    for (;;) {
        auto job = jobs_.try_pop();
        if (!job && pushes_.empty()) {
            turn([this] { tend_snapshot(); });
            job = jobs_.pop(patience());
        }
        if (!job && pushes_.empty() && jobs_.closed())
            break;
        for (std::size_t done = 0; job; job = ++done < jobs_per_turn ? jobs_.try_pop() : std::nullopt)
            turn(*job);
        if (!pushes_.empty())
            turn([this] { take_pushes(); });
        if (service_.clock().mono() - followed_ >= idle_turn)
            turn([this] { follow(); }); // no notice came, or it was lost
        wake_parked();
    }
}

void Registry::turn(const Job& job)
{
    try {
        job();
    } catch (const std::exception& error) {
        // The job's `respond` goes with it: the connection closes and the device asks again.
        log::error("a request ended in an exception: {}", error.what());
    }
}

void Registry::take_pushes()
{
    std::vector<Waiting> turn;
    std::vector<const PushAsk*> asks;
    for (std::size_t facts = 0; !pushes_.empty() && facts < facts_per_turn; pushes_.pop_front()) {
        turn.push_back(std::move(pushes_.front()));
        asks.push_back(&std::get<PushAsk>(*turn.back().ask));
        facts += asks.back()->facts.size();
    }
    auto answers = service_.push_all(asks);
    pushed_ = service_.clock().mono();
    for (std::size_t i = 0; i < turn.size(); ++i)
        give(turn[i].caller, std::move(answers[i]));
}

void Registry::follow()
{
    news_ = false; // before the look: what comes after it is a notice of its own
    followed_ = service_.clock().mono();
    const auto followed = service_.follow();
    if (!followed && !astray_)
        log::warn("what other nodes write is not seen: {}", followed.error().text());
    if (followed && astray_)
        log::info("the log is followed again: log_head={}", service_.ledger().log_end().seq);
    astray_ = !followed;
}

void Registry::tend_snapshot()
{
    const MonoTime now = service_.clock().mono();
    if (!service_.snapshot_due() || now < snapshot_at_)
        return;
    const auto more = service_.tend_snapshot();
    const bool busy = now - pushed_ < idle_turn;
    snapshot_at_ = more && !busy ? now : now + idle_turn;
    if (!more && !snapshot_fails_)
        log::warn("no snapshot can be made: {}", more.error().text());
    snapshot_fails_ = !more;
}

void Registry::wake_parked()
{
    const auto head = service_.ledger().log_end().seq;
    const bool news = head != woken_at_;
    woken_at_ = head;
    const MonoTime now = service_.clock().mono();
    std::vector<Parked> due;
    const auto stay = std::stable_partition(parked_.begin(), parked_.end(), [&](const Parked& parked) {
        return !news && !stopping_ && now < parked.until;
    });
    std::move(stay, parked_.end(), std::back_inserter(due));
    parked_.erase(stay, parked_.end());
    wake(std::move(due));
}

void Registry::wake(std::vector<Parked> due)
{
    using Place = std::tuple<std::uint64_t, crypto::Hash, std::size_t, bool>;
    std::map<Place, MakeResponse> made;
    for (const auto& parked : due) {
        turn([&] {
            const auto& query = parked.ask.query;
            if (!service_.admission().is_active(query.device))
                return give(parked.caller, service_.pull(parked.ask));
            const bool zstd = parked.caller.takes_zstd;
            auto& answer = made[{query.cursor.seq, query.cursor.log_hash, query.limit, zstd}];
            if (!answer)
                answer = once(service_.pull_again(parked.ask), zstd);
            parked.caller.respond(answer);
        });
    }
}

} // namespace montbrillant::registry
