// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The event manager's tables (J9), for the command line and the organizer's side of the registry alike.
/// Pure.
///
/// arrivals (per minute), attendance, delegations, fellows, interpretation, newcomers, outstanding, roster.

#include "sync/domain/people/event_profile.hpp"
#include "sync/domain/person.hpp"
#include "sync/domain/state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

struct ReportTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
};

struct ReportSource {
    const State& state;
    const EventProfile& profile;
    const std::vector<Person>& people; ///< in the order of their ids

    [[nodiscard]] const Delegate& delegate(const Person& person) const;
    /// "2017-09-04 08:31" at the place; empty before it.
    [[nodiscard]] std::string arrival(const Person& person) const;
};

/// Sorted.
[[nodiscard]] std::vector<std::string> report_names();
/// Nothing when there is no report of this name.
[[nodiscard]] std::optional<ReportTable> make_report(std::string_view name, const ReportSource& source);
/// Header and rows, CRLF.
[[nodiscard]] std::string report_csv(const ReportTable& table);

} // namespace montbrillant
