// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The organizer's side of the registry: people, reports and conflicts for programs that hold a token with
/// the scope, and today's sessions for everybody. What is handed out of people is a fact with the token's
/// name, and so is all that an import writes. Reading a request needs no store and may happen on any thread;
/// answering belongs to the Ledger's.

#include "sync/registry/http.hpp"
#include "sync/registry/tokens.hpp"

#include <optional>

namespace montbrillant::registry {

struct OrganizerAsk {
    enum class What { today, calendar, people, import, reports, conflicts, metrics };
    What what = What::today;
    std::string authorization;
    std::string report;                   ///< its name
    bool csv = false;                     ///< of a report
    std::string after;                    ///< of people: those after this id
    bool skip_bad = false;                ///< of an import: take the good rows
    std::string body;                     ///< of an import: CSV
    std::size_t limit = 500;              ///< of people
    std::optional<std::string> complaint; ///< what is wrong with the question, said to whoever may ask it
};
inline constexpr std::size_t people_per_page_max = 500;
inline constexpr std::size_t import_bytes_max = 4U << 20; ///< about 20,000 people
inline constexpr std::size_t import_notes_max = 100;      ///< told, of any number

/// Nothing when the path is none of these.
[[nodiscard]] std::optional<OrganizerAsk> read_organizer_ask(const HttpRequest& request);
/// None for what is public.
[[nodiscard]] std::optional<Scope> scope_of(OrganizerAsk::What what);

/// All but the metrics. `caller` is the token that let the question in; `now` chooses the day of /today.
[[nodiscard]] HttpResponse answer_organizer(Ledger& ledger, const OrganizerAsk& ask, std::string_view caller,
                                            WallTime now);

} // namespace montbrillant::registry
