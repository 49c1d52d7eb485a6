// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The end of an event, as its manager does it: close, wait for the profile's days, erase. And the erasure of
/// one person at any time. For the command line and the registry alike; belongs to the Store's thread.

#include "sync/store/store.hpp"

namespace montbrillant {

/// No new check-ins; the days of `privacy.erase_days` begin, not before the event's last day is over. `by` is
/// a staff id or says where it was asked for.
[[nodiscard]] Result<> close_event(Store& store, const std::string& by);
/// From when on the event may be erased; nothing before it is closed.
[[nodiscard]] Result<std::optional<WallTime>> erase_due(Store& store);
/// The same of a log kept elsewhere: what it says, and the text of the profile.
[[nodiscard]] Result<std::optional<WallTime>> erase_due(const State& state, const std::string& profile);

struct EraseWish {
    std::string by;
    bool before_time = false; ///< needs `why`
    std::string why;
};
/// Whether the wish may be carried out now; refused in words.
[[nodiscard]] Result<> may_erase(const State& state, const std::string& profile, const EraseWish& wish,
                                 WallTime now);
/// Deletes every key and sealed record and gives the certificate, which is also written into the folder.
/// Refused before the event is closed, and before its time unless asked for with a reason. Erased already:
/// the certificate of then.
[[nodiscard]] Result<ErasureCertificate> erase_event(Store& store, const EraseWish& wish, WallTime now);

/// One person: keys, record and printed files, here at once and at every other device with its next pull.
[[nodiscard]] Result<> erase_person(Store& store, const DelegateId& id, const std::string& by);

/// A database restored from a backup forgot who was erased since; the keys beside it did not. Their erasures
/// are repeated as facts, so that every device hears of them again.
[[nodiscard]] Result<> repeat_erasures(Store& store);

/// A device that heard nothing from its registry until `days` after the event's erasure was due has no reason
/// any more to keep keys.
struct Lease {
    static constexpr int days = 7;
    /// A clock that is wrong once must not cost a kiosk its keys: it is believed at a start this much later.
    static constexpr Millis doubt{24 * 60 * 60 * 1000};
};
enum class LeaseState { good, doubted, over };
/// For start-up. `over`: the keys are gone from the folder; enrol again. An authority has no lease.
[[nodiscard]] Result<LeaseState> check_lease(Store& store, WallTime now);

} // namespace montbrillant
