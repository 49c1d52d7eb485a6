// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The only database of a device: hash-chained journal, projection, sealed records, print jobs and unlock
/// intents. One process owns a folder (flock); one thread owns the object.
///
/// Two kinds of owner, told apart by `Identity::authority`:
///  - a *device* (kiosk): its facts wait without `seq` until they come back in a pull. `confirmed()` is what
///  the
///    registry has ordered, `view()` lies over it with the own facts still on their way. Only the confirmed
///    projection is on disk; the overlay is rebuilt at start-up from the waiting facts.
///  - the *authority* (the registry, or a folder on its own): every fact gets its `seq` at once.
///
/// Durability: journal row, projection and outgoing job in one BEGIN IMMEDIATE ... COMMIT, WAL,
/// synchronous=FULL. What a call returned is on disk. Keys are durable before anything sealed under them.

#include "sync/base/clock.hpp"
#include "sync/base/files.hpp"
#include "sync/base/random.hpp"
#include "sync/base/sqlite.hpp"
#include "sync/domain/rules.hpp"
#include "sync/store/keys.hpp"
#include "sync/store/print_jobs.hpp"
#include "sync/store/unlock_intents.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <unordered_map>

namespace montbrillant {

/// Who this folder is. Written once, by `event load` (authority) or enrolment (device).
struct Identity {
    DeviceId device;
    EventId event;
    bool authority = false;
    std::uint32_t epoch = 1;
    std::string registry_url;  ///< device only
    std::string event_profile; ///< the TOML text itself
};

/// A fact as it travels: the exact bytes, its place in its device's chain, and the sealed record beside it.
struct StoredFact {
    DeviceId device;
    std::uint32_t epoch = 1;
    std::uint64_t counter{};
    std::string bytes;
    crypto::Hash previous{};
    crypto::Hash hash{};
    std::optional<SealedRecord> record;
};

/// A fact of the registry's log, as pulled.
struct LoggedFact {
    std::uint64_t seq{};
    crypto::Hash log_hash{}; ///< BLAKE2b(log hash of seq-1 ‖ fact hash)
    Outcome outcome;
    StoredFact fact;
};

/// Where a device stands in the registry's log.
struct Cursor {
    std::uint64_t seq{};
    crypto::Hash log_hash{};
};

/// A wish that became facts: committed together or not at all.
struct Draft {
    std::vector<Body> facts;
    std::string actor;
    /// Of facts that register, amend or correct a person: for each such fact its own, in the facts' order.
    std::vector<Person> records;
    std::map<std::string, std::string> settings; ///< written in the same transaction
    /// A fact that loses to an earlier claim opens its task instead of refusing the whole draft.
    bool tasks_allowed = false;
};

class Store {
public:
    struct Options {
        std::filesystem::path folder;
        std::string file_name = "montbrillant.db";
        sqlite::Database::Options database{};
        KeyAccess keys{}; ///< opens the event's keys where they are wrapped, and wraps new ones
    };
    /// Makes the folder (0700) and the file when absent, migrates, loads the projection, re-applies waiting
    /// facts. Refuses a newer schema and a folder held by another process, in words.
    [[nodiscard]] static Result<Store> open(const Options& options, Clock& clock, Random& random);

    [[nodiscard]] const std::optional<Identity>& identity() const { return identity_; }
    /// Once per folder. `keys` become durable first.
    [[nodiscard]] Result<> initialise(const Identity& identity, const EventKeys& keys);
    [[nodiscard]] Result<> set_registry_url(const std::string& url);
    [[nodiscard]] Result<> set_event_profile(const std::string& text);
    [[nodiscard]] const EventKeys& keys() const { return keys_->event(); }
    /// For how keys rest, and for who may open them.
    [[nodiscard]] KeyStore& key_store() { return *keys_; }

    [[nodiscard]] const State& view() const
    {
        return identity_ && identity_->authority ? *confirmed_ : *view_;
    }
    [[nodiscard]] const State& confirmed() const { return *confirmed_; }

    /// Admits each fact on a scratch layer, then writes all in one transaction. A fact that its own rules do
    /// not accept refuses the whole draft. A queued print makes its job row in the same transaction (rule 1).
    [[nodiscard]] Result<std::vector<Fact>> commit(const Draft& draft);

    /// Persons, opened from their sealed records; what rules decide by is the view's word, not the record's.
    [[nodiscard]] Result<std::optional<Person>> person(const DelegateId& id);
    [[nodiscard]] Result<> each_person(const std::function<void(const Person&)>& visit);
    /// The record of a claim that lost (`RecordFate::proposed`), until its conflict is resolved.
    [[nodiscard]] Result<std::optional<Person>> proposal(const FactId& conflict);

    // --- device side of sync ------------------------------------------------------------------------------
    /// Own facts the registry may not have, oldest first: counters after `after`, at most `limit`.
    [[nodiscard]] Result<std::vector<StoredFact>> own_facts_after(std::uint64_t after, std::size_t limit);
    [[nodiscard]] std::uint64_t own_counter() const { return counter_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    [[nodiscard]] Cursor cursor() const { return cursor_; }
    /// Rows and cursor in one transaction; rebuilds the view. A row that does not follow the cursor, breaks a
    /// hash, names another fact than its bytes, or is another fact than the own one of its counter (a copied
    /// folder) refuses the whole page. A fact of a newer program is kept without effect. Returns the ids of
    /// delegates whose records came.
    [[nodiscard]] Result<std::vector<DelegateId>> take_page(std::span<const LoggedFact> page);
    /// The registry lost its log (new log epoch): forget the confirmed side, keep own facts, start at 0.
    [[nodiscard]] Result<> reset_log();
    [[nodiscard]] Result<std::string> log_epoch();
    [[nodiscard]] Result<> set_log_epoch(const std::string& epoch);

    // --- authority side of sync ---------------------------------------------------------------------------
    struct PushAnswer {
        std::uint64_t counter{};
        std::uint64_t seq{};
        Outcome outcome;
    };
    struct PushResult {
        std::vector<PushAnswer> answers;
        std::optional<std::uint64_t> expect; ///< a gap: the counter wanted next
        bool fork = false;                   ///< same counter, other hash: a cloned or restored disk
    };
    /// One transaction for the whole batch: a repeated counter gets its stored outcome, a gap ends the batch.
    [[nodiscard]] Result<PushResult> take_push(const DeviceId& device, std::uint32_t epoch,
                                               std::span<const StoredFact> facts);
    [[nodiscard]] Result<std::vector<LoggedFact>> log_after(std::uint64_t seq, std::size_t limit);
    [[nodiscard]] std::uint64_t log_head() const { return head_.seq; }
    /// The end of a device's chain as this folder has it; counter 0 when there is none.
    struct Chain {
        std::uint64_t counter{};
        crypto::Hash hash{};
    };
    [[nodiscard]] Result<Chain> chain_of(const DeviceId& device, std::uint32_t epoch);
    /// The log hash at `seq`, nothing when the log is shorter.
    [[nodiscard]] Result<std::optional<crypto::Hash>> log_hash_at(std::uint64_t seq);

    // --- the rest -----------------------------------------------------------------------------------------
    [[nodiscard]] PrintJobs& print_jobs() { return *print_jobs_; }
    [[nodiscard]] UnlockIntents& unlock_intents() { return *unlock_intents_; }
    [[nodiscard]] Result<std::optional<std::string>> setting(std::string_view key);
    [[nodiscard]] Result<> set_setting(std::string_view key, std::string_view value);
    /// Number of the first broken link and which device's chain, or nothing: every link holds, and so does
    /// the chain of the log over the rows that have a place in it.
    struct BrokenLink {
        DeviceId device;
        std::uint64_t counter{};
        std::string why;
    };
    [[nodiscard]] Result<std::optional<BrokenLink>> verify_journal();
    struct JournalRow {
        std::optional<std::uint64_t> seq;
        std::string verdict;
        std::string bytes;
    };
    /// The last `limit` rows, oldest first; all with 0.
    [[nodiscard]] Result<std::vector<JournalRow>> journal(std::size_t limit);
    [[nodiscard]] Result<> backup_to(const std::filesystem::path& file) { return database_->backup_to(file); }

private:
    struct Waiting {
        std::uint64_t counter{};
        Fact fact;
    };

    Store(FileLock lock, std::unique_ptr<sqlite::Database> database, std::unique_ptr<KeyStore> keys,
          Clock& clock, Random& random);
    [[nodiscard]] Result<> load();
    [[nodiscard]] Result<> load_identity();
    [[nodiscard]] Result<> load_projection();
    [[nodiscard]] Result<> load_waiting();
    struct Row {
        const StoredFact* fact;
        std::string_view id;
        std::string_view kind;
        std::optional<std::uint64_t> seq;
        Outcome outcome;
        crypto::Hash log_hash{};
    };
    [[nodiscard]] Result<> insert_row(const Row& row);
    [[nodiscard]] Result<> write_entities(const State& state, std::span<const EntityKey> changes);
    [[nodiscard]] Result<> write_record(const SealedRecord& record);
    [[nodiscard]] Result<> write_own_record(const SealedRecord& record, std::uint64_t counter);
    [[nodiscard]] Result<> write_proposal(const FactId& conflict, const SealedRecord& record);
    [[nodiscard]] Result<> write_by_fate(const Fact& fact, const Outcome& outcome,
                                         const SealedRecord& record);
    [[nodiscard]] Result<> settle_proposal(const State& before, const Fact& fact);
    [[nodiscard]] Result<std::optional<SealedRecord>> read_record(const DelegateId& id);
    [[nodiscard]] Result<std::optional<SealedRecord>> read_proposal(const FactId& conflict);
    [[nodiscard]] Result<std::optional<SealedRecord>> first_record(sqlite::Statement& select);
    [[nodiscard]] Result<Person> open_person(const SealedRecord& record) const;
    /// Facts of a draft, admitted one after the other.
    struct Admitted {
        std::vector<Fact> facts;
        std::vector<Outcome> outcomes;
        std::vector<StoredFact> rows;
        std::vector<EntityKey> changes;
        Chain chain;
    };
    [[nodiscard]] Result<Admitted> admit_draft(const Draft& draft, State& scratch);
    [[nodiscard]] Result<> write_draft_records(const Admitted& draft, std::vector<SealedRecord> records);
    [[nodiscard]] Result<> write_side_effects(std::span<const Fact> facts, const State& after);
    struct Taken {
        std::vector<DelegateId> records;
        std::set<std::uint64_t> own;
    };
    [[nodiscard]] Result<> take_logged(const LoggedFact& row, Taken& taken);
    [[nodiscard]] Result<std::optional<Fact>> check_logged(const LoggedFact& row) const;
    [[nodiscard]] Result<> confirm_own(const LoggedFact& row);
    [[nodiscard]] Result<std::optional<PushAnswer>> stored_answer(const StoredFact& fact, bool& fork);
    [[nodiscard]] Result<std::optional<BrokenLink>> verify_chains();
    [[nodiscard]] Result<std::optional<BrokenLink>> verify_log();
    [[nodiscard]] Result<> reload();
    enum class Side { any, device, authority };
    [[nodiscard]] Result<> require(Side side) const;
    void rebuild_view();
    [[nodiscard]] StoredFact seal_link(const Fact& fact, Chain& chain) const;

    FileLock lock_;
    std::unique_ptr<sqlite::Database> database_;
    std::unique_ptr<KeyStore> keys_;
    Clock* clock_;
    Random* random_;
    std::unique_ptr<PrintJobs> print_jobs_;
    std::unique_ptr<UnlockIntents> unlock_intents_;
    std::map<std::string, sqlite::Statement, std::less<>> statements_;
    [[nodiscard]] Result<sqlite::Statement*> statement(std::string_view sql);

    std::optional<Identity> identity_;
    std::unique_ptr<State> confirmed_;
    std::unique_ptr<State> view_;
    std::vector<Waiting> waiting_;
    std::uint64_t counter_ = 0;
    crypto::Hash chain_{};
    Cursor cursor_; ///< device: pulled so far
    Cursor head_;   ///< authority: end of the log
};

} // namespace montbrillant
