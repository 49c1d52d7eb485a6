// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A kiosk's desk over a real store in a folder of its own, for the sample meeting, with a clock that moves
/// when told to. What the desk tells the flow, the printer, the bank and sync is kept for the test.

#include "kiosk/desk/desk.hpp"
#include "tests/sync/store/store_support.hpp"

#include <csignal>
#include <sys/resource.h>

namespace montbrillant::test {

/// From here on no file grows: a full disk, for this process, until the object goes.
class FullDisk {
public:
    FullDisk()
    {
        before_ = std::signal(SIGXFSZ, SIG_IGN);
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit_) == 0);
        const rlimit none{0, limit_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    }
    ~FullDisk()
    {
        ::setrlimit(RLIMIT_FSIZE, &limit_);
        std::signal(SIGXFSZ, before_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit limit_{};
    void (*before_)(int) = nullptr;
};

[[nodiscard]] EventProfile sample_profile();
[[nodiscard]] BankMap sample_bank();
[[nodiscard]] std::shared_ptr<const Layout> sample_layout();

inline Person delegate(const std::string& id, const std::string& badge_name = "Zoe MULLER")
{
    Person p = person(id, badge_name);
    p.language = Language::fr;
    return p;
}

struct KioskSite {
    TemporaryFolder folder;
    ManualClock clock{WallTime{1504510200000}}; // 2017-09-04T07:30:00Z, the first morning
    SeededRandom random{1};
    EventKeys keys = EventKeys::fresh();
    EventProfile profile = sample_profile();
    std::string device = "K2";
    std::optional<Store> store;
    std::unique_ptr<Desk> desk;
    TemporaryFolder registry_folder;
    std::optional<Store> registry;

    std::vector<flow::Msg> told;
    std::vector<PrintKey> prints;
    std::vector<UnlockRequest> unlocks;
    bool bank_takes = true;
    int commits = 0;

    explicit KioskSite(IdentityCheck identity = IdentityCheck::self)
    {
        profile.identity = identity;
        restart();
        EventKeys own = keys;
        own.confirmation_secret.reset(); // a kiosk signs no confirmations
        must(store->initialise({DeviceId(device), profile.id, false, 1, "https://registry", "as loaded"},
                               own));
        open_desk();
    }

    /// The process ends and starts again over the same folder.
    void restart()
    {
        desk.reset();
        store.reset();
        store.emplace(must(Store::open({folder.path()}, clock, random)));
    }
    void open_desk()
    {
        Desk::Ports ports;
        ports.tell = [this](flow::Msg msg) { told.push_back(std::move(msg)); };
        ports.print = [this](const PrintKey& key) { prints.push_back(key); };
        ports.unlock = [this](UnlockRequest request) {
            if (bank_takes)
                unlocks.push_back(std::move(request));
            return bank_takes;
        };
        ports.committed = [this] { ++commits; };
        desk = std::make_unique<Desk>(*store, std::make_shared<const EventProfile>(profile), clock, random,
                                      std::move(ports));
        desk->use_bank(sample_bank());
        must(desk->open());
    }
    void reopen()
    {
        restart();
        open_desk();
    }

    void register_person(const Person& person)
    {
        must(store->commit({{fact::DelegateRegistered{person.id, participation_of(person), false}},
                            "import",
                            {person},
                            {}}));
        desk->refresh({person.id});
    }
    DelegateId staff(std::set<Right> rights, const std::string& id = "R-9")
    {
        Person person = delegate(id, "Ines STAFF");
        must(registry_store().commit({{fact::DelegateRegistered{person.id, participation_of(person), false},
                                       fact::StaffAppointed{person.id, std::move(rights)}},
                                      "manager",
                                      {person},
                                      {}}));
        must(store->take_page(must(registry_store().log_after(store->cursor().seq, 1000))));
        desk->refresh({person.id});
        return person.id;
    }
    /// The registry that this kiosk pulls from; staff are appointed there.
    Store& registry_store()
    {
        if (!registry) {
            registry.emplace(must(Store::open({registry_folder.path()}, clock, random)));
            must(registry->initialise({registry_device(), profile.id, true, 1, "", "as loaded"}, keys));
        }
        return *registry;
    }
    /// As the registry signs it.
    std::string signed_code(const std::string& id, const std::string& badge_name = "Nina NEW",
                            const std::string& event = "sg20-2017")
    {
        SignedConfirmation code;
        code.event = EventId(event);
        code.delegate = DelegateId(id);
        code.badge_name = badge_name;
        code.organization = "Ministry of Somewhere";
        code.category = Category::academia;
        code.language = Language::es;
        code.expires = profile.ends_at();
        return must(mint_qr(code, {keys.confirmation_public, *keys.confirmation_secret}));
    }
    CheckInDone checked_in(const std::string& id)
    {
        const auto done = desk->check_in({{DelegateId(id), {}, true}, {}, {}, false});
        REQUIRE(done);
        return *done;
    }
    /// Badge printed and card bound.
    CheckInDone finished(const std::string& id, const std::string& card)
    {
        const auto done = checked_in(id);
        set_print_state(done.job, "done");
        desk->printed(done.job);
        REQUIRE(desk->bind_card(done.badge, CardUid(card), 1));
        told.clear();
        return done;
    }
    void set_print_state(const PrintKey& key, const std::string& state)
    {
        auto row = must(store->print_jobs().find(key));
        REQUIRE(row);
        row->state = state;
        must(store->print_jobs().update(*row));
    }
    /// Facts of a kind in the journal.
    std::size_t facts(std::string_view kind)
    {
        std::size_t count = 0;
        for (const auto& row : must(store->journal(0)))
            count += must(parse_fact(row.bytes)).body.index() != std::variant_npos &&
                             kind_of(must(parse_fact(row.bytes)).body) == kind
                         ? 1U
                         : 0U;
        return count;
    }
    template <class M> M answer()
    {
        REQUIRE(told.size() == 1);
        REQUIRE(std::holds_alternative<M>(told.front()));
        M msg = std::get<M>(told.front());
        told.clear();
        return msg;
    }
};

} // namespace montbrillant::test
