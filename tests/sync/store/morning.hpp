// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What happens at a kiosk and its registry, one random step after the other, through the real stores. The
/// wire between them carries what the protocol carries. Whoever has no power does nothing.

#include "tests/sync/store/power_home.hpp"

#include <array>

namespace montbrillant::test {

class Morning {
public:
    /// `folder`: real files in two folders there; empty: simulated disks. `number` starts the names of people
    /// and badges, so that a second morning in the same folders meets none of the first.
    explicit Morning(std::uint64_t seed, bool full_sync = true, const std::filesystem::path& folder = {},
                     unsigned number = 0);

    [[nodiscard]] Home& kiosk() { return kiosk_; }
    [[nodiscard]] Home& registry() { return registry_; }
    [[nodiscard]] std::array<Home*, 2> homes() { return {&registry_, &kiosk_}; }
    /// One random step; the steps that succeed are acknowledged.
    void step(std::uint64_t& acknowledged);

    static constexpr std::size_t kinds = 14;
    static constexpr std::size_t pull_kind = 13;
    /// The step of one kind: for tests that want each of them.
    [[nodiscard]] Result<> step_of(std::size_t kind, std::uint64_t& acknowledged);

private:
    [[nodiscard]] Result<> commit(Home& home, Draft draft, std::uint64_t& acknowledged);
    [[nodiscard]] Result<> import(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> add_laptop(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> check_in(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> check_in_unknown(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> bind_card(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> assign_locker(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> release_locker(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> lend(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> correct(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> print(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> unlock(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> set(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> push(std::uint64_t& acknowledged);
    [[nodiscard]] Result<> pull(std::uint64_t& acknowledged);
    [[nodiscard]] std::optional<DelegateId> someone(bool inside);
    [[nodiscard]] Draft registration(unsigned people, bool provisional);

    EventKeys keys_ = EventKeys::fresh();
    SeededRandom chance_;
    Home registry_;
    Home kiosk_;
    unsigned number_; ///< of people, badges and everything else that needs a name of its own
};

} // namespace montbrillant::test
