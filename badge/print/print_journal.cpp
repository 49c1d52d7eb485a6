// SPDX-License-Identifier: Apache-2.0
#include "badge/print/print_journal.hpp"

#include <array>
#include <utility>

namespace montbrillant {
namespace {

constexpr std::array<std::pair<PrintState, std::string_view>, 8> names{{
    {PrintState::queued, "queued"},
    {PrintState::created, "created"},
    {PrintState::sending, "sending"},
    {PrintState::sent, "sent"},
    {PrintState::done, "done"},
    {PrintState::failed, "failed"},
    {PrintState::cancelled, "cancelled"},
    {PrintState::ask, "ask"},
}};

} // namespace

std::string_view name_of(PrintState state)
{
    for (const auto& [known, name] : names) {
        if (known == state)
            return name;
    }
    return "?";
}

std::optional<PrintState> print_state_from(std::string_view name)
{
    for (const auto& [state, known] : names) {
        if (known == name)
            return state;
    }
    return std::nullopt;
}

bool is_final(PrintState state)
{
    return state == PrintState::done || state == PrintState::failed || state == PrintState::cancelled;
}

} // namespace montbrillant
