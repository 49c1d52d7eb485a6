// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The registry without sockets or threads: what each request means. Reading a request needs no store and may
/// happen on any thread; answering belongs to the one thread that owns the Service. Tests and the simulator
/// call `http`, the server calls the two halves.

#include "sync/registry/admission.hpp"
#include "sync/registry/authority.hpp"
#include "sync/registry/http.hpp"
#include "sync/registry/organizer.hpp"
#include "sync/registry/snapshot.hpp"

#include <variant>
#include <vector>

namespace montbrillant::registry {

/// What proves who asks: the signature over `protocol::request_text`, and over TLS the device's certificate.
struct Proof {
    std::string text;
    std::string signature_hex;
    bool secure = false;
    std::optional<tls::DeviceCertificate> certificate{};
};

/// A push whose chain holds in itself: each fact hashes to its hash and follows the one before.
struct PushAsk {
    protocol::PushRequest request;
    std::vector<StoredFact> facts;
    Proof proof;
};

struct PullAsk {
    protocol::PullQuery query;
    Proof proof;
};

struct SnapshotAsk {
    DeviceId device;
    Conditions conditions;
    Proof proof;
};

struct EnrolAsk {
    protocol::EnrolRequest request;
};

struct RenewAsk {
    protocol::RenewRequest request;
    Proof proof;
};

struct LeaveAsk {
    protocol::LeaveRequest request;
    Proof proof;
};

enum class ProbeAsk { health, ready };

using Ask = std::variant<EnrolAsk, RenewAsk, PushAsk, PullAsk, SnapshotAsk, LeaveAsk, OrganizerAsk, ProbeAsk>;

template <class T> using Answered = tl::expected<T, protocol::Refusal>;

/// Routes, parses and checks; a refusal is ready to be sent. Any thread.
[[nodiscard]] Answered<Ask> read_ask(const HttpRequest& request, const std::string& registry_id);
/// The largest body that a request to `target` may have.
[[nodiscard]] std::size_t body_bytes_max(std::string_view target);
[[nodiscard]] HttpResponse refusal_response(const protocol::Refusal& refusal);
/// A row of the log as it travels.
[[nodiscard]] protocol::PullRow to_row(LoggedFact&& logged);
template <class T> [[nodiscard]] HttpResponse response_of(const Answered<T>& answer)
{
    return answer ? HttpResponse{200, protocol::write(*answer)} : refusal_response(answer.error());
}

class Service {
public:
    /// Of a folder on SQLite; the store must be an authority's (`Store::initialise`).
    [[nodiscard]] static Result<Service> open(Store store, Clock& clock, Random& random);
    /// The first time, the registry gets its id.
    [[nodiscard]] static Result<Service> open(std::unique_ptr<Ledger> ledger, Clock& clock, Random& random);

    /// Over TLS: who signs devices' certificates, and the address that devices are told.
    void serve_as(std::shared_ptr<const Authority> authority, std::string url);
    [[nodiscard]] const Authority* authority() const { return authority_.get(); }
    /// Empty when it is not known.
    [[nodiscard]] const std::string& url() const { return url_; }

    [[nodiscard]] const std::string& registry_id() const { return registry_id_; }
    [[nodiscard]] Ledger& ledger() { return *ledger_; }
    /// Of a registry on SQLite only.
    [[nodiscard]] Store& store();
    [[nodiscard]] Admission& admission() { return admission_; }
    [[nodiscard]] Tokens& tokens() { return tokens_; }
    [[nodiscard]] Clock& clock() { return *clock_; }
    [[nodiscard]] Random& random() { return *random_; }

    [[nodiscard]] Answered<protocol::EnrolAnswer> enrol(const EnrolAsk& ask);
    [[nodiscard]] Answered<protocol::PushAnswer> push(const PushAsk& ask);
    /// Pushes that wait at the same time, in one transaction; each with its own answer, in their order.
    [[nodiscard]] std::vector<Answered<protocol::PushAnswer>> push_all(std::span<const PushAsk* const> asks);
    /// At once; waiting is the server's business.
    [[nodiscard]] Answered<protocol::PullAnswer> pull(const PullAsk& ask);
    [[nodiscard]] Answered<protocol::RenewAnswer> renew(const RenewAsk& ask);
    [[nodiscard]] Answered<protocol::LeaveAnswer> leave(const LeaveAsk& ask);
    /// Who holds a token with the scope; `today` is for everybody.
    [[nodiscard]] HttpResponse organizer(const OrganizerAsk& ask);
    /// Of a question that was let in before and waited: who asks is not proved again.
    [[nodiscard]] Answered<protocol::PullAnswer> pull_again(const PullAsk& ask);
    /// 404 while there is none.
    [[nodiscard]] HttpResponse snapshot(const SnapshotAsk& ask);
    /// A piece of work on the snapshot, for when there is nothing else to do. False: there is none.
    [[nodiscard]] bool snapshot_due() { return snapshots_.due(*ledger_); }
    [[nodiscard]] Result<bool> tend_snapshot() { return snapshots_.work(*ledger_); }
    /// Other segments than usual, from the first: for tests.
    void cut_snapshot(const SnapshotMaker::Options& options);
    [[nodiscard]] HttpResponse probe(ProbeAsk ask);
    /// Takes in what other nodes of this registry wrote.
    [[nodiscard]] Result<> follow();

    /// A whole request, start to end.
    [[nodiscard]] HttpResponse http(const HttpRequest& request);

    struct Counts {
        std::uint64_t pushes = 0;
        std::uint64_t pulls = 0;
        std::uint64_t snapshots = 0; ///< answers with some of the snapshot
        std::uint64_t refused = 0;
        std::uint64_t turns = 0;              ///< transactions that took pushes
        std::array<std::uint64_t, 4> facts{}; ///< by verdict, since the start
        std::uint64_t connections = 0;        ///< set by the server
        std::uint64_t parked = 0;             ///< long-polls that wait; set by the server
    };
    Counts counts;

private:
    Service(std::unique_ptr<Ledger> ledger, Admission admission, Tokens tokens, std::string registry_id,
            Clock& clock, Random& random);
    [[nodiscard]] HttpResponse metrics() const;
    /// What a device comes for: not every state of it may.
    enum class Purpose { sync, hand_over, renew };
    [[nodiscard]] Answered<const Device*> authenticate(const DeviceId& name, const Proof& proof,
                                                       Purpose purpose);
    [[nodiscard]] Answered<const Device*> authenticate(const DeviceId& name, std::uint32_t epoch,
                                                       const Proof& proof, Purpose purpose);
    [[nodiscard]] Answered<const Device*> recognise(const DeviceId& name, const Proof& proof,
                                                    Purpose purpose) const;
    [[nodiscard]] Answered<const Device*> authenticated(const Device& device, const Proof& proof,
                                                        Purpose purpose) const;
    [[nodiscard]] Answered<const Device*> certified(const Device& device, const Proof& proof,
                                                    bool dates_count) const;
    [[nodiscard]] Answered<Token> token_of(const OrganizerAsk& ask, Scope needed);
    [[nodiscard]] Answered<protocol::Standing> standing();
    [[nodiscard]] std::optional<protocol::Refusal> refuse_push(const PushAsk& ask);
    [[nodiscard]] std::optional<protocol::Refusal> refuse_epoch(const PushAsk& ask, const Device& device);
    using PushAnswers = std::vector<Answered<protocol::PushAnswer>>;
    void take(std::span<const PushAsk* const> asks, const std::vector<std::size_t>& let_in,
              PushAnswers& answers);
    [[nodiscard]] Answered<protocol::PushAnswer> push_answer(const PushAsk& ask, PushResult&& taken);
    [[nodiscard]] Answered<protocol::PullAnswer> page(const PullAsk& ask);

    std::unique_ptr<Ledger> ledger_;
    Admission admission_;
    Tokens tokens_;
    std::uint64_t settings_version_ = 0;
    std::string registry_id_;
    SnapshotMaker snapshots_;
    std::shared_ptr<const Authority> authority_;
    std::string url_;
    Clock* clock_;
    Random* random_;
};

} // namespace montbrillant::registry
