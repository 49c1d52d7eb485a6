// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/history.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant::simulation {
namespace {

/// What physically happened: a person inside, a badge or card in a hand, a bag in a locker, a laptop gone.
bool is_claim(const Body& body)
{
    return std::holds_alternative<fact::CheckedIn>(body) || std::holds_alternative<fact::BadgeIssued>(body) ||
           std::holds_alternative<fact::CardBound>(body) ||
           std::holds_alternative<fact::LockerAssigned>(body) ||
           std::holds_alternative<fact::LaptopLent>(body);
}

} // namespace

void History::wrote(const std::string& disk, const std::vector<Fact>& facts)
{
    Disk& writer = disks_[disk];
    for (const auto& fact : facts) {
        if (is_claim(fact.body))
            writer.claims.push_back({fact.id, std::string(kind_of(fact.body))});
        writer.written = fact.counter;
    }
}

void History::saw(const std::string& disk, const Cursor& place, std::uint64_t own_counter)
{
    Disk& reader = disks_[disk];
    if (!reader.seen.empty() && reader.seen.back().place.seq == place.seq &&
        reader.seen.back().own_counter == own_counter && reader.seen.back().restores == restores_)
        return;
    reader.seen.push_back({place, own_counter, reader.written, restores_});
}

bool History::existed(const Cursor& place) const
{
    if (place.seq == 0)
        return true;
    return std::any_of(lives_.begin(), lives_.end(), [&place](const LogLife& life) {
        return place.seq <= life.hashes.size() && life.hashes[place.seq - 1] == place.log_hash;
    });
}

std::optional<std::string> History::check_reads(const std::string& name, const Disk& disk) const
{
    const Seen* before = nullptr;
    for (const auto& seen : disk.seen) {
        if (seen.own_counter < seen.written)
            return fmt::format("{} wrote {} facts and then saw {} of them", name, seen.written,
                               seen.own_counter);
        if (!existed(seen.place))
            return fmt::format("{} stood at {} of a log that never was", name, seen.place.seq);
        if (before != nullptr && seen.place.seq < before->place.seq && seen.restores == 0)
            return fmt::format("{} went back from {} to {} though the registry lost nothing", name,
                               before->place.seq, seen.place.seq);
        before = &seen;
    }
    return std::nullopt;
}

std::optional<std::string> History::check(const std::vector<LoggedFact>& log, const State& end) const
{
    std::map<std::string, const LoggedFact*> by_id;
    for (const auto& row : log) {
        if (const auto fact = parse_fact(row.fact.bytes))
            by_id[fact->id.str()] = &row;
    }
    for (const auto& [name, disk] : disks_) {
        if (auto wrong = check_reads(name, disk))
            return wrong;
        for (const auto& claim : disk.claims) {
            const auto found = by_id.find(claim.id.str());
            if (found == by_id.end() && disk.gone)
                continue;
            if (found == by_id.end())
                return fmt::format("the claim {} ({}) of {} is nowhere", claim.id.str(), claim.kind, name);
            const Outcome& outcome = found->second->outcome;
            if (outcome.verdict == Verdict::rejected)
                return fmt::format("the claim {} ({}) of {} was refused: {}", claim.id.str(), claim.kind,
                                   name, outcome.reason);
            if (outcome.verdict == Verdict::conflict && end.conflicts.find(claim.id) == nullptr)
                return fmt::format("the claim {} ({}) of {} lost and is no task", claim.id.str(), claim.kind,
                                   name);
        }
    }
    return std::nullopt;
}

} // namespace montbrillant::simulation
