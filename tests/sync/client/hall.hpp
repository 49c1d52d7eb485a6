// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A registry and kiosks in one process: the real Service and the real rounds of sync, joined by a wire that
/// a test can cut, twist and listen to.

#include "sync/client/enrol.hpp"
#include "sync/client/sync_round.hpp"
#include "sync/registry/folder.hpp"
#include "tests/sync/store/store_support.hpp"

#include <functional>

namespace montbrillant::test {

class Wire final : public Http {
public:
    explicit Wire(std::optional<registry::Service>& service) : service_(service) {}

    Result<HttpAnswer> send(const HttpCall& call) override
    {
        HttpCall sent = call;
        ++calls;
        if (down || !service_)
            return fail(ErrorKind::network, "the registry does not listen", "wire");
        if (twist_call)
            twist_call(sent);
        const auto response = service_->http(request_of(sent));
        HttpAnswer answer{response.status, registry::whole_body(response),
                          registry::header_of(response, "ETag"),
                          registry::header_of(response, "Content-Range")};
        if (lose_answers > 0) {
            --lose_answers;
            return fail(ErrorKind::network, "the connection to the registry broke", "wire");
        }
        if (twist_answer)
            twist_answer(sent, answer);
        return answer;
    }
    void abort() override { down = true; }
    [[nodiscard]] bool waits() const override { return far; }

    bool far = false; ///< as over a real wire: the next page is asked for while one is stored
    bool down = false;
    int lose_answers = 0; ///< the request arrives, the answer does not
    int calls = 0;
    std::function<void(HttpCall&)> twist_call;
    std::function<void(const HttpCall&, HttpAnswer&)> twist_answer;

private:
    /// As the server hears it: over TLS when the registry has an authority.
    [[nodiscard]] registry::HttpRequest request_of(const HttpCall& call) const
    {
        registry::HttpRequest request{call.method, call.target, call.signature, call.body};
        request.conditions = {call.range, call.if_match, {}};
        const auto* authority = service_->authority();
        request.secure = authority != nullptr;
        if (request.secure && !call.certificate.empty())
            request.certificate = must(tls::read_device(call.certificate, authority->certificate()));
        return request;
    }
    std::optional<registry::Service>& service_;
};

/// These tests cut wires, not power: without a sync for each of thousands of commits they take seconds.
inline const sqlite::Database::Options hasty{.vfs = "", .full_sync = false, .read_only = false};

/// The registry's folder, or another store, and what runs on it.
struct Desk {
    TemporaryFolder folder;
    ManualClock clock;
    SeededRandom random{7};
    std::optional<registry::Service> service;

    Desk()
    {
        auto store = must(Store::open(options(), clock, random));
        must(store.initialise({DeviceId("registry"), EventId("e"), true, 1, "", "name = \"e\""},
                              EventKeys::fresh()));
        service.emplace(must(registry::Service::open(std::move(store), clock, random)));
    }
    /// On a store that the test made; without `store()`, `start()` and `knows()`. Two nodes must not draw the
    /// same tokens.
    explicit Desk(registry::Service made, std::uint64_t seed = 7) : random(seed), service(std::move(made)) {}
    [[nodiscard]] Store::Options options() const { return {folder.path(), "registry.db", hasty}; }
    [[nodiscard]] registry::StoreAddress address() const { return {folder.path(), "registry.db"}; }
    Store& store() { return service->store(); }
    registry::Ledger& ledger() { return service->ledger(); }
    void start() { service.emplace(must(registry::open_service(address(), "", clock, random))); }
    void stop() { service.reset(); }

    std::string token(const std::string& name)
    {
        return must(service->admission().issue_token(service->ledger(), name, clock.wall(), random));
    }
    /// Time without requests: the snapshot is made.
    void rest()
    {
        while (must(service->tend_snapshot())) {
        }
    }
    void knows(const std::string& delegate, const std::string& name)
    {
        must(store().commit(registration(delegate, name)));
    }
};

struct Kiosk : Site {
    Desk& desk;
    Wire wire;
    SeededRandom own_random; ///< two kiosks must not draw the same ids

    Kiosk(Desk& at, const std::string& name)
        : desk(at), wire(at.service), own_random(std::hash<std::string>{}(name))
    {
        static_cast<void>(must(enrol(open(), wire, "http://127.0.0.1:1", at.token(name))));
    }
    Store& open()
    {
        store.reset();
        store.emplace(must(Store::open({folder.path(), "montbrillant.db", hasty}, clock, own_random)));
        return *store;
    }
    /// What a program does at start: nothing is known of the registry yet.
    SyncSession session()
    {
        DirectStoreGate gate(*store);
        return must(SyncSession::of(gate));
    }
    Result<PushReport> push(SyncSession& as)
    {
        DirectStoreGate gate(*store);
        return push_all(gate, wire, as, clock);
    }
    Result<PullReport> pull(SyncSession& as)
    {
        DirectStoreGate gate(*store);
        return pull_all(gate, wire, as, clock, Millis(0));
    }
    /// Push and pull as after a restart.
    Result<> sync()
    {
        auto as = session();
        DirectStoreGate gate(*store);
        return sync_once(gate, wire, as, clock).map([](const auto&) {});
    }
    void check_in(const std::string& delegate, const std::string& badge)
    {
        must(store->commit(check_in_draft(store->view(), delegate, badge)));
    }
    [[nodiscard]] bool shows(const std::string& delegate) const
    {
        const auto* found = store->view().delegates.find(DelegateId(delegate));
        return found != nullptr && found->checked_in;
    }
    [[nodiscard]] bool same_as_registry() const
    {
        const auto ordered = entities(desk.service->ledger().state());
        return entities(store->view()) == ordered && entities(store->confirmed()) == ordered &&
               store->waiting() == 0;
    }
};

/// Facts in the registry's log by this device; each must be there once.
inline std::size_t facts_of(Desk& desk, const DeviceId& device)
{
    std::set<std::uint64_t> counters;
    std::size_t rows = 0;
    for (const auto& row : must(desk.service->ledger().log_after(0, 100000))) {
        if (row.fact.device == device) {
            counters.insert(row.fact.counter);
            ++rows;
        }
    }
    CHECK(rows == counters.size());
    CHECK((counters.empty() || *counters.rbegin() == rows));
    return rows;
}

} // namespace montbrillant::test
