// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Folders, people and drafts for tests of the store, and the wire between a device and its registry without
/// a network: bytes go from one Store to the other as the protocol carries them.

#include "sync/store/store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/sync/domain/domain_support.hpp"

namespace montbrillant::test {

template <class T> T must(Result<T> result)
{
    if (!result)
        FAIL(result.error().text());
    return std::move(*result);
}
inline void must(Result<> result)
{
    if (!result)
        FAIL(result.error().text());
}

inline Person person(const std::string& id, const std::string& name = "Zoé Müller-Ødegård")
{
    Person p;
    p.id = DelegateId(id);
    p.badge_name = name;
    p.family_name = name;
    p.organization = "Administration of Freedonia";
    p.delegation = "FRA";
    return p;
}

inline Draft registration(const std::string& id, const std::string& name = "Zoé Müller-Ødegård")
{
    const Person p = person(id, name);
    return {{fact::DelegateRegistered{p.id, participation_of(p), false}}, "import", {p}, {}};
}

inline Draft just(std::vector<Body> facts) { return {std::move(facts), "kiosk", {}, {}}; }

inline Draft check_in_draft(const State& state, const std::string& delegate, const std::string& badge)
{
    const auto decided = decide(state, check_in(delegate, badge));
    REQUIRE(decided);
    return just(decided->facts);
}

/// A folder that is opened, closed and opened again.
struct Site {
    TemporaryFolder folder;
    ManualClock clock;
    SeededRandom random{1};
    sqlite::Database::Options disk{};
    std::optional<Store> store;

    Store& open()
    {
        store.reset();
        store.emplace(must(Store::open({folder.path(), "montbrillant.db", disk}, clock, random)));
        return *store;
    }
    [[nodiscard]] std::filesystem::path database() const { return folder.path() / "montbrillant.db"; }
    /// Changes the closed folder, with every row in it, behind the store's back.
    void tamper(std::string_view sql)
    {
        if (store)
            must(store->write_projection());
        store.reset();
        must(must(sqlite::Database::open(database(), {})).execute(sql));
    }
};

struct Authority : Site {
    EventKeys keys = EventKeys::fresh();
    explicit Authority(const std::string& device = "registry")
    {
        must(open().initialise({DeviceId(device), EventId("e"), true, 1, "", "name = \"e\""}, keys));
    }
};

struct Device : Site {
    DeviceId id;
    Device(const std::string& name, const EventKeys& event) : id(name)
    {
        EventKeys keys = event;
        keys.confirmation_secret.reset();
        keys.device = crypto::new_sign_key();
        must(open().initialise({id, EventId("e"), false, 1, "https://registry", "name = \"e\""}, keys));
    }
};

inline Store::PushResult push(Device& device, Authority& registry, std::uint64_t after = 0)
{
    const auto facts = must(device.store->own_facts_after(after, 1000));
    return must(registry.store->take_push(device.id, 1, facts));
}

/// The fact whose conflict is the only one that waits for somebody.
inline FactId only_conflict(const Store& store)
{
    std::vector<FactId> found;
    store.view().conflicts.each([&found](const FactId& id, const Conflict&) { found.push_back(id); });
    REQUIRE(found.size() == 1);
    return found.front();
}

inline std::vector<DelegateId> pull(Device& device, Authority& registry, std::size_t limit = 1000)
{
    std::vector<DelegateId> records;
    for (;;) {
        const auto page = must(registry.store->log_after(device.store->cursor().seq, limit));
        if (page.empty())
            return records;
        for (auto& id : must(device.store->take_page(page)))
            records.push_back(id);
    }
}

} // namespace montbrillant::test
