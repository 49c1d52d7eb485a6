// SPDX-License-Identifier: Apache-2.0
#include "sync/store/ordering.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

Result<> check_own(const DevicePush& push)
{
    if (push.device == registry_device())
        return fail(ErrorKind::input, "a device may not bear the registry's own name", push.device.str());
    for (const auto& fact : push.facts) {
        if (fact.device != push.device || fact.epoch != push.epoch)
            return fail(ErrorKind::input, fmt::format("fact {} is of another device or epoch", fact.counter),
                        push.device.str());
    }
    return {};
}

} // namespace

Result<StoredFact> next_link(Fact& fact, ChainEnd& chain)
{
    MB_TRY(std::string bytes, write_fact(fact));
    StoredFact stored{fact.device, fact.epoch, fact.counter, std::move(bytes), chain.hash, {}, {}};
    stored.hash = chain_hash(stored.previous, stored.bytes);
    chain = {fact.counter, stored.hash};
    return stored;
}

std::optional<Fact> readable_fact(const StoredFact& stored)
{
    auto fact = stored.read ? Result<Fact>(*stored.read) : parse_fact(stored.bytes);
    if (!fact || fact->device != stored.device || fact->epoch != stored.epoch ||
        fact->counter != stored.counter)
        return std::nullopt;
    return std::move(*fact);
}

bool is_erasure(const Body& body)
{
    return std::holds_alternative<fact::DelegateErased>(body) ||
           std::holds_alternative<fact::EventErased>(body);
}

Result<PushResult> Ordering::take(const DevicePush& push, LogRows& rows)
{
    MB_CHECK(check_own(push));
    PushResult result;
    MB_TRY(result.chain, rows.chain_end(push.device, push.epoch));
    for (const auto& stored : push.facts) {
        if (stored.counter > result.chain.counter + 1) {
            result.expect = result.chain.counter + 1;
            break;
        }
        if (stored.counter <= result.chain.counter) {
            MB_TRY(auto known, rows.known(stored));
            result.fork = known && known->hash != stored.hash;
            if (known && !result.fork)
                result.answers.push_back(std::move(known->answer));
        } else if (stored.previous == result.chain.hash &&
                   stored.hash == chain_hash(stored.previous, stored.bytes)) {
            MB_TRY(Outcome outcome, place(stored, rows));
            result.answers.push_back({stored.counter, head_.seq, std::move(outcome)});
            result.chain = {stored.counter, stored.hash};
        } else {
            result.fork = true;
        }
        if (result.fork)
            break;
    }
    return result;
}

Result<Outcome> Ordering::place(const StoredFact& stored, LogRows& rows)
{
    const Outcome unread{Verdict::rejected, {}, "the fact cannot be read"};
    head_ = {head_.seq + 1, crypto::blake2b(head_.log_hash, stored.hash)};
    OrderedFact ordered{stored, readable_fact(stored), head_, unread, RecordFate::dropped, {}, false};
    if (ordered.fact) {
        const Fact& fact = *ordered.fact;
        ordered.outcome = admit(state_, fact);
        const auto* resolved = std::get_if<fact::ConflictResolved>(&fact.body);
        if (resolved != nullptr && ordered.outcome.verdict == Verdict::accepted) {
            ordered.settled = resolved->conflict;
            ordered.promoted = promoted_record(state_, fact).has_value();
        }
        for (auto& change : apply(state_, fact, ordered.outcome))
            changes_.push_back(std::move(change));
        erasures_ = erasures_ || is_erasure(fact.body);
        // A record of somebody else, or one that nobody could read, must not replace a good one.
        if (stored.record && record_owner(fact.body) == stored.record->delegate &&
            record_fate(ordered.outcome) != RecordFate::dropped && rows.opens(*stored.record))
            ordered.record = record_fate(ordered.outcome);
    }
    MB_CHECK(rows.write(ordered));
    return std::move(ordered.outcome);
}

} // namespace montbrillant
