// SPDX-License-Identifier: Apache-2.0
#pragma once

/// "Kiosk sync 1": what travels between a device and the registry, as structs and as bounded, strict JSON.
/// openapi.yaml beside this file describes the same for other programs, vectors/ has test vectors byte for
/// byte. `write` makes JSON, `read_...` refuses what is missing, mistyped or over a limit and says which
/// member; members that it does not know are ignored, so that later programs may add some. Pure; any thread.
///
/// Keys and records travel as lower-case hex. Counters and sequence numbers start at 1; 0 is "none yet".

#include "sync/base/clock.hpp"
#include "sync/base/result.hpp"
#include "sync/domain/facts.hpp"
#include "sync/domain/rules.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant::protocol {

inline constexpr int version = 1;

inline constexpr std::size_t facts_per_push_max = 200;
inline constexpr std::size_t rows_per_pull_max = 500;
inline constexpr std::size_t sealed_bytes_max = 16384;      ///< of one record
inline constexpr std::size_t batch_bytes_wanted = 1U << 20; ///< senders close a batch or page after so many
inline constexpr std::size_t push_body_bytes_max = 4U << 20;
inline constexpr std::size_t small_body_bytes_max = 16384; ///< every other request
inline constexpr std::size_t answer_bytes_max = 4U << 20;
inline constexpr std::size_t profile_bytes_max = 1U << 20;
inline constexpr std::size_t certificate_bytes_max = 4096;
inline constexpr std::size_t snapshot_line_bytes_max = 1U << 18;
inline constexpr std::size_t snapshot_segments_max = 1U << 14;
inline constexpr Millis wait_max{30000}; ///< of a long-poll

/// A person's record, sealed, beside the fact that registers or amends them.
struct WireRecord {
    DelegateId delegate;
    Bytes wrapped_key;
    Bytes sealed;
};

/// The exact bytes of a fact and its place in its device's chain.
struct WireFact {
    std::string bytes;
    crypto::Hash previous{};
    crypto::Hash hash{};
    std::optional<WireRecord> record;
};

/// Who answers, in which life of its log, and when: part of every answer.
struct Standing {
    std::string registry_id;
    std::string log_epoch; ///< changes when a log is lost or restored: devices start again at 0
    WallTime server_time;
};

struct EnrolRequest {
    int protocol = version;
    std::string token;
    crypto::PublicKey public_key{};
    std::uint32_t epoch = 0; ///< of a folder that is enrolled again with its own key; 0: a fresh folder
};

struct EnrolAnswer {
    DeviceId device;
    EventId event;
    std::uint32_t epoch = 1;
    crypto::Key master{};
    crypto::Key short_codes{};
    crypto::Key pepper{};
    crypto::PublicKey confirmation_public{};
    std::string event_profile; ///< TOML
    std::string authority;     ///< PEM; of a registry over TLS: who signs its devices' certificates
    std::string certificate;   ///< PEM; of this device, with its own key. There exactly when `authority` is
    Standing standing;
};

/// A certificate near its end, or past it, for a new one; the request's signature proves the key.
struct RenewRequest {
    int protocol = version;
    DeviceId device;
    std::uint32_t epoch = 1;
};

struct RenewAnswer {
    std::string certificate; ///< PEM
    Standing standing;
};

/// A revoked device has handed over all that it wrote, up to `last_counter`, and will wipe its keys.
struct LeaveRequest {
    int protocol = version;
    DeviceId device;
    std::uint32_t epoch = 1;
    std::uint64_t last_counter{};
};

struct LeaveAnswer {
    Standing standing;
};

/// Facts in counter order, each following the one before. None: a question where the registry stands.
struct PushRequest {
    int protocol = version;
    DeviceId device;
    std::uint32_t epoch = 1;
    std::vector<WireFact> facts;
    /// Over `head_text` of the last fact; there exactly when there are facts.
    std::optional<crypto::Signature> head_signature;
};

struct PushOutcome {
    std::uint64_t counter{};
    std::uint64_t seq{};
    Outcome outcome;
};

struct PushAnswer {
    std::vector<PushOutcome> outcomes;
    std::uint64_t last_counter{}; ///< the registry has this device's facts up to here
    crypto::Hash last_hash{};     ///< and this is the hash of that one; zero when there is none
    Standing standing;
};

/// A place in the registry's log: the hash makes sure that both mean the same log.
struct LogPlace {
    std::uint64_t seq{};
    crypto::Hash log_hash{};
    friend bool operator==(const LogPlace&, const LogPlace&) = default;
};
/// "SEQ:HASHHEX"
[[nodiscard]] std::string write_place(const LogPlace& place);
[[nodiscard]] std::optional<LogPlace> read_place(std::string_view text);

struct PullQuery {
    DeviceId device;
    LogPlace cursor;
    std::size_t limit = rows_per_pull_max;
    Millis wait{0}; ///< how long the registry may hold the answer until there is something new
};
/// "/v1/sync/pull?device=K1&cursor=0:00...&limit=500&wait=25": `wait` travels in whole seconds.
[[nodiscard]] std::string pull_target(const PullQuery& query);
[[nodiscard]] Result<PullQuery> read_pull_query(std::string_view target);

struct PullRow {
    std::uint64_t seq{};
    crypto::Hash log_hash{};
    Outcome outcome;
    DeviceId device;
    std::uint32_t epoch = 1;
    std::uint64_t counter{};
    WireFact fact;
};

/// The first line of a snapshot, in a frame of its own. Behind it the log's rows 1 to `end.seq`, each a line
/// as in a PullAnswer, in segments of `segment_rows` (the last may be shorter): a frame each, so that a
/// device begins with the segment that it lacks.
struct SnapshotHead {
    int format = 1;
    std::string registry_id;
    std::string log_epoch;
    LogPlace end;
    std::uint64_t segment_rows{};
    std::vector<std::uint64_t> segments; ///< bytes of each segment's frame, in their order
};
/// "/v1/sync/snapshot?device=K1"
[[nodiscard]] std::string snapshot_target(const DeviceId& device);
[[nodiscard]] Result<DeviceId> read_snapshot_query(std::string_view target);

struct PullAnswer {
    std::vector<PullRow> rows;
    LogPlace next;
    bool more = false;
    Standing standing;
};

/// The body of every answer that is not 2xx. `code` is for programs, `words` for people.
struct Refusal {
    int status = 400;
    std::string code;
    std::string words;
    std::optional<std::uint64_t> expect; ///< with "gap": the counter wanted next
};

namespace code {
inline constexpr std::string_view malformed = "malformed";     ///< 400
inline constexpr std::string_view token = "token";             ///< 401: unknown, used or too old
inline constexpr std::string_view unknown_device = "device";   ///< 401
inline constexpr std::string_view signature = "signature";     ///< 401
inline constexpr std::string_view certificate = "certificate"; ///< 401: none, or another's
inline constexpr std::string_view expired = "expired";         ///< 401: renew the certificate
inline constexpr std::string_view revoked = "revoked";         ///< 401: hand over what waits, then leave
inline constexpr std::string_view wipe = "wipe";             ///< 401: it has left; nothing is taken any more
inline constexpr std::string_view in_service = "in_service"; ///< 409: it cannot leave, it was not revoked
inline constexpr std::string_view authorization = "authorization"; ///< 401: no token of this registry
inline constexpr std::string_view scope = "scope";                 ///< 403: the token is not for this
inline constexpr std::string_view erased = "erased";               ///< 410: nobody's data is kept any more
inline constexpr std::string_view not_found = "not_found";         ///< 404
inline constexpr std::string_view no_snapshot = "no_snapshot";     ///< 404: there is none now, pull
inline constexpr std::string_view method = "method";               ///< 405
inline constexpr std::string_view gap = "gap";                     ///< 409, with `expect`
inline constexpr std::string_view fork = "fork";                   ///< 409: a cloned or restored disk
inline constexpr std::string_view reset = "reset";                 ///< 409: the cursor is of another log
inline constexpr std::string_view changed = "changed";             ///< 412: it is another snapshot now
inline constexpr std::string_view too_large = "too_large";         ///< 413, 431
inline constexpr std::string_view range = "range";                 ///< 416: the snapshot ends before it
inline constexpr std::string_view protocol = "protocol";           ///< 426
inline constexpr std::string_view busy = "busy";                   ///< 503: try later
inline constexpr std::string_view storage = "storage";             ///< 500
} // namespace code

[[nodiscard]] std::string write(const EnrolRequest& request);
[[nodiscard]] std::string write(const EnrolAnswer& answer);
[[nodiscard]] std::string write(const RenewRequest& request);
[[nodiscard]] std::string write(const RenewAnswer& answer);
[[nodiscard]] std::string write(const LeaveRequest& request);
[[nodiscard]] std::string write(const LeaveAnswer& answer);
[[nodiscard]] std::string write(const PushRequest& request);
[[nodiscard]] std::string write(const PushAnswer& answer);
[[nodiscard]] std::string write(const PullAnswer& answer);
/// One line, without its end.
[[nodiscard]] std::string write(const PullRow& row);
[[nodiscard]] std::string write(const SnapshotHead& head);
/// What an answer that may be refused returns instead of it; `words` are for the log of the device.
[[nodiscard]] tl::unexpected<Refusal> refuse(int status, std::string_view code, std::string words);
[[nodiscard]] std::string write(const Refusal& refusal);

[[nodiscard]] Result<EnrolRequest> read_enrol_request(std::string_view text);
[[nodiscard]] Result<EnrolAnswer> read_enrol_answer(std::string_view text);
[[nodiscard]] Result<RenewRequest> read_renew_request(std::string_view text);
[[nodiscard]] Result<RenewAnswer> read_renew_answer(std::string_view text);
[[nodiscard]] Result<LeaveRequest> read_leave_request(std::string_view text);
[[nodiscard]] Result<LeaveAnswer> read_leave_answer(std::string_view text);
[[nodiscard]] Result<PushRequest> read_push_request(std::string_view text);
[[nodiscard]] Result<PushAnswer> read_push_answer(std::string_view text);
[[nodiscard]] Result<PullAnswer> read_pull_answer(std::string_view text);
[[nodiscard]] Result<PullRow> read_pull_row(std::string_view line);
[[nodiscard]] Result<SnapshotHead> read_snapshot_head(std::string_view line);
/// Never fails: a body that is not ours becomes words about the status.
[[nodiscard]] Refusal read_refusal(int status, std::string_view text);

/// About how many bytes a fact takes on the wire, to close a batch at `batch_bytes_wanted`.
[[nodiscard]] std::size_t wire_size(const WireFact& fact);

/// Device, epoch and counter of a fact, also of one whose data nobody here can read: such a fact is stored as
/// rejected instead of blocking its device for ever.
struct Envelope {
    DeviceId device;
    std::uint32_t epoch = 1;
    std::uint64_t counter{};
};
[[nodiscard]] Result<Envelope> read_envelope(std::string_view fact_bytes);

/// Names of devices: 1 to 16 of A-Z a-z 0-9 - and not "registry", which is the registry's own.
[[nodiscard]] bool is_device_name(std::string_view name);

} // namespace montbrillant::protocol
