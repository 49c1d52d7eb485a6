// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/invariants.hpp"

#include "tests/simulation/oracle.hpp"
#include "tests/sync/domain/domain_support.hpp"

#include <algorithm>

namespace montbrillant::simulation {
namespace {

constexpr std::size_t everything = 10000000;

void require(bool true_of_it, const std::string& whose, const std::string& otherwise)
{
    if (!true_of_it)
        throw Violation(whose + ": " + otherwise);
}

template <class T> T sound(Result<T> result, const std::string& whose)
{
    require(result.has_value(), whose, result ? "" : result.error().text());
    return std::move(*result);
}

template <class Map> bool contains(const Bytes& file, const Map& text)
{
    return std::search(file.begin(), file.end(), text.begin(), text.end()) != file.end();
}

// --- of all, at the end ------------------------------------------------------------------------------------

/// I2, I8.
void check_chains(Store& store, const std::string& whose)
{
    const auto broken = sound(store.verify_journal(), whose);
    require(!broken, whose,
            broken ? fmt::format("fact {} of {}: {}", broken->counter, broken->device.str(), broken->why)
                   : "");
}

/// I7: in step, with nothing left to send.
void check_converged(const Healed& meeting, Kiosk& kiosk)
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
    const auto theirs = test::entities(registry.view());
    require(test::entities(store.confirmed()) == theirs, whose, "shows another state than the registry");
    require(test::entities(store.view()) == theirs, whose, "has a view beside the registry's");
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
void check_order(const std::vector<LoggedFact>& log)
{
    struct Chain {
        std::uint64_t counter = 0;
        unsigned owed = 0;
    };
    std::map<std::pair<std::string, std::uint32_t>, Chain> chains;
    std::uint64_t seq = 0;
    for (const auto& row : log) {
        ++seq;
        require(row.seq == seq, "the log", fmt::format("{} follows {}", row.seq, seq - 1));
        Chain& chain = chains[{row.fact.device.str(), row.fact.epoch}];
        ++chain.counter;
        require(row.fact.counter == chain.counter, "the log",
                fmt::format("fact {} of {} stands after {}", row.fact.counter, row.fact.device.str(),
                            chain.counter - 1));
        const auto fact = sound(parse_fact(row.fact.bytes), "the log");
        const bool issued = std::holds_alternative<fact::BadgeIssued>(fact.body);
        const bool queued = std::holds_alternative<fact::PrintQueued>(fact.body);
        require(chain.owed != 2 || issued, "the log", "a check-in without its badge");
        require(chain.owed != 1 || queued, "the log", "a badge without its sheet");
        chain.owed = std::holds_alternative<fact::CheckedIn>(fact.body) ? 2 : issued ? 1 : 0;
    }
    for (const auto& [device, chain] : chains)
        require(chain.owed == 0, "the log", "half a check-in at the end of " + device.first);
}

/// I3, I4, I5, I10: each outcome and the end are what the rules say, told once more.
void check_against_oracle(const Healed& meeting, const std::vector<LoggedFact>& log)
{
    Oracle oracle;
    std::size_t lost = 0;
    for (const auto& row : log) {
        const auto fact = sound(parse_fact(row.fact.bytes), "the log");
        const auto expected = oracle.next(fact);
        const std::string said = row.outcome.conflict ? std::string(name_of(*row.outcome.conflict))
                                                      : std::string(name_of(row.outcome.verdict));
        lost += row.outcome.verdict == Verdict::conflict ? 1 : 0;
        require(!expected || *expected == said, "the registry",
                fmt::format("{} at {} is \"{}\" ({}), not \"{}\"", kind_of(fact.body), row.seq, said,
                            row.outcome.reason, expected.value_or("")));
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
void check_jobs(Kiosk& kiosk)
{
    if (kiosk.copied())
        return;
    for (const auto& own : sound(kiosk.store().own_facts_after(0, everything), kiosk.disk_name())) {
        const auto fact = sound(parse_fact(own.bytes), kiosk.disk_name());
        const auto* queued = std::get_if<fact::PrintQueued>(&fact.body);
        if (queued == nullptr)
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
void check_erased(const Healed& meeting, Store& store, Machine& machine, const std::string& whose)
{
    std::vector<DelegateId> erased;
    meeting.registry.store().view().delegates.each([&](const DelegateId& id, const Delegate& delegate) {
        if (delegate.erased)
            erased.push_back(id);
    });
    for (const auto& id : erased) {
        require(store.is_erased(id), whose, id.str() + " is not erased");
        require(!sound(store.person(id), whose), whose, id.str() + " was erased and can be read");
        require(!sound(store.key_store().wrapped_key(id), whose), whose, id.str() + " has a key still");
    }
    for (const auto& [name, bytes] : machine.disk.image()) {
        require(!contains(bytes, std::string_view("Zelda Quartermaine")), whose,
                "a name stands in " + std::filesystem::path(name).filename().string());
        for (const auto& id : erased) {
            const auto key = meeting.workload.keys().find(id);
            require(key == meeting.workload.keys().end() || !contains(bytes, key->second), whose,
                    fmt::format("a key of {} stands in {}", id.str(),
                                std::filesystem::path(name).filename().string()));
        }
    }
}

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

void check_view(Store& store, const std::string& whose)
{
    Oracle oracle;
    const auto read = store.each_journal_row([&](const Store::JournalRow& row) -> Result<> {
        MB_TRY(const Fact fact, parse_fact(row.bytes));
        static_cast<void>(oracle.next(fact));
        return {};
    });
    require(read.has_value(), whose, read ? "" : read.error().text());
    const auto differs = oracle.differs_from(store.view());
    require(!differs, whose, "shows otherwise than its journal: " + differs.value_or(""));
    check_structure(store.view(), whose);
}

void check_healed(const Healed& meeting)
{
    Store& registry = meeting.registry.store();
    check_chains(registry, "the registry");
    const auto log = sound(registry.log_after(0, everything), "the registry");
    check_order(log);
    check_structure(registry.view(), "the registry");
    check_against_oracle(meeting, log);
    check_erased(meeting, registry, meeting.registry.machine(), "the registry");
    for (Kiosk* kiosk : meeting.kiosks) {
        check_converged(meeting, *kiosk);
        check_own_facts(meeting, *kiosk);
        check_chains(kiosk->store(), kiosk->disk_name());
        check_jobs(*kiosk);
        check_erased(meeting, kiosk->store(), kiosk->machine(), kiosk->disk_name());
    }
    meeting.registry.end_life();
    const auto wrong = meeting.world.history.check(log, registry.view());
    require(!wrong, "history", wrong.value_or(""));
    meeting.world.counts.facts = log.size();
}

} // namespace montbrillant::simulation
