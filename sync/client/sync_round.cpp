// SPDX-License-Identifier: Apache-2.0
#include "sync/client/sync_round.hpp"

#include "sync/base/log.hpp"
#include "sync/client/snapshot.hpp"
#include "sync/protocol/signing.hpp"

#include <fmt/format.h>
#include <future>

namespace montbrillant {
namespace {

constexpr Millis answer_patience{15000}; ///< beyond what the registry was told to wait
constexpr int gaps_per_round_max = 3;
constexpr int resets_per_round_max = 2;
constexpr std::size_t pages_until_snapshot = 8; ///< after the first, and from one attempt to the next

bool is(const protocol::Refusal& refusal, std::string_view code) { return refusal.code == code; }

/// 429, 5xx: later. All else needs a person.
tl::unexpected<Error> as_error(const protocol::Refusal& refusal)
{
    const bool later = refusal.status == 429 || refusal.status >= 500;
    std::string remedy;
    if (is(refusal, protocol::code::unknown_device))
        remedy = "enrol this device again: montbrillant enrol URL TOKEN";
    else if (is(refusal, protocol::code::fork))
        remedy = "enrol this device again with an empty data folder; its facts stay in the old one";
    return fail(later ? ErrorKind::network : ErrorKind::refused, refusal.words, "registry",
                std::move(remedy));
}

tl::unexpected<Error> nonsense(std::string what)
{
    return fail(ErrorKind::network, "the registry answers nonsense: " + std::move(what), "registry");
}

tl::unexpected<Error> forked()
{
    return as_error(
        {409,
         std::string(protocol::code::fork),
         "the registry has other facts of this device under the same numbers: its disk was cloned or "
         "restored",
         {}});
}

/// What cannot be read came from a hotel's login page or a broken line: try again, as for any network error.
template <class T> Result<T> understood(Result<T> answer)
{
    if (!answer)
        return nonsense(answer.error().text());
    return answer;
}

Result<> check_registry(const SyncSession& session, const protocol::Standing& standing)
{
    if (standing.registry_id == session.registry_id())
        return {};
    return fail(ErrorKind::refused, "another registry answers at this address", session.url(),
                "check the address; a device belongs to one registry");
}

Result<HttpAnswer> send_once(Http& http, const SyncSession& session, HttpCall call)
{
    call.signature =
        session.sign(protocol::request_text(session.registry_id(), call.method, call.target, call.body));
    call.certificate = session.certificate();
    return http.send(call);
}

Result<> renew(StoreGate& gate, Http& http, SyncSession& session)
{
    protocol::RenewRequest request;
    request.device = session.device();
    request.epoch = session.epoch();
    MB_TRY(const auto answer,
           send_once(http, session, {"POST", "/v1/renew", protocol::write(request), "", answer_patience}));
    if (answer.status != 200)
        return as_error(protocol::read_refusal(answer.status, answer.body));
    MB_TRY(const auto renewed, understood(protocol::read_renew_answer(answer.body)));
    MB_CHECK(check_registry(session, renewed.standing));
    MB_CHECK(session.set_certificate(gate, renewed.certificate));
    log::info("certificate renewed");
    return {};
}

bool says(const HttpAnswer& answer, std::string_view code)
{
    return answer.status == 401 && is(protocol::read_refusal(answer.status, answer.body), code);
}

/// A certificate that ran out is renewed on the way.
Result<HttpAnswer> send_signed(StoreGate& gate, Http& http, SyncSession& session, const HttpCall& call)
{
    MB_TRY(auto answer, send_once(http, session, call));
    if (!says(answer, protocol::code::expired))
        return answer;
    MB_CHECK(renew(gate, http, session));
    return send_once(http, session, call);
}

/// Well before its end; a failure is tried again with the next round.
void renew_in_time(StoreGate& gate, Http& http, SyncSession& session, WallTime registry_time)
{
    if (!session.wants_renewal(registry_time))
        return;
    if (const auto renewed = renew(gate, http, session); !renewed)
        log::warn("the certificate is not renewed yet: {}", renewed.error().text());
}

/// All facts are at the registry: says goodbye, and wipes the keys whether or not the answer arrives whole.
Result<> take_leave(StoreGate& gate, Http& http, SyncSession& session)
{
    protocol::LeaveRequest request;
    request.device = session.device();
    request.epoch = session.epoch();
    MB_TRY(request.last_counter, ask<std::uint64_t>(gate, [](Store& store) -> Result<std::uint64_t> {
               return store.own_counter();
           }));
    MB_TRY(
        const auto answer,
        send_once(http, session, {"POST", "/v1/sync/leave", protocol::write(request), "", answer_patience}));
    if (answer.status == 200)
        return {};
    const auto refusal = protocol::read_refusal(answer.status, answer.body);
    return is(refusal, protocol::code::wipe) ? Result<>() : as_error(refusal);
}

Result<> wipe(StoreGate& gate)
{
    const auto forget = [](Store& store) -> Result<> {
        MB_CHECK(store.give_up_device());
        return destroy_link(store.folder());
    };
    MB_CHECK(gate.run(forget));
    log::warn("this device was revoked: its facts are handed over, its keys are wiped");
    return fail(ErrorKind::refused, "this device was revoked; its facts are handed over and its keys wiped",
                "registry", "to use it again: a new token, and an empty data folder");
}

/// Server time against the middle of the question: exact to half of what the way takes.
Millis offset(WallTime server, WallTime asked, WallTime answered)
{
    return server - (asked + (answered - asked) / 2);
}

// --- push --------------------------------------------------------------------------------------------------

using PushTurn = tl::expected<protocol::PushAnswer, protocol::Refusal>;

std::string push_body(const SyncSession& session, const std::vector<StoredFact>& facts)
{
    protocol::PushRequest request;
    request.device = session.device();
    request.epoch = session.epoch();
    for (const auto& fact : facts) {
        protocol::WireFact wire{fact.bytes, fact.previous, fact.hash, {}};
        if (fact.record)
            wire.record =
                protocol::WireRecord{fact.record->delegate, fact.record->wrapped_key, fact.record->sealed};
        request.facts.push_back(std::move(wire));
    }
    if (!facts.empty()) {
        const auto& head = facts.back();
        const auto text = session.sign(
            protocol::head_text(session.registry_id(), head.device, head.epoch, head.counter, head.hash));
        const auto raw = from_hex(text);
        crypto::Signature signature{};
        std::copy(raw->begin(), raw->end(), signature.begin());
        request.head_signature = signature;
    }
    return protocol::write(request);
}

Result<PushTurn> push_once(StoreGate& gate, Http& http, SyncSession& session,
                           const std::vector<StoredFact>& facts)
{
    MB_TRY(const auto answer,
           send_signed(gate, http, session,
                       {"POST", "/v1/sync/push", push_body(session, facts), "", answer_patience}));
    if (answer.status != 200)
        return PushTurn(tl::unexpect, protocol::read_refusal(answer.status, answer.body));
    MB_TRY(auto read, understood(protocol::read_push_answer(answer.body)));
    return PushTurn(std::move(read));
}

/// At most a push's worth, closed at about `batch_bytes_wanted`.
Result<std::vector<StoredFact>> next_batch(StoreGate& gate, std::uint64_t after)
{
    MB_TRY(auto facts, ask<std::vector<StoredFact>>(gate, [after](Store& store) {
               return store.own_facts_after(after, protocol::facts_per_push_max);
           }));
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const auto& fact : facts) {
        bytes += protocol::wire_size({fact.bytes, fact.previous, fact.hash, {}});
        if (fact.record)
            bytes += 2 * fact.record->sealed.size();
        if (count++ > 0 && bytes > protocol::batch_bytes_wanted) {
            facts.resize(count - 1);
            break;
        }
    }
    return facts;
}

/// The registry's last fact of this device must be ours: else two disks wrote as it.
Result<> check_same_chain(StoreGate& gate, const protocol::PushAnswer& answer)
{
    if (answer.last_counter == 0)
        return {};
    MB_TRY(const auto own, ask<std::vector<StoredFact>>(gate, [&answer](Store& store) {
               return store.own_facts_after(answer.last_counter - 1, 1);
           }));
    // Beyond our own end: an older copy of this disk is running; the pull brings the facts back.
    if (own.empty() || own.front().hash == answer.last_hash)
        return {};
    return forked();
}

class Push {
public:
    Push(StoreGate& gate, Http& http, SyncSession& session, const Clock& clock)
        : gate_(gate), http_(http), session_(session), clock_(clock)
    {
    }

    Result<PushReport> all()
    {
        for (;;) {
            const auto known = session_.registry_counter();
            std::vector<StoredFact> facts;
            if (known) {
                MB_TRY(facts, next_batch(gate_, *known));
                if (facts.empty())
                    return report_;
            }
            const WallTime asked = clock_.wall();
            MB_TRY(const auto turn, push_once(gate_, http_, session_, facts));
            if (!turn) {
                MB_CHECK(refused(turn.error()));
                continue;
            }
            report_.clock_offset = offset(turn->standing.server_time, asked, clock_.wall());
            MB_CHECK(taken(*turn, facts));
        }
    }

private:
    Result<> refused(const protocol::Refusal& refusal)
    {
        if (is(refusal, protocol::code::wipe))
            return wipe(gate_);
        if (!is(refusal, protocol::code::gap) || !refusal.expect)
            return as_error(refusal);
        // It lost some of what it had: send from where it stands now.
        if (++gaps_ > gaps_per_round_max)
            return nonsense("it asks for facts that it was sent");
        session_.set_registry_counter(*refusal.expect - 1);
        return {};
    }

    Result<> taken(const protocol::PushAnswer& answer, const std::vector<StoredFact>& facts)
    {
        MB_CHECK(check_registry(session_, answer.standing));
        MB_CHECK(check_same_chain(gate_, answer));
        if (!facts.empty() && answer.last_counter < facts.back().counter)
            return nonsense("it did not take what it was sent");
        for (const auto& outcome : answer.outcomes) {
            report_.conflicts += outcome.outcome.verdict == Verdict::conflict ? 1 : 0;
            report_.rejected += outcome.outcome.verdict == Verdict::rejected ? 1 : 0;
        }
        report_.sent += facts.size();
        session_.set_registry_counter(answer.last_counter);
        return {};
    }

    StoreGate& gate_;
    Http& http_;
    SyncSession& session_;
    const Clock& clock_;
    PushReport report_;
    int gaps_ = 0;
};

// --- pull --------------------------------------------------------------------------------------------------

Result<> reset(Store& store, const std::string& log_epoch)
{
    MB_CHECK(store.reset_log());
    return log_epoch.empty() ? Result<>() : store.set_log_epoch(log_epoch);
}

class Pull {
public:
    Pull(StoreGate& gate, Http& http, SyncSession& session, const Clock& clock, const OnPage& on_page)
        : gate_(gate), http_(http), session_(session), clock_(clock), on_page_(on_page)
    {
    }

    Result<PullReport> all(Millis wait)
    {
        for (bool more = true; more;) {
            if (std::exchange(snapshot_next_, false))
                MB_CHECK(try_snapshot());
            MB_TRY(const auto cursor, ask<Cursor>(gate_, [](Store& store) { return store.cursor(); }));
            const protocol::PullQuery query{session_.device(),
                                            {cursor.seq, cursor.log_hash},
                                            protocol::rows_per_pull_max,
                                            report_.rows == 0 && !report_.reset ? wait : Millis(0)};
            MB_TRY(const auto answer, page_at(query));
            if (answer.status == 200) {
                MB_TRY(auto page, understood(protocol::read_pull_answer(answer.body)));
                MB_TRY(more, take(query, std::move(page)));
            } else {
                MB_CHECK(refused(cursor, protocol::read_refusal(answer.status, answer.body)));
            }
        }
        MB_CHECK(gate_.run([](Store& store) { return store.reached_log_end(); }));
        renew_in_time(gate_, http_, session_, registry_time_);
        return report_;
    }

private:
    static HttpCall call_for(const protocol::PullQuery& query)
    {
        return {"GET", protocol::pull_target(query), "", "", query.wait + answer_patience};
    }

    /// The next page travels while this one is being stored.
    void ask_ahead(const protocol::LogPlace& place)
    {
        if (!http_.waits())
            return;
        ahead_place_ = place;
        const protocol::PullQuery query{session_.device(), place, protocol::rows_per_pull_max, Millis(0)};
        ahead_ = std::async(std::launch::async,
                            [this, query] { return send_once(http_, session_, call_for(query)); });
    }

    Result<HttpAnswer> page_at(const protocol::PullQuery& query)
    {
        if (ahead_.valid()) {
            auto answer = ahead_.get();
            if (ahead_place_ == query.cursor && !(answer && says(*answer, protocol::code::expired)))
                return answer;
        }
        return send_signed(gate_, http_, session_, call_for(query));
    }

    Result<> refused(const Cursor& cursor, const protocol::Refusal& refusal)
    {
        if (is(refusal, protocol::code::wipe))
            return wipe(gate_);
        if (is(refusal, protocol::code::revoked))
            return hand_over();
        if (!is(refusal, protocol::code::reset))
            return as_error(refusal);
        if (cursor.seq == 0)
            return nonsense("its log has no beginning");
        return start_again("");
    }

    /// Revoked: what waits goes first, then the keys.
    Result<> hand_over()
    {
        MB_CHECK(Push(gate_, http_, session_, clock_).all());
        MB_CHECK(take_leave(gate_, http_, session_));
        return wipe(gate_);
    }

    Result<> start_again(const std::string& log_epoch)
    {
        if (++resets_ > resets_per_round_max)
            return nonsense("its log changes all the time");
        report_.reset = true;
        MB_CHECK(gate_.run([&log_epoch](Store& store) { return reset(store, log_epoch); }));
        session_.set_registry_counter(std::nullopt);
        pages_ = 0;
        end_ = 0;
        return {};
    }

    /// True when there is more to ask for.
    Result<bool> take(const protocol::PullQuery& query, protocol::PullAnswer&& answer)
    {
        MB_CHECK(check_registry(session_, answer.standing));
        report_.clock_offset = answer.standing.server_time - clock_.wall();
        registry_time_ = answer.standing.server_time;
        MB_TRY(const auto log_epoch, ask<std::string>(gate_, [](Store& store) -> Result<std::string> {
                   MB_CHECK(store.heard_registry());
                   return store.log_epoch();
               }));
        if (log_epoch != answer.standing.log_epoch) {
            MB_CHECK(start_again(answer.standing.log_epoch));
            return true;
        }
        if (answer.rows.empty())
            return answer.more ? Result<bool>(nonsense("there is more, but nothing came"))
                               : Result<bool>(false);
        snapshot_next_ = answer.more && !snapshot_taken_ && pages_++ % pages_until_snapshot == 0;
        if (answer.more && !snapshot_next_)
            ask_ahead(answer.next);
        page_rows_ = answer.rows.size();
        std::vector<LoggedFact> page;
        page.reserve(page_rows_);
        for (auto& row : answer.rows)
            page.push_back(to_logged(std::move(row)));
        MB_TRY(const auto checked, Store::check_page({query.cursor.seq, query.cursor.log_hash}, page));
        MB_CHECK(keep(checked));
        return answer.more;
    }

    /// Rows and cursor in one transaction, and only onto the place that was asked about.
    Result<> keep(const CheckedPage& page)
    {
        MB_TRY(const auto people,
               ask<std::vector<DelegateId>>(gate_, [&](Store& store) { return store.take_checked(page); }));
        report_.rows += page.rows.size();
        report_.people.insert(report_.people.end(), people.begin(), people.end());
        const auto seq = page.rows.back().seq;
        if (on_page_)
            on_page_({people, report_.rows, seq, end_ < seq ? 0 : end_});
        return {};
    }

    /// Only this device's own trouble ends the round: any other, and the log is pulled.
    Result<> try_snapshot()
    {
        const auto taken = take_snapshot();
        if (!taken && taken.error().kind != ErrorKind::network)
            return taken;
        if (!taken)
            log::warn("the log is pulled page by page: {}", taken.error().text());
        return {};
    }

    Result<> take_snapshot()
    {
        SnapshotFetch fetch(session_.device());
        MB_TRY(const auto head, fetch.head([this](const HttpCall& call) {
            return send_signed(gate_, http_, session_, call);
        }));
        Cursor cursor;
        std::string log_epoch;
        MB_CHECK(gate_.run([&](Store& store) -> Result<> {
            cursor = store.cursor();
            MB_TRY(log_epoch, store.log_epoch());
            return {};
        }));
        if (!head || head->registry_id != session_.registry_id() || head->log_epoch != log_epoch ||
            head->end.seq < cursor.seq + page_rows_)
            return {};
        end_ = head->end.seq;
        fetch.begin_after(cursor);
        MB_CHECK(keep_snapshot(fetch, cursor));
        snapshot_taken_ = true; // whatever comes now: not again in this round
        return {};
    }

    struct Batch {
        std::vector<LoggedFact> rows;
        CheckedPage page; ///< of them
    };
    Result<Batch> next_batch(SnapshotFetch& fetch, Cursor& place)
    {
        Batch batch;
        MB_TRY(batch.rows,
               fetch.next([this](const HttpCall& call) { return send_once(http_, session_, call); }));
        MB_TRY(batch.page, Store::check_page(place, batch.rows));
        if (!batch.rows.empty())
            place = {batch.rows.back().seq, batch.rows.back().log_hash};
        return batch;
    }

    /// The next rows travel and are read while these are being stored.
    Result<> keep_snapshot(SnapshotFetch& fetch, Cursor place)
    {
        const auto next = [&] { return next_batch(fetch, place); };
        const auto policy = http_.waits() ? std::launch::async : std::launch::deferred;
        for (auto ahead = std::async(policy, next);;) {
            MB_TRY(const auto batch, ahead.get());
            if (batch.rows.empty())
                return {};
            ahead = std::async(policy, next);
            MB_CHECK(keep(batch.page));
        }
    }

    StoreGate& gate_;
    Http& http_;
    SyncSession& session_;
    const Clock& clock_;
    const OnPage& on_page_;
    PullReport report_;
    WallTime registry_time_;
    std::size_t page_rows_ = 0; ///< of the last page: for less a snapshot is not worth it
    std::size_t pages_ = 0;     ///< with more behind them, since the log was begun
    std::uint64_t end_ = 0;     ///< the log reaches at least to here, as far as known
    bool snapshot_next_ = false;
    bool snapshot_taken_ = false;
    int resets_ = 0;
    protocol::LogPlace ahead_place_;
    std::future<Result<HttpAnswer>> ahead_; ///< of the page at that place; waited for at the end
};

} // namespace

Result<SyncSession> SyncSession::of(StoreGate& gate)
{
    SyncSession session;
    MB_CHECK(gate.run([&session](Store& store) -> Result<> {
        MB_TRY(const auto registry, store.setting(setting_registry_id));
        if (!store.identity() || store.identity()->authority || !registry)
            return fail(ErrorKind::input, "this folder is not enrolled at a registry", {},
                        "enrol it with: montbrillant enrol URL TOKEN");
        session.device_ = store.identity()->device;
        session.epoch_ = store.identity()->epoch;
        session.url_ = store.identity()->registry_url;
        session.registry_id_ = *registry;
        session.key_ = store.keys().device.secret_key;
        MB_TRY(auto link, read_link(store.folder()));
        return link ? session.use_link(std::move(*link)) : Result<>();
    }));
    return session;
}

std::string SyncSession::sign(std::string_view text) const
{
    return to_hex(crypto::sign(key_, as_bytes(text)));
}

Result<> SyncSession::use_link(RegistryLink link)
{
    MB_TRY(const auto mine, tls::read_device(link.certificate, link.authority));
    if (mine.device.name != device_ || mine.device.epoch != epoch_)
        return fail(ErrorKind::refused, "the certificate is another device's", "registry",
                    "enrol this device again: montbrillant enrol URL TOKEN");
    const std::lock_guard lock(shared_->mutex);
    shared_->valid = mine.valid;
    shared_->link = std::move(link);
    return {};
}

std::string SyncSession::certificate() const
{
    const std::lock_guard lock(shared_->mutex);
    return shared_->link ? shared_->link->certificate : std::string();
}

bool SyncSession::wants_renewal(WallTime registry_time) const
{
    const std::lock_guard lock(shared_->mutex);
    const auto& valid = shared_->valid;
    return shared_->link && registry_time > valid.from + (valid.until - valid.from) / 2;
}

Result<> SyncSession::set_certificate(StoreGate& gate, const std::string& certificate)
{
    RegistryLink link;
    {
        const std::lock_guard lock(shared_->mutex);
        if (!shared_->link)
            return fail(ErrorKind::network, "a certificate came that nobody asked for", "registry");
        link = *shared_->link;
    }
    link.certificate = certificate;
    MB_CHECK(use_link(link));
    return gate.run([&link](Store& store) { return write_link(store.folder(), link); });
}

std::optional<std::uint64_t> SyncSession::registry_counter() const
{
    const std::lock_guard lock(shared_->mutex);
    return shared_->registry_counter;
}

void SyncSession::set_registry_counter(std::optional<std::uint64_t> counter)
{
    const std::lock_guard lock(shared_->mutex);
    shared_->registry_counter = counter;
}

Result<PushReport> push_all(StoreGate& gate, Http& http, SyncSession& session, const Clock& clock)
{
    return Push(gate, http, session, clock).all();
}

Result<PullReport> pull_all(StoreGate& gate, Http& http, SyncSession& session, const Clock& clock,
                            Millis wait, const OnPage& on_page)
{
    return Pull(gate, http, session, clock, on_page).all(wait);
}

Result<SyncReport> sync_once(StoreGate& gate, Http& http, SyncSession& session, const Clock& clock,
                             const OnPage& on_page)
{
    SyncReport report;
    MB_TRY(report.pushed, push_all(gate, http, session, clock));
    MB_TRY(report.pulled, pull_all(gate, http, session, clock, Millis(0), on_page));
    if (!report.pulled.reset)
        return report;
    MB_TRY(const auto again, push_all(gate, http, session, clock));
    MB_TRY(auto rest, pull_all(gate, http, session, clock, Millis(0), on_page));
    report.pushed.sent += again.sent;
    report.pulled.rows += rest.rows;
    report.pulled.people.insert(report.pulled.people.end(), rest.people.begin(), rest.people.end());
    return report;
}

} // namespace montbrillant
