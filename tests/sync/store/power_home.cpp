// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/store/power_home.hpp"

#include <fmt/format.h>

namespace montbrillant::test {
namespace {

std::string first_text(sqlite::Database& database, std::string_view sql)
{
    auto select = sound(database.prepare(sql));
    return sound(select.step()) ? select.text(0) : std::string();
}

/// A row is as it was acknowledged, or as the call under way wanted it.
template <class Key>
void either(std::map<Key, std::string>& done, const std::map<Key, std::string>& wanted, const Key& key,
            const std::optional<std::string>& found, const std::string& name)
{
    const auto before = done.find(key);
    const auto after = wanted.find(key);
    const bool old_one = before == done.end() ? !found : found == before->second;
    const bool new_one = after == wanted.end() ? !found : found == after->second;
    if (!old_one && !new_one)
        throw Lost(1, fmt::format("{} is \"{}\" and was \"{}\"", name, found.value_or("gone"),
                                  before == done.end() ? "absent" : before->second));
    if (found)
        done[key] = *found;
}

} // namespace

Home::Home(std::uint64_t seed, Identity identity, EventKeys keys, const HomeOptions& options)
    : disk(seed), random(seed + 1), identity_(std::move(identity)), keys_(keys)
{
    options_.folder = options.folder.empty() ? folder_.emplace().path() : options.folder;
    options_.database.vfs = options.folder.empty() ? disk.vfs() : "";
    options_.database.full_sync = options.full_sync;
    options_.database.shared = seed % 2 == 0; // half of them can be looked into while they are open
}

Result<> Home::start()
{
    MB_TRY(auto store, Store::open(options_, clock, random));
    store_.emplace(std::move(store));
    if (store_->identity())
        return {};
    MB_CHECK(store_->initialise(identity_, keys_));
    done.initialised = wanted.initialised = true;
    return {};
}

void Home::ended(bool success, std::uint64_t& acknowledged)
{
    if (success) {
        wanted.own = store_->own_chain();
        wanted.log = store_->log_end();
        done = wanted;
        ++acknowledged;
    } else if (disk.powered()) {
        wanted = done; // refused: nothing of it may be there
    }
    if (listener)
        listener(*this, success);
}

void Home::check()
{
    check_files();
    if (done.initialised && !store_->identity())
        throw Lost(1, "the identity is gone");
    if (!store_->identity())
        return;
    check_chain();
    check_rows();
    check_facts();
    check_records();
    wanted = done;
}

void Home::check_files()
{
    if (!options_.database.shared)
        return;
    for (const auto* name : {"montbrillant.db", "keys.db"}) {
        auto database = sound(sqlite::Database::open(options_.folder / name, options_.database));
        const auto said = first_text(database, "PRAGMA integrity_check");
        if (said != "ok")
            throw Corrupt(fmt::format("{}: {}", name, said));
    }
}

void Home::check_chain()
{
    if (const auto broken = sound(store_->verify_journal()))
        throw Corrupt(fmt::format("fact {} of {}: {}", broken->counter, broken->device.str(), broken->why));
    const auto own = store_->own_chain();
    if (own.counter < done.own.counter)
        throw Lost(done.own.counter - own.counter,
                   fmt::format("own facts end at {}, {} were acknowledged", own.counter, done.own.counter));
    if (done.own.counter > 0) {
        const auto fact = sound(store_->own_facts_after(done.own.counter - 1, 1));
        if (fact.empty() || fact.front().hash != done.own.hash)
            throw Lost(1, fmt::format("fact {} is another than was acknowledged", done.own.counter));
    }
    const auto log_hash = sound(store_->log_hash_at(done.log.seq));
    if (!log_hash || *log_hash != done.log.log_hash)
        throw Lost(1, fmt::format("the log does not hold what it held at {}", done.log.seq));
    done.own = own;
    done.log = store_->log_end();
}

void Home::check_rows()
{
    std::set<PrintKey> jobs;
    for (const auto& side : {done.jobs, wanted.jobs}) {
        for (const auto& [key, state] : side)
            jobs.insert(key);
    }
    for (const auto& key : jobs) {
        const auto job = sound(store_->print_jobs().find(key));
        either(done.jobs, wanted.jobs, key, job ? std::optional(job->state) : std::nullopt, key.str());
    }
    std::set<UnlockId> intents;
    for (const auto& side : {done.intents, wanted.intents}) {
        for (const auto& [id, outcome] : side)
            intents.insert(id);
    }
    for (const auto& id : intents) {
        const auto row = sound(store_->unlock_intents().find(id));
        either(done.intents, wanted.intents, id, row ? std::optional(row->outcome) : std::nullopt, id.str());
    }
    for (const auto& [key, value] : std::map(wanted.settings))
        either(done.settings, wanted.settings, key, sound(store_->setting(key)), key);
}

/// Rule 1: a check-in with its badge and its print job, or nothing of it.
void Home::check_facts()
{
    std::uint64_t queued = 0;
    unsigned owed = 0; // facts that must still follow a check-in
    sound(store_->each_journal_row([&](const Store::JournalRow& row) -> Result<> {
        if (row.device != identity_.device)
            return {};
        const auto fact = parse_fact(row.bytes);
        if (!fact)
            throw Corrupt("an own fact cannot be read");
        const std::string kind(kind_of(fact->body));
        if ((owed == 2) != (kind == fact::BadgeIssued::kind) ||
            (owed == 1) != (kind == fact::PrintQueued::kind))
            throw Corrupt(fmt::format("half a check-in: {} at {}", kind, row.counter));
        owed = kind == fact::CheckedIn::kind ? 2 : owed > 0 ? owed - 1 : 0;
        if (const auto* print = std::get_if<fact::PrintQueued>(&fact->body)) {
            ++queued;
            if (!sound(store_->print_jobs().find(print_key(print->badge, 1, print->copy))))
                throw Corrupt(fmt::format("no print job for the badge {}", print->badge.str()));
        }
        return {};
    }));
    if (owed != 0)
        throw Corrupt("half a check-in at the end");
    if (sound(store_->print_jobs().all(1000000)).size() != queued)
        throw Corrupt("print jobs without a check-in");
}

/// A key is durable before what is sealed under it: every record opens.
void Home::check_records()
{
    std::set<DelegateId> readable;
    sound(store_->each_person([&](const Person& person) { readable.insert(person.id); }));
    for (const auto& id : done.people) {
        if (!readable.contains(id))
            throw Lost(1, fmt::format("the record of {} cannot be read", id.str()));
    }
    if (!options_.database.shared)
        return;
    auto database = sound(sqlite::Database::open(options_.folder / "montbrillant.db", options_.database));
    const auto rows = first_text(
        database, "SELECT count(*) FROM (SELECT delegate FROM record UNION SELECT delegate FROM own_record)");
    if (rows != std::to_string(readable.size()))
        throw Corrupt(fmt::format("{} records, {} of them readable", rows, readable.size()));
}

} // namespace montbrillant::test
