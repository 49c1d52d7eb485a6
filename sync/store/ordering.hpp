// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How pushes become part of the log, the same whatever keeps its rows: a fact's place and outcome, and what
/// a repeated, a missing or a foreign counter means. The rules are the domain's; the rows are asked for and
/// handed over through `LogRows`, inside one transaction of whoever keeps them. Same thread as the rows.

#include "sync/domain/rules.hpp"
#include "sync/store/keys.hpp"

#include <memory>
#include <span>

namespace montbrillant {

/// A fact as it travels: the exact bytes, its place in its device's chain, and the sealed record beside it.
struct StoredFact {
    DeviceId device;
    std::uint32_t epoch = 1;
    std::uint64_t counter{};
    std::string bytes;
    crypto::Hash previous{};
    crypto::Hash hash{};
    std::optional<SealedRecord> record;
    std::shared_ptr<const Fact> read{}; ///< the fact of `bytes`, where somebody has read them already
};

/// A place in the log. Of a device: how far it has pulled.
struct Cursor {
    std::uint64_t seq{};
    crypto::Hash log_hash{}; ///< BLAKE2b(log hash of seq-1 ‖ fact hash)
    friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// The end of a device's chain; counter 0 when there is none.
struct ChainEnd {
    std::uint64_t counter{};
    crypto::Hash hash{};
};

/// What one device sends at once: its facts in counter order.
struct DevicePush {
    DeviceId device;
    std::uint32_t epoch = 1;
    std::span<const StoredFact> facts;
};

struct PushAnswer {
    std::uint64_t counter{};
    std::uint64_t seq{};
    Outcome outcome;
    bool repeated = false; ///< it was in the log already; the outcome is that of then
};

struct PushResult {
    std::vector<PushAnswer> answers;
    std::optional<std::uint64_t> expect; ///< a gap: the counter wanted next
    bool fork = false;                   ///< same counter, other hash: a cloned or restored disk
    ChainEnd chain;                      ///< the device's, with this push
};

/// A fact that got its place in the log.
struct OrderedFact {
    const StoredFact& stored;
    std::optional<Fact> fact; ///< nothing: nobody here can read it
    Cursor place;
    Outcome outcome;
    RecordFate record = RecordFate::dropped; ///< of the sealed record that came with it
    std::optional<FactId> settled;           ///< this conflict is closed now: its proposal goes,
    bool promoted = false;                   ///< after it became the person's record
};

/// The rows of a log inside one transaction.
class LogRows {
public:
    struct Known {
        crypto::Hash hash{};
        PushAnswer answer;
    };

    virtual ~LogRows() = default;
    /// With what this transaction wrote so far.
    [[nodiscard]] virtual Result<ChainEnd> chain_end(const DeviceId& device, std::uint32_t epoch) = 0;
    /// What stands at the fact's device, epoch and counter.
    [[nodiscard]] virtual Result<std::optional<Known>> known(const StoredFact& fact) = 0;
    [[nodiscard]] virtual bool opens(const SealedRecord& record) const = 0;
    [[nodiscard]] virtual Result<> write(const OrderedFact& ordered) = 0;
};

/// Orders over a scratch layer: nothing of it counts until the transaction has committed.
class Ordering {
public:
    Ordering(const State& confirmed, const Cursor& head) : head_(head), state_(&confirmed) {}

    /// A repeated counter gets its stored outcome, a gap or a fork ends the push. Refuses facts that are not
    /// the push's own.
    [[nodiscard]] Result<PushResult> take(const DevicePush& push, LogRows& rows);
    /// One fact that follows its chain gets its place and its outcome, whatever it is: nothing stops the
    /// queue.
    [[nodiscard]] Result<Outcome> place(const StoredFact& stored, LogRows& rows);

    [[nodiscard]] const Cursor& head() const { return head_; }
    [[nodiscard]] State& state() { return state_; }
    /// What `state` has that the confirmed one has not, in the order it came.
    [[nodiscard]] const std::vector<EntityKey>& changes() const { return changes_; }
    [[nodiscard]] bool erasures() const { return erasures_; }

private:
    Cursor head_;
    State state_;
    std::vector<EntityKey> changes_;
    bool erasures_ = false;
};

/// The row of an own fact: the next link of `chain`, which then ends with it. `fact` is then what a restart
/// and every other device will read from the row; refuses what none could.
[[nodiscard]] Result<StoredFact> next_link(Fact& fact, ChainEnd& chain);

/// The fact that the row's numbers say, when this program can read it.
[[nodiscard]] std::optional<Fact> readable_fact(const StoredFact& stored);

/// Whether carrying the fact out deletes keys and records.
[[nodiscard]] bool is_erasure(const Body& body);

} // namespace montbrillant
