// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a registry needs of the place where its log is kept: an SQLite file that one process owns
/// (sqlite_ledger.hpp), or a PostgreSQL database that several nodes share (postgres_ledger.hpp). Rules, order
/// and outcomes are the same in both (sync/store/ordering.hpp). One thread; what a call returned is durable.

#include "sync/store/event_end.hpp"
#include "sync/store/intake.hpp"
#include "sync/store/store.hpp"

namespace montbrillant::registry {

class Ledger {
public:
    /// Written by `try_write`.
    static constexpr std::string_view setting_tried = "registry.ready";

    virtual ~Ledger() = default;

    [[nodiscard]] virtual const Identity& identity() const = 0;
    [[nodiscard]] virtual KeyStore& key_store() = 0;
    /// What the log says, as far as this node has followed it.
    [[nodiscard]] virtual const State& state() const = 0;
    /// The end of the log likewise.
    [[nodiscard]] virtual Cursor log_end() const = 0;

    /// Changes when the log was lost or restored: devices start again at 0.
    [[nodiscard]] virtual Result<std::string> log_epoch() = 0;
    [[nodiscard]] virtual Result<ChainEnd> chain_of(const DeviceId& device, std::uint32_t epoch) = 0;
    /// Nothing when the log is shorter.
    [[nodiscard]] virtual Result<std::optional<crypto::Hash>> log_hash_at(std::uint64_t seq) = 0;
    [[nodiscard]] virtual Result<std::vector<LoggedFact>> log_after(std::uint64_t seq, std::size_t limit) = 0;

    /// All in one transaction, each with its own result. An error says nothing of whether the push was taken:
    /// a repeat gets the stored outcomes.
    [[nodiscard]] virtual std::vector<Result<PushResult>> take_pushes(std::span<const DevicePush> pushes) = 0;

    [[nodiscard]] virtual Result<std::optional<std::string>> setting(std::string_view key) = 0;
    /// Reads, changes and writes a setting while nobody else does. `change` may be called again when it came
    /// to nothing; its error is the answer and leaves the setting as it is.
    using Change = std::function<Result<std::string>(const std::optional<std::string>& now)>;
    [[nodiscard]] virtual Result<> revise(std::string_view key, const Change& change) = 0;

    /// Takes in what other nodes wrote.
    [[nodiscard]] virtual Result<> follow() = 0;
    /// Changes whenever another node may have changed a setting that this one has read.
    [[nodiscard]] virtual std::uint64_t settings_version() const = 0;
    /// `wake` is called, on any thread, when another node wrote something. Nothing: no more.
    virtual void on_news(std::function<void()> wake) = 0;

    /// Opened from their sealed records; what rules decide by is the log's word, not the record's.
    [[nodiscard]] virtual Result<std::optional<Person>> person(const DelegateId& id) = 0;
    [[nodiscard]] virtual Result<> each_person(const std::function<void(const Person&)>& visit) = 0;
    /// A fact of the registry's own, without a record; refused when the rules do not accept it.
    [[nodiscard]] virtual Result<> record(const Body& fact, const std::string& by) = 0;

    /// Facts about many people with their records, in one transaction. No other write until the object is
    /// gone; other nodes wait.
    [[nodiscard]] virtual Result<std::unique_ptr<Intake>> take_in(const std::string& actor) = 0;
    /// Whether a write would be taken now: a disk may be full, or gone read-only.
    [[nodiscard]] virtual Result<> try_write(WallTime now) = 0;

    /// The end of an event (sync/store/event_end.hpp).
    struct Erased {
        ErasureCertificate certificate;
        std::string json; ///< the same, as signed
    };
    [[nodiscard]] virtual Result<> close_event(const std::string& by) = 0;
    [[nodiscard]] virtual Result<std::optional<WallTime>> erase_due() = 0;
    [[nodiscard]] virtual Result<Erased> erase_event(const EraseWish& wish, WallTime now) = 0;
    [[nodiscard]] virtual Result<> erase_person(const DelegateId& id, const std::string& by) = 0;

    /// Copies all to a new file; refused where that is not the registry's business.
    [[nodiscard]] virtual Result<> backup_to(const std::filesystem::path& file) = 0;
};

} // namespace montbrillant::registry
