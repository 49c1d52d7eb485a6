// SPDX-License-Identifier: Apache-2.0
#pragma once

/// From a wish on the command line to facts on disk, for wishes that need no device and no record.

#include "kiosk/cli/host.hpp"

namespace montbrillant {

/// The facts of a decision, committed; a refusal is an error of exit code 1 that names `where`.
[[nodiscard]] Result<Decision> carry_out(CommandHost& host, Decided decided, const std::string& actor,
                                         const std::string& where);

/// Decides by the folder's view and carries it out.
template <class Wish>
[[nodiscard]] Result<Decision> carry_out(CommandHost& host, const Wish& wish, const std::string& actor,
                                         const std::string& where)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto event, profile_of(*store));
    return carry_out(host, decide(store->view(), wish), actor, where);
}

} // namespace montbrillant
