// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One round of pushing and one of pulling, without threads, waiting or retries: the worker, the command line
/// (`sync now`), tests and the simulator all run these. A round ends with the first error; what was taken up
/// to there is kept on both sides, so the next round goes on.
///
/// Errors: `network` may be tried again soon; `refused` needs a person (the device was revoked, its disk was
/// cloned, versions do not match) and is tried again slowly; `storage` is this device's own disk.
///
/// Over TLS a certificate is renewed by itself when half of its life is over, by the registry's time, or when
/// the registry says that it has expired. A device that was revoked hands over what it wrote, takes its leave
/// and wipes its keys; the round says so as an error.

#include "sync/client/http.hpp"
#include "sync/client/registry_link.hpp"
#include "sync/client/store_gate.hpp"
#include "sync/protocol/messages.hpp"

#include <functional>
#include <mutex>
#include <span>

namespace montbrillant {

/// Setting of the store: the id of the registry that the folder is enrolled at.
inline constexpr std::string_view setting_registry_id = Store::setting_registry_id;

/// Who this device is towards its registry, and what is known of how far that has its facts. Shared by the
/// pushing and the pulling thread; thread-safe.
class SyncSession {
public:
    /// Fails when the folder was never enrolled.
    [[nodiscard]] static Result<SyncSession> of(StoreGate& gate);

    [[nodiscard]] const DeviceId& device() const { return device_; }
    [[nodiscard]] std::uint32_t epoch() const { return epoch_; }
    [[nodiscard]] const std::string& registry_id() const { return registry_id_; }
    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] std::string sign(std::string_view text) const;

    /// PEM, empty over plain HTTP.
    [[nodiscard]] std::string certificate() const;
    /// Half of the certificate's life is over at this time, or all of it.
    [[nodiscard]] bool wants_renewal(WallTime registry_time) const;
    /// Keeps it in the folder, and for every later call. Refuses what is not this device's.
    [[nodiscard]] Result<> set_certificate(StoreGate& gate, const std::string& certificate);

    /// The counter up to which the registry has this device's facts; nothing: ask it.
    [[nodiscard]] std::optional<std::uint64_t> registry_counter() const;
    void set_registry_counter(std::optional<std::uint64_t> counter);

private:
    struct Shared {
        std::mutex mutex;
        std::optional<std::uint64_t> registry_counter;
        std::optional<RegistryLink> link;
        tls::Period valid{};
    };
    [[nodiscard]] Result<> use_link(RegistryLink link);
    SyncSession() = default;

    DeviceId device_;
    std::uint32_t epoch_ = 1;
    std::string registry_id_;
    std::string url_;
    crypto::SecretKey key_{};
    std::unique_ptr<Shared> shared_ = std::make_unique<Shared>();
};

struct PushReport {
    std::size_t sent = 0;
    std::size_t conflicts = 0;
    std::size_t rejected = 0;
    std::optional<Millis> clock_offset; ///< registry's clock minus ours
};
/// Sends all own facts that the registry does not have.
[[nodiscard]] Result<PushReport> push_all(StoreGate& gate, Http& http, SyncSession& session,
                                          const Clock& clock);

struct PullReport {
    std::size_t rows = 0;
    std::vector<DelegateId> people; ///< whose records came, new or amended
    bool reset = false;             ///< the log was lost: push again what it lacks
    std::optional<Millis> clock_offset;
};
/// What was stored in one transaction.
struct PulledPage {
    std::span<const DelegateId> people; ///< whose records came
    std::size_t rows = 0;               ///< of this round so far
    std::uint64_t seq = 0;              ///< the log is known up to here
    std::uint64_t of = 0;               ///< and reaches to here; 0: not known
};
/// Called on the thread of the round.
using OnPage = std::function<void(const PulledPage&)>;

/// Takes all that the registry has beyond the cursor. With nothing new, the registry holds its answer up to
/// `wait`. A device that lacks more than a page takes the registry's snapshot, where there is one; if that
/// does not work out, for whatever reason, it goes on page by page and tries it again after some.
[[nodiscard]] Result<PullReport> pull_all(StoreGate& gate, Http& http, SyncSession& session,
                                          const Clock& clock, Millis wait, const OnPage& on_page = {});

struct SyncReport {
    PushReport pushed;
    PullReport pulled;
};
/// All of it, once: `montbrillant sync now`. A registry that turns out to have lost its log is filled again.
[[nodiscard]] Result<SyncReport> sync_once(StoreGate& gate, Http& http, SyncSession& session,
                                           const Clock& clock, const OnPage& on_page = {});

} // namespace montbrillant
