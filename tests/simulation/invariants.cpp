// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/invariants.hpp"

#include "tests/simulation/needles.hpp"
#include "tests/sync/domain/domain_support.hpp"

#include <algorithm>
#include <set>
#include <type_traits>

namespace montbrillant::simulation {
namespace {

constexpr std::size_t everything = 10000000;

void require(bool true_of_it, const std::string& whose, const std::string& otherwise)
{
    if (!true_of_it)
        throw Violation(whose + ": " + otherwise);
}
/// Where it is asked a hundred thousand times the words are made only when they are needed.
template <class Words>
    requires std::is_invocable_v<Words>
void require(bool true_of_it, const std::string& whose, const Words& otherwise)
{
    if (!true_of_it)
        throw Violation(whose + ": " + otherwise());
}

template <class T> T sound(Result<T> result, const std::string& whose)
{
    require(result.has_value(), whose, result ? "" : result.error().text());
    return std::move(*result);
}

/// The registry's log, read once.
struct Log {
    std::vector<LoggedFact> rows;
    std::vector<Fact> facts;
};
Log log_of(Store& registry)
{
    Log log{sound(registry.log_after(0, everything), "the registry"), {}};
    for (const auto& row : log.rows)
        log.facts.push_back(sound(parse_fact(row.fact.bytes), "the log"));
    return log;
}

/// Everything that is shown, as the store writes it, by kind and key.
using Shown = std::map<EntityKey, std::string>;

// --- of all, at the end ------------------------------------------------------------------------------------

/// I2, I8.
void check_chains(Store& store, const std::string& whose)
{
    const auto broken = sound(store.verify_journal(), whose);
    require(!broken, whose,
            broken ? fmt::format("fact {} of {}: {}", broken->counter, broken->device.str(), broken->why)
                   : "");
}

bool has_own(const State& layer)
{
    const auto any = [](const auto&... tables) { return (!tables.own().empty() || ...); };
    return any(layer.delegates, layer.badges, layer.cards, layer.lockers, layer.laptops, layer.laptop_queues,
               layer.delegations, layer.conflicts, layer.banks, layer.tickets, layer.help_calls,
               layer.meetings);
}

/// I7: in step, with nothing left to send.
void check_converged(const Healed& meeting, Kiosk& kiosk, const Shown& theirs)
{
    const std::string& whose = kiosk.disk_name();
    require(kiosk.up() && kiosk.enrolled() && kiosk.need() == Kiosk::Need::nothing, whose,
            "did not come back by itself");
    Store& registry = meeting.registry.store();
    Store& store = kiosk.store();
    require(store.waiting() == 0, whose,
            fmt::format("{} facts still wait after 30 quiet minutes", store.waiting()));
    require(store.cursor().seq == registry.log_head() &&
                store.cursor().log_hash == registry.log_end().log_hash,
            whose, fmt::format("stands at {} of {}", store.cursor().seq, registry.log_head()));
    require(test::entities(store.confirmed()) == theirs, whose, "shows another state than the registry");
    require(!has_own(store.view()) || test::entities(store.view()) == theirs, whose,
            "has a view beside the registry's");
}

bool same_row(const Store::JournalRow& here, const LoggedFact& there)
{
    const auto same = [](const Bytes& bytes, const crypto::Hash& hash) {
        return std::equal(bytes.begin(), bytes.end(), hash.begin(), hash.end());
    };
    const StoredFact& fact = there.fact;
    const Outcome& outcome = there.outcome;
    return here.seq == there.seq && here.device == fact.device && here.epoch == fact.epoch &&
           here.counter == fact.counter && here.bytes == fact.bytes && same(here.previous, fact.previous) &&
           same(here.hash, fact.hash) && same(here.log_hash, there.log_hash) &&
           here.verdict == name_of(outcome.verdict) && here.reason == outcome.reason &&
           here.conflict == (outcome.conflict ? name_of(*outcome.conflict) : std::string_view());
}

/// I2, I8: row by row the registry's journal, whose chains were looked at.
void check_rows(Kiosk& kiosk, const Log& log)
{
    std::size_t at = 0;
    const auto read = kiosk.store().each_journal_row([&](const Store::JournalRow& row) -> Result<> {
        require(at < log.rows.size() && same_row(row, log.rows[at]), kiosk.disk_name(),
                [at] { return fmt::format("row {} of its journal is not the registry's", at + 1); });
        ++at;
        return {};
    });
    static_cast<void>(sound(read.map([] { return true; }), kiosk.disk_name()));
    require(at == log.rows.size(), kiosk.disk_name(), fmt::format("has {} rows", at));
}

/// What it would show after a restart is what it shows.
void check_disk(Kiosk& kiosk, const Shown& theirs)
{
    const auto options = kiosk.options();
    if (!options.database.shared)
        return;
    static_cast<void>(sound(kiosk.store().write_projection().map([] { return true; }), kiosk.disk_name()));
    auto database = sound(sqlite::Database::open(options.folder / options.file_name, options.database),
                          kiosk.disk_name());
    auto select = sound(database.prepare("SELECT kind, key, value FROM entity"), kiosk.disk_name());
    std::map<std::pair<std::string, std::string>, std::string> rows;
    while (sound(select.step(), kiosk.disk_name()))
        rows.try_emplace({select.text(0), select.text(1)}, select.text(2));
    require(rows.size() == theirs.size(), kiosk.disk_name(),
            fmt::format("has {} things on its disk, not {}", rows.size(), theirs.size()));
    for (const auto& [entity, text] : theirs)
        require(rows[{std::string(name_of(entity.kind)), entity.key}] == text, kiosk.disk_name(), [&] {
            return fmt::format("has another {} \"{}\" on its disk", name_of(entity.kind), entity.key);
        });
}

/// I1, I11: the whole own chain is in the log.
void check_own_facts(const Healed& meeting, Kiosk& kiosk)
{
    const auto own = kiosk.store().own_chain();
    const Identity& me = *kiosk.store().identity();
    const auto there = sound(meeting.registry.store().chain_of(me.device, me.epoch), kiosk.disk_name());
    require(own.counter == there.counter && own.hash == there.hash, kiosk.disk_name(),
            fmt::format("has {} own facts, the registry {} of them", own.counter, there.counter));
}

/// I1: once, in counter order; rule 1: a check-in with its badge and its sheet.
void check_order(const Log& log)
{
    struct Chain {
        std::uint64_t counter = 0;
        unsigned owed = 0;
    };
    std::map<std::pair<std::string, std::uint32_t>, Chain> chains;
    for (std::size_t i = 0; i < log.rows.size(); ++i) {
        const LoggedFact& row = log.rows[i];
        require(row.seq == i + 1, "the log", fmt::format("{} follows {}", row.seq, i));
        Chain& chain = chains[{row.fact.device.str(), row.fact.epoch}];
        ++chain.counter;
        require(row.fact.counter == chain.counter, "the log",
                fmt::format("fact {} of {} stands after {}", row.fact.counter, row.fact.device.str(),
                            chain.counter - 1));
        const Body& body = log.facts[i].body;
        const bool issued = std::holds_alternative<fact::BadgeIssued>(body);
        const bool queued = std::holds_alternative<fact::PrintQueued>(body);
        require(chain.owed != 2 || issued, "the log", "a check-in without its badge");
        require(chain.owed != 1 || queued, "the log", "a badge without its sheet");
        chain.owed = std::holds_alternative<fact::CheckedIn>(body) ? 2 : issued ? 1 : 0;
    }
    for (const auto& [device, chain] : chains)
        require(chain.owed == 0, "the log", "half a check-in at the end of " + device.first);
}

/// Rules 3 and 4: what its home alone gives out nobody else does, and never twice, whoever was cut off.
class Leases {
public:
    Leases(const Healed& meeting, const Log& log) : workload_(meeting.workload)
    {
        // After a backup was put back devices send again, in another order.
        all_bets_off_ = meeting.world.counts.restores > 0;
        copied_ = meeting.world.copied; // two disks of a home do not know of each other
        for (const auto& fact : log.facts) {
            if (const auto* resolved = std::get_if<fact::ConflictResolved>(&fact.body))
                decided_.insert(resolved->conflict);
            else if (const auto* added = std::get_if<fact::LaptopAdded>(&fact.body))
                homes_.try_emplace(added->laptop, added->home);
        }
        for (const auto& fact : log.facts) {
            if (decided_.contains(fact.id)) // by people, who may give it to whom they want
                note_decided(fact.body);
        }
    }
    /// Before the oracle has heard of the fact.
    void check(const Fact& fact, const Oracle& oracle) const
    {
        if (const auto home = home_of(fact.body))
            require(fact.device == *home, fact.device.str(),
                    [&] { return fmt::format("lends a laptop of {}", home->str()); });
        const std::string thing = thing_of(fact.body);
        if (all_bets_off_ || thing.empty() || touched_.contains(thing) || copied_.contains(fact.device.str()))
            return;
        const DelegateId holder = oracle.holder_of(fact.body);
        require(holder.empty() || people_.contains(holder) || holder == claim_of(fact.body).second,
                fact.device.str(),
                [&] { return fmt::format("gives out {}, which is with {}", thing, holder.str()); });
    }

private:
    using Claim = std::pair<std::string, DelegateId>;
    [[nodiscard]] Claim claim_of(const Body& body) const
    {
        if (const auto* locker = std::get_if<fact::LockerAssigned>(&body);
            locker != nullptr && workload_.is_leased(locker->locker.bank))
            return {locker->locker.str(), locker->delegate};
        if (const auto* lent = std::get_if<fact::LaptopLent>(&body);
            lent != nullptr && workload_.is_leased(lent->laptop))
            return {lent->laptop.str(), lent->delegate};
        return {};
    }
    [[nodiscard]] std::string thing_of(const Body& body) const { return claim_of(body).first; }
    /// Whoever got what they claimed second gave back what they had; two devices may see that differently.
    void note_decided(const Body& claim)
    {
        touched_.insert(thing_of(claim));
        if (const auto* locker = std::get_if<fact::LockerAssigned>(&claim))
            people_.insert(locker->delegate);
        else if (const auto* lent = std::get_if<fact::LaptopLent>(&claim))
            people_.insert(lent->delegate);
        else if (const auto* swapped = std::get_if<fact::LaptopSwapped>(&claim))
            touched_.insert({swapped->laptop.str(), swapped->instead.str()});
    }
    /// Of a laptop that goes out by this; nothing: none does, or anybody may give it.
    [[nodiscard]] std::optional<DeviceId> home_of(const Body& body) const
    {
        LaptopTag tag;
        if (const auto* lent = std::get_if<fact::LaptopLent>(&body))
            tag = lent->laptop;
        else if (const auto* swapped = std::get_if<fact::LaptopSwapped>(&body))
            tag = swapped->instead;
        const auto home = homes_.find(tag);
        return home != homes_.end() && workload_.is_leased(tag) ? std::optional(home->second) : std::nullopt;
    }

    const Workload& workload_;
    bool all_bets_off_ = false;
    std::set<std::string> copied_;
    std::map<LaptopTag, DeviceId> homes_;
    std::set<FactId> decided_;
    std::set<std::string> touched_;
    std::set<DelegateId> people_;
};

/// I3, I4, I5, I10: each outcome and the end are what the rules say, told once more.
void check_against_oracle(const Healed& meeting, const Log& log)
{
    Oracle oracle;
    const Leases leases(meeting, log);
    std::size_t lost = 0;
    for (std::size_t i = 0; i < log.rows.size(); ++i) {
        const Outcome& outcome = log.rows[i].outcome;
        leases.check(log.facts[i], oracle);
        const auto expected = oracle.next(log.facts[i]);
        const std::string said =
            std::string(outcome.conflict ? name_of(*outcome.conflict) : name_of(outcome.verdict));
        lost += outcome.verdict == Verdict::conflict ? 1 : 0;
        require(!expected || *expected == said, "the registry", [&] {
            return fmt::format("{} at {} is \"{}\" ({}), not \"{}\"", kind_of(log.facts[i].body), i + 1, said,
                               outcome.reason, *expected);
        });
    }
    const State& end = meeting.registry.store().view();
    const auto differs = oracle.differs_from(end);
    require(!differs, "the registry", differs.value_or(""));
    std::size_t tasks = 0;
    end.conflicts.each([&tasks](const FactId&, const Conflict&) { ++tasks; });
    require(tasks == lost, "the registry", fmt::format("{} claims lost, {} are tasks", lost, tasks));
    meeting.world.counts.conflicts += lost;
}

/// Rule 1 on the device itself: the job of every sheet.
void check_jobs(Kiosk& kiosk, const Log& log)
{
    if (kiosk.copied())
        return;
    const Identity& me = *kiosk.store().identity();
    for (const auto& fact : log.facts) {
        const auto* queued = std::get_if<fact::PrintQueued>(&fact.body);
        if (queued == nullptr || fact.device != me.device || fact.epoch != me.epoch)
            continue;
        const auto* badge = kiosk.store().view().badges.find(queued->badge);
        require(badge != nullptr, kiosk.disk_name(), "a sheet of a badge that is nowhere");
        const auto job =
            sound(kiosk.store().print_jobs().find(print_key(queued->badge, badge->issue, queued->copy)),
                  kiosk.disk_name());
        require(job.has_value(), kiosk.disk_name(), "no job for the badge " + queued->badge.str());
    }
}

/// I9, rule 11: names stand nowhere, and keys of the erased neither.
class Erased {
public:
    explicit Erased(const Healed& meeting)
    {
        look_for("a name", as_bytes("Zelda Quartermaine"));
        meeting.registry.store().view().delegates.each([&](const DelegateId& id, const Delegate& delegate) {
            if (!delegate.erased)
                return;
            people_.push_back(id);
            const auto key = meeting.workload.keys().find(id);
            if (key != meeting.workload.keys().end())
                look_for("a key of " + id.str(), key->second);
        });
    }
    void check(Store& store, const Machine& machine, const std::string& whose) const
    {
        for (const auto& id : people_) {
            require(store.is_erased(id), whose, id.str() + " is not erased");
            require(!sound(store.person(id), whose), whose, id.str() + " was erased and can be read");
            require(!sound(store.key_store().wrapped_key(id), whose), whose, id.str() + " has a key still");
        }
        machine.disk.each_file([&](const std::string& name, BytesView content) {
            const auto found = needles_.find_in(content);
            require(!found, whose,
                    fmt::format("{} stands in {}", found ? what_[*found] : "",
                                std::filesystem::path(name).filename().string()));
        });
    }

private:
    void look_for(std::string what, BytesView text)
    {
        what_.push_back(std::move(what));
        needles_.add(Bytes(text.begin(), text.end()));
    }

    std::vector<DelegateId> people_;
    std::vector<std::string> what_;
    Needles needles_;
};

} // namespace

void check_structure(const State& state, const std::string& whose)
{
    std::map<DelegateId, unsigned> live;
    std::map<CardUid, unsigned> on_badges;
    state.badges.each([&](const BadgeId& id, const Badge& badge) {
        const Delegate* owner = state.delegates.find(badge.delegate);
        require(owner != nullptr, whose, "a badge of nobody: " + id.str());
        require(!badge.live || owner->badge == id, whose,
                "a live badge that is not its owner's: " + id.str());
        require(!badge.live || ++live[badge.delegate] == 1, whose,
                "two live badges of " + badge.delegate.str());
        require(badge.card.empty() || ++on_badges[badge.card] == 1, whose,
                "a card on two badges: " + badge.card.str());
        const Card* card = badge.card.empty() ? nullptr : state.cards.find(badge.card);
        require(badge.card.empty() || (card != nullptr && card->badge == id), whose,
                "a card that does not know its badge: " + badge.card.str());
        require(badge.card.empty() || badge.live || !holder_of(state, badge.card), whose,
                "a void badge opens: " + id.str());
    });
    state.cards.each([&](const CardUid& uid, const Card& card) {
        const Badge* badge = card.badge.empty() ? nullptr : state.badges.find(card.badge);
        require(card.badge.empty() || (badge != nullptr && badge->card == uid), whose,
                "a badge that does not know its card: " + uid.str());
    });
    state.lockers.each([&](const LockerNo& no, const Locker& locker) {
        const Delegate* holder = locker.holder.empty() ? nullptr : state.delegates.find(locker.holder);
        require(locker.holder.empty() || (holder != nullptr && holder->lockers.contains(no)), whose,
                "a holder who does not know it: " + no.str());
    });
    state.laptops.each([&](const LaptopTag& tag, const Laptop& laptop) {
        const Delegate* borrower = laptop.borrower.empty() ? nullptr : state.delegates.find(laptop.borrower);
        require(laptop.borrower.empty() || (borrower != nullptr && borrower->laptop == tag), whose,
                "a borrower who does not know it: " + tag.str());
    });
    state.delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        const Badge* badge = delegate.badge.empty() ? nullptr : state.badges.find(delegate.badge);
        require(delegate.badge.empty() || (badge != nullptr && badge->live), whose,
                id.str() + " has a badge that is void");
        require(delegate.lockers.size() <= 1, whose, id.str() + " holds two lockers");
        for (const auto& no : delegate.lockers)
            require(state.lockers.find(no)->holder == id, whose, id.str() + " holds another's locker");
        require(delegate.laptop.empty() || state.laptops.find(delegate.laptop)->borrower == id, whose,
                id.str() + " has another's laptop");
        require(delegate.participation.category != Category::sme_pilot ||
                    !is_leadership(delegate.participation.role),
                whose, id.str() + " of the pilot leads");
    });
}

void check_view(Store& store, Replay& replay, const std::string& whose)
{
    const Oracle oracle = sound(replay.of(store), whose);
    if (store.shows_older_log())
        return check_structure(store.view(), whose);
    const auto differs = oracle.differs_from(store.view());
    require(!differs, whose, "shows otherwise than its journal: " + differs.value_or(""));
    check_structure(store.view(), whose);
}

void check_healed(const Healed& meeting)
{
    Store& registry = meeting.registry.store();
    check_chains(registry, "the registry");
    const Log log = log_of(registry);
    const Shown shown = test::entities(registry.view());
    const Erased erased(meeting);
    check_order(log);
    check_structure(registry.view(), "the registry");
    check_against_oracle(meeting, log);
    erased.check(registry, meeting.registry.machine(), "the registry");
    for (Kiosk* kiosk : meeting.kiosks) {
        check_converged(meeting, *kiosk, shown);
        check_own_facts(meeting, *kiosk);
        check_rows(*kiosk, log);
        check_disk(*kiosk, shown);
        check_jobs(*kiosk, log);
        erased.check(kiosk->store(), kiosk->machine(), kiosk->disk_name());
    }
    Kiosk& one = *meeting.kiosks[log.rows.size() % meeting.kiosks.size()];
    check_chains(one.store(), one.disk_name());
    meeting.registry.end_life();
    const auto wrong = meeting.world.history.check(log.rows, registry.view());
    require(!wrong, "history", wrong.value_or(""));
    meeting.world.counts.facts = log.rows.size();
}

} // namespace montbrillant::simulation
