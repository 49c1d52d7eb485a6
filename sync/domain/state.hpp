// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one in-memory value that rules look at, without personal data. A State may lie over a base State: it
/// then shows the base with its own entities in front. So a kiosk's view is (confirmed by the registry) under
/// (own facts not yet pulled back), a decision tries its facts on a scratch layer, and dropping a layer is
/// undo. Entities are never removed, they change.
///
/// One thread; a layer must not outlive its base, and the base must not change under a scratch layer.

#include "sync/domain/facts.hpp"

#include <algorithm>
#include <nlohmann/json_fwd.hpp>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace montbrillant {

struct Delegate {
    Participation participation;
    bool provisional = false;
    std::string letter;              ///< walk-in: by which the contact point authorized them
    unsigned revision = 0;           ///< how often the record was amended or corrected
    std::set<std::string> corrected; ///< columns that staff put right: an import leaves them alone
    bool correction_wanted = false;  ///< they touched "please correct"
    bool erased = false;
    WallTime id_seen_time; ///< 0: not; a claim
    DelegateId id_seen_by;
    bool checked_in = false;
    bool arrived = false; ///< checked in in person once: a fellow's proof of arrival
    DeviceId checked_in_at;
    WallTime checked_in_time; ///< a claim, for people to read
    BadgeId badge;            ///< the live one; empty: none
    unsigned issue = 0;       ///< the highest issue number so far
    std::set<LockerNo> lockers;
    LaptopTag laptop; ///< lent to them; empty: none
    std::set<SessionId> attended;
    std::set<Right> rights;
    std::string pin_verifier;
    unsigned pin_failures = 0; ///< in a row
    WallTime pin_failed_time;
};

struct Badge {
    DelegateId delegate;
    unsigned issue = 1;
    bool live = true; ///< false: void until staff decide, or superseded: opens nothing
    CardUid card;     ///< empty: none yet
    unsigned copies = 0;
    bool printed = false;
    IssueReason reason = IssueReason::first;
    bool awaits_card = false; ///< replaces the live one when its card is bound
    std::string valid_day;    ///< "2017-09-04": a day badge, and over after that day; empty: the whole event
    bool returned = false;
};

struct Card {
    BadgeId badge; ///< empty: blank
    unsigned tier = 0;
};

struct Locker {
    DelegateId holder;      ///< empty: free
    WallTime since;         ///< assigned, or given back when free
    DelegateId last_holder; ///< whose tap still reopens it for a while
    bool out_of_service = false;
    WallTime opened_by_staff; ///< since its holder's last tap; 0: not
};

struct Laptop {
    DeviceId home;
    DelegateId borrower; ///< empty: on the shelf
    std::string due;
    bool in_repair = false;
    bool lost = false;
    std::set<std::string> accessories; ///< that went along with the present loan

    [[nodiscard]] bool free() const { return borrower.empty() && !in_repair && !lost; }
};

/// Somebody's place in a queue, in the order of the registry's sequence; own unsent wishes come last.
struct QueuePlace {
    DelegateId delegate;
    std::string ticket;
    WallTime offered_until;   ///< a laptop is set aside for them until then; 0: none
    unsigned misses = 0;      ///< offers that they let pass
    bool passed_over = false; ///< missed this laptop; first again for the next one
};

struct LaptopQueue {
    std::vector<QueuePlace> waiting;
};

struct Bank {
    bool out_of_service = false; ///< no self-service
    std::vector<QueuePlace> waiting;
};

struct DelegationHead {
    DelegateId head;
};

struct Conflict {
    std::string kind; ///< see `conflict_name`
    std::vector<std::string> subjects;
    bool open = true;
    WallTime at;     ///< of the losing fact; a claim
    DeviceId device; ///< that wrote it
    DelegateId closed_by;
    std::string choice; ///< see `name_of(Choice)`; empty while open
    std::string claim;  ///< bytes of the losing fact, for whoever decides that it shall stand after all
};

/// A desk ticket: somebody whom a kiosk sent to the desk.
struct Ticket {
    DelegateId delegate; ///< empty: unknown
    std::string reason;
    bool open = true;
    DeviceId device;
    WallTime at;
};

struct HelpCall {
    std::string where;
    bool open = true;
    DeviceId device;
    WallTime at;
};

/// The meeting as a whole; one entry, the empty key.
struct Meeting {
    bool closed = false;
    WallTime closed_time;
    bool erased = false;
    std::string announcement; ///< on every screen; empty: none
    WallTime announced_time;
};

template <class K, class V> class Table {
public:
    explicit Table(const Table* base = nullptr) : base_(base) {}

    [[nodiscard]] const V* find(const K& key) const
    {
        if (const auto own = own_.find(key); own != own_.end())
            return &own->second;
        return base_ == nullptr ? nullptr : base_->find(key);
    }
    /// Copy on write from the base, or a new entity.
    [[nodiscard]] V& edit(const K& key)
    {
        const auto own = own_.find(key);
        if (own != own_.end())
            return own->second;
        const V* below = base_ == nullptr ? nullptr : base_->find(key);
        return own_.emplace(key, below == nullptr ? V{} : *below).first->second;
    }
    /// Every entity once, in no order.
    template <class Visit> void each(Visit visit) const
    {
        std::vector<const Own*> above;
        for (const Table* layer = this; layer != nullptr; layer = layer->base_) {
            for (const auto& [key, value] : layer->own_) {
                const auto shown = [&key](const Own* upper) { return upper->contains(key); };
                if (std::none_of(above.begin(), above.end(), shown))
                    visit(key, value);
            }
            above.push_back(&layer->own_);
        }
    }
    void clear() { own_.clear(); }
    /// Makes the own entities of a layer over this table its own.
    void absorb(Table& layer)
    {
        for (auto& [key, value] : layer.own_)
            own_.insert_or_assign(key, std::move(value));
        layer.own_.clear();
    }
    [[nodiscard]] const auto& own() const { return own_; }

private:
    using Own = std::unordered_map<K, V>;
    const Table* base_;
    Own own_;
};

/// "B/14": how an entity key names a locker.
[[nodiscard]] std::string locker_key(const LockerNo& locker);

enum class EntityKind {
    delegate,
    badge,
    card,
    locker,
    laptop,
    laptop_queue,
    delegation,
    conflict,
    bank,
    ticket,
    help_call,
    meeting
};
[[nodiscard]] std::string_view name_of(EntityKind kind);

/// Names one entity of a State, as the store keeps it.
struct EntityKey {
    EntityKind kind{};
    std::string key;
    friend auto operator<=>(const EntityKey&, const EntityKey&) = default;
};

class State {
public:
    explicit State(const State* base = nullptr);

    Table<DelegateId, Delegate> delegates;
    Table<BadgeId, Badge> badges;
    Table<CardUid, Card> cards;
    Table<LockerNo, Locker> lockers;
    Table<LaptopTag, Laptop> laptops;
    Table<std::string, LaptopQueue> laptop_queues; ///< one entry: the empty key
    Table<std::string, DelegationHead> delegations;
    Table<FactId, Conflict> conflicts;
    Table<BankId, Bank> banks;
    Table<std::string, Ticket> tickets;
    Table<FactId, HelpCall> help_calls;
    Table<std::string, Meeting> meetings; ///< one entry: the empty key

    [[nodiscard]] const LaptopQueue& laptop_queue() const;
    [[nodiscard]] const Meeting& meeting() const;
    /// Forgets this layer's own entities: the base shows again.
    void clear();
    /// What `layer`, which lies over this one, has of its own becomes this one's; the layer is then empty.
    void absorb(State& layer);

    [[nodiscard]] bool holds(const EntityKey& key) const;
    /// One entity as the store keeps it, less what is as it is by default; and back. `read` refuses what it
    /// did not write.
    [[nodiscard]] std::string write(const EntityKey& key) const;
    [[nodiscard]] Result<> read(std::string_view kind, const std::string& key, std::string_view text);

private:
    /// Every table, so that whatever is done to all of them forgets none.
    [[nodiscard]] auto tables()
    {
        return std::tie(delegates, badges, cards, lockers, laptops, laptop_queues, delegations, conflicts,
                        banks, tickets, help_calls, meetings);
    }
};

} // namespace montbrillant
