// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A device on its machine: the real Store, the real rounds of sync and their real pacing, each side as a
/// task where the product has a thread. Its power may fail at any call to its disk. What its store said is
/// done is remembered here and must be there at every start.

#include "sync/client/enrol.hpp"
#include "sync/client/sync_side.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/terminal.hpp"

#include <array>

namespace montbrillant::simulation {

class Kiosk {
public:
    /// What only staff can mend.
    enum class Need { nothing, token, new_folder };

    Kiosk(World& world, Network& network, std::string name, std::size_t line, std::uint64_t seed);
    ~Kiosk();
    Kiosk(const Kiosk&) = delete;
    Kiosk& operator=(const Kiosk&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::size_t line() const { return line_; }
    [[nodiscard]] const std::string& disk_name() const { return disk_name_; }
    [[nodiscard]] bool up() const { return store_.has_value() && machine_.disk.powered(); }
    [[nodiscard]] bool enrolled() const { return session_.has_value(); }
    [[nodiscard]] Store& store() { return *store_; }
    [[nodiscard]] Machine& machine() { return machine_; }
    [[nodiscard]] Store::Options options() { return machine_.options("montbrillant.db"); }

    /// At the glass. Nothing: it is down, went down meanwhile, or a rule refused. What comes back is shown.
    std::optional<std::vector<Fact>> commit(const Draft& draft);

    /// To the board of a locker bank: from its next start it is a terminal. The board outlives it.
    void wire_to(Board& board) { board_ = &board; }
    /// The bank whose terminal it is; nothing: it is none, or is not running.
    [[nodiscard]] std::optional<BankId> bank() const;
    /// Whoever tapped here may open it.
    void unlock(const UnlockRequest& request, const DelegateId& who);

    void boot();
    void cut_power_soon();
    /// An orderly restart.
    void restart();
    /// Its power may have gone while somebody else read its store.
    void restart_if_dark() { lose_power(); }
    void steady();

    /// A copy of the running disk is kept, and put in its place later: all since is gone.
    void keep_image();
    void put_image_back();
    [[nodiscard]] bool has_image() const { return image_.has_value(); }
    /// This machine becomes a second one with the disk of `original`; both are copies from now on.
    void become_clone_of(Kiosk& original);
    [[nodiscard]] bool copied() const { return copied_; }

    [[nodiscard]] Need need() const { return need_; }
    void enrol_with(const std::string& token);
    /// Switched off for good, with its disk: what the registry does not have stays there.
    void retire();
    [[nodiscard]] bool retired() const { return retired_; }
    /// Opens the disk of a retired device: all that it acknowledged is there and whole.
    void check_in_cupboard();

private:
    class Gate;
    class Line;
    struct Image {
        test::SimulatedDisk::Image files;
        Store::Chain own;
        Cursor place;
    };
    [[nodiscard]] Result<Store> open();
    void check_kept();
    void observe();
    void start_sync();
    void push_loop(Task& task);
    void pull_loop(Task& task);
    void enrol_loop(Task& task, const std::string& token);
    void bank_loop(Task& task);
    void start_terminal();
    void pause(Task& task, std::uint64_t seen, const Pause& pause);
    void heard(Way way, const Error* trouble);
    void need_after(const Error& error);
    void wake();
    void stop_tasks();
    void shut();
    void lose_power();
    void new_disk_name();

    World& world_;
    Network& network_;
    std::string name_;
    std::string disk_name_;
    std::size_t line_;
    Machine machine_;
    std::optional<Store> store_;
    std::optional<SyncSession> session_;
    Board* board_ = nullptr;
    std::optional<Terminal> terminal_;
    std::array<std::shared_ptr<Task>, 4> tasks_; ///< push, pull, enrolment, bank
    std::uint64_t wakes_ = 0;
    std::array<bool, 2> well_{};
    Need need_ = Need::token;
    bool copied_ = false;
    bool retired_ = false;
    Store::Chain own_; ///< acknowledged
    Cursor place_;     ///< acknowledged
    std::optional<Image> image_;
};

} // namespace montbrillant::simulation
