// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/sqlite_ledger.hpp"

#include <iterator>

namespace montbrillant::registry {

Result<std::unique_ptr<SqliteLedger>> SqliteLedger::open(Store store)
{
    if (!store.identity() || !store.identity()->authority)
        return fail(ErrorKind::input, "no event is loaded in this folder", {},
                    "start it once with: montbrillant-registry serve --event FILE");
    return std::unique_ptr<SqliteLedger>(new SqliteLedger(std::make_unique<Store>(std::move(store))));
}

Result<ChainEnd> SqliteLedger::chain_of(const DeviceId& device, std::uint32_t epoch)
{
    return store_.chain_of(device, epoch);
}

Result<std::optional<crypto::Hash>> SqliteLedger::log_hash_at(std::uint64_t seq)
{
    return store_.log_hash_at(seq);
}

Result<std::vector<LoggedFact>> SqliteLedger::log_after(std::uint64_t seq, std::size_t limit)
{
    return store_.log_after(seq, limit);
}

std::vector<Result<PushResult>> SqliteLedger::take_pushes(std::span<const DevicePush> pushes)
{
    auto taken = store_.take_pushes(pushes);
    if (!taken)
        return {pushes.size(), tl::unexpected(taken.error())};
    return {std::make_move_iterator(taken->begin()), std::make_move_iterator(taken->end())};
}

Result<std::optional<std::string>> SqliteLedger::setting(std::string_view key) { return store_.setting(key); }

Result<> SqliteLedger::revise(std::string_view key, const Change& change)
{
    MB_TRY(const auto now, store_.setting(key));
    MB_TRY(const auto text, change(now));
    return store_.set_setting(key, text);
}

Result<std::optional<Person>> SqliteLedger::person(const DelegateId& id) { return store_.person(id); }

Result<> SqliteLedger::each_person(const std::function<void(const Person&)>& visit)
{
    return store_.each_person(visit);
}

Result<> SqliteLedger::record(const Body& fact, const std::string& by)
{
    return store_.commit({{fact}, by, {}, {}}).map([](const auto&) {});
}

Result<std::unique_ptr<Intake>> SqliteLedger::take_in(const std::string& actor)
{
    return StoreIntake::begin(store_, actor);
}

Result<> SqliteLedger::try_write(WallTime now) { return store_.set_setting(setting_tried, rfc3339(now)); }

Result<> SqliteLedger::close_event(const std::string& by) { return montbrillant::close_event(store_, by); }

Result<std::optional<WallTime>> SqliteLedger::erase_due() { return montbrillant::erase_due(store_); }

Result<Ledger::Erased> SqliteLedger::erase_event(const EraseWish& wish, WallTime now)
{
    MB_TRY(auto certificate, montbrillant::erase_event(store_, wish, now));
    MB_TRY(auto json, store_.certificate());
    return Erased{std::move(certificate), json.value_or("")};
}

Result<> SqliteLedger::erase_person(const DelegateId& id, const std::string& by)
{
    return montbrillant::erase_person(store_, id, by);
}

Result<> SqliteLedger::backup_to(const std::filesystem::path& file) { return store_.backup_to(file); }

} // namespace montbrillant::registry
