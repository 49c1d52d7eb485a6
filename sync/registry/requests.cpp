// SPDX-License-Identifier: Apache-2.0
// From HTTP to what is asked: routes, syntax and the chain inside a push. No store, any thread.
#include "sync/protocol/signing.hpp"
#include "sync/registry/service.hpp"

#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

using protocol::Refusal;
using protocol::refuse;

tl::unexpected<Refusal> malformed(const std::string& words)
{
    return refuse(400, protocol::code::malformed, words);
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::optional<Refusal> other_protocol(int version)
{
    if (version == protocol::version)
        return std::nullopt;
    return Refusal{426,
                   std::string(protocol::code::protocol),
                   fmt::format("the device speaks protocol {}, this registry speaks {}: {}", version,
                               protocol::version,
                               version < protocol::version ? "update the device" : "update the registry"),
                   {}};
}

/// What a fact's bytes say of its place, and the fact where this program can read it.
struct Claim {
    protocol::Envelope envelope;
    std::shared_ptr<const Fact> fact;
};

Result<Claim> claim_of(std::string_view bytes)
{
    if (auto fact = parse_fact(bytes))
        return Claim{{fact->device, fact->epoch, fact->counter},
                     std::make_shared<const Fact>(std::move(*fact))};
    MB_TRY(auto envelope, protocol::read_envelope(bytes));
    return Claim{std::move(envelope), {}};
}

/// The facts of one device and epoch, each following the one before, with the bytes they claim.
Answered<std::vector<StoredFact>> checked_chain(const protocol::PushRequest& request)
{
    std::vector<StoredFact> facts;
    facts.reserve(request.facts.size());
    for (const auto& wire : request.facts) {
        auto claim = claim_of(wire.bytes);
        if (!claim)
            return malformed(claim.error().text());
        const auto& [device, epoch, counter] = claim->envelope;
        if (device != request.device || epoch != request.epoch)
            return malformed(fmt::format("fact {} is of another device or epoch", counter));
        if (wire.hash != chain_hash(wire.previous, wire.bytes))
            return malformed(fmt::format("the bytes of fact {} do not match their hash", counter));
        if (!facts.empty() && (counter != facts.back().counter + 1 || wire.previous != facts.back().hash))
            return malformed(fmt::format("fact {} does not follow the one before it", counter));
        StoredFact fact{request.device, request.epoch, counter, wire.bytes,
                        wire.previous,  wire.hash,     {},      std::move(claim->fact)};
        if (wire.record)
            fact.record = SealedRecord{wire.record->delegate, wire.record->wrapped_key, wire.record->sealed};
        facts.push_back(std::move(fact));
    }
    return facts;
}

Answered<Ask> read_enrol(const HttpRequest& request)
{
    auto message = protocol::read_enrol_request(request.body);
    if (!message)
        return malformed(message.error().text());
    if (auto other = other_protocol(message->protocol))
        return tl::unexpected(std::move(*other));
    return EnrolAsk{std::move(*message)};
}

Answered<Ask> read_push(const HttpRequest& request, Proof proof)
{
    auto message = protocol::read_push_request(request.body);
    if (!message)
        return malformed(message.error().text());
    if (auto other = other_protocol(message->protocol))
        return tl::unexpected(std::move(*other));
    auto facts = checked_chain(*message);
    if (!facts)
        return tl::unexpected(std::move(facts.error()));
    message->facts.clear();
    return PushAsk{std::move(*message), std::move(*facts), std::move(proof)};
}

Answered<Ask> read_renew(const HttpRequest& request, Proof proof)
{
    auto message = protocol::read_renew_request(request.body);
    if (!message)
        return malformed(message.error().text());
    if (auto other = other_protocol(message->protocol))
        return tl::unexpected(std::move(*other));
    return RenewAsk{std::move(*message), std::move(proof)};
}

Answered<Ask> read_leave(const HttpRequest& request, Proof proof)
{
    auto message = protocol::read_leave_request(request.body);
    if (!message)
        return malformed(message.error().text());
    if (auto other = other_protocol(message->protocol))
        return tl::unexpected(std::move(*other));
    return LeaveAsk{std::move(*message), std::move(proof)};
}

Answered<Ask> read_pull(const HttpRequest& request, Proof proof)
{
    auto query = protocol::read_pull_query(request.target);
    if (!query)
        return malformed(query.error().text());
    return PullAsk{std::move(*query), std::move(proof)};
}

Answered<Ask> read_snapshot(const HttpRequest& request, Proof proof)
{
    auto device = protocol::read_snapshot_query(request.target);
    if (!device)
        return malformed(device.error().text());
    return SnapshotAsk{std::move(*device), request.conditions, std::move(proof)};
}

} // namespace

std::size_t body_bytes_max(std::string_view target)
{
    if (path_of(target) == "/v1/people:import")
        return import_bytes_max;
    return path_of(target) == "/v1/sync/push" ? protocol::push_body_bytes_max
                                              : protocol::small_body_bytes_max;
}

HttpResponse refusal_response(const Refusal& refusal) { return {refusal.status, protocol::write(refusal)}; }

Answered<Ask> read_ask(const HttpRequest& request, const std::string& registry_id)
{
    const auto path = path_of(request.target);
    const bool post = path == "/v1/enrol" || path == "/v1/renew" || path == "/v1/sync/push" ||
                      path == "/v1/sync/leave" || path == "/v1/people:import";
    auto organizing = read_organizer_ask(request);
    const bool get = path == "/v1/sync/pull" || path == "/v1/sync/snapshot" || path == "/healthz" ||
                     path == "/readyz" || organizing;
    if (!post && !get)
        return refuse(404, protocol::code::not_found, "there is nothing at this address");
    if (request.method != (post ? "POST" : "GET"))
        return refuse(405, protocol::code::method, fmt::format("use {} here", post ? "POST" : "GET"));
    const auto proof = [&] {
        return Proof{protocol::request_text(registry_id, request.method, request.target, request.body),
                     request.signature, request.secure, request.certificate};
    };
    if (path == "/v1/enrol")
        return read_enrol(request);
    if (path == "/v1/renew")
        return read_renew(request, proof());
    if (path == "/v1/sync/leave")
        return read_leave(request, proof());
    if (path == "/v1/sync/push")
        return read_push(request, proof());
    if (path == "/v1/sync/pull")
        return read_pull(request, proof());
    if (path == "/v1/sync/snapshot")
        return read_snapshot(request, proof());
    if (organizing)
        return std::move(*organizing);
    return path == "/readyz" ? ProbeAsk::ready : ProbeAsk::health;
}

} // namespace montbrillant::registry
