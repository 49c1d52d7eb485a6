// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The port to where print jobs are remembered. Whoever owns the database implements it; this module never
/// sees the store.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

/// queued -> created -> sending -> sent -> done | failed | cancelled | ask. Back to `queued` only when it is
/// certain that the printer has no document. `queued` is written by the check-in's own transaction.
enum class PrintState {
    queued,
    created,   ///< the printer gave the job a number; it has no document
    sending,   ///< from here on the document may have arrived
    sent,      ///< the printer said that it has the document
    done,      ///< the sheet is out
    failed,    ///< the printer gave up; a new try is a new copy, under a new key
    cancelled, ///< at the printer's panel
    ask,       ///< only a person can see whether the sheet came out
};

[[nodiscard]] std::string_view name_of(PrintState state);
[[nodiscard]] std::optional<PrintState> print_state_from(std::string_view name);
/// done, failed, cancelled: nothing more will happen under this key. `ask` waits for a person.
[[nodiscard]] bool is_final(PrintState state);

/// One row. Apart from key and state all is about the try under way.
struct PrintRecord {
    PrintKey key;
    PrintState state = PrintState::queued;
    int ipp_job{};                    ///< 0: none yet
    std::string printer_uuid;         ///< of the printer that has the job
    std::int64_t printer_up_time_s{}; ///< its up-time when the job was made ...
    WallTime created_at;              ///< ... and ours
    std::string why;                  ///< failed, cancelled, ask: a sentence
};

class PrintJournal {
public:
    virtual ~PrintJournal() = default;
    /// Every row that is not final, oldest first.
    [[nodiscard]] virtual Result<std::vector<PrintRecord>> open_jobs() = 0;
    [[nodiscard]] virtual Result<std::optional<PrintRecord>> find(const PrintKey& key) = 0;
    /// Replaces the row. Durable (synced to disk) when it returns.
    [[nodiscard]] virtual Result<> put(const PrintRecord& record) = 0;
};

} // namespace montbrillant
