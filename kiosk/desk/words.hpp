// SPDX-License-Identifier: Apache-2.0
#pragma once

/// From the rules' reasons to the sentences that stand on glass, and back to words for staff.

#include "kiosk/flow/model.hpp"
#include "kiosk/lockers/unlock.hpp"
#include "sync/domain/decide.hpp"
#include "sync/domain/people/confirmation_code.hpp"

#include <string>

namespace montbrillant {

[[nodiscard]] flow::Notice notice_of(Refusal refusal);
[[nodiscard]] flow::Notice notice_of(CodeFault fault);
[[nodiscard]] flow::LockerStep step_of(UnlockOutcome outcome);

/// "M*** D****": the first letter of each word, and a star for each of the others; of a name in Han, Hangul
/// or kana the first character alone: "李**".
[[nodiscard]] std::string masked(const std::string& name);

} // namespace montbrillant
