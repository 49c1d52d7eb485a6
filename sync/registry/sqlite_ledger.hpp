// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A registry's log in a folder of its own: the Store of an authority, and nobody beside it.

#include "sync/registry/ledger.hpp"

namespace montbrillant::registry {

class SqliteLedger final : public Ledger {
public:
    /// The store must be an authority's (`Store::initialise`).
    [[nodiscard]] static Result<std::unique_ptr<SqliteLedger>> open(Store store);
    /// Over a store that lives longer.
    explicit SqliteLedger(Store& borrowed) : store_(borrowed) {}
    [[nodiscard]] Store& store() { return store_; }

    [[nodiscard]] const Identity& identity() const override { return *store_.identity(); }
    [[nodiscard]] KeyStore& key_store() override { return store_.key_store(); }
    [[nodiscard]] const State& state() const override { return store_.confirmed(); }
    [[nodiscard]] Cursor log_end() const override { return store_.log_end(); }
    [[nodiscard]] Result<std::string> log_epoch() override { return store_.log_epoch(); }
    [[nodiscard]] Result<ChainEnd> chain_of(const DeviceId& device, std::uint32_t epoch) override;
    [[nodiscard]] Result<std::optional<crypto::Hash>> log_hash_at(std::uint64_t seq) override;
    [[nodiscard]] Result<std::vector<LoggedFact>> log_after(std::uint64_t seq, std::size_t limit) override;
    [[nodiscard]] std::vector<Result<PushResult>> take_pushes(std::span<const DevicePush> pushes) override;
    [[nodiscard]] Result<std::optional<std::string>> setting(std::string_view key) override;
    [[nodiscard]] Result<> revise(std::string_view key, const Change& change) override;
    [[nodiscard]] Result<> follow() override { return {}; }
    [[nodiscard]] std::uint64_t settings_version() const override { return 0; }
    void on_news(std::function<void()> /*wake*/) override {}
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

private:
    explicit SqliteLedger(std::unique_ptr<Store> store) : owned_(std::move(store)), store_(*owned_) {}

    std::unique_ptr<Store> owned_;
    Store& store_;
};

} // namespace montbrillant::registry
