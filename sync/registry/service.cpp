// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/service.hpp"

#include "sync/base/crash_point.hpp"
#include "sync/base/log.hpp"
#include "sync/protocol/signing.hpp"
#include "sync/registry/sqlite_ledger.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

using protocol::Refusal;
using protocol::refuse;

constexpr std::string_view setting_registry_id = "registry.id";

tl::unexpected<Refusal> broken(const Error& error)
{
    log::error("{}", error.text());
    return refuse(500, protocol::code::storage, "the registry cannot use its store: " + error.what);
}

bool signed_by(const crypto::PublicKey& key, std::string_view text, BytesView signature)
{
    return signature.size() == crypto::Signature{}.size() && crypto::verify(key, as_bytes(text), signature);
}

void fill(protocol::PullAnswer& answer, std::vector<LoggedFact>&& logged)
{
    std::size_t bytes = 0;
    for (auto& one : logged) {
        if (bytes >= protocol::batch_bytes_wanted)
            return;
        answer.rows.push_back(to_row(std::move(one)));
        bytes += protocol::wire_size(answer.rows.back().fact);
        answer.next = {answer.rows.back().seq, answer.rows.back().log_hash};
    }
}

} // namespace

protocol::PullRow to_row(LoggedFact&& logged)
{
    StoredFact& fact = logged.fact;
    protocol::PullRow row{
        logged.seq, logged.log_hash, std::move(logged.outcome), fact.device, fact.epoch, fact.counter, {}};
    row.fact = {std::move(fact.bytes), fact.previous, fact.hash, {}};
    if (fact.record)
        row.fact.record = protocol::WireRecord{fact.record->delegate, std::move(fact.record->wrapped_key),
                                               std::move(fact.record->sealed)};
    return row;
}

Service::Service(std::unique_ptr<Ledger> ledger, Admission admission, Tokens tokens, std::string registry_id,
                 Clock& clock, Random& random)
    : ledger_(std::move(ledger)), admission_(std::move(admission)), tokens_(std::move(tokens)),
      settings_version_(ledger_->settings_version()), registry_id_(std::move(registry_id)),
      snapshots_(registry_id_), clock_(&clock), random_(&random)
{
}

Result<Service> Service::open(Store store, Clock& clock, Random& random)
{
    MB_TRY(auto ledger, SqliteLedger::open(std::move(store)));
    return open(std::move(ledger), clock, random);
}

Result<Service> Service::open(std::unique_ptr<Ledger> ledger, Clock& clock, Random& random)
{
    MB_TRY(auto id, ledger->setting(setting_registry_id));
    if (!id) {
        MB_CHECK(ledger->revise(setting_registry_id,
                                [&](const std::optional<std::string>& now) -> Result<std::string> {
                                    id = now ? *now : uuid7(clock.wall(), random);
                                    return *id;
                                }));
    }
    MB_TRY(auto admission, Admission::load(*ledger));
    MB_TRY(auto tokens, Tokens::load(*ledger));
    return Service(std::move(ledger), std::move(admission), std::move(tokens), std::move(*id), clock, random);
}

Store& Service::store() { return dynamic_cast<SqliteLedger&>(*ledger_).store(); }

Result<> Service::follow()
{
    MB_CHECK(ledger_->follow());
    if (ledger_->settings_version() == settings_version_)
        return {};
    const auto version = ledger_->settings_version();
    MB_TRY(auto admission, Admission::load(*ledger_));
    MB_TRY(tokens_, Tokens::load(*ledger_));
    admission_ = std::move(admission);
    settings_version_ = version;
    return {};
}

Answered<protocol::Standing> Service::standing()
{
    auto epoch = ledger_->log_epoch();
    if (!epoch)
        return broken(epoch.error());
    return protocol::Standing{registry_id_, std::move(*epoch), clock_->wall()};
}

void Service::serve_as(std::shared_ptr<const Authority> authority, std::string url)
{
    authority_ = std::move(authority);
    url_ = std::move(url);
}

/// Another node may know better: the device was enrolled there a moment ago, or again.
Answered<const Device*> Service::authenticate(const DeviceId& name, const Proof& proof, Purpose purpose)
{
    auto device = recognise(name, proof, purpose);
    if (device)
        return device;
    const auto known = settings_version_;
    const auto followed = follow();
    return followed && settings_version_ != known ? recognise(name, proof, purpose) : device;
}

Answered<const Device*> Service::authenticate(const DeviceId& name, std::uint32_t epoch, const Proof& proof,
                                              Purpose purpose)
{
    auto device = authenticate(name, proof, purpose);
    if (device && (*device)->epoch < epoch && follow()) // enrolled again at another node
        device = authenticate(name, proof, purpose);
    return device;
}

Answered<const Device*> Service::recognise(const DeviceId& name, const Proof& proof, Purpose purpose) const
{
    const Device* device = admission_.find(name);
    if (device == nullptr)
        return refuse(401, protocol::code::unknown_device, "this device is not enrolled here");
    const auto signature = from_hex(proof.signature_hex);
    if (!signature || !signed_by(device->public_key, proof.text, *signature))
        return refuse(401, protocol::code::signature, "the request is not signed by this device");
    return authenticated(*device, proof, purpose);
}

/// A device whose certificate ran out may still renew it: a kiosk that lay in a box for a month must not need
/// a person, its signature proves the same key, and who was revoked is told so by name, not by date. For the
/// same reason a revoked device may hand over its facts whatever the date.
Answered<const Device*> Service::authenticated(const Device& device, const Proof& proof,
                                               Purpose purpose) const
{
    const bool leaving = device.state == DeviceState::revoked && purpose == Purpose::hand_over;
    if (device.state == DeviceState::active || leaving)
        return certified(device, proof, purpose != Purpose::renew && !leaving);
    switch (device.state) {
    case DeviceState::gone:
        return refuse(401, protocol::code::wipe,
                      "this device was revoked and has handed over its facts: its keys are void");
    case DeviceState::forked:
        return refuse(409, protocol::code::fork,
                      "two disks wrote as this device: enrol it again with an empty data folder");
    default:
        return refuse(401, protocol::code::revoked,
                      "this device was revoked: it may hand over what it wrote, and nothing else");
    }
}

/// Behind a proxy that ends TLS, and on the loopback, the signature alone proves the device.
Answered<const Device*> Service::certified(const Device& device, const Proof& proof, bool dates_count) const
{
    if (!proof.secure)
        return &device;
    if (!proof.certificate)
        return refuse(401, protocol::code::certificate, "a device shows its certificate here");
    const auto& [shown, valid] = *proof.certificate;
    if (shown.name != device.name || shown.key != device.public_key)
        return refuse(401, protocol::code::certificate, "the certificate is another device's");
    if (shown.epoch != device.epoch)
        return refuse(401, protocol::code::certificate,
                      "the certificate is of an earlier enrolment of this device");
    if (dates_count && clock_->wall() > valid.until)
        return refuse(401, protocol::code::expired, "the device's certificate has expired: renew it");
    if (dates_count && clock_->wall() < valid.from)
        return refuse(401, protocol::code::expired,
                      "the device's certificate is not valid yet: the registry's clock was set back");
    return &device;
}

Answered<protocol::EnrolAnswer> Service::enrol(const EnrolAsk& ask)
{
    if (ledger_->key_store().event_erased())
        return refuse(410, protocol::code::erased,
                      "the event is over and its data erased: no device joins it");
    auto device = admission_.enrol(*ledger_, ask.request, clock_->wall());
    if (!device)
        return tl::unexpected(std::move(device.error()));
    auto here = standing();
    if (!here)
        return tl::unexpected(std::move(here.error()));
    const EventKeys& keys = ledger_->key_store().event();
    const Identity& identity = ledger_->identity();
    log::info("device enrolled: device={} epoch={}", device->name.str(), device->epoch);
    protocol::EnrolAnswer answer{
        device->name,    identity.event,           device->epoch,          keys.master, keys.short_codes,
        keys.pepper,     keys.confirmation_public, identity.event_profile, {},          {},
        std::move(*here)};
    if (authority_) {
        auto certificate = authority_->sign(*device, clock_->wall());
        if (!certificate)
            return broken(certificate.error());
        answer.authority = authority_->certificate();
        answer.certificate = std::move(*certificate);
    }
    return answer;
}

Answered<protocol::RenewAnswer> Service::renew(const RenewAsk& ask)
{
    if (!authority_)
        return refuse(404, protocol::code::not_found,
                      "this registry speaks plain HTTP and gives no certificates");
    const auto device = authenticate(ask.request.device, ask.request.epoch, ask.proof, Purpose::renew);
    if (!device)
        return tl::unexpected(device.error());
    if ((*device)->epoch != ask.request.epoch)
        return refuse(409, protocol::code::fork, "an older copy of this device's disk is running");
    auto certificate = authority_->sign(**device, clock_->wall());
    if (!certificate)
        return broken(certificate.error());
    auto here = standing();
    if (!here)
        return tl::unexpected(std::move(here.error()));
    log::info("certificate renewed: device={}", (*device)->name.str());
    return protocol::RenewAnswer{std::move(*certificate), std::move(*here)};
}

Answered<protocol::LeaveAnswer> Service::leave(const LeaveAsk& ask)
{
    if (const auto followed = follow(); !followed) // it may have been revoked at another node
        return broken(followed.error());
    const auto found = authenticate(ask.request.device, ask.proof, Purpose::hand_over);
    if (!found)
        return tl::unexpected(found.error());
    const Device device = **found;
    if (device.state != DeviceState::revoked)
        return refuse(409, protocol::code::in_service,
                      "this device was not revoked: it has no reason to leave");
    const auto chain = ledger_->chain_of(device.name, ask.request.epoch);
    if (!chain)
        return broken(chain.error());
    if (chain->counter < ask.request.last_counter)
        return tl::unexpected(Refusal{
            409, std::string(protocol::code::gap),
            fmt::format("not all of its facts came: send from {}", chain->counter + 1), chain->counter + 1});
    if (auto kept = admission_.set_state(*ledger_, device.name, DeviceState::gone); !kept)
        return broken(kept.error());
    auto here = standing();
    if (!here)
        return tl::unexpected(std::move(here.error()));
    log::info("device left: device={} facts={}", device.name.str(), chain->counter);
    return protocol::LeaveAnswer{std::move(*here)};
}

Answered<protocol::PushAnswer> Service::push(const PushAsk& ask)
{
    const PushAsk* one = &ask;
    return std::move(push_all({&one, 1}).front());
}

std::vector<Answered<protocol::PushAnswer>> Service::push_all(std::span<const PushAsk* const> asks)
{
    PushAnswers answers(asks.size());
    std::vector<std::size_t> let_in;
    for (std::size_t i = 0; i < asks.size(); ++i) {
        if (auto refusal = refuse_push(*asks[i]))
            answers[i] = tl::unexpected(std::move(*refusal));
        else
            let_in.push_back(i);
    }
    if (!let_in.empty())
        take(asks, let_in, answers);
    counts.pushes += asks.size();
    counts.refused += static_cast<std::uint64_t>(
        std::count_if(answers.begin(), answers.end(), [](const auto& answer) { return !answer; }));
    return answers;
}

std::optional<Refusal> Service::refuse_epoch(const PushAsk& ask, const Device& device)
{
    if (device.epoch == ask.request.epoch)
        return std::nullopt;
    return Refusal{
        409,
        std::string(protocol::code::fork),
        fmt::format("this device writes epoch {} now: an older copy of its disk is running", device.epoch),
        {}};
}

std::optional<Refusal> Service::refuse_push(const PushAsk& ask)
{
    const auto device = authenticate(ask.request.device, ask.request.epoch, ask.proof, Purpose::hand_over);
    if (!device)
        return device.error();
    if (auto refusal = refuse_epoch(ask, **device))
        return refusal;
    if (ask.facts.empty())
        return std::nullopt;
    const StoredFact& head = ask.facts.back();
    const auto text = protocol::head_text(registry_id_, head.device, head.epoch, head.counter, head.hash);
    if (signed_by((*device)->public_key, text, *ask.request.head_signature))
        return std::nullopt;
    return Refusal{
        401, std::string(protocol::code::signature), "the end of the chain is not signed by this device", {}};
}

void Service::take(std::span<const PushAsk* const> asks, const std::vector<std::size_t>& let_in,
                   PushAnswers& answers)
{
    std::vector<DevicePush> pushes;
    pushes.reserve(let_in.size());
    for (const std::size_t i : let_in)
        pushes.push_back({asks[i]->request.device, asks[i]->request.epoch, asks[i]->facts});
    auto taken = ledger_->take_pushes(pushes);
    ++counts.turns;
    crash_point("registry.push_committed");
    for (std::size_t at = 0; at < let_in.size(); ++at) {
        const std::size_t i = let_in[at];
        if (taken[at])
            answers[i] = push_answer(*asks[i], std::move(*taken[at]));
        else
            answers[i] = broken(taken[at].error());
    }
}

Answered<protocol::PushAnswer> Service::push_answer(const PushAsk& ask, PushResult&& taken)
{
    if (taken.fork) {
        log::warn("two disks write as one device: device={} epoch={}", ask.request.device.str(),
                  ask.request.epoch);
        if (auto kept = admission_.set_state(*ledger_, ask.request.device, DeviceState::forked); !kept)
            return broken(kept.error());
        return refuse(
            409, protocol::code::fork,
            "the registry has other facts of this device under the same numbers: two disks wrote as it");
    }
    if (taken.answers.empty() && taken.expect)
        return tl::unexpected(
            Refusal{409, std::string(protocol::code::gap),
                    fmt::format("facts before this are missing: send from {}", *taken.expect), taken.expect});
    protocol::PushAnswer answer;
    for (auto& one : taken.answers) {
        if (!one.repeated)
            ++counts.facts.at(static_cast<std::size_t>(one.outcome.verdict));
        answer.outcomes.push_back({one.counter, one.seq, std::move(one.outcome)});
    }
    answer.last_counter = taken.chain.counter;
    answer.last_hash = taken.chain.hash;
    auto here = standing();
    if (!here)
        return tl::unexpected(std::move(here.error()));
    answer.standing = std::move(*here);
    return answer;
}

Answered<protocol::PullAnswer> Service::pull(const PullAsk& ask)
{
    ++counts.pulls;
    const auto device = authenticate(ask.query.device, ask.proof, Purpose::sync);
    auto answer = device ? page(ask) : Answered<protocol::PullAnswer>(tl::unexpected(device.error()));
    if (!answer)
        ++counts.refused;
    return answer;
}

Answered<protocol::PullAnswer> Service::pull_again(const PullAsk& ask)
{
    ++counts.pulls;
    return page(ask);
}

Answered<protocol::PullAnswer> Service::page(const PullAsk& ask)
{
    const auto& cursor = ask.query.cursor;
    protocol::PullAnswer answer;
    answer.next = cursor;
    const Cursor end = ledger_->log_end();
    if (end.seq != cursor.seq || end.log_hash != cursor.log_hash) {
        const auto here = ledger_->log_hash_at(cursor.seq);
        if (!here)
            return broken(here.error());
        if (*here != cursor.log_hash)
            return refuse(409, protocol::code::reset, "this registry's log is another one: start again at 0");
        auto logged = ledger_->log_after(cursor.seq, ask.query.limit);
        if (!logged)
            return broken(logged.error());
        fill(answer, std::move(*logged));
    }
    answer.more = answer.next.seq < ledger_->log_end().seq;
    auto standing_now = standing();
    if (!standing_now)
        return tl::unexpected(std::move(standing_now.error()));
    answer.standing = std::move(*standing_now);
    return answer;
}

HttpResponse Service::snapshot(const SnapshotAsk& ask)
{
    if (const auto device = authenticate(ask.device, ask.proof, Purpose::sync); !device) {
        ++counts.refused;
        return refusal_response(device.error());
    }
    // Whom another node erased a moment ago is in no snapshot of this one.
    auto checked = follow();
    if (checked)
        checked = snapshots_.check(*ledger_);
    if (!checked)
        return refusal_response(broken(checked.error()).value());
    const auto& current = snapshots_.current();
    if (!current)
        return refusal_response({404,
                                 std::string(protocol::code::no_snapshot),
                                 "there is no snapshot of this log now: pull it",
                                 {}});
    ++counts.snapshots;
    return current->answer(ask.conditions);
}

void Service::cut_snapshot(const SnapshotMaker::Options& options)
{
    snapshots_ = SnapshotMaker(registry_id_, options);
}

Answered<Token> Service::token_of(const OrganizerAsk& ask, Scope needed)
{
    const Token* token = tokens_.find(ask.authorization);
    if (token == nullptr)
        return refuse(401, protocol::code::authorization,
                      "a token of this registry is needed: Authorization: Bearer mbt_...");
    if (!token->scopes.contains(needed))
        return refuse(403, protocol::code::scope, fmt::format("this token is not for {}", name_of(needed)));
    return *token;
}

HttpResponse Service::organizer(const OrganizerAsk& ask)
{
    std::string caller;
    if (const auto needed = scope_of(ask.what)) {
        // Whoever wrote at another node a moment ago reads it here, and a token ends at all of them.
        if (const auto followed = follow(); !followed)
            return refusal_response(broken(followed.error()).value());
        auto token = token_of(ask, *needed);
        if (!token)
            return refusal_response(token.error());
        caller = std::move(token->name);
    }
    if (ask.complaint)
        return refusal_response({400, std::string(protocol::code::malformed), *ask.complaint, {}});
    return ask.what == OrganizerAsk::What::metrics ? metrics()
                                                   : answer_organizer(*ledger_, ask, caller, clock_->wall());
}

HttpResponse Service::probe(ProbeAsk ask)
{
    if (ask == ProbeAsk::health)
        return {200, R"({"status":"alive"})"};
    auto ready = follow();
    if (ready)
        ready = ledger_->try_write(clock_->wall());
    if (!ready)
        return refusal_response(broken(ready.error()).value());
    const auto here = standing();
    return here ? HttpResponse{200, R"({"status":"ready"})"} : refusal_response(here.error());
}

HttpResponse Service::metrics() const
{
    std::string text;
    const auto line = [&text](std::string_view name, std::string_view type, std::uint64_t value) {
        text += fmt::format("# TYPE montbrillant_{} {}\nmontbrillant_{} {}\n", name, type, name, value);
    };
    line("log_head", "gauge", ledger_->log_end().seq);
    line("devices", "gauge", admission_.devices().size());
    line("connections", "gauge", counts.connections);
    line("parked_pulls", "gauge", counts.parked);
    line("pushes_total", "counter", counts.pushes);
    line("push_transactions_total", "counter", counts.turns);
    line("pulls_total", "counter", counts.pulls);
    line("snapshot_rows", "gauge", snapshots_.current() ? snapshots_.current()->end_seq() : 0);
    line("snapshot_answers_total", "counter", counts.snapshots);
    line("refused_total", "counter", counts.refused);
    text += "# TYPE montbrillant_facts_total counter\n";
    for (const auto verdict : {Verdict::accepted, Verdict::duplicate, Verdict::conflict, Verdict::rejected})
        text += fmt::format("montbrillant_facts_total{{verdict=\"{}\"}} {}\n", name_of(verdict),
                            counts.facts.at(static_cast<std::size_t>(verdict)));
    return {200, std::move(text), "text/plain; version=0.0.4"};
}

HttpResponse Service::http(const HttpRequest& request)
{
    const auto ask = read_ask(request, registry_id_);
    if (!ask)
        return refusal_response(ask.error());
    if (const auto* wanted = std::get_if<EnrolAsk>(&*ask))
        return response_of(enrol(*wanted));
    if (const auto* renewed = std::get_if<RenewAsk>(&*ask))
        return response_of(renew(*renewed));
    if (const auto* leaving = std::get_if<LeaveAsk>(&*ask))
        return response_of(leave(*leaving));
    if (const auto* pushed = std::get_if<PushAsk>(&*ask))
        return response_of(push(*pushed));
    if (const auto* pulled = std::get_if<PullAsk>(&*ask))
        return response_of(pull(*pulled));
    if (const auto* wanted = std::get_if<SnapshotAsk>(&*ask))
        return snapshot(*wanted);
    if (const auto* organizing = std::get_if<OrganizerAsk>(&*ask))
        return organizer(*organizing);
    return probe(std::get<ProbeAsk>(*ask));
}

} // namespace montbrillant::registry
