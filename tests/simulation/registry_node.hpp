// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The registry on its machine: the real Service over the real Store, with long-polls parked as the server
/// parks them. Its power may fail at any call to its disk; its database may be put back from a backup, with
/// the program that is made for it or by hand.

#include "sync/client/http.hpp"
#include "sync/registry/folder.hpp"
#include "tests/simulation/machine.hpp"

#include <map>
#include <tuple>
#include <vector>

namespace montbrillant::simulation {

/// The answer, or nothing: the connection broke.
using Reply = std::function<void(std::optional<HttpAnswer>)>;

class RegistryNode {
public:
    RegistryNode(World& world, std::uint64_t seed);

    [[nodiscard]] bool up() const { return service_.has_value() && machine_.disk.powered(); }
    [[nodiscard]] Store& store() { return service_->store(); }
    [[nodiscard]] Machine& machine() { return machine_; }
    void receive(const HttpCall& call, const Reply& reply);

    /// The organizer at work. False when the registry is down, or went down, or a rule refused.
    bool work(const std::function<Result<>(Store&)>& what);
    /// For a device that is to be enrolled; nothing while the registry is down.
    [[nodiscard]] std::optional<std::string> token(const std::string& device);

    void cut_power_soon();
    void back_up();
    /// Puts a backup back, if there is one: the latest or any. By hand: the file alone, without telling
    /// anybody; only where nobody was erased since.
    void restore(bool by_hand);
    /// The latest one, as it should be done.
    void restore_latest();
    [[nodiscard]] bool restored_by_hand() const { return by_hand_; }
    /// From now on its power stays; starts it when it is down.
    void steady();
    /// The life of the log ends here: what it was is told to the history.
    void end_life();

private:
    struct Parked {
        registry::PullAsk ask;
        Millis until{};
        Reply reply;
    };
    struct Backup {
        test::SimulatedDisk::Image database;
        std::size_t erased = 0;
    };
    void boot();
    void serve(registry::Service service);
    void put_back(const Backup& backup, bool by_hand);
    /// An answer to all who wait at one place of the log, as the server makes it: once.
    using Place = std::tuple<std::uint64_t, crypto::Hash, std::size_t>;
    struct Made {
        std::size_t rows = 0;
        std::optional<HttpAnswer> answer;
    };
    void serve_pull(Parked parked);
    void tend_snapshot();
    void serve_parked();
    void wake(const Parked& parked, Made& made);
    void note_pull(const Parked& parked, std::size_t rows);
    /// After every use of the store: false when the power went meanwhile.
    bool settled();
    void go_down();
    [[nodiscard]] std::size_t erased_people();

    World& world_;
    Machine machine_;
    std::optional<registry::Service> service_;
    std::vector<Parked> parked_;
    std::vector<Backup> backups_;
    Cursor acknowledged_; ///< end of the log that somebody was told of
    bool by_hand_ = false;
};

} // namespace montbrillant::simulation
