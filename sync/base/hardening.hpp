// SPDX-License-Identifier: Apache-2.0
#pragma once

/// For the mains of programs that hold keys.

namespace montbrillant {

/// No core dump, no debugger and no reading of this process's memory by others of the same user: a crash must
/// not leave keys and names on the disk. Called before anything secret is in memory.
void keep_memory_private();

} // namespace montbrillant
