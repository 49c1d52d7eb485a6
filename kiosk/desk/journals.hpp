// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The ports of the printer's and the bank's threads, over the store: they see rows, never the store. Every
/// call is on disk when it returns.

#include "badge/print/print_journal.hpp"
#include "kiosk/lockers/unlock.hpp"
#include "sync/client/store_gate.hpp"

namespace montbrillant {

class StorePrintJournal final : public PrintJournal {
public:
    explicit StorePrintJournal(StoreGate& gate) : gate_(gate) {}
    [[nodiscard]] Result<std::vector<PrintRecord>> open_jobs() override;
    [[nodiscard]] Result<std::optional<PrintRecord>> find(const PrintKey& key) override;
    [[nodiscard]] Result<> put(const PrintRecord& record) override;

private:
    StoreGate& gate_;
};

class StoreUnlockJournal final : public UnlockJournal {
public:
    explicit StoreUnlockJournal(StoreGate& gate) : gate_(gate) {}
    [[nodiscard]] Result<> intend(const UnlockIntent& intent) override;
    [[nodiscard]] Result<> record(const UnlockId& id, UnlockState state,
                                  std::optional<UnlockOutcome> outcome) override;
    [[nodiscard]] Result<std::vector<UnlockIntent>> unfinished() override;

private:
    StoreGate& gate_;
};

} // namespace montbrillant
