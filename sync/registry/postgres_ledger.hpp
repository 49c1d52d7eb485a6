// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A registry's log in a PostgreSQL database that several nodes serve at the same time. A node keeps nothing
/// of its own but the event's keys: any of them may die at any moment.
///
/// One order. A node that has pushes takes the writers' lock, reads what others wrote since its last look,
/// admits, inserts and commits, all in one transaction on one connection; the lock ends with the transaction.
/// So there is one sequencer at a time and no gap in `seq`; a lost connection loses lock and transaction
/// together, and a commit whose answer was lost is found by the next look at the log.
///
/// Following. Each node has the State of the log in memory. It reads on when it is notified, once a second,
/// and before it writes. When the row at its own head is another (a database restored under it), it starts
/// anew.
///
/// Keys. `event.key` lies in the node's key folder (0600, or under a passphrase), never in the database; the
/// operator copies it from the first node to each other. `keys.db` beside it remembers who was erased, out of
/// reach of every dump. The database holds a text sealed by the master: a node with other keys is refused.

#include "sync/base/random.hpp"
#include "sync/registry/ledger.hpp"
#include "sync/registry/postgres_schema.hpp"
#include "sync/registry/postgres_watch.hpp"

#include <atomic>
#include <map>
#include <set>
#include <unordered_map>

namespace montbrillant::registry {

class PostgresLedger final : public Ledger {
public:
    struct Options {
        postgres::Connection::Options connection;
        std::filesystem::path key_folder;
        KeyAccess keys{};
        std::string event_file; ///< not empty: makes an empty database this event's, or updates the profile
        std::string event_profile; ///< its text
        EventId event;
    };
    [[nodiscard]] static Result<std::unique_ptr<PostgresLedger>> open(const Options& options, Clock& clock,
                                                                      Random& random);

    [[nodiscard]] const Identity& identity() const override { return identity_; }
    [[nodiscard]] KeyStore& key_store() override { return *keys_; }
    [[nodiscard]] const State& state() const override { return *state_; }
    [[nodiscard]] Cursor log_end() const override { return head_; }
    [[nodiscard]] Result<std::string> log_epoch() override { return log_epoch_; }
    [[nodiscard]] Result<ChainEnd> chain_of(const DeviceId& device, std::uint32_t epoch) override;
    [[nodiscard]] Result<std::optional<crypto::Hash>> log_hash_at(std::uint64_t seq) override;
    [[nodiscard]] Result<std::vector<LoggedFact>> log_after(std::uint64_t seq, std::size_t limit) override;
    [[nodiscard]] std::vector<Result<PushResult>> take_pushes(std::span<const DevicePush> pushes) override;
    [[nodiscard]] Result<std::optional<std::string>> setting(std::string_view key) override;
    [[nodiscard]] Result<> revise(std::string_view key, const Change& change) override;
    [[nodiscard]] Result<> follow() override;
    [[nodiscard]] std::uint64_t settings_version() const override { return settings_version_; }
    void on_news(std::function<void()> wake) override;
    [[nodiscard]] Result<std::optional<Person>> person(const DelegateId& id) override;
    [[nodiscard]] Result<> each_person(const std::function<void(const Person&)>& visit) override;
    [[nodiscard]] Result<> record(const Body& fact, const std::string& by) override;
    [[nodiscard]] Result<std::unique_ptr<Intake>> take_in(const std::string& actor) override;
    [[nodiscard]] Result<> try_write(WallTime now) override;
    [[nodiscard]] Result<> close_event(const std::string& by) override;
    [[nodiscard]] Result<std::optional<WallTime>> erase_due() override;
    [[nodiscard]] Result<Erased> erase_event(const EraseWish& wish, WallTime now) override;
    [[nodiscard]] Result<> erase_person(const DelegateId& id, const std::string& by) override;
    [[nodiscard]] Result<> backup_to(const std::filesystem::path& file) override;

    /// A registry's folder (nobody runs on it) into an empty database and key folder: the same log under the
    /// same epoch, so that devices notice nothing. All or nothing. Gives the head of the log.
    [[nodiscard]] static Result<std::uint64_t> copy(const Options& options, Store& from, Clock& clock,
                                                    Random& random);

    /// After the database was put back from a dump: a new log epoch, so that devices send again what the dump
    /// lacks, and whoever was erased since is erased again.
    [[nodiscard]] Result<> declare_restored();

private:
    class PeopleIntake;
    class Rows;
    class Turn;
    using ChainKey = std::pair<DeviceId, std::uint32_t>;

    static constexpr std::string_view setting_event = "identity.event";
    static constexpr std::string_view setting_profile = "identity.event_profile";
    static constexpr std::string_view setting_key_check = "identity.key_check";
    static constexpr std::string_view setting_log_epoch = "log_epoch";

    PostgresLedger(const Options& options, std::unique_ptr<KeyStore> keys, Clock& clock, Random& random);
    /// Connected, the tables made; nothing read.
    [[nodiscard]] static Result<std::unique_ptr<PostgresLedger>> prepare(const Options& options, Clock& clock,
                                                                         Random& random);
    [[nodiscard]] Result<> initialise();
    [[nodiscard]] Result<> update_profile();
    [[nodiscard]] Bytes seal_key_check(const EventId& event) const;
    [[nodiscard]] Result<> copy_keys(Store& from);
    [[nodiscard]] Result<> copy_settings(Store& from);
    [[nodiscard]] Result<> identify(const std::map<std::string, std::string>& settings);
    [[nodiscard]] Result<> check_keys(const std::map<std::string, std::string>& settings);
    [[nodiscard]] Result<> load();
    [[nodiscard]] Result<> replay_all();
    [[nodiscard]] Result<> finish_erasures();

    [[nodiscard]] Result<postgres::Connection*> connection();
    /// A read, once more on a new connection when the old one was lost.
    [[nodiscard]] Result<postgres::Rows> read(std::string_view sql, const postgres::Values& values);

    void queue_news(postgres::Connection& connection) const;
    enum class Seen { all, more, another_log };
    [[nodiscard]] Result<Seen> take_news(std::span<const postgres::Rows> results);
    [[nodiscard]] Result<> replay(const LoggedFact& logged);

    [[nodiscard]] Result<std::vector<PushResult>> attempt(std::span<const DevicePush> pushes);
    void queue_entities(postgres::Connection& connection, const State& state,
                        std::span<const EntityKey> keys) const;
    [[nodiscard]] Result<> take_over(Ordering& ordering, const Rows& rows);
    [[nodiscard]] Result<> write_projection(Turn& turn, const std::set<EntityKey>& touched);
    [[nodiscard]] Result<std::optional<SealedRecord>> record_of(const DelegateId& id);
    [[nodiscard]] Result<std::optional<SealedRecord>> proposal_of(const FactId& conflict);
    [[nodiscard]] Result<Person> open_person(const SealedRecord& record) const;
    [[nodiscard]] Result<Outcome> attempt_own(const Body& body, const std::string& by,
                                              std::optional<StoredFact>& tried);
    [[nodiscard]] Result<> attempt_change(std::string_view key, const Change& change);
    void vacuum();

    struct Evidence; ///< kept from before an erasure, to try afterwards
    [[nodiscard]] Result<Evidence> evidence();
    [[nodiscard]] Result<> dump_rows(const std::filesystem::path& file);
    [[nodiscard]] Result<> check_erasure(Evidence& before);
    [[nodiscard]] Result<> describe_erasure(ErasureCertificate& certificate, const EraseWish& wish);

    Options options_;
    std::unique_ptr<KeyStore> keys_;
    Clock* clock_;
    Random* random_;
    std::optional<postgres::Connection> connection_;
    std::optional<Error> why_not_; ///< of the last attempt to connect
    MonoTime again_at_;            ///< not before
    bool in_turn_ = false;         ///< a transaction is open: no other connection may take its place
    Identity identity_;
    std::unique_ptr<State> state_;
    Cursor head_;
    std::atomic<std::uint64_t> followed_{0}; ///< the head once more, for the watch
    bool whole_ = true;                      ///< false: reading the log ended early, it is read again first
    bool erasures_ = false;                  ///< some were read and are not carried out here yet
    std::set<EntityKey>* touched_ = nullptr; ///< told what changes while all is replayed
    std::map<ChainKey, ChainEnd> chains_;    ///< of devices that this node met
    std::string log_epoch_;
    std::string kinds_; ///< "projection.kinds" as last seen
    std::uint64_t settings_version_ = 0;
    std::unique_ptr<PostgresWatch> watch_;
};

} // namespace montbrillant::registry
