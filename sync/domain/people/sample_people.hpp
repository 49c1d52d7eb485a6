// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Made-up delegates for demonstrations, tests and benchmarks: names in the scripts of the world with their
/// Latin badge form, organizations, delegations of the event profile, and a believable spread of categories,
/// roles, flags and states. The same seed gives the same people, the first of many the same as the first of
/// few. Nobody of them lives.
///
/// Always true of them: registration ids R-000001, R-000002, ...; at most one head a delegation; SMEs of the
/// pilot are plain delegates with the Administration that confirmed them; fellows come from delegations that
/// the profile marks, at most two each; trainees from developing ones; interpretation only for Member States.

#include "sync/base/random.hpp"
#include "sync/domain/people/event_profile.hpp"
#include "sync/domain/person.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace montbrillant {

/// One thread. `profile` must outlive the object and have at least one delegation of a Member State.
class SamplePeople {
public:
    SamplePeople(const EventProfile& profile, std::uint64_t seed);
    [[nodiscard]] Person next();

private:
    struct Weighted {
        const Delegation* delegation{};
        std::uint64_t upto{}; ///< cumulative weight
    };
    struct Posts {
        bool head = false;
        bool deputy = false;
        int fellows = 0;
    };

    [[nodiscard]] bool chance(unsigned percent) { return random_.below(100) < percent; }
    [[nodiscard]] Category pick_category();
    [[nodiscard]] const Delegation& pick_delegation(Category category);
    [[nodiscard]] std::string pick(std::string_view list);
    void name(Person& person, const Delegation& delegation);
    void place(Person& person, const Delegation& delegation);
    void choose_role(Person& person, const Delegation& delegation);
    void choose_flags(Person& person, const Delegation& delegation);

    SeededRandom random_;
    std::map<Category, std::vector<Weighted>> delegations_;
    std::map<std::string, Posts> posts_;
    std::uint64_t made_ = 0;
    bool chair_ = false;
    int vice_chairs_ = 0;
    int rapporteurs_ = 0;
};

[[nodiscard]] std::vector<Person> sample_people(std::size_t n, std::uint64_t seed,
                                                const EventProfile& profile);

} // namespace montbrillant
