// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A transaction of a node that writes to the log, and the rows that it writes. For the files of
/// PostgresLedger alone.

#include "sync/registry/postgres_ledger.hpp"

#include <array>

namespace montbrillant::registry {

/// Of entities that changed several times.
[[nodiscard]] std::vector<EntityKey> each_once(std::vector<EntityKey> keys);

/// Begins with the writers' lock and a look at what others wrote; rolls back unless it was committed.
class PostgresLedger::Turn {
public:
    [[nodiscard]] static Result<Turn> begin(PostgresLedger& ledger);
    Turn(Turn&& other) noexcept;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

    [[nodiscard]] postgres::Connection& connection() { return *connection_; }
    /// Tells the other nodes, too.
    [[nodiscard]] Result<> commit(std::string_view news);

private:
    Turn(PostgresLedger& ledger, postgres::Connection& connection);
    void roll_back();
    void end();

    PostgresLedger* ledger_;
    postgres::Connection* connection_;
};

/// The rows of one turn: what is asked is asked at once, what is written is written at its end, many rows in
/// one statement. Facts and records that it was given must live until then.
class PostgresLedger::Rows final : public LogRows {
public:
    Rows(PostgresLedger& ledger, postgres::Connection& connection, const State& state)
        : ledger_(ledger), connection_(connection), state_(state)
    {
    }
    [[nodiscard]] Result<ChainEnd> chain_end(const DeviceId& device, std::uint32_t epoch) override;
    [[nodiscard]] Result<std::optional<Known>> known(const StoredFact& fact) override;
    [[nodiscard]] bool opens(const SealedRecord& record) const override;
    [[nodiscard]] Result<> write(const OrderedFact& ordered) override;

    /// Queues all that the turn writes but the projection.
    void queue();
    [[nodiscard]] const std::map<ChainKey, ChainEnd>& chains() const { return chains_; }
    [[nodiscard]] bool is_erased(const DelegateId& id) const;

private:
    struct Line {
        const StoredFact* stored;
        Cursor place;
        std::string id;
        std::string kind;
        Outcome outcome;
    };
    using Blobs = std::vector<std::optional<BytesView>>;
    using Texts = std::vector<std::optional<std::string_view>>;

    void note_erasure(const Body& body);
    void settle(const FactId& conflict, bool promoted);
    void queue_journal();
    void queue_records();
    void queue_keys_and(const std::vector<const SealedRecord*>& records, const std::vector<FactId>& facts);
    void queue_erasures();

    PostgresLedger& ledger_;
    postgres::Connection& connection_;
    const State& state_;
    std::vector<Line> lines_;
    std::map<ChainKey, ChainEnd> chains_;
    std::map<DelegateId, const SealedRecord*> records_;
    std::map<FactId, const SealedRecord*> proposals_;
    std::vector<DelegateId> erased_;
    bool everybody_erased_ = false;
};

} // namespace montbrillant::registry
