// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where a test may pull the plug. Each durable step of a journal calls `crash_point("print.created")` right
/// after it; with MONTBRILLANT_CRASH_AT=print.created in the environment the process dies there by SIGKILL,
/// as in a power cut. Without the variable it is one comparison. The variable is read once, at the first
/// call. Any thread.

#include <string_view>

namespace montbrillant {

void crash_point(std::string_view name);

} // namespace montbrillant
