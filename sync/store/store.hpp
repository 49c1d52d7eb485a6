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
/// Durability: journal row, outgoing job and all that is no fact in one BEGIN IMMEDIATE ... COMMIT, WAL,
/// synchronous=FULL. What a call returned is on disk. Rows of the projection, which the facts give again,
/// follow in steps (projection.cpp). Keys are durable before anything sealed under them.

#include "sync/base/clock.hpp"
#include "sync/base/files.hpp"
#include "sync/base/random.hpp"
#include "sync/base/sqlite.hpp"
#include "sync/domain/rules.hpp"
#include "sync/store/erasure.hpp"
#include "sync/store/keys.hpp"
#include "sync/store/ordering.hpp"
#include "sync/store/page_scan.hpp"
#include "sync/store/print_jobs.hpp"
#include "sync/store/row_sum.hpp"
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
    friend bool operator==(const Identity&, const Identity&) = default;
};

/// A fact of the registry's log, as pulled.
struct LoggedFact {
    std::uint64_t seq{};
    crypto::Hash log_hash{}; ///< see Cursor
    Outcome outcome;
    StoredFact fact;
};

/// Rows that follow each other and a place, and are what they say; over rows that outlive it.
struct CheckedPage {
    Cursor from;
    std::span<const LoggedFact> rows;
    std::vector<std::optional<Fact>> facts; ///< of each row; nothing: of a newer program
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
    using Chain = ChainEnd;
    struct Options {
        std::filesystem::path folder;
        std::string file_name = "montbrillant.db";
        sqlite::Database::Options database{};
        KeyAccess keys{}; ///< opens the event's keys where they are wrapped, and wraps new ones
    };
    /// Makes the folder (0700) and the file when absent, migrates, loads the projection, re-applies waiting
    /// facts. Refuses a newer schema and a folder held by another process, in words. A damaged file of a
    /// device is set aside and rebuilt, that of an authority is refused: see recovery.hpp.
    [[nodiscard]] static Result<Store> open(const Options& options, Clock& clock, Random& random);
    /// Whether the database is whole as far as opening it tells. The caller holds the folder.
    [[nodiscard]] static Result<> examine(const Options& options);

    /// `Error::where` of what rows and pages, and not SQLite, show to be damaged.
    static constexpr std::string_view journal_is_damaged = damage_mark;
    /// The registry that a device belongs to, as it names itself.
    static constexpr std::string_view setting_registry_id = "sync.registry_id";
    static constexpr std::string_view setting_kinds = "projection.kinds";
    static constexpr std::string_view setting_total = "projection.total";
    static constexpr std::string_view setting_place = "projection.seq"; ///< the place that the rows show
    static constexpr std::string_view setting_pull_first = "recovery.pull_first";

    [[nodiscard]] const std::optional<Identity>& identity() const { return identity_; }
    /// Once per folder. `keys` become durable first.
    [[nodiscard]] Result<> initialise(const Identity& identity, const EventKeys& keys);
    [[nodiscard]] Result<> set_registry_url(const std::string& url);
    [[nodiscard]] Result<> set_event_profile(const std::string& text);
    [[nodiscard]] const EventKeys& keys() const { return keys_->event(); }
    /// Where all of it rests.
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    /// For how keys rest, and for who may open them.
    [[nodiscard]] KeyStore& key_store() { return *keys_; }

    [[nodiscard]] const State& view() const
    {
        if (identity_ && identity_->authority)
            return *confirmed_;
        return remembered_ ? *remembered_ : *view_;
    }
    [[nodiscard]] const State& confirmed() const { return *confirmed_; }
    /// The log is taken anew (`reset_log`); until it is whole, `view()` is what was shown before, and what
    /// this device added since. Not after a restart.
    [[nodiscard]] bool shows_older_log() const { return remembered_ != nullptr; }

    /// Admits each fact on a scratch layer, then writes all in one transaction. A fact that its own rules do
    /// not accept refuses the whole draft. A queued print makes its job row in the same transaction (rule 1).
    [[nodiscard]] Result<std::vector<Fact>> commit(const Draft& draft);

    /// Persons, opened from their sealed records; what rules decide by is the view's word, not the record's.
    [[nodiscard]] Result<std::optional<Person>> person(const DelegateId& id);
    [[nodiscard]] Result<> each_person(const std::function<void(const Person&)>& visit);
    /// The same unopened, of all or of these; whom nobody can read any more is left out. Of these, one whose
    /// key is damaged is an error at the end, when all others were visited.
    [[nodiscard]] Result<> each_sealed(const std::function<void(SealedPerson)>& visit);
    [[nodiscard]] Result<> each_sealed(std::span<const DelegateId> people,
                                       const std::function<void(SealedPerson)>& visit);
    /// The record of a claim that lost (`RecordFate::proposed`), until its conflict is resolved.
    [[nodiscard]] Result<std::optional<Person>> proposal(const FactId& conflict);

    // --- device side of sync ------------------------------------------------------------------------------
    /// Own facts the registry may not have, oldest first: counters after `after`, at most `limit`.
    [[nodiscard]] Result<std::vector<StoredFact>> own_facts_after(std::uint64_t after, std::size_t limit);
    [[nodiscard]] std::uint64_t own_counter() const { return counter_; }
    [[nodiscard]] Chain own_chain() const { return {counter_, chain_}; }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    [[nodiscard]] Cursor cursor() const { return cursor_; }
    /// Rows and cursor in one transaction; rebuilds the view. A row that does not follow the cursor, breaks a
    /// hash, names another fact than its bytes, or is another fact than the own one of its counter (a copied
    /// folder) refuses the whole page. A fact of a newer program is kept without effect. Returns the ids of
    /// delegates whose records came, or were chosen where two claims disagreed.
    [[nodiscard]] Result<std::vector<DelegateId>> take_page(std::span<const LoggedFact> page);
    /// The same in two steps; the first, which needs no store, on any thread.
    [[nodiscard]] static Result<CheckedPage> check_page(const Cursor& from, std::span<const LoggedFact> rows);
    [[nodiscard]] Result<std::vector<DelegateId>> take_checked(const CheckedPage& page);
    using Came = std::function<void(SealedPerson)>;
    /// Within `take_page`, once the page is durable, `came` gets those whose record came, as `each_sealed`
    /// would give them: from memory, since reading 100,000 of them back is a sixth of a first start. It must
    /// not call the store. One hears at a time, for as long as it lives.
    void hear_who_comes(const std::shared_ptr<const Came>& came) { came_ = came; }
    /// The registry lost its log (new log epoch): forget the confirmed side, keep own facts, start at 0.
    /// People wait at this device meanwhile: `view()` stays as it is until `reached_log_end`, or somebody's
    /// erasure.
    [[nodiscard]] Result<> reset_log();
    /// The pull has reached the end of the registry's log. After a rebuild (recovery.hpp) own facts that were
    /// saved behind a gap now join the chain, with new numbers if need be, and facts may be recorded again.
    [[nodiscard]] Result<> reached_log_end();
    /// A rebuilt device that has not heard from its registry yet: it commits nothing.
    [[nodiscard]] bool must_pull_first() const { return pull_first_; }
    [[nodiscard]] Result<std::string> log_epoch();
    [[nodiscard]] Result<> set_log_epoch(const std::string& epoch);

    // --- authority side of sync ---------------------------------------------------------------------------
    using PushAnswer = montbrillant::PushAnswer;
    using PushResult = montbrillant::PushResult;
    /// All in one transaction and so with one sync of the disk, each with its own result (ordering.hpp). An
    /// error is everybody's: nothing was taken.
    [[nodiscard]] Result<std::vector<PushResult>> take_pushes(std::span<const DevicePush> pushes);
    [[nodiscard]] Result<PushResult> take_push(const DeviceId& device, std::uint32_t epoch,
                                               std::span<const StoredFact> facts);
    [[nodiscard]] Result<std::vector<LoggedFact>> log_after(std::uint64_t seq, std::size_t limit);
    [[nodiscard]] std::uint64_t log_head() const { return head_.seq; }
    /// The end of the log as this folder has it.
    [[nodiscard]] Cursor log_end() const { return head_; }
    [[nodiscard]] Result<Chain> chain_of(const DeviceId& device, std::uint32_t epoch);
    /// The log hash at `seq`, nothing when the log is shorter.
    [[nodiscard]] Result<std::optional<crypto::Hash>> log_hash_at(std::uint64_t seq);

    // --- erasure ------------------------------------------------------------------------------------------
    /// Facts of erasure, wherever they come from, are carried out before the call that took them returns:
    /// keys, sealed records and files of a file: printer are gone and stand in no write-ahead log.
    [[nodiscard]] bool is_erased(const DelegateId& id) const;
    /// Of an erased event, as written into the folder; nothing before.
    [[nodiscard]] Result<std::optional<std::string>> certificate();
    /// A device keeps nobody's keys or records any longer, without a fact: it must be enrolled again.
    [[nodiscard]] Result<> give_up_keys();
    /// The same of a device that was revoked: its own key goes too.
    [[nodiscard]] Result<> give_up_device();
    /// When the registry was heard last, by this device's clock; 0: never. Kept to about an hour.
    [[nodiscard]] WallTime last_heard() const { return last_heard_; }
    [[nodiscard]] Result<> heard_registry();

    // --- the rest -----------------------------------------------------------------------------------------
    [[nodiscard]] PrintJobs& print_jobs() { return *print_jobs_; }
    [[nodiscard]] UnlockIntents& unlock_intents() { return *unlock_intents_; }
    [[nodiscard]] Result<std::optional<std::string>> setting(std::string_view key);
    [[nodiscard]] Result<> set_setting(std::string_view key, std::string_view value);
    /// The first broken link and whose chain it is in; counter 0: the projection is not what the facts say.
    struct BrokenLink {
        DeviceId device;
        std::uint64_t counter{};
        std::string why;
    };
    /// Reads everything: each device's chain, the chain of the log, each outcome's sum, and whether the facts
    /// played again from the first give the projection. Nothing: all of it holds.
    ///
    /// Sees any byte changed, a row removed, put in or moved, an outcome or a projection changed. Does not
    /// see: the end of the journal cut off together with what it did to the projection (the registry knows
    /// each device's last fact and says so at the next sync), nor a journal whose every hash was computed
    /// anew (its head is then another than the registry has).
    [[nodiscard]] Result<std::optional<BrokenLink>> verify_journal();
    static constexpr std::string_view unreadable = "unreadable"; ///< kind of a row that nobody could read
    struct JournalRow {
        std::optional<std::uint64_t> seq;
        std::string verdict; ///< or "waiting"
        std::string conflict;
        std::string reason;
        DeviceId device;
        std::uint32_t epoch{};
        std::uint64_t counter{};
        std::string bytes;
        Bytes previous;
        Bytes hash;
        Bytes log_hash; ///< empty while it waits
    };
    /// Brings the rows of the projection to the end of the log: for whoever looks at the file itself.
    [[nodiscard]] Result<> write_projection();
    /// The last `limit` rows, oldest first; all with 0.
    [[nodiscard]] Result<std::vector<JournalRow>> journal(std::size_t limit);
    /// Every row, one in memory at a time: the log in its order, then what waits. Ends at `visit`'s error.
    [[nodiscard]] Result<> each_journal_row(const std::function<Result<>(const JournalRow&)>& visit);
    [[nodiscard]] Result<> backup_to(const std::filesystem::path& file) { return database_->backup_to(file); }

private:
    friend class StoreIntake; ///< many facts as one transaction
    struct Waiting {
        std::uint64_t counter{};
        Fact fact;
    };

    Store(std::shared_ptr<FileLock> lock, const Options& options, std::unique_ptr<sqlite::Database> database,
          std::unique_ptr<KeyStore> keys, Clock& clock, Random& random);
    [[nodiscard]] static Result<Store> open_held(std::shared_ptr<FileLock> lock, const Options& options,
                                                 Clock& clock, Random& random);
    [[nodiscard]] static Result<sqlite::Database> open_database(const Options& options);
    [[nodiscard]] Result<> keep_identity();
    [[nodiscard]] Result<> ask_for_lost_keys();
    [[nodiscard]] Result<> load();
    [[nodiscard]] Result<> load_identity();
    [[nodiscard]] Result<> load_waiting();
    [[nodiscard]] Result<> count_rows();
    struct Row {
        const StoredFact* fact;
        std::string_view id;
        std::string_view kind;
        std::optional<std::uint64_t> seq;
        Outcome outcome;
        crypto::Hash log_hash{};
    };
    [[nodiscard]] static std::string_view conflict_name(const Outcome& outcome);
    [[nodiscard]] static RowSum sum_of(const crypto::Hash& log_hash, const Outcome& outcome);
    [[nodiscard]] Result<> insert_row(const Row& row);
    // projection.cpp
    /// What a transaction did to `confirmed()`, and how far in the log it came.
    struct Step {
        std::span<const EntityKey> changes;
        std::uint64_t seq{};
        bool at_once = false; ///< the rows may not wait
    };
    /// Inside the transaction; `after` lies over `confirmed()`. Whether rows were written, for `projected`.
    [[nodiscard]] Result<bool> project(const State& after, const Step& step);
    /// Once the transaction is durable.
    void projected(bool written, const Step& step);
    [[nodiscard]] Result<> write_entities(const State& state, std::span<const EntityKey> changes);
    [[nodiscard]] Result<> write_place(std::uint64_t seq);
    [[nodiscard]] Result<RowSum> projection_total();
    [[nodiscard]] Result<> load_projection();
    [[nodiscard]] Result<bool> read_projection();
    [[nodiscard]] Result<bool> catch_up();
    [[nodiscard]] Result<> rebuild_projection();
    [[nodiscard]] Result<> forget_projection();
    [[nodiscard]] Result<std::optional<BrokenLink>> verify_projection();
    [[nodiscard]] Result<std::optional<BrokenLink>> play(Cursor& place, State& state,
                                                         std::vector<EntityKey>& changes);
    [[nodiscard]] Result<> write_record(const SealedRecord& record);
    [[nodiscard]] Result<> write_own_record(const SealedRecord& record, std::uint64_t counter);
    [[nodiscard]] Result<> write_proposal(const FactId& conflict, const SealedRecord& record);
    [[nodiscard]] Result<> write_by_fate(const Fact& fact, const Outcome& outcome,
                                         const SealedRecord& record);
    [[nodiscard]] Result<> settle_proposal(const State& before, const Fact& fact);
    [[nodiscard]] Result<> settle_proposal(const FactId& conflict, bool promoted);
    [[nodiscard]] Result<std::optional<SealedRecord>> read_record(const DelegateId& id);
    [[nodiscard]] Result<std::optional<SealedRecord>> read_proposal(const FactId& conflict);
    [[nodiscard]] Result<std::optional<SealedRecord>> first_record(sqlite::Statement& select);
    [[nodiscard]] Result<SealedPerson> with_view(SealedRecord record) const;
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
    struct Evidence;
    [[nodiscard]] Result<> finish_erasures();
    /// People whose erasure is still to be carried out; everybody, when it is the event's.
    [[nodiscard]] std::vector<DelegateId> erased_now() const;
    [[nodiscard]] Result<> forget(const std::vector<DelegateId>& people);
    [[nodiscard]] Result<std::vector<std::string>> destroy_sheets(const std::set<DelegateId>& people);
    [[nodiscard]] Result<> wipe_event();
    [[nodiscard]] Result<std::vector<std::string>> wipe_secrets();
    [[nodiscard]] Result<Evidence> evidence();
    [[nodiscard]] Result<> check_erasure(Evidence& before);
    [[nodiscard]] Result<> describe_erasure(ErasureCertificate& certificate);
    [[nodiscard]] Result<> write_side_effects(std::span<const Fact> facts, const State& after);
    /// What a page brings, over the confirmed state.
    struct Taken {
        Cursor place;
        State state;
        std::vector<EntityKey> changes;
        std::vector<DelegateId> records;          ///< whose came or changed
        std::vector<const SealedRecord*> current; ///< as the page has them
        bool read_back = false;                   ///< somebody's is another one than the page has
        std::set<std::uint64_t> own;
        bool erasures = false;
    };
    [[nodiscard]] Result<> take_logged(const LoggedFact& row, const std::optional<Fact>& fact, Taken& taken);
    [[nodiscard]] static Result<std::optional<Fact>> check_logged(const LoggedFact& row, const Cursor& place);
    [[nodiscard]] Result<> confirm_own(const LoggedFact& row);
    [[nodiscard]] Result<> tell_who_came(const Taken& taken);
    class Rows;
    using Visit = std::function<void(const Fact&, const Outcome&)>;
    /// The log behind `place` row by row, each checked; ends at the first that is broken. `place` ends at the
    /// last that is sound.
    [[nodiscard]] Result<std::optional<BrokenLink>> walk_log(Cursor& place, const Visit& visit);
    [[nodiscard]] Result<std::optional<BrokenLink>> verify_chains();
    [[nodiscard]] Result<> reload();
    [[nodiscard]] Result<bool> has_own_fact(const FactId& id);
    enum class Side { any, device, authority };
    [[nodiscard]] Result<> require(Side side);
    [[nodiscard]] Result<> may_write_facts();
    void rebuild_view();
    /// What was admitted over `view()` is seen in it, once it waits to be sent.
    void show(State& admitted);

    /// A program that knows more kinds of facts shows more: the projection is built again for it.
    [[nodiscard]] static std::string kinds_known();

    std::shared_ptr<FileLock> lock_;
    std::filesystem::path folder_;
    sqlite::Database::Options database_options_;
    bool plain_ = true; ///< files of the operating system, not of a test's disk
    std::unique_ptr<sqlite::Database> database_;
    std::unique_ptr<KeyStore> keys_;
    Clock* clock_;
    Random* random_;
    std::unique_ptr<PrintJobs> print_jobs_;
    std::unique_ptr<UnlockIntents> unlock_intents_;
    std::map<std::string, sqlite::Statement, std::less<>> statements_;
    [[nodiscard]] Result<sqlite::Statement*> statement(std::string_view sql);

    bool pull_first_ = false;
    bool unread_ = false; ///< the disk failed under a reload: tried again before anything else is done
    std::optional<Identity> identity_;
    std::unique_ptr<State> confirmed_;
    std::unique_ptr<State> view_;
    std::unique_ptr<State> remembered_; ///< see `shows_older_log`
    std::weak_ptr<const Came> came_;
    std::vector<EntityKey> unwritten_; ///< what changed since the rows of the projection were written
    std::uint64_t rows_at_ = 0;        ///< the place in the log that the rows show
    std::vector<Waiting> waiting_;
    WallTime last_heard_;
    std::uint64_t counter_ = 0;
    crypto::Hash chain_{};
    Cursor cursor_; ///< device: pulled so far
    Cursor head_;   ///< authority: end of the log
};

} // namespace montbrillant
