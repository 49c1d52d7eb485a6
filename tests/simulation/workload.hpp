// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What people do at a meeting, in no sensible order and often in two places at once: check-ins, badges,
/// cards, lockers, laptops, corrections, undoing, decisions about conflicts, erasures. Wishes go through the
/// real `decide`, as at the glass; what a rule refuses is nothing done.

#include "tests/simulation/kiosk.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace montbrillant::simulation {

class Workload {
public:
    explicit Workload(World& world) : world_(world) {}

    /// The people, staff and laptops of the morning.
    void prepare(RegistryNode& registry, const std::vector<std::string>& devices);
    /// So many doors has a bank with a terminal, which alone gives them out (rule 3).
    static constexpr std::uint16_t doors_leased = 5;
    [[nodiscard]] bool is_leased(const BankId& bank) const { return leased_banks_.contains(bank); }
    [[nodiscard]] bool is_leased(const LaptopTag& laptop) const { return leased_laptops_.contains(laptop); }
    void lease(const BankId& bank) { leased_banks_.insert(bank); }
    void at_kiosk(Kiosk& kiosk);
    void at_registry(RegistryNode& registry);

    /// Everybody's name: it stands in no file, sealed as it is.
    [[nodiscard]] const std::map<DelegateId, std::string>& names() const { return names_; }
    /// A key of each who was to be erased, as it was then: once they are, it stands in no file.
    [[nodiscard]] const std::map<DelegateId, Bytes>& keys() const { return keys_; }

private:
    struct Glass;
    [[nodiscard]] DelegateId someone();
    [[nodiscard]] Person new_person(const DelegateId& id);
    [[nodiscard]] DelegateId next_delegate();
    Result<> amend(Store& store);
    Result<> import(Store& store);
    void act(const Glass& glass);
    void remember_key(Store& store, const DelegateId& id);

    World& world_;
    std::vector<DelegateId> people_;
    std::vector<LaptopTag> laptops_;
    std::vector<std::string> devices_;
    std::map<DelegateId, std::string> names_;
    std::map<DelegateId, Bytes> keys_;
    std::set<BankId> leased_banks_;
    std::set<LaptopTag> leased_laptops_;
    unsigned number_ = 0;
    unsigned unlocks_ = 0;
};

} // namespace montbrillant::simulation
