// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A running kiosk without its glass: the store's thread, the desk, the reader, the printer, the bank and the
/// registry, and the one Model that they and the people in front of it change. The window, a script or a test
/// stands before it. Start-up is recovery: open print jobs are asked for at the printer, unfinished unlocks
/// become unknown, facts on their way are sent again.

#include "badge/print/print_worker.hpp"
#include "badge/rfid/reader_client.hpp"
#include "kiosk/cli/kiosk_config.hpp"
#include "kiosk/desk/desk.hpp"
#include "kiosk/desk/journals.hpp"
#include "kiosk/desk/store_thread.hpp"
#include "kiosk/flow/update.hpp"
#include "kiosk/lockers/bank_worker.hpp"
#include "kiosk/lockers/modbus_bank.hpp"
#include "sync/base/queue.hpp"
#include "sync/client/sync_worker.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace montbrillant {

class Kiosk {
public:
    static constexpr std::size_t inbox_max = 4096;

    /// `wake` may be called from any thread: something waits in the inbox. `clock` and `random` outlive it.
    [[nodiscard]] static Result<std::unique_ptr<Kiosk>> start(const KioskConfig& config, Clock& clock,
                                                              Random& random, std::function<void()> wake);
    ~Kiosk();
    Kiosk(const Kiosk&) = delete;
    Kiosk& operator=(const Kiosk&) = delete;

    // --- UI thread -----------------------------------------------------------------------------------------
    [[nodiscard]] const flow::Model& model() const { return model_; }
    /// One message from the glass; commands go to their owners.
    void feed(const flow::Msg& msg);
    /// What devices and the desk answered since, and the clock's own tick. True: the model may have changed.
    bool pump();
    /// Wipe and PlayTone belong to the glass; everything since the last call.
    [[nodiscard]] std::vector<flow::Cmd> take_glass_commands();
    [[nodiscard]] MonoTime next_deadline() const;
    /// The event's colour, 0xRRGGBB.
    [[nodiscard]] std::uint32_t accent() const;

    // --- any thread ----------------------------------------------------------------------------------------
    [[nodiscard]] StoreThread& store_thread() { return *store_thread_; }
    /// Only on the store's thread.
    [[nodiscard]] Desk& desk() { return *desk_; }

private:
    Kiosk(KioskConfig config, Clock& clock, Random& random, std::function<void()> wake);
    [[nodiscard]] Result<> open_store();
    [[nodiscard]] Result<> open_desk();
    void start_reader();
    [[nodiscard]] Result<> start_printer();
    [[nodiscard]] Result<> start_bank();
    [[nodiscard]] Result<> start_sync();
    [[nodiscard]] flow::Settings settings() const;
    [[nodiscard]] flow::Tick tick() const;
    void tell(flow::Msg msg);
    void health(flow::Device device, flow::DeviceHealth::State state, std::string words);
    void on_reader(const ReaderEvent& event);
    void on_print(const PrintEvent& event);
    void on_bank(const BankEvent& event);
    void on_sync(const SyncEvent& event);
    void registry_answers(bool answers);
    void dispatch(std::vector<flow::Cmd> commands);

    KioskConfig config_;
    Clock& clock_;
    Random& random_;
    std::function<void()> wake_;
    Queue<flow::Msg> inbox_{inbox_max};
    flow::Model model_;
    std::vector<flow::Cmd> glass_commands_;

    /// The desk calls printer, bank and sync on the store's thread while they come and go on the UI thread.
    /// Held for such a call and for the change of a pointer, never while a worker ends.
    std::mutex workers_;
    // In the order of life: what stands below uses what stands above, and ends first.
    std::unique_ptr<Store> store_;
    std::shared_ptr<const EventProfile> profile_;
    std::shared_ptr<const Layout> layout_;
    std::unique_ptr<Desk> desk_;
    std::unique_ptr<StoreThread> store_thread_;
    std::unique_ptr<StorePrintJournal> print_journal_;
    std::unique_ptr<PrintWorker> printer_;
    std::unique_ptr<StoreUnlockJournal> unlock_journal_;
    std::unique_ptr<ModbusBank> bank_device_;
    std::unique_ptr<BankWorker> bank_;
    std::unique_ptr<SyncWorker> sync_;
    std::unique_ptr<ReaderClient> reader_;
};

} // namespace montbrillant
